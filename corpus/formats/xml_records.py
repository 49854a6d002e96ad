"""Cuts an XML export into records, an element each: the `item` of WordPress, the `row` of Stack Exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TextIO
from xml.parsers import expat

from corpus.errors import CorpusError
from corpus.formats.rows import MOST_RECORD, Placed
from corpus.markup import numeric_entities

_CHUNK = 64 * 1024
_DEEPEST = 100
# An element whose end has not been read yet, and one that cannot end.
_UNKNOWN, _BROKEN = 0, -1
# So much is looked at in search of ends that are not there.
_MOST_LOOKED_AT = 64 * 1024 * 1024
# No value holds a `<` (XML 1.0, section 2.3), so that a tag without an end is known by the next tag.
_ATTRIBUTES = r"(?:[^\"'<>]|\"[^\"<]*\"|'[^'<]*')*?"


def elements(text: TextIO, name: str) -> Iterator[Placed]:
    """Each element of a name as a record with its place, or what is wrong with it: attributes and children by their
    names as they are written, a child that occurs several times as a list, one with children as a record of its own.

    Each is parsed alone, so that a broken one costs itself, and no declaration of entities is ever read. None stands in
    another: one that begins there says that the other is broken.
    """
    tags = _Tags(name)
    buffer, at, number, ended, looked_at = "", 0, 0, False, 0
    while True:
        found = tags.begins.search(buffer, at)
        end = tags.end(buffer, found.start()) if found else 0
        if found and end == _UNKNOWN and not ended and len(buffer) - found.start() <= MOST_RECORD:
            at = found.start()
        elif found:
            number += 1
            record: dict[str, Any] | CorpusError = CorpusError(f"no end of <{name}>", "record", "export it again")
            if end > 0:
                record = _record(buffer[found.start() : end])
            yield f"{name} {number}", record
            if end == _UNKNOWN:
                looked_at += len(buffer) - found.start()
                if looked_at > _MOST_LOOKED_AT:
                    what = CorpusError("too much of it is broken to go on", "file", "export it again")
                    yield f"behind {name} {number}", what
                    return
            # What follows a broken one may stand within it, as far as can be seen.
            at = end if end > 0 and not isinstance(record, CorpusError) else found.end()
            continue
        elif ended:
            if not number:
                yield "file", CorpusError(f"no <{name}> in it", "file", "export it again, or mend the mapping")
            return
        chunk = text.read(_CHUNK)
        ended = not chunk
        keep = at if found else max(at, len(buffer) - len(name) - 2)
        buffer, at = buffer[keep:] + chunk, 0


class _Tags:
    """Finds where elements of a name begin and end."""

    def __init__(self, name: str) -> None:
        self.begins = re.compile(rf"<{re.escape(name)}(?=[\s/>])")
        self._start = re.compile(rf"<{re.escape(name)}(?=[\s/>]){_ATTRIBUTES}(?P<closed>/?)>")
        # What may stand between the two tags of an element and hold what looks like a tag.
        self._next = re.compile(rf"<!\[CDATA\[|<!--|<(?P<again>{re.escape(name)}(?=[\s/>]))|</{re.escape(name)}\s*>")

    def end(self, buffer: str, at: int) -> int:
        """Where the element that begins at a place ends; _UNKNOWN where that has not been read, _BROKEN where it cannot
        end.
        """
        started = self._start.match(buffer, at)
        if started is None:
            return _BROKEN if buffer.find("<", at + 1) >= 0 else _UNKNOWN
        if started["closed"]:
            return started.end()
        at = started.end()
        while found := self._next.search(buffer, at):
            closing = {"<![CDATA[": "]]>", "<!--": "-->"}.get(found[0])
            if closing is None:
                return _BROKEN if found["again"] else found.end()
            at = buffer.find(closing, found.end()) + len(closing)
            if at < len(closing):
                return _UNKNOWN
        return _UNKNOWN


def _record(text: str) -> dict[str, Any] | CorpusError:
    parser = expat.ParserCreate()
    reader = _Record()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(numeric_entities(text).encode(errors="surrogatepass"), True)
    except (expat.ExpatError, UnicodeError) as error:
        return CorpusError(f"not XML: {error}", "record", "mend the record")
    except CorpusError as error:
        return error
    return reader.made


class _Record:
    """Makes a record of one element's events."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        # Of each element that is open its attributes, its children and its texts.
        self._open: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = []

    def start(self, _: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._open) == _DEEPEST:
            raise CorpusError(f"elements nested over {_DEEPEST} deep", "record", "mend the record")
        self._open.append((attributes, {}, []))

    def text(self, data: str) -> None:
        """Text within the innermost element."""
        self._open[-1][2].append(data)

    def end(self, name: str) -> None:
        """An element ends: it is its text, or a record where it has children; of several of one name a list."""
        attributes, children, texts = self._open.pop()
        text = "".join(texts)
        if not self._open:
            self.made = attributes | children
            return
        value: object = attributes | children if children or (attributes and not text) else text
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]

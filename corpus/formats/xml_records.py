"""Cuts an XML export into records, an element each: the `item` of WordPress, the `row` of Stack Exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TextIO
from xml.parsers import expat

from corpus.errors import CorpusError
from corpus.formats.rows import MOST_RECORD, Placed
from corpus.text import numeric_entities

_CHUNK = 64 * 1024
_DEEPEST = 100
_ATTRIBUTES = r"(?:[^\"'<>]|\"[^\"]*\"|'[^']*')*?"


def elements(text: TextIO, name: str) -> Iterator[Placed]:
    """Each element of a name as a record with its place, or what is wrong with it: attributes and children by their
    names as they are written, a child that occurs several times as a list, one with children as a record of its own.

    Each is parsed alone, so that a broken one costs itself, and no declaration of entities is ever read.
    """
    begins = re.compile(rf"<{re.escape(name)}(?=[\s/>])")
    # What may stand between the two tags of an element and hold what looks like a tag.
    ends = re.compile(
        rf"<!\[CDATA\[.*?\]\]>|<!--.*?-->|(?P<own><{re.escape(name)}(?=[\s/>]){_ATTRIBUTES}(?P<closed>/?)>)"
        rf"|(?P<end></{re.escape(name)}\s*>)",
        re.DOTALL,
    )
    buffer, at, number, ended = "", 0, 0, False
    while True:
        found = begins.search(buffer, at)
        end = _end(ends, buffer, found.start()) if found else None
        if found and end is None and not ended and len(buffer) - found.start() <= MOST_RECORD:
            at = found.start()
        elif found:
            number += 1
            place = f"{name} {number}"
            record = (
                _record(buffer[found.start() : end]) if end else CorpusError(f"no end of <{name}>", "record", "mend it")
            )
            yield place, record
            # What follows a broken one may stand within it, as far as can be seen.
            at = end if end and not isinstance(record, CorpusError) else found.end()
            continue
        elif ended:
            if not number:
                yield "file", CorpusError(f"no <{name}> in it", "file", "export it again, or mend the mapping")
            return
        chunk = text.read(_CHUNK)
        ended = not chunk
        keep = at if found else max(at, len(buffer) - len(name) - 2)
        buffer, at = buffer[keep:] + chunk, 0


def _end(ends: re.Pattern[str], buffer: str, at: int) -> int | None:
    """Where the element that begins at a place ends, if it does in what has been read."""
    depth = 0
    for found in ends.finditer(buffer, at):
        if found["own"]:
            depth += not found["closed"]
        elif found["end"]:
            depth -= 1
        else:
            continue
        if depth <= 0:
            return found.end()
    return None


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

"""Parses JSON arrays, JSON lines and CSV tables into records, one at a time, each with its place in the file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain, islice
from typing import TextIO

from corpus.errors import CorpusError
from corpus.formats.columns import Record

Placed = tuple[str, Record | CorpusError]

# More than this is no record but a file that is not what it seems.
MOST_RECORD = 4 * 1024 * 1024
_CHUNK = 64 * 1024
# So much of what was skipped stays in sight, lest the gap between two records falls between two chunks.
_OVERLAP = 4 * 1024
_BETWEEN = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_BRACE = re.compile(r"\{")
# So many beginnings of a record are tried within a broken one, and so many first lines looked at.
_MOST_BRACES, _LOOKED_AT = 1_000, 6
# So many characters of a file are looked at in search of records within broken ones; each place costs some.
_MOST_SEARCHED, _LEAST_SEARCHED = 32 * 1024 * 1024, 2_000
_BROKEN = (ValueError, RecursionError)
_MOST_ROW_LINES = 10_000
# What stands above a header: Excel's own line, empty ones of PHP.
_ABOVE = re.compile(r'(?:"?sep=(.)"?|[;,\t]*)\s*', re.IGNORECASE)


def rows_of(text: TextIO, columns: Collection[str], within: str = "") -> Iterator[Placed]:
    """Each record with its place, or what is wrong with it; JSON or CSV is told by the first character. `columns` are
    those that a table must have, `within` is the list of a JSON object in which records stand, as a path.
    """
    start = text.read(_CHUNK)
    first = start.lstrip()[:1]
    if first == "[":
        return _objects(text, start, start.index("[") + 1, "]")
    if within:
        return _within(text, start, within)
    if first == "<":
        what = "a page or XML where records belong: the export failed, or it is another file"
        return iter([("file", CorpusError(what, "file", "export it again"))])
    if first == "{" and not _begins_lines(start):
        return _objects(text, start, 0, "")
    lines = _bounded(text, start)
    is_json = first == "{" or any(_is_record(line, columns) for line in start.splitlines()[1:_LOOKED_AT])
    return _json_lines(lines) if is_json else _table(lines, columns)


def _is_record(line: str, columns: Collection[str]) -> bool:
    """Whether a line is a JSON object with one of the columns: where the first line is harmed, the others tell."""
    try:
        record = json.loads(line) if line.startswith("{") else None
    except _BROKEN:
        return False
    return isinstance(record, dict) and not record.keys().isdisjoint(columns)


def _begins_lines(start: str) -> bool:
    """Whether a text that begins with `{` is JSON lines, as far as its first lines tell: an object ends where a line
    does, or another begins with one.
    """
    lines = start.splitlines()[:_LOOKED_AT]
    return any(map(_is_object, lines)) or (len(lines) > 1 and all(line.startswith("{") for line in lines if line))


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except _BROKEN:
        return False


def _within(text: TextIO, buffer: str, path: str) -> Iterator[Placed]:
    """The objects of the list that stands at a path in one JSON object; what stands beside it is passed over."""
    decoder, at, names = json.JSONDecoder(), 0, path.split(".")
    while True:
        try:
            while names:
                at = _opened(buffer, at, "{")
                while True:
                    at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing, too
                    name, at = decoder.raw_decode(buffer, at)
                    at = _opened(buffer, at, ":")
                    if name == names[0]:
                        break
                    _, at = decoder.raw_decode(buffer, _BETWEEN.match(buffer, at).end())  # type: ignore[union-attr]
                del names[0]
            at = _opened(buffer, at, "[")
            break
        except _BROKEN as error:
            chunk = text.read(_CHUNK)
            if not chunk or len(buffer) > MOST_RECORD:
                what = f"no list {path!r}: {str(error)[:80]}"
                yield "file", CorpusError(what, "file", "mend the path in the mapping, or export it again")
                return
            buffer, at, names = buffer + chunk, 0, path.split(".")
    yield from _objects(text, buffer, at, "]")


def _opened(buffer: str, at: int, sign: str) -> int:
    """The place behind a sign that has to come next. Raises ValueError where another does."""
    at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    if not buffer.startswith(sign, at):
        raise ValueError(f"no {sign} at character {at:,}")
    return at + 1


def _objects(text: TextIO, buffer: str, at: int, close: str) -> Iterator[Placed]:
    """The objects of a JSON array from a place on, up to the sign that closes it, a chunk at a time; without one those
    that stand one behind the other to the end. Behind a broken one reading goes on at the next that has most names of
    the last good one, which may stand within what is broken, else behind the next `}, {`.
    """
    known: Collection[str] = ()
    decoder, number, searched = json.JSONDecoder(parse_constant=_no_number), 1, 0
    ended = False
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if close and buffer.startswith(close, at):
            return
        if not close and at == len(buffer):
            chunk = text.read(_CHUNK)
            if not chunk:
                return
            buffer, at = chunk, 0
            continue
        try:
            record, at = decoder.raw_decode(buffer, at)
            known = record.keys() if isinstance(record, dict) else known
            yield f"record {number}", _object(record)
            number += 1
        except _BROKEN as error:
            if not ended and len(buffer) - at < MOST_RECORD:
                chunk = text.read(_CHUNK)
                ended = not chunk
                buffer, at = buffer[at:] + chunk, 0
                continue
            broken = CorpusError(f"not JSON: {str(error)[:80]}", "record", "mend the record")
            if not buffer[at : at + _OVERLAP].strip():
                broken = CorpusError("breaks off before the array ends", "record", "fetch the file again")
            yield f"record {number}", broken
            number += 1
            if searched < _MOST_SEARCHED:
                within, more = _record_within(decoder, buffer, at, known)
                searched += more
                if within:
                    at = within
                    continue
            while not (following := _NEXT.search(buffer, at)) and (chunk := text.read(_CHUNK)):
                buffer, at = buffer[max(at, len(buffer) - _OVERLAP) :] + chunk, 0
            if following is None:
                return
            at = following.end()


def _record_within(decoder: json.JSONDecoder, buffer: str, at: int, known: Collection[str]) -> tuple[int, int]:
    """Where behind the beginning of a broken record, `at`, one with most of the known names begins, 0 for nowhere; and
    how many characters were looked at.
    """
    searched = 0
    for brace in islice(_BRACE.finditer(buffer, at + 1), _MOST_BRACES if known else 0):
        end = brace.end()
        try:
            record, end = decoder.raw_decode(buffer, brace.start())
            if 2 * len(record.keys() & known) > len(known):
                return brace.start(), searched
        except json.JSONDecodeError as error:
            end = error.pos
        except _BROKEN:
            end = len(buffer)
        searched += max(end - brace.start(), _LEAST_SEARCHED)
        if searched > _MOST_SEARCHED:
            break
    return 0, searched


def _json_lines(lines: Iterator[str]) -> Iterator[Placed]:
    for number, line in enumerate(lines, 1):
        place = f"line {number}"
        if len(line) > MOST_RECORD:
            yield place, CorpusError("a line of over 4 MB", "line", "write one record a line")
        elif line.strip():
            try:
                yield place, _object(json.loads(line, parse_constant=_no_number))
            except _BROKEN as error:
                yield place, CorpusError(f"not JSON: {str(error)[:80]}", "line", "mend the line")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _object(value: object) -> Record | CorpusError:
    if isinstance(value, dict):
        return value
    return CorpusError(f"{type(value).__name__} where an object belongs", "record", "give one object a record")


def _table(text: Iterator[str], columns: Collection[str]) -> Iterator[Placed]:
    """The rows of a CSV table with a header line; the separator is told by that line."""
    csv.field_size_limit(MOST_RECORD)  # for the whole process, and never less again: two reads may take turns
    again: deque[str] = deque()  # the lines of a broken row that are to be read anew
    row_lines: list[str] = []
    names: list[str] | None = None
    number, rows, separator = 1, 0, ""
    while True:
        number += len(row_lines)
        row_lines, place = [], f"line {number}"
        lines = _of_row(text, again, row_lines)
        try:
            if names is None:
                header = next(lines, "")
                if (told := _ABOVE.fullmatch(header)) and header:
                    separator = told[1] or separator
                    continue
                separator = separator or max(",\t;", key=header.count)
                names = [*map(str.strip, next(csv.reader([header], strict=True, delimiter=separator), []))]
                if header.strip() and columns and not set(columns) & set(names):
                    what = f"no header: the first line has none of the columns {', '.join(sorted(columns))}"
                    yield place, CorpusError(what, "header", "name the columns in the first line, or mend the mapping")
                    return
                continue
            row = next(csv.reader(lines, strict=True, delimiter=separator), None)
        except csv.Error as error:
            yield place, CorpusError(f"not CSV: {error}", "row", "mend the row")
            if names is None:
                return
            again.extendleft(reversed(row_lines[1:]))
            del row_lines[1:]
            continue
        if row is None:
            if not rows:
                yield "file", CorpusError("a header and no row below it", "table", "export it again")
            return
        if row and len(row) != len(names):
            what = f"{len(row)} cells under {len(names)} names"
            yield place, CorpusError(what, "row", "quote cells that hold the separator")
        elif row:
            rows += 1
            yield place, dict(zip(names, row, strict=True))


def _of_row(text: Iterator[str], again: deque[str], row: list[str]) -> Iterator[str]:
    """The lines of one row, as the CSV parser asks for them; each is put into `row` too."""
    size = 0
    while line := again.popleft() if again else next(text, ""):
        row.append(line)
        size += len(line)
        if size > MOST_RECORD or len(row) > _MOST_ROW_LINES:
            raise csv.Error("a row of over 4 MB or 10,000 lines")
        yield line


def _bounded(text: TextIO, start: str) -> Iterator[str]:
    """The lines of what has been read and of what follows; one of over 4 MB comes cut short, its rest left out."""
    more = partial(text.readline, MOST_RECORD + 1)
    for begun in chain(io.StringIO(start, newline=""), iter(more, "")):
        # What has been read ends within a line.
        line = begun if begun.endswith(("\n", "\r")) or len(begun) > MOST_RECORD else begun + more()
        yield line
        if len(line) > MOST_RECORD and not line.endswith("\n"):
            text.readline(MOST_RECORD)

"""The records of a JSON array, of JSON lines or of a CSV table, one at a time, each with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, TextIO

from corpus.errors import CorpusError

Record = dict[str, Any]
Placed = tuple[str, Record | CorpusError]

# More than this is no record but a file that is not what it seems.
MOST_RECORD = 4 * 1024 * 1024
_CHUNK = 64 * 1024
# So much of what was skipped stays in sight, lest the gap between two records falls between two chunks.
_OVERLAP = 4 * 1024
_BETWEEN = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_BROKEN = (ValueError, RecursionError)


def rows_of(text: TextIO, columns: Collection[str]) -> Iterator[Placed]:
    """Each record with its place, or what is wrong with it; JSON or CSV is told by the first character. `columns` are
    those that a table must have.
    """
    start = text.read(_CHUNK)
    first = start.lstrip()[:1]
    if first == "[":
        return _array(text, start)
    if first == "<":
        what = "a page or XML where records belong: the export failed, or it is another file"
        return iter([("file", CorpusError(what, "file", "export it again"))])
    lines = _whole_lines(text, start)
    return _json_lines(lines) if first == "{" else _table(lines, columns)


def _array(text: TextIO, buffer: str) -> Iterator[Placed]:
    """The objects of one JSON array, a chunk at a time; after a broken one, reading goes on at the next `}, {`."""
    decoder, at, number = json.JSONDecoder(parse_constant=_no_number), buffer.index("[") + 1, 1
    ended = False
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if buffer.startswith("]", at):
            return
        try:
            record, at = decoder.raw_decode(buffer, at)
            yield f"record {number}", _object(record)
            number += 1
        except _BROKEN as error:
            if not ended and len(buffer) - at < MOST_RECORD:
                chunk = text.read(_CHUNK)
                ended = not chunk
                buffer, at = buffer[at:] + chunk, 0
                continue
            what = _short(error) if buffer[at:].strip() else "the array breaks off"
            yield f"record {number}", CorpusError(f"not JSON: {what}", "record", "mend the record")
            number += 1
            while not (following := _NEXT.search(buffer, at)) and (chunk := text.read(_CHUNK)):
                buffer, at = buffer[max(at, len(buffer) - _OVERLAP) :] + chunk, 0
            if following is None:
                return
            at = following.end()


def _json_lines(lines: Iterator[str]) -> Iterator[Placed]:
    for number, line in enumerate(lines, 1):
        place = f"line {number}"
        if len(line) > MOST_RECORD:
            yield place, CorpusError("a line of over 4 MB", "line", "write one record a line")
        elif line.strip():
            try:
                yield place, _object(json.loads(line, parse_constant=_no_number))
            except _BROKEN as error:
                yield place, CorpusError(f"not JSON: {_short(error)}", "line", "mend the line")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _object(value: object) -> Record | CorpusError:
    if isinstance(value, dict):
        return value
    return CorpusError(f"{type(value).__name__} where an object belongs", "record", "give one object a record")


def _short(error: BaseException) -> str:
    return str(error)[:80]


class _Lines:
    """Lines for the CSV parser that remembers those of the row at hand, so that a broken row can give them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: list[str] = []
        self._row: list[str] = []
        self._size = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop(0) if self._again else next(self._lines)
        self._row.append(line)
        self._size += len(line)
        if self._size > MOST_RECORD or len(self._row) > _MOST_ROW_LINES:
            raise csv.Error("a row of over 4 MB or 10,000 lines")
        return line

    def begin(self) -> None:
        """A row begins."""
        self.number += len(self._row)
        self._row, self._size = [], 0

    def give_back(self) -> None:
        """The row at hand is broken: its first line is lost, the others are read again."""
        self._again = self._row[1:] + self._again
        self._row = self._row[:1]


_MOST_ROW_LINES = 10_000


def _table(text: Iterator[str], columns: Collection[str]) -> Iterator[Placed]:
    """The rows of a CSV table with a header line; the separator is told by that line."""
    csv.field_size_limit(MOST_RECORD)  # for the whole process, and never less again: two reads may take turns
    lines = _Lines(text)
    names: list[str] | None = None
    separator = ","
    while True:
        lines.begin()
        place = f"line {lines.number + 1}"
        try:
            if names is None:
                header = next(lines, "")
                separator = max(",\t;", key=header.count)
                names = next(csv.reader([header], strict=True, delimiter=separator), [])
                if header.strip() and not set(columns) & set(names):
                    what = f"no header: the first line has none of the columns {', '.join(sorted(columns))}"
                    yield place, CorpusError(what, "header", "name the columns in the first line, or mend the mapping")
                    return
                continue
            row = next(csv.reader(lines, strict=True, delimiter=separator), None)
        except csv.Error as error:
            yield place, CorpusError(f"not CSV: {error}", "row", "mend the row")
            if names is None:
                return
            lines.give_back()
            continue
        if row is None:
            if lines.number <= 1:
                yield "file", CorpusError("a header and no row below it", "table", "export it again")
            return
        if row and len(row) != len(names):
            what = f"{len(row)} cells under {len(names)} names"
            yield place, CorpusError(what, "row", "quote cells that hold the separator")
        elif row:
            yield place, dict(zip(names, row, strict=True))


def _whole_lines(text: TextIO, start: str) -> Iterator[str]:
    """The lines of what has been read and of what follows; one of over 4 MB comes cut short, its rest left out."""
    begun = io.StringIO(start, newline="")
    pending = ""
    for stream in (begun, text):
        while line := stream.readline(MOST_RECORD + 1):
            line, pending = pending + line, ""
            if stream is begun and begun.tell() == len(start) and not line.endswith(("\n", "\r")):
                pending = line  # the chunk ends within this line
                continue
            yield line
            while len(line) > MOST_RECORD and line and not line.endswith("\n"):
                line = stream.readline(MOST_RECORD)
    if pending:
        yield pending

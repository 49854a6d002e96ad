"""JSON and CSV records as documents, by a mapping; several records may be the answers of one question."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import CorpusError, Rejected
from corpus.formats.format import rejected
from corpus.formats.mapping import Mapping
from corpus.identity import id_from_content, id_from_url
from corpus.model import KINDS, Answer, Asker, Document, Topic
from corpus.sources import Source
from corpus.text import clean, one_line, parse_date

MOST_RECORD = 4 * 1024 * 1024
MOST_TITLE = 120
_CHUNK = 64 * 1024
_BETWEEN = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_LIST_MARKS = re.compile(r"[;|,]")

Record = dict[str, Any]
Placed = tuple[str, Record | CorpusError]


def read(source: Source, mapping: Mapping) -> Iterator[Document | Rejected]:
    """The documents of a JSON array, of JSON lines or of a CSV table; a record that fails costs itself alone."""
    with source.open() as stream:
        # Undecodable bytes become surrogates, which the model refuses in the one record that holds them.
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        for group in _groups(_records(text), mapping.join):
            yield from _documents(source, mapping, group)


def _documents(source: Source, mapping: Mapping, group: list[Placed]) -> Iterator[Document | Rejected]:
    """One document of a group of records; the records of the group that fail are rejected one by one."""
    records: list[Record] = []
    answers: list[Answer] = []
    first_place = group[0][0]
    for place, record in group:
        try:
            if isinstance(record, CorpusError):
                raise record
            if missing := sorted(mapping.columns - set(record)):
                raise CorpusError(
                    f"no column {missing[0]!r}", mapping.name, f"it has {', '.join(map(str, record))[:200]}"
                )
            if answer := _answer(mapping, record):
                answers.append(answer)
            records.append(record)
        except CorpusError as error:
            yield rejected(source, place, error)
    if records:
        try:
            yield _document(mapping, records[0], tuple(answers))
        except CorpusError as error:
            yield rejected(source, first_place, error)


def _document(mapping: Mapping, record: Record, answers: tuple[Answer, ...]) -> Document:
    values: dict[str, Any] = dict(mapping.constant)
    for name, column in mapping.fields.items():
        value = record[column]
        if name == "topics":
            values[name] = tuple(Topic(name=item) for item in dict.fromkeys(_listed(value)))
        elif name in ("asked", "published"):
            values[name] = parse_date(_text(value, column))
        else:
            text = _text(value, column)
            values[name] = clean(text) if name in ("body", "more") else one_line(text)
    body = values.get("body", "")
    values["title"] = values.get("title") or opening(body)
    if body.casefold().rstrip("?.! ") == values["title"].casefold().rstrip("?.! "):
        values["body"] = ""  # a site without a separate text repeats the title there
    if mapping.kind == "question":
        values["answers"] = answers
        values["asker"] = _asker(mapping, record)
    if not values.get("id"):
        url = values.get("url")
        own = (values["title"], values.get("body", ""), *(answer.text for answer in answers))
        values["id"] = id_from_url(url) if url else id_from_content(mapping.kind, *own)
    return KINDS[mapping.kind](**values)


def opening(text: str) -> str:
    """A title for a text that has none: its first words, whole, up to 120 characters."""
    line = one_line(text)
    return line if len(line) <= MOST_TITLE else line[: line.rfind(" ", 0, MOST_TITLE)].rstrip(",;:-") + "…"


def _answer(mapping: Mapping, record: Record) -> Answer | None:
    values = {name: _text(record[column], column) for name, column in mapping.answer.items()}
    if not clean(values.get("text", "")):
        return None
    return Answer(
        text=clean(values["text"]),
        author=one_line(values.get("author", "")),
        specialty=one_line(values.get("specialty", "")),
        answered=parse_date(values.get("answered", "")),
    )


def _asker(mapping: Mapping, record: Record) -> Asker | None:
    values = {name: one_line(_text(record[column], column)).lower() for name, column in mapping.asker.items()}
    if years := re.match(r"\d{1,3}", values.get("age", "")):
        low = int(years[0]) // 10 * 10
        values["age"] = f"{low}-{low + 9}"
    return Asker(**values) if any(values.values()) else None


def _text(value: object, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CorpusError(f"{type(value).__name__} where text belongs", f"column {column}", "map a column of text")
    return str(value)


def _listed(value: object) -> list[str]:
    """Names from a list, from a list written as text in JSON or Python, or from text with `;`, `|` or `,` between."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return []
    if isinstance(value, str):
        value = _LIST_MARKS.split(value)
    return [one_line(str(item)) for item in value if one_line(str(item))] if isinstance(value, list) else []


def _groups(records: Iterator[Placed], join: str) -> Iterator[list[Placed]]:
    """Each record alone or, with `join`, all records of one value of that column, in order of their first one.

    The records wait in a temporary SQLite file, not in memory: those of one question need not be adjacent.
    """
    if not join:
        for placed in records:
            yield [placed]
        return
    with tempfile.TemporaryDirectory(prefix="seealso-join-") as folder:
        with sqlite3.connect(Path(folder) / "records.sqlite", isolation_level=None) as waiting:
            waiting.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
                "CREATE TABLE record (number INTEGER PRIMARY KEY, value TEXT, place TEXT, json TEXT);"
            )
            for placed in records:
                place, record = placed
                if isinstance(record, CorpusError) or record.get(join) in (None, ""):
                    yield [placed]  # nothing to join by: it stands, or falls, alone
                    continue
                row = (str(record[join]), place, json.dumps(record))
                waiting.execute("INSERT INTO record (value, place, json) VALUES (?, ?, ?)", row)
            waiting.execute("CREATE INDEX by_value ON record (value, number)")
            firsts = "SELECT value FROM record GROUP BY value ORDER BY min(number)"
            for (value,) in waiting.execute(firsts):
                rows = waiting.execute("SELECT place, json FROM record WHERE value = ? ORDER BY number", (value,))
                yield [(place, json.loads(text)) for place, text in rows]
        waiting.close()


def _records(text: TextIO) -> Iterator[Placed]:
    """Each record with its place, or what is wrong with it; JSON or CSV is told by the first character."""
    start = text.read(_CHUNK)
    first = start.lstrip()[:1]
    if first == "[":
        return _array(text, start)
    if first == "{":
        return _lines(text, start)
    return _table(text, start)


def _array(text: TextIO, buffer: str) -> Iterator[Placed]:
    """The objects of one JSON array, a chunk at a time; after a broken one, reading goes on at the next `}, {`."""
    decoder, at, number = json.JSONDecoder(), buffer.index("[") + 1, 1
    ended = False
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if buffer.startswith("]", at):
            return
        try:
            record, at = decoder.raw_decode(buffer, at)
            yield f"record {number}", _object(record)
            number += 1
        except (json.JSONDecodeError, RecursionError) as error:
            if not ended and len(buffer) - at < MOST_RECORD:
                chunk = text.read(_CHUNK)
                ended = not chunk
                buffer, at = buffer[at:] + chunk, 0
                continue
            if ended and not buffer[at:].strip():
                return
            yield f"record {number}", CorpusError(f"not JSON: {str(error)[:80]}", "record", "mend the record")
            number += 1
            while not (following := _NEXT.search(buffer, at)) and (chunk := text.read(_CHUNK)):
                buffer, at = buffer[-16:] + chunk, 0
            if following is None:
                return
            at = following.end()


def _lines(text: TextIO, start: str) -> Iterator[Placed]:
    first, *rest = start.split("\n")
    pending = first
    number = 0

    def place(line: str) -> Iterator[Placed]:
        try:
            yield f"line {number}", _object(json.loads(line))
        except (ValueError, RecursionError) as error:
            yield f"line {number}", CorpusError(f"not JSON: {str(error)[:80]}", "line", "mend the line")

    for part in rest:
        number += 1
        if pending.strip():
            yield from place(pending)
        pending = part
    for line in text:
        number += 1
        if (pending + line).strip():
            yield from place(pending + line)
        pending = ""
    if pending.strip():
        number += 1
        yield from place(pending)


def _object(value: object) -> Record | CorpusError:
    if isinstance(value, dict):
        return value
    return CorpusError(f"{type(value).__name__} where an object belongs", "record", "give one object a record")


def _table(text: TextIO, start: str) -> Iterator[Placed]:
    """The rows of a CSV table with a header line; the separator is told by that line."""
    previous = csv.field_size_limit(MOST_RECORD)
    try:
        header, _, _ = start.partition("\n")
        separator = max(",\t;", key=header.count)
        rows = csv.reader(_chain(start, text), delimiter=separator, strict=True)
        names = next(rows, [])
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield f"line {line}", CorpusError(f"not CSV: {error}", "row", "mend the row")
                continue
            if row is None:
                return
            if not row:
                continue
            if len(row) != len(names):
                what = f"{len(row)} cells under {len(names)} names"
                yield f"line {line}", CorpusError(what, "row", "quote cells that hold the separator")
                continue
            yield f"line {line}", dict(zip(names, row, strict=True))
    finally:
        csv.field_size_limit(previous)


def _chain(start: str, text: TextIO) -> Iterator[str]:
    """The lines of what has been read and of what follows."""
    *whole, last = start.splitlines(keepends=True) or [""]
    yield from whole
    yield last + ("" if last.endswith("\n") else text.readline())
    yield from text

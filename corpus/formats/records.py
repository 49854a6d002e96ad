"""Makes documents of JSON and CSV records by a mapping; several records may be the answers of one question."""

from __future__ import annotations

import ast
import codecs
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any, cast

from corpus.errors import CorpusError, Noticed
from corpus.formats.format import Item, answer_of, rejected
from corpus.formats.mapping import Mapping
from corpus.formats.rows import Placed, Record, rows_of
from corpus.identity import id_from_content, id_from_url, same_address
from corpus.model import BANDS, KINDS, MOST_AGE, Answer, Asker, Document, Topic
from corpus.sources import Source
from corpus.text import clean, is_unicode, one_line, parse_date, plain_text

MOST_TITLE = 120
_SEXES = {"female": "female", "f": "female", "woman": "female", "male": "male", "m": "male", "man": "male"}
_LIST_MARKS = re.compile(r"[;|]")


def read(source: Source, mapping: Mapping) -> Iterator[Item]:
    """The documents of a JSON array, of JSON lines or of a CSV table; a record that fails costs itself alone."""
    with source.open() as stream:
        # Undecodable bytes become surrogates, which are refused in the one record that holds them.
        start = cast("io.BufferedReader", stream).peek(2)[:2]
        encoding = "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
        text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
        for group in _groups(rows_of(text, mapping.columns), mapping.join):
            yield from _documents(source, mapping, group)


def _documents(source: Source, mapping: Mapping, group: list[Placed]) -> Iterator[Item]:
    """One document of a group of records; the records of the group that fail are rejected one by one."""
    answered: list[tuple[str, Record, Answer | None]] = []
    for place, record in group:
        try:
            if isinstance(record, CorpusError):
                raise record
            if missing := sorted(mapping.columns - set(record)):
                known = ", ".join(map(str, record))[:200]
                raise CorpusError(f"no column {missing[0]!r}", mapping.name, f"it has {known}")
            texts = {name: _text(record[column], column) for name, column in mapping.answer.items()}
            answered.append((place, record, answer_of(texts)))
        except CorpusError as error:
            yield rejected(source, place, error)
    # The first record speaks for the question; where it cannot, it is left out and the next one does.
    while answered:
        answers = tuple(answer for _, _, answer in answered if answer)
        try:
            document = _document(mapping, answered[0][1], answers)
        except CorpusError as error:
            yield rejected(source, answered.pop(0)[0], error)
        else:
            yield from _noticed(source, mapping, *answered[0][:2])
            yield document
            return


def _noticed(source: Source, mapping: Mapping, place: str, record: Record) -> Iterator[Noticed]:
    """What a record is taken without."""
    columns = mapping.fields
    dates = [_text(record[columns[name]], name) for name in ("asked", "published") if name in columns]
    if any(one_line(date) and parse_date(date) is None for date in dates):
        yield Noticed(source=source.name, place=place, what="date")
    if not any(one_line(_text(record[columns[name]], name)) for name in ("id", "url") if name in columns):
        yield Noticed(source=source.name, place=place, what="identity")


def _document(mapping: Mapping, record: Record, answers: tuple[Answer, ...]) -> Document:
    values: dict[str, Any] = dict(mapping.constant)
    for name, column in mapping.fields.items():
        value = record[column]
        if name == "topics":
            values[name] = tuple(Topic(name=item) for item in dict.fromkeys(_listed(value, column)))
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
    if len(line) <= MOST_TITLE:
        return line
    space = line.rfind(" ", 0, MOST_TITLE)
    return line[: space if space > 0 else MOST_TITLE].rstrip(",;:-") + "…"


def _asker(mapping: Mapping, record: Record) -> Asker | None:
    """Age band and sex as far as the columns tell them; what they say otherwise is left out, never kept."""
    values = {name: one_line(_text(record[column], column)).lower() for name, column in mapping.asker.items()}
    years = re.match(r"\d{1,3}\b", values.get("age", ""))
    age = BANDS[int(years[0]) // 10] if years and int(years[0]) < MOST_AGE else ""
    sex = _SEXES.get(values.get("sex", ""), "")
    return Asker(age=age, sex=sex) if age or sex else None


def _text(value: object, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CorpusError(f"{type(value).__name__} where text belongs", f"column {column}", "map a column of text")
    text = str(value)
    if not is_unicode(text):
        raise CorpusError("bytes that are not UTF-8", f"column {column}", "convert the source to UTF-8")
    return plain_text(text)


def _listed(value: object, column: str) -> list[str]:
    """Names from a list, from a list written as text in JSON or Python, or from text with `;` or `|` between; commas
    part names where none of these does: beside them they belong to a name ("Ear, nose and throat").
    """
    if isinstance(value, str) and (listed := _list_as_text(value.strip())) is None:
        text = _text(value, column)
        names = _LIST_MARKS.split(text) if _LIST_MARKS.search(text) else text.split(",")
    else:
        items = listed if isinstance(value, str) else value
        names = [_text(item, column) for item in items] if isinstance(items, list) else []
    return [name for name in map(one_line, names) if name]


def _list_as_text(text: str) -> list[object] | None:
    """The list that a text writes in JSON or Python, if it does."""
    if not text.startswith("[") or not text.endswith("]"):
        return None
    for parse in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = parse(text)
            return value if isinstance(value, list) else None
    return None


def _groups(records: Iterator[Placed], join: str) -> Iterator[list[Placed]]:
    """Each record alone or, with `join`, all records of one value of that column, in order of their first one.

    The records wait in a temporary SQLite file, not in memory: those of one question need not be adjacent. It stands in
    SQLITE_TMPDIR without a name, and is gone with the process, however that ends. Raises CorpusError where it cannot
    grow.
    """
    if not join:
        for placed in records:
            yield [placed]
        return
    try:
        yield from _joined(records, join)
    except sqlite3.Error as error:
        where = f"the records that wait to be joined by {join!r}"
        raise CorpusError(str(error), where, "make room in the folder of the index, or set SQLITE_TMPDIR") from error


def _joined(records: Iterator[Placed], join: str) -> Iterator[list[Placed]]:
    with closing(sqlite3.connect("", isolation_level=None)) as waiting:  # without a name it is a temporary file
        waiting.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE record (number INTEGER PRIMARY KEY, value TEXT, place TEXT, json TEXT);"
        )
        for place, record in records:
            given = None if isinstance(record, CorpusError) else record.get(join)
            value = "" if given is None else same_address(str(given))
            if not value or not is_unicode(value):
                yield [(place, record)]  # nothing to join by: it stands, or falls, alone
                continue
            row = (value, place, json.dumps(record))
            waiting.execute("INSERT INTO record (value, place, json) VALUES (?, ?, ?)", row)
        waiting.execute("CREATE INDEX by_value ON record (value, number)")
        for (value,) in waiting.execute("SELECT value FROM record GROUP BY value ORDER BY min(number)"):
            rows = waiting.execute("SELECT place, json FROM record WHERE value = ? ORDER BY number", (value,))
            yield [(place, json.loads(text)) for place, text in rows]

"""Brings the records of one question together: by a column that they share, or answers that name their question."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import closing

from corpus.errors import CorpusError
from corpus.formats.columns import Record, as_text, find
from corpus.formats.mapping import Mapping
from corpus.formats.rows import Placed
from corpus.identity import same_address
from corpus.text import is_unicode


def groups(records: Iterator[Placed], mapping: Mapping) -> Iterator[list[Placed]]:
    """The records of each question, in the order of their first ones; its answers behind it where they are records of
    their own. Records that are not meant are passed over.

    They wait in a temporary SQLite file, not in memory: those of one question need not be adjacent. It stands in
    SQLITE_TMPDIR without a name, and is gone with the process, however that ends. Raises CorpusError where it cannot
    grow.
    """
    if not mapping.join and not mapping.answers:
        for placed in records:
            if isinstance(placed[1], CorpusError) or is_meant(placed[1], mapping.where):
                yield [placed]
        return
    try:
        yield from _joined(records, mapping)
    except sqlite3.Error as error:
        by = mapping.join or (mapping.answers and mapping.answers.of)
        where = f"the records that wait to be joined by {by!r}"
        raise CorpusError(str(error), where, "make room in the folder of the index, or set SQLITE_TMPDIR") from error


def is_meant(record: Record, where: AnyMapping[str, str]) -> bool:
    """Whether each column has the value that is asked for, or one of several with `|` between."""
    return all(said_in(record, column) in wanted.split("|") for column, wanted in where.items())


def is_answer(record: Record, mapping: Mapping) -> bool:
    """Whether a record is an answer and no question."""
    return mapping.answers is not None and is_meant(record, mapping.answers.where)


def said_in(record: Record, column: str) -> str:
    """A column as text, by which records are told apart and joined; nothing where it is missing."""
    try:
        return as_text(find(record, column))
    except CorpusError:
        return ""


def _joined(records: Iterator[Placed], mapping: Mapping) -> Iterator[list[Placed]]:
    with closing(sqlite3.connect("", isolation_level=None)) as waiting:  # without a name it is a temporary file
        waiting.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE record (number INTEGER PRIMARY KEY, value TEXT, answers INTEGER, place TEXT, json TEXT);"
        )
        for place, record in records:
            if not isinstance(record, CorpusError) and not _is_either(record, mapping):
                continue
            value = "" if isinstance(record, CorpusError) else same_address(said_in(record, _key(record, mapping)))
            if isinstance(record, CorpusError) or not value or not is_unicode(value):
                yield [(place, record)]  # nothing to join by: it stands, or falls, alone
                continue
            row = (value, is_answer(record, mapping), place, json.dumps(record))
            waiting.execute("INSERT INTO record (value, answers, place, json) VALUES (?, ?, ?, ?)", row)
        waiting.execute("CREATE INDEX by_value ON record (value, answers, number)")
        for (value,) in waiting.execute("SELECT value FROM record GROUP BY value ORDER BY min(number)"):
            rows = waiting.execute("SELECT place, json FROM record WHERE value = ? ORDER BY answers, number", (value,))
            yield _in_order([(place, json.loads(text)) for place, text in rows], mapping)


def _is_either(record: Record, mapping: Mapping) -> bool:
    return is_answer(record, mapping) or is_meant(record, mapping.where)


def _key(record: Record, mapping: Mapping) -> str:
    """The column by which a record is joined."""
    if mapping.answers is None:
        return mapping.join
    return mapping.answers.of if is_answer(record, mapping) else mapping.fields["id"]


def _in_order(group: list[tuple[str, Record]], mapping: Mapping) -> list[Placed]:
    """A question's records with the answer first that it names."""
    first = mapping.answers.first if mapping.answers else ""
    if named := said_in(group[0][1], first) if first else "":
        group.sort(key=lambda it: is_answer(it[1], mapping) and said_in(it[1], mapping.fields["id"]) != named)
    return [*group]

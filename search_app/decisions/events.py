"""An event: one thing that an editor did, as it is kept for good; and what it is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

VERDICTS = ("duplicate", "related", "different")
# A pair waits: for another editor, or for a later day.
WAITS = ("unsure", "later")
CARDS = ("pin", "exclude")
ACTIONS = (*VERDICTS, *WAITS, *CARDS, "undo")
MOST_NOTE = 500
# The page of what is excluded from all.
EVERYWHERE = ""
_COLUMNS = "id, at, editor, action, a, b, a_wording, b_wording, score, band, note, undoes, batch"


class Event(NamedTuple):
    """What was done: of a pair by its two ids (of a duplicate `a` points to `b`), of a card by its page `a` and the
    document `b`; an undo is about what it undoes. `batch` is the first of the events that were one action.

    `at` is a moment in UTC; wordings are the digests of the texts, score and band what the program thought of the pair.
    An `id` of 0 is none yet.
    """

    id: int
    at: str
    editor: str
    action: str
    a: str
    b: str
    a_wording: int | None = None
    b_wording: int | None = None
    score: float | None = None
    band: str | None = None
    note: str = ""
    undoes: int | None = None
    batch: int | None = None

    @property
    def subject(self) -> Subject:
        """What it is about; an undo is about what that is which it undoes."""
        return of_card(self.a, self.b) if self.action in CARDS else of_pair(self.a, self.b)


class Subject(NamedTuple):
    """Two questions, their ids ascending, or a page and a card on it."""

    is_card: bool
    a: str
    b: str


def of_pair(a: str, b: str) -> Subject:
    """Two questions as what a verdict is about."""
    return Subject(False, *sorted((a, b)))


def of_card(page: str, card: str) -> Subject:
    """A card on a page as what a pin or an exclusion is about."""
    return Subject(True, page, card)


def after(connection: sqlite3.Connection, known: int) -> Iterator[Event]:
    """The events that are newer than one, in order."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM event WHERE id > ? ORDER BY id", (known,))  # noqa: S608 (names)
    return map(Event._make, rows)


def add(connection: sqlite3.Connection, event: Event) -> int:
    """Keep an event within a transaction, and tell its id: its own, or the next where that is 0."""
    marks = ", ".join("?" * len(event))
    row = (event.id or None, *event[1:])
    return int(connection.execute(f"INSERT INTO event ({_COLUMNS}) VALUES ({marks})", row).lastrowid or 0)  # noqa: S608

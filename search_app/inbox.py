"""The inbox: documents that a site pushed wait in a SQLite file until the index has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from indexer import SearchError
from search_app.sqlite_files import opened

# More than this waits only where nobody takes it.
MOST = 100_000
_PATIENCE = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS item (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, document TEXT,"
    " at TEXT NOT NULL) STRICT"
)

_NEWEST = (
    "SELECT id, document FROM item WHERE number IN (SELECT max(number) FROM item WHERE number <= ? GROUP BY id)"
    " ORDER BY number"
)


class InboxUnavailable(SearchError):
    """The file of the inbox cannot be used, or is full."""


class Item(NamedTuple):
    """A document as a line of the exchange format, or that the one of this id is to go (None)."""

    id: str
    document: str | None


class Waiting(NamedTuple):
    """How many items wait, and since when the first does."""

    items: int
    since: str | None


class Batch(NamedTuple):
    """What waits, the last item of each id, and the number up to which it was taken."""

    items: list[Item]
    last: int


class Inbox:
    """The inbox in a file, which is made with the first item."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def put(self, items: Sequence[Item]) -> int:
        """Keep some items, all or none, on the disk, and say how many wait now. Raises InboxUnavailable."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            waiting = connection.execute("SELECT count(*) FROM item").fetchone()[0] + len(items)
            if waiting > MOST:
                connection.execute("ROLLBACK")
                what = f"{waiting - len(items):,} documents wait already"
                raise InboxUnavailable(what, "the inbox", "see that `seealso inbox` runs, then send them again")
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            rows = [(item.id, item.document, now) for item in items]
            connection.executemany("INSERT INTO item (id, document, at) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
            return int(waiting)

    def holds(self, id_: str) -> bool:
        """Whether something of this id waits. Raises InboxUnavailable."""
        if not self.path.exists():
            return False
        with self._open() as connection:
            return connection.execute("SELECT 1 FROM item WHERE id = ? LIMIT 1", (id_,)).fetchone() is not None

    def waiting(self) -> Waiting:
        """What waits. Raises InboxUnavailable."""
        if not self.path.exists():
            return Waiting(0, None)
        with self._open() as connection:
            return Waiting(*connection.execute("SELECT count(*), min(at) FROM item").fetchone())

    def batch(self) -> Batch:
        """All that waits; it stays until `done`. Raises InboxUnavailable."""
        if not self.path.exists():
            return Batch([], 0)
        with self._open() as connection:
            last = connection.execute("SELECT max(number) FROM item").fetchone()[0] or 0
            rows = connection.execute(_NEWEST, (last,))
            return Batch([Item(*row) for row in rows], last)

    def done(self, batch: Batch) -> None:
        """Let go of what was taken: the index has it. Raises InboxUnavailable."""
        with self._open() as connection:
            connection.execute("DELETE FROM item WHERE number <= ?", (batch.last,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with opened(
                self.path, _PATIENCE, "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"
            ) as connection:
                connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            what = f"the inbox cannot be used: {error}" if isinstance(error, sqlite3.Error) else str(error.strerror)
            raise InboxUnavailable(what, str(self.path), "see that it is whole, may be written and has room") from error


def told(path: str | Path) -> dict[str, object] | str:
    """What waits in the inbox of a file, as JSON tells it: `unavailable` where it cannot be used."""
    try:
        return Inbox(path).waiting()._asdict()
    except InboxUnavailable:
        return "unavailable"

"""Sorts what does not fit into memory: SQLite does it in a file; used when a build has read its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

_FILE = "sorting.sqlite3"
# Nothing of it is worth keeping: no journal, no waiting for the disk. The cache is in kB.
_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -16384")


def in_order(folder: Path, rows: Iterable[tuple[str, bytes, int]]) -> Iterator[tuple[str, bytes, int]]:
    """Different rows in ascending order; until the last is given, they wait in a file of the folder."""
    import sqlite3  # noqa: PLC0415 (whoever asks an index builds none)

    path = folder / _FILE
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for line in _PRAGMAS:
                connection.execute(f"PRAGMA {line}")
            connection.execute(
                "CREATE TABLE row (id TEXT, digest BLOB, number INTEGER, PRIMARY KEY (id, digest, number))"
                " WITHOUT ROWID"
            )
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO row VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
            yield from connection.execute("SELECT id, digest, number FROM row ORDER BY id, digest, number")
    finally:
        path.unlink(missing_ok=True)

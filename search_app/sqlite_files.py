"""Opens the SQLite files of a site: each is made for its owner alone, for it holds what was written or decided."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


def make_private(path: Path) -> None:
    """Make a file for its owner alone, where none is. Raises OSError."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def opened(path: Path, seconds: float, *pragmas: str) -> Iterator[sqlite3.Connection]:
    """A connection to a file, which is made where there is none; it waits so many seconds for who writes just then.

    Raises OSError and sqlite3.Error.
    """
    make_private(path)
    with closing(sqlite3.connect(path, timeout=seconds, isolation_level=None)) as connection:
        for line in pragmas:
            connection.execute(f"PRAGMA {line}")
        yield connection

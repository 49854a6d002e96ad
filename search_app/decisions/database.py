"""The SQLite file in which decisions and editors are kept: opened when it is first needed, brought up to date."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from search_app.decisions.refusals import DecisionsUnavailable

_PATIENCE = 5.0
_DONE = "PRAGMA user_version = {}"


class Database:
    """One file. Threads share a connection, each for as long as it holds the lock; a forked process opens its own.

    The file is not made before something is written. One that was put in its place is noticed, and opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, ...] | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read by; None where there is no file yet. Raises DecisionsUnavailable."""
        with self._lock:
            try:
                yield self._current(make=False)
            except sqlite3.Error as error:
                raise self._unavailable(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within a transaction, which ends with the block: kept on disk, or undone where that raises.

        Raises DecisionsUnavailable.
        """
        with self._lock:
            try:
                connection = self._current(make=True)
                assert connection is not None
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._unavailable(error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _unavailable(self, error: sqlite3.Error) -> DecisionsUnavailable:
        return DecisionsUnavailable(
            f"the file of decisions cannot be used: {error}", str(self.path), "see that it is whole and may be written"
        )

    def _current(self, *, make: bool) -> sqlite3.Connection | None:
        """The connection to the file that is there now."""
        there = self._identity()
        if there is None and not make:
            self.close()
            return None
        if self._connection is None or there != self._opened:
            self.close()
            self._connection = self._connect()
            self._opened = self._identity()
        return self._connection

    def _identity(self) -> tuple[int, ...] | None:
        """Which file there is, as this process sees it; None for none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return os.getpid(), found.st_dev, found.st_ino

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            # What it holds (names, digests of passwords) is for its owner alone.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, connection.close)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # What was told to be decided is on the disk, even if the power fails.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that a file lacks, each whole or not at all."""
    steps = sorted(
        (
            entry
            for entry in resources.files(__package__).joinpath("migrations").iterdir()
            if entry.name.endswith(".sql")
        ),
        key=lambda entry: entry.name,
    )
    known = connection.execute("PRAGMA user_version").fetchone()[0]
    if known > len(steps):
        raise DecisionsUnavailable(
            f"a newer version of the program wrote it (step {known}, known are {len(steps)})", str(path), "install that"
        )
    if known == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster
        for step in steps[done:]:
            for statement in _statements(step.read_text(encoding="utf-8")):
                connection.execute(statement)
        connection.execute(_DONE.format(len(steps)))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, each ended by a semicolon at the end of a line."""
    said = ""
    for line in script.splitlines(keepends=True):
        said += line
        if sqlite3.complete_statement(said):
            yield said
            said = ""

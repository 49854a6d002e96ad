"""The SQLite file in which decisions and editors are kept: opened when it is first needed, brought up to date."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from search_app.decisions.refusals import DecisionsUnavailable
from search_app.sqlite_files import make_private

_PATIENCE = 5.0


class Database:
    """One file. Threads share a connection to read by and one to write by, each for as long as it holds its lock: no
    reader waits for a writer. A forked process opens its own.

    The file is not made before something is written. One that was put in its place is noticed, and opened; what stood
    beside the one before, ending in -wal and -shm, must be gone then.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._reader, self._writer = _Shared(self.path), _Shared(self.path)

    @property
    def opened(self) -> int:
        """How often the file was opened to read from: it grows where another was put in its place."""
        return self._reader.opened

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read by; None where there is no file yet. Raises DecisionsUnavailable."""
        with self._reader.lock:
            try:
                yield self._reader.current(make=False)
            except (sqlite3.Error, OSError) as error:
                raise self._unavailable(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within a transaction, which ends with the block: kept on disk, or undone where that raises.

        Raises DecisionsUnavailable.
        """
        with self._writer.lock:
            try:
                connection = self._writer.current(make=True)
                assert connection is not None
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                raise self._unavailable(error) from error

    def close(self) -> None:
        """Let go of the file."""
        for shared in (self._reader, self._writer):
            with shared.lock:
                shared.close()

    def _unavailable(self, error: Exception) -> DecisionsUnavailable:
        what = str(error) if isinstance(error, sqlite3.Error) else os.strerror(getattr(error, "errno", 0) or 0)
        return DecisionsUnavailable(
            f"the file of decisions cannot be used: {what}", str(self.path), "see that it is whole and may be written"
        )


class _Shared:
    """A connection that threads share: whoever uses it holds its lock."""

    def __init__(self, path: Path) -> None:
        self._path, self.lock, self.opened = path, threading.RLock(), 0
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, ...] | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def current(self, *, make: bool) -> sqlite3.Connection | None:
        """The connection to the file that is there now."""
        there = self._identity()
        if there is None and not make:
            self.close()
            return None
        if self._connection is None or there != self._file:
            self.close()
            self._connection = self._connect(make=make)
            self._file = self._identity()
            self.opened += 1
        return self._connection

    def _identity(self) -> tuple[int, ...] | None:
        """Which file there is, as this process sees it; None for none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return os.getpid(), found.st_dev, found.st_ino

    def _connect(self, *, make: bool) -> sqlite3.Connection:
        if make:
            make_private(self._path)
        try:
            return self._opened_by(f"{self._path.absolute().as_uri()}?mode=rw")
        except sqlite3.OperationalError:
            if make or self._path.with_name(f"{self._path.name}-wal").exists():
                raise
            # Who may not write can read, as long as nobody else writes.
            return self._opened_by(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", writes=False)

    def _opened_by(self, address: str, *, writes: bool = True) -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, uri=True
        )
        weakref.finalize(self, connection.close)
        try:
            if writes:
                _write_ahead(connection)
                # What was told to be decided is on the disk, even if the power fails.
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, self._path)
        except BaseException:
            connection.close()
            raise
        return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Keep a log beside the file, so that nobody who reads waits. SQLite does not wait for this statement where
    somebody writes just then (findings), so it is said again.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that a file lacks, each whole or not at all."""
    folder = resources.files(__package__).joinpath("migrations")
    steps = sorted((step for step in folder.iterdir() if step.name.endswith(".sql")), key=lambda step: step.name)
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
        connection.execute(f"PRAGMA user_version = {len(steps)}")
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

"""The folders of this machine for an index on a cluster: where generations are made, may stay, and are read."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from indexer.errors import SearchError

_READING, _HELD = ".seealso-read.", "held"
# A folder is locked so many seconds after it was made at the latest.
_MAKING = 60.0


class ReadingFolder:
    """A new temporary folder for what this process reads of a generation, removed when it is closed; a context manager.

    Those of processes that were killed are removed when one is made: they may hold words of what was forgotten since.
    """

    def __init__(self) -> None:
        for left in Path(tempfile.gettempdir()).glob(f"{_READING}*"):
            _remove_unless_held(left)
        self.path = Path(tempfile.mkdtemp(prefix=_READING))
        held = (self.path / _HELD).open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        # Whoever forgets to close it leaves nothing either.
        self._let_go = weakref.finalize(self, _let_go, self.path, held, os.getpid())

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it; closing twice does nothing."""
        self._let_go()


def _let_go(folder: Path, held: IO[str], process: int) -> None:
    if process == os.getpid():  # a forked worker ends, and who forked it reads on
        shutil.rmtree(folder, ignore_errors=True)
    held.close()


def _remove_unless_held(folder: Path) -> None:
    """Remove a folder whose process has ended: nobody holds the lock of its file. One that is just being made has none
    for a moment.
    """
    with suppress(OSError):
        if not (folder / _HELD).exists() and time.time() - folder.stat().st_mtime < _MAKING:
            return
        with (folder / _HELD).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)


class WorkFolder:
    """The folder for one index, used under its lock; without a path all is made in the system's temporary folder, and
    nothing stays.
    """

    def __init__(self, path: str, name: str, address: str) -> None:
        """`address` tells indices of one name on two clusters apart."""
        self._path, self._name = Path(path) if path else None, name
        self._prefix = f".seealso-{hashlib.sha256(address.encode()).hexdigest()[:16]}."
        self._temporary = (self._path or Path(tempfile.gettempdir())) / f"{self._prefix}{secrets.token_hex(4)}"

    @property
    def vectors(self) -> Path:
        """The folder for what an encoder made of documents; it stays where what is made here may."""
        return self._path / f"{self._name}.vectors" if self._path else self._temporary / "vectors"

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A new folder to make a generation in."""
        if self._path and self._path.exists() and not self._path.is_dir():
            raise SearchError("it is no folder", str(self._path), "give another one by opensearch_work")
        if self._path:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (self._path or Path(tempfile.gettempdir())).glob(f"{self._prefix}*"):  # by what was killed
            shutil.rmtree(left, ignore_errors=True)
        self._temporary.mkdir(mode=0o700)
        try:
            (self._temporary / "staged").mkdir()
            yield self._temporary / "staged"
        finally:
            shutil.rmtree(self._temporary)

    def place(self, number: int) -> Path:
        """A folder for a generation that is fetched, which goes with what is staged."""
        return self._temporary / f"{number:06d}"

    def kept(self, number: int) -> Path | None:
        """The folder of a generation of this number that was made here and is the last one, if there is one."""
        folder = self._kept(number)
        return folder if folder and folder.is_dir() else None

    def keep(self, staged: Path, number: int) -> None:
        """Let what was made stay, in the place of what was made before."""
        self.forget()
        if folder := self._kept(number):
            staged.rename(folder)

    def forget(self) -> None:
        """Let nothing stay."""
        for before in self._path.iterdir() if self._path else ():
            if before.name.rpartition("-")[0] == self._name:
                shutil.rmtree(before, ignore_errors=True)

    def _kept(self, number: int) -> Path | None:
        return self._path / f"{self._name}-{number:06d}" if self._path else None

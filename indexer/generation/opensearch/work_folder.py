"""Where the generations of an index on a cluster are made on this machine, and where what was made last may stay."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.generation.folder.folder import DIGEST

_STAGING = "seealso-"


class WorkFolder:
    """The folder for one index, used under its lock; without a path all is made in the system's temporary folder, and
    nothing stays.
    """

    def __init__(self, path: str, name: str) -> None:
        self._path, self._name = Path(path) if path else None, name
        self._temporary = Path()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A new folder to make a generation in."""
        if self._path:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in self._path.glob(f"{_STAGING}*"):  # by what was killed
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_STAGING, dir=self._path) as folder:
            self._temporary = Path(folder)
            (self._temporary / "staged").mkdir()
            yield self._temporary / "staged"

    def place(self, number: int) -> Path:
        """A folder for a generation that is fetched, which goes with what is staged."""
        return self._temporary / f"{number:06d}"

    def kept(self, number: int, digest: str) -> Path | None:
        """The folder of a generation that was made here and is the last one, if it is that of a digest."""
        folder = self._kept(number)
        there = folder and (folder / DIGEST).exists() and (folder / DIGEST).read_text("ascii").strip() == digest
        return folder if there else None

    def keep(self, staged: Path, number: int) -> None:
        """Let what was made stay, in the place of what was made before."""
        if folder := self._kept(number):
            for before in folder.parent.iterdir():
                if before.name.rpartition("-")[0] == self._name:
                    shutil.rmtree(before, ignore_errors=True)
            staged.rename(folder)

    def _kept(self, number: int) -> Path | None:
        return self._path / f"{self._name}-{number:06d}" if self._path else None

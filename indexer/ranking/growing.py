"""Numbers that come one at a time and wait in a file: what a build keeps of each document until all were read."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

# So many are in memory at most.
_HELD = 1 << 14


class Growing:
    """Numbers of one type in a file of a folder that has no name: it is gone when nobody holds them any more."""

    def __init__(self, folder: Path, code: str, first: Iterable[float] = ()) -> None:
        """`code` is the type as the module `array` calls it."""
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (closed when this object goes)
        weakref.finalize(self, self._file.close)
        self._held, self._written = array(code, first), 0

    def __len__(self) -> int:
        return self._written + len(self._held)

    def append(self, number: float) -> None:
        """Take the next number."""
        self._held.append(number)
        if len(self._held) > _HELD:
            self._spill()

    def extend(self, numbers: Iterable[float]) -> None:
        """Take the next numbers; an array of another type is converted."""
        if isinstance(numbers, np.ndarray):
            self._held.frombytes(numbers.astype(self._held.typecode).tobytes())
        else:
            self._held.extend(numbers)
        if len(self._held) > _HELD:
            self._spill()

    def all(self) -> NDArray[Any]:
        """All numbers so far, mapped: nobody may write to them."""
        self._spill()
        dtype = np.dtype(self._held.typecode)
        if not self._written:
            return np.empty(0, dtype)
        return np.memmap(self._file, dtype, "r", shape=(self._written,)).view(np.ndarray)

    def close(self) -> None:
        """Let go of the file, whoever still holds this object; what `all` gave stays."""
        self._file.close()

    def _spill(self) -> None:
        self._file.write(self._held)
        self._file.flush()
        self._written += len(self._held)
        self._held = array(self._held.typecode)


class GrowingFiles:
    """Makes numbers that grow in files of a folder, and closes all their files at once, whoever still holds them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, list[Growing]()

    def numbers(self, code: str, first: Iterable[float] = ()) -> Growing:
        """As Growing."""
        self._made.append(Growing(self._folder, code, first))
        return self._made[-1]

    def close(self) -> None:
        """Close the files."""
        for numbers in self._made:
            numbers.close()

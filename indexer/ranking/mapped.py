"""Arrays and sorted strings in files, mapped into memory: written once by a build, read by every process that asks."""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import starts_of

# The folder of a generation that holds its arrays.
ARRAYS = "arrays"
# A file of fewer bytes is read: each map costs a file descriptor, of which a process has 256 to 1,024.
MAPPED = 1 << 16
_STEP = 32
# So many strings are read at a time where all are.
_TOGETHER = 1 << 12


def save(folder: Path, **arrays: NDArray[Any]) -> None:
    """Write arrays under their names, each as a new file: what stands there may be another generation's too, by a hard
    link, and stays as it is for that one.
    """
    for name, array in arrays.items():
        np.save(_new(folder / f"{name}.npy"), array)


def create(folder: Path, name: str, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """A new array of zeros, mapped to be filled; as a new file, as `save` does. Raises OSError on a full disk."""
    path = _new(folder / f"{name}.npy")
    array: NDArray[Any] = np.lib.format.open_memmap(path, "w+", dtype, shape)
    if hasattr(os, "posix_fallocate"):  # or the system would end the process where it fills a page without room
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array


def nameless(folder: Path, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """A new array of zeros in a file of the folder that has no name: it is gone when nobody holds it any more."""
    array = create(folder, "nameless", dtype, shape)
    (folder / "nameless.npy").unlink()
    return array.view(np.ndarray)


def kept(folder: Path, array: NDArray[Any]) -> NDArray[Any]:
    """An array in a file of the folder that has no name; a small one stays in memory."""
    if array.nbytes < MAPPED:
        return array
    there = nameless(folder, array.dtype, array.shape)
    there[...] = array
    release(there)
    return there


def reopen(folder: Path, name: str) -> NDArray[Any]:
    """An array that was created for this generation alone, mapped to be filled."""
    return np.lib.format.open_memmap(folder / f"{name}.npy", "r+")


def _new(path: Path) -> Path:
    """A path at which no file stands any more."""
    path.unlink(missing_ok=True)
    return path


def write_strings(folder: Path, name: str, strings: Sequence[str]) -> None:
    """Write strings, which must be sorted and unique, as one block of UTF-8 and the offsets within it."""
    encoded = [string.encode() for string in strings]
    offsets = starts_of(np.array([len(string) for string in encoded], np.int64))
    _new(folder / f"{name}.utf8").write_bytes(b"".join(encoded))
    save(folder, **{f"{name}.offsets": offsets})


class Strings(Sequence[str]):
    """The strings that `write_strings` wrote; looking one up takes a binary search, opening takes no reading."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / f"{name}.utf8"
        # Views give a string in a third of the time that arrays take.
        small = path.stat().st_size < MAPPED
        self._bytes = memoryview(path.read_bytes() if small else np.memmap(path, np.uint8, "r").data)
        self._ends = map_array(folder, f"{name}.offsets").data
        self._size = len(self._ends) - 1

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return self.of(range(*at.indices(len(self))))
        if not 0 <= at < self._size:
            raise IndexError(at)
        return str(self._bytes[self._ends[at] : self._ends[at + 1]], "utf-8")

    def of(self, places: Iterable[int]) -> list[str]:
        """The strings of some numbers, which must be there; in half the time that asking for each takes."""
        data, ends = self._bytes, self._ends
        return [str(data[ends[at] : ends[at + 1]], "utf-8") for at in places]

    def __iter__(self) -> Iterator[str]:
        for at in range(0, self._size, _TOGETHER):
            ends = self._ends[at : at + _TOGETHER + 1].tolist()
            data, first = bytes(self._bytes[ends[0] : ends[-1]]), ends[0]
            yield from (data[a - first : b - first].decode() for a, b in pairwise(ends))

    def find(self, string: str) -> int:
        """The number of a string, or -1."""
        at = self.place(string)
        return at if at < self._size and self[at] == string else -1

    def place(self, string: str) -> int:
        """How many strings come before one. Code points sort as their UTF-8 bytes do."""
        low = max(0, bisect_left(self._guides, string) - 1) * _STEP
        return bisect_left(self, string, low, min(low + _STEP, self._size))

    @cached_property
    def _guides(self) -> list[str]:
        """Every so many-th string, in memory: with these a look-up takes a third of the time."""
        return self.of(range(0, self._size, _STEP))


def place_of(strings: Sequence[str], string: str) -> int:
    """The place of a string among strings that ascend, or -1."""
    at = bisect_left(strings, string)
    return at if at < len(strings) and strings[at] == string else -1


def map_array(folder: Path, name: str) -> NDArray[Any]:
    """An array of the generation, mapped: pages are read when they are needed and shared between processes. A small one
    is read at once. Nobody may write to it.
    """
    path = folder / f"{name}.npy"
    small = path.stat().st_size < MAPPED
    array: NDArray[Any] = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    array.setflags(write=False)
    return array.view(np.ndarray)


def release(array: NDArray[Any]) -> None:
    """Let go of the memory in which a mapped array was read or written; its bytes stay in the file's cache.

    What a process maps counts as its memory: a build that walks through arrays larger than that lets go as it walks.
    """
    base: object = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if isinstance(base, mmap.mmap):
        base.madvise(mmap.MADV_DONTNEED)

"""Keeps the vectors that an encoder made, by digests of documents, so that what is built again is not encoded again.

INDEX/vectors/NAME-DIMENSIONS   one file for each encoder; a row for each document, appended as soon as it is made

A build that was killed goes on where it ended. A row that is torn or damaged counts as none.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.vectors import Vector

# SHA-256 of a document's JSON, of which the first bytes find it; rows that are looked through at a time.
_DIGEST, _TOGETHER = 32, 1 << 14
_WAITING = ".new"


class VectorFile:
    """The vectors of one encoder; use it as a context manager."""

    def __init__(self, folder: Path, name: str, dimensions: int) -> None:
        """`name` is that of what makes the vectors, of so many numbers each."""
        self._path, self._row = folder / f"{name}-{dimensions}", _row(dimensions)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("ab")
        self._file.truncate(self._file.tell() // self._row.itemsize * self._row.itemsize)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def get(self, digest: bytes) -> Vector | None:
        """The vector of a document's digest, None where it was not there when this was opened."""
        rows, keys, order = self._stored
        key = np.frombuffer(digest[:8], np.uint64)[0]
        for place in range(*(int(np.searchsorted(keys, key, side)) for side in ("left", "right"))):
            row = rows[order[place]]
            if row["digest"].tobytes() == digest and row["check"] == _check(digest, row["vector"]):
                return np.array(row["vector"])
        return None

    def add(self, digest: bytes, vector: Vector) -> None:
        """Keep the vector of a document."""
        self._file.write(digest + np.uint32(_check(digest, vector)).tobytes() + vector.tobytes())

    def __len__(self) -> int:
        return self._file.tell() // self._row.itemsize

    @cached_property
    def _stored(self) -> tuple[NDArray[Any], NDArray[np.uint64], NDArray[np.int64]]:
        """The rows that are there, the first bytes of their digests as numbers, ascending, and whose these are."""
        rows = _rows(self._path, self._row)
        keys: NDArray[np.uint64] = np.ascontiguousarray(rows["digest"]).view(np.uint64)[:: _DIGEST // 8]
        order = np.argsort(keys, kind="stable")
        return rows, keys[order], order


def keep_only(folder: Path, digests: Collection[bytes]) -> None:
    """Forget what any encoder made of all documents but those of these digests: a new file takes the place of each."""
    wanted = frozenset(digests)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        dimensions = path.name.rpartition("-")[2]
        if not dimensions.isdecimal():  # what a kill left, or no file of vectors
            path.unlink()
            continue
        rows = _rows(path, _row(int(dimensions)))
        waiting = path.with_name(path.name + _WAITING)
        with waiting.open("wb") as file:
            for low in range(0, len(rows), _TOGETHER):
                part = rows[low : low + _TOGETHER]
                file.write(part[[row.tobytes() in wanted for row in part["digest"]]].tobytes())
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)


def holding(folder: Path, digests: Collection[bytes]) -> list[Path]:
    """The files of vectors in which one of some documents' digests stands."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        data = path.read_bytes()
        found += [path] if any(digest in data for digest in digests) else []
    return found


def _row(dimensions: int) -> np.dtype[np.void]:
    return np.dtype([("digest", f"V{_DIGEST}"), ("check", np.uint32), ("vector", np.int8, (dimensions,))])


def _rows(path: Path, row: np.dtype[np.void]) -> NDArray[Any]:
    """The whole rows of a file."""
    count = path.stat().st_size // row.itemsize
    return np.memmap(path, row, "r", shape=(count,)) if count else np.empty(0, row)


def _check(digest: bytes, vector: Vector) -> int:
    return zlib.crc32(vector.tobytes(), zlib.crc32(digest))

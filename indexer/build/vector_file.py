"""Keeps the vectors that were made, by the digests of documents: what is built again is not encoded again.

One file for each encoder beside the generations of an index. Each vector is appended as soon as it is made, so a build
that was killed goes on where it ended; what is torn at the end of the file is left out.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from indexer.ranking.vectors import Vector

# SHA-256 of a document's JSON.
_DIGEST = 32


class VectorFile:
    """The vectors of one encoder, of so many numbers each; use it as a context manager."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path, self._size = path, _DIGEST + dimensions
        self._rows: dict[bytes, bytes] = {}

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("ab")
        whole = self._file.tell() // self._size * self._size
        self._file.truncate(whole)
        self._rows = dict(self._stored())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def _stored(self) -> Iterator[tuple[bytes, bytes]]:
        with self._path.open("rb") as file:
            while len(row := file.read(self._size)) == self._size:
                yield row[:_DIGEST], row[_DIGEST:]

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, digest: bytes) -> Vector | None:
        """The vector of a document's digest, None where it is not known."""
        row = self._rows.get(digest)
        return None if row is None else np.frombuffer(row, np.int8)

    def add(self, digest: bytes, vector: Vector) -> None:
        """Keep the vector of a document."""
        self._rows[digest] = vector.tobytes()
        self._file.write(digest + vector.tobytes())

    def keep(self, digests: Collection[bytes]) -> None:
        """Forget all others than those of these documents: a new file takes the place of the old one."""
        self._rows = {digest: row for digest, row in self._rows.items() if digest in digests}
        waiting = self._path.with_name(f"{self._path.name}.new")
        with waiting.open("wb") as file:
            file.writelines(digest + row for digest, row in self._rows.items())
            file.flush()
            os.fsync(file.fileno())
        self._file.close()
        waiting.replace(self._path)
        self._file = self._path.open("ab")

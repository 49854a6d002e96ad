"""Keeps what documents mean, a vector of whole numbers for each, and finds the documents nearest to a vector.

Vectors come from a sentence encoder (indexer.encoder). Products of whole numbers are exact in any order, so every
engine and every machine ranks stored vectors alike. A vector of zeros is none: what has it is near to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.columns import Mask
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids
from indexer.ranking.mapped import map_array, release, save

Vector = NDArray[np.int8]
# Up to so many numbers the product of two vectors stays below 2^24, and its sums in 32-bit floats are exact.
MOST_DIMENSIONS = 1_024
_FULL = 127
_VECTORS, _SQUARES = "vectors", "vector_squares"
# Rows of documents that are made floats at a time: with 384 numbers each they fit the cache of a processor.
_ROWS = 1_024
# Pairs of documents that are looked at together.
_PAIRS = 8_192


def quantised(rows: NDArray[np.float32]) -> Vector:
    """Rows of floats as rows of whole numbers from -127 to 127; what is farthest from 0 in a row is at an end of that.
    Their directions stay nearly the same, and lengths do not matter.
    """
    greatest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    return np.rint(rows / np.where(greatest > 0, greatest, 1.0) * _FULL).astype(np.int8)


def squares_of(vectors: Vector) -> NDArray[np.int32]:
    """The squared length of each row."""
    whole = vectors.astype(np.int32)
    squares: NDArray[np.int32] = np.einsum("ij,ij->i", whole, whole, dtype=np.int32)
    return squares


def cosines(vector: Vector, others: Vector) -> NDArray[np.float64]:
    """The cosine of a vector with each of some rows; 0 where one is none."""
    products = others.astype(np.float32) @ vector.astype(np.float32)
    return _over_lengths(products, squares_of(vector[None]), squares_of(others))


def _over_lengths(
    products: NDArray[np.float32], ones: NDArray[np.int32], others: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Products of vectors as cosines, by the squared lengths of both."""
    return products / np.sqrt(np.maximum(ones.astype(np.float64) * others, 1.0))


def write_vectors(segment: Path, vectors: Vector) -> None:
    """Keep the vectors of a segment's documents, a row each."""
    save(segment, vectors=vectors, vector_squares=squares_of(vectors))


def has_vectors(segment: Path) -> bool:
    """Whether a segment keeps what its documents mean."""
    return (segment / f"{_VECTORS}.npy").exists()


class Vectors:
    """The vectors of the documents of all segments, which are numbered through; shared by threads."""

    def __init__(self, folders: Sequence[Path], ids: Ids, kernels: ModuleType | None = None) -> None:
        """`kernels` is the compiled form, or None for NumPy's; both give the same to the last bit."""
        self._kernels = kernels
        self._parts = [map_array(folder, _VECTORS) for folder in folders]
        self._squares = np.concatenate([map_array(folder, _SQUARES) for folder in folders])
        self._spans = [slice(a, b) for a, b in pairwise(ids.firsts.tolist())]
        self._ids = ids

    def of(self, numbers: Numbers) -> Vector:
        """The vectors of some documents, a row each."""
        rows = np.empty((len(numbers), self._parts[0].shape[1]), np.int8)
        for span, part in zip(self._spans, self._parts, strict=True):
            own = np.flatnonzero((numbers >= span.start) & (numbers < span.stop))
            rows[own] = part[numbers[own] - span.start]
        return rows

    def cosines(self, vector: Vector, numbers: Numbers) -> NDArray[np.float64]:
        """The cosine of a vector with that of each of some documents."""
        return cosines(vector, self.of(numbers))

    def known_cosines(self, vector: Vector, numbers: Numbers) -> list[float]:
        """The same; not a number (nan) for a document that has no vector."""
        known: list[float] = np.where(self._squares[numbers] > 0, self.cosines(vector, numbers), np.nan).tolist()
        return known

    def cosines_of_all(self, vector: Vector) -> NDArray[np.float64]:
        """The cosine of a vector with that of every document."""
        return next(self._cosines(vector[None]))

    def cosines_of_pairs(self, ones: Numbers, others: Numbers) -> NDArray[np.float64]:
        """The cosine of the vectors of two documents each; not a number where one of them has none."""
        found = np.empty(len(ones))
        for low in range(0, len(ones), _PAIRS):
            part = slice(low, low + _PAIRS)
            one, other = self._squares[ones[part]], self._squares[others[part]]
            products = np.einsum("ij,ij->i", *(self.of(n[part]).astype(np.float32) for n in (ones, others)))
            found[part] = np.where((one > 0) & (other > 0), _over_lengths(products, one, other), np.nan)
        return found

    def nearest(self, vectors: Vector, among: Mask | None, count: int) -> list[tuple[Numbers, NDArray[np.float64]]]:
        """For each of some vectors the documents nearest to it with their cosines, which are above 0: best first, ids
        ascending among equals.
        """
        return [self._best(own, among, count) for own in self._cosines(vectors)]

    def _cosines(self, vectors: Vector) -> Iterator[NDArray[np.float64]]:
        asked = np.ascontiguousarray(vectors.astype(np.float32).T)
        products = np.empty((len(vectors), len(self._squares)), np.float32)
        for span, part in zip(self._spans, self._parts, strict=True):
            if self._kernels and len(vectors) == 1:
                self._kernels.multiply(vectors[0], part, products[0, span])
                continue
            for low in range(0, len(part), _ROWS):
                rows = part[low : low + _ROWS].astype(np.float32)
                products[:, span.start + low : span.start + low + len(rows)] = (rows @ asked).T
        squares = squares_of(vectors)
        return (_over_lengths(own, square, self._squares) for own, square in zip(products, squares, strict=True))

    def _best(self, near: NDArray[np.float64], among: Mask | None, count: int) -> tuple[Numbers, NDArray[np.float64]]:
        if among is not None:
            near = np.where(among, near, 0.0)
        least = max(float(np.partition(near, -count)[-count]), 0.0) if len(near) > count else 0.0
        there = np.flatnonzero((near >= least) & (near > 0))
        order = np.lexsort((self._ids.places(there), -near[there]))[:count]
        return there[order], near[there[order]]

    def release(self) -> None:
        """Let go of the memory in which vectors were read."""
        for part in self._parts:
            release(part)

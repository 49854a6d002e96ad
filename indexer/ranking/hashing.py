"""64-bit keys that stand for tokens, and helpers for lists of lists kept as one array and its starts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]
# The key of terms that are in no bigram: those that are not written in ASCII.
NO_BIGRAM = 0
# An odd number near 2^64 / the golden ratio: multiplying by it parts (a, b) and (b, a).
BIGRAM = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=1 << 17)
def key_of(text: str) -> int:
    """A 64-bit digest that stands for a term or gram; two of a million share one with a chance of 1 in 40 million."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") or 1


def keys_of(tokens: Sequence[str]) -> Keys:
    """The keys of terms or grams."""
    return np.array([key_of(token) for token in tokens], np.uint64)


def bigram_keys(first: Keys, second: Keys) -> Keys:
    """The keys of bigrams, `NO_BIGRAM` where a term of them is in none."""
    keys = first * BIGRAM + second
    keys[(first == NO_BIGRAM) | (second == NO_BIGRAM)] = NO_BIGRAM
    return keys


def starts_of(sizes: NDArray[np.integer]) -> Numbers:
    """Where each of some lists of these sizes begins when they stand one after the other, and where the last ends."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def expand(starts: Numbers, rows: NDArray[np.integer]) -> tuple[Numbers, Numbers]:
    """The places of all entries of some rows of a list of lists, and for each the place of its row among `rows`."""
    place, own = places(starts, rows)
    return place, np.repeat(np.arange(len(rows)), np.diff(own))


def places(starts: Numbers, rows: NDArray[np.integer]) -> tuple[Numbers, Numbers]:
    """The places of all entries of some rows of a list of lists, and where each of these rows begins among them."""
    first = starts[rows]
    sizes = starts[rows + 1] - first
    own = starts_of(sizes)
    place: Numbers = np.repeat(first - own[:-1], sizes)
    place += np.arange(len(place))
    return place, own


def ranges(starts: Numbers, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of lists, each by its first and its end, that hold at most so many entries together, or are one list."""
    low = 0
    while low < len(starts) - 1:
        high = max(low + 1, int(np.searchsorted(starts, starts[low] + most, side="right")) - 1)
        yield low, high
        low = high


def match(keys: NDArray[np.integer], wanted: NDArray[np.integer]) -> tuple[Numbers, Numbers]:
    """The places of the keys that are wanted, and for each its place among the wanted ones, which ascend."""
    if not len(wanted):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    found = np.flatnonzero(wanted[place] == keys)
    return found, place[found]


def sums_of(rows: NDArray[np.integer], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The values of each of so many rows together, added in the order in which they stand."""
    # Summed with weights it is made of floats, which the stubs of bincount do not know.
    return np.asarray(np.bincount(rows, values, size), np.float64)


def counts_of(keys: Keys, counts: NDArray[np.integer], wanted: Keys) -> Numbers:
    """The count of each of the wanted keys, 0 for one that is not there; `keys` ascend."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, counts[place], 0)

"""The weights by which documents look for their neighbours: gathered from those who rank them, kept by segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import Keys, Numbers, places, starts_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import map_array, nameless, release, save


class QueryWeights(NamedTuple):
    """The weights by which documents look for their neighbours: how many terms each has, their keys, their weights. By
    them an update knows into which lists a changed document comes.
    """

    sizes: Numbers
    keys: Keys
    weights: NDArray[np.float32]


def query_weights_of(arrays: Path, numbers: Numbers) -> QueryWeights:
    """The weights by which documents of a generation look for neighbours, as their segments keep them."""
    parts, first = list[QueryWeights](), 0
    for folder in segment_folders(arrays):
        starts, keys, weights = (map_array(folder, f"query_{name}") for name in ("starts", "keys", "weights"))
        own = QueryWeights(np.diff(starts), keys, weights)
        beyond = first + len(own.sizes)
        parts.append(rows_of(own, numbers[(numbers >= first) & (numbers < beyond)] - first))
        first = beyond
    return _joined(parts)


def write_query_weights(folder: Path, parts: Sequence[tuple[Numbers, QueryWeights]]) -> None:
    """Write the weights by which the documents of a segment look for neighbours; each part has the numbers of its,
    which ascend.
    """
    order = np.argsort(np.concatenate([numbers for numbers, _ in parts]))
    own = parts[0][1] if len(parts) == 1 else rows_of(_joined([own for _, own in parts]), order)
    save(folder, query_starts=starts_of(own.sizes), query_keys=own.keys, query_weights=own.weights)


def span_of(own: QueryWeights, first: int, beyond: int) -> QueryWeights:
    """The weights of the documents of a span; what is mapped stays so."""
    low, high = int(own.sizes[:first].sum()), int(own.sizes[:beyond].sum())
    return QueryWeights(own.sizes[first:beyond], own.keys[low:high], own.weights[low:high])


def rows_of(own: QueryWeights, rows: Numbers) -> QueryWeights:
    """The weights of some documents, by their places."""
    place, _ = places(starts_of(own.sizes), rows)
    return QueryWeights(own.sizes[rows], own.keys[place], own.weights[place])


def _joined(parts: Sequence[QueryWeights]) -> QueryWeights:
    none = QueryWeights(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.float32))
    return QueryWeights(*(np.concatenate(arrays) for arrays in zip(none, *parts, strict=True)))


def gathered(arrays: Path, spools: Sequence[Path], batches: int) -> QueryWeights:
    """The query weights of all batches: of many documents they are too large for memory."""
    sizes = np.concatenate([np.empty(0, np.int64), *(own.sizes for own in _batches(spools, batches))])
    entries = (int(sizes.sum()),)
    keys, weights = nameless(arrays, np.uint64, entries), nameless(arrays, np.float32, entries)
    at = 0
    for own in _batches(spools, batches):
        there = slice(at, at := at + len(own.keys))
        keys[there], weights[there] = own.keys, own.weights
        release(keys)
        release(weights)
    return QueryWeights(sizes, keys, weights)


def _batches(spools: Sequence[Path], batches: int) -> Iterator[QueryWeights]:
    """The query weights of one batch after the other; the workers took turns."""
    with ExitStack() as stack:
        files: list[IO[bytes]] = [stack.enter_context(spool.open("rb")) for spool in spools]
        for batch in range(batches):
            yield QueryWeights(*(np.load(files[batch % len(files)]) for _ in QueryWeights._fields))

"""Whose stored neighbours an update ranks anew: those with a changed document among their candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import Keys, Numbers, expand, keys_of, match, starts_of, sums_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import map_array

# Weights are kept in 32 bits here: what falls short of the score by rounding alone counts as reaching it.
_ROUNDING = 1e-5


def affected(arrays: Path, least: NDArray[np.float64], changed: Sequence[Mapping[str, float]]) -> Numbers:
    """The numbers of the documents of a generation into whose second stage a changed document comes, or came.

    `least` is the score that a document needs for it, for each document; `changed` are the weights of the documents
    that were added or are gone. What each document asks by, times these weights, gives every score.
    """
    best = np.zeros(len(least))
    keys = np.unique(keys_of([term for weights in changed for term in weights]))
    first = 0
    for folder in segment_folders(arrays):
        postings = _Postings(folder, keys)
        own = best[first : first + postings.documents]
        for weights in changed:
            np.maximum(own, postings.scores(weights), out=own)
        first += postings.documents
    return np.flatnonzero((best > 0) & (best >= least * (1 - _ROUNDING)))


class _Postings:
    """The query weights of a segment's documents, for some keys, which ascend: key by key."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        starts, asked = map_array(folder, "query_starts"), map_array(folder, "query_keys")
        self._keys, self.documents = keys, len(starts) - 1
        there, place = match(asked, keys)
        entries = there[np.argsort(place, kind="stable")]
        self._begins = starts_of(np.bincount(place, minlength=len(keys)))
        self._owner = np.repeat(np.arange(self.documents, dtype=np.int32), np.diff(starts))[entries]
        self._weights = map_array(folder, "query_weights")[entries].astype(np.float64)

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """For each document the score that one with these weights has in its list."""
        rows = np.searchsorted(self._keys, keys_of(list(weights)))
        entry, term = expand(self._begins, rows)
        products = self._weights[entry] * np.array(list(weights.values()), np.float64)[term]
        return sums_of(self._owner[entry], products, self.documents)

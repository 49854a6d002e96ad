"""Touched: the documents whose neighbours an update must rank anew, found without ranking anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.ids import segment_folders
from indexer.ranking.keys import Keys, Numbers, expand, keys_of, match_ascending, starts_of
from indexer.ranking.tables import map_array

# Weights are kept in 32 bits here: what falls short of the score by rounding alone counts as reaching it.
_ROUNDING = 1e-5


def touched(arrays: Path, least: NDArray[np.float64], changed: Sequence[Mapping[str, float]]) -> Numbers:
    """The numbers of the documents of a generation into whose second stage a changed document comes, or came.

    `least` is the score that a document needs for it, for each document; `changed` are the impacts of the documents
    that were added or are gone. What each document asks by, times these impacts, gives every score.
    """
    best = np.zeros(len(least))
    keys = np.unique(keys_of([term for impacts in changed for term in impacts]))
    first = 0
    for folder in segment_folders(arrays):
        asked = _Asked(folder, keys)
        own = best[first : first + asked.documents]
        for impacts in changed:
            np.maximum(own, asked.scores(impacts), out=own)
        first += asked.documents
    return np.flatnonzero((best > 0) & (best >= least * (1 - _ROUNDING)))


class _Asked:
    """What the documents of a segment ask by, as far as it is among some keys, which ascend: key by key."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        starts, asked = map_array(folder, "asked_starts"), map_array(folder, "asked_keys")
        self._keys, self.documents = keys, len(starts) - 1
        there, place = match_ascending(asked, keys)
        entries = there[np.argsort(place, kind="stable")]
        self._begins = starts_of(np.bincount(place, minlength=len(keys)))
        self._owner = np.repeat(np.arange(self.documents, dtype=np.int32), np.diff(starts))[entries]
        self._weights = map_array(folder, "asked_weights")[entries].astype(np.float64)

    def scores(self, impacts: Mapping[str, float]) -> NDArray[np.float64]:
        """For each document the score of one with these impacts."""
        rows = np.searchsorted(self._keys, keys_of(list(impacts)))
        entry, term = expand(self._begins, rows)
        products = self._weights[entry] * np.array(list(impacts.values()), np.float64)[term]
        scores: NDArray[np.float64] = np.zeros(self.documents)
        scores += np.bincount(self._owner[entry], products, self.documents)
        return scores

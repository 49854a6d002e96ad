"""Whose stored neighbours an update touches: those with a changed document among their candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import Keys, Numbers, expand, keys_of, match, starts_of, sums_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import map_array

# Weights are kept in 32 bits here: what falls short of the score by rounding alone counts as reaching it.
_ROUNDING = 1e-5


class Touched(NamedTuple):
    """The documents whose lists a change touches, by number: those to rank `anew`; and with each other one the places
    among the added documents of those that come into its second stage, in place of as many that are gone.
    """

    anew: Numbers
    entering: dict[int, list[int]]


def affected(
    arrays: Path, least: NDArray[np.float64], gone: Sequence[Mapping[str, float]], added: Sequence[Mapping[str, float]]
) -> Touched:
    """The documents of a generation into whose second stage an added document comes, or in which one was that is gone.

    `least` is the score that a document needs for it, for each document; `gone` and `added` are weights of documents.
    What each document asks by, times these weights, gives every score.
    """
    keys = np.unique(keys_of([term for weights in (*gone, *added) for term in weights]))
    touched, unsure = np.zeros(len(least), np.bool_), np.zeros(len(least), np.bool_)
    more, entering, first = np.zeros(len(least), np.int64), list[tuple[int, int]](), 0
    for folder in segment_folders(arrays):
        postings = _Postings(folder, keys)
        needed = least[first : first + postings.documents]
        for place, weights in enumerate((*gone, *added), -len(gone)):
            own = postings.scores(weights)
            within = np.flatnonzero((own > 0) & (own >= needed * (1 - _ROUNDING)))
            there = first + within
            touched[there] = True
            unsure[there[own[within] <= needed[within] * (1 + _ROUNDING)]] = True
            more[there] += 1 if place >= 0 else -1
            if place >= 0:
                entering += [(n, place) for n in there.tolist()]
        first += postings.documents
    surely = touched & ~unsure & (more == 0)
    places: dict[int, list[int]] = {n: [] for n in np.flatnonzero(surely).tolist()}
    for n, place in entering:
        if n in places:
            places[n].append(place)
    return Touched(np.flatnonzero(touched & ~surely), places)


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

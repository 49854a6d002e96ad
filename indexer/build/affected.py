"""Whose stored neighbours an update touches: those with a changed document among their candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.build.all_neighbours import Bounds
from indexer.ranking.hashing import Keys, Numbers, expand, keys_of, match, starts_of, sums_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import map_array

# Weights are kept in 32 bits here: what falls short of a bound by rounding alone may reach it.
_ROUNDING = 1e-5
# So many documents that enter lists are held at most. Where many of the same words are added at once, each enters the
# lists of all: these are ranked anew then.
_MOST = 1 << 22


class Touched(NamedTuple):
    """The documents whose lists a change touches, by number: those to rank `anew`; and with each other one the places
    among the added documents of those that come into its second stage, and whether with less than its floor. `bounds`
    are those of the latter after the change.
    """

    anew: Numbers
    entering: dict[int, list[tuple[int, bool]]]
    bounds: Bounds


def affected(
    arrays: Path, bounds: Bounds, gone: Sequence[Mapping[str, float]], added: Sequence[Mapping[str, float]]
) -> Touched:
    """The documents of a generation into whose second stage an added document comes, or in which one was that is gone.

    `gone` and `added` are weights of documents. What each document asks by, times these, gives every score. A list need
    not be ranked anew where no more are gone than came, unless all had a place, and where not so many came that the
    first scores of its neighbours may be too low now.
    """
    bounds = bounds._replace(below=bounds.below.copy(), beyond=bounds.beyond.copy())
    keys = np.unique(keys_of([term for weights in (*gone, *added) for term in weights]))
    touched, unsure = np.zeros(len(bounds.least), np.bool_), np.zeros(len(bounds.least), np.bool_)
    entering, held, first = list[tuple[int, Numbers, NDArray[np.bool_]]](), 0, 0
    for folder in segment_folders(arrays):
        postings = _Postings(folder, keys)
        span = slice(first, first + postings.documents)
        least, floor = bounds.least[span], bounds.floor[span]
        for place, weights in enumerate((*gone, *added), -len(gone)):
            own = postings.scores(weights)
            within = np.flatnonzero((own > 0) & (own >= least * (1 - _ROUNDING)))
            there, scores, change = first + within, own[within], 1 if place >= 0 else -1
            touched[there] = True
            unsure[there[_near(scores, least[within]) | _near(scores, floor[within])]] = True
            below = scores < floor[within]
            bounds.beyond[there] += change
            bounds.below[there] += change * below
            if place >= 0:
                held += len(there)
                if held <= _MOST:
                    entering.append((place, there, below))
        first += postings.documents
    full = (bounds.beyond >= 0) | (bounds.least == 0)
    surely = touched & ~unsure & full & (bounds.beyond <= bounds.below) & (held <= _MOST)
    places: dict[int, list[tuple[int, bool]]] = {n: [] for n in np.flatnonzero(surely).tolist()}
    for place, there, below in entering:
        own = surely[there]
        for n, low in zip(there[own].tolist(), below[own].tolist(), strict=True):
            places[n].append((place, low))
    return Touched(np.flatnonzero(touched & ~surely), places, bounds)


def _near(scores: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which scores are so near a bound that only exact ones could tell on which side."""
    return np.abs(scores - bounds) <= bounds * _ROUNDING


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

"""Whose stored neighbours an update touches: those with a changed document among their candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.build.all_neighbours import NEAR_COSINE, Bounds
from indexer.ranking.hashing import Keys, Numbers, expand, keys_of, match, starts_of, sums_of
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.mapped import map_array
from indexer.ranking.vectors import Vector, Vectors

# So many documents that enter lists are held at most. Where many of the same words are added at once, each enters the
# lists of all: these are ranked anew then.
_MOST = 1 << 22


class Entering(NamedTuple):
    """The documents into whose second stage an added one comes: their numbers, and its first score there."""

    lists: Numbers
    scores: NDArray[np.float64]

    def among(self, wanted: NDArray[np.bool_]) -> Entering:
        """Those lists that are wanted, a mask."""
        there = wanted[self.lists]
        return Entering(self.lists[there], self.scores[there])


class Touched(NamedTuple):
    """The documents whose lists a change touches, by number: those to rank `anew`, and those in whose lists it is
    known what changes, `known`; for each added document, in their order, those of the latter into whose second stage
    it comes. `bounds` are theirs after the change.
    """

    anew: Numbers
    known: Numbers
    entering: list[Entering]
    bounds: Bounds

    def among(self, wanted: NDArray[np.bool_]) -> Touched:
        """The same of those documents that are wanted, a mask."""
        entering = [own.among(wanted) for own in self.entering]
        return Touched(self.anew[wanted[self.anew]], self.known[wanted[self.known]], entering, self.bounds)

    def and_anew(self, also: NDArray[np.bool_]) -> Touched:
        """The same, with other lists to rank anew: those of `also`, a mask, whatever is known of them."""
        known = np.zeros(len(also), np.bool_)
        known[self.known] = True
        known &= ~also
        anew = also.copy()
        anew[self.anew] = True
        entering = [own.among(known) for own in self.entering]
        return Touched(np.flatnonzero(anew), np.flatnonzero(known), entering, self.bounds)


def near_by_meaning(arrays: Path, gone: Vector, added: Numbers) -> NDArray[np.bool_]:
    """The documents in whose second stage an added document comes by its meaning, or in which one was that is gone."""
    vectors, least = Vectors(segment_folders(arrays), Ids(arrays)), map_array(arrays, NEAR_COSINE)
    touched = np.zeros(len(least), np.bool_)
    for vector in (*gone, *vectors.of(added)):
        own = vectors.cosines_of_all(vector)
        touched |= (own > 0) & (own >= least)
    return touched


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
    entering: list[list[Entering]] = [[] for _ in added]
    held = first = 0
    for folder in segment_folders(arrays):
        postings = _Postings(folder, keys)
        span = slice(first, first + postings.documents)
        least, floor = bounds.least[span], bounds.floor[span]
        for place, weights in enumerate((*gone, *added), -len(gone)):
            own = postings.scores(weights)
            within = np.flatnonzero((own > 0) & (own >= least))
            there, scores, change = first + within, own[within], 1 if place >= 0 else -1
            touched[there] = True
            # Of equal scores the ids decide.
            unsure[there[(scores == least[within]) | (scores == floor[within])]] = True
            bounds.beyond[there] += change
            bounds.below[there] += change * (scores < floor[within])
            if place >= 0:
                held += len(there)
                if held <= _MOST:
                    entering[place].append(Entering(there, scores))
        first += postings.documents
    full = (bounds.beyond >= 0) | (bounds.least == 0)
    known = touched & ~unsure & full & (bounds.beyond <= bounds.below) & (held <= _MOST)
    came = [_joined(own).among(known) for own in entering]
    return Touched(np.flatnonzero(touched & ~known), np.flatnonzero(known), came, bounds)


def _joined(parts: Sequence[Entering]) -> Entering:
    """What comes into the lists of all segments."""
    none = Entering(np.empty(0, np.int64), np.empty(0, np.float64))
    return Entering(*(np.concatenate(own) for own in zip(none, *parts, strict=True)))


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

"""Puts changed documents into stored lists of neighbours, where an update need not rank the whole list anew.

Where a change leaves all neighbours of a document in its second stage, they have the scores that they had there: only
those that came are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.answering.neighbours import RAW
from indexer.answering.weighing import meaning_weight
from indexer.build.affected import Entering, Touched
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import map_array, reopen

# So many lists are judged for at a time.
_TOGETHER = 1 << 12
_List = list[tuple[int, float]]


# A document that comes into the second stage of a list: its score, and whether its first score is below the floor.
_CAME = np.dtype([("list", np.int64), ("document", np.int64), ("score", np.float32), ("low", np.bool_)])


def merge(arrays: Path, generation: LocalGeneration, added: Numbers, touched: Touched) -> tuple[Numbers, Numbers]:
    """Put documents into the lists that they enter; `added` are their numbers. Gives the numbers of the
    documents whose lists are others now, and of those that must be ranked anew all the same: what stood behind the end
    of their list may be in it now, scores are equal, or one that came has too low a first score.
    """
    near, scores = reopen(arrays, "near"), reopen(arrays, "near_scores")
    came = _judged(arrays, generation, added, touched.entering)
    unclear = _unclear(near, scores, touched.known, came)
    # Most come behind the end of a list that nothing left. What is gone left its score there.
    left = touched.known[np.any((near[touched.known] < 0) & (scores[touched.known] > 0), axis=1)]
    came = came[np.isin(came["list"], left) | (came["score"] >= scores[came["list"], -1])]
    came = came[np.argsort(came["list"], kind="stable")]
    numbers = np.union1d(came["list"], left)
    begins, ends = (np.searchsorted(came["list"], numbers, side=side).tolist() for side in ("left", "right"))
    changed, anew = list[int](), list[int]()
    for n, begin, end in zip(numbers.tolist(), begins, ends, strict=True):
        own = came[begin:end]
        length = int((scores[n] > 0).sum())
        there = list(zip(near[n, :length].tolist(), scores[n, :length].tolist(), strict=True))
        merged = _merged(there, list(zip(own["document"].tolist(), own["score"].tolist(), strict=True)))
        low = set(own["document"][own["low"]].tolist())
        if merged is None or any(m in low for m, _ in merged):
            anew.append(n)
        elif merged != there:
            near[n] = [m for m, _ in merged] + [-1] * (RAW - len(merged))
            scores[n] = [score for _, score in merged] + [0.0] * (RAW - len(merged))
            changed.append(n)
    return np.array(changed, np.int64), np.union1d(np.array(anew, np.int64), unclear)


def _unclear(near: NDArray[np.int32], scores: NDArray[np.float32], known: Numbers, came: NDArray[np.void]) -> Numbers:
    """The lists with a score of 0 or less, which ends a list elsewhere: where words hardly count and meaning is far."""
    own = (scores[known] < 0) | ((near[known] >= 0) & (scores[known] == 0))
    entering = came["list"][(came["score"] <= 0) & (scores[came["list"], -1] == 0)]
    return np.union1d(known[own.any(axis=1)], entering)


def _by_meaning(
    generation: LocalGeneration, number: int, askers: Numbers, words: Numbers, possible: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What it adds to the scores of a document what it means, for each that asks by so many words; `possible` is what
    each document tells in all.
    """
    vectors = generation.vectors
    if vectors is None:
        return np.zeros(len(askers))
    own = zip(words.tolist(), possible[askers].tolist(), strict=True)
    weights = [meaning_weight(generation.statistics, *one) if one[1] > 0 else 0.0 for one in own]
    return np.array(weights) * vectors.cosines(vectors.of(np.array([number]))[0], askers)


def _judged(
    arrays: Path, generation: LocalGeneration, added: Numbers, entering: Sequence[Entering]
) -> NDArray[np.void]:
    """All that come, judged."""
    floor, possible = map_array(arrays, "near_floor"), map_array(arrays, "possible")
    parts = [np.empty(0, _CAME)]
    for number, (lists, first) in zip(added.tolist(), entering, strict=True):
        for at in range(0, len(lists), _TOGETHER):
            own, scores = lists[at : at + _TOGETHER], first[at : at + _TOGETHER]
            came = np.empty(len(own), _CAME)
            came["list"], came["document"], came["low"] = own, number, scores < floor[own]
            judged, words = generation.scores_for(number, own, scores)
            came["score"] = judged + _by_meaning(generation, number, own, words, possible)
            parts.append(came)
    return np.concatenate(parts)


def _merged(there: _List, came: _List) -> _List | None:
    """A list, -1 in it for what is gone, with what came; None where these do not tell it."""
    kept = [(m, score) for m, score in there if m >= 0]
    lowest = there[-1][1] if len(there) == RAW else 0.0  # a shorter list holds all that there is
    joined = [*kept, *((m, score) for m, score in came if score > lowest)]
    distinct = {score for _, score in came} - {score for _, score in kept}
    if len(joined) < len(there) or len(distinct) < len(came):
        return None  # of equal scores more digits than are kept decide, and then the ids
    return sorted(joined, key=lambda one: -one[1])[:RAW]

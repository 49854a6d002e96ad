"""Puts changed documents into stored lists of neighbours, where an update need not rank the whole list anew.

Where a change leaves all neighbours of a document in its second stage, they have the scores that they had there: only
those that came are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.answering.neighbours import RAW
from indexer.answering.weighing import weigh
from indexer.generation import FindRequest
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import reopen
from indexer.ranking.token_store import StoredWords

_List = list[tuple[int, float]]


def merge(
    arrays: Path, generation: LocalGeneration, added: Numbers, entering: Mapping[int, Sequence[tuple[int, bool]]]
) -> tuple[Numbers, Numbers]:
    """Put documents into the lists that they enter (see Touched); `added` are their numbers. Gives the numbers of the
    documents whose lists are others now, and of those that must be ranked anew all the same: what stood behind the end
    of their list may be in it now, scores are equal, or one that came has too low a first score.
    """
    own = StoredWords(arrays)
    near, scores = reopen(arrays, "near"), reopen(arrays, "near_scores")
    changed, anew = list[int](), list[int]()
    for n, places in entering.items():
        length = int((scores[n] > 0).sum())  # what is gone left its score
        there = list(zip(near[n, :length].tolist(), scores[n, :length].tolist(), strict=True))
        came = added[[place for place, _ in places]]
        weighed = weigh(generation, generation.analyzer.analyse_words(own.own(n)))
        request = FindRequest(weights=weighed.weights, finer=weighed.finer, words=weighed.words)
        own_scores = generation.scores(request, came).astype(np.float32)
        merged = _merged(there, list(zip(came.tolist(), own_scores.tolist(), strict=True)))
        low = {m for m, (_, low) in zip(came.tolist(), places, strict=True) if low}
        if merged is None or any(m in low for m, _ in merged):
            anew.append(n)
        elif merged != there:
            near[n] = [m for m, _ in merged] + [-1] * (RAW - len(merged))
            scores[n] = [score for _, score in merged] + [0.0] * (RAW - len(merged))
            changed.append(n)
    return np.array(changed, np.int64), np.array(anew, np.int64)


def _merged(there: _List, came: _List) -> _List | None:
    """A list, -1 in it for what is gone, with what came; None where these do not tell it."""
    kept = [(m, score) for m, score in there if m >= 0]
    lowest = there[-1][1] if len(there) == RAW else 0.0  # a shorter list holds all that there is
    joined = [*kept, *((m, score) for m, score in came if score > lowest)]
    distinct = {score for _, score in came} - {score for _, score in kept}
    if len(joined) < len(there) or len(distinct) < len(came):
        return None  # of equal scores more digits than are kept decide, and then the ids
    return sorted(joined, key=lambda one: -one[1])[:RAW]

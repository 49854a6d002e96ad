"""Measures of a ranked list by judgments, from 0 (nothing found) to 1, as in trec_eval; and how sure their mean is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from indexer.evaluation.results import Estimate

Grades = Mapping[str, int]
# So many resamples put the ends of an interval within about .002 of their limit; the seed makes them repeatable.
_RESAMPLES = 2_000
_SEED = 0
# Many queries at a time would need queries × resamples numbers at once.
_BLOCK = 200


def ndcg(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """Discounted gain of the first `depth` over that of the best order: grade / log2(rank + 1) (Järvelin 2002)."""
    gains = [max(grades.get(id_, 0), 0) for id_ in ranked[:depth]]
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    return _discounted(gains) / _discounted(best) if best else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """1 / rank of the first relevant document, 0 where the first `depth` have none."""
    places = (place for place, id_ in enumerate(ranked[:depth], 1) if grades.get(id_, 0) > 0)
    return 1 / next(places, math.inf)


def success(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """1 where a relevant document is among the first `depth`, else 0."""
    return float(any(grades.get(id_, 0) > 0 for id_ in ranked[:depth]))


def recall(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """The share of the relevant documents that are among the first `depth`."""
    relevant = sum(grade > 0 for grade in grades.values())
    return sum(grades.get(id_, 0) > 0 for id_ in ranked[:depth]) / relevant if relevant else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


# What an evaluation reports, under the names of ir-measures.
MEASURES: Mapping[str, Callable[[Sequence[str], Grades], float]] = {
    "nDCG@10": partial(ndcg, depth=10),
    "RR@10": partial(reciprocal_rank, depth=10),
    "Success@1": partial(success, depth=1),
    "R@4": partial(recall, depth=4),
    "R@10": partial(recall, depth=10),
}


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of some queries' values and its 95 % interval by bootstrap (Efron 1979); 0 for no query."""
    if not values:
        return Estimate(mean=0.0, low=0.0, high=0.0)
    data, random = np.array(values), np.random.default_rng(_SEED)
    means = np.concatenate(
        [data[random.integers(0, len(data), (_BLOCK, len(data)))].mean(axis=1) for _ in range(_RESAMPLES // _BLOCK)]
    )
    low, high = np.percentile(means, [2.5, 97.5]).tolist()
    return Estimate(mean=float(data.mean()), low=low, high=high)


def randomisation(differences: Sequence[float]) -> float:
    """The two-sided p-value of paired differences, 1 where none is: how often signs by chance give a mean as far from 0
    (Fisher 1935).
    """
    changed = np.array([difference for difference in differences if difference])
    if not len(changed):
        return 1.0
    random = np.random.default_rng(_SEED)
    observed = abs(changed.sum()) - 1e-12
    far = sum(
        int((abs((random.choice((-1.0, 1.0), (_BLOCK, len(changed))) * changed).sum(axis=1)) >= observed).sum())
        for _ in range(_RESAMPLES // _BLOCK)
    )
    return (far + 1) / (_RESAMPLES + 1)

"""Measures of a ranked list against judgments, each from 0 (nothing found) to 1; the definitions of trec_eval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

Grades = Mapping[str, int]
Measure = Callable[[Sequence[str], Grades], float]


def ndcg(depth: int) -> Measure:
    """Discounted gain of the first `depth` over that of the best order: grade / log2(rank + 1) (Järvelin 2002)."""

    def measure(ranked: Sequence[str], grades: Grades) -> float:
        gains = [max(grades.get(id_, 0), 0) for id_ in ranked[:depth]]
        best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
        return _discounted(gains) / _discounted(best) if best else 0.0

    return measure


def reciprocal_rank(depth: int) -> Measure:
    """1 / rank of the first relevant document, 0 where the first `depth` have none."""

    def measure(ranked: Sequence[str], grades: Grades) -> float:
        places = (place for place, id_ in enumerate(ranked[:depth], 1) if grades.get(id_, 0) > 0)
        return 1 / next(places, math.inf)

    return measure


def success(depth: int) -> Measure:
    """1 where a relevant document is among the first `depth`, else 0."""
    return lambda ranked, grades: float(any(grades.get(id_, 0) > 0 for id_ in ranked[:depth]))


def recall(depth: int) -> Measure:
    """The share of the relevant documents that are among the first `depth`."""

    def measure(ranked: Sequence[str], grades: Grades) -> float:
        relevant = sum(grade > 0 for grade in grades.values())
        return sum(grades.get(id_, 0) > 0 for id_ in ranked[:depth]) / relevant if relevant else 0.0

    return measure


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


# What an evaluation reports, under the names of ir-measures.
MEASURES: Mapping[str, Measure] = {
    "nDCG@10": ndcg(10),
    "RR@10": reciprocal_rank(10),
    "Success@1": success(1),
    "R@4": recall(4),
    "R@10": recall(10),
}

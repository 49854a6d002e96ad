"""How right the bands and the score of duplicates are, by what editors said of the pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from indexer.evaluation.results import Share
from indexer.types import Band

# The width of the classes into which scores are put.
_WIDTH = 0.05
# The quantile of a 95 % interval.
_Z = 1.96


class JudgedScore(NamedTuple):
    """A pair that an editor settled: its band and score when that was done, and whether it is the same question."""

    band: Band | None
    score: float
    same: bool


def by_band(judged: Iterable[JudgedScore]) -> list[Share]:
    """For each band how many of its pairs were judged, and the share that is the same question."""
    known = list(judged)
    return [share(band.value, [pair.same for pair in known if pair.band is band]) for band in Band]


def by_score(judged: Iterable[JudgedScore]) -> list[Share]:
    """The same for classes of the score, the highest first, those of which none was judged left out."""
    classes: dict[int, list[bool]] = {}
    for pair in judged:
        place = min(int(pair.score / _WIDTH + 1e-9), round(1 / _WIDTH) - 1)
        classes.setdefault(place, []).append(pair.same)
    return [
        share(f"{place * _WIDTH:.2f} to {(place + 1) * _WIDTH:.2f}", classes[place])
        for place in sorted(classes, reverse=True)
    ]


def share(name: str, said: list[bool]) -> Share:
    """A share with its 95 % interval (Wilson 1927), which holds for few and for all or none of them."""
    judged, same = len(said), sum(said)
    if not judged:
        return Share(name=name, judged=0, same=0, share=None, low=0.0, high=1.0)
    part, spread = same / judged, _Z * _Z / judged
    middle = part + spread / 2
    reach = _Z * math.sqrt(part * (1 - part) / judged + spread / (4 * judged))
    low, high = (max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread)))
    return Share(name=name, judged=judged, same=same, share=part, low=low, high=high)

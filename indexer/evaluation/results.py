"""What an evaluation answers: measures with their intervals, two runs beside each other, judged pairs, agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over queries and its 95 % interval by bootstrap."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How well judged queries were answered: each measure's mean over the queries, from 0 to 1.

    `hard` is the share of queries with hard negatives that rank one of them above every relevant document (None without
    any), `hidden` the share of queries for which the floor shows nothing, `run` the ids and scores ranked for each.
    """

    queries: int
    measures: Mapping[str, Estimate]
    hard: float | None
    hidden: float
    run: Mapping[str, Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A measure of two runs, their difference, and the p-value of a paired randomisation test."""

    ours: Estimate
    theirs: Estimate
    difference: Estimate
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs side by side; `gained` and `lost` are ids of queries by nDCG@10, the largest change first."""

    measures: Mapping[str, Difference]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the neighbours agree with those that the site's `pages` list; `missing` counts listed ones that the index
    does not have. Over the `compared` pages with a listed neighbour in the index: `panel` is the share of these in the
    first four, `neighbours` in all that are stored.
    """

    pages: int
    missing: int
    compared: int
    panel: Estimate
    neighbours: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BandQuality:
    """Of some judged pairs how many a band proposes, the share of these that ask the same (None: none proposed), and
    the share of those that ask the same which are proposed.
    """

    proposed: int
    precision: float | None
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairQuality:
    """How well pairs are told apart: by score (`auc`), by the two upper bands, and by all bands."""

    pairs: int
    auc: float
    upper: BandQuality
    proposed: BandQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of some `judged` pairs how many are the `same` question: the share (None: none was judged) with its interval."""

    name: str
    judged: int
    same: int
    share: float | None
    low: float
    high: float

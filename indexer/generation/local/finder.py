"""Finds the documents of a request among those of all segments: which it lets through, in which order, how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.generation.local.groups import Groups
from indexer.generation.port import FindRequest, Found, Ranked
from indexer.ranking.columns import Mask
from indexer.ranking.hashing import Numbers
from indexer.ranking.segment import Segments
from indexer.ranking.weighting import HIT_PLACE, NEAREST, RESCORED, least_share, length_exponent
from indexer.types import EVERYTHING, Sort

NO_NUMBERS = np.empty(0, np.int64)


class SecondStage(NamedTuple):
    """The documents of the second stage, best first: their numbers, their scores there and in the first, and which came
    there by their words. One whose score in the first is above `least` would have come.
    """

    numbers: Numbers
    scores: NDArray[np.float64]
    first: NDArray[np.float64]
    by_words: Mask
    least: float = 0.0


class _Chosen(NamedTuple):
    """The documents that a request lets through, and those `near` by meaning among them; where by words, the share that
    each document matches of these, in parts of `whole`.
    """

    mask: Mask
    near: Numbers
    shares: NDArray[np.uint16] | None = None
    whole: int = 1

    def factors(self, numbers: Numbers) -> NDArray[np.float64]:
        """The share, from 0 to 1, that each of some documents matches."""
        return np.ones(len(numbers)) if self.shares is None else self.shares[numbers] / self.whole


class Finder:
    """Finds among the documents of all segments; shared by threads."""

    def __init__(self, segments: Segments) -> None:
        self._segments, self._vectors = segments, segments.vectors
        self._columns, self._ids = segments.columns, segments.ids
        self._known_groups: Groups | None = None

    def find(self, request: FindRequest) -> Found:
        """As Generation.find."""
        groups = self._groups(request.instead)
        chosen = self._choose(request, groups)
        mask = self._everything if chosen is None else chosen.mask
        if groups:
            mask = groups.shown(mask)
        total = self._size if chosen is None and not groups else int(mask.sum())
        facets = self._columns.counts(mask, request.facets) if request.facets else {}
        if not request.limit:
            return Found([], total, facets)
        if request.sort is Sort.NEWEST:
            newest = self._ids.of(self._columns.newest(mask, request.limit).tolist())
            return Found([Ranked(id_, 0.0) for id_ in newest], total, facets)
        return Found(self._rank(request, chosen, groups), total, facets)

    def second_stage(self, request: FindRequest, near: Numbers = NO_NUMBERS) -> SecondStage:
        """The second stage of a request for anything, given what is near by meaning."""
        numbers, scores = self._segments.rank(request.weights, None, RESCORED)
        least = float(scores[-1]) if len(scores) == RESCORED else 0.0
        return self._judged(request, numbers, scores, near)._replace(least=least)

    def _groups(self, instead: Mapping[str, str]) -> Groups | None:
        """The groups of a request: those of the request before, if they are the same object."""
        if not instead:
            return None
        known = self._known_groups
        if known is None or known.instead is not instead:
            self._known_groups = known = Groups(instead, self._ids)
        return known

    def _judged(
        self,
        request: FindRequest,
        numbers: Numbers,
        scores: NDArray[np.float64],
        near: Numbers,
        chosen: _Chosen | None = None,
    ) -> SecondStage:
        """Some documents and those near by meaning judged in the second stage, for their scores in the first."""
        count = len(numbers)
        if len(near):
            added = np.setdiff1d(near, numbers)
            numbers = np.concatenate([numbers, added])
            scores = np.concatenate([scores, self._segments.scores(request.weights, added)])
        judged = self._segments.judge(numbers, scores, request.finer, length_exponent(request.words))
        if chosen is not None:
            judged = judged * chosen.factors(numbers)
        if request.meant and self._vectors:
            judged = judged + request.meant.weight * self._vectors.cosines(request.meant.vector, numbers)
        order = np.lexsort((self._ids.places(numbers), -judged))
        return SecondStage(numbers[order], judged[order], scores[order], order < count)

    def _near(self, request: FindRequest, among: Mask | None) -> tuple[Numbers, Mask]:
        """The documents nearest by meaning, of some; and which of them are near enough to be found by that alone."""
        if request.meant is None or self._vectors is None:
            return NO_NUMBERS, np.empty(0, np.bool_)
        ((numbers, cosines),) = self._vectors.nearest(request.meant.vector[None], among, NEAREST)
        return numbers, cosines >= request.meant.least

    def _rank(self, request: FindRequest, chosen: _Chosen | None, groups: Groups | None) -> list[Ranked]:
        """The best documents, one for each group."""
        mask = None if chosen is None else chosen.mask
        near = self._near(request, self._ids.live)[0] if chosen is None else chosen.near
        limit = request.limit + (groups.more(self._everything if mask is None else mask) if groups else 0)
        numbers, scores = self._segments.rank(request.weights, mask, max(limit, RESCORED))
        best = self._judged(request, numbers[:RESCORED], scores[:RESCORED], near, chosen)
        numbers, scores = numbers[RESCORED:], scores[RESCORED:]
        if len(near):
            others = ~np.isin(numbers, near)
            numbers, scores = numbers[others], scores[others]
        numbers, scores = np.concatenate([best.numbers, numbers]), np.concatenate([best.scores, scores])
        if groups:
            first = groups.first(numbers)
            numbers, scores = numbers[first], scores[first]
        return self._named(numbers[: request.limit], scores[: request.limit])

    def _named(self, numbers: Numbers, scores: NDArray[np.float64]) -> list[Ranked]:
        return list(map(Ranked, self._ids.of(numbers.tolist()), scores.tolist()))

    @cached_property
    def _everything(self) -> Mask:
        """All documents that are there."""
        return np.ones(len(self._ids), np.bool_) if self._ids.live is None else self._ids.live

    @cached_property
    def _size(self) -> int:
        return int(self._everything.sum())

    def _holding(self, readings: Sequence[Sequence[str]], among: Mask) -> Mask:
        """Those of some documents that hold a phrase in one of its readings."""
        held: Mask = np.logical_or.reduce([self._segments.holding(phrase, among) for phrase in readings])
        return held

    def _choose(self, request: FindRequest, groups: Groups | None) -> _Chosen | None:
        """The documents that a request lets through; None where it lets all through."""
        demands = request.search_words or request.phrases or request.without
        if not demands and (request.where is EVERYTHING or request.where == EVERYTHING):
            return None
        mask = self._everything.copy()
        for phrase in request.phrases:
            mask = self._holding(phrase, mask)
        passing = self._columns.mask(request.where)
        for phrase in request.without:  # neither what matches may hold it, nor what is shown for that
            held = self._holding(phrase, mask | groups.shown(mask) if groups else mask)
            mask &= ~held
            passing &= ~held
        if groups:
            passing = groups.passing(passing)
        near, enough = self._near(request, mask & passing)
        if not request.search_words:
            return _Chosen(mask & passing, near)
        shares = self._segments.match(request.search_words)
        own = shares[mask]
        most = min(HIT_PLACE, len(own))
        if request.wanted and own.max(initial=0) >= request.wanted:
            best = np.full(most, request.wanted, np.uint16)  # who ranks behind the best does not matter then
        else:
            own = own[own > 0]  # a fraction of all: the best of these are found in a fraction of the time
            best = np.partition(own, -most)[-most:] if len(own) > most else own
        mask &= shares >= least_share([*best.tolist(), *[0] * (most - len(best))], request.wanted)
        mask &= passing
        mask[near[enough]] = True
        return _Chosen(mask, near[mask[near]], shares, sum(word.share for word in request.search_words))

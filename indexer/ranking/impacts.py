"""The first stage: finds the documents with the largest sums of weights; asked by every search and ranking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.memo import Memo
from indexer.ranking.columns import Mask
from indexer.ranking.hashing import Numbers, expand, sums_of
from indexer.ranking.mapped import Strings, map_array, release
from indexer.ranking.weighting import SearchWord

Scored = tuple[Numbers, NDArray[np.float64]]
# A query weight of 1 as a whole number, for lists (16 bits).
FULL_LIST = 65_536
# The sum of a document stays below 2^16.
MOST_SUM = 65_000
# Sums are at most so many times finer than the units of the arrays: a byte times its factor, which is this by
# 2^SHIFT at most, stays within 16 bits.
FINEST, SHIFT = 16, 4
# The NumPy form looks at sums as a grid of so many rows.
_GRID = 128
_REMEMBERED = 1 << 16
# No mask: every document.
_EVERYWHERE = np.empty(0, np.bool_)


class Impacts:
    """The impacts of one segment, mapped; shared by threads, since nothing in them changes."""

    def __init__(self, folder: Path, kernels: ModuleType | None = None) -> None:
        """`kernels` is the compiled form, or None for NumPy's; both give the same to the last bit."""
        self._kernels = kernels
        self._terms = Strings(folder, "terms")
        self.number_of = Memo(self._terms.find, _REMEMBERED).__getitem__
        self._row_of, self._rows = map_array(folder, "row_of"), map_array(folder, "rows")
        self._most = map_array(folder, "most_units")
        self._lists = tuple(map_array(folder, f"list_{name}") for name in ("starts", "documents", "units"))
        self._forward = tuple(map_array(folder, f"forward_{name}") for name in ("starts", "terms", "weights"))
        self._documents = len(self._forward[0]) - 1
        # What each term counts in a query, nothing between queries; as many as were asked at a time.
        self._wanted: list[NDArray[np.float64]] = []

    @property
    def terms(self) -> int:
        """How many terms there are."""
        return len(self._terms)

    def of(self, document: int) -> dict[str, float]:
        """The weight of each term in a document."""
        starts, terms, weights = self._forward
        span = slice(starts[document], starts[document + 1])
        return dict(zip(self._terms.of(terms[span].tolist()), weights[span].tolist(), strict=True))

    def having(self, terms: Iterable[str]) -> Mask:
        """Which documents have one of the terms."""
        mask = np.zeros(self._documents, np.bool_)
        for term in terms:
            if (number := self.number_of(term)) < 0:
                continue
            if (row := int(self._row_of[number])) >= 0:
                mask |= self._in_row(row)
            else:
                mask[self._in_list(number)] = True
        return mask

    def match(self, words: Iterable[SearchWord], shares: NDArray[np.uint16]) -> None:
        """Add to the shares of each document those of the words that it matches, by whichever of a word's names."""
        for share, names, *_ in words:
            known = [name for name in names if self.number_of(name) >= 0]
            if len(known) == 1 and self._row_of[number := self.number_of(known[0])] < 0:
                shares[self._in_list(number)] += share
            else:
                shares += self.having(known) * np.uint16(share)

    def _in_row(self, row: int) -> Mask:
        """The documents that have the term of a row, a mask."""
        there: Mask = self._rows[row][: self._documents] != 0
        return there

    def _in_list(self, number: int) -> NDArray[np.int32]:
        """The numbers of the documents that have a term of no row."""
        starts, documents, _ = self._lists
        numbers: NDArray[np.int32] = documents[starts[number] : starts[number + 1]]
        return numbers

    def rank(self, weights: Mapping[str, float], among: Mask | None, limit: int) -> Scored:
        """The best documents by the sum of weight × impact: numbers and scores, best first, lower number among equals.

        Only documents that share a term are in it. Sums are in float64 in the order of the terms, as in the
        definition, so that both agree to the last bit.

        Each weight is kept as a whole number of units, rounded up, so the sum U of a document obeys
        U − slack < score ≤ U in units: only documents with U > U_k − slack, where U_k is the k-th best U, can be among
        the best k. Of 200,000 some twenty are left for k = 10, and their floats decide.
        """
        terms, of_terms = self._known(weights)
        if not len(terms) or not self._documents or limit < 1:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        live = _EVERYWHERE if among is None else among
        limit = min(limit, self._documents)
        if self._kernels:
            arrays = (self._row_of, self._most, self._rows, *self._lists, *self._forward)
            wanted = self._wanted_scratch()
            found: Scored = self._kernels.find(terms, of_terms, limit, live, *arrays, wanted)
            self._wanted.append(wanted)
            return found
        return self._find(terms, of_terms, limit, live)

    def scores(self, weights: Mapping[str, float], numbers: Numbers) -> NDArray[np.float64]:
        """The sum of weight × impact of each of some documents, as `rank` has it."""
        terms, of_terms = self._known(weights)
        return self._scores(terms, of_terms, numbers)

    def release(self) -> None:
        """Let go of the memory in which arrays were read."""
        for array in (self._rows, *self._lists, *self._forward):
            release(array)

    def _known(self, weights: Mapping[str, float]) -> tuple[Numbers, NDArray[np.float64]]:
        """The numbers and weights of the terms that the segment has."""
        there = [(n, weight) for term, weight in weights.items() if weight and (n := self.number_of(term)) >= 0]
        return np.array([n for n, _ in there], np.int64), np.array([weight for _, weight in there], np.float64)

    def _find(self, terms: Numbers, weights: NDArray[np.float64], limit: int, live: Mask) -> Scored:
        """The best documents and their scores, as `rank` gives them."""
        rows = self._row_of[terms]
        in_row = rows >= 0
        share = weights / weights.max()
        most = self._most[terms]
        highest = float((most * share + 2).sum())
        whole = share.min() == 1 and highest <= MOST_SUM
        if not whole:
            # Sums are as fine as 16 bits allow: small weights in whole units would be mostly rounded up.
            share = share * min(FINEST, MOST_SUM / highest)
        divisor = np.where(in_row, 1 << SHIFT, FULL_LIST)
        factor = np.ceil(share * divisor).astype(np.int64)
        slack = int(np.ceil(np.where(whole, 1.0, share + 1 + most / divisor).sum())) + 1
        row_factors = np.empty(0, np.uint16) if whole else factor[in_row].astype(np.uint16)
        numbers = self._candidates(rows[in_row], row_factors, terms[~in_row], factor[~in_row], slack, limit, live)
        scores = self._scores(terms, weights, numbers)
        order = np.argsort(-scores, kind="stable")[:limit]  # numbers ascend
        return numbers[order], scores[order]

    def _candidates(
        self,
        rows: NDArray[np.int32],
        row_factors: NDArray[np.uint16],
        lists: Numbers,
        list_factors: Numbers,
        slack: int,
        limit: int,
        live: Mask,
    ) -> Numbers:
        """The documents whose sum of whole numbers reaches that of the `limit`-th best less the slack."""
        sums = np.zeros(self._rows.shape[1], np.uint16)
        starts, documents, units = self._lists
        for n, row in enumerate(rows.tolist()):
            added = self._rows[row]
            if len(row_factors):
                added = added.astype(np.uint16) * row_factors[n] + np.uint16((1 << SHIFT) - 1) >> SHIFT
            np.add(sums, added, out=sums)
        for term, factor in zip(lists.tolist(), list_factors.tolist(), strict=True):
            span = slice(starts[term], starts[term + 1])
            added = (units[span].astype(np.int64) * factor + 65_535) >> 16
            np.add.at(sums, documents[span], added.astype(np.uint16))
        if len(live):
            sums[: self._documents] *= live
        # The greatest sums of the columns belong to different documents, so the k-th best of them is reached by k.
        grid = sums.reshape(_GRID, -1)
        columns = grid.max(axis=0)
        least = max(1, int(np.partition(columns, -limit)[-limit]) - slack + 1) if len(columns) > limit else 1
        column = np.flatnonzero(columns >= least)
        row, place = np.nonzero(grid[:, column] >= least)
        numbers = row * grid.shape[1] + column[place]
        if len(numbers) > limit:
            reached = sums[numbers]
            numbers = numbers[reached >= int(np.partition(reached, -limit)[-limit]) - slack + 1]
        numbers.sort()
        return numbers

    def _scores(self, terms: Numbers, weights: NDArray[np.float64], numbers: Numbers) -> NDArray[np.float64]:
        """The exact scores of some documents; bincount adds in the order of the terms."""
        wanted = self._wanted_scratch()
        wanted[terms] = weights
        starts, held, held_weights = self._forward
        place, owner = expand(starts, numbers)
        scores = sums_of(owner, wanted[held[place]] * held_weights[place], len(numbers))
        wanted[terms] = 0.0
        self._wanted.append(wanted)
        return scores

    def _wanted_scratch(self) -> NDArray[np.float64]:
        """A zero for every term, taken away while in use: what a failure leaves is never used."""
        try:
            return self._wanted.pop()
        except IndexError:
            return np.zeros(len(self._row_of))

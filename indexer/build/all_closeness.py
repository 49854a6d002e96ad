"""Stores how close the neighbours of pages are to these, so that nobody works it out while a visitor waits.

The same as `page_closeness` (answering/closeness) of each page, to the last bit, in a fraction of the time: terms are
numbers, those of a page are marked in an array, and a title is read once for all pages that it stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Place
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import stem
from indexer.answering.closeness import JUDGED, cosine, lightness, strengths, together
from indexer.answering.weighing import own_analysed, place_rarities
from indexer.generation import Neighbours, Ranked
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.growing import Growing
from indexer.ranking.hashing import Numbers, places, ranges, starts_of
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.mapped import Strings, map_array, nameless, release, reopen

CLOSENESS = "near_closeness"
# So many terms of documents are looked at together; after so many documents it is told how far this is.
_TOGETHER, _TOLD = 1 << 17, 512


def write_closeness(
    arrays: Path, generation: LocalGeneration, numbers: Numbers, tell: Callable[[int], object] = lambda _: None
) -> None:
    """Store how close the first JUDGED neighbours of some documents are to each, of which that is not known (nan)."""
    near, scores, possible = (map_array(arrays, name) for name in ("near", "near_scores", "possible"))
    kept, ids, statistics = reopen(arrays, CLOSENESS), Ids(arrays), generation.statistics
    listed = np.zeros(len(ids) + 1, np.bool_)
    for low in range(0, len(numbers), _TOLD):
        own = numbers[low : low + _TOLD]
        listed[near[own, :JUDGED][np.isnan(kept[own])]] = True  # the last one for what is no neighbour
    others = np.flatnonzero(listed[:-1])
    listed[numbers] = True
    pages = _Pages(arrays, generation, np.flatnonzero(listed[:-1]))
    titles = _Titles(arrays, generation, ids, others, pages.number_of)
    for done, n in enumerate(map(int, numbers), 1):
        at = np.flatnonzero((near[n, :JUDGED] >= 0) & np.isnan(kept[n]))
        own = near[n, at].tolist()
        han = statistics.han is not None and own_analysed(generation, ids[n]).in_han
        ranked = [Ranked("", score) for score in scores[n, at].tolist()]
        strong = strengths(statistics.of_document(han=han), Neighbours(ranked, float(possible[n])))
        pages.mark(n)
        meant = _cosines_of_meaning(generation, n, own)
        kept[n, at] = together(pages.cosines(own), titles.shares(own, pages.said), strong, meant)
        kept[n, near[n, :JUDGED] < 0] = 0
        if done % _TOLD == 0 or done == len(numbers):
            for array_ in (near, scores, possible, kept, *pages.arrays, *titles.arrays):
                release(array_)
            generation.release()
            tell(done)


def _cosines_of_meaning(generation: LocalGeneration, number: int, others: Sequence[int]) -> list[float] | None:
    """The cosines of the vectors of some documents with that of one; None where it has none."""
    if generation.vectors is None:
        return None
    (vector,) = generation.vectors.of(np.array([number]))
    return generation.vectors.known_cosines(vector, np.array(others, np.int64)) if vector.any() else None


class KnownCloseness(NamedTuple):
    """How close the first JUDGED neighbours of some documents are to each, as they stand before an update: whatever
    their lists become, those that stay are as close as before.
    """

    numbers: Numbers
    near: NDArray[np.int32]
    closeness: NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Path, numbers: Numbers) -> KnownCloseness:
        """That of a generation, kept in files without names."""
        near, closeness = (nameless(arrays, dtype, (len(numbers), JUDGED)) for dtype in (np.int32, np.float32))
        near[...] = map_array(arrays, "near")[numbers, :JUDGED]
        closeness[...] = map_array(arrays, CLOSENESS)[numbers]
        return cls(numbers, near, closeness)

    def carry(self, arrays: Path) -> Numbers:
        """Keep how close those are that are among the first neighbours still; of the others it is not known (nan).
        Give the documents that have others now, or in another order.
        """
        near, kept = map_array(arrays, "near")[self.numbers, :JUDGED], reopen(arrays, CLOSENESS)
        changed = np.flatnonzero((near != self.near).any(axis=1))
        for row in changed.tolist():
            known = dict(zip(self.near[row].tolist(), self.closeness[row].tolist(), strict=True))
            kept[self.numbers[row]] = [known.get(m, math.nan) for m in near[row].tolist()]
        return self.numbers[changed]


class _Pages:
    """The terms of pages, by numbers that all segments share; those of one page are marked at a time."""

    def __init__(self, arrays: Path, generation: LocalGeneration, numbers: Numbers) -> None:
        """`numbers` are the pages that may be asked for, ascending. What is known of them waits in files."""
        folders, firsts = segment_folders(arrays), Ids(arrays).firsts.tolist()
        self._row_of = _rows(arrays, firsts[-1], numbers)
        self._starts = nameless(arrays, np.int64, (len(numbers) + 1,))
        owned = [numbers[(numbers >= a) & (numbers < b)] - a for a, b in pairwise(firsts)]
        own_starts = [map_array(folder, "forward_starts") for folder in folders]
        at = 0
        for starts, own in zip(own_starts, owned, strict=True):
            self._starts[at : at + len(own) + 1] = starts_of(starts[own + 1] - starts[own]) + self._starts[at]
            at += len(own)
        size = (int(self._starts[-1]),)
        self._terms, self._flat = nameless(arrays, np.int32, size), nameless(arrays, np.float64, size)
        self._known: dict[str, int] = {}
        at = 0
        for folder, starts, own in zip(folders, own_starts, owned, strict=True):
            terms, weights = map_array(folder, "forward_terms"), map_array(folder, "forward_weights")
            named = np.full(len(strings := Strings(folder, "terms")), -1, np.int32)
            for low, high in ranges(starts_of(starts[own + 1] - starts[own]), _TOGETHER):
                there, _ = places(starts, own[low:high])
                new = np.flatnonzero(_flags(terms[there], len(named)) & (named < 0))
                named[new] = [self._known.setdefault(term, len(self._known)) for term in strings.of(new.tolist())]
                self._terms[at : at + len(there)] = named[terms[there]]
                self._flat[at : at + len(there)] = weights[there]
                at += len(there)
                for array_ in (terms, weights, self._terms, self._flat):
                    release(array_)
        self._squares = self._flatten(arrays, generation)
        self.arrays = self._row_of, self._starts, self._terms, self._flat, self._squares
        # Two more: a term that no page has, and what every page says.
        self.said = np.zeros(len(self._known) + 2, np.bool_)
        self.said[-2] = True
        self._own, self._marked, self._square = np.zeros(len(self._known)), np.empty(0, np.int32), 0.0

    def _flatten(self, arrays: Path, generation: LocalGeneration) -> NDArray[np.float64]:
        """Flatten the weights, and sum up their squares."""
        squares = Growing(arrays, "d")
        rare = np.array(list(generation.rarities(list(self._known)).values()), np.float64)
        light = np.array(list(map(lightness, self._known)), np.float64)
        for low, high in ranges(self._starts, _TOGETHER):
            own = slice(int(self._starts[low]), int(self._starts[high]))
            rarity = rare[self._terms[own]]
            flat = np.sqrt(np.sqrt(self._flat[own] / rarity)) * rarity * light[self._terms[own]]
            self._flat[own] = flat
            bounds, products = (self._starts[low : high + 1] - own.start).tolist(), (flat * flat).tolist()
            squares.extend(math.fsum(products[a:b]) for a, b in pairwise(bounds))
            for array_ in (self._terms, self._flat):
                release(array_)
        return squares.all()

    def number_of(self, term: str) -> int:
        """The number of a term, -1 for one that no page has."""
        return self._known.get(term, -1)

    def mark(self, number: int) -> None:
        """Mark the terms of a page, in place of those that are marked."""
        self._own[self._marked], self.said[self._marked] = 0.0, False
        row = int(self._row_of[number])
        there = slice(int(self._starts[row]), int(self._starts[row + 1]))
        self._marked, self._square = self._terms[there], float(self._squares[row])
        self._own[self._marked], self.said[self._marked] = self._flat[there], True

    def cosines(self, others: Sequence[int]) -> list[float]:
        """The cosine of the page that is marked with each of some others."""
        rows = self._row_of[list(others)]
        there, bounds = places(self._starts, rows)
        products = (self._own[self._terms[there]] * self._flat[there]).tolist()
        shared = [math.fsum(products[low:high]) for low, high in pairwise(bounds.tolist())]
        squares = self._squares[rows].tolist()
        return [cosine(own, self._square, square) for own, square in zip(shared, squares, strict=True)]


def _rows(arrays: Path, size: int, numbers: Numbers) -> NDArray[np.int32]:
    """The place of each of so many documents among some, -1 for the others; in a file without a name."""
    rows = nameless(arrays, np.int32, (size,))
    rows[...] = -1
    rows[numbers] = np.arange(len(numbers), dtype=np.int32)
    return rows


def _flags(numbers: NDArray[np.int32], size: int) -> NDArray[np.bool_]:
    """Which of so many numbers are among some."""
    flags = np.zeros(size, np.bool_)
    flags[numbers] = True
    return flags


class _Titles:
    """What the titles of some documents ask for: of each word its rarity and the terms by which a page says it."""

    def __init__(
        self, arrays: Path, generation: LocalGeneration, ids: Ids, numbers: Numbers, number_of: Callable[[str], int]
    ) -> None:
        """`numbers` are the documents, ascending; `number_of` gives the number of a term."""
        self._row_of = _rows(arrays, len(ids), numbers)
        rare, totals, terms = (Growing(arrays, code) for code in "ddi")
        # Where the words of each title begin, the names of each word, and the terms of each name, which needs all.
        words, names, needed = (Growing(arrays, "q", [0]) for _ in range(3))
        for done, number in enumerate(map(int, numbers), 1):
            if done % _TOLD == 0:
                generation.release()
            title = generation.analyzer.analyse_words(generation.words([ids[number]], "title")[0])
            asked = generation.analyzer.places(title)
            own = place_rarities(generation, asked)
            rare.extend(own)
            totals.append(math.fsum(own) or 1.0)
            for place in asked:
                for name in _names(place):
                    terms.extend(map(number_of, name) if name else [-2])
                    needed.append(len(terms))
                names.append(len(needed) - 1)
            words.append(len(names) - 1)
        self._rare, self._totals, self._terms = rare.all(), totals.all(), terms.all()
        self._words, self._names, self._needed = words.all(), names.all(), needed.all()
        told = (self._rare, self._totals, self._terms, self._words, self._names, self._needed)
        self.arrays = self._row_of, *told

    def shares(self, documents: Sequence[int], said: NDArray[np.bool_]) -> list[float]:
        """The share of the rarity of each of some titles that a page says, which has `said` terms."""
        rows = self._row_of[list(documents)]
        words, bounds = places(self._words, rows)
        if not len(words):
            return [0.0] * len(rows)
        names, of_word = places(self._names, words)
        terms, of_name = places(self._needed, names)
        whole = np.logical_and.reduceat(said[self._terms[terms]], of_name[:-1])
        there = np.where(np.logical_or.reduceat(whole, of_word[:-1]), self._rare[words], 0.0).tolist()
        low, high, totals = bounds[:-1].tolist(), bounds[1:].tolist(), self._totals[rows].tolist()
        return [math.fsum(there[a:b]) / total for a, b, total in zip(low, high, totals, strict=True)]


def _names(place: Place) -> list[list[str]]:
    """The terms of each name by which a page may say a word; a compound is also said by all of its parts."""
    names = [[place.term], *([name] for name in place.names)]
    return [*names, [stem(part) for part in place.parts if counts_alone(part)]] if place.parts else names

"""Opens the arrays of all segments of a generation and asks them as one, documents numbered through."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import bare
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import alike, stem
from indexer.ranking.asking import said_to
from indexer.ranking.begins import Begins
from indexer.ranking.columns import Columns, Mask
from indexer.ranking.forward import Forward
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.impacts import Impacts
from indexer.ranking.mapped import Strings, map_array
from indexer.ranking.resources import Resources
from indexer.ranking.vectors import Vectors, has_vectors
from indexer.ranking.weighting import SearchWord, Statistics, length_factor


class Segment:
    """The arrays of a segment, opened; its documents are those of the generation in `span`."""

    def __init__(self, folder: Path, span: slice, statistics: Statistics, resources: Resources) -> None:
        self.span = span
        self.impacts = Impacts(folder, resources.kernels)
        self.forward = Forward.open(folder, statistics, self.impacts.number_of, resources.kernels)
        self.words, self.word_counts = Strings(folder, "words"), map_array(folder, "word_counts")
        self.begins = Begins(folder, self.forward.arrays, self.impacts.number_of, self.impacts.terms)

    def holding(self, phrase: Sequence[str], among: Mask) -> Mask:
        """As Segments.holding."""
        candidates = among.copy()
        for word in phrase:
            if counts_alone(word) and (len(word) > 1 or word.isdigit()):  # a single letter may stand in a compound
                candidates &= self.impacts.having([stem(word)])
        return self.forward.holding([self._alike(word) for word in phrase], candidates)

    def saying(self, words: Sequence[str]) -> Mask:
        """Which documents have all of some words."""
        said: Mask = np.logical_and.reduce([self.impacts.having([stem(word)]) for word in words])
        return said

    def _alike(self, word: str) -> Mask:
        """Which words of the segment are a word in either number, with ties or without."""
        number = self.impacts.number_of(stem(word))
        same = numbers_alike(word, number, self.forward.word_terms, self.words)
        mask = np.zeros(len(self.words), np.bool_)
        mask[same] = True
        return mask


class Segments:
    """All segments of a generation; documents are numbered through."""

    def __init__(self, arrays: Path, statistics: Statistics, resources: Resources) -> None:
        folders = segment_folders(arrays)
        self.ids = Ids(arrays)
        self.columns = Columns(folders, self.ids)
        spans = [slice(a, b) for a, b in pairwise(self.ids.firsts.tolist())]
        self._starts = [span.start for span in spans]
        self._parts = [Segment(*own, statistics, resources) for own in zip(folders, spans, strict=True)]
        self.vectors = Vectors(folders, self.ids, resources.kernels) if all(map(has_vectors, folders)) else None

    def rank(self, weights: Mapping[str, float], among: Mask | None, limit: int) -> tuple[Numbers, NDArray[np.float64]]:
        """As Impacts.rank, over all segments; ids ascending among equals."""
        live = self.ids.live
        if live is not None:
            among = live if among is None else among & live
        found = [part.impacts.rank(weights, None if among is None else among[part.span], limit) for part in self._parts]
        if len(found) == 1:
            return found[0]
        numbers = np.concatenate([own + part.span.start for part, (own, _) in zip(self._parts, found, strict=True)])
        scores = np.concatenate([own for _, own in found])
        order = np.lexsort((self.ids.places(numbers), -scores))[:limit]
        return numbers[order], scores[order]

    def scores(self, weights: Mapping[str, float], numbers: Numbers) -> NDArray[np.float64]:
        """The score that each of some documents has in `rank`."""
        scores = np.zeros(len(numbers))
        for part in self._parts:
            own = np.flatnonzero((numbers >= part.span.start) & (numbers < part.span.stop))
            if len(own):
                scores[own] = part.impacts.scores(weights, numbers[own] - part.span.start)
        return scores

    def judge(
        self, numbers: Numbers, scores: NDArray[np.float64], finer: Mapping[str, Mapping[str, float]], exponent: float
    ) -> NDArray[np.float64]:
        """As Forward.judge, over all segments."""
        if len(self._parts) == 1:
            return self._parts[0].forward.judge(numbers, scores, finer, exponent)
        judged = np.zeros(len(numbers))
        for part in self._parts:
            own = np.flatnonzero((numbers >= part.span.start) & (numbers < part.span.stop))
            if len(own):
                judged[own] = part.forward.judge(numbers[own] - part.span.start, scores[own], finer, exponent)
        return judged

    def judge_for(
        self, number: int, finer: Mapping[str, Mapping[str, float]], askers: Numbers, scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], Numbers]:
        """The score of a document in the second stage of each of some documents that ask by their titles and bodies,
        for those that it has in the first, and of how many words each asks by; `finer` holds the rarities of its
        tokens.
        """
        segment, own = self._at(number)
        there = np.array([own])
        counts = segment.forward.counts(there, segment.forward.wanted(finer))[0]
        said, sizes = np.zeros(len(askers)), np.zeros(len(askers), np.int64)
        for part in self._parts:
            within = np.flatnonzero((askers >= part.span.start) & (askers < part.span.stop))
            if len(within):
                asking = askers[within] - part.span.start
                said[within], sizes[within] = said_to(part.forward, asking, finer, counts)
        (length,) = segment.forward.relative_lengths(there)
        factors = [length_factor(length, words) for words in sizes.tolist()]
        return (scores + said) * np.array(factors), sizes

    def holding(self, phrase: Sequence[str], among: Mask) -> Mask:
        """Those of some documents that have these words one after the other in some field, stop words too, each as it
        is or in the other number.

        Impacts name the few that have all telling terms in any field; their words are looked through for these alone.
        """
        held = np.zeros(len(among), np.bool_)
        for part in self._parts:
            held[part.span] = part.holding(phrase, among[part.span])
        return held

    def match(self, words: Sequence[SearchWord]) -> NDArray[np.uint16]:
        """The shares that each document matches of the words, added up."""
        shares = np.zeros(len(self.ids), np.uint16)
        single = [word for word in words if not word.parts]
        for part in self._parts:
            part.impacts.match(single, shares[part.span])
            for share, names, parts, loose in words:
                if parts:
                    there = part.impacts.having(names)
                    there |= part.saying(parts) if loose else part.holding(parts, ~there)
                    shares[part.span] += there * np.uint16(share)
        return shares

    def words_of(self, number: int, field: int) -> list[str]:
        """The folded words of a field of a document, by its place in FIELDS."""
        segment, own = self._at(number)
        return segment.words.of(segment.forward.words(own, field))

    def begins_of(self, numbers: Sequence[int], terms: Collection[str]) -> list[dict[str, list[int]]]:
        """Of each document, where in the text of each field the pieces begin that may hold one of some terms."""
        sought: dict[Segment, NDArray[np.bool_]] = {}
        found = []
        for segment, own in map(self._at, numbers):
            if segment not in sought:
                sought[segment] = segment.begins.seeking(terms)
            found.append(segment.begins.of(own, sought[segment]))
        return found

    def weights_of(self, number: int) -> dict[str, float]:
        """The weight of each term in a document."""
        segment, own = self._at(number)
        return segment.impacts.of(own)

    def _at(self, number: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        part = bisect_right(self._starts, number) - 1
        return self._parts[part], number - self._starts[part]

    def release(self) -> None:
        """Let go of the memory in which arrays were read."""
        for part in self._parts:
            part.impacts.release()
            part.forward.release()
        if self.vectors:
            self.vectors.release()

    def vocabulary(self, prefix: str, least: int = 1) -> dict[str, int]:
        """The folded words that begin so and that at least so many documents have, each with their number."""
        return beginning([(segment.words, segment.word_counts) for segment in self._parts], prefix, least)


def numbers_alike(word: str, term: int, word_terms: NDArray[np.int32], words: Strings) -> list[int]:
    """Which words of a segment, by number, are a word in either number, with ties or without; `term` is the number of
    its term there, -1 for none.
    """
    there = np.flatnonzero(word_terms == term).tolist() if term >= 0 else []
    return [n for n in there if alike(bare(words[n]), word)]


def beginning(segments: Sequence[tuple[Strings, NDArray[np.int32]]], prefix: str, least: int) -> dict[str, int]:
    """The folded words that begin so and that at least so many documents have, each with their number; of each segment
    its words and in how many documents each is.
    """
    counts: Counter[str] = Counter()
    for words, documents in segments:
        low, high = words.place(prefix), words.place(prefix + "\U0010ffff")
        own = documents[low:high]
        # A word of boilerplate alone has no document; of several segments each may have few.
        there = np.flatnonzero(own >= (least if len(segments) == 1 else 1))
        counts.update(dict(zip(words.of((low + there).tolist()), own[there].tolist(), strict=True)))
    return {word: n for word, n in counts.items() if n >= least}

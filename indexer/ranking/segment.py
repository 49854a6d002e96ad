"""A segment: the arrays of the documents that were written together. A generation is one segment, or several."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.ranking.columns import Columns, Mask
from indexer.ranking.compiled import Means
from indexer.ranking.counting import Vocabulary, count, vocabulary
from indexer.ranking.forward import Forward
from indexer.ranking.forward_writer import count_tokens, word_keys, write_forward
from indexer.ranking.frequencies import Frequencies, write_frequencies
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.impacts import Impacts
from indexer.ranking.impacts_writer import Weighing, write_impacts
from indexer.ranking.keys import Numbers
from indexer.ranking.tables import Strings, map_array
from indexer.ranking.weighting import SearchWord, Statistics
from indexer.ranking.words import Words


class Contents(NamedTuple):
    """What a segment is made of: ids in order, the words of their documents, and the kinds (places in KINDS)."""

    ids: list[str]
    words: Words
    kinds: NDArray[np.int8]


def write_segment(
    arrays: Path,
    name: str,
    contents: Contents,
    analyzer: Analyzer,
    frozen: Statistics | None,
    means: Means,
) -> tuple[Statistics, Vocabulary]:
    """Write the arrays of a segment beside its words, which are there; give its statistics and terms.

    Without `frozen` this is a full build, and its counts become the frequencies of the generation; with the statistics
    of one, its frequencies are there and weigh these documents too.
    """
    folder = arrays / name
    frequencies = Frequencies(arrays) if frozen else None
    words, kernels = contents.words, means.kernels
    known = vocabulary(words.words, analyzer)
    counted = count(words, known, analyzer, kernels)
    statistics = frozen or counted.statistics()

    def rarities(documents: NDArray[np.int64]) -> NDArray[np.float64]:
        counts = frequencies.of(known.terms, "terms") if frequencies else documents.tolist()
        pairs = zip(known.terms, counts, strict=True)
        return np.array([statistics.rarity(term, n) for term, n in pairs], np.float64)

    weighing = Weighing(counted, contents.kinds, statistics)
    documents = write_impacts(folder, words, known, counted, weighing, rarities, means)
    keys = word_keys(words.words, known)
    tokens = count_tokens(words, keys, kernels)
    write_forward(folder, known, keys, counted, tokens.words)
    if frozen is None:
        write_frequencies(arrays, words, known, counted, documents, keys, tokens)
    return statistics, known


class Segment:
    """The arrays of a segment, opened."""

    def __init__(self, folder: Path, statistics: Statistics, kernels: ModuleType | None) -> None:
        self.impacts = Impacts(folder, kernels)
        self.forward = Forward(folder, statistics, self.impacts.number_of, kernels)
        self.words, self.word_counts = Strings(folder, "words"), map_array(folder, "word_counts")


class Segments:
    """All segments of a generation; documents are numbered through."""

    def __init__(self, arrays: Path, statistics: Statistics, kernels: ModuleType | None) -> None:
        folders = segment_folders(arrays)
        self.ids = Ids(arrays)
        self.columns = Columns(folders, self.ids)
        self._parts = [Segment(folder, statistics, kernels) for folder in folders]
        self._spans = [slice(a, b) for a, b in pairwise(self.ids.firsts.tolist())]

    def rank(self, weights: Mapping[str, float], among: Mask | None, limit: int) -> tuple[Numbers, NDArray[np.float64]]:
        """As Impacts.rank, over all segments; ids ascending among equals."""
        live = self.ids.live
        if live is not None:
            among = live if among is None else among & live
        found = [
            part.impacts.rank(weights, None if among is None else among[span], limit)
            for part, span in zip(self._parts, self._spans, strict=True)
        ]
        if len(found) == 1:
            return found[0]
        numbers = np.concatenate([own + span.start for (own, _), span in zip(found, self._spans, strict=True)])
        scores = np.concatenate([own for _, own in found])
        order = np.lexsort((self.ids.places(numbers), -scores))[:limit]
        return numbers[order], scores[order]

    def judge(
        self, numbers: Numbers, scores: NDArray[np.float64], finer: Mapping[str, Mapping[str, float]], exponent: float
    ) -> NDArray[np.float64]:
        """As Forward.judge, over all segments."""
        if len(self._parts) == 1:
            return self._parts[0].forward.judge(numbers, scores, finer, exponent)
        judged, owner = np.zeros(len(numbers)), self.ids.of_segment(numbers)
        for n, (part, span) in enumerate(zip(self._parts, self._spans, strict=True)):
            own = np.flatnonzero(owner == n)
            if len(own):
                judged[own] = part.forward.judge(numbers[own] - span.start, scores[own], finer, exponent)
        return judged

    def having(self, term: str) -> Numbers:
        """The numbers of the documents that have the term, deleted ones too."""
        found = [part.impacts.having(term) + span.start for part, span in zip(self._parts, self._spans, strict=True)]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def match(self, words: Sequence[SearchWord]) -> NDArray[np.uint16]:
        """The shares that each document matches of the words, added up."""
        shares = np.zeros(len(self.ids), np.uint16)
        for part, span in zip(self._parts, self._spans, strict=True):
            part.impacts.match(words, shares[span])
        return shares

    def title_of(self, number: int) -> list[str]:
        """The folded words of a document's title."""
        part = int(self.ids.of_segment(np.array([number]))[0])
        segment = self._parts[part]
        return segment.words.of(segment.forward.title(number - self._spans[part].start))

    def impacts_of(self, number: int) -> dict[str, float]:
        """The weight of each term in a document."""
        part = int(self.ids.of_segment(np.array([number]))[0])
        return self._parts[part].impacts.of(number - self._spans[part].start)

    def words(self, prefix: str) -> dict[str, int]:
        """The folded words that begin so, each with the number of documents that have it."""
        counts: dict[str, int] = {}
        for segment in self._parts:
            first = bisect_left(segment.words, prefix)
            last = bisect_left(segment.words, prefix + "\U0010ffff")
            for word, n in zip(segment.words[first:last], segment.word_counts[first:last].tolist(), strict=True):
                counts[word] = counts.get(word, 0) + n
        return counts

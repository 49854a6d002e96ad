"""Packs what ranking knows of a document into one row of whole numbers, and weighs documents of which only their rows
were fetched: for an engine that finds elsewhere. Scores are those of the arrays of a segment, to the last bit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS
from indexer.analysis.memo import Memo
from indexer.analysis.terms import stem
from indexer.ranking.forward import Forward, ForwardArrays
from indexer.ranking.hashing import starts_of, sums_of
from indexer.ranking.ids import segment_folders, segment_number
from indexer.ranking.mapped import Strings, map_array
from indexer.ranking.resources import Resources
from indexer.ranking.segment import beginning, numbers_alike
from indexer.ranking.weighting import Statistics

Row = NDArray[np.int32]
# What a row needs of its segment to be read: words, terms, and what these are made of.
SEGMENT_FILES = (
    *("words.utf8", "words.offsets.npy", "word_counts.npy", "word_terms.npy", "terms.utf8", "terms.offsets.npy"),
    *("gram_words.npy", "gram_words_starts.npy", "gram_keys.npy", "most_units.npy", "unit.npy"),
)
# A row begins with these: segment, kind, whether it is in characters, the number of terms; lengths, intents and the
# numbers of words of its fields. Terms, their weights as bits of 32-bit floats, and the words in their order follow.
_HEAD = 4 + 3 * len(FIELDS)
_NO_NUMBERS = np.empty(0, np.int32)
_REMEMBERED = 1 << 16


class Rows:
    """The rows of the documents of a generation."""

    def __init__(self, arrays: Path) -> None:
        folders = segment_folders(arrays)
        self._names = list(map(segment_number, folders))
        self._words = list(map(ForwardArrays.of, folders))
        names = ("forward_starts", "forward_terms", "forward_weights")
        self._weights = [[map_array(folder, name) for name in names] for folder in folders]
        self._firsts: list[int] = starts_of(np.array([len(own.kind) for own in self._words], np.int64))[:-1].tolist()

    def of(self, number: int) -> Row:
        """The row of a document, by number."""
        at = bisect_right(self._firsts, number) - 1
        own, n = self._words[at], number - self._firsts[at]
        starts, terms, weights = self._weights[at]
        there = slice(starts[n], starts[n + 1])
        bounds = own.sequence_starts[n * len(FIELDS) : (n + 1) * len(FIELDS) + 1]
        kind = self._names[at], own.kind[n], own.han[n], there.stop - there.start
        head = np.array([*kind, *own.lengths[n], *own.intents[n], *np.diff(bounds)], np.int32)
        return np.concatenate([head, terms[there], weights[there].view(np.int32), own.sequence[bounds[0] : bounds[-1]]])


class Vocabulary:
    """What the rows of a segment are read with, from SEGMENT_FILES in its folder."""

    def __init__(self, folder: Path, statistics: Statistics) -> None:
        self.terms, self.words = Strings(folder, "terms"), Strings(folder, "words")
        self.word_terms, self.word_counts = map_array(folder, "word_terms"), map_array(folder, "word_counts")
        self._most, self._unit = map_array(folder, "most_units"), float(map_array(folder, "unit")[0])
        self.number_of = Memo(self.terms.find, _REMEMBERED).__getitem__
        grams = (map_array(folder, name) for name in ("gram_words", "gram_words_starts", "gram_keys"))
        none, flat = np.empty((0, len(FIELDS)), np.int32), np.empty(0, np.int64)
        no_rows = _NO_NUMBERS, starts_of(flat), none, none, np.empty(0, np.bool_), np.empty(0, np.int8)
        arrays = ForwardArrays(*no_rows, self.word_terms, *grams)
        self.forward = Forward(arrays, self.words, statistics, self.number_of, Resources().kernels)

    def alike(self, word: str) -> tuple[str, ...]:
        """The words that are a folded word in either number, with ties or without."""
        number = self.number_of(stem(word))
        return tuple(self.words.of(numbers_alike(word, number, self.word_terms, self.words)))

    def most(self, term: str) -> float:
        """The largest weight that a term has in any document, or a little more; 0 for one that none has."""
        number = self.number_of(term)
        return float(self._most[number]) * self._unit if number >= 0 else 0.0


class Vocabularies:
    """What the rows of a generation are read with: the vocabulary of each of its segments."""

    def __init__(self, arrays: Path, statistics: Statistics) -> None:
        self.of_segment = {segment_number(folder): Vocabulary(folder, statistics) for folder in segment_folders(arrays)}

    def has(self, term: str) -> bool:
        """Whether a segment knows a term."""
        return any(own.number_of(term) >= 0 for own in self.of_segment.values())

    def alike(self, word: str) -> tuple[str, ...]:
        """The words that are a folded word in either number, with ties or without."""
        return tuple(dict.fromkeys(chain.from_iterable(own.alike(word) for own in self.of_segment.values())))

    def most(self, term: str) -> float:
        """The largest weight that a term has in any document, or a little more; 0 for one that none has."""
        return max((own.most(term) for own in self.of_segment.values()), default=0.0)

    def beginning(self, prefix: str, least: int) -> dict[str, int]:
        """The words of at least so many documents that begin so (see Generation.vocabulary)."""
        own = self.of_segment.values()
        return beginning([(segment.words, segment.word_counts) for segment in own], prefix, least)


class Fetched:
    """Some rows, numbered as they are given."""

    def __init__(self, vocabularies: Vocabularies, rows: Sequence[Row]) -> None:
        segments = np.array([row[0] for row in rows], np.int64)
        self._size = len(rows)
        self._parts = [
            (places, _OfSegment(vocabularies.of_segment[number], [rows[n] for n in places.tolist()]))
            for number in np.unique(segments).tolist()
            for places in (np.flatnonzero(segments == number),)
        ]
        self._at = {n: (own, at) for places, own in self._parts for at, n in enumerate(places.tolist())}

    def weights(self) -> list[dict[str, float]]:
        """The weight of each term in each document."""
        found: list[dict[str, float]] = [{} for _ in range(self._size)]
        for places, own in self._parts:
            for n, weights in zip(places.tolist(), own.weights(), strict=True):
                found[n] = weights
        return found

    def words(self, number: int, field: str) -> list[str]:
        """The words of a field of a document."""
        own, at = self._at[number]
        return own.words(at, field)

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """The sum of each document in the first stage, as Impacts.rank gives it."""
        scores = np.zeros(self._size)
        for places, own in self._parts:
            scores[places] = own.scores(weights)
        return scores

    def judge(
        self, scores: NDArray[np.float64], finer: Mapping[str, Mapping[str, float]], exponent: float
    ) -> NDArray[np.float64]:
        """The scores of the documents in the second stage (see Forward.judge)."""
        judged = np.zeros(self._size)
        for places, own in self._parts:
            judged[places] = own.judge(scores[places], finer, exponent)
        return judged


class _OfSegment:
    """Some rows of one segment, numbered as they are given."""

    def __init__(self, vocabulary: Vocabulary, rows: Sequence[Row]) -> None:
        self._vocabulary, self._size = vocabulary, len(rows)
        heads = np.array([row[:_HEAD] for row in rows], np.int32).reshape(-1, _HEAD)
        parts = [np.split(row[_HEAD:], [row[3], 2 * row[3]]) for row in rows]
        terms, bits, sequence = (np.concatenate([_NO_NUMBERS, *own]) for own in zip(*parts, strict=True))
        self._owner, self._terms = np.repeat(np.arange(self._size), heads[:, 3]), terms
        self._weights, self._sequence = bits.view(np.float32), sequence
        lengths, intents, sizes = (heads[:, 4 + len(FIELDS) * n :][:, : len(FIELDS)] for n in range(3))
        self._starts = starts_of(sizes.ravel())
        self._forward = vocabulary.forward.over(
            sequence, self._starts, lengths, intents, heads[:, 2].astype(np.bool_), heads[:, 1].astype(np.int8)
        )

    def weights(self) -> list[dict[str, float]]:
        names = self._vocabulary.terms.of(self._terms.tolist())
        found: list[dict[str, float]] = [{} for _ in range(self._size)]
        for owner, name, weight in zip(self._owner.tolist(), names, self._weights.tolist(), strict=True):
            found[owner][name] = weight
        return found

    def words(self, number: int, field: str) -> list[str]:
        return self._vocabulary.words.of(self._forward.words(number, FIELDS.index(field)))

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        known = sorted((n, weight) for term, weight in weights.items() if (n := self._vocabulary.number_of(term)) >= 0)
        numbers, own = np.array([n for n, _ in known], np.int64), np.array([weight for _, weight in known], np.float64)
        if not len(numbers):
            return np.zeros(self._size)
        at = np.minimum(np.searchsorted(numbers, self._terms), len(numbers) - 1)
        wanted = np.where(numbers[at] == self._terms, own[at], 0.0)
        return sums_of(self._owner, wanted * self._weights, self._size)

    def judge(
        self, scores: NDArray[np.float64], finer: Mapping[str, Mapping[str, float]], exponent: float
    ) -> NDArray[np.float64]:
        return self._forward.judge(np.arange(self._size), scores, finer, exponent)

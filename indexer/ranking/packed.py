"""Packs what ranking knows of a document into one row of whole numbers, and weighs documents of which only their rows
were fetched: for an engine that finds elsewhere. Scores are those of the arrays of a segment, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, bare
from indexer.analysis.memo import Memo
from indexer.analysis.terms import alike, stem
from indexer.ranking.forward import Forward, ForwardArrays
from indexer.ranking.hashing import starts_of, sums_of
from indexer.ranking.mapped import Strings, map_array
from indexer.ranking.resources import Resources
from indexer.ranking.weighting import Statistics

Row = NDArray[np.int32]
# What a row needs of its segment to be read: words, terms, and what these are made of.
SEGMENT_FILES = (
    *("words.utf8", "words.offsets.npy", "word_counts.npy", "word_terms.npy", "terms.utf8", "terms.offsets.npy"),
    *("gram_words.npy", "gram_words_starts.npy", "gram_keys.npy", "most_units.npy", "unit.npy"),
)
# A row begins with these: kind, whether it is in characters, the number of terms; lengths, intents and the numbers of
# words of its fields. Terms, their weights as bits of 32-bit floats, and the words in their order follow.
_HEAD = 3 + 3 * len(FIELDS)
_NO_NUMBERS = np.empty(0, np.int32)
_REMEMBERED = 1 << 16


def rows_of(folder: Path) -> Iterator[Row]:
    """The rows of the documents of a segment, in their order."""
    starts, terms, weights = (map_array(folder, f"forward_{name}") for name in ("starts", "terms", "weights"))
    kinds, han, lengths, intents = (map_array(folder, name) for name in ("kind", "han", "lengths", "intents"))
    sequence, fields = map_array(folder, "sequence"), map_array(folder, "sequence_starts")
    for n in range(len(starts) - 1):
        own, bounds = slice(starts[n], starts[n + 1]), fields[n * len(FIELDS) : (n + 1) * len(FIELDS) + 1]
        head = np.array([kinds[n], han[n], own.stop - own.start, *lengths[n], *intents[n], *np.diff(bounds)], np.int32)
        bits = weights[own].view(np.int32)
        yield np.concatenate([head, terms[own], bits, sequence[bounds[0] : bounds[-1]]])


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
        there = np.flatnonzero(self.word_terms == number).tolist() if number >= 0 else []
        return tuple(other for other in self.words.of(there) if alike(bare(other), word))

    def most(self, term: str) -> float:
        """The largest weight that a term has in any document, or a little more; 0 for one that none has."""
        number = self.number_of(term)
        return float(self._most[number]) * self._unit if number >= 0 else 0.0


class Fetched:
    """Some rows, numbered as they are given."""

    def __init__(self, vocabulary: Vocabulary, rows: Sequence[Row]) -> None:
        self._vocabulary, self._size = vocabulary, len(rows)
        heads = np.array([row[:_HEAD] for row in rows], np.int32).reshape(-1, _HEAD)
        parts = [np.split(row[_HEAD:], [row[2], 2 * row[2]]) for row in rows]
        terms, bits, sequence = (
            (np.concatenate([_NO_NUMBERS, *own]) for own in zip(*parts, strict=True)) if rows else ([_NO_NUMBERS] * 3)
        )
        self._owner, self._terms = np.repeat(np.arange(self._size), heads[:, 2]), terms
        self._weights, self._sequence = bits.view(np.float32), sequence
        lengths, intents, sizes = (heads[:, 3 + len(FIELDS) * n :][:, : len(FIELDS)] for n in range(3))
        self._starts = starts_of(sizes.ravel())
        self._forward = vocabulary.forward.over(
            sequence, self._starts, lengths, intents, heads[:, 1].astype(np.bool_), heads[:, 0].astype(np.int8)
        )

    def weights(self) -> list[dict[str, float]]:
        """The weight of each term in each document."""
        names = self._vocabulary.terms.of(self._terms.tolist())
        found: list[dict[str, float]] = [{} for _ in range(self._size)]
        for owner, name, weight in zip(self._owner.tolist(), names, self._weights.tolist(), strict=True):
            found[owner][name] = weight
        return found

    def words(self, number: int, field: str) -> list[str]:
        """The words of a field of a document."""
        return self._vocabulary.words.of(self.numbers(number, FIELDS.index(field)))

    def numbers(self, number: int, field: int) -> list[int]:
        """The words of a field of a document, by number."""
        return self._forward.words(number, field)

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """The sum of each document in the first stage, as Impacts.rank gives it."""
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
        """The scores of the documents in the second stage (see Forward.judge)."""
        return self._forward.judge(np.arange(self._size), scores, finer, exponent)

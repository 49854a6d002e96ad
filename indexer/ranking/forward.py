"""The second stage: judges the best hundred again by the finer channels; also finds exact phrases.

Postings of bigrams and grams would be several times those of the terms; the words themselves are one number each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.memo import Memo
from indexer.ranking.columns import KINDS
from indexer.ranking.hashing import Keys, Numbers, expand, key_of, match, starts_of, sums_of
from indexer.ranking.mapped import Strings, map_array, place_of, release
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, B, Statistics, norm_of

# So many documents are looked through for a phrase at a time.
_TOGETHER = 1 << 12
# So many tokens are remembered with their numbers before all are forgotten.
_REMEMBERED = 1 << 16
# How much a field of a kind of document counts.
SHARES = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
# The place among words and the column of everything found.
Cells = tuple[Numbers, Numbers]


class Wanted(NamedTuple):
    """The tokens that are wanted, as numbers of a segment, -1 for one that it does not have; and how much each
    tells, in the order of the channels.
    """

    bigrams: Numbers
    grams: Numbers
    stops: Numbers
    intents: Numbers
    tells: NDArray[np.float64]


class ForwardArrays(NamedTuple):
    """The words of documents in their order, by number; what each word's term and grams are; and of each document its
    kind, whether it is written in characters, the lengths of its fields and the intents of these.
    """

    sequence: NDArray[np.int32]
    sequence_starts: Numbers
    lengths: NDArray[np.int32]
    intents: NDArray[np.int32]
    han: NDArray[np.bool_]
    kind: NDArray[np.int8]
    word_terms: NDArray[np.int32]
    gram_words: NDArray[np.int32]
    gram_words_starts: Numbers
    gram_keys: Keys

    @classmethod
    def of(cls, folder: Path) -> ForwardArrays:
        """Those of a segment, mapped."""
        return cls(*(map_array(folder, name) for name in cls._fields))


class Forward:
    """The words of some documents in their order, and what the finer channels read of each word."""

    def __init__(
        self,
        arrays: ForwardArrays,
        words: Sequence[str],
        statistics: Statistics,
        number_of: Callable[[str], int],
        kernels: ModuleType | None = None,
    ) -> None:
        """`words` are the words by number, ascending; `number_of` gives the number of a term, -1 for none; `kernels` is
        the compiled form, or None for NumPy's: both give the same to the last bit.
        """
        self._kernels = kernels
        self._averages = statistics.averages("average")
        self._medians = np.array([statistics.of_document(han=han).median for han in (False, True)])
        self.arrays, self.vocabulary = arrays, words
        # For the compiled form: zeros for each word and term, as it leaves them; as many sets as were used at a time.
        self._zeros: list[tuple[NDArray[np.int32], NDArray[np.uint8]]] = []
        # By channel, the number of each token. They hold what they look in and not this object, or else they would hold
        # each other, and files would stay open until the collector comes.
        self._numbers: dict[str, Callable[[str], int]] = {
            "bigrams": Memo(partial(_bigram_key, number_of), _REMEMBERED).__getitem__,
            "grams": Memo(partial(_gram_number, arrays.gram_keys), _REMEMBERED).__getitem__,
            "stops": Memo(partial(place_of, words), _REMEMBERED).__getitem__,
            "intents": {intent: n for n, intent in enumerate(intent_names())}.__getitem__,
        }

    @classmethod
    def open(
        cls, folder: Path, statistics: Statistics, number_of: Callable[[str], int], kernels: ModuleType | None
    ) -> Forward:
        """The rows of a segment, mapped."""
        return cls(ForwardArrays.of(folder), Strings(folder, "words"), statistics, number_of, kernels)

    def over(
        self,
        sequence: NDArray[np.int32],
        sequence_starts: Numbers,
        lengths: NDArray[np.int32],
        intents: NDArray[np.int32],
        han: NDArray[np.bool_],
        kind: NDArray[np.int8],
    ) -> Forward:
        """The same words and what is remembered of them, over other documents."""
        other = copy(self)
        other.arrays = self.arrays._replace(
            sequence=sequence, sequence_starts=sequence_starts, lengths=lengths, intents=intents, han=han, kind=kind
        )
        return other

    def words(self, number: int, field: int) -> list[int]:
        """The words of a field of a document, by number."""
        at = number * len(FIELDS) + field
        begin, end = self.arrays.sequence_starts[at : at + 2]
        words: list[int] = self.arrays.sequence[begin:end].tolist()
        return words

    def release(self) -> None:
        """Let go of the memory in which arrays were read."""
        for array in self.arrays:
            release(array)

    @property
    def word_terms(self) -> NDArray[np.int32]:
        """The term of each word."""
        return self.arrays.word_terms

    def holding(self, phrase: Sequence[NDArray[np.bool_]], candidates: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of the candidates, a mask, that have some words one after the other in some field: masks say which
        words may stand at each place.
        """
        held = np.zeros(len(candidates), np.bool_)
        numbers = np.flatnonzero(candidates)
        for at in range(0, len(numbers) if all(words.any() for words in phrase) else 0, _TOGETHER):
            fields = (numbers[at : at + _TOGETHER, None] * len(FIELDS) + np.arange(len(FIELDS))).ravel()
            place, owner = expand(self.arrays.sequence_starts, fields)
            own = self.arrays.sequence[place]
            begins = np.flatnonzero(phrase[0][own])
            for step, words in enumerate(phrase[1:], 1):
                begins = begins[begins + step < len(own)]
                begins = begins[words[own[begins + step]] & (owner[begins + step] == owner[begins])]
            held[numbers[at + owner[begins] // len(FIELDS)]] = True
        return held

    def judge(
        self, numbers: Numbers, scores: NDArray[np.float64], finer: Mapping[str, Mapping[str, float]], exponent: float
    ) -> NDArray[np.float64]:
        """The scores of some documents in the second stage, for those of the first: with what the finer channels say,
        how much each token tells × its saturated counts; times a power of the length.

        Sums are in float64 in the order of channels and tokens, as in the definition.
        """
        wanted = self.wanted(finer)
        if self._kernels:
            return self._judge_compiled(numbers, scores, wanted, exponent)
        # Python's own power: NumPy's may differ in the last bit.
        factors = np.array([length**exponent for length in self.relative_lengths(numbers)], np.float64)
        judged: NDArray[np.float64] = (scores + self._judge(numbers, wanted)) * factors
        return judged

    def relative_lengths(self, numbers: Numbers) -> list[float]:
        """How long documents are beside the median of their kind."""
        medians = self._medians[self.arrays.han[numbers].astype(np.int8)]
        lengths: list[float] = ((1.0 + self.arrays.lengths[numbers].sum(axis=1)) / medians).tolist()
        return lengths

    def wanted(self, finer: Mapping[str, Mapping[str, float]]) -> Wanted:
        """The tokens of the finer channels as numbers of the segment, with how much each tells."""
        numbers_of, tells, ends = list[int](), list[float](), list[int]()
        for channel in FINER:
            numbers_of += map(self._numbers[channel], finer[channel])
            tells += finer[channel].values()
            ends.append(len(numbers_of))
        own, (a, b, c, _) = np.array(numbers_of, np.int64), ends
        return Wanted(own[:a], own[a:b], own[b:c], own[c:], np.array(tells, np.float64))

    def _judge(self, numbers: Numbers, wanted: Wanted) -> NDArray[np.float64]:
        """What the finer channels say."""
        if not len(wanted.tells) or not len(numbers):
            return np.zeros(len(numbers))
        said: NDArray[np.float64] = np.add.accumulate(self.counts(numbers, wanted) * wanted.tells, axis=1)[:, -1]
        return said  # added one after the other, unlike by sum

    def counts(self, numbers: Numbers, wanted: Wanted) -> NDArray[np.float64]:
        """The saturated counts of each token in each document: what it says, whatever it tells."""
        average = self._averages[self.arrays.han[numbers].astype(np.int8)]
        worths, norms = SHARES[self.arrays.kind[numbers]], norm_of(self.arrays.lengths[numbers], average)
        fields = (numbers[:, None] * len(FIELDS) + np.arange(len(FIELDS))).ravel()
        place, owner = expand(self.arrays.sequence_starts, fields)
        # A cell is a field and a token: field * width + column.
        width, first, cells = len(wanted.tells), 0, list[Numbers]()
        for own, (at, column) in self.cells(wanted, self.arrays.sequence[place], owner):
            cells.append(owner[at] * width + column + first)
            first += len(own)
        for number, intent in enumerate(wanted.intents.tolist(), first):
            cells.append(np.flatnonzero(self.arrays.intents.ravel()[fields] >> intent & 1) * width + number)
        found = np.bincount(np.concatenate(cells), minlength=len(fields) * width)
        return _sums(found, width, worths, norms)

    def cells(self, wanted: Wanted, words: NDArray[np.int32], owner: Numbers) -> Iterator[tuple[Numbers, Cells]]:
        """Where the wanted bigrams, grams and stop words stand among words, whose owners ascend."""
        there = words.astype(np.int64)
        yield wanted.bigrams, self._bigrams(wanted.bigrams, there, owner)
        yield wanted.grams, self._grams(wanted.grams, there)
        yield wanted.stops, self._stop_words(wanted.stops, there)

    def _judge_compiled(
        self, numbers: Numbers, scores: NDArray[np.float64], wanted: Wanted, exponent: float
    ) -> NDArray[np.float64]:
        kernels = self._kernels
        assert kernels is not None
        # Taken away while in use: what a failure leaves halfway is never used again.
        try:
            zeros = self._zeros.pop()
        except IndexError:  # others use them
            terms = int(self.arrays.word_terms.max(initial=-1)) + 1
            zeros = np.zeros(len(self.arrays.word_terms), np.int32), np.zeros(terms, np.uint8)
        judged: NDArray[np.float64] = kernels.judge(
            numbers,
            scores,
            exponent,
            self.arrays.sequence,
            self.arrays.sequence_starts,
            self.arrays.word_terms,
            self.arrays.gram_words,
            self.arrays.gram_words_starts,
            *zeros,
            wanted.bigrams,
            wanted.grams,
            wanted.stops,
            self.arrays.intents,
            wanted.intents,
            wanted.tells,
            self.arrays.kind,
            self.arrays.han,
            self.arrays.lengths,
            self._averages,
            self._medians,
            SHARES,
            K1,
            B,
        )
        self._zeros.append(zeros)
        return judged

    def _bigrams(self, wanted: Numbers, words: Numbers, owner: Numbers) -> Cells:
        there = np.flatnonzero(owner[1:] == owner[:-1])
        terms = self.arrays.word_terms[words].astype(np.int64)
        order = np.argsort(wanted)
        found, column = match(terms[there] << 32 | terms[there + 1], wanted[order])
        return there[found], order[column]

    def _grams(self, wanted: Numbers, words: Numbers) -> Cells:
        there = np.flatnonzero(wanted >= 0)
        entry, gram = expand(self.arrays.gram_words_starts, wanted[there])
        holder = self.arrays.gram_words[entry]
        starts = starts_of(np.bincount(holder, minlength=len(self.arrays.word_terms)))
        entry, occurrence = expand(starts, words)
        return occurrence, there[gram[np.argsort(holder, kind="stable")[entry]]]

    def _stop_words(self, wanted: Numbers, words: Numbers) -> Cells:
        column_of = np.full(len(self.arrays.word_terms), -1)
        column_of[wanted[wanted >= 0]] = np.flatnonzero(wanted >= 0)
        column = column_of[words]
        there = np.flatnonzero(column >= 0)
        return there, column[there]


def _sums(counts: Numbers, width: int, worths: NDArray[np.float64], norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each document and token the weighted, saturated counts of its fields, added in the order of FIELDS."""
    cell = np.flatnonzero(counts)
    count, field = counts[cell].astype(np.float64), cell // width
    worth = worths.ravel()[field] * (count * (K1 + 1) / (count + norms.ravel()[field]))
    return sums_of(field // len(FIELDS) * width + cell % width, worth, len(worths) * width).reshape(len(worths), width)


def _bigram_key(number_of: Callable[[str], int], token: str) -> int:
    """The key of a bigram in a segment, -1 where one of its terms is not in it."""
    first, _, second = token.partition(" ")
    one, other = number_of(first), number_of(second)
    return one << 32 | other if one >= 0 and other >= 0 else -1


def _gram_number(keys: NDArray[np.uint64], token: str) -> int:
    """The number of a gram among the keys of a segment, -1 where it has none."""
    key = np.uint64(key_of(token))
    place = int(np.searchsorted(keys, key))
    return place if place < len(keys) and keys[place] == key else -1

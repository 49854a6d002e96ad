"""Forward rows: the words of every document in their order, from which the finer channels judge a few documents.

Postings of pairs and grams would be several times those of the terms; the words themselves are one number each.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.terms import stop_words
from indexer.ranking.columns import KINDS
from indexer.ranking.frequencies import keys_of, keys_of_pairs
from indexer.ranking.keys import PAIR, Keys, Numbers, expand, match, pair_keys
from indexer.ranking.tables import Strings, map_array
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, B, Statistics

# How much a field of a kind of document counts.
_SHARES = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
# The field and the column of everything found.
_Found = tuple[Numbers, Numbers]


class Forward:
    """The forward rows of one segment, mapped."""

    def __init__(self, folder: Path, statistics: Statistics, kernels: ModuleType | None = None) -> None:
        """`kernels` is the compiled form, or None for NumPy's; both give the same to the last bit."""
        self._statistics, self._kernels = statistics, kernels
        for name in (
            "sequence",
            "sequence_starts",
            "intents",
            "han",
            "length",
            "word_keys",
            "word_grams",
            "word_grams_starts",
            "gram_keys",
        ):
            setattr(self, f"_{name}", map_array(folder, name))
        words = Strings(folder, "words")
        self._stops = {word: number for word in sorted(stop_words()) if (number := words.find(word)) >= 0}
        self._is_term = np.ones(len(words), np.bool_)
        self._is_term[list(self._stops.values())] = False
        self._scratch = threading.local()

    _sequence: NDArray[np.int32]
    _sequence_starts: Numbers
    _intents: NDArray[np.int32]
    _han: NDArray[np.bool_]
    _length: NDArray[np.int32]
    _word_keys: Keys
    _word_grams: NDArray[np.int32]
    _word_grams_starts: Numbers
    _gram_keys: Keys

    def relative_lengths(self, numbers: Numbers) -> NDArray[np.float64]:
        """The lengths of documents, plus one, over the median of their kind."""
        medians = np.array([self._statistics.of_document(han=han).median for han in (False, True)])
        return (1 + self._length[numbers]) / medians[self._han[numbers].astype(np.int8)]

    def judge(
        self, numbers: Numbers, kinds: NDArray[np.int8], finer: Mapping[str, Mapping[str, float]]
    ) -> NDArray[np.float64]:
        """What the finer channels say for each of some documents: how much each token tells × its saturated counts.

        Sums are in float64 in the order of channels and tokens, as in the plain engine.
        """
        tokens = {channel: sorted(finer[channel]) for channel in FINER}
        tells = np.array([finer[channel][token] for channel in FINER for token in tokens[channel]], np.float64)
        if not len(tells) or not len(numbers):
            return np.zeros(len(numbers))
        own = [self._statistics.of_document(han=han) for han in (False, True)]
        averages = np.array([[kind.average.get(field, 0.0) for field in FIELDS] for kind in own])
        average, share = averages[self._han[numbers].astype(np.int8)], _SHARES[kinds]
        if self._kernels:
            return self._judge_compiled(numbers, tokens, tells, share, average)
        fields = (numbers[:, None] * len(FIELDS) + np.arange(len(FIELDS))).ravel()
        place, owner = expand(self._sequence_starts, fields)
        words = self._sequence[place].astype(np.int64)
        # A cell is a field and a token: field * width + column. Each channel gives the cells of what it finds.
        width, first, cells = len(tells), 0, list[Numbers]()
        for channel, find in (("pairs", self._pairs), ("grams", self._grams), ("stops", self._stop_words)):
            field, column = find(tokens[channel], words, owner)
            cells.append(field * width + column + first)
            first += len(tokens[channel])
        for number, intent in enumerate(tokens["intents"], first):
            there = self._intents.ravel()[fields] >> intent_names().index(intent) & 1
            cells.append(np.flatnonzero(there) * width + number)
        counts = np.bincount(np.concatenate(cells), minlength=len(fields) * width)
        lengths = np.bincount(owner[self._is_term[words]], minlength=len(fields))
        scores = _sums(counts, width, lengths, share, average) * tells
        judged: NDArray[np.float64] = np.add.accumulate(scores, axis=1)[:, -1]  # adds one after the other, unlike sum
        return judged

    def _judge_compiled(
        self,
        numbers: Numbers,
        tokens: Mapping[str, list[str]],
        tells: NDArray[np.float64],
        share: NDArray[np.float64],
        average: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        assert self._kernels is not None
        stops, grams = self._columns_of()
        first = len(tokens["pairs"])
        found, column = match(self._gram_keys, keys_of(tokens["grams"]))
        asked = [
            (self._stops[t], c) for c, t in enumerate(tokens["stops"], first + len(tokens["grams"])) if t in self._stops
        ]
        words, columns = [word for word, _ in asked], [column for _, column in asked]
        grams[found], stops[words] = column + first, columns
        try:
            judged: NDArray[np.float64] = self._kernels.judge(
                numbers,
                self._sequence,
                self._sequence_starts,
                self._word_keys,
                self._is_term,
                stops,
                self._word_grams,
                self._word_grams_starts,
                grams,
                keys_of_pairs(tokens["pairs"]),
                PAIR,
                self._intents,
                np.array([intent_names().index(intent) for intent in tokens["intents"]], np.int64),
                tells,
                share,
                average,
                K1,
                B,
            )
        finally:
            grams[found], stops[words] = -1, -1
        return judged

    def _columns_of(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """For each word and each gram the column of what is asked, -1 for none: one pair of arrays a thread."""
        if not hasattr(self._scratch, "columns"):
            sizes = len(self._word_keys), len(self._gram_keys)
            self._scratch.columns = tuple(np.full(size, -1, np.int32) for size in sizes)
        columns: tuple[NDArray[np.int32], NDArray[np.int32]] = self._scratch.columns
        return columns

    def _pairs(self, tokens: list[str], words: Numbers, owner: Numbers) -> _Found:
        there = np.flatnonzero(owner[1:] == owner[:-1])
        terms = self._word_keys[words]
        found, column = match(pair_keys(terms[there], terms[there + 1]), keys_of_pairs(tokens))
        return owner[there[found]], column

    def _grams(self, tokens: list[str], words: Numbers, owner: Numbers) -> _Found:
        found, column = match(self._gram_keys, keys_of(tokens))
        column_of = np.full(len(self._gram_keys), -1)
        column_of[found] = column
        # What the words here have of the wanted grams, once for each word however often it occurs.
        seen = np.zeros(len(self._word_keys), np.bool_)
        seen[words] = True
        known = np.flatnonzero(seen)
        place_of = np.empty(len(seen), np.int64)
        place_of[known] = np.arange(len(known))
        entry, word = expand(self._word_grams_starts, known)
        column = column_of[self._word_grams[entry]]
        word, column = word[column >= 0], column[column >= 0]
        starts = np.zeros(len(known) + 1, np.int64)
        np.cumsum(np.bincount(word, minlength=len(known)), out=starts[1:])
        entry, occurrence = expand(starts, place_of[words])
        return owner[occurrence], column[entry]

    def _stop_words(self, tokens: list[str], words: Numbers, owner: Numbers) -> _Found:
        column_of = np.full(len(self._word_keys), -1)
        for number, token in enumerate(tokens):
            if token in self._stops:
                column_of[self._stops[token]] = number
        column = column_of[words]
        return owner[column >= 0], column[column >= 0]


def _sums(
    counts: Numbers, width: int, lengths: Numbers, share: NDArray[np.float64], average: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each document and token the weighted, saturated counts of its fields, added in the order of FIELDS."""
    documents = len(share)
    own = (share * (average > 0)).ravel()
    norm = K1 * (1 - B + B * lengths / np.where(average > 0, average, 1.0).ravel())
    cell = np.flatnonzero(counts)
    count, field = counts[cell].astype(np.float64), cell // width
    worth = own[field] * (count * (K1 + 1) / (count + norm[field]))
    # Summed with weights it is made of floats, which the stubs of bincount do not know.
    sums: NDArray[np.float64] = np.zeros(documents * width)
    sums += np.bincount(field // len(FIELDS) * width + cell % width, worth, len(sums))
    return sums.reshape(-1, width)

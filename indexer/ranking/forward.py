"""Forward rows: the words of every document in their order, from which the finer channels judge a few documents.

Postings of pairs and grams would be several times those of the terms; the words themselves are one number each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.terms import stop_words
from indexer.ranking.columns import KINDS
from indexer.ranking.keys import Keys, Numbers, counts_of, expand, key_of, match, pair_keys
from indexer.ranking.tables import Strings, map_array
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, B, Statistics

# The field and the column of everything found.
_Found = tuple[Numbers, Numbers]


class Forward:
    """The forward rows of a generation, mapped."""

    def __init__(self, folder: Path, statistics: Statistics) -> None:
        self._statistics = statistics
        for name in (
            "sequence",
            "sequence_starts",
            "intents",
            "intent_counts",
            "han",
            "word_keys",
            "word_grams",
            "word_grams_starts",
            "gram_keys",
            "gram_counts",
            "pair_keys",
            "pair_counts",
            "word_counts",
        ):
            setattr(self, f"_{name}", map_array(folder, name))
        words = Strings(folder, "words")
        self._stops = {word: number for word in sorted(stop_words()) if (number := words.find(word)) >= 0}
        self._is_term = np.ones(len(words), np.bool_)
        self._is_term[list(self._stops.values())] = False

    _sequence: NDArray[np.int32]
    _sequence_starts: Numbers
    _intents: NDArray[np.int32]
    _intent_counts: NDArray[np.int32]
    _han: NDArray[np.bool_]
    _word_keys: Keys
    _word_grams: NDArray[np.int32]
    _word_grams_starts: Numbers
    _word_counts: NDArray[np.int32]
    _gram_keys: Keys
    _gram_counts: NDArray[np.int32]
    _pair_keys: Keys
    _pair_counts: NDArray[np.int32]

    def frequencies(self, tokens: Sequence[str], channel: str) -> list[int]:
        """In how many documents each token of a finer channel occurs."""
        if channel == "intents":
            return [int(self._intent_counts[intent_names().index(token)]) for token in tokens]
        if channel == "stops":
            return [int(self._word_counts[self._stops[token]]) if token in self._stops else 0 for token in tokens]
        counted: list[int] = (
            counts_of(self._pair_keys, self._pair_counts, _keys_of_pairs(tokens))
            if channel == "pairs"
            else counts_of(self._gram_keys, self._gram_counts, _keys_of(tokens))
        ).tolist()
        return counted

    def relative_lengths(self, numbers: NDArray[np.int64], lengths: Sequence[int]) -> list[float]:
        """The lengths of documents over the median of their kind."""
        medians = [self._statistics.of_document(han=han).median for han in self._han[numbers].tolist()]
        return [(1 + length) / median for length, median in zip(lengths, medians, strict=True)]

    def judge(
        self, numbers: NDArray[np.int64], kinds: NDArray[np.int8], finer: Mapping[str, Mapping[str, float]]
    ) -> NDArray[np.float64]:
        """What the finer channels say for each of some documents: how much each token tells × its saturated counts.

        Sums are in float64 in the order of channels and tokens, as in the plain engine.
        """
        tokens = [(channel, token) for channel in FINER for token in sorted(finer[channel])]
        if not tokens or not len(numbers):
            return np.zeros(len(numbers))
        fields = (numbers[:, None] * len(FIELDS) + np.arange(len(FIELDS))).ravel()
        place, owner = expand(self._sequence_starts, fields)
        words = self._sequence[place].astype(np.int64)
        # A cell is a field and a token: field * width + column. Each channel gives the cells of what it finds.
        width, first, cells = len(tokens), 0, list[Numbers]()
        for channel, find in (("pairs", self._pairs), ("grams", self._grams), ("stops", self._stop_words)):
            field, column = find(sorted(finer[channel]), words, owner)
            cells.append(field * width + column + first)
            first += len(finer[channel])
        for number, intent in enumerate(sorted(finer["intents"]), first):
            there = self._intents.ravel()[fields] >> intent_names().index(intent) & 1
            cells.append(np.flatnonzero(there) * width + number)
        counts = np.bincount(np.concatenate(cells), minlength=len(fields) * width)
        lengths = np.bincount(owner[self._is_term[words]], minlength=len(fields))
        scores = self._sums(counts, width, lengths, kinds, self._han[numbers]) * [
            finer[channel][token] for channel, token in tokens
        ]
        return np.add.accumulate(scores, axis=1)[:, -1]  # adds one after the other, unlike sum

    def _pairs(self, tokens: list[str], words: Numbers, owner: Numbers) -> _Found:
        there = np.flatnonzero(owner[1:] == owner[:-1])
        terms = self._word_keys[words]
        found, column = match(pair_keys(terms[there], terms[there + 1]), _keys_of_pairs(tokens))
        return owner[there[found]], column

    def _grams(self, tokens: list[str], words: Numbers, owner: Numbers) -> _Found:
        found, column = match(self._gram_keys, _keys_of(tokens))
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
        self, counts: Numbers, width: int, lengths: Numbers, kinds: NDArray[np.int8], han: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """For each document and token the weighted, saturated counts of its fields, added in the order of FIELDS."""
        own = [self._statistics.of_document(han=kind) for kind in (False, True)]
        averages = np.array([[kind.average.get(field, 0.0) for field in FIELDS] for kind in own])
        average = averages[han.astype(np.int64)]
        shares = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
        share = (shares[kinds] * (average > 0)).ravel()
        norm = K1 * (1 - B + B * lengths / np.where(average > 0, average, 1.0).ravel())
        cell = np.flatnonzero(counts)
        count, field = counts[cell].astype(np.float64), cell // width
        worth = share[field] * (count * (K1 + 1) / (count + norm[field]))
        # Summed with weights it is made of floats, which the stubs of bincount do not know.
        sums: NDArray[np.float64] = np.zeros(len(kinds) * width)
        sums += np.bincount(field // len(FIELDS) * width + cell % width, worth, len(sums))
        return sums.reshape(-1, width)


def _keys_of(tokens: Sequence[str]) -> Keys:
    return np.array([key_of(token) for token in tokens], np.uint64)


def _keys_of_pairs(tokens: Sequence[str]) -> Keys:
    """The keys of pairs that are written with a space between their terms."""
    keys = np.array([[key_of(term) for term in token.split(" ")] for token in tokens], np.uint64).reshape(-1, 2)
    return pair_keys(keys[:, 0], keys[:, 1])

"""Forward rows: the words of every document in their order, from which the finer channels judge a few documents.

Postings of pairs and grams would be several times those of the terms; the words themselves are one number each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.terms import stop_words
from indexer.ranking.columns import KINDS
from indexer.ranking.frequencies import keys_of
from indexer.ranking.keys import Keys, Numbers, expand, match, starts_of
from indexer.ranking.tables import Strings, map_array
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, Statistics, norm_of

# So many tokens are remembered with their numbers before all are forgotten.
_REMEMBERED = 1 << 16
# How much a field of a kind of document counts.
_SHARES = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
# The field and the column of everything found.
_Found = tuple[Numbers, Numbers]


class _Asked(NamedTuple):
    """The tokens that are asked for, as numbers of a segment, -1 for one that it does not have; how much each tells;
    and what each field of the documents is worth and adds to a count (see weighting.norm).
    """

    pairs: Numbers
    grams: Numbers
    stops: Numbers
    intents: Numbers
    tells: NDArray[np.float64]
    worths: NDArray[np.float64]
    norms: NDArray[np.float64]


class Forward:
    """The forward rows of one segment, mapped."""

    def __init__(
        self,
        folder: Path,
        statistics: Statistics,
        number_of: Callable[[str], int],
        kernels: ModuleType | None = None,
    ) -> None:
        """`number_of` gives the number of a term in the segment, -1 for none; `kernels` is the compiled form, or None
        for NumPy's: both give the same to the last bit.
        """
        self._number_of, self._kernels = number_of, kernels
        own = [statistics.of_document(han=han) for han in (False, True)]
        self._averages = np.array([[kind.average.get(field, 0.0) for field in FIELDS] for kind in own])
        self._medians = np.array([kind.median for kind in own])
        for name in (
            "sequence",
            "sequence_starts",
            "lengths",
            "intents",
            "han",
            "word_terms",
            "word_grams",
            "word_grams_starts",
            "gram_keys",
        ):
            setattr(self, f"_{name}", map_array(folder, name))
        words = Strings(folder, "words")
        self._stops = {word: number for word in sorted(stop_words()) if (number := words.find(word)) >= 0}
        # For the compiled form, a set a thread: zeros for each word and gram, as it leaves them.
        self._scratch = threading.local()
        self._known_grams: dict[str, int] = {}

    _sequence: NDArray[np.int32]
    _sequence_starts: Numbers
    _lengths: NDArray[np.int32]
    _intents: NDArray[np.int32]
    _han: NDArray[np.bool_]
    _word_terms: NDArray[np.int32]
    _word_grams: NDArray[np.int32]
    _word_grams_starts: Numbers
    _gram_keys: Keys

    def relative_lengths(self, numbers: Numbers) -> NDArray[np.float64]:
        """The lengths of documents, plus one, over the median of their kind."""
        lengths = 1.0 + self._lengths[numbers].sum(axis=1)
        relative: NDArray[np.float64] = lengths / self._medians[self._han[numbers].astype(np.int8)]
        return relative

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
        average = self._averages[self._han[numbers].astype(np.int8)]
        asked = _Asked(
            pairs=self._pair_keys(tokens["pairs"]),
            grams=self._gram_numbers(tokens["grams"]),
            stops=np.array([self._stops.get(token, -1) for token in tokens["stops"]], np.int64),
            intents=np.array([intent_names().index(intent) for intent in tokens["intents"]], np.int64),
            tells=tells,
            worths=_SHARES[kinds],
            norms=norm_of(self._lengths[numbers], average),
        )
        return self._judge_compiled(numbers, asked) if self._kernels else self._judge(numbers, asked)

    def _judge(self, numbers: Numbers, asked: _Asked) -> NDArray[np.float64]:
        fields = (numbers[:, None] * len(FIELDS) + np.arange(len(FIELDS))).ravel()
        place, owner = expand(self._sequence_starts, fields)
        words = self._sequence[place].astype(np.int64)
        # A cell is a field and a token: field * width + column. Each channel gives the cells of what it finds.
        width, first, cells = len(asked.tells), 0, list[Numbers]()
        for wanted, find in ((asked.pairs, self._pairs), (asked.grams, self._grams), (asked.stops, self._stop_words)):
            field, column = find(wanted, words, owner)
            cells.append(field * width + column + first)
            first += len(wanted)
        for number, intent in enumerate(asked.intents.tolist(), first):
            cells.append(np.flatnonzero(self._intents.ravel()[fields] >> intent & 1) * width + number)
        counts = np.bincount(np.concatenate(cells), minlength=len(fields) * width)
        scores = _sums(counts, width, asked.worths, asked.norms) * asked.tells
        judged: NDArray[np.float64] = np.add.accumulate(scores, axis=1)[:, -1]  # adds one after the other, unlike sum
        return judged

    def _judge_compiled(self, numbers: Numbers, asked: _Asked) -> NDArray[np.float64]:
        kernels = self._kernels
        assert kernels is not None
        scratch: tuple[NDArray[np.int32], ...] | None = getattr(self._scratch, "zeros", None)
        if scratch is None:
            sizes = len(self._word_terms), len(self._gram_keys)
            scratch = self._scratch.zeros = tuple(np.zeros(size, np.int32) for size in sizes)
        judged: NDArray[np.float64] = kernels.judge(
            numbers,
            self._sequence,
            self._sequence_starts,
            self._word_terms,
            self._word_grams,
            self._word_grams_starts,
            *scratch,
            asked.pairs,
            asked.grams,
            asked.stops,
            self._intents,
            asked.intents,
            asked.tells,
            asked.worths,
            asked.norms,
            K1 + 1,
        )
        return judged

    def _pair_keys(self, tokens: Sequence[str]) -> Numbers:
        """The keys of pairs of terms in this segment, -1 where one of them is not in it."""
        keys = []
        for token in tokens:
            first, _, second = token.partition(" ")
            one, other = self._number_of(first), self._number_of(second)
            keys.append(one << 32 | other if one >= 0 and other >= 0 else -1)
        return np.array(keys, np.int64)

    def _gram_numbers(self, tokens: Sequence[str]) -> Numbers:
        """The numbers of grams in this segment, -1 where it has none."""
        known = self._known_grams
        if new := [token for token in tokens if token not in known]:
            if len(known) > _REMEMBERED:
                known = self._known_grams = {}
                new = list(tokens)
            known.update(zip(new, _places(self._gram_keys, keys_of(new)).tolist(), strict=True))
        return np.array([known[token] for token in tokens], np.int64)

    def _pairs(self, wanted: Numbers, words: Numbers, owner: Numbers) -> _Found:
        there = np.flatnonzero(owner[1:] == owner[:-1])
        terms = self._word_terms[words].astype(np.int64)
        found, column = match(terms[there] << 32 | terms[there + 1], wanted)
        return owner[there[found]], column

    def _grams(self, wanted: Numbers, words: Numbers, owner: Numbers) -> _Found:
        column_of = np.full(len(self._gram_keys), -1)
        column_of[wanted[wanted >= 0]] = np.flatnonzero(wanted >= 0)
        # What the words here have of the wanted grams, once for each word however often it occurs.
        seen = np.zeros(len(self._word_terms), np.bool_)
        seen[words] = True
        known = np.flatnonzero(seen)
        place_of = np.empty(len(seen), np.int64)
        place_of[known] = np.arange(len(known))
        entry, word = expand(self._word_grams_starts, known)
        column = column_of[self._word_grams[entry]]
        word, column = word[column >= 0], column[column >= 0]
        starts = starts_of(np.bincount(word, minlength=len(known)))
        entry, occurrence = expand(starts, place_of[words])
        return owner[occurrence], column[entry]

    def _stop_words(self, wanted: Numbers, words: Numbers, owner: Numbers) -> _Found:
        column_of = np.full(len(self._word_terms), -1)
        column_of[wanted[wanted >= 0]] = np.flatnonzero(wanted >= 0)
        column = column_of[words]
        return owner[column >= 0], column[column >= 0]


def _places(keys: Keys, wanted: Keys) -> Numbers:
    """The place of each wanted key among the ascending ones, -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def _sums(counts: Numbers, width: int, worths: NDArray[np.float64], norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each document and token the weighted, saturated counts of its fields, added in the order of FIELDS."""
    cell = np.flatnonzero(counts)
    count, field = counts[cell].astype(np.float64), cell // width
    worth = worths.ravel()[field] * (count * (K1 + 1) / (count + norms.ravel()[field]))
    # Summed with weights it is made of floats, which the stubs of bincount do not know.
    sums: NDArray[np.float64] = np.zeros(len(worths) * width)
    sums += np.bincount(field // len(FIELDS) * width + cell % width, worth, len(sums))
    return sums.reshape(-1, width)

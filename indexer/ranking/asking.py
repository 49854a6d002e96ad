"""Tells what one document is worth to many others that ask by their own texts, as when an update puts it into their
lists of neighbours: the sums of the second stage, made for all who ask at once.

Of a text that asks only those tokens matter that the document has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER, bare
from indexer.analysis.channels import grams_of
from indexer.analysis.intents import intent_names, intents, longest_intent
from indexer.ranking.forward import Forward, Wanted
from indexer.ranking.hashing import Numbers, expand, sums_of
from indexer.ranking.weighting import CHANNEL_WEIGHTS, STOPS_FROM

# A document asks by the first of its fields: title and body.
_OWN = 2
# For each kind of token that someone has who asks: who, which, and how often; of each who asks in the order of the
# text.
_Tokens = tuple[Numbers, Numbers, Numbers]


def said_to(
    forward: Forward, askers: Numbers, finer: Mapping[str, Mapping[str, float]], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Numbers]:
    """What the finer channels say of a document to each of some documents of a segment, and how many words these ask
    by. `finer` holds the rarities of the document's tokens, `counts` the saturated counts of each in it.
    """
    fields = (askers[:, None] * len(FIELDS) + np.arange(_OWN)).ravel()
    place, owner = expand(forward.arrays.sequence_starts, fields)
    words, asker = forward.arrays.sequence[place], owner // _OWN
    sizes = np.bincount(asker, minlength=len(askers))
    wanted, first = forward.wanted(finer), 0
    who, values = list[Numbers](), list[NDArray[np.float64]]()
    for channel, found in zip(FINER, _tokens(forward, askers, words, asker, wanted, finer), strict=True):
        own, column, often = found
        weights = np.full(len(own), CHANNEL_WEIGHTS[channel])
        if channel == "stops":
            weights *= np.minimum(1.0, STOPS_FROM / np.maximum(sizes[own], 1))
        at = first + column
        who.append(own)
        values.append(counts[at] * (weights * np.sqrt(often) * wanted.tells[at]))
        first += len(finer[channel])
    return sums_of(np.concatenate(who), np.concatenate(values), len(askers)), sizes


def _tokens(
    forward: Forward,
    askers: Numbers,
    words: NDArray[np.int32],
    asker: Numbers,
    wanted: Wanted,
    finer: Mapping[str, Mapping[str, float]],
) -> Iterator[_Tokens]:
    """The wanted tokens of each channel that those have who ask."""
    for channel, (numbers, (at, column)) in zip(FINER, forward.cells(wanted, words, asker), strict=False):
        rank = np.zeros(len(at), np.int64)
        if channel == "grams":
            rank = _places_in_words(forward, words[at], column, list(finer[channel]))
        order = np.lexsort((rank, at))
        cells = asker[at[order]] * len(numbers) + column[order]
        different, begin, often = np.unique(cells, return_index=True, return_counts=True)
        order = np.argsort(begin)
        yield different[order] // max(len(numbers), 1), different[order] % max(len(numbers), 1), often[order]
    yield _intent_tokens(_intents(forward, askers), wanted.intents)


def _intent_tokens(asked: Numbers, intents: Numbers) -> _Tokens:
    """The wanted intents that those have who ask, whose intents are given as bits; asked for in the order of names."""
    who, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for column in np.argsort(intents).tolist():
        who.append(np.flatnonzero(asked >> intents[column] & 1))
        columns.append(np.full(len(who[-1]), column))
    owners = np.concatenate(who)
    return owners, np.concatenate(columns), np.ones(len(owners), np.int64)


def _places_in_words(forward: Forward, words: NDArray[np.int32], column: Numbers, grams: list[str]) -> Numbers:
    """Where each of some grams stands first in a word."""
    pairs, again = np.unique(words.astype(np.int64) * max(len(grams), 1) + column, return_inverse=True)
    places = [
        grams_of(bare(forward.vocabulary[pair // len(grams)])).index(grams[pair % len(grams)])
        for pair in pairs.tolist()
    ]
    return np.array(places, np.int64)[again]


def _intents(forward: Forward, numbers: Numbers) -> Numbers:
    """The intents of documents that ask, as bits: those of their fields, and what stands across the end of a title."""
    bits: Numbers = np.bitwise_or.reduce(forward.arrays.intents[numbers, :_OWN], axis=1).astype(np.int64)
    reach = longest_intent() - 1
    for n, (begin, middle, end) in enumerate(zip(*_bounds(forward, numbers), strict=True)):
        if begin < middle < end:
            across = forward.arrays.sequence[max(begin, middle - reach) : min(end, middle + reach)].tolist()
            for name in intents([bare(forward.vocabulary[word]) for word in across]):
                bits[n] |= 1 << intent_names().index(name)
    return bits


def _bounds(forward: Forward, numbers: Numbers) -> Iterator[list[int]]:
    """Where titles begin, where they end and bodies begin, and where these end."""
    for field in range(_OWN + 1):
        yield forward.arrays.sequence_starts[numbers * len(FIELDS) + field].tolist()

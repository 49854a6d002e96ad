"""Defines weights: how much a term says about a document or a text; every constant with its experiment.

A text is looked at in six channels (indexer.analysis): its terms and concepts find, in the first stage; bigrams, grams,
stop words and intents judge the best hundred again, in the second. Each constant stands beside the experiment that set
it; docs/reference/relevance.md has the figures and how to reproduce them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Place, is_han
from indexer.analysis.compounds import stand_alone

# Flat: 30 % more or less on any one of these moves the mean nDCG@10 of the development tasks by less than .003.
K1 = 0.8
B = 0.8
IDF_POWER = 1.25
# Weight of a field by kind of document; the answer's ½ was measured (0: .900, ½: .917, 1: .905). `more` is the
# site's own text: it may be found, but it must not steer (not measured yet).
FIELD_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "question": {"title": 2.0, "body": 1.0, "answer": 0.5, "more": 0.25},
    "article": {"title": 3.0, "body": 1.0},
}
# Cumulative gain on half B, pairs / among 6,900 / long text to title: concepts +.011/.012/.011, bigrams
# +.003/.008/.015, grams +.005/.016/.010, stop words and intents +.002/.003/.001.
CHANNEL_WEIGHTS: Mapping[str, float] = {
    "terms": 1.0,
    "concepts": 0.6,
    "bigrams": 0.2,
    "grams": 0.15,
    "stops": 0.3,
    "intents": 0.5,
}
# The stop words of a long text are noise: from this many words on, their weight falls with 1/words.
STOPS_FROM = 30
# Long texts match long documents by chance: from this many words on, a document's length counts against it
# (long text to title .820 -> .859, to answer .620 -> .662) ...
LONG_TEXT = 20
LENGTH_POWER = 0.15
# ... and the rarer of its words count for more (long text to title +.011/+.003 on halves A/B, to answer +.015/+.002,
# forum post to answer +.018/+.014; .15 gains half of that, .6 loses on half B).
STEEPNESS = 0.3
# So many of the first stage are weighed again in the second; 30 would lose up to .006 nDCG@10.
RESCORED = 100
# So many documents that are nearest by meaning are weighed again with them: ten to thirty give all of the gain; without
# any the mean nDCG@10 of the development tasks is .010 lower.
NEAREST = 30
# A page is a hit that matches at least this share of what the best but nine match: the first page of a list is always
# full, and of what lies beyond a median of 284 hits is left on 40 judged searches, of 1,456. nDCG@10 is .612 there; at
# .6 it is .610 with 146 hits, and .002 less on short medical queries; where the very best page sets the measure it is
# .605, and .013 less.
HIT_SHARE, HIT_PLACE = 0.5, 10
# The shares of a search's words are whole numbers of about this sum: whoever adds them up adds them alike in any order.
WHOLE = 10_000
# Fewer documents of a language than this have no statistics worth their own.
LEAST_OF_A_KIND = 100


class SearchWord(NamedTuple):
    """A word of a search: its share of the rarity of all words, the terms and concepts by which a page matches it, and
    for a compound the words it is made of, by which a page matches it too: one after the other or, where it is `loose`,
    anywhere.

    Shares are whole numbers, together about WHOLE.
    """

    share: int
    names: tuple[str, ...]
    parts: tuple[str, ...] = ()
    loose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What weights are made from, frozen at a full build.

    `average` is the mean length of each field over the documents that have terms there;
    `concepts` the same in concepts; `median` is the median length of a whole document in terms, plus one. Where an
    index holds enough documents of both kinds, those written in characters have statistics of their own, `han`: one
    language must not change what the other's words weigh.
    """

    documents: int
    average: Mapping[str, float]
    concepts: Mapping[str, float]
    median: float
    han: Statistics | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Statistics:
        """The statistics that a manifest holds."""
        han = record["han"]
        return cls(**{**record, "han": None if han is None else cls.from_record(han)})

    def of_document(self, *, han: bool) -> Statistics:
        """The statistics of a document's kind."""
        return self.han if han and self.han else self

    def averages(self, name: str) -> NDArray[np.float64]:
        """The mean length of each field by `average` or `concepts` (0: not known): a row for documents that are not
        written in characters, one for those that are.
        """
        kinds = [getattr(self.of_document(han=han), name) for han in (False, True)]
        return np.array([[kind.get(field, 0.0) for field in FIELDS] for kind in kinds])

    @property
    def rarest(self) -> float:
        """The rarity of a token that no document has."""
        return rarity(self.documents, 0)

    def rarity(self, token: str, frequency: int) -> float:
        """The rarity of a token that so many documents have, among the documents of its kind."""
        return rarity(max(self.of_document(han=is_han(token)).documents, frequency), frequency)

    def rarities(self, tokens: Sequence[str], frequencies: Sequence[int]) -> list[float]:
        """The rarity of each of some tokens that so many documents have."""
        if self.han is not None:
            return [self.rarity(token, n) for token, n in zip(tokens, frequencies, strict=True)]
        return [rarity(max(self.documents, n), n) for n in frequencies]


@lru_cache(maxsize=1 << 16)
def rarity(documents: int, frequency: int) -> float:
    """idf to the power 1.25 of a term that `frequency` of `documents` documents have; the largest for 0."""
    return float(math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) ** IDF_POWER)


def norm(length: int, average: float) -> float:
    """What a field's length adds to the count of a term before it saturates (BM25, Robertson and Zaragoza 2009)."""
    return K1 * (1 - B + B * length / average)


def norm_of(lengths: NDArray[np.integer], averages: NDArray[np.float64]) -> NDArray[np.float64]:
    """The `norm` of many lengths; where no average is known (0) a length is the usual one."""
    there = averages > 0
    norms: NDArray[np.float64] = K1 * (1 - B + B * np.where(there, lengths, 1) / np.where(there, averages, 1.0))
    return norms


def saturation(count: int, norm: float) -> float:
    """How much `count` occurrences say: from 0 towards K1 + 1, the first ones most."""
    return count * (K1 + 1) / (count + norm)


def query_weights(bag: Mapping[str, int], channel: str, words: int) -> dict[str, float]:
    """The weight of each token of a visitor's text of so many words: the channel's, times the square root of how often
    the token occurs.
    """
    weight = CHANNEL_WEIGHTS[channel]
    if channel == "stops":
        weight *= min(1.0, STOPS_FROM / max(words, 1))
    return {token: weight if count == 1 else weight * math.sqrt(count) for token, count in bag.items()}


def steepened(weights: Mapping[str, float], rarities: Mapping[str, float], words: int) -> dict[str, float]:
    """The weights of a long text's terms, with the rare ones raised: their sum, times rarity, stays what it was.

    The rarest term is that of all terms given; up to 20 words nothing changes.
    """
    power = STEEPNESS * math.log(max(words, LONG_TEXT) / LONG_TEXT)
    most = max(rarities.values(), default=0.0)
    if not power or not most:
        return dict(weights)
    raised = {term: weight * (rarities[term] / most) ** power for term, weight in weights.items()}
    before = math.fsum(weight * rarities[term] for term, weight in weights.items())
    after = math.fsum(weight * rarities[term] for term, weight in raised.items())
    return {term: weight * (before / after) for term, weight in raised.items()}


def search_words(places: Sequence[Place], rarities: Sequence[float]) -> tuple[SearchWord, ...]:
    """The words of a search, each with its share, from how rare each is. Whole words with a hyphen may stand apart."""
    whole = math.fsum(rarities)
    return tuple(
        SearchWord(
            share=max(1, round(WHOLE * rare / whole)),
            names=(place.term, *place.names),
            parts=place.parts,
            loose=place.compound and stand_alone(place.parts),
        )
        for place, rare in zip(places, rarities, strict=True)
    )


def least_share(shares: Iterable[int], wanted: int = 0) -> float:
    """The share that a hit must match, where these are the shares of all documents that come into question: what is
    `wanted`, if a document matches so much.
    """
    best = nlargest(HIT_PLACE, shares)
    if wanted and best and best[0] >= wanted:
        return wanted
    return max(1.0, HIT_SHARE * best[-1]) if best else 1.0


def length_factor(length: float, words: int) -> float:
    """What a document's score is multiplied by for a text of so many words, 1 up to 20; `length` is over the median."""
    return float(length ** length_exponent(words))


def length_exponent(words: int) -> float:
    """The exponent of `length_factor`."""
    return -LENGTH_POWER * math.log(max(words, LONG_TEXT) / LONG_TEXT)

"""The definition of a weight: how much a term says about a document, the same for every engine.

The formula and its constants are those that the experiments on half A of the development tasks favoured (nDCG@10 on
half B, pairs .903 for plain BM25 against .912; long question to title .763 against .783, and .859 with the length
correction). They are flat: 30 % more or less on any one moves the mean by less than .003.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

K1 = 0.8
B = 0.8
IDF_POWER = 1.25
# Weight of a field by kind of document; the answer's ½ was measured (0: .900, ½: .917, 1: .905). `more` is the
# site's own text: it may be found, but it must not steer (not measured yet).
FIELD_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "question": {"title": 2.0, "body": 1.0, "answer": 0.5, "more": 0.25},
    "article": {"title": 3.0, "body": 1.0},
}
# Long texts match long documents by chance: from this many words on, a document's length counts against it.
LONG_TEXT = 20
LENGTH_POWER = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What weights are made from, frozen at a full build.

    `average` is the mean length of each field over the documents that have it, in terms that ranking counts;
    `median` is the median length of a whole document plus one.
    """

    documents: int
    average: Mapping[str, float]
    median: float

    @classmethod
    def of(cls, lengths: Iterable[Mapping[str, int]]) -> Statistics:
        """The statistics of documents whose fields have these lengths."""
        totals: dict[str, int] = {}
        having: dict[str, int] = {}
        whole: list[int] = []
        for fields in lengths:
            whole.append(1 + sum(fields.values()))
            for name, length in fields.items():
                totals[name] = totals.get(name, 0) + length
                having[name] = having.get(name, 0) + 1
        average = {name: totals[name] / having[name] for name in sorted(totals) if totals[name]}
        whole.sort()
        middle = (whole[(len(whole) - 1) // 2] + whole[len(whole) // 2]) / 2 if whole else 1.0
        return cls(documents=len(whole), average=average, median=middle)


def rarity(documents: int, frequency: int) -> float:
    """idf to the power 1.25 of a term that `frequency` of `documents` documents have; the largest for 0."""
    return float(math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) ** IDF_POWER)


def norm(length: int, average: float) -> float:
    """What a field's length adds to the count of a term before it saturates (BM25, Robertson and Zaragoza 2009)."""
    return K1 * (1 - B + B * length / average)


def saturation(count: int, norm: float) -> float:
    """How much `count` occurrences say: from 0 towards K1 + 1, the first ones most."""
    return count * (K1 + 1) / (count + norm)


def query_weights(bag: Mapping[str, int]) -> dict[str, float]:
    """The weight of each term of a visitor's text: the square root of how often it occurs."""
    return {term: math.sqrt(count) for term, count in bag.items()}


def length_factor(length: int, median: float, words: int) -> float:
    """What a document's score is multiplied by for a text of so many words; 1 up to 20 words."""
    return float((length / median) ** (-LENGTH_POWER * math.log(max(words, LONG_TEXT) / LONG_TEXT)))

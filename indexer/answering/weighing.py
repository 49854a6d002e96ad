"""Weighing: a visitor's text as the weighted bags that rank by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from indexer.analysis import Analysed
from indexer.engines import Engine
from indexer.ranking.weighting import query_weights, rarity, steepened


class Weighed(NamedTuple):
    """`first` are the weights of terms and concepts, `finer` those of the tokens of the finer channels; `telling` is
    how much each term and concept tells (weight times rarity), `words` the number of words.
    """

    first: dict[str, float]
    finer: dict[str, dict[str, float]]
    telling: dict[str, float]
    words: int

    @property
    def possible(self) -> float:
        """What terms and concepts could earn at best."""
        return math.fsum(self.telling.values())  # the same in every Python, unlike sum


def weigh(engine: Engine, text: Analysed) -> Weighed:
    """The weights of a text in an index."""
    words = len(text.sequence)
    rarities = _rarities(engine, [*text.bag, *text.concepts])
    terms = steepened(query_weights(text.bag, "terms", words), {term: rarities[term] for term in text.bag}, words)
    first = terms | query_weights(text.concepts, "concepts", words)
    finer = {channel: query_weights(bag, channel, words) for channel, bag in text.finer().items()}
    return Weighed(first, finer, {term: weight * rarities[term] for term, weight in first.items()}, words)


def _rarities(engine: Engine, terms: list[str]) -> Mapping[str, float]:
    total = engine.statistics.documents
    return {term: rarity(total, n) for term, n in zip(terms, engine.frequencies(terms), strict=True)}

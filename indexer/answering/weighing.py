"""Weighing: a visitor's text as the weighted bags that rank by it."""

from __future__ import annotations

import math
from itertools import chain
from typing import NamedTuple

from indexer.analysis import Analysed
from indexer.engines import Engine
from indexer.ranking.weighting import query_weights, steepened


class Weighed(NamedTuple):
    """`first` are the weights of terms and concepts; `telling` is how much each of them tells (weight times rarity),
    `finer` the same of the tokens of the finer channels; `words` is the number of words.
    """

    first: dict[str, float]
    telling: dict[str, float]
    finer: dict[str, dict[str, float]]
    words: int

    @property
    def possible(self) -> float:
        """What a perfect match would earn, once for every field weight."""
        # fsum, unlike sum, is the same in every Python.
        return math.fsum(chain(self.telling.values(), *(bag.values() for bag in self.finer.values())))


def weigh(engine: Engine, text: Analysed, *, concepts: float = 1.0) -> Weighed:
    """The weights of a text in an index; those of its concepts are multiplied by `concepts`. A word that no document
    has tells most of all; any other token without a document tells nothing.
    """
    words = len(text.sequence)
    first, telling = weigh_first(engine, text, concepts=concepts)
    finer = {}
    for channel, bag in text.finer.items():
        known, weights = engine.rarities(bag, channel, known=True), query_weights(bag, channel, words)
        finer[channel] = {token: weights[token] * rare for token, rare in known.items()}
    return Weighed(first, telling, finer, words)


def weigh_first(engine: Engine, text: Analysed, *, concepts: float = 1.0) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of a text's terms and concepts, and how much each tells: all that a card's words need."""
    words = len(text.sequence)
    rare = engine.rarities(text.bag)
    terms = steepened(query_weights(text.bag, "terms", words), rare, words)
    asked = engine.analyzer.asked(text)
    known = engine.rarities(asked, known=True)
    named = query_weights({concept: asked[concept] for concept in known}, "concepts", words)
    first, rare = terms | {concept: weight * concepts for concept, weight in named.items()}, rare | known
    return first, {term: weight * rare[term] for term, weight in first.items()}

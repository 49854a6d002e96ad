"""Weighs the terms, concepts and finer tokens of a text that is asked with, by rarity; all rankings begin so."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from indexer.analysis import Analysed, Place
from indexer.analysis.terms import stem
from indexer.generation import Generation
from indexer.ranking.weighting import query_weights, steepened


class Weighed(NamedTuple):
    """`weights` are those of terms and concepts; `telling` is how much each of them tells (weight times rarity),
    `finer` the same of the tokens of the finer channels; `words` is the number of words.
    """

    weights: dict[str, float]
    telling: dict[str, float]
    finer: dict[str, dict[str, float]]
    words: int

    @property
    def possible(self) -> float:
        """Weight times rarity of all tokens together: the scale against which a score is strong or weak."""
        # fsum, unlike sum, is the same in every Python.
        return math.fsum(chain(self.telling.values(), *(bag.values() for bag in self.finer.values())))


def weigh(generation: Generation, text: Analysed, *, concepts: float = 1.0) -> Weighed:
    """The weights of a text in an index; those of its concepts are multiplied by `concepts`. A word that no document
    has tells most of all; any other token without a document tells nothing.
    """
    words = len(text.sequence)
    weights, telling = weigh_terms(generation, text, concepts=concepts)
    finer = {}
    for channel, bag in text.finer.items():
        rare, own = generation.rarities(bag, channel, present=True), query_weights(bag, channel, words)
        finer[channel] = {token: own[token] * rarity for token, rarity in rare.items()}
    return Weighed(weights, telling, finer, words)


def weigh_terms(
    generation: Generation, text: Analysed, *, concepts: float = 1.0
) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of a text's terms and concepts, and how much each tells: all that a card's words need."""
    words = len(text.sequence)
    rare = generation.rarities(text.bag)
    terms = steepened(query_weights(text.bag, "terms", words), rare, words)
    asked = generation.analyzer.asked(text)
    named = generation.rarities(asked, present=True)
    light = query_weights({concept: asked[concept] for concept in named}, "concepts", words)
    exact, rare = terms | {concept: weight * concepts for concept, weight in light.items()}, rare | named
    # Of 32 bits, as they are stored: what an update sums with stored weights is then exactly what ranking sums.
    weights = dict(zip(exact, array("f", exact.values()), strict=True))
    return weights, {term: weight * rare[term] for term, weight in weights.items()}


def place_rarities(generation: Generation, places: Sequence[Place]) -> list[float]:
    """How rare each word of a text is. One of two parts is as frequent as these are side by side, however written."""
    rare = generation.rarities({place.term for place in places})
    sides = {place.term: " ".join(map(stem, place.parts)) for place in places if len(place.parts) == 2}
    beside = generation.rarities(sides.values(), "bigrams", present=True)
    return [min(rare[place.term], beside.get(sides.get(place.term, ""), math.inf)) for place in places]


def own_analysed(generation: Generation, id_: str) -> Analysed:
    """What a document is compared by, in terms: its title and body, as the generation keeps their words."""
    return generation.analyzer.analyse_words(
        [*generation.words([id_], "title")[0], *generation.words([id_], "body")[0]]
    )

"""Weighs the terms, concepts and finer tokens of a text that is asked with, by rarity; all rankings begin so."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from indexer.analysis import Analysed, Place
from indexer.analysis.compounds import is_number
from indexer.analysis.terms import stem
from indexer.analysis.wordlists import MEASURES
from indexer.generation import FindRequest, Generation, Meant
from indexer.ranking.vectors import Vector, quantised
from indexer.ranking.weighting import Statistics, query_weights, steepened

# Between share of the possible (1) and bare score (0), set on 775 questions and their rewrites by doctors.
_POSSIBLE_POWER = 0.45
# What a cosine of 1 adds to a score, in parts of what a strong neighbour has, and from how many words on: of fewer each
# says more than the vector of all (docs/why/meaning.md).
MEANING, ENOUGH_WORDS = 7.0, 8


class Weighed(NamedTuple):
    """`weights` are those of terms and concepts; `telling` is how much each of them tells (weight times rarity),
    `finer` the same of the tokens of the finer channels; `words` is the number of words. `meant` is what the text
    means, where an encoder tells.
    """

    weights: dict[str, float]
    telling: dict[str, float]
    finer: dict[str, dict[str, float]]
    words: int
    meant: Meant | None = None

    @property
    def request(self) -> FindRequest:
        """What is asked for the documents that are most like the text, of all."""
        return FindRequest(weights=self.weights, finer=self.finer, words=self.words, meant=self.meant)

    @property
    def possible(self) -> float:
        """Weight times rarity of all tokens together: the scale against which a score is strong or weak."""
        # fsum, unlike sum, is the same in every Python.
        return math.fsum(chain(self.telling.values(), *(bag.values() for bag in self.finer.values())))


def vector_of_text(generation: Generation, written: str, text: Analysed) -> Vector | None:
    """What a text means, as it is `written`; None where no encoder tells: none reads a text in characters."""
    if generation.encoder is None or text.in_han:
        return None
    (vector,) = quantised(generation.encoder.encode([written]))
    return vector if vector.any() else None


def weigh_text(generation: Generation, written: str, text: Analysed, *, concepts: float = 1.0) -> Weighed:
    """The weights of a text and what it means, as it is `written`."""
    return weigh(generation, text, concepts=concepts, vector=vector_of_text(generation, written, text))


def weigh(generation: Generation, text: Analysed, *, concepts: float = 1.0, vector: Vector | None = None) -> Weighed:
    """The weights of a text in an index; those of its concepts are multiplied by `concepts`. A word that no document
    has tells most of all; any other token without a document tells nothing. `vector` is what the text means.
    """
    words = len(text.sequence)
    weights, telling = weigh_terms(generation, text, concepts=concepts)
    finer = {}
    for channel, bag in text.finer.items():
        rare, own = generation.rarities(bag, channel, present=True), query_weights(bag, channel, words)
        finer[channel] = {token: own[token] * rarity for token, rarity in rare.items()}
    weighed = Weighed(weights, telling, finer, words)
    if vector is None or not vector.any() or weighed.possible <= 0:
        return weighed
    return weighed._replace(meant=Meant(vector, meaning_weight(generation.statistics, words, weighed.possible)))


def meaning_weight(own: Statistics, words: int, possible: float) -> float:
    """What a cosine of 1 adds to the scores for a text of so many words, which tells so much in all."""
    return MEANING * min(1.0, words / ENOUGH_WORDS) * scale_of(own, possible)


def scale_of(own: Statistics, possible: float) -> float:
    """What the score of a strong neighbour of a text is measured by: possible^.45 · rarest^.55. A sum of matches grows
    with the number of terms, what chance adds to it more slowly; the rarity of a term that no document has takes out
    the size of the index.
    """
    return float(possible**_POSSIBLE_POWER * own.rarest ** (1 - _POSSIBLE_POWER))


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


def is_amount(place: Place) -> bool:
    """Whether a word is a number, or several, alone or with what it counts: fever 39, 150/95, 2 days, 500 mg."""
    numbers = place.parts or (place.term,)
    return all(is_number(part) or part in MEASURES for part in numbers) and any(map(is_number, numbers))


def own_analysed(generation: Generation, id_: str) -> Analysed:
    """What a document is compared by, in terms: its title and body, as the generation keeps their words."""
    return generation.analyzer.analyse_words(
        [*generation.words([id_], "title")[0], *generation.words([id_], "body")[0]]
    )

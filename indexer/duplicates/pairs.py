"""Pairs: how likely two questions are the same question, by the words of the questions alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from corpus import Document
from indexer.analysis import Analysed
from indexer.answering.weighing import rarities
from indexer.duplicates.templates import Templates
from indexer.engines import Engine
from indexer.ranking.weighting import STOPS_FROM, rarity
from indexer.types import Band

# Logistic regression on 1,550 pairs by doctors (775 rewrites, 775 look-alikes): AUC .815 cross-validated by doctor,
# .798 without stop words and unmatched terms. docs/reference/duplicates.md says what the score means.
_GRAMS, _CONCEPTS, _PAIRS, _STOPS, _INTENTS, _UNMATCHED, _CONSTANT = 1.84, 0.94, 1.08, 2.96, 1.22, -1.38, -1.63
# Stop words that all documents have say nothing, however many agree: below this rarity of both sides their share falls.
_STOPS_MASS = 20.0
# Very likely: precision .93, recall .21 on these pairs. Of all candidates of 500 patient questions four reach it; by
# probability alone it would be seventy, most of them strangers that talk alike.
VERY_LIKELY, _MOST_UNMATCHED = 0.8, 0.42
# Possible: precision .83, recall .48.
POSSIBLE, MOST_UNMATCHED_POSSIBLE = 0.6, 0.5
# A substitution: each question has a word that the other lacks, rarer than this share of the rarest word of the index,
# or rarer than every word that they share. Costs nothing in precision and .01 of recall.
_SUBSTITUTED = 0.72
# A neighbour that earns less of what is possible has not half of the telling words in common: it is no candidate.
LEAST_SHARE = 0.5
# Longer questions tell a story, each its own: there any telling word on either side is a substitution.
STORY = 40


class Profile:
    """What of a question is compared: for each channel its tokens with their rarities, and the number of words.

    `template` says whether the question is written in one. The finer channels are looked up when they are needed:
    most pairs are told apart by their terms alone.
    """

    def __init__(self, engine: Engine, text: Analysed, templates: Templates) -> None:
        self._engine, self._text = engine, text
        self.terms = rarities(engine, text.bag, "terms")
        self.concepts = rarities(engine, text.concepts, "concepts")
        self.concepts_of = {term: engine.analyzer.concepts_of(term) for term in text.bag}
        self.words = len(text.tokens)
        self.rarest = rarity(engine.statistics.documents, 0)
        self.template = templates.hold(text.tokens)

    @cached_property
    def finer(self) -> dict[str, dict[str, float]]:
        """The tokens of the finer channels with their rarities."""
        return {channel: rarities(self._engine, bag, channel) for channel, bag in self._text.finer().items()}

    @cached_property
    def whole(self) -> float:
        """The rarities of all terms together."""
        return math.fsum(self.terms.values())


class Profiles(NamedTuple):
    """What profiles of an index are made with: rarities, and the templates."""

    engine: Engine
    templates: Templates

    def of(self, document: Document) -> Profile:
        """The profile of a document's own words."""
        return self.of_analysed(self.engine.analyzer.own(document))

    def of_words(self, words: list[str]) -> Profile:
        """The profile of a document, by its own words without boilerplate."""
        return self.of_analysed(self.engine.analyzer.analyse_words(words))

    def of_analysed(self, text: Analysed) -> Profile:
        """The profile of an analysed text, without boilerplate."""
        return Profile(self.engine, text, self.templates)


def likelihood(a: Profile, b: Profile) -> float:
    """The probability that two questions are the same question, from 0 to 1; the same both ways.

    Each channel gives Dice's coefficient, 2·|A∩B| / (|A| + |B|), of its tokens weighted by rarity; intents give
    Jaccard's, |A∩B| / |A∪B|. The stop words of long texts are noise, as in ranking.
    """
    asked, wanted = a.finer["intents"].keys(), b.finer["intents"].keys()
    mass = math.fsum([*a.finer["stops"].values(), *b.finer["stops"].values()])
    said = min(1.0, STOPS_FROM / max(a.words, b.words, 1)) * min(1.0, mass / _STOPS_MASS)
    score = (
        _CONSTANT
        + _GRAMS * _dice(a.finer["grams"], b.finer["grams"])
        + _CONCEPTS * _dice(a.concepts, b.concepts)
        + _PAIRS * _dice(a.finer["pairs"], b.finer["pairs"])
        + _STOPS * _dice(a.finer["stops"], b.finer["stops"]) * said
        + _INTENTS * (len(asked & wanted) / len(asked | wanted) if asked | wanted else 1.0)
        + _UNMATCHED * unmatched(a, b)
    )
    return 1 / (1 + math.exp(-score))


def worth_comparing(a: Profile, b: Profile) -> bool:
    """Whether two questions can be in a band at all; it takes their terms alone to say no."""
    alone = unmatched(a, b)
    return not alone if a.template and b.template else alone <= MOST_UNMATCHED_POSSIBLE


def very_likely(a: Profile, b: Profile) -> bool:
    """Whether two questions of different wording are very likely the same; mostly their terms alone say no."""
    if (a.template and b.template) or unmatched(a, b) > _MOST_UNMATCHED or substituted(a, b):
        return False
    return likelihood(a, b) >= VERY_LIKELY


def band(a: Profile, b: Profile, probability: float) -> Band | None:
    """The band of two questions that are worded differently, None for a pair that is not worth a look.

    In a template ("What are the symptoms of …?") every word decides: two questions in templates are possible at most,
    and only where neither has a word or an intent of its own.
    """
    alone = unmatched(a, b)
    if a.template and b.template:
        same = not alone and a.finer["intents"].keys() == b.finer["intents"].keys()
        return Band.POSSIBLE if same and probability >= POSSIBLE else None
    if probability >= VERY_LIKELY and alone <= _MOST_UNMATCHED and not substituted(a, b):
        return Band.VERY_LIKELY
    return Band.POSSIBLE if probability >= POSSIBLE and alone <= MOST_UNMATCHED_POSSIBLE else None


def substituted(a: Profile, b: Profile) -> bool:
    """Whether a rare word of one question stands in the place of a rare word of the other: another disease or drug.

    Rare is what is rarer than every word that they share, and in a story any telling word.
    """
    ours, theirs = missing(a, b), missing(b, a)
    least = min(max(ours.values(), default=0.0), max(theirs.values(), default=0.0))
    if max(a.words, b.words) > STORY:
        return least > 0
    shared = max((rare for term, rare in a.terms.items() if term not in ours), default=0.0)
    return least > min(shared, _SUBSTITUTED * a.rarest)


def unmatched(a: Profile, b: Profile) -> float:
    """The share of the terms of both questions, by rarity, that the other has neither by word nor by concept."""
    alone = math.fsum([*missing(a, b).values(), *missing(b, a).values()])
    whole = a.whole + b.whole
    return alone / whole if whole else 0.0


def missing(a: Profile, b: Profile) -> dict[str, float]:
    """The terms of one question, with their rarities, that the other has neither by word nor by concept."""
    return {
        term: rare
        for term, rare in a.terms.items()
        if term not in b.terms and a.concepts_of[term].isdisjoint(b.concepts)
    }


def _dice(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    total = math.fsum(a.values()) + math.fsum(b.values())
    return 2 * math.fsum(rare for token, rare in a.items() if token in b) / total if total else 0.0

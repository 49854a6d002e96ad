"""Pairs: how likely two questions are the same question, by the words of the questions alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from corpus import Document
from indexer.analysis import Analysed, telling_terms
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

    All but the terms is looked up when it is needed: most pairs are told apart by their terms alone.
    """

    def __init__(
        self, engine: Engine, words: list[str], templates: Templates, analysed: Analysed | None = None
    ) -> None:
        """`analysed` are the same words in terms, if they are there already."""
        self._engine, self._words, self._templates, self._analysed = engine, words, templates, analysed
        self.terms = engine.rarities(telling_terms(words))
        self.words = len(words)
        self.rarest = rarity(engine.statistics.documents, 0)
        self.concepts_of = engine.analyzer.concepts_of

    @cached_property
    def _text(self) -> Analysed:
        return self._analysed or self._engine.analyzer.analyse_words(self._words)

    @cached_property
    def template(self) -> bool:
        """Whether the question is written in a template."""
        return self._templates.hold(self._words)

    @cached_property
    def concepts(self) -> dict[str, float]:
        """The concepts with their rarities."""
        return self._engine.rarities(self._text.concepts)

    @cached_property
    def finer(self) -> dict[str, dict[str, float]]:
        """The tokens of the finer channels with their rarities."""
        return {channel: self._engine.rarities(bag, channel) for channel, bag in self._text.finer.items()}

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
        return self.of_words(self.engine.analyzer.own_words(document))

    def of_words(self, words: list[str]) -> Profile:
        """The profile of a text, by its folded words without boilerplate."""
        return Profile(self.engine, words, self.templates)

    def of_text(self, text: Analysed) -> Profile:
        """The profile of a text without boilerplate."""
        return Profile(self.engine, text.tokens, self.templates, text)


class Pair:
    """Two questions compared; each figure is the same both ways, and worked out when it is asked for."""

    def __init__(self, a: Profile, b: Profile) -> None:
        self._a, self._b = a, b

    @cached_property
    def likelihood(self) -> float:
        """The probability that the two are the same question, from 0 to 1.

        Each channel gives Dice's coefficient, 2·|A∩B| / (|A| + |B|), of its tokens weighted by rarity; intents give
        Jaccard's, |A∩B| / |A∪B|. The stop words of long texts are noise, as in ranking.
        """
        a, b = self._a, self._b
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
            + _UNMATCHED * self.unmatched
        )
        return 1 / (1 + math.exp(-score))

    @cached_property
    def missing(self) -> tuple[dict[str, float], dict[str, float]]:
        """The terms of each question, with their rarities, that the other has neither by word nor by concept."""
        return _missing(self._a, self._b), _missing(self._b, self._a)

    @cached_property
    def unmatched(self) -> float:
        """The share of the terms of both questions, by rarity, that the other has neither by word nor by concept."""
        return self._share(*self.missing)

    @property
    def worth_comparing(self) -> bool:
        """Whether the two can be in a band at all; it takes their terms alone to say no."""
        return not self.unmatched if self._in_templates else self.unmatched <= MOST_UNMATCHED_POSSIBLE

    @property
    def very_likely(self) -> bool:
        """Whether two questions of different wording are in the upper band; mostly their terms alone say no."""
        if self._surely_unmatched > _MOST_UNMATCHED or self._in_templates or self.unmatched > _MOST_UNMATCHED:
            return False
        return not self._substituted and self.likelihood >= VERY_LIKELY

    @property
    def band(self) -> Band | None:
        """The band of two questions that are worded differently, None for a pair that is not worth a look.

        In a template ("What are the symptoms of …?") every word decides: two questions in templates are possible at
        most, and only where neither has a word or an intent of its own.
        """
        if not self.worth_comparing:
            return None
        if self._in_templates and self._a.finer["intents"].keys() != self._b.finer["intents"].keys():
            return None
        if self.very_likely:
            return Band.VERY_LIKELY
        return Band.POSSIBLE if self.likelihood >= POSSIBLE else None

    @cached_property
    def _in_templates(self) -> bool:
        return self._a.template and self._b.template

    @property
    def _substituted(self) -> bool:
        """Whether a rare word of one question stands in the place of a rare word of the other: another disease or drug.

        Rare is what is rarer than every word that they share, and in a story any telling word.
        """
        a, b = self._a, self._b
        ours, theirs = self.missing
        least = min(max(ours.values(), default=0.0), max(theirs.values(), default=0.0))
        if max(a.words, b.words) > STORY:
            return least > 0
        shared = max((rare for term, rare in a.terms.items() if term not in ours), default=0.0)
        return least > min(shared, _SUBSTITUTED * a.rarest)

    @property
    def _surely_unmatched(self) -> float:
        """At most `unmatched`, and cheaper: without the terms that another word may name no concept is looked for."""
        return self._share(_missing(self._a, self._b, sure=True), _missing(self._b, self._a, sure=True))

    def _share(self, ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
        whole = self._a.whole + self._b.whole
        return math.fsum([*ours.values(), *theirs.values()]) / whole if whole else 0.0


def _missing(a: Profile, b: Profile, *, sure: bool = False) -> dict[str, float]:
    """The terms of one question that the other has neither by word nor by concept; with `sure`, those without one."""
    theirs, named = b.terms, a.concepts_of
    alone = [term for term in a.terms if term not in theirs]
    if sure:
        return {term: a.terms[term] for term in alone if not named(term)}
    return {term: a.terms[term] for term in alone if not named(term) or named(term).isdisjoint(b.concepts)}


def _dice(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    total = math.fsum(a.values()) + math.fsum(b.values())
    return 2 * math.fsum(rare for token, rare in a.items() if token in b) / total if total else 0.0

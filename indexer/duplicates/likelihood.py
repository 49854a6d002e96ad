"""How likely two questions are the same question, by their words alone: compared at build, and for a draft."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property

from indexer.analysis import Analysed, bare, in_han, telling_terms
from indexer.analysis.terms import stem
from indexer.duplicates.differences import Asking, Values, asking, contradicting, decisive, missing_in_title
from indexer.generation import Generation
from indexer.ranking.weighting import STOPS_FROM, Statistics
from indexer.types import Band

# Logistic regression on 1,550 pairs by doctors (775 rewrites, 775 look-alikes): AUC .815 cross-validated by doctor,
# .798 without stop words and unmatched terms. docs/reference/duplicates.md says what the score means.
_GRAMS, _CONCEPTS, _BIGRAMS, _STOPS, _INTENTS, _UNMATCHED, _CONSTANT = 1.84, 0.94, 1.08, 2.96, 1.22, -1.38, -1.63
# Stop words that all documents have say nothing, however many agree: below this rarity of both sides their share falls.
_STOPS_MASS = 20.0
# Of two questions that say the same in other words: on the doctors' pairs precision .93 and .83, recall .21 and .48; on
# real pages hardly one in ten is the same question, unless the titles ask the same and nothing decides between them.
UPPER, _MOST_UNMATCHED = 0.8, 0.42
POSSIBLE, MOST_UNMATCHED_POSSIBLE = 0.6, 0.5
# A substitution: each question has a word that the other lacks, rarer than this share of the rarest word of the index,
# or rarer than every word that they share. Costs nothing in precision and .01 of recall.
_SUBSTITUTED = 0.72
# A word of one title alone that is rarer than this share of the rarest names another thing.
_OTHER_THING = 0.38
# Where vectors tell: two questions that are this far apart are not the same, whatever words they share; on the doctors'
# pairs that costs nothing. As near as this, and nothing deciding, they are worth a look: precision .96 and recall .31
# there; of 29 such pairs among 19,011 documents some ten are the same question and ten related.
APART, ALIKE = 0.65, 0.83
# Logistic regression of the cosine on the doctors' pairs: AUC .886 cross-validated by doctor; with the words' score too
# it is no better.
_COSINE, _COSINE_CONSTANT = 13.1, -9.15
# A neighbour that earns less of what is possible has not half of the telling words in common: it is no candidate.
LEAST_SHARE = 0.5
# Longer questions tell a story, each its own: there any telling word on either side is a substitution, and titles that
# say the same may stand over two stories.
STORY = 40


class Profile:
    """What of a question is compared: its tokens with their rarities; all but the terms is looked up when needed."""

    def __init__(self, generation: Generation, title: Sequence[str], body: Sequence[str]) -> None:
        """`title` and `body` are folded words with their ties, without boilerplate; a text that is no document is all
        title.
        """
        self._generation, self._tied_title = generation, title
        self._title = list(map(bare, title))
        self._tied = tied = [*title, *body]
        self._words = list(map(bare, tied))
        self.terms = generation.rarities(telling_terms(tied))
        self.words = len(tied)
        self.concepts_of = generation.analyzer.concepts_of

    @cached_property
    def _text(self) -> Analysed:
        return self._generation.analyzer.analyse_words(self._tied)

    @cached_property
    def statistics(self) -> Statistics:
        """Those of the documents that are written as this question is."""
        return self._generation.statistics.of_document(han=in_han(self._words))

    @cached_property
    def asking(self) -> Asking:
        """What the title asks, and about what."""
        return asking(self._title)

    def rarity_of(self, word: str) -> float:
        """How rare a word of the title's subject is."""
        term = stem(self.asking.words[word])
        return self._generation.rarities([term])[term]

    @cached_property
    def title_values(self) -> Values:
        """What of all that decides the title names."""
        return decisive(self._tied_title)

    @cached_property
    def values(self) -> Values:
        """What of all that decides the whole question names."""
        return decisive(self._tied)

    @cached_property
    def template(self) -> bool:
        """Whether the question is written in a template."""
        return self._generation.templates.hold(self._words)

    @cached_property
    def concepts(self) -> dict[str, float]:
        """The concepts with their rarities."""
        return self._generation.rarities(self._text.concepts)

    @cached_property
    def finer(self) -> dict[str, dict[str, float]]:
        """The tokens of the finer channels with their rarities."""
        return {channel: self._generation.rarities(bag, channel) for channel, bag in self._text.finer.items()}

    @cached_property
    def whole(self) -> float:
        """The rarities of all terms together."""
        return math.fsum(self.terms.values())


def profiles(generation: Generation, ids: Sequence[str]) -> list[Profile]:
    """The profiles of some documents' questions."""
    fields = (generation.words(ids, name) for name in ("title", "body"))
    return [Profile(generation, title, body) for title, body in zip(*fields, strict=True)]


class QuestionPair:
    """Two questions compared; each figure is the same both ways, and worked out when it is asked for."""

    def __init__(self, a: Profile, b: Profile, cosine: float | None = None) -> None:
        """`cosine` is that of what the two mean, where vectors tell."""
        self._a, self._b, self._cosine = a, b, cosine

    @property
    def score(self) -> float:
        """The probability that the two are the same question, from 0 to 1: by what they mean, else by their words."""
        if self._cosine is None:
            return self.likelihood
        return 1 / (1 + math.exp(-_COSINE_CONSTANT - _COSINE * self._cosine))

    @cached_property
    def likelihood(self) -> float:
        """The probability that the two are the same question by their words, from 0 to 1.

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
            + _BIGRAMS * _dice(a.finer["bigrams"], b.finer["bigrams"])
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
        ours, theirs = self.missing
        whole = self._a.whole + self._b.whole
        return math.fsum([*ours.values(), *theirs.values()]) / whole if whole else 0.0

    @property
    def worth_comparing(self) -> bool:
        """Whether the two can be in a band at all; it takes their terms alone to say no."""
        return not self.unmatched if self._in_templates else self.unmatched <= MOST_UNMATCHED_POSSIBLE

    @property
    def very_likely(self) -> bool:
        """Whether the titles ask the same of the same, word for word but for endings, and nothing decides between them:
        of 24 such pairs of real pages all were the same question.
        """
        a, b = self._a, self._b
        if not a.asking.subject or a.asking.subject != b.asking.subject or a.asking.opening != b.asking.opening:
            return False
        alike = a.title_values == b.title_values and self._asked_alike
        return max(a.words, b.words) <= STORY and alike and not self.apart

    @property
    def band(self) -> Band | None:
        """The band of two questions that are worded differently, None for a pair that is not worth a look.

        In a template ("What are the symptoms of …?") every word decides: two such are very likely or nothing.
        """
        if self.apart:
            return None
        if self.worth_comparing and self._asked_alike:
            if self.very_likely:
                return Band.VERY_LIKELY
            if not self._in_templates and self._alike:
                return Band.POSSIBLE
        return Band.POSSIBLE if self._means_alike else None

    @property
    def apart(self) -> bool:
        """Whether the two mean too little alike to be one question."""
        return self._cosine is not None and self._cosine < APART

    @property
    def _means_alike(self) -> bool:
        """Whether two questions of which not both are in a template mean nearly the same, and nothing decides: neither
        side, place, age or time, nor what they ask.
        """
        if self._cosine is None or self._cosine < ALIKE or self._in_templates:
            return False
        a, b = self._a, self._b
        if a.asking.intents and b.asking.intents and a.asking.intents.isdisjoint(b.asking.intents):
            return False
        return not contradicting(a.values, b.values) and not missing_in_title(a.title_values, b.title_values)

    @property
    def _asked_alike(self) -> bool:
        """Whether the titles ask the same and nothing that both sides name decides between them."""
        a, b = self._a, self._b
        return a.asking.alike(b.asking) and not contradicting(a.values, b.values)

    @property
    def _alike(self) -> bool:
        """Whether two questions of which not both are in a template say the same in other words."""
        if self.unmatched > _MOST_UNMATCHED or self._substituted:
            return False
        if missing_in_title(self._a.title_values, self._b.title_values) or self.likelihood < UPPER:
            return False
        return (
            not (self._a.template or self._b.template) or self._other_thing <= _OTHER_THING * self._a.statistics.rarest
        )

    @property
    def _other_thing(self) -> float:
        """The rarity of the rarest word that the subject of one title has alone."""
        ours, theirs = self._a.asking.subject, self._b.asking.subject
        alone = [self._a.rarity_of(word) for word in ours.keys() - theirs.keys()]
        return max(alone + [self._b.rarity_of(word) for word in theirs.keys() - ours.keys()], default=0.0)

    @cached_property
    def _in_templates(self) -> bool:
        return self._a.template and self._b.template

    @property
    def _substituted(self) -> bool:
        """Whether a rare word of one question stands in the place of one of the other: another disease or drug."""
        a, b = self._a, self._b
        ours, theirs = self.missing
        least = min(max(ours.values(), default=0.0), max(theirs.values(), default=0.0))
        if max(a.words, b.words) > STORY:
            return least > 0
        shared = max((rare for term, rare in a.terms.items() if term not in ours), default=0.0)
        return least > min(shared, _SUBSTITUTED * a.statistics.rarest)


def _missing(a: Profile, b: Profile) -> dict[str, float]:
    """The terms of one question that the other has neither by word nor by concept."""
    named = a.concepts_of
    alone = [term for term in a.terms if term not in b.terms]
    return {term: a.terms[term] for term in alone if not named(term) or named(term).isdisjoint(b.concepts)}


def _dice(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    total = math.fsum(a.values()) + math.fsum(b.values())
    return 2 * math.fsum(rare for token, rare in a.items() if token in b) / total if total else 0.0

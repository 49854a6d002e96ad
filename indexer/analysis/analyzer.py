"""Turns a text into terms and concepts, in one pass; documents and queries must go through the same one."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from indexer.analysis.boilerplate import Boilerplate
from indexer.analysis.channels import bigrams, grams, stops
from indexer.analysis.concepts import CONCEPT_TABLES, Concepts
from indexer.analysis.intents import intents
from indexer.analysis.terms import STEMMER, stem, stop_words, wording_of
from indexer.analysis.tokens import compounds, in_han, words_of
from indexer.analysis.wordlists import shipped

# Raise this when the rules change in a way that the probe below does not show.
_RULES = 3
_PROBE = "Don't the knees of IL-6, T12 and β-blockers hurt without œdema? Ménière’s running 骨水泥 दर्द 10mg X-ray Ⅻ"
_TABLES = ("stopwords.txt", *CONCEPT_TABLES, "intents.txt")
# The finer channels, in the order in which their weights are added.
FINER = ("bigrams", "grams", "stops", "intents")


@dataclass(frozen=True)
class Analysed:
    """A text in terms.

    `tokens` are its folded words in their order, stop words too; `sequence` the terms of these; `bag` how often each
    term occurs, without stop words; `concepts` how often each concept is named.
    """

    tokens: list[str]
    sequence: list[str]
    bag: Counter[str]
    concepts: Counter[str]

    @property
    def in_han(self) -> bool:
        """Whether the text is written in characters (Chinese, Japanese, Korean)."""
        return in_han(self.tokens)

    def terms_and_concepts(self) -> Counter[str]:
        """How often each term and concept occurs: what finds documents."""
        return self.bag + self.concepts

    @cached_property
    def finer(self) -> dict[str, Counter[str]]:
        """The bags of the finer channels, in the order of FINER; their tokens are in the order of the text."""
        bags = (bigrams(self.sequence), grams(self.tokens), stops(self.tokens), Counter(sorted(intents(self.tokens))))
        return dict(zip(FINER, bags, strict=True))


class Draft(NamedTuple):
    """A text that is no document: what of it is compared, in terms, and the `wording` of the whole."""

    text: Analysed
    wording: int


# Both are made several times of the same synonyms, while an index is opened or built.
_concepts = lru_cache(maxsize=2)(Concepts)


@lru_cache(maxsize=2)
def _fingerprint(synonyms: str) -> str:
    """What tells analyses apart: the rules, the tables, and what becomes of a text."""
    told = [str(_RULES), STEMMER, *(line.text for name in _TABLES for line in shipped(name)), synonyms]
    words = words_of(_PROBE)
    terms = [stem(word) for word in words]
    bag = {term for word, term in zip(words, terms, strict=True) if word not in stop_words()}
    return hashlib.sha256("\x1f".join([*told, *terms, *sorted(bag)]).encode()).hexdigest()[:12]


class Analyzer:
    """Makes terms of texts, with the synonyms that a site adds to the shipped table of concepts."""

    def __init__(self, synonyms: str = "", name: str = "synonyms", boilerplate: Boilerplate | None = None) -> None:
        """`synonyms` is the text of a synonym file, `name` its own, `boilerplate` what an index leaves out.

        Raises RequestRefused for a line that is wrong (see Concepts).
        """
        self.synonyms, self.boilerplate = synonyms, boilerplate or Boilerplate()
        self.fingerprint = _fingerprint(synonyms)
        self._concepts = concepts = _concepts(synonyms, name)
        self.words_of, self.concepts_of = concepts.words, concepts.of_word
        # The concept and the terms of each name that the tables give.
        self.concept_entries = concepts.entries

    def analyse(self, text: str) -> Analysed:
        """A text in terms."""
        return self.analyse_words(words_of(text))

    def analyse_words(self, tokens: list[str]) -> Analysed:
        """The words of a text, already folded, in terms."""
        stop = stop_words()
        terms = [stem(token) for token in tokens]
        telling = Counter([term for token, term in zip(tokens, terms, strict=True) if token not in stop])
        return Analysed(tokens, terms, telling, self._concepts.of(terms))

    def draft(self, text: str) -> Draft:
        """A text that is no document, in terms, without the site's boilerplate where it says anything else."""
        whole, own = self.boilerplate.parted(text)
        return Draft(self.analyse_words(own or whole), wording_of(whole))

    @property
    def concept_names(self) -> frozenset[str]:
        """Every concept that the tables name."""
        return frozenset(concept for concept, _ in self.concept_entries)

    def asked(self, text: Analysed) -> Counter[str]:
        """How often a text that is asked with names each concept, those inside a longer one left out."""
        return Counter([concept for concept, _, _ in self._concepts.asked(text.sequence)])

    def names(self, text: Analysed) -> dict[str, list[str]]:
        """Each term of a text that is asked with, and the concepts that it names, alone or with its neighbours. A
        compound ("hay-fever") is another name of its parts, not one more word.
        """
        names: dict[str, list[str]] = {term: [] for term in sorted(text.bag)}
        for concept, start, end in self._concepts.asked(text.sequence):
            for term in dict.fromkeys(text.sequence[start:end]):
                if term in names and concept not in names[term]:
                    names[term].append(concept)
        for start, end in compounds(text.tokens):
            compound, parts = text.sequence[start], [t for t in text.sequence[start + 1 : end] if t in names]
            if compound in names and parts and compound not in parts:
                also = [compound, *names.pop(compound)]
                names.update({part: list(dict.fromkeys([*names[part], *also])) for part in parts})
        return names

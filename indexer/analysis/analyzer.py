"""Turns a text into terms and concepts, in one pass; documents and queries must go through the same one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from indexer.analysis.boilerplate import Boilerplate
from indexer.analysis.channels import bigrams, grams, stops
from indexer.analysis.compounds import compounds, in_full, listed
from indexer.analysis.concepts import CONCEPT_TABLES, Concepts
from indexer.analysis.intents import intents
from indexer.analysis.terms import STEMMER, compound_terms, read_word, telling_terms, wording
from indexer.analysis.tokens import bare, in_han, words_of
from indexer.analysis.wordlists import kinds, shipped

# Raise this when the rules change in a way that the probe below does not show.
_RULES = 5
_PROBE = (
    "Don't the knees of IL-6, T12 and β-blockers hurt without œdema? Ménière’s running 骨水泥 दर्द 0,5mg X-ray Ⅻ"
    " HIV +ve Rh- −2.5 <1,000 120/80 M.R.I. vitamin A ребёнок صُداع ½ 5 mg stage II, a vitamin E L4/5 hep C or D"
)
_TABLES = ("stopwords.txt", "families.txt", "plurals.txt", "british.txt", "kinds.txt", *CONCEPT_TABLES, "intents.txt")
# The finer channels, in the order in which their weights are added.
FINER = ("bigrams", "grams", "stops", "intents")


class Place(NamedTuple):
    """A word of a text that is asked with, folded, or a `compound` of several: the `term` that finds it whole, the
    `names`, concepts above all, that find it too, and for a compound that is written apart, too, the words that it is
    made of.
    """

    word: str
    term: str
    names: tuple[str, ...]
    parts: tuple[str, ...]
    compound: bool


@dataclass(frozen=True)
class Analysed:
    """A text in terms.

    `words` are its folded words in their order, stop words too, with their ties, and `tokens` without them; `sequence`
    the terms of these; `bag` how often each term occurs, those of compounds too, without stop words; `concepts` how
    often each concept is named.
    """

    words: Sequence[str]
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
        bags = (bigrams(self.sequence), grams(self.tokens), stops(self.words), Counter(sorted(intents(self.tokens))))
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
    terms = [*telling_terms(words), *compound_terms(words)]
    return hashlib.sha256("\x1f".join([*told, *words, *terms]).encode()).hexdigest()[:12]


class Analyzer:
    """Makes terms of texts, with the synonyms that a site adds to the shipped table of concepts."""

    def __init__(self, synonyms: str = "", name: str = "synonyms", boilerplate: Boilerplate | None = None) -> None:
        """`synonyms` is the text of a synonym file, `name` its own, `boilerplate` what an index leaves out.

        Raises RequestRefused for a line that is wrong (see Concepts).
        """
        self.synonyms, self.boilerplate = synonyms, boilerplate or Boilerplate()
        self.fingerprint = _fingerprint(synonyms)
        self._concepts = concepts = _concepts(synonyms, name)
        self.names_of, self.concepts_of = concepts.names, concepts.of_word
        # The concept and the terms of each name that the tables give.
        self.concept_entries = concepts.entries

    def analyse(self, text: str) -> Analysed:
        """A text in terms."""
        return self.analyse_words(words_of(text))

    def analyse_words(self, words: Sequence[str]) -> Analysed:
        """The words of a text, already folded, with their ties, in terms."""
        read = list(map(read_word, words))
        terms = [own.term for own in read]
        telling = Counter([own.term for own in read if own.alone])
        telling.update(compound_terms(words))
        return Analysed(words, [own.token for own in read], terms, telling, self._concepts.of(terms))

    def draft(self, text: str) -> Draft:
        """A text that is no document, in terms, without the site's boilerplate where it says anything else."""
        whole, own = self.boilerplate.parted(text)
        return Draft(self.analyse_words(own or whole), wording(text))

    @property
    def concept_names(self) -> frozenset[str]:
        """Every concept that the tables name."""
        return frozenset(concept for concept, _ in self.concept_entries)

    def asked(self, text: Analysed) -> Counter[str]:
        """How often a text that is asked with names each concept, those inside a longer one left out."""
        return Counter([concept for concept, _, _ in self._concepts.asked(text.sequence, text.tokens)])

    def places(self, text: Analysed) -> list[Place]:
        """The words of a text that is asked with, each once, by the term that finds it: a compound is one word. A
        concept belongs to each word by which it is named, alone or with its neighbours.
        """
        within = {at: span for span in compounds(text.words) for at in range(*span)}
        names = {(at, at + 1): name for name, at in listed(text.words) if at not in within}
        read = enumerate(map(read_word, text.words))
        spans = {at: within.get(at, (at, at + 1)) for at, word in read if word.alone or at in within}
        spans |= {at: (at, end) for at, end in names}
        named: dict[tuple[int, int], list[str]] = {span: [] for span in spans.values()}
        for concept, start, end in self._concepts.asked(text.sequence, text.tokens):
            for at in range(start, end):
                span = spans.get(at)
                # Who asks for vitamin A does not ask for any vitamin.
                if span and start <= span[0] and span[1] <= end and concept not in named[span]:
                    named[span].append(concept)
        found: dict[str, Place] = {}
        for (start, end), concepts in named.items():
            term, word = names.get((start, end), text.sequence[start]), text.tokens[start]
            parts: tuple[str, ...] = ()
            if end - start > 1:
                own, word = in_full(text.words[start:end]), "".join(text.tokens[start:end])
                term = next(compound_terms(own), term)
                # A noun and its letter are a compound wherever they stand together.
                apart = own[0] not in kinds() and any(read_word(part).alone for part in own)
                parts = tuple(map(bare, own)) if apart else ()
            also = found[term].names if term in found else ()
            found[term] = Place(word, term, tuple(dict.fromkeys([*also, *concepts])), parts, end - start > 1)
        return list(found.values())

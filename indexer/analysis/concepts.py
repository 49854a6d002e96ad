"""Finds words and phrases that are names of one thing, by the shipped tables and a site's own synonyms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from indexer.analysis.phrases import Phrases
from indexer.analysis.terms import sequence, stem, stop_terms
from indexer.analysis.tokens import bare, words_of
from indexer.analysis.wordlists import Line, lines, shipped

# The first is written by hand, with what patients say; the second comes from a public vocabulary.
CONCEPT_TABLES = ("concepts.txt", "names.txt")
# What a concept's name begins with, and no word does: concepts and words are terms of one index.
_SIGN = "="
_NONE: frozenset[str] = frozenset()
# A word of at most so many letters is mostly an abbreviation, and no other word that has its stem.
_SHORTEST = 4


def is_concept(term: str) -> bool:
    """Whether a term is a concept, and not a word."""
    return term.startswith(_SIGN)


class Concepts:
    """Finds the concepts of a text. A concept is called by its first name; a site's lines join those that ship."""

    def __init__(self, synonyms: str = "", name: str = "synonyms") -> None:
        """`synonyms` is the text of a file in the format of Solr and Elasticsearch, `a, b, c` or `a, b => c`, to which
        `a, b > c, d` comes: c and d are kinds of a.

        Raises RequestRefused with `name` and the line for one that cannot be used.
        """
        every = [*chain(*map(shipped, CONCEPT_TABLES)), *lines(synonyms, name)]
        found = [entry for line in every for entry in _entries(line)]
        self.entries = sorted({(concept, called) for concept, called, _ in found})
        self._phrases = Phrases(self.entries)
        self._names = Phrases(sorted({(concept, called) for concept, called, is_kind in found if not is_kind}))
        # Terms that the tables write by short words alone, and these.
        written: dict[str, set[str]] = {}
        for part in (part for line in every for part in re.split("[,=>]+", line.text)):
            if len(words := words_of(part)) == 1:
                written.setdefault(stem(bare(words[0])), set()).add(bare(words[0]))
        self._short = {term: own for term, own in written.items() if max(map(len, own)) <= _SHORTEST}
        self._names_of: dict[str, list[tuple[str, ...]]] = {}
        of_word: dict[str, set[str]] = {}
        for concept, called in self.entries:
            self._names_of.setdefault(concept, []).append(called)
            if len(called) == 1:
                of_word.setdefault(called[0], set()).add(concept)
        self._of_word = {word: frozenset(concepts) for word, concepts in of_word.items()}

    def of(self, terms: Sequence[str]) -> Counter[str]:
        """How often each concept is named in a sequence of terms; what belongs to two concepts counts for both."""
        return Counter(self._phrases.find(terms))

    def asked(self, terms: Sequence[str], tokens: Sequence[str]) -> list[tuple[str, int, int]]:
        """The concepts that a sequence of terms, and the tokens of these, asks for, each with the places of its first
        term and beyond its last: of a kind the kind alone, and none inside a longer one ("sex drive" asks for no sex).
        A short name is meant by itself alone: who types sobbing is not short of breath (sob).
        """
        asked, widest = [], (0, 0)
        for name, start, end in sorted(self._names.places(terms), key=lambda place: (place[1], -place[2])):
            written = self._short.get(terms[start], ()) if end - start == 1 else ()
            if written and tokens[start] not in written:
                continue
            if end > widest[1] or (start, end) == widest:
                asked.append((name, start, end))
                widest = (start, end)
        return asked

    def of_word(self, term: str) -> frozenset[str]:
        """The concepts that a single term names."""
        return self._of_word.get(term, _NONE)

    def names(self, concept: str) -> Sequence[tuple[str, ...]]:
        """The names of a concept and of its kinds, each in terms."""
        return self._names_of.get(concept, ())


@cache
def known_words() -> frozenset[str]:
    """The folded words of the shipped tables: each is spelled as it should be."""
    texts = (line.text for name in CONCEPT_TABLES for line in shipped(name))
    words = (line.text for line in shipped("words.txt"))  # one a line, folded
    return frozenset(chain((bare(word) for text in texts for word in words_of(text)), words))


def _entries(line: Line) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The patterns of one line, each under the concepts that it names, and whether it is only a kind of these."""
    if line.text.count(">") > 1:
        raise line.refuse("two arrows", "write one => or > a line")
    left, arrow, right = line.text.partition("=>")
    if arrow:
        members = _names(line, left)
        for concept in _names(line, right):
            yield from ((_called(concept), member, False) for member in dict.fromkeys([concept, *members]))
        return
    names, _, kinds = line.text.partition(">")
    members = _names(line, names)
    if len(members) == 1 and not kinds:
        raise line.refuse("one name alone", "write another name of it behind a comma")
    yield from ((_called(members[0]), member, False) for member in members)
    if kinds:
        yield from ((_called(members[0]), kind, True) for kind in _names(line, kinds))


def _called(name: Iterable[str]) -> str:
    return _SIGN + " ".join(name)


def _names(line: Line, text: str) -> list[tuple[str, ...]]:
    names = []
    for part in text.split(","):
        name = tuple(sequence(part))
        if not name:
            raise line.refuse("an empty name", "write words between the commas")
        if len(name) == 1 and name[0] in stop_terms():
            raise line.refuse(f"{part.strip()!r} is a stop word", "leave it out, or write a longer phrase")
        names.append(name)
    return names

"""Finds the sentences that a site's questions only repeat, such as greetings, and takes them out of texts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.terms import story_terms, telling_terms, wording
from indexer.analysis.tokens import PIECE, words_of

# A sentence is boilerplate if so many questions of different wording have it, and so large a share of all.
_LEAST, _SHARE = 3, 0.005
# What a site repeats is sought among about so many of its questions.
_MOST_QUESTIONS = 1 << 17
# Nobody states a fact in more words than these as two others do.
_MOST_FACT = 12
# Who says one of these greets, thanks, asks for help or closes.
_COURTEOUS = frozenset(
    {
        *("hello", "hi", "hey", "dear", "greetings", "morning", "evening", "welcome", "regards", "respected", "cheers"),
        *("thank", "thanks", "please", "kindly", "hope", "sorry", "appreciate", "grateful", "sir", "madam", "forward"),
        *("advice", "advise", "suggest", "reply", "response", "opinion", "query", "question"),
    }
)
# A sentence ends with its marks and white space: the point of 0.5 is none of these.
_SENTENCE = re.compile(r"\S.*?(?:(?<=[.!?])\s+|\n\s*|\Z)", re.DOTALL)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each with the marks that end it; together they hold every word."""
    return _SENTENCE.findall(text)


def sentences_in(text: str) -> list[tuple[int, str]]:
    """The sentences of a text, each with the place where it begins."""
    return [(found.start(), found[0]) for found in _SENTENCE.finditer(text)]


def own_pieces(text: str, repeated: Collection[int]) -> list[int]:
    """Where the pieces of a text between white space begin, but for those of sentences whose wording is repeated."""
    own = [(at, sentence) for at, sentence in sentences_in(text) if wording(sentence) not in repeated]
    return [at + piece.start() for at, sentence in own for piece in PIECE.finditer(sentence)]


def sample(wordings: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which questions are looked through for what a site repeats, given by the digests of their wordings: all, or those
    of the lowest digests, so that it is the same whatever order they come in.
    """
    share = _MOST_QUESTIONS / max(len(wordings), 1)
    return wordings < (share * 2**63 if share < 1 else np.inf)


def is_fact(words: Sequence[str], concepts_of: Callable[[str], Collection[str]]) -> bool:
    """Whether a sentence says something of its matter, however many write it alike ("I take warfarin.", "He is
    vegan."): in few words anything that does not only tell a story; where it is courteous, a number or a name of the
    tables of concepts.
    """
    told = telling_terms(words).keys() - story_terms()
    if len(words) > _MOST_FACT or not told:
        return False
    return _COURTEOUS.isdisjoint(words) or any(term[0].isdigit() or concepts_of(term) for term in told)


class Boilerplate:
    """Strips what a text only repeats, so that it is compared by what it says itself."""

    def __init__(self, sentences: Iterable[int] = ()) -> None:
        """`sentences` are the digests of the wordings of repeated sentences."""
        self.sentences = frozenset(sentences)

    @classmethod
    def of(cls, questions: Iterable[tuple[int, set[int]]]) -> Boilerplate:
        """The sentences that questions of different wording repeat, given by the digests of the whole and of each."""
        said, wordings = array("q"), set[int]()
        for whole, sentences in questions:
            if whole not in wordings:
                wordings.add(whole)
                said.extend(sentences)
        different, counts = np.unique(np.array(said, np.int64), return_counts=True)
        return cls(different[counts >= max(_LEAST, _SHARE * len(wordings))].tolist())

    def parted(self, text: str) -> tuple[list[str], list[str]]:
        """The folded words of a text, and those that it does not only repeat, which may be none."""
        if not self.sentences:
            words = words_of(text)
            return words, words
        sentences = [(sentence, words_of(sentence)) for sentence in sentences_of(text)]
        own = [words for sentence, words in sentences if wording(sentence) not in self.sentences]
        return list(chain.from_iterable(words for _, words in sentences)), list(chain.from_iterable(own))

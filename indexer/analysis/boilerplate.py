"""Boilerplate: sentences that a site's questions repeat, greetings and frames, which say nothing of the matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus import Document, Question
from indexer.analysis.fields import own_text
from indexer.analysis.terms import wording, wording_of
from indexer.analysis.tokens import words_of

# A sentence is boilerplate if so many questions of different wording have it, and so large a share of all.
_LEAST, _SHARE = 3, 0.005
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_FILE = "boilerplate"


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each with the marks that end it; together they hold every word."""
    return _SENTENCE.findall(text)


class Parted(NamedTuple):
    """The folded words of a text: all of them, and its own."""

    whole: list[str]
    own: list[str]


class Boilerplate:
    """Strips what a text only repeats, so that it is compared by what it says itself."""

    def __init__(self, sentences: Iterable[int] = ()) -> None:
        """`sentences` are the digests of the wordings of repeated sentences."""
        self.sentences = frozenset(sentences)

    @classmethod
    def find(cls, documents: Iterable[Document]) -> Boilerplate:
        """The sentences that the bodies of questions repeat."""
        questions = (document for document in documents if isinstance(document, Question))
        return cls.of((wording(own_text(q)), {wording(s) for s in sentences_of(q.body)}) for q in questions)

    @classmethod
    def of(cls, questions: Iterable[tuple[int, set[int]]]) -> Boilerplate:
        """The sentences that questions repeat, given by the digest of the whole and those of the body's sentences;
        questions of one wording count once.
        """
        counts: Counter[int] = Counter()
        wordings: set[int] = set()
        for whole, sentences in questions:
            if whole not in wordings:
                wordings.add(whole)
                counts.update(sentences)
        least = max(_LEAST, _SHARE * len(wordings))
        return cls(sentence for sentence, count in counts.items() if count >= least)

    @classmethod
    def read(cls, folder: Path) -> Boilerplate:
        """The boilerplate of a generation's arrays."""
        return cls(np.load(folder / f"{_FILE}.npy", allow_pickle=False).tolist())

    def write(self, folder: Path) -> None:
        """Keep it with a generation."""
        np.save(folder / f"{_FILE}.npy", np.array(sorted(self.sentences), np.int64))

    def parted(self, text: str) -> Parted:
        """The folded words of a text, and those that it does not only repeat, which may be none."""
        if not self.sentences:
            words = words_of(text)
            return Parted(words, words)
        sentences = [words_of(sentence) for sentence in sentences_of(text)]
        own = [words for words in sentences if wording_of(words) not in self.sentences]
        return Parted(list(chain.from_iterable(sentences)), list(chain.from_iterable(own)))

    def stripped(self, document: Document) -> Document:
        """A question with what its body says itself, which may be nothing; anything else as it is."""
        if not self.sentences or not isinstance(document, Question) or not document.body:
            return document
        own = "".join(s for s in sentences_of(document.body) if wording(s) not in self.sentences)
        return replace(document, body=own)

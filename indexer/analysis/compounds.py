"""Finds which words of a text are one name (B12, X-ray, vitamin A), and the spellings by which such a name is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.analysis.memo import Memo
from indexer.analysis.tokens import MOST_WORD, REMEMBERED, TIES, bare
from indexer.analysis.wordlists import LABELS, ROMAN, UNITS, kinds, stop_words

# Parts of so many letters are abbreviations, as in TNF-alpha.
_ABBREVIATED = 3


def counts_alone(word: str) -> bool:
    """Whether a word is a term of its own. Stop words and signs are none, and a single letter says nothing apart from
    its compound: the T of T12, the X of X-ray.
    """
    own = bare(word)
    if own in stop_words() or not (own[0].isalnum() or own[-1].isalnum()):
        return False
    return own == word or len(own) > 1 or not own.isascii() or own.isdigit()


def is_number(word: str) -> bool:
    """Whether a folded word is a number, with which a unit behind it makes a dose."""
    return bare(word).replace(".", "").isdigit()


def stand_alone(parts: Sequence[str]) -> bool:
    """Whether each part of a compound is a word of its own (knee-replacement), which a page may say anywhere."""
    return all(len(part) > _ABBREVIATED and part.isalpha() and counts_alone(part) for part in parts)


def compounds(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where words are one name: the places of the first one and beyond the last.

    >>> from indexer.analysis.tokens import words_of
    >>> list(compounds(words_of("hay-fever, vitamin A and B12")))
    [(0, 2), (2, 4), (5, 7)]
    """
    if not any(map(_may_begin, words)):
        return  # as of most titles
    nouns, begun = kinds(), -1
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if after and (word[-1] in TIES or (word in nouns and after in LABELS) or (after in UNITS and is_number(word))):
            begun = at if begun < 0 else begun
        elif begun >= 0:
            yield begun, at + 1
            begun = -1


_may_begin = Memo(lambda word: word[-1] in TIES or word in kinds() or is_number(word), REMEMBERED).__getitem__


def spellings(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The spellings of one name beyond its single words: the whole, and each part that letters and digits make between
    hyphens (the L4 of L4-L5), with the places of the first word and beyond the last.
    """
    yield from _spelled(words, 0, len(words))
    start = 0
    for at, word in enumerate(words, 1):
        if word[-1] != "~":
            if at - start > 1 and at - start < len(words):
                yield from _spelled(words, start, at)
            start = at


def _spelled(words: Sequence[str], start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Words written as one. A hyphen or slash stays between numbers: 5-10 is not 510."""
    whole = bare(words[start])
    for before, word in pairwise(words[start:end]):
        own = bare(word)
        if before in kinds() and own in ROMAN:
            own = str(ROMAN.index(own) + 1)  # type II is type 2
        between = "" if not (whole[-1].isdigit() and own[0].isdigit()) else "/" if before[-1] == "/" else "-"
        whole += between + own
    if len(whole) <= MOST_WORD:
        yield whole, start, end

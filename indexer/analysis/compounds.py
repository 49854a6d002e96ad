"""Finds which words of a text are one name (B12, X-ray, vitamin A), and the spellings by which such a name is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from indexer.analysis.tokens import MOST_WORD, TIES, bare
from indexer.analysis.wordlists import shipped, stop_words

# What names one of a kind behind its noun: a letter, a small number, a Roman one.
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LABELS = frozenset([*"abcdefghijklmnopqrstuvwxyz", *_ROMAN, *map(str, range(21))])


def is_kind(word: str) -> bool:
    """Whether a word names a kind of which a letter or number behind it names one, such as `vitamin` or `stage`."""
    return word in _kinds()


def is_label(word: str) -> bool:
    """Whether a word names one of a kind behind its noun."""
    return word in _LABELS


@cache
def _kinds() -> frozenset[str]:
    return frozenset(line.text for line in shipped("kinds.txt"))


def counts_alone(word: str) -> bool:
    """Whether a word is a term of its own. Stop words and signs are none, and a single letter says nothing apart from
    its compound: the T of T12, the X of X-ray.
    """
    own = bare(word)
    if own in stop_words() or not (own[0].isalnum() or own[-1].isalnum()):
        return False
    return own == word or len(own) > 1 or not own.isascii() or own.isdigit()


def compounds(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where words are one name: the places of the first one and beyond the last.

    >>> from indexer.analysis.tokens import words_of
    >>> list(compounds(words_of("hay-fever, vitamin A and B12")))
    [(0, 2), (2, 4), (5, 7)]
    """
    kinds, begun = _kinds(), -1
    for at, word in enumerate(words):
        if at + 1 < len(words) and (word[-1] in TIES or (word in kinds and words[at + 1] in _LABELS)):
            begun = at if begun < 0 else begun
        elif begun >= 0:
            yield begun, at + 1
            begun = -1


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
        between = "" if not (whole[-1].isdigit() and own[0].isdigit()) else "/" if before[-1] == "/" else "-"
        whole += between + own
    if len(whole) <= MOST_WORD:
        yield whole, start, end

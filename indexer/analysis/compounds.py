"""Finds which words of a text are one name (B12, X-ray, vitamin A), and the spellings by which such a name is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, takewhile

from indexer.analysis.memo import Memo
from indexer.analysis.tokens import MOST_WORD, REMEMBERED, TIES, bare
from indexer.analysis.wordlists import LABELS, UNITS, arabic, kinds, stop_words

# Parts of so many letters are abbreviations, as in TNF-alpha.
_ABBREVIATED = 3
# Two numbers of one letter, and where the words that say it in full stand among these.
_SHARED = ("[a-z]~", "~[0-9]{1,2}[/_]", "[/_][0-9]{1,2}")
_SHARED_PLACES = (0, 1, 2, 2, 3)
# What stands between the members of a list, and how many words it has at most, its noun with it.
_JOINED = frozenset({"and", "or"})
MOST_LISTED = 16


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
    if not any(map(begins_name, words)):
        return  # as of most titles
    nouns, begun = kinds(), -1
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if after and (word[-1] in TIES or (word in nouns and after in LABELS) or (after in UNITS and is_number(word))):
            begun = at if begun < 0 else begun
        elif begun >= 0:
            yield begun, at + 1
            begun = -1


# Whether a word may be the first one of a name.
begins_name: Callable[[str], bool] = Memo(
    lambda word: word[-1] in TIES or word in kinds() or is_number(word), REMEMBERED
).__getitem__


def listed(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The names in lists of a kind beyond `compounds`, each with the place of its letter or number.

    >>> list(listed("hepatitis b and c or vitamins a d".split()))
    [('hepatitisc', 3), ('vitamina', 6), ('vitamind', 7)]
    """
    found = list(map(noun_of, words))
    nouns = [at for at, noun in enumerate(found) if noun] if any(found) else ()
    return ((name, at + n) for at in nouns for name, n in _list_behind(words[at : at + MOST_LISTED]))


def list_terms(words: Sequence[str]) -> list[str]:
    """The names in the list of a kind behind the first word, a noun."""
    return [name for name, _ in _list_behind(words)]


def _list_behind(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """As `listed`, of the list behind the first word, a noun. One letter makes none, nor do "a" and "i" behind others,
    which are words; numbers make one where the noun says so or a mark joins them ("types 1 and 2", "grade 2/3").
    """
    plural = words[0] not in kinds()
    labels = [(n, word) for n, word in enumerate(takewhile(may_be_listed, words[1:]), 1) if bare(word) in LABELS]
    labels = [(n, word) for n, word in labels if n == 1 or word not in stop_words()]
    if labels and bare(labels[0][1]).isdigit():
        labels = [(n, word) for n, word in labels if bare(word).isdigit() and (plural or word != bare(word))]
    for n, word in labels if len(labels) > 1 else ():
        if n > 1 or plural or word not in LABELS:
            yield _spelled((noun_of(words[0]), bare(word))), n


def may_be_listed(word: str) -> bool:
    """Whether a word may stand in a list of a kind."""
    return word in _JOINED or word.strip("_/.") in LABELS


# The noun of a kind that a word is, in either number; empty for any other word.
noun_of: Callable[[str], str] = Memo(
    lambda word: kinds().get(word) or kinds().get(word.removesuffix("s"), ""), REMEMBERED
).__getitem__


def spellings(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The spellings of one name beyond its single words: the whole, and each part that letters and digits make between
    hyphens (the L4 of L4-L5), with the places of the first word and beyond the last.
    """
    full = in_full(words)
    places = range(len(words) + 1) if full is words else _SHARED_PLACES
    ends = [at for at, word in enumerate(full, 1) if word[-1] != "~"]
    parts = [(start, end) for start, end in pairwise([0, *ends]) if 1 < end - start < len(full)]
    for start, end in ((0, len(full)), *parts):
        if len(whole := _spelled(full[start:end])) <= MOST_WORD:
            yield whole, places[start], places[end]


def _spelled(words: Sequence[str]) -> str:
    """Words written as one. A hyphen or slash stays between numbers: 5-10 is not 510."""
    first = bare(words[0])
    whole = kinds().get(first, first)  # vit D is vitamin D
    for before, word in pairwise(words):
        own = arabic(bare(word)) if before in kinds() else bare(word)  # type II is type 2
        between = "" if not (whole[-1].isdigit() and own[0].isdigit()) else "/" if before[-1] == "/" else "-"
        whole += between + own
    return whole


def in_full(words: Sequence[str]) -> Sequence[str]:
    """The words of a compound, a letter that two numbers share before each of them: L4-L5 for L4/5 and L4-5."""
    if len(words) != len(_SHARED) or not all(map(re.fullmatch, _SHARED, words)):
        return words
    letter, one, other = words
    return letter, one[:-1] + "_", "_" + letter, "~" + bare(other)

"""Stems words to terms, knows which of them are stop words, and finds terms with their places in a text."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from indexer.analysis.memo import Memo
from indexer.analysis.tokens import REMEMBERED, tokenize, words_in, words_of
from indexer.analysis.wordlists import shipped

STEMMER = "english"  # Porter2; index and query must share it
_local = threading.local()


@cache
def stop_words() -> frozenset[str]:
    """The words that carry grammar, not matter; negation is not among them."""
    return frozenset(line.text for line in shipped("stopwords.txt"))


@cache
def story_terms() -> frozenset[str]:
    """The terms of words that tell a story (months, a wife, thanks), which say nothing as words in common."""
    return frozenset(stem(word) for line in shipped("storywords.txt") for word in words_of(line.text))


@cache
def stop_terms() -> frozenset[str]:
    """The terms of stop words. Other words may share one ("withing" and "with"), so ranking may know a few of them."""
    return frozenset(stem(word) for word in stop_words())


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """The stem of a folded word; what is not written in ASCII letters stays as it is."""
    if not word.isascii() or not word.isalpha():
        return word
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer(STEMMER)  # one a thread: it keeps a buffer
    result: str = stemmer.stemWord(word)
    return result


class Spot(NamedTuple):
    """A term where it stands in a text: the term, the folded word, start and end."""

    term: str
    word: str
    start: int
    end: int


def sequence(text: str) -> list[str]:
    """Every term of a text in its order, stop words too: what phrases are looked up in."""
    return [stem(word) for word in words_of(text)]


def telling_terms(words: Iterable[str]) -> dict[str, None]:
    """The different terms of folded words that are no stop words, in the order in which they come."""
    stops = stop_words()
    return dict.fromkeys([stem(word) for word in words if word not in stops])


def spots(text: str) -> list[Spot]:
    """Every term that ranking counts, with its place in the text: for snippets and the words in common."""
    stops = stop_words()
    return [Spot(stem(t.text), t.text, t.start, t.end) for t in tokenize(text) if t.text not in stops]


def spots_among(text: str, terms: set[str]) -> list[Spot]:
    """Those `spots` of a text whose terms are wanted."""
    wanted = {
        piece: [spot for spot in spots_of(piece) if spot.term in terms]
        for piece in pieces_with(terms, set(text.split()))
    }
    found = [
        Spot(spot.term, spot.word, at + spot.start, at + spot.end)
        for piece, there in wanted.items()
        for at in _places(text, piece)
        for spot in there
    ]
    # No two pieces begin at one place, and the sort keeps the order of those within one.
    return sorted(found, key=lambda spot: spot.start) if len(wanted) > 1 else found


def _places(text: str, piece: str) -> Iterator[int]:
    """Where a piece stands alone between white space: a few searches cost less than a look at every piece."""
    at = text.find(piece)
    while at >= 0:
        end = at + len(piece)
        if (not at or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(piece, at + 1)


def _terms_of(piece: str) -> frozenset[str]:
    stops = stop_words()
    return frozenset([stem(word) for word in words_in(piece) if word not in stops])


# The `spots` of a piece of text without white space, and their terms alone.
spots_of: Callable[[str], tuple[Spot, ...]] = Memo(lambda piece: tuple(spots(piece)), REMEMBERED).__getitem__
terms_of: Callable[[str], frozenset[str]] = Memo(_terms_of, REMEMBERED).__getitem__


def pieces_with(terms: set[str], pieces: Collection[str]) -> list[str]:
    """Those of some pieces of text without white space that hold one of the terms."""
    own = map(terms_of, pieces)
    return [piece for piece, there in zip(pieces, own, strict=True) if not there.isdisjoint(terms)]


def wording(text: str) -> int:
    """A 63-bit digest of a text's words in their order: equal for texts that differ in case and punctuation alone."""
    return wording_of(words_of(text))


def wording_of(words: Iterable[str]) -> int:
    """The `wording` of a text of these folded words."""
    return int.from_bytes(hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).digest(), "big") >> 1

"""Stems words to terms, knows which of them are stop words, and finds terms with their places in a text."""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from indexer.analysis.compounds import compounds, counts_alone, listed, spellings
from indexer.analysis.memo import Memo
from indexer.analysis.tokens import PIECE, REMEMBERED, bare, plain_word, tokenize, words_in, words_of
from indexer.analysis.wordlists import kinds, shipped, stop_words, table

STEMMER = "english"  # Porter2; index and query must share it
_local = threading.local()
# The stemmer would take its ending off: the hepatitis of a liver is not all that is hepatic.
_INFLAMMATION = "itis"
_CLOSING = re.compile(r"[.,;:!?…。、]*(?:\s+|$)")


@cache
def story_terms() -> frozenset[str]:
    """The terms of words that tell a story (months, a wife, thanks), which say nothing as words in common."""
    return frozenset(term for line in shipped("storywords.txt") for term in sequence(line.text))


@cache
def stop_terms() -> frozenset[str]:
    """The terms of stop words. Other words may share one ("withing" and "with"), so ranking may know a few of them."""
    return frozenset(stem(word) for word in stop_words())


@cache
def families() -> dict[str, str]:
    """The terms of words that their endings would join with others or part from their own family."""
    return {**table("families.txt"), **plurals()}


@cache
def plurals() -> dict[str, str]:
    """The singular of irregular plurals, and of itself."""
    return table("plurals.txt")


def american(word: str) -> str:
    """A folded word as it is spelled in America: `haemorrhage` becomes `hemorrhage`."""
    pattern, spelled = _british()
    return pattern.sub(lambda found: spelled[found[0]], word)


@cache
def _british() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = [line.text.split(": ") for line in shipped("british.txt")]
    pattern = "|".join(sorted((british for british, _ in pairs), key=lambda british: -len(british)))
    return re.compile(pattern), {british.strip("^$"): own for british, own in pairs}


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """The stem of a folded word in its American spelling, or what it shares with its family by the shipped table; what
    is not written in ASCII letters stays as it is.
    """
    if not word.isascii() or not word.isalpha():
        return word
    word = american(word)
    if (own := families().get(word)) or word.endswith(_INFLAMMATION):
        return own or word
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer(STEMMER)  # one a thread: it keeps a buffer
    result: str = stemmer.stemWord(word)
    return result


def alike(word: str, other: str) -> bool:
    """Whether two folded words are one in either number and either spelling, by which quoted and excluded words are
    told apart: stems would join several of one kind ("severe" and "several").
    """
    one, two = (plurals().get(american(own), american(own)) for own in (word, other))
    return one == two or two in _regular_plurals(one) or one in _regular_plurals(two)


def _regular_plurals(word: str) -> tuple[str, ...]:
    return (word + "s", word + "es", word[:-1] + "ies" if word.endswith("y") else word + "s")


class Spot(NamedTuple):
    """A term where it stands in a text: the term, the folded word, start and end."""

    term: str
    word: str
    start: int
    end: int


class Read(NamedTuple):
    """A word of a text, read: without its ties, its term, and whether it is a term of its own."""

    token: str
    term: str
    alone: bool


read_word: Callable[[str], Read] = Memo(
    lambda word: Read(own := bare(word), stem(own), counts_alone(word)), REMEMBERED
).__getitem__


def sequence(text: str) -> list[str]:
    """Every term of a text in its order, stop words too: what phrases are looked up in."""
    return [stem(bare(word)) for word in words_of(text)]


def telling_terms(words: Iterable[str]) -> dict[str, None]:
    """The different terms of words that count alone, in the order in which they come."""
    return dict.fromkeys([read.term for read in map(read_word, words) if read.alone])


def compound_terms(words: Sequence[str]) -> Iterator[str]:
    """The terms of the names that words make together, beyond those of the words."""
    for start, end in compounds(words):
        for spelling, first, _ in spellings(words[start:end]):
            yield _name_term(spelling, words[start + first])
    for name, _ in listed(words):
        yield name


def _name_term(spelling: str, first: str) -> str:
    """The term of a name that begins with a word. A letter behind a noun is no ending: vitamin E is not a vitamin."""
    return spelling if bare(first) in kinds() else stem(spelling)


def spots(text: str) -> list[Spot]:
    """Every term that ranking counts, with its place in the text: for snippets and the words in common. A name of which
    parts stand apart ("vitamin A") is told by these alone.
    """
    return [
        spot._replace(start=p.start() + spot.start, end=p.start() + spot.end)
        for p in PIECE.finditer(text)
        for spot in spots_of(p[0])
    ]


def _spots_of(piece: str) -> tuple[Spot, ...]:
    if plain := plain_word(piece):
        own = read_word(plain.text)
        return (Spot(own.term, own.token, plain.start, plain.end),) if own.alone else ()
    tokens = list(tokenize(piece))
    words = [token.text for token in tokens]
    read = zip(tokens, map(read_word, words), strict=True)
    found = [Spot(own.term, own.token, token.start, token.end) for token, own in read if own.alone]
    for begin, end in compounds(words):
        for spelling, first, beyond in spellings(words[begin:end]):
            term = _name_term(spelling, words[begin + first])
            found.append(Spot(term, spelling, tokens[begin + first].start, tokens[begin + beyond - 1].end))
    return tuple(sorted(found, key=lambda spot: spot.start))


def spots_among(text: str, terms: set[str], begins: Sequence[int] | None = None) -> list[Spot]:
    """Those `spots` of a text whose terms are wanted; `begins` is where the pieces begin that are looked at, ascending,
    None for all.
    """
    if begins is not None:
        return [
            Spot(spot.term, spot.word, at + spot.start, at + spot.end)
            for at, piece in pieces_at(text, begins)
            for spot in spots_of(piece)
            if spot.term in terms
        ]
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


def pieces_at(text: str, begins: Iterable[int]) -> list[tuple[int, str]]:
    """The pieces of a text that begin at some places, each with its place; places beyond its end are left out."""
    found = [(at, PIECE.match(text, at)) for at in begins]
    return [(at, piece[0]) for at, piece in found if piece]


def _places(text: str, piece: str) -> Iterator[int]:
    """Where a piece stands alone between white space: a few searches cost less than a look at every piece."""
    at = text.find(piece)
    while at >= 0:
        end = at + len(piece)
        if (not at or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(piece, at + 1)


def _terms_of(piece: str) -> frozenset[str]:
    words = words_in(piece)
    return frozenset([*telling_terms(words), *compound_terms(words)])


# The `spots` of a piece of text without white space, and their terms alone.
spots_of: Callable[[str], tuple[Spot, ...]] = Memo(_spots_of, REMEMBERED).__getitem__
terms_of: Callable[[str], frozenset[str]] = Memo(_terms_of, REMEMBERED).__getitem__


def pieces_with(terms: set[str], pieces: Collection[str]) -> list[str]:
    """Those of some pieces of text without white space that hold one of the terms."""
    own = map(terms_of, pieces)
    return [piece for piece, there in zip(pieces, own, strict=True) if not there.isdisjoint(terms)]


def wording(text: str) -> int:
    """A 63-bit digest of what a text says: equal for texts that differ in case, spacing and the marks that close a
    sentence or clause alone.
    """
    said = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return int.from_bytes(hashlib.blake2b(_CLOSING.sub("", said).encode(), digest_size=8).digest(), "big") >> 1

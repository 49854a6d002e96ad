"""Cuts a text into folded words with their places; compounds whole and in parts, Chinese by characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain
from string import punctuation
from typing import NamedTuple

from indexer.analysis.memo import Memo

# Han, kana and Hangul: written without spaces, or with endings that only pieces find.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_LETTER = f"(?:[^\\W_{_CJK}]|[{_MARKS}])"
# A word may hold apostrophes (don't) and be tied by hyphens (IL-6, type-2, β-blocker).
_WORD = re.compile(f"(?P<cjk>[{_CJK}]+)|(?P<word>{_LETTER}+(?:['’ʼ‐‑–-]{_LETTER}+)*)")
_CJK_START = re.compile(f"[{_CJK}]")
_TIES = re.compile("[-‐‑–]")
_APOSTROPHES = re.compile("['’ʼ]")
# T12, B12, 10mg: where letters and digits meet within one word.
_SEAM = re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])")
# No token crosses white space, and most of what stands between was seen before.
_PIECE = re.compile(r"\S+")
REMEMBERED = 1 << 15
# Nobody writes a word of this length; a run of that many characters is data, not text.
MOST_WORD = 64
# Latin letters that no normal form decomposes. Marks on other scripts are letters and stay (Hindi, Thai).
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
_LATIN_MARKS = re.compile("([a-z])[\u0300-\u036f]+")


def is_han(token: str) -> bool:
    """Whether a token is written in characters (Han, kana, Hangul), which are words in pieces."""
    return not token.isascii() and bool(_CJK_START.match(token))


def in_han(tokens: Sequence[str]) -> bool:
    """Whether most of some tokens are characters: such a text has statistics of its own kind."""
    return 2 * sum(map(is_han, tokens)) > len(tokens)


class Token(NamedTuple):
    """A folded word and the part of the text, from `start` to `end`, that it stands for."""

    text: str
    start: int
    end: int


def fold(word: str) -> str:
    """NFKC, case folding, Latin accents dropped: `Ménière` and `MENIERE` become `meniere`, `Ⅻ` becomes `xii`."""
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFKC", word).casefold().translate(_LETTERS)
    # Some characters stand for whole phrases, others for a space with a mark; a term holds no white space.
    word = "".join(unicodedata.normalize("NFKD", word).split())
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub(r"\1", word))


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a text in their order; a compound gives itself first, then its parts, all at its own place.

    >>> [token.text for token in tokenize("IL-6 isn't in T12")]
    ['il6', 'il', '6', 'isnt', 'in', 't12', '12']
    """
    for piece in _PIECE.finditer(text):
        start = piece.start()
        for word, a, b in _tokens_of(piece[0]):
            yield Token(word, start + a, start + b)


def words_of(text: str) -> list[str]:
    """The folded words of a text, as `tokenize` gives them, without their places."""
    return list(chain.from_iterable(map(_words_in, text.split())))


def compounds(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a compound of words stands before its parts: its place, and that after the last part.

    >>> list(compounds(words_of("a hay-fever tablet")))
    [(1, 4)]
    """
    for at, token in enumerate(tokens):
        rest, end = token, at + 1
        while rest and end < len(tokens) and len(tokens[end]) > 1 and rest.startswith(tokens[end]):
            rest, end = rest[len(tokens[end]) :], end + 1
        if not rest and end > at + 2 and token.isascii() and token.isalpha():
            yield at, end


def tokenize_anew(text: str) -> Iterator[Token]:
    """As `tokenize`, without remembering what stands between white space: the definition."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup == "cjk":
            yield from _characters(match[0], start)
            continue
        word = _APOSTROPHES.sub("", match[0])[:MOST_WORD]
        if word.isalpha():
            yield Token(fold(word), start, end)
            continue
        pieces = [piece for tied in _TIES.split(word) for piece in _SEAM.split(tied)]
        yield Token(fold("".join(pieces)), start, end)
        if len(pieces) > 1:
            # A single letter says nothing apart from its compound: the T of T12, the X of X-ray.
            yield from (Token(fold(p), start, end) for p in pieces if len(p) > 1 or not p.isascii() or p.isdigit())


def _characters(run: str, start: int) -> Iterator[Token]:
    """Each character and each pair of neighbours: both together find most (recall@10 .738, pairs alone .713)."""
    run_folded = [fold(character) for character in run]
    for at, character in enumerate(run_folded):
        yield Token(character, start + at, start + at + 1)
        if at + 1 < len(run_folded):
            yield Token(character + run_folded[at + 1], start + at, start + at + 2)


def words_in(piece: str) -> tuple[str, ...]:
    """The words of what stands between white space. Most is a plain word and marks around it: no pattern is needed."""
    bare = piece.strip(punctuation)
    if bare.isascii() and bare.isalpha() and len(bare) <= MOST_WORD:
        return (bare.lower(),)
    return tuple([token.text for token in tokenize_anew(piece)])


_tokens_of = Memo(lambda piece: tuple(tokenize_anew(piece)), REMEMBERED).__getitem__
_words_in = Memo(words_in, REMEMBERED).__getitem__

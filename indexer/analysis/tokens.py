"""Cuts a text into folded words with their places; what is written as one word is tied, Chinese is cut by characters.

A word that is written together with the next or the one before bears a mark at that end: `~` where letters meet digits
(B12 is `b~`, `~12`), `_` for a hyphen or a sign (IL-6 is `il_`, `_6`), `/` between numbers (120/80). So a text is a row
of the same words whether they are written with a hyphen, a blank or neither, and what was one word can be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from indexer.analysis.folding import Folded, folded
from indexer.analysis.memo import Memo
from indexer.analysis.wordlists import LABELS, kinds

# Han, kana and Hangul, Thai, Lao, Burmese and Khmer: written without spaces, or with endings that only pieces find.
_CJK = (
    "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3\u17dc\u17dd"
)
_LETTER = f"[^\\W\\d_{_CJK}]"
_GREEK = "α-ω"
_GREEK_LETTERS = frozenset("αβγδεζηθικλμνξοπρστυφχψω")
_WORD = re.compile(
    f"(?P<cjk>[{_CJK}]+)"
    # M.R.I., e.g.
    f"|(?P<dotted>(?<![^\\W_]){_LETTER}(?:\\.{_LETTER})+(?![^\\W_]))"
    # A minus or plus before a number or "ve" that nothing but a sign or bracket stands before, 0.5 without its 0.
    "|(?P<sign>(?:<=|>=|\\+/-|(?<![-=])[<>]|[≤≥±])(?=[-+]?\\.?\\d)|(?<![^\\W_])(?<![-+.,)\\]%°'\"/])[-+](?=\\.?\\d)"
    "|[-+](?=ve(?![^\\W_])))"
    f"|(?P<number>(?<![^\\W_.])\\.\\d+|\\d+(?:[.,']\\d+)*)"
    # A letter and its sign: Rh+, A-, HER2+.
    "|(?P<charge>(?<=[^\\W_])[-+](?![^\\W_+]|[-+]))"
    f"|(?P<letters>[{_GREEK}]+(?:'[{_GREEK}]+)*|(?:(?![{_GREEK}]){_LETTER})+(?:'(?:(?![{_GREEK}]){_LETTER})+)*)"
)
# What a piece of text may be as a whole and still say something: comparisons and signs before a number with a blank.
_ALONE = frozenset({"<", ">", "≤", "≥", "±", "<=", ">=", "+/-"})
_SIGNS = {"<=": "≤", ">=": "≥", "+/-": "±"}
# 1,000.5 and, where a comma or a second point follows, 1.000,5.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([,'])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_POINTED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")
_DECIMAL = re.compile(r"\d*[.,]\d+")
_CHARGED = re.compile(r"(?:(?=\w*[A-Z])[A-Z0-9]{1,4}|[Rr]h|[abo]|ab)")
# µg, µmol: one types u; 2·5: British journals raise the point.
_MICRO = re.compile("μ(?=[a-z])")
_RAISED = re.compile("(?<=[0-9])·(?=[0-9])")
# What a dotted word and one with an apostrophe are written without.
_APOSTROPHES = re.compile("['.]")
_AROUND = ".,;:!?()[]{}*\"'"
TIES = "~_/"
# At the end of a noun that a mark of punctuation closes, and before a letter that one opens: "hepatitis, a virus" is no
# hepatitis A.
_CLOSED = "."
_MARKS = TIES + _CLOSED
# No token crosses white space, and most of what stands between was seen before.
PIECE = re.compile(r"\S+")
REMEMBERED = 1 << 15
# Nobody writes a word of this length; a run of that many characters is data, not text.
MOST_WORD = 64
_CJK_START = re.compile(f"[{_CJK}]")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def is_han(token: str) -> bool:
    """Whether a token is written in characters (Han, kana, Hangul, Thai and its like), which are words in pieces."""
    return not token.isascii() and bool(_CJK_START.match(token))


def in_han(tokens: Sequence[str]) -> bool:
    """Whether most of some tokens are characters: such a text has statistics of its own kind."""
    return 2 * sum(map(is_han, tokens)) > len(tokens)


def is_pair(token: str) -> bool:
    """Whether a token in characters is two of them, and not one with its marks."""
    return sum(not _is_mark(character) for character in token) > 1


def bare(word: str) -> str:
    """A word without its ties."""
    return word.strip(_MARKS)


class Token(NamedTuple):
    """A folded word, with its ties, and the part of the text, from `start` to `end`, that it stands for."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a text in their order.

    >>> [token.text for token in tokenize("IL-6 isn't 0,5 mg in B12")]
    ['il_', '_6', 'isnt', '0.5', 'mg', 'in', 'b~', '~12']
    """
    for piece in PIECE.finditer(text):
        start = piece.start()
        for word, a, b in _tokens_of(piece[0]):
            yield Token(word, start + a, start + b)


def words_of(text: str) -> list[str]:
    """The folded words of a text, as `tokenize` gives them, without their places."""
    return list(chain.from_iterable(map(_words_in, text.split())))


def words_in(piece: str) -> tuple[str, ...]:
    """The words of what stands between white space."""
    plain = plain_word(piece)
    return (plain.text,) if plain else tuple([token.text for token in tokens_in(piece)])


def plain_word(piece: str) -> Token | None:
    """The only token of a plain word with marks around it, as most of what stands between white space is: no pattern is
    needed. None for anything else.
    """
    plain = piece.strip(_AROUND)
    if not (plain.isascii() and plain.isalpha() and len(plain) <= MOST_WORD):
        return None
    start = piece.index(plain)
    word = plain.lower() if plain == piece else _closed(piece, plain.lower())
    return Token(word, start, start + len(plain))


def _closed(piece: str, word: str) -> str:
    """A word of a piece with punctuation: a noun that is closed, a letter that is opened by it bears a mark."""
    if word in kinds() and not piece[-1].isalnum():
        return word + _CLOSED
    return _CLOSED + word if word in LABELS and not piece[0].isalnum() else word


def tokens_in(piece: str) -> tuple[Token, ...]:
    """The tokens of what stands between white space."""
    found = folded(piece)
    text = _RAISED.sub(".", _MICRO.sub("u", found.text))
    if text in _ALONE:
        return (Token(_SIGNS.get(text, text), 0, len(piece)),)
    # A mark that is left is part of its letter, which the pattern need not know.
    shadow = text if text.isascii() else "".join(["x" if _is_mark(c) and not is_han(c) else c for c in text])
    parts: list[_Part] = []
    for match in _WORD.finditer(shadow):
        kind, start = str(match.lastgroup), match.start()
        if kind != "charge" or _is_charge(piece, found, start):
            parts += _cut(kind, text[start : match.end()], start)
    ties = ["", *(_tie(a, b, text[a.end : b.start]) for a, b in pairwise(parts)), ""]
    words = [before + part.word + after for part, before, after in zip(parts, ties, ties[1:], strict=False)]
    if len(words) == 1:
        words = [_closed(piece, words[0])]
    return tuple([Token(word, *found.span(p.start, p.end)) for word, p in zip(words, parts, strict=True)])


class _Part(NamedTuple):
    """A word without ties, what it is, and where it stands in the folded text."""

    kind: str
    word: str
    start: int
    end: int


def _cut(kind: str, written: str, start: int) -> Iterator[_Part]:
    """The words of what the pattern found."""
    end = start + len(written)
    if kind == "cjk":
        # Each character and each pair of neighbours: both together find most (recall@10 .738, pairs alone .713).
        places = [*(start + n for n, c in enumerate(written) if not n or not _is_mark(c)), end]
        for one, other, after in zip(places, places[1:], [*places[2:], 0], strict=False):
            yield _Part(kind, written[one - start : other - start], one, other)
            if after:
                yield _Part(kind, written[one - start : after - start], one, after)
    elif kind == "number":
        if number := _number(written):
            yield _Part(kind, number[:MOST_WORD], start, end)
        else:
            digits = re.finditer(r"\d+", written)
            yield from (_Part(kind, d[0][:MOST_WORD], start + d.start(), start + d.end()) for d in digits)
    elif kind in {"sign", "charge"}:
        yield _Part(kind, _SIGNS.get(written, written), start, end)
    else:
        word = _APOSTROPHES.sub("", written)[:MOST_WORD]
        yield _Part("letters", _letter_name(word) if word in _GREEK_LETTERS else word, start, end)


def _letter_name(letter: str) -> str:
    """A Greek letter as many write it out (β-blocker, TNF-α)."""
    return unicodedata.name(letter).removeprefix("GREEK SMALL LETTER ").lower().replace("lamda", "lambda")


def _number(written: str) -> str:
    """A number in one form, without marks of thousands and zeros at its end; empty for several ("1,2,3")."""
    if _THOUSANDS.fullmatch(written):
        written = re.sub("[,']", "", written)
    elif _POINTED.fullmatch(written):
        written = written.replace(".", "")
    if written.isdigit():
        return written
    if not _DECIMAL.fullmatch(written):
        return ""
    whole, _, part = written.replace(",", ".").partition(".")
    return f"{whole or 0}.{part}".rstrip("0").rstrip(".")


def _is_charge(piece: str, found: Folded, at: int) -> bool:
    """Whether a sign behind letters is theirs: any plus; a minus where they are written as a name is (Rh-, HER2-)."""
    if found.text[at] == "+":
        return True
    start = at
    while start and found.text[start - 1].isalnum():
        start -= 1
    return bool(_CHARGED.fullmatch(piece[slice(*found.span(start, at))]))


def _tie(a: _Part, b: _Part, between: str) -> str:
    """How two words that stand one after the other are written together; empty for apart."""
    if "cjk" in {a.kind, b.kind} or b.kind == "sign" != a.kind:
        return ""
    if not between:
        return "_" if a.kind == "sign" or b.kind == "charge" else "~" if a.kind != "charge" else ""
    if between == "-":
        return "_"
    return "/" if between == "/" and a.kind == b.kind == "number" else ""


_tokens_of = Memo(tokens_in, REMEMBERED).__getitem__
_words_in = Memo(words_in, REMEMBERED).__getitem__

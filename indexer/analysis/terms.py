"""Terms: tokens stemmed, and parted into those that find and those that only hold phrases together (stop words)."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import Stemmer

from indexer.analysis.tokens import tokenize

# Raise this when the rules change in a way that the probe below does not show.
_RULES = 1
_STEMMER = "english"  # Porter2; index and query must share it
_PROBE = "Don't the knees of IL-6, T12 and β-blockers hurt without œdema? Ménière’s running 骨水泥 दर्द 10mg X-ray Ⅻ"
_local = threading.local()


@cache
def stop_words() -> frozenset[str]:
    """The words that carry grammar, not matter; negation is not among them."""
    lines = files(__package__).joinpath("stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


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
        stemmer = _local.stemmer = Stemmer.Stemmer(_STEMMER)  # one a thread: it keeps a buffer
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
    return [stem(token.text) for token in tokenize(text)]


class Analysed(NamedTuple):
    """A text in terms: `sequence` is every term in its order, `bag` how often each occurs without stop words,
    `words` the folded words behind them.
    """

    sequence: list[str]
    bag: Counter[str]
    words: frozenset[str]


def bag(text: str) -> Counter[str]:
    """How often each term of a text occurs, without stop words: what ranking counts."""
    return analyse(text).bag


def analyse(text: str) -> Analysed:
    """Everything that an index keeps of a text, in one pass."""
    stops = stop_words()
    pairs = [(token.text, stem(token.text)) for token in tokenize(text)]
    telling = [(word, term) for word, term in pairs if word not in stops]
    return Analysed(
        sequence=[term for _, term in pairs],
        bag=Counter(term for _, term in telling),
        words=frozenset(word for word, _ in telling),
    )


def spots(text: str) -> list[Spot]:
    """Every term that ranking counts, with its place in the text: for snippets and the words in common."""
    stops = stop_words()
    return [Spot(stem(t.text), t.text, t.start, t.end) for t in tokenize(text) if t.text not in stops]


def wording(text: str) -> int:
    """A 63-bit digest of a text's words in their order: equal for texts that differ in case and punctuation alone."""
    words = "\x1f".join(token.text for token in tokenize(text))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big") >> 1


@cache
def fingerprint() -> str:
    """What an index must share with the program that reads it: 12 hexadecimal digits of rules, tables and stemmer."""
    probe = analyse(_PROBE)
    told = [str(_RULES), _STEMMER, *sorted(stop_words()), *probe.sequence, *sorted(probe.bag)]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:12]

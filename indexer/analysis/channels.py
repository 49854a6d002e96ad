"""The second stage's bags of tokens: bigrams, grams and stop words; intents are in intents.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise

from indexer.analysis.wordlists import stop_words

GRAM = 4


def bigrams(sequence: Sequence[str]) -> Counter[str]:
    """Neighbouring terms, stop words kept ("how long", "due to"); Chinese terms are pairs of characters already."""
    return Counter([f"{a} {b}" for a, b in pairwise(sequence) if a.isascii() and b.isascii()])


def grams(words: Sequence[str]) -> Counter[str]:
    """Pieces of four letters of the words that are no stop words: they survive most misspellings."""
    stops = stop_words()
    return Counter(chain.from_iterable([grams_of(w) for w in words if len(w) >= GRAM and w not in stops]))


@lru_cache(maxsize=1 << 15)
def grams_of(word: str) -> tuple[str, ...]:
    """The pieces of one word, whose beginning and end count as letters."""
    whole = f"^{word}$"
    return tuple([whole[at : at + GRAM] for at in range(len(whole) - GRAM + 1)])


def stops(words: Sequence[str]) -> Counter[str]:
    """How often each stop word occurs: "how long after" tells questions apart, where single words do not."""
    stops = stop_words()
    return Counter([word for word in words if word in stops])

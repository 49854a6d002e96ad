"""Tells what a question wants to know (a treatment, a cause, how long), by a table of phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from indexer.analysis.phrases import GAP, MOST_GAP, Phrases, phrases_of


def intents(words: Sequence[str]) -> frozenset[str]:
    """The intents of a text's folded words, stop words included."""
    return frozenset(_phrases().find(words))


def intent_places(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The intents of folded words, each with the places of its first word and beyond its last."""
    return _phrases().places(words)


@cache
def intent_names() -> tuple[str, ...]:
    """Every intent that the table names, in order."""
    return tuple(sorted({name for name, _ in intent_entries()}))


@cache
def longest_intent() -> int:
    """How many words the longest phrase of the table can take."""
    return max(sum(MOST_GAP if word == GAP else 1 for word in pattern) for _, pattern in intent_entries())


@cache
def _phrases() -> Phrases:
    return Phrases(intent_entries())


def intent_entries() -> list[tuple[str, tuple[str, ...]]]:
    """The name and the words of every phrase of the table, in order."""
    return sorted(phrases_of("intents.txt"))

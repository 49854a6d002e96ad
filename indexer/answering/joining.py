"""Finds how documents write what was typed, together or apart ("5 mg", "5mg"), so that a search finds all spellings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import stem
from indexer.analysis.tokens import bare
from indexer.generation import Generation

# A word is read as two where at least so many documents write these side by side, and one for ten that write it as one.
_DOCUMENTS, _SHARE = 2, 0.1
# What more documents than these, and this share of all, write as one is found well enough so.
_OFTEN, _FREQUENT = 20, 0.01
_MOST_READINGS = 16
# Stop words that make a noun of a verb: follow-up, break-out.
_PARTICLES = frozenset({"up", "off", "out", "down", "over"})


def tied_as_written(generation: Generation, words: Sequence[str]) -> list[str]:
    """The words of a search, those tied that some document writes as one: a number or letter and what stands beside it
    ("5 mg", "covid 19", "T score").
    """
    found = list(words)
    for at, other in enumerate(words[1:]):
        one = found[at]
        if _is_free(one) and _is_free(other) and _is_short(one) != _is_short(other) and _known(generation, one + other):
            found[at : at + 2] = [f"{one}~", f"~{other}"]
    return found


def written_together(generation: Generation, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The term of two words of a search that some document writes as one, and the terms of the two ("beta blocker")."""
    for one, other in pairwise(words):
        both = all(_is_half(word) for word in (one, other)) and _is_free(one)
        if both and _known(generation, one + other):
            yield stem(one + other), (stem(one), stem(other))


def written_apart(generation: Generation, words: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Those of some words that documents write as two side by side ("betablocker"), each with the two."""
    plain = [word for word in dict.fromkeys(words) if word.isascii() and word.isalpha()]
    often = max(_OFTEN, int(_FREQUENT * generation.statistics.documents))
    rare = generation.rarities([stem(word) for word in plain])
    least = generation.statistics.rarity("", often)
    halves = [half for word in plain if rare[stem(word)] >= least for half in _halves(word)]
    counts = generation.frequencies([" ".join(map(stem, half)) for half in halves], "bigrams")
    best: dict[str, tuple[int, tuple[str, str]]] = {}
    for count, half in zip(counts, halves, strict=True):
        if count >= _DOCUMENTS:
            best["".join(half)] = max(best.get("".join(half), (0, half)), (count, half))
    together = generation.frequencies(list(map(stem, best)))
    return {word: half for (word, (n, half)), one in zip(best.items(), together, strict=True) if n >= _SHARE * one}


def _halves(word: str) -> Iterator[tuple[str, str]]:
    for at in range(1, len(word) - 1):
        one, other = word[:at], word[at:]
        if counts_alone(one) and (counts_alone(other) or other in _PARTICLES):
            yield one, other


def readings(generation: Generation, words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The ways to write a phrase: as it is, two words of it as one, a word of it as two; those that documents have."""
    own = tuple(map(bare, words))
    found = [own]
    for at, (one, other) in enumerate(pairwise(own)):
        if one.isalpha() and other.isalpha() and _known(generation, one + other):
            found.append((*own[:at], one + other, *own[at + 2 :]))
    parted = written_apart(generation, own)
    found += [(*own[:at], *parted[word], *own[at + 1 :]) for at, word in enumerate(own) if word in parted]
    return tuple(found[:_MOST_READINGS])


def _is_half(word: str) -> bool:
    return word in _PARTICLES or (_is_free(word) and not _is_short(word))


def _is_free(word: str) -> bool:
    return word == bare(word) and word.isascii() and counts_alone(word)


def _is_short(word: str) -> bool:
    return word.replace(".", "").isdigit() or len(word) == 1


def _known(generation: Generation, word: str) -> bool:
    return bool(generation.frequencies([stem(word)])[0])

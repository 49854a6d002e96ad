"""Finds how documents write what was typed, together or apart ("5 mg", "5mg"), so that a search finds all spellings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise

from indexer.analysis.compounds import compounds, counts_alone, in_full
from indexer.analysis.terms import stem
from indexer.analysis.tokens import bare
from indexer.analysis.wordlists import ROMAN, arabic, kinds
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
    """The term of two words of a search that some document writes as one, and the terms of these ("beta blocker"). The
    second may be a name of letters and digits ("HLA B27").
    """
    for one, other in pairwise(_units(words)):
        first, second = (bare(unit[0]) if len(unit) == 1 else "".join(map(bare, unit)) for unit in (one, other))
        named = len(other) > 1 and second[0].isalpha()
        halves = len(other) == 1 and _is_half(other[0]) and _is_half(one[0]) and _is_free(one[0])
        both = len(one) == 1 and (halves or (named and len(first) > 1 and first.isalpha()))
        if both and _known(generation, first + second):
            yield stem(first + second), (stem(first), stem(second))


def written_apart(generation: Generation, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Those of some words that documents write as two side by side ("betablocker"), and of names that they write with a
    blank ("HLAB27"): each, with the words instead.
    """
    units = list(dict.fromkeys(_units(words)))
    plain = [unit[0] for unit in units if len(unit) == 1 and unit[0].isascii() and unit[0].isalpha()]
    often = max(_OFTEN, int(_FREQUENT * generation.statistics.documents))
    rare = generation.rarities([stem(word) for word in plain])
    least = generation.statistics.rarity("", often)
    ways: list[tuple[str, ...]] = [half for word in plain if rare[stem(word)] >= least for half in _halves(word)]
    ways += [way for unit in units for way in _blanks(unit)]
    pairs = [" ".join(map(stem, pair)) for way in ways for pair in list(pairwise(way))[:2]]
    counts = iter(generation.frequencies(pairs, "bigrams"))
    best: dict[str, tuple[int, tuple[str, ...]]] = {}
    for way in ways:
        count = min(islice(counts, min(len(way) - 1, 2)))
        if count:
            best["".join(way)] = max(best.get("".join(way), (0, way)), (count, way))
    together = generation.frequencies(list(map(stem, best)))
    return {
        word: way
        for (word, (n, way)), one in zip(best.items(), together, strict=True)
        if len(way) > 2 or not one or n >= max(_DOCUMENTS, _SHARE * one)
    }


def _units(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words one by one, those of a compound together."""
    at = 0
    for start, end in chain(compounds(words), [(len(words), len(words))]):
        yield from ((word,) for word in words[at:start])
        if end > start:
            yield tuple(words[start:end])
        at = end


def _halves(word: str) -> Iterator[tuple[str, str]]:
    for at in range(1, len(word) - 1):
        one, other = word[:at], word[at:]
        if counts_alone(one) and (counts_alone(other) or other in _PARTICLES):
            yield one, other


def _blanks(unit: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of a name that begins with several letters and a digit, with a blank between two of these letters."""
    head, *rest = map(bare, unit)
    if rest and head.isascii() and head.isalpha() and rest[0].isdigit():
        yield from ((head[:at], head[at:], *rest) for at in range(2, len(head)))


def other_names(unit: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A noun of a kind with its letter or number, by its other names: stage III, hep B."""
    noun = kinds().get(bare(unit[0])) if len(unit) == len(("stage", "iii")) else None
    label = bare(unit[-1])
    labels = [label, *(roman for roman in (*ROMAN, arabic(label)) if roman != label and arabic(roman) == arabic(label))]
    yield from ((word, one) for word, own in kinds().items() if own == noun for one in labels)


def readings(generation: Generation, words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The ways to write a phrase: as it is, two words of it as one, a word of it as two; those that documents have."""
    own = tuple(map(bare, words))
    found = [own]
    for at, (one, other) in enumerate(pairwise(own)):
        if one.isalpha() and other.isalpha() and _known(generation, one + other):
            found.append((*own[:at], one + other, *own[at + 2 :]))
    parted, at = written_apart(generation, words), 0
    for unit in _units(words):
        end = at + len(unit)
        ways = [parted.get("".join(own[at:end]), ()), in_full(unit), *other_names(unit)]
        found += [(*own[:at], *map(bare, way), *own[end:]) for way in ways if way]
        at = end
    for at, (one, _, other, number) in enumerate(zip(own, own[1:], own[2:], own[3:], strict=False)):
        if one == other and len(one) == 1 and one.isalpha() and number.isdigit():
            found.append((*own[: at + 2], *own[at + 3 :]))  # L4/5 for L4/L5
    return tuple(dict.fromkeys(found))[:_MOST_READINGS]


def _is_half(word: str) -> bool:
    return word in _PARTICLES or (_is_free(word) and not _is_short(word))


def _is_free(word: str) -> bool:
    return word == bare(word) and word.isascii() and counts_alone(word)


def _is_short(word: str) -> bool:
    return word.replace(".", "").isdigit() or len(word) == 1


def _known(generation: Generation, word: str) -> bool:
    return bool(generation.frequencies([stem(word)])[0])

"""Differences: the words that decide in medicine, where two questions use them differently; shown, never a veto."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from indexer.analysis import Token, tokenize
from indexer.analysis.phrases import Phrases, readings
from indexer.analysis.tables import shipped
from indexer.types import Differs

_TABLE = "differences.txt"
# What stands behind a number makes it a dose.
_UNITS = frozenset(
    [
        "mg",
        "g",
        "mcg",
        "ug",
        "µg",
        "ml",
        "cc",
        "iu",
        "units",
        "tablets",
        "tablet",
        "pills",
        "pill",
        "drops",
        "puffs",
        "times",
    ]
)
_YEARS = frozenset({"year", "years", "yr", "yrs", "yo", "month", "months", "week", "weeks"})
_AGED = frozenset({"am", "im", "aged", "age"})
_MOST_SHOWN = 6


def differences(a: str, b: str) -> tuple[Differs, ...]:
    """What differs between two texts, kind by kind: the words of each that the other has nothing like."""
    ours, theirs = said(a), said(b)
    found = []
    for kind in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(kind, {}), theirs.get(kind, {})
        left = [a[slice(*span)] for value, span in one.items() if value not in other]
        right = [b[slice(*span)] for value, span in other.items() if value not in one]
        if left or right:
            found.append(Differs(kind=kind, a=", ".join(left[:_MOST_SHOWN]), b=", ".join(right[:_MOST_SHOWN])))
    return tuple(sorted(found, key=lambda differs: (not (differs.a and differs.b), _kinds().index(differs.kind))))


def said(text: str) -> dict[str, dict[str, tuple[int, int]]]:
    """For each kind the values that a text names, each with the place where it first does, from start to end."""
    tokens = list(tokenize(text))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, value, start, end in (*_named(tokens), *_numbers(tokens)):
        found.setdefault(kind, {}).setdefault(value, (tokens[start].start, tokens[end - 1].end))
    return found


def _named(tokens: list[Token]) -> Iterator[tuple[str, str, int, int]]:
    for name, start, end in _phrases().places([token.text for token in tokens]):
        kind, _, value = name.partition("/")
        yield kind, value, start, end


def _numbers(tokens: list[Token]) -> Iterator[tuple[str, str, int, int]]:
    """The numbers: ages where the words around say so, doses where a unit follows."""
    for place, token in enumerate(tokens):
        if not token.text.isdigit():
            continue
        before = tokens[place - 1].text if place else ""
        after = [following.text for following in tokens[place + 1 : place + 3]]
        if before in _AGED or (after and after[0] in _YEARS and "old" in after):
            yield "age", token.text, place, place + 1
        elif after and after[0] in _UNITS:
            yield "dose", f"{token.text} {after[0]}", place, place + 2
        else:
            yield "number", token.text, place, place + 1


@cache
def _phrases() -> Phrases:
    return Phrases(sorted((name, reading) for name, reading in _entries()))


@cache
def _kinds() -> tuple[str, ...]:
    """The kinds in the order in which they are told."""
    return (*dict.fromkeys(name.partition("/")[0] for name, _ in _entries()), "dose", "number")


@cache
def _entries() -> tuple[tuple[str, tuple[str, ...]], ...]:
    entries: dict[tuple[str, tuple[str, ...]], None] = {}
    for line in shipped(_TABLE):
        name, colon, patterns = line.text.partition(":")
        kind, _, value = name.partition("/")
        if not colon or not value or not patterns.strip():
            raise line.refuse("no phrases", "write `kind/value: phrase, phrase`")
        for pattern in patterns.split(","):
            entries |= {(f"{kind.strip()}/{value.strip()}", reading): None for reading in readings(pattern)}
    return tuple(entries)

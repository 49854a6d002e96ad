"""Reads the word lists and phrase tables that ship with the analysis, and names the line that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from indexer.errors import RequestRefused

# A table of this many lines is no table of words any more.
MOST_LINES = 50_000

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
# Units of doses.
UNITS = frozenset({"mg", "mcg", "ug", "g", "ml", "cc", "iu"})
# A pattern of these and of what one counts instead.
DOSE_UNITS = "|".join([*sorted(UNITS), *(f"{counted}s?" for counted in ("unit", "tablet", "pill", "drop", "puff"))])
# Units of what one tells beside the matter: how much of a drug, how long, how old, how tall.
_TIMES = "sec", "second", "min", "minute", "hr", "hour", "day", "night", "wk", "week", "mth", "month", "yr", "year"
_SIZES = "kg", "lb", "pound", "cm", "mm", "inch", "ft", "time"
MEASURES = UNITS.union(unit + plural for unit in (*_TIMES, *_SIZES) for plural in ("", "s"))
# What names one of a kind behind its noun: a letter, a small number, a Roman one.
LABELS = frozenset([*"abcdefghijklmnopqrstuvwxyz", *ROMAN, *map(str, range(21))])


class Line(NamedTuple):
    """A line of a table that says something: its text, and file and number for errors."""

    text: str
    where: str

    def refuse(self, what: str, next_: str) -> RequestRefused:
        """The error for a line that cannot be used."""
        return RequestRefused(what, self.where, next_)


def shipped(name: str) -> Iterator[Line]:
    """The lines of a table that ships with the project."""
    yield from lines(files(__package__).joinpath("data", name).read_text(encoding="utf-8"), name)


@cache
def stop_words() -> frozenset[str]:
    """The words that carry grammar, not matter; negation is not among them."""
    return frozenset(line.text for line in shipped("stopwords.txt"))


def arabic(label: str) -> str:
    """A label of one of a kind, a Roman number in digits: stage III is stage 3."""
    return str(ROMAN.index(label) + 1) if label in ROMAN else label


@cache
def kinds() -> Mapping[str, str]:
    """The nouns behind which a letter or number names one of a kind, in all their forms, each with the first one."""
    return table("kinds.txt")


def table(name: str) -> dict[str, str]:
    """A shipped table with `word: other words` a line: each of its words, with the first of its line."""
    parted = (line.text.partition(":") for line in shipped(name))
    return {word: first for first, _, others in parted for word in (first, *others.split())}


def lines(text: str, name: str) -> Iterator[Line]:
    """The lines of a table, without comments (`#` first) and empty lines. Raises RequestRefused for too many."""
    for number, raw in enumerate(text.splitlines(), 1):
        if number > MOST_LINES:
            raise RequestRefused(f"more than {MOST_LINES:,} lines", name, "split it, or give the lines that are needed")
        line = raw.strip().removeprefix("\ufeff")
        if line and not line.startswith("#"):
            yield Line(line, f"{name}, line {number}")

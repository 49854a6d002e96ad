"""Finds the words that decide between two questions, such as left and right, a dose, or what is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

from indexer.analysis import Token, tokenize
from indexer.analysis.intents import intent_places
from indexer.analysis.phrases import Phrases, readings
from indexer.analysis.tokens import words_of
from indexer.analysis.wordlists import shipped
from indexer.duplicates.answers import Differs
from indexer.duplicates.asking import Asking, asking, bare

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


# By kind, the values that a question names.
Values = Mapping[str, Collection[str]]
# Where one title names a value of these and the other does not, they are two questions at most related ...
_MISSING = ("side", "letter", "sign", "degree", "negation", "course")
# ... and so are two that name other values of these anywhere; other numbers stand in any story.
_CONTRADICTING = (
    "side",
    "letter",
    "sign",
    "degree",
    "order",
    "course",
    "pregnancy",
    "sex",
    "age",
    "part",
    "drug",
    "dose",
)


def differences(a: str, b: str) -> tuple[Differs, ...]:
    """What differs between two questions, given as title and body on lines of their own, kind by kind: the words of
    each that the other has nothing like; first what the titles ask, and about what.
    """
    ours, theirs = said(a), said(b)
    found = []
    for kind in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(kind, {}), theirs.get(kind, {})
        left = [a[slice(*span)] for value, span in one.items() if value not in other]
        right = [b[slice(*span)] for value, span in other.items() if value not in one]
        if left or right:
            found.append(Differs(kind=kind, a=", ".join(left[:_MOST_SHOWN]), b=", ".join(right[:_MOST_SHOWN])))
    told = sorted(found, key=lambda differs: (not (differs.a and differs.b), _kinds().index(differs.kind)))
    named = {word for differs in told for word in words_of(f"{differs.a} {differs.b}")}
    return (*_titles(a, b, named), *told)


def decisive(words: Sequence[str]) -> dict[str, frozenset[str]]:
    """By kind, the values that folded words name."""
    tokens = [Token(word, n, n + 1) for n, word in enumerate(words)]
    found: dict[str, set[str]] = {}
    for kind, value, _, _ in (*_named(tokens), *_numbers(tokens)):
        found.setdefault(kind, set()).add(value)
    return {kind: frozenset(values) for kind, values in found.items()}


def differing(a: Values, b: Values) -> bool:
    """Whether one side names anything that decides and that the other does not."""
    return any(set(a.get(kind, ())) != set(b.get(kind, ())) for kind in (*a, *b))


def contradicting(a: Values, b: Values) -> bool:
    """Whether each side names a value that the other does not, of a kind in which that makes two questions."""
    return any(
        set(a[kind]) - set(b[kind]) and set(b[kind]) - set(a[kind])
        for kind in _CONTRADICTING
        if kind in a and kind in b
    )


def missing_in_title(a: Values, b: Values) -> bool:
    """Whether one title names a value that the other does not, of a kind that a title does not leave out."""
    return any(set(a.get(kind, ())) != set(b.get(kind, ())) for kind in _MISSING)


def _titles(a: str, b: str, named: Collection[str]) -> Iterator[Differs]:
    """What is asked and what it is asked about, where the titles differ in it and the other question never says it;
    words that are named already are not named again.
    """
    one, other = (text.partition("\n")[0] for text in (a, b))
    ours, theirs = asking(words_of(one)), asking(words_of(other))
    if not ours.alike(theirs) or (ours.opening != theirs.opening and ours.frame != theirs.frame):
        yield Differs(kind="asked", a=_asking(one, ours, theirs), b=_asking(other, theirs, ours))
    said_a, said_b = ({bare(word) for word in words_of(text)} for text in (a, b))
    apart = [
        [word for form, word in own.words.items() if form not in said and word not in named]
        for own, said in ((ours, said_b), (theirs, said_a))
    ]
    if any(apart):
        shown = [
            ", ".join(_written(text, words[:_MOST_SHOWN])) for text, words in zip((one, other), apart, strict=True)
        ]
        yield Differs(kind="about", a=shown[0], b=shown[1])


def _asking(title: str, own: Asking, other: Asking) -> str:
    """The words by which a title asks what another does not; else those that only ask, and not in the other."""
    tokens, wanted = list(tokenize(title)), own.intents - other.intents
    spans = intent_places([token.text for token in tokens])
    found = [title[tokens[start].start : tokens[end - 1].end] for name, start, end in spans if name in wanted]
    alone = own.frame.keys() - other.frame.keys()
    found = found or [title[token.start : token.end] for token in tokens if bare(token.text) in alone]
    return ", ".join(dict.fromkeys(found))


def _written(title: str, words: Sequence[str]) -> list[str]:
    """Folded words as a title writes them."""
    written = {token.text: title[token.start : token.end] for token in tokenize(title)}
    return [written[word] for word in words]


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

"""Finds the words that decide between two questions, such as left and right, a dose, or what is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile
from typing import NamedTuple

from indexer.analysis.intents import intent_places, intents
from indexer.analysis.phrases import Phrases, phrases_of
from indexer.analysis.terms import american, stem, story_terms
from indexer.analysis.tokens import TIES, bare, tokenize, words_of
from indexer.analysis.wordlists import DOSE_UNITS, arabic, kinds, stop_words
from indexer.duplicates.answers import Differs

_TABLE = "differences.txt"
# What stands behind a number makes it a dose.
_UNITS = re.compile(f"{DOSE_UNITS}|times")
_SAME_UNIT = {"ug": "mcg", "unit": "units", "tablet": "tablets", "pill": "pills", "drop": "drops", "puff": "puffs"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIGNS = frozenset("-+<>≤≥±")
_CHARGES = {"+": "positive", "-": "negative"}
_YEARS = frozenset({"year", "years", "yr", "yrs", "yo", "month", "months", "week", "weeks"})
_AGED = frozenset({"am", "im", "aged", "age"})
_OLDEST = 120
_MOST_SHOWN = 6
# By kind, the values that a question names, never none of one.
Values = dict[str, frozenset[str]]
# Where one title names a value of these and the other does not, they are two questions at most related ...
_NAMED = ("side", "letter", "sign", "degree", "course")
_MISSING = (*_NAMED, "negation")
# ... and so are two that name other values of these anywhere; other numbers stand in any story.
_CONTRADICTING = (*_NAMED, "order", "pregnancy", "sex", "age", "part", "drug", "dose")
# Words that only say what is asked; what they ask is told by the intents.
_FRAME = re.compile(
    "treat|cure|caus|symptom|sign|diagnos|prevent|inherit|heredit|genetic|outlook|prognos|inform|question|help|mean|affect"
    "|defin|doctor|advi[cs]e|suggest|kindly|hello|please|risk|sir$|madam$"
)
# Whoever asks for anything else asks what it is, too ("what is the treatment of …").
_WHAT = "definition"
_SHORTEST = 4
# What is told of the titles alone: what they ask, and about what.
BY_TITLES = ("asked", "about")


def differences(a: str, b: str) -> tuple[Differs, ...]:
    """What differs between two questions, given as title and body on lines of their own, kind by kind: the words of
    each that the other has nothing like; first what the titles ask, and about what, then what decides.
    """
    ours, theirs = said(a), said(b)
    titles = [said(text.partition("\n")[0]) for text in (a, b)]
    found = []
    for kind in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(kind, {}), theirs.get(kind, {})
        left = [a[slice(*span)] for value, span in one.items() if value not in other]
        right = [b[slice(*span)] for value, span in other.items() if value not in one]
        if left or right:
            named = [title.get(kind, {}).keys() for title in titles]
            decides = bool(kind in _CONTRADICTING and left and right) or (kind in _MISSING and named[0] != named[1])
            ways = (", ".join(own[:_MOST_SHOWN]) for own in (left, right))
            found.append(Differs(kind=kind, a=next(ways), b=next(ways), decides=decides))
    told = sorted(found, key=lambda differs: (not differs.decides, _kinds().index(differs.kind)))
    return (*_titles(a, b), *told)


def decisive(words: Sequence[str]) -> Values:
    """By kind, the values that folded words name, given with their ties."""
    found: dict[str, set[str]] = {}
    for kind, value, _, _ in _found(words):
        found.setdefault(kind, set()).add(value)
    return {kind: frozenset(values) for kind, values in found.items()}


def contradicting(a: Values, b: Values) -> bool:
    """Whether each side names a value that the other does not, of a kind in which that makes two questions."""
    both = [(a[kind], b[kind]) for kind in _CONTRADICTING if kind in a and kind in b]
    return any(one - other and other - one for one, other in both)


def missing_in_title(a: Values, b: Values) -> bool:
    """Whether one title names a value that the other does not, of a kind that a title does not leave out."""
    return any(a.get(kind) != b.get(kind) for kind in _MISSING)


def _titles(a: str, b: str) -> Iterator[Differs]:
    """What is asked and about what, where the titles differ in it and the other never says it."""
    one, other = (text.partition("\n")[0] for text in (a, b))
    ours, theirs = asking(_words(one)), asking(_words(other))
    asked = ["", ""]
    if not ours.alike(theirs) or (ours.opening != theirs.opening and ours.frame != theirs.frame):
        asked = [_asking(one, ours, theirs), _asking(other, theirs, ours)]
        yield Differs(kind="asked", a=asked[0], b=asked[1])
    apart = [_alone(one, ours, b, asked[0]), _alone(other, theirs, a, asked[1])]
    if any(apart):
        yield Differs(kind="about", a=apart[0], b=apart[1])


def _alone(title: str, own: Asking, other: str, asked: str) -> str:
    """The words of a title's subject that the other question never says, as the title writes them; without what is told
    by its kind or as asked, and without words that tell a story. A word that the other writes as two is said there, and
    two that it writes as one.
    """
    tokens, theirs = list(tokenize(title)), _words(other)
    ours = [bare(token.text) for token in tokens]
    said = set(map(uninflected, [*theirs, *map("".join, pairwise(theirs))]))
    said |= {word for word, noun in kinds().items() if noun in {kinds().get(word) for word in theirs}}
    words = {word for form, word in own.words.items() if form not in said and stem(word) not in story_terms()}
    words -= set(_words(asked))
    words -= {word for pair in pairwise(ours) if uninflected("".join(pair)) in said for word in pair}
    for kind, _, start, end in _found([token.text for token in tokens]):
        words -= set(ours[end - 1 if kind == "letter" or ours[end - 1] in _CHARGES else start : end])
    written = {word: title[token.start : token.end] for word, token in zip(ours, tokens, strict=True) if word in words}
    return ", ".join(list(written.values())[:_MOST_SHOWN])


def _asking(title: str, own: Asking, other: Asking) -> str:
    """The words by which a title asks what another does not; else those that only ask, and not in the other."""
    tokens, wanted = list(tokenize(title)), own.intents - other.intents
    spans = intent_places([bare(token.text) for token in tokens])
    found = [title[tokens[start].start : tokens[end - 1].end] for name, start, end in spans if name in wanted]
    alone = own.frame.keys() - other.frame.keys()
    found = found or [title[token.start : token.end] for token in tokens if uninflected(bare(token.text)) in alone]
    return ", ".join(dict.fromkeys(found))


def _words(text: str) -> list[str]:
    """The folded words of a text, without their ties."""
    return list(map(bare, words_of(text)))


class Asking(NamedTuple):
    """What a title asks; the stop words with which it opens; how often it says each word that only asks; and the words
    of its subject, each by its form without endings.
    """

    intents: frozenset[str]
    opening: frozenset[str]
    frame: Counter[str]
    subject: Counter[str]
    words: Mapping[str, str]

    def alike(self, other: Asking) -> bool:
        """Whether two titles ask the same, whatever about. A word that one says twice is part of a name there ("What
        causes Causes of Diabetes?").
        """
        frame = self.frame.keys() & other.frame.keys()
        return self.intents == other.intents and all(self.frame[word] == other.frame[word] for word in frame)


def asking(title: Sequence[str]) -> Asking:
    """What the folded words of a title ask, and about what."""
    stops, wanted = stop_words(), intents(title)
    telling = [word for word in title if word not in stops]
    named = [word for word in telling if not _FRAME.match(word)]
    return Asking(
        intents=wanted - {_WHAT} or wanted,
        opening=frozenset(takewhile(stops.__contains__, title)),
        frame=Counter(uninflected(word) for word in telling if _FRAME.match(word)),
        subject=Counter(map(uninflected, named)),
        words={uninflected(word): word for word in named},
    )


def uninflected(word: str) -> str:
    """A folded word in its American spelling, without the endings of number and tense: its stem would join what decides
    ("Tietz", "Tietze").
    """
    word = american(word)
    if word.endswith("ies") and len(word) > _SHORTEST:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "zes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) >= _SHORTEST:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) >= len(ending) + _SHORTEST:
            word = word.removesuffix(ending)
    return word


def said(text: str) -> dict[str, dict[str, tuple[int, int]]]:
    """For each kind the values that a text names, each with the place where it first does, from start to end."""
    tokens = list(tokenize(text))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, value, start, end in _found([token.text for token in tokens]):
        found.setdefault(kind, {}).setdefault(value, (tokens[start].start, tokens[end - 1].end))
    return found


def _found(tied: Sequence[str]) -> Iterator[tuple[str, str, int, int]]:
    """Kind and value of all that folded words name, with the places of the first word and of the one after the last:
    by the table, then signs behind letters and numbers, ages where the words around say so, doses where a unit follows.
    """
    words = list(map(bare, tied))
    for name, start, end in _phrases().places(words):
        kind, _, value = name.partition("/")
        yield kind, arabic(value) if kind == "letter" else value, start, end
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word in _CHARGES and tied[place][0] in TIES and tied[place][-1] not in TIES:
            start = place - 1
            while start and tied[start][0] == "~":
                start -= 1
            yield "sign", _CHARGES[word], start, place + 1
        if not _NUMBER.fullmatch(word):
            continue
        after = words[place + 1 : place + 3]
        start = place - (before in _SIGNS)
        while start and tied[start][0] == "~" and not _NUMBER.fullmatch(words[start - 1]):
            start -= 1  # T12 is another than L1
        value = "".join(words[start : place + 1])
        if before in kinds() and after and tied[place + 1][0] == "~" and re.fullmatch("[a-z]", after[0]):
            yield "letter", value + after[0], start, place + 2  # type 2A is another than type 2I
        elif (before in _AGED and float(word) < _OLDEST) or (after and after[0] in _YEARS and "old" in after):
            yield "age", word, place, place + 1
        elif after and _UNITS.fullmatch(after[0]):
            yield "dose", f"{value} {_SAME_UNIT.get(after[0], after[0])}", start, place + 2
        else:
            yield "letter" if before in kinds() else "number", value, start, place + 1


@cache
def _phrases() -> Phrases:
    return Phrases(sorted(phrases_of(_TABLE)))


@cache
def _kinds() -> tuple[str, ...]:
    """The kinds in the order in which they are told."""
    return (*dict.fromkeys(name.partition("/")[0] for name, _ in phrases_of(_TABLE)), "dose", "number")

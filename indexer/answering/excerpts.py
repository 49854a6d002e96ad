"""Cuts excerpts and snippets out of a text, between words, never changed; and names the words in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, islice, pairwise, takewhile
from types import MappingProxyType
from typing import NamedTuple

from indexer.analysis import (
    Spot,
    bare,
    is_han,
    is_pair,
    pieces_at,
    pieces_with,
    sequence,
    spots_among,
    spots_of,
    stop_terms,
    tokenize,
)
from indexer.analysis.terms import stem
from indexer.answering.passages import Passage
from indexer.ranking.weighting import K1, saturation
from indexer.types import Fragment

EXCERPT = 180
SNIPPET = 240
# Nobody reads on from here in a list, and a text may have a million characters.
LOOKED_AT = 20_000
# An excerpt is almost always found in so many times its length, white space and all.
_ROOM = 4
# Between two telling words of a phrase stand at most so many characters.
_GAP = 40
# Between the terms of a phrase where it stands for one.
_SIGN = "\x1f"
_SPACE = re.compile(r"\s+")
_NONE: Mapping[tuple[str, ...], float] = MappingProxyType({})


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text on one line, cut after a whole word, with … where it goes on."""
    line = " ".join(text[: most * _ROOM].split())
    if len(line) <= most:
        line = " ".join(text[:LOOKED_AT].split())
    if len(line) <= most:
        return line
    cut = line.rfind(" ", 0, most)
    return line[: cut if cut > 0 else most].rstrip(" .,;:-–—") + "…"


class Marks:
    """What a search marks in its hits: terms and phrases, each with how much it tells."""

    def __init__(self, terms: Mapping[str, float], phrases: Mapping[tuple[str, ...], float] = _NONE) -> None:
        """`phrases` are given as their terms, stop words too."""
        self.terms = terms
        self.weights = {**terms, **{_SIGN.join(phrase): weight for phrase, weight in phrases.items()}}
        self.wanted = {*terms, *chain.from_iterable(phrases)}
        self.most = max(phrases.values(), default=0.0)
        # Phrases by their first telling term, each with the places of all telling ones.
        self.begun: dict[str, list[tuple[tuple[str, ...], list[int]]]] = {}
        for phrase in phrases:
            if telling := [at for at, term in enumerate(phrase) if term not in stop_terms()]:
                self.begun.setdefault(phrase[telling[0]], []).append((phrase, telling))


def snippet(passages: Iterable[Passage], marks: Marks, most: int = SNIPPET) -> tuple[Fragment, ...]:
    """The passage that holds most of the weight of terms and phrases, each different one once, with the matches marked:
    the first among equals; without any match the beginning of the first text. What comes late in a long text is looked
    at where the best is not found before.
    """
    passages = [passage for passage in passages if passage.text.strip()]
    best = _best([passage._replace(text=passage.text[:LOOKED_AT]) for passage in passages], marks, most)
    if best is None or best.worth < marks.most:
        late = _best([passage for passage in passages if len(passage.text) > LOOKED_AT], marks, most)
        best = late if best is None or (late and late.worth > best.worth) else best
    if best is None:
        return ((excerpt(passages[0].text, most), False),) if passages else ()
    start, end = best.inside[0].start, best.inside[-1].end
    return _marked(best.text, best.inside, *_window(best.text, start, end, most))


class _Window(NamedTuple):
    """A part of a text that fits: what it is worth, and its matches in their order."""

    worth: float
    text: str
    inside: list[Spot]


def _pieces(passage: Passage) -> list[str]:
    """The pieces to look at, of what anybody reads."""
    text = passage.text[:LOOKED_AT]
    return text.split() if passage.begins is None else [piece for _, piece in pieces_at(text, passage.begins)]


def _best(passages: Iterable[Passage], marks: Marks, most: int) -> _Window | None:
    """The part worth most, None where nothing matches."""
    weights, best = marks.weights, None
    for text, begins, _ in passages if marks.wanted else ():
        matches = _matches(text, spots_among(text, marks.wanted, begins), marks)
        # No part holds more than its whole text: most windows need no look.
        highest = sum([weights[term] for term in {spot.term for spot in matches}])
        for at, first in enumerate(matches):
            if best is not None and highest <= best.worth + 1e-9:
                break
            inside, end = [], first.start + most
            for spot in matches[at : at + most]:
                if spot.end > end:
                    break
                inside.append(spot)
            worth = sum([weights[term] for term in {spot.term for spot in inside or [first]}])
            if best is None or worth > best.worth + 1e-9:
                best = _Window(worth, text, inside or [first])
    return best


def _matches(text: str, spots: Sequence[Spot], marks: Marks) -> list[Spot]:
    """The spots of terms, and those of whole phrases, each word of these by itself and by the name of its phrase."""
    found = [spot for spot in spots if spot.term in marks.terms]
    before = len(found)
    for n, spot in enumerate(spots if marks.begun else ()):
        for phrase, telling in marks.begun.get(spot.term, ()):
            run = _whole(text, spots, n, phrase, telling)
            found += [spot._replace(term=_SIGN.join(phrase)) for spot in run]
    return sorted(found, key=lambda spot: spot.start) if len(found) > before else found


def _whole(text: str, spots: Sequence[Spot], n: int, phrase: tuple[str, ...], telling: Sequence[int]) -> list[Spot]:
    """The spots of a phrase's telling words from one on, and of what follows the last; none where the phrase does not
    stand there.
    """
    run = [spots[n]]
    first, start = telling[0], run[0].start
    if first and tuple(sequence(text[max(0, start - _GAP) : start])[-first:]) != phrase[:first]:
        return []
    for before, at in pairwise(telling):
        near = takewhile(lambda spot: spot.start <= run[-1].end + _GAP, islice(spots, n + 1, None))
        after = next((spot for spot in near if spot.term == phrase[at] and spot.start >= run[-1].end), None)
        if after is None or tuple(sequence(text[run[-1].end : after.start])) != phrase[before + 1 : at]:
            return []
        run.append(after)
    end, last = run[-1].end, phrase[telling[-1] + 1 :]
    tokens = list(islice(tokenize(text[end : end + _GAP]), len(last)))
    if [stem(bare(token.text)) for token in tokens] != list(last):
        return []
    return [*run, *(Spot("", bare(token.text), end + token.start, end + token.end) for token in tokens)]


def _run(piece: str, spot: Spot, terms: Collection[str]) -> Spot:
    """The run of wanted pairs of characters, each overlapping the next, around a pair; anything else as it is."""
    if not is_han(spot.term):
        return spot
    pairs = [s for s in spots_of(piece) if s.term in terms and is_pair(s.word)]
    start, end = spot.start, spot.end
    for before in reversed(pairs):
        start = before.start if before.start < start < before.end else start
    for after in pairs:
        end = after.end if after.start < end < after.end else end
    return spot._replace(start=start, end=end)


def _window(text: str, start: int, end: int, most: int) -> tuple[int, int]:
    """A window around the matches that begins and ends between words; a third of what is free stands before them."""
    free = max(0, most - (end - start))
    low, high = max(0, start - free // 3), min(len(text), end + free)
    if low > 0:
        low = next((space.end() for space in _SPACE.finditer(text, low, start)), start)
    high = min(len(text), low + most) if low + most > end else end
    if high < len(text):
        spaces = [space.start() for space in _SPACE.finditer(text, end, high + 1)]
        high = spaces[-1] if spaces else end
    return low, high


def _marked(text: str, matches: Collection[Spot], low: int, high: int) -> tuple[Fragment, ...]:
    fragments: list[Fragment] = [("… ", False)] if low > 0 else []
    at = low
    for _, _, start, end in sorted(matches, key=lambda spot: (spot.start, -spot.end)):
        if start < at or end > high:
            continue  # a part of a compound that is marked already
        if start > at:
            fragments.append((_SPACE.sub(" ", text[at:start]), False))
        # What stands together is marked together.
        before = fragments.pop()[0] if start == at and fragments and fragments[-1][1] else ""
        fragments.append((before + text[start:end], True))
        at = end
    tail = _SPACE.sub(" ", text[at:high])
    fragments.append((tail + (" …" if high < len(text) else ""), False))
    return tuple(fragment for fragment in fragments if fragment[0])


def words_in_common(passages: Sequence[Passage], terms: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The words of some passages whose terms are given, most telling first, as `named` says them."""
    return named(written for _, written in common_words(passages, terms, most))


def named(written: Iterable[str]) -> tuple[str, ...]:
    """Words as a text writes them, each different one once. A capital that may only begin a sentence goes; MRI, T12 and
    X-ray keep theirs.
    """
    words = (word.lower() if word[1:].islower() and word[1].isalpha() else word for word in written)
    return tuple(dict.fromkeys(words))


def common_words(passages: Sequence[Passage], terms: Mapping[str, float], most: int) -> list[tuple[int, str]]:
    """The words of some passages whose terms are given, as the passages write them, each with the number of a passage
    that does; most telling first.

    A word tells by its term's weight, that of the passages it stands in, and how often it does. Bare numbers, single
    letters and characters, and parts of a compound that is named already are left out; pairs of characters that overlap
    are one word.
    """
    wanted = set(terms)
    first: dict[str, tuple[int, str, Spot]] = {}
    told: dict[str, float] = {}
    for number, passage in enumerate(passages):
        counts: dict[str, int] = {}
        # No word crosses white space, and what is written alike holds the same words: each piece is looked at once.
        for piece, count in Counter(pieces_with(wanted, _pieces(passage))).items():
            for spot in spots_of(piece):
                term, word, _, _ = spot
                tells = is_pair(word) if is_han(word) else len(word) > 1 and any(map(str.isalpha, word))
                if term in terms and tells:
                    counts[term] = counts.get(term, 0) + count
                    first.setdefault(term, (number, piece, spot))
        for term, count in counts.items():
            told[term] = told.get(term, 0.0) + terms[term] * passage.weight * saturation(count, K1)
    chosen: list[tuple[int, str]] = []
    taken: list[tuple[int, str, Spot]] = []
    for term in sorted(told, key=lambda term: (-told[term], term)):
        number, piece, spot = first[term]
        spot = _run(piece, spot, terms)
        if any(number == n and piece == p and spot.start < s.end and s.start < spot.end for n, p, s in taken):
            continue
        chosen.append((number, piece[spot.start : spot.end]))
        taken.append((number, piece, spot))
        if len(chosen) == most:
            break
    return chosen

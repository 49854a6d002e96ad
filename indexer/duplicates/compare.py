"""Puts two questions side by side with marks, and tells which cards of a panel are the same question."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from corpus import Document
from indexer.analysis import Draft, own_text, spots, wording
from indexer.answering.settled import Settled
from indexer.duplicates.answers import DuplicatePair, Mark, Side, SideBySide
from indexer.duplicates.differences import BY_TITLES, differences, said
from indexer.duplicates.likelihood import Profile, QuestionPair, profiles
from indexer.generation import LISTED, Generation, Meant, Pair
from indexer.ranking.vectors import Vector
from indexer.types import Band, Card

SHARED = "shared"
# The place of this in what speaks for keeping a document (build/keep_order).
_WORDS = 3
# So many of the shared words are marked, the most telling first: a page full of marks shows nothing.
_MOST_SHARED = 8


def side_by_side(generation: Generation, a: Document, b: Document) -> SideBySide:
    """Two questions with their marks and what the build said of them, which may be nothing."""
    one, other = own_text(a), own_text(b)
    ours, theirs = profiles(generation, [a.id, b.id])
    compared = QuestionPair(ours, theirs, cosine_of(generation, a.id, b.id))
    apart, _ = compared.missing
    same = wording(one) == wording(other)
    common = sorted(((rare, term) for term, rare in ours.terms.items() if term not in apart), reverse=True)
    shared = {term for _, term in common[:_MOST_SHARED]}
    stored = generation.pair(a.id, b.id)
    likelihood = stored.score if stored else compared.score
    pair = DuplicatePair(
        a=a.id,
        b=b.id,
        score=1.0 if same else round(likelihood, 4),
        band=Band.SAME if same else stored and stored.band,
        differs=differences(one, other),
    )
    deciding = [own for own in pair.differs if own.decides]
    sides = (
        (a, one, other, {own.kind: own.a for own in deciding}),
        (b, other, one, {own.kind: own.b for own in deciding}),
    )
    orders = generation.keep_order([a.id, b.id])
    facts = zip(orders, generation.shown([a.id, b.id]), strict=True)
    left, right = (
        _side(*side, shared, (kept[LISTED], shown, kept[_WORDS]))
        for side, (kept, shown) in zip(sides, facts, strict=True)
    )
    keep = b.id if orders[1] > orders[0] or (orders[1] == orders[0] and b.id < a.id) else a.id
    return SideBySide(pair=pair, keep=keep, a=left, b=right)


def by_own_words(generation: Generation, pair: Pair) -> Pair:
    """A pair as sure as its two questions make it by themselves, and at least possible: a question that an editor keeps
    for another may say less of the matter of a third.
    """
    ours, theirs = profiles(generation, [pair.a, pair.b])
    compared = QuestionPair(ours, theirs, cosine_of(generation, pair.a, pair.b))
    return Pair(pair.a, pair.b, compared.score, compared.band or Band.POSSIBLE)


def cosine_of(generation: Generation, a: str, b: str) -> float | None:
    """The cosine of what two documents mean; None where one of them has no vector."""
    return _cosine(generation, generation.vector(a), b)


def _cosine(generation: Generation, vector: Vector | None, id_: str) -> float | None:
    cosine = math.nan if vector is None else generation.cosines(vector, [id_])[0]
    return None if math.isnan(cosine) else cosine


def same_question(
    generation: Generation, draft: Draft, cards: Sequence[Card], settled: Settled, meant: Meant | None = None
) -> Iterator[Card]:
    """The cards, those marked that are the same question as a text by identical wording, be it that of a duplicate for
    which a card stands, or by the upper band; `meant` is what the text means, where an encoder tells.
    """
    ours = Profile(generation, draft.text.words, [])
    facts = generation.facts([card.id for card in cards])
    for card, own in zip(cards, facts, strict=True):
        same = None
        said = (own.wording, *generation.wordings(settled.others(card.id)))
        if card.kind == "question" and draft.wording in said:
            same = Band.SAME
        elif card.kind == "question":
            (theirs,) = profiles(generation, [card.id])
            cosine = _cosine(generation, meant and meant.vector, card.id)
            same = Band.VERY_LIKELY if QuestionPair(ours, theirs, cosine).very_likely else None
        yield replace(card, same=same)


def same_as(generation: Generation, id_: str, cards: Sequence[Card], settled: Settled) -> Iterator[Card]:
    """The cards of a stored document, those marked that are the same question: the build compared them, and no editor
    told them apart.
    """
    own, *facts = generation.facts([id_, *(card.id for card in cards)])
    for card, theirs in zip(cards, facts, strict=True):
        same = None
        if own.kind == card.kind == "question" and theirs.wording == own.wording:
            same = Band.SAME
        elif (pair := generation.pair(id_, card.id)) and pair.band is Band.VERY_LIKELY:
            same = Band.VERY_LIKELY
        yield card if same is None or settled.are_apart(id_, card.id) else replace(card, same=same)


def _side(
    document: Document,
    text: str,
    other: str,
    decides: Mapping[str, str],
    shared: Collection[str],
    facts: tuple[int, int, int],
) -> Side:
    """One side: its title and body in pieces, each with its mark; and its facts, as Side has them. `decides` are by
    kind its words that do.
    """
    theirs = said(other)
    deciding = [
        (start, end, kind)
        for kind, values in said(text).items()
        for value, (start, end) in values.items()
        if kind in decides and value not in theirs.get(kind, {})
    ]
    for kind in BY_TITLES:
        words_of = filter(None, decides.get(kind, "").split(", "))
        found = (re.search(rf"(?<!\w){re.escape(word)}(?!\w)", document.title) for word in words_of)
        deciding += [(*at.span(), kind) for at in found if at]
    telling = [(spot.start, spot.end, SHARED) for spot in spots(text) if spot.term in shared]
    # Where two marks meet, the one that decides and the longer one is kept.
    marks: list[tuple[int, int, str]] = []
    for start, end, kind in [*sorted(deciding, key=lambda mark: mark[0] - mark[1]), *telling]:
        if all(end <= low or high <= start for low, high, _ in marks):
            marks.append((start, end, kind))
    title, body = (
        _pieces(text, sorted(marks), low, high)
        for low, high in ((0, len(document.title)), (len(document.title) + 1, len(text)))
    )
    listed, shown, words = facts
    return Side(id=document.id, title=title, body=body, listed=listed, shown=shown, words=words)


def _pieces(text: str, marks: Iterable[tuple[int, int, str]], low: int, high: int) -> tuple[Mark, ...]:
    """A text between two places in pieces, each with its mark; a mark that reaches beyond is cut."""
    found, at = [], low
    for start, end, kind in marks:
        first, beyond = (min(max(place, low), high) for place in (start, end))
        found += [Mark(text[at:first], ""), Mark(text[first:beyond], kind)]
        at = beyond
    return tuple(mark for mark in [*found, Mark(text[at:high], "")] if mark.text)

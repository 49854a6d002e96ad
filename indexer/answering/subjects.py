"""Puts the pages on the very thing first among the hits of a short search: those whose titles name it and nothing else.

Ranking asks how much a page says of a word, and many a question says "headache" more often than the page on headache.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from indexer.analysis import Place
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import read_word
from indexer.analysis.wordlists import MEASURES
from indexer.answering.query import Query
from indexer.generation import Generation, Ranked
from indexer.ranking.columns import is_answered

# For a search of so many words, in titles of no more, so many of the best hits are looked at: nDCG@10 of 34 judged
# searches is .637, and .620 without.
_MOST_WORDS, LOOKED_AT = 4, 50
# The stems of what stands beside a thing in the title of the page on it: thyroid diseases, information about iron.
BESIDE = frozenset({"diseas", "disord", "problem", "inform"})
_BELOW = 2


def on_subject_first(generation: Generation, query: Query, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Hits in their order, but for the answered pages on what is searched, for however long one has it: those that name
    it alone stand first, then those on its diseases, disorders or problems.
    """
    asked = [place for place in query.places if place.term not in query.aside and place.word not in MEASURES]
    first = [r.id for r in ranked[:LOOKED_AT]] if 0 < len(asked) <= _MOST_WORDS else []
    begun = [_beginnings(generation, place) for place in asked if not (place.compound or place.parts)]
    tiers = {
        id_: tier
        for id_, title in zip(first, generation.words(first, "title"), strict=True)
        if sum(map(counts_alone, title)) <= _MOST_WORDS
        and not any(map({read.term for read in map(read_word, title)}.isdisjoint, begun))
        and (tier := _tier(asked, generation.analyzer.places(generation.analyzer.analyse_words(title)))) is not None
    }
    there = {document.id for document in generation.get(list(tiers)) if is_answered(document)}
    return sorted(ranked, key=lambda r: tiers[r.id] if r.id in there else _BELOW)


def _beginnings(generation: Generation, asked: Place) -> set[str]:
    """Terms of which a title that names a word has one: its own, and the first one of each of its other names."""
    return {asked.term}.union(name[0] for concept in asked.names for name in generation.analyzer.names_of(concept))


def _tier(asked: Sequence[Place], title: Sequence[Place]) -> int | None:
    """Where among the hits a title stands by what it names beside all words that are asked: 0 nothing, 1 only that
    these are a disease or another problem; None for what is not put first.
    """
    if not all(any(map(partial(_is, own), title)) for own in asked):
        return None
    beside = {own.term for own in title if not any(map(partial(_is, own), asked))}
    return bool(beside) if beside <= BESIDE else None


def _is(one: Place, other: Place) -> bool:
    """Whether two words name one thing."""
    return one.term == other.term or not set(one.names).isdisjoint(other.names)

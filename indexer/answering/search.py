"""Search: one page of the hits for a visitor's words, articles and questions in one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from corpus import Article, Document, kind_of
from indexer.analysis import field_texts, story_terms
from indexer.answering.closeness import FIRST_HITS, SEARCH_FLOOR, search_closeness
from indexer.answering.excerpts import snippet
from indexer.answering.query import Query, parse
from indexer.answering.spelling import respell
from indexer.answering.weighing import Weighed, weigh
from indexer.engines import Engine, Ranked, Selection
from indexer.errors import RequestRefused
from indexer.ranking.columns import date_of, is_answered, specialty_of
from indexer.ranking.weighting import search_words
from indexer.types import Filter, Hit, Results, Search, Sort, TopicName

MOST_SIZE = 100
# Nobody reads on from here, and every page costs those before it.
MOST_HITS = 1_000
MOST_VALUES = 20
# Up to so many words, what other names find counts double: of 34 judged searches .540 nDCG@10 instead of .527. Longer
# ones name a thing in several words, and the double weight loses (two to four words of a title: .927 to .921).
SHORT, SHORT_CONCEPTS = 5, 2.0
# What a word that only tells a story ("60 year old woman") counts for in the share that a page matches: of 34 judged
# searches .617 nDCG@10 instead of .612, the whole questions .630 instead of .602; NFCorpus +.001 to +.002. At .25 .613.
STORY = 0.5


def search(engine: Engine, generation: int, request: Search) -> Results:
    """One page of hits. An empty text finds every document that the filter lets through, newest first.

    Raises RequestRefused for a page or size out of bounds.
    """
    page, size, where, sort = request.page, request.size, request.where, request.sort
    if not 1 <= size <= MOST_SIZE or page < 1 or page * size > MOST_HITS:
        what = f"page {page} of {size} hits"
        raise RequestRefused(what, "page", f"ask for pages of 1 to {MOST_SIZE} within the first {MOST_HITS:,} hits")
    if sort not in set(Sort):
        raise RequestRefused(f"sort is {sort!r}", "sort", f"give one of {', '.join(Sort)}")
    query = parse(request.text, engine.analyzer)
    corrected = _corrected(engine, query, where)
    instead = corrected.found if corrected and corrected.clear and not request.as_typed else None
    found = instead or _find(engine, query, where)
    ranked, weighed = _ranked(engine, found, sort, page * size)
    hits = ranked[(page - 1) * size : page * size]
    documents = zip(engine.get([r.id for r in hits]), hits, strict=True)
    return Results(
        generation=generation,
        total=found.total,
        page=page,
        pages=-(-min(found.total, MOST_HITS) // size),
        did_you_mean=corrected.text if corrected else None,
        respelled=instead is not None,
        facets=engine.facets(found.among, MOST_VALUES) if found.total or not request.text.strip() else {},
        close=_is_close(engine, found, ranked),
        hits=tuple(_hit(document, r.score, weighed.telling) for document, r in documents),
    )


class _Found(NamedTuple):
    """What a query finds: the documents, and how many they are."""

    query: Query
    among: Selection
    total: int


class _Corrected(NamedTuple):
    """A text with its unknown words corrected, and what it finds; `clear` where no other correction is likely."""

    text: str
    clear: bool
    found: _Found


def _find(engine: Engine, query: Query, where: Filter) -> _Found:
    """The documents that a query finds; of a text that asks for nothing, such as stop words alone, none."""
    names = engine.analyzer.names(query.text)
    rare = {term: r * (STORY if term in story_terms() else 1.0) for term, r in engine.rarities(names).items()}
    words = search_words(names, rare) if names else ()
    among = engine.allowed(words=words, phrases=query.phrases, without=query.without, where=where)
    nothing = query.empty and bool(query.wanted.strip())
    return _Found(query, among, 0 if nothing else engine.count(among))


def _corrected(engine: Engine, query: Query, where: Filter) -> _Corrected | None:
    """The text with its wanted words respelled, and what is not wanted as it was typed; None where it finds nothing."""
    respelled = respell(engine, query.wanted) if query.words else None
    if respelled is None:
        return None
    text = f"{respelled.text} {query.unwanted}".strip()
    found = _find(engine, parse(text, engine.analyzer), where)
    return _Corrected(text, respelled.clear, found) if found.total else None


def _ranked(engine: Engine, found: _Found, sort: Sort, limit: int) -> tuple[list[Ranked], Weighed]:
    """The first of the documents that were found, in their order, and how much the words of the search weigh."""
    text = found.query.text
    short = len(text.sequence) <= SHORT
    weighed = weigh(engine, text, concepts=SHORT_CONCEPTS if short else 1.0)
    if not found.total:
        return [], weighed
    if sort == Sort.NEWEST or not found.query.words:
        return [Ranked(id_, 0.0) for id_ in engine.newest(found.among, limit)], weighed
    return engine.rank_twice(weighed.first, found.among, limit, weighed.finer, weighed.words).ranked, weighed


def _is_close(engine: Engine, found: _Found, ranked: Sequence[Ranked]) -> bool:
    """Whether one of the first hits is about the matter of the search; where no words are asked for, all are."""
    if not found.query.words:
        return True
    first = [r.id for r in ranked[:FIRST_HITS]]
    return max(search_closeness(engine, found.query.text, first), default=0.0) >= SEARCH_FLOOR


def _topics_of(document: Document) -> tuple[TopicName, ...]:
    """A document's topics as results show them."""
    return tuple(TopicName(name=topic.name, specialty=topic.specialty) for topic in document.topics)


def _hit(document: Document, score: float, terms: Mapping[str, float]) -> Hit:
    texts = field_texts(document)
    title = texts.pop("title")
    answers = () if isinstance(document, Article) else document.answers
    by = document.author if isinstance(document, Article) else next((a.author for a in answers if a.author), "")
    return Hit(
        id=document.id,
        kind=kind_of(document),
        title=document.title,
        url=document.url,
        specialty=specialty_of(document),
        topics=_topics_of(document),
        date=date_of(document),
        answered=is_answered(document),
        by=by,
        score=round(score, 4),
        snippet=snippet(list(texts.values()) or [title], terms),
    )

"""Search: one page of the hits for a visitor's words, articles and questions in one list."""

from __future__ import annotations

from collections.abc import Mapping

from corpus import Article, Document, kind_of
from indexer.analysis import field_texts
from indexer.answering.excerpts import snippet
from indexer.answering.query import Query, parse
from indexer.answering.spelling import respell
from indexer.answering.weighing import weigh
from indexer.engines import Engine, Ranked
from indexer.errors import RequestRefused
from indexer.ranking.columns import date_of, is_answered, specialty_of
from indexer.ranking.weighting import search_words
from indexer.types import Filter, Hit, Results, Sort, TopicName

MOST_SIZE = 100
# Nobody reads on from here, and every page costs those before it.
MOST_HITS = 1_000
MOST_VALUES = 20
# Up to so many words, what other names find counts double: of 34 judged searches .540 nDCG@10 instead of .527. Longer
# ones name a thing in several words, and the double weight loses (two to four words of a title: .927 to .921).
SHORT, SHORT_CONCEPTS = 5, 2.0


def search(engine: Engine, generation: int, text: str, *, where: Filter, sort: Sort, page: int, size: int) -> Results:
    """One page of hits. An empty text finds every document that the filter lets through, newest first.

    Raises RequestRefused for a page or size out of bounds.
    """
    if not 1 <= size <= MOST_SIZE or page < 1 or page * size > MOST_HITS:
        what = f"page {page} of {size} hits"
        raise RequestRefused(what, "page", f"ask for pages of 1 to {MOST_SIZE} within the first {MOST_HITS:,} hits")
    if sort not in set(Sort):
        raise RequestRefused(f"sort is {sort!r}", "sort", f"give one of {', '.join(Sort)}")
    query = parse(text, engine.analyzer)
    nothing = query.empty and bool(text.strip())
    names = engine.analyzer.names(query.text)
    words = search_words(names, engine.rarities(names)) if names else ()
    among = engine.allowed(words=words, phrases=query.phrases, without=query.without, where=where)
    total = 0 if nothing else engine.count(among)
    short = len(query.text.sequence) <= SHORT
    weighed, close = weigh(engine, query.text, concepts=SHORT_CONCEPTS if short else 1.0), True
    if nothing:
        ranked = []
    elif sort == Sort.NEWEST or not query.words:
        ranked = [Ranked(id_, 0.0) for id_ in engine.newest(among, page * size)]
    else:
        ranked = engine.rank_twice(weighed.first, among, page * size, weighed.finer, weighed.words).ranked
    ranked = ranked[(page - 1) * size : page * size]
    hits = zip(engine.get([r.id for r in ranked]), ranked, strict=True)
    return Results(
        generation=generation,
        total=total,
        page=page,
        pages=-(-min(total, MOST_HITS) // size),
        did_you_mean=_respelled(engine, query) if query.words else None,
        facets={} if nothing else engine.facets(among, MOST_VALUES),
        close=close,
        hits=tuple(_hit(document, r.score, weighed.telling) for document, r in hits),
    )


def _respelled(engine: Engine, query: Query) -> str | None:
    """The text with its wanted words respelled, and what is not wanted as it was typed."""
    wanted = respell(engine, query.wanted)
    return f"{wanted} {query.unwanted}".strip() if wanted else None


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

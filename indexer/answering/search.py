"""Answers a search: one page of hits, articles and questions in one list, with facets and spelling."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from corpus import Article, Document, kind_of
from indexer.analysis import Place, story_terms
from indexer.analysis.compounds import compounds, is_number, stand_alone
from indexer.analysis.terms import compound_terms, stem
from indexer.analysis.wordlists import MEASURES, kinds
from indexer.answering.closeness import FIRST_HITS, SEARCH_FLOOR, search_closeness
from indexer.answering.excerpts import Marks, snippet
from indexer.answering.joining import other_names
from indexer.answering.notices import titled
from indexer.answering.passages import Passage, passages_of
from indexer.answering.query import Query, parse
from indexer.answering.settled import Settled
from indexer.answering.spelling import respell
from indexer.answering.subjects import LOOKED_AT, on_subject_first
from indexer.answering.weighing import Weighed, is_amount, place_rarities, weigh_text
from indexer.errors import RequestRefused
from indexer.generation import LISTED, FindRequest, Found, Generation, Ranked
from indexer.ranking.columns import date_of, is_answered, specialty_of, topics_of
from indexer.ranking.weighting import SearchWord, search_words
from indexer.types import Filter, Hit, Results, Search, Sort

MOST_SIZE = 100
# Nobody reads on from here, and every page costs those before it.
MOST_HITS = 1_000
MOST_VALUES = 20
# Of the first hits so many with one title and body stand in their places: ten pages ask what a stroke is, and who
# searches for it wants its symptoms, too. The figures of 34 judged searches stay; with 2, nDCG@10 is .635, not .638.
MOST_ALIKE = 3
# Up to so many words, what other names find counts double: of 34 judged searches .540 nDCG@10 instead of .527. Longer
# ones name a thing in several words, and the double weight loses (two to four words of a title: .927 to .921).
SHORT, SHORT_CONCEPTS = 5, 2.0
# What a word that only tells a story ("60 year old woman") counts for in the share that a page matches: of 34 judged
# searches .617 nDCG@10 instead of .612, the whole questions .630 instead of .602; NFCorpus +.001 to +.002. At .25 .613.
STORY = 0.5
# What the dose of a drug counts for, any other amount and a sign that one has not: less than the matter, so that no
# page on the same dose of another drug comes before those on this one. No judged search has any.
ASIDE = 0.2
# Of so many words a hit has all if one of them is a name; for all words of that number NFCorpus loses .008.
ALL_OF = 2
# The cosine from which a page is a hit that does not match the words: tyres and pizzas stay below it, "my nan keeps
# forgetting things" does not. On 34 judged searches nDCG@10 is .668 from .3 to .45, .666 at .5, .671 at .55.
NEAR_ENOUGH = 0.45
# A first hit of a lower cosine is not about the matter, whatever words it says: "write my will", "got the trots" (.15,
# .11); the names of drugs come to .23.
FAR = 0.2


def search(generation: Generation, request: Search, settled: Settled) -> Results:
    """One page of hits, one for each group of duplicates; for an empty text all that the filter lets through, newest
    first. Raises RequestRefused.
    """
    page, size = request.page, request.size
    if not 1 <= size <= MOST_SIZE or not 0 <= (page - 1) * size < MOST_HITS:
        what = f"page {page} of {size} hits"
        bounds = {"page": page, "size": size, "most_size": MOST_SIZE, "most": MOST_HITS}
        remedy = f"ask for pages of 1 to {MOST_SIZE} within the first {MOST_HITS:,} hits"
        raise RequestRefused(what, "page", remedy, code="page-out-of-bounds", **bounds)
    if request.sort not in set(Sort):
        raise RequestRefused(f"sort is {request.sort!r}", "sort", f"give one of {', '.join(Sort)}")
    query = parse(request.text, generation)
    corrected, respelled = _corrected(generation, query, request, settled)
    asked = respelled or _ask(generation, query, request, settled)
    found = asked.found
    ranked = _most_listed(generation, found.ranked) if request.sort == Sort.LISTED else found.ranked
    if request.sort == Sort.RELEVANCE and query.words:
        ranked = _varied(generation, on_subject_first(generation, asked.query, ranked))
    hits = settled.folded(ranked)[(page - 1) * size : min(page * size, MOST_HITS)]
    documents, marks = generation.get([r.id for r in hits]), _marks(generation, asked)
    passages = passages_of(generation, documents, marks.wanted)
    return Results(
        generation=generation.info.generation,
        total=found.total,
        page=page,
        pages=-(-min(found.total, MOST_HITS) // size),
        did_you_mean=corrected,
        respelled=respelled is not None,
        facets=found.facets if found.total or not request.text.strip() else {},
        close=_is_close(generation, asked),
        hits=tuple(
            _hit(document, r.score, own, marks, len(settled.others(r.id)))
            for document, r, own in zip(documents, hits, passages, strict=True)
        ),
    )


def _varied(generation: Generation, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Hits in their order; of the first those follow that ask word for word what MOST_ALIKE before them do."""
    first, asked = ranked[:LOOKED_AT], Counter[int | None]()
    late = {}
    for r, wording in zip(first, generation.wordings([r.id for r in first]), strict=True):
        asked[wording] += 1
        late[r.id] = asked[wording] > MOST_ALIKE
    return [*sorted(first, key=lambda r: late[r.id]), *ranked[LOOKED_AT:]]


def _most_listed(generation: Generation, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Documents, those first that most pages list; as they stand among equals."""
    orders = generation.keep_order([r.id for r in ranked])
    listed = {r.id: order[LISTED] for r, order in zip(ranked, orders, strict=True)}
    return sorted(ranked, key=lambda r: -listed[r.id])


def best_page(generation: Generation, subject: str, settled: Settled) -> Hit | None:
    """The answered page on a subject by its title; None where there is none."""
    hits = search(generation, Search(text=subject, where=Filter(answered=True)), settled).hits
    at = titled(subject, [hit.title for hit in hits])
    return None if at is None else hits[at]


def _marks(generation: Generation, asked: _Asked) -> Marks:
    """What is marked in the hits: terms, other names of what they name, and phrases, those that are demanded above all.
    A compound that is written apart is a phrase; the mg of another dose, the D of another vitamin and the no before a
    sign that one has not are not marked.
    """
    text, aside = asked.query.text, _aside_terms(asked.query)
    telling = {term: told * (ASIDE if term in aside else 1.0) for term, told in asked.weighed.telling.items()}
    telling = {term: told for term, told in telling.items() if term not in asked.query.denying}
    apart: dict[tuple[str, ...], float] = {}
    for start, end in compounds(text.words):
        own = text.words[start:end]
        told = telling.get(next(compound_terms(own), ""), 0.0)  # 0: too long for a term
        apart |= {tuple(map(stem, name)): told for name in (text.tokens[start:end], *other_names(own))}
    within = {term for phrase in apart for term in phrase if term in MEASURES or len(term) == 1 or is_number(term)}
    names = [(name, telling[concept]) for concept in telling for name in generation.analyzer.names_of(concept)]
    terms = {name[0]: told for name, told in names if len(name) == 1} | telling
    terms = {term: told for term, told in terms.items() if term not in within}
    demanded = 1.0 + math.fsum(terms.values())
    quoted = {tuple(map(stem, reading)): demanded for readings in asked.query.phrases for reading in readings}
    return Marks(terms, apart | {name: told for name, told in names if len(name) > 1} | quoted)


class _Asked(NamedTuple):
    """A query, what its words weigh, what is asked for, and what that finds."""

    query: Query
    weighed: Weighed
    wanted: FindRequest
    found: Found


def _ask(generation: Generation, query: Query, request: Search, settled: Settled) -> _Asked:
    """What a query finds; of a text that asks for nothing, such as stop words alone, nothing."""
    short = len(query.text.sequence) <= SHORT
    weighed = weigh_text(generation, query.wanted, query.text, concepts=SHORT_CONCEPTS if short else 1.0)
    if query.hollow:
        return _Asked(query, weighed, FindRequest(), Found([], 0, {}))
    weighed = _light_aside(weighed, query)
    by_score = request.sort == Sort.RELEVANCE and query.words
    words, least = _search_words(generation, query)
    wanted = weighed.request._replace(
        search_words=words,
        wanted=least,
        phrases=query.phrases,
        without=query.without,
        where=request.where,
        sort=Sort.RELEVANCE if by_score else Sort.NEWEST,
        limit=MOST_HITS if request.sort == Sort.LISTED else min(max(request.page * request.size, LOOKED_AT), MOST_HITS),
        facets=MOST_VALUES,
        instead=settled.instead,
        meant=weighed.meant and weighed.meant._replace(least=NEAR_ENOUGH),
    )
    return _Asked(query, weighed, wanted, generation.find(wanted))


def _light_aside(weighed: Weighed, query: Query) -> Weighed:
    """The weights of a search in which counts for little what stands beside its matter: who asks for 500 mg of one drug
    is not served by pages on 500 mg of another, nor who coughs without a fever by pages on fevers.
    """
    aside = _aside_terms(query)
    weights = {term: weight * ASIDE if term in aside else weight for term, weight in weighed.weights.items()}
    return weighed._replace(weights=weights) if aside else weighed


def _aside_terms(query: Query) -> set[str]:
    """The terms and concepts of what stands beside the matter of a search."""
    own = [place for place in query.places if place.term in query.aside]
    return {term for place in own for term in (place.term, *place.names, *map(stem, place.parts))}


def _search_words(generation: Generation, query: Query) -> tuple[tuple[SearchWord, ...], int]:
    """The words of a query, each with its share of the rarity of all; and the share that a hit must match if any does:
    all of one or two words, if one of them is a name such as X-ray or B12, which means one thing alone. A dose is none:
    few pages on a drug say it, and who asks for 500 mg of it is served by the others below these.
    """
    places = _written(generation, query)
    rare = place_rarities(generation, places)
    told = [
        r * (ASIDE if place.term in query.aside else STORY if place.term in story_terms() else 1.0)
        for place, r in zip(places, rare, strict=True)
    ]
    words = search_words(places, told) if places else ()
    named = any(_is_name(place, query) for place in query.places)
    return words, sum(word.share for word in words) if named and len(words) <= ALL_OF else 0


def _written(generation: Generation, query: Query) -> list[Place]:
    """The words of a query, each with the ways in which documents write it."""
    return [_with_spellings(generation, place, query) for place in query.places]


def _is_name(place: Place, query: Query) -> bool:
    """Whether a word is a name that means one thing alone (X-ray, Xray, B12): no amount, nor two whole words."""
    parts = query.apart.get(place.word, place.parts)
    return (place.compound or bool(parts)) and not is_amount(place) and not (parts and stand_alone(parts))


def _with_spellings(generation: Generation, place: Place, query: Query) -> Place:
    """A word of a query, with the ways in which documents write it together with the next one, or as two. For one of a
    kind that no document has (vitamin K) its noun stands: pages on vitamins serve better than none.
    """
    also = [term for term, parts in query.together.items() if place.term in parts]
    if place.compound and not place.parts and not any(generation.frequencies([place.term])):
        also += [stem(noun) for noun in set(kinds().values()) if place.term.startswith(noun)]
    parts = query.apart.get(place.word, place.parts)
    return place._replace(names=(*place.names, *also), parts=parts)


def _corrected(
    generation: Generation, query: Query, request: Search, settled: Settled
) -> tuple[str | None, _Asked | None]:
    """The text with its wanted words respelled, None where it finds nothing; and its search, where that is to stand."""
    respelled = respell(generation, query.wanted) if query.words else None
    if respelled is None:
        return None, None
    text = f"{respelled.text} {query.unwanted}".strip()
    again = parse(text, generation)
    if any((word,) in readings for readings in again.without for word in again.text.tokens):
        return None, None  # what is right is what is not wanted
    if respelled.clear and not request.as_typed:
        asked = _ask(generation, again, request, settled)
        return (text, asked) if asked.found.total else (None, None)
    words, least = _search_words(generation, again)
    wanted = FindRequest(
        search_words=words,
        wanted=least,
        phrases=again.phrases,
        without=again.without,
        where=request.where,
        instead=settled.instead,
    )
    found = not again.hollow and generation.find(wanted).total
    return (text if found else None), None


def _is_close(generation: Generation, asked: _Asked) -> bool:
    """Whether one of the best hits is about the matter of the search, in whatever order they are shown; where no words
    are asked for, all are.
    """
    if not asked.query.words:
        return True
    wanted, found = asked.wanted, asked.found
    if wanted.sort != Sort.RELEVANCE and found.total:
        found = generation.find(wanted._replace(sort=Sort.RELEVANCE, limit=FIRST_HITS, facets=0))
    first = [r.id for r in found.ranked[:FIRST_HITS]]
    words = _written(generation, asked.query)
    places = [place for place in words if place.term not in asked.query.aside]  # few pages on a drug say the dose
    meant = asked.weighed.meant
    near = generation.cosines(meant.vector, first) if meant else [math.nan] * len(first)
    closeness = search_closeness(generation, places, first, meant)
    return any(own >= SEARCH_FLOOR and not cosine < FAR for own, cosine in zip(closeness, near, strict=True))


def _hit(document: Document, score: float, passages: dict[str, Passage], marks: Marks, others: int) -> Hit:
    texts = [passage for name, passage in passages.items() if name != "title"]
    answers = () if isinstance(document, Article) else document.answers
    by = document.author if isinstance(document, Article) else next((a.author for a in answers if a.author), "")
    return Hit(
        id=document.id,
        kind=kind_of(document),
        title=document.title,
        url=document.url,
        specialty=specialty_of(document),
        topics=topics_of(document),
        date=date_of(document),
        answered=is_answered(document),
        by=by,
        score=round(score, 4),
        snippet=snippet(texts or [passages["title"]], marks),
        others=others,
        replies=len(answers),
    )

"""Makes queries of OpenSearch from what the port asks for: terms, filters, phrases, shares of a search's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from indexer.analysis import FIELDS
from indexer.analysis.terms import stem
from indexer.generation.opensearch.layout import WEIGHTS, feature_of, words_field
from indexer.ranking.columns import KINDS
from indexer.ranking.weighting import SearchWord
from indexer.types import Filter

Query = dict[str, Any]
# The words by which a word of a phrase may stand in a text.
WordsFor = Callable[[str], Sequence[str]]
EVERYTHING: Query = {"match_all": {}}
NOTHING: Query = {"match_none": {}}
_CLAUSES = frozenset({"rank_feature", "span_term", "term", "terms", "exists", "match_all", "match_none"})


def linear(term: str, weight: float) -> Query:
    """A clause whose score is the weight of a term in a document, times this weight."""
    return {"rank_feature": {"field": f"{WEIGHTS}.{feature_of(term)}", "linear": {}, "boost": weight}}


def having(term: str) -> Query:
    """The documents that have a term or concept."""
    return linear(term, 1.0)


def any_of(queries: Iterable[Query]) -> Query:
    """The documents of at least one of some queries."""
    listed = list(queries)
    return listed[0] if len(listed) == 1 else {"bool": {"should": listed}} if listed else NOTHING


def all_of(queries: Iterable[Query]) -> Query:
    """The documents of all of some queries, none of which tells a score."""
    listed = list(queries)
    return {"bool": {"filter": listed}} if listed else EVERYTHING


def counting(query: Query) -> Query:
    """The search that only counts the documents of a query."""
    return {"query": query, "size": 0, "track_total_hits": True}


def passing(where: Filter) -> list[Query]:
    """What a filter asks of a document."""
    asked: dict[str, Any] = {
        "kind": where.kind,
        "specialty": where.specialty,
        "topic": None if where.topic is None else where.topic.casefold(),
        "year": where.year,
        "answered": where.answered,
    }
    found = [{"term": {name: value}} for name, value in asked.items() if value is not None and value != ""]
    if where.specialty == "":
        found.append({"bool": {"must_not": {"exists": {"field": "specialty"}}}})
    if (where.kind is not None and where.kind not in KINDS) or where.topic == "":
        found.append(NOTHING)
    return found


def phrase(words: Sequence[str], words_for: WordsFor) -> Query:
    """The documents in which some words stand one after the other in some field, each in either number."""
    standing = [words_for(word) for word in words]
    if not all(standing):
        return NOTHING
    if len(standing) == 1:
        return any_of({"terms": {words_field(field): [*standing[0]]}} for field in FIELDS)
    return any_of(_in_field(words_field(field), standing) for field in FIELDS)


def _in_field(field: str, standing: Sequence[Sequence[str]]) -> Query:
    spans: list[Query] = [{"span_or": {"clauses": [{"span_term": {field: w}} for w in own]}} for own in standing]
    return {"span_near": {"clauses": spans, "slop": 0, "in_order": True}}


def any_phrase(readings: Sequence[Sequence[str]], words_for: WordsFor) -> Query:
    """The documents that hold a phrase in one of its readings."""
    return any_of(phrase(words, words_for) for words in readings)


def matching(word: SearchWord, words_for: WordsFor) -> Query:
    """The documents that match a word of a search, by one of its names or by the words that it is made of."""
    ways = [having(name) for name in word.names]
    if word.parts and word.loose:
        ways.append(all_of(having(stem(part)) for part in word.parts))
    elif word.parts:
        ways.append(phrase(word.parts, words_for))
    return any_of(ways)


def shares(words: Sequence[SearchWord], words_for: WordsFor) -> Query:
    """Scores each document by the shares of the words that it matches, added up; whole numbers, so in any order."""
    clauses = [{"constant_score": {"filter": matching(word, words_for), "boost": float(word.share)}} for word in words]
    return {"bool": {"should": clauses}}


def reaching(words: Sequence[SearchWord], least: float, words_for: WordsFor) -> Query:
    """The documents whose shares reach so much."""
    return {"function_score": {"query": shares(words, words_for), "functions": [], "min_score": least}}


def clauses_of(query: Any) -> int:
    """How many clauses a query has that a cluster counts: those that ask for something themselves."""
    if isinstance(query, list):
        return sum(map(clauses_of, query))
    if not isinstance(query, dict):
        return 0
    return sum(1 if name in _CLAUSES else clauses_of(own) for name, own in query.items())


def best(weights: Mapping[str, float], filters: Sequence[Query]) -> Query:
    """Scores the documents of some filters by their weights in a text's terms; only those that have one."""
    clauses = [linear(term, weight) for term, weight in weights.items()]
    return {"bool": {"should": clauses, "minimum_should_match": 1, "filter": list(filters)}}

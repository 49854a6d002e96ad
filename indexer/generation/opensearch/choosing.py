"""Says in queries of a cluster which documents a request lets through: demands, filters, groups, what is near."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from indexer.analysis import FIELDS
from indexer.analysis.terms import stem
from indexer.generation.opensearch import queries
from indexer.generation.opensearch.documents import BY_ID, OpenSearchDocuments, rows
from indexer.generation.opensearch.nearest import Nearest
from indexer.generation.opensearch.queries import Query
from indexer.generation.port import FindRequest
from indexer.ranking.packed import Fetched, Vocabularies
from indexer.ranking.weighting import HIT_PLACE, SearchWord, least_share


class Chosen(NamedTuple):
    """The documents that a request lets through: those that filters find, which are in no group of duplicates, and
    members of groups by id; what is shown for the latter; and the cosines of those of all these that are near by
    meaning.
    """

    filters: list[Query]
    members: list[str]
    shown: list[str]
    near: Mapping[str, float]


class Chooser:
    """Chooses among the documents of a generation; shared by threads."""

    def __init__(self, documents: OpenSearchDocuments, vocabularies: Vocabularies, words_for: queries.WordsFor) -> None:
        """`words_for` gives the words that are one word in either number."""
        self._documents, self._vocabularies, self._words_for = documents, vocabularies, words_for
        self._nearest = Nearest(documents)

    def choose(self, request: FindRequest) -> Chosen:
        """What a request asks of documents, in the words of the cluster."""
        not_held = [queries.any_phrase(readings, self._words_for) for readings in request.without]
        without: list[Query] = [{"bool": {"must_not": not_held}}] if not_held else []
        matching = [queries.any_phrase(readings, self._words_for) for readings in request.phrases] + without
        passing = queries.passing(request.where)
        grouped = sorted({*request.instead, *request.instead.values()})
        showable: list[str] = []
        if grouped:
            kept = sorted(set(request.instead.values()))
            passed = set(self._walk([*passing, *without], kept))
            showable = [id_ for id_ in grouped if request.instead.get(id_, id_) in passed]
            passing = [*passing, {"bool": {"must_not": [these(grouped)]}}]
        among = [*matching, or_these(passing, showable)]
        near = self._nearest.of(request.meant.vector, among) if request.meant else {}
        if request.search_words:
            near, matching = self._by_words(request, matching, near)
        members = self._walk(matching, showable)
        shown = sorted({request.instead.get(id_, id_) for id_ in members})
        return Chosen([*matching, *passing], members, shown, near)

    def _walk(self, filters: Sequence[Query], ids: Sequence[str]) -> list[str]:
        """Those of some ids that filters find."""
        return [*self._documents.walk(queries.all_of([*filters, these(ids)]), BY_ID, len(ids))] if ids else []

    def _by_words(
        self, request: FindRequest, matching: Sequence[Query], near: dict[str, float]
    ) -> tuple[dict[str, float], list[Query]]:
        """What is left of what is near, and the queries of what matches, where a request demands words: who is near
        enough need not match them.
        """
        least = self._least_share(request.search_words, request.wanted, matching)
        own = [*matching, queries.reaching(request.search_words, least, self._words_for)]
        if not near or request.meant is None:
            return near, own
        enough = [id_ for id_, cosine in near.items() if cosine >= request.meant.least]
        there = self._documents.fetch(near, "row")
        shares = self.shares(request.search_words, rows(self._vocabularies, [there[id_] for id_ in near]), len(near))
        matched = {id_ for id_, share in zip(near, shares, strict=True) if share >= least}
        left = {id_: cosine for id_, cosine in near.items() if id_ in matched or id_ in enough}
        return left, [or_these(own, enough)] if enough else own

    def _least_share(self, words: Sequence[SearchWord], wanted: int, filters: Sequence[Query]) -> float:
        """The least share of a search's words that a hit must match (see least_share)."""
        own = queries.shares(words, self._words_for)["bool"]
        query = {"bool": {**own, "minimum_should_match": 0, "filter": list(filters)}}
        hits = self._documents.search({"query": query, "size": HIT_PLACE})["hits"]["hits"]
        return least_share([int(hit["_score"] or 0) for hit in hits], wanted)

    def shares(self, words: Sequence[SearchWord], own: Fetched, size: int) -> list[int]:
        """The shares of a search's words that each of so many documents, of which the rows were fetched, matches."""
        terms = own.weights()
        return [sum(word.share for word in words if self._matches(word, n, own, terms[n])) for n in range(size)]

    def _matches(self, word: SearchWord, number: int, own: Fetched, terms: Collection[str]) -> bool:
        """Whether a document matches a word of a search, as `queries.matching` asks it of the cluster."""
        named = any(name in terms for name in word.names)
        if named or not word.parts:
            return named
        if word.loose:
            return all(stem(part) in terms for part in word.parts)
        standing = [self._words_for(part) for part in word.parts]
        return any(
            all(text[at + step] in there for step, there in enumerate(standing))
            for text in (own.words(number, field) for field in FIELDS)
            for at in range(len(text) - len(standing) + 1)
        )


def these(ids: Sequence[str]) -> Query:
    """The documents of some ids."""
    return {"terms": {"id": list(ids)}}


def or_these(filters: Sequence[Query], ids: Sequence[str]) -> Query:
    """The documents that filters find, and some others by id."""
    own = queries.all_of(filters)
    return queries.any_of([own, these(ids)]) if ids else own

"""A generation on a cluster, opened: the cluster finds, filters and counts; the rows of what it found are judged here.

The cluster's scores are ours but for what it rounds away, so it is asked for somewhat more than is wanted, until the
bound on its rounding says that nothing was missed. What is judged then has the scores of the definition, to the last
bit.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Topic, from_json, same_address
from indexer.analysis import Analyzer, Templates
from indexer.encoder import Encoder
from indexer.generation.folder.manifest import Manifest
from indexer.generation.local.stored import stored_analyzer
from indexer.generation.opensearch import queries
from indexer.generation.opensearch.cards import card_of
from indexer.generation.opensearch.choosing import Chooser, Chosen, or_these
from indexer.generation.opensearch.counting import FacetCounter
from indexer.generation.opensearch.documents import BY_ID, OpenSearchDocuments, OpenSearchIds, rows
from indexer.generation.opensearch.layout import PAIRS, VECTOR
from indexer.generation.opensearch.nearest import vectors_of
from indexer.generation.opensearch.queries import Query
from indexer.generation.opensearch.work_folder import ReadingFolder
from indexer.generation.port import NO_SPANS, Facts, FindRequest, Found, Neighbours, Pair, Ranked, Span
from indexer.ranking.frequencies import Frequencies
from indexer.ranking.mapped import ARRAYS, Strings
from indexer.ranking.packed import Fetched, Vocabularies
from indexer.ranking.vectors import Vector, cosines
from indexer.ranking.weighting import RESCORED, Statistics, length_exponent
from indexer.types import Band, Card, Info, Sort

# A feature keeps nine bits of a weight, rounded down; sums are rounded a little more.
_ROUNDING = 1 + 2**-8 + 2**-18
# So many times what is wanted is asked for at first, and never more than a cluster gives at once.
_SPARE, _MOST = 1.3, 10_000
# A cluster takes 1,024 clauses in a query: what filters leave of so many are terms, the most telling ones.
_CLAUSES = 1_000
# What a panel asks of its page is fetched at once; `around` are the facts of the close neighbours.
_FACTS = ("facts", "kind", "day", "answered")
# What the hits of a search are judged by, and told apart.
_OF_HIT = ("row", "facts")
_OF_PAGE = ("near", "near_scores", "possible", "closeness", "cards", "around", "row", VECTOR, *_FACTS)
_NEWEST: tuple[Query, ...] = ({"day": {"order": "desc", "missing": "_last"}}, *BY_ID)


class _Ranking(NamedTuple):
    """How the best documents are asked for: the weights of a text's terms, the query that scores by most of them, what
    the others may add to a score, how many documents are wanted, and what is fetched of each.
    """

    weights: Mapping[str, float]
    query: Query
    beyond: float
    wanted: int
    fields: list[str]

    @property
    def size(self) -> int:
        """How many are asked for at first."""
        return min(int(self.wanted * _SPARE), _MOST)

    def body(self, size: int) -> Query:
        """The search for the best so many, with what is fetched of each."""
        return {"query": self.query, "size": size, "_source": self.fields}


class OpenSearchGeneration:
    """One generation on a cluster (see Generation). `held` has the files that a reader keeps, and is closed with
    it.
    """

    def __init__(
        self, documents: OpenSearchDocuments, held: ReadingFolder, manifest: Manifest, encoder: Encoder | None
    ) -> None:
        self._documents, self._held, self._manifest, self.encoder = documents, held, manifest, encoder
        self._folder = folder = held.path
        self.name = manifest.name
        self.statistics: Statistics = Statistics.from_record(manifest.statistics)
        self.analyzer: Analyzer = stored_analyzer(folder / ARRAYS, manifest.synonyms)
        self._frequencies = Frequencies(folder / ARRAYS, self.statistics)
        self._vocabularies, self._facets = Vocabularies(folder / ARRAYS, self.statistics), FacetCounter(documents)
        self._chooser = Chooser(documents, self._vocabularies, lru_cache(1 << 12)(self._vocabularies.alike))

    @cached_property
    def templates(self) -> Templates:
        return Templates.of_lines(*(Strings(self._folder / ARRAYS, name) for name in ("openings", "frames")))

    @property
    def info(self) -> Info:
        return replace(self._manifest.info, engine="opensearch", semantic=self.encoder is not None)

    def ids(self) -> Sequence[str]:
        return OpenSearchIds(self._documents)

    def get(self, ids: Sequence[str]) -> list[Document]:
        there = self._documents.fetch(ids, "document")
        return [from_json(there[id_]["document"]) for id_ in ids if id_ in there]

    def facts(self, ids: Sequence[str]) -> list[Facts]:
        there = self._documents.fetch(ids, *_FACTS)
        return [_facts(there[id_]) for id_ in ids]

    def wordings(self, ids: Sequence[str]) -> list[int | None]:
        there = self._documents.fetch(ids, "facts")
        return [there[id_]["facts"]["wording"] if id_ in there else None for id_ in ids]

    def addressed(self, url: str) -> str | None:
        return next(self._documents.walk({"term": {"address": same_address(url)}}, BY_ID, 1), None)

    def shown(self, ids: Sequence[str]) -> list[int]:
        return self._documents.counts([{"term": {"first_near": id_}} for id_ in ids])

    def words(self, ids: Sequence[str], field: str) -> list[list[str]]:
        own = self._rows(ids)
        return [own.words(n, field) for n in range(len(ids))]

    def closeness(self, id_: str) -> Sequence[float]:
        closeness: Sequence[float] = self._documents.fetch([id_], "closeness")[id_]["closeness"]
        return closeness

    def cards(self, id_: str) -> Mapping[str, Card]:
        kept = self._documents.fetch([id_], "cards")[id_]["cards"]
        return {own["id"]: card_of(own) for own in kept}

    def matched(self, id_: str) -> Mapping[str, Sequence[Span]]:  # noqa: ARG002 (whole cards are kept)
        return NO_SPANS

    def begins(self, ids: Sequence[str], terms: Collection[str]) -> None:  # noqa: ARG002 (rows hold no places)
        return None

    def weights(self, ids: Sequence[str]) -> list[dict[str, float]]:
        return self._rows(ids).weights()

    def vector(self, id_: str) -> Vector | None:
        (own,) = self._vectors([id_], self._manifest.encoder.get("dimensions", 0))
        return own if own.any() else None

    def cosines(self, vector: Vector, ids: Sequence[str]) -> list[float]:
        own = self._vectors(ids, len(vector))
        known: list[float] = np.where(own.any(axis=1), cosines(vector, own), np.nan).tolist()
        return known

    def _vectors(self, ids: Sequence[str], dimensions: int) -> Vector:
        there = self._documents.fetch(ids, VECTOR)
        return vectors_of((there[id_] for id_ in ids), dimensions)

    def _rows(self, ids: Sequence[str]) -> Fetched:
        there = self._documents.fetch(ids, "row")
        return rows(self._vocabularies, [there[id_] for id_ in ids])

    def neighbours(self, id_: str) -> Neighbours | None:
        for found in self._documents.fetch([id_], *_OF_PAGE).values():
            self._documents.remember(found["around"])
            return Neighbours(list(map(Ranked, found["near"], found["near_scores"])), found["possible"])
        return None

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Pair]:
        lines = (self._folder / PAIRS).read_text(encoding="utf-8").splitlines()
        return {(a, b): Pair(a, b, score, Band(band)) for a, b, score, band in map(json.loads, lines)}

    def pairs(self) -> Sequence[Pair]:
        return list(self._pairs.values())

    def pair(self, a: str, b: str) -> Pair | None:
        return self._pairs.get((min(a, b), max(a, b)))

    def keep_order(self, ids: Sequence[str]) -> list[tuple[int, ...]]:
        there = self._documents.fetch(ids, "keep_order")
        return [tuple(there[id_]["keep_order"]) for id_ in ids]

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        return self._frequencies.of(tokens, channel)

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, present: bool = False) -> dict[str, float]:
        return self._frequencies.rarities(tokens, channel, present=present)

    def vocabulary(self, prefix: str, least: int = 1) -> dict[str, int]:
        return self._vocabularies.beginning(prefix, least)

    def close(self) -> None:
        self._documents.close()
        self._held.close()

    def find(self, request: FindRequest) -> Found:
        chosen = self._chooser.choose(request)
        counted = bool(chosen.filters or request.facets)
        bodies = [self._facets.asked(queries.all_of(chosen.filters), request.facets)] if counted else []
        ranking = self._ranking(request, chosen)
        answers = self._documents.searches([*bodies, *([ranking.body(ranking.size)] if ranking else [])])
        total = answers[0]["hits"]["total"]["value"] if counted else self._documents.size
        total += len(chosen.shown)
        facets = self._facets.told(answers[0], chosen.shown, request.facets) if counted else {}
        if request.sort is Sort.NEWEST and request.limit:
            newest = self._documents.walk(or_these(chosen.filters, chosen.shown), _NEWEST, request.limit)
            return Found([Ranked(id_, 0.0) for id_ in newest], total, facets)
        found, scores = self._best(ranking, answers[-1]["hits"]["hits"]) if ranking else ({}, [])
        wanted = ranking.wanted if ranking else RESCORED
        ranked = self._rank(request, found, scores, chosen.near, wanted) if request.limit else []
        first: dict[str, Ranked] = {}
        for own in ranked:
            first.setdefault(request.instead.get(own.id, own.id), own)
        return Found(list(first.values())[: request.limit], total, facets)

    def _ranking(self, request: FindRequest, chosen: Chosen) -> _Ranking | None:
        """How the cluster is asked for the best documents of a request; None where no order by score is wanted."""
        known = self._vocabularies
        weights = {term: own for term, own in request.weights.items() if own and known.has(term)}
        if not weights or not request.limit or request.sort is Sort.NEWEST:
            return None
        telling = sorted(weights, key=lambda term: -weights[term] * known.most(term))
        filters = [or_these(chosen.filters, chosen.members)] if chosen.members else chosen.filters
        most = max(_CLAUSES - queries.clauses_of(filters), 1)
        beyond = sum(weights[term] * known.most(term) for term in telling[most:])
        query = queries.best({term: weights[term] for term in telling[:most]}, filters)
        wanted = max(request.limit + len(chosen.members), RESCORED)
        fields = [*_OF_HIT, VECTOR] if request.meant else [*_OF_HIT]
        return _Ranking(weights, query, beyond, wanted, fields)

    def _rank(
        self,
        request: FindRequest,
        found: Mapping[str, dict[str, Any]],
        scores: Sequence[float],
        near: Mapping[str, float],
        wanted: int,
    ) -> list[Ranked]:
        """The best documents, as many as are wanted, of those that are `found` by their words, with their scores, and
        those that are near by meaning.
        """
        ids = list(found)
        order = sorted((n for n, score in enumerate(scores) if score > 0), key=lambda n: (-scores[n], ids[n]))
        best, rest = {ids[n]: scores[n] for n in order[:RESCORED]}, order[RESCORED:wanted]
        if added := [id_ for id_ in near if id_ not in best]:
            there = self._documents.fetch(added, "row", VECTOR)
            found = {**found, **there}
            own = rows(self._vocabularies, [there[id_] for id_ in added]).scores(request.weights)
            best |= zip(added, own.tolist(), strict=True)
        judged = self._judge(request, [found[id_] for id_ in best], np.array([*best.values()], np.float64))
        again = sorted(map(Ranked, best, judged), key=lambda ranked: (-ranked.score, ranked.id))
        return [*again, *(Ranked(ids[n], scores[n]) for n in rest if ids[n] not in near)]

    def _judge(
        self, request: FindRequest, sources: Sequence[Mapping[str, Any]], scores: NDArray[np.float64]
    ) -> list[float]:
        """The scores of some documents in the second stage, for those that they have in the first."""
        own = rows(self._vocabularies, sources)
        judged = own.judge(scores, request.finer, length_exponent(request.words))
        if request.search_words:
            whole = sum(word.share for word in request.search_words)
            shares = self._chooser.shares(request.search_words, own, len(sources))
            judged = judged * np.array([share / whole for share in shares])
        if meant := request.meant:
            judged = judged + meant.weight * cosines(meant.vector, vectors_of(sources, len(meant.vector)))
        judged_: list[float] = judged.tolist()
        return judged_

    def _best(self, ranking: _Ranking, hits: list[dict[str, Any]]) -> tuple[dict[str, dict[str, Any]], list[float]]:
        """Documents with their rows, by id, and their scores in the first stage: the best are certainly among them."""
        size = ranking.size
        while True:
            found = {hit["_id"]: hit["_source"] for hit in hits}
            self._documents.remember(found)
            scores: list[float] = rows(self._vocabularies, list(found.values())).scores(ranking.weights).tolist()
            whole = len(hits) < size or size == _MOST
            if whole or sorted(scores)[-ranking.wanted] > hits[-1]["_score"] * _ROUNDING + ranking.beyond:
                return found, scores
            size = min(2 * size, _MOST)
            hits = self._documents.search(ranking.body(size))["hits"]["hits"]


def _facts(own: Mapping[str, Any]) -> Facts:
    topics = tuple(Topic(name=name, specialty=specialty) for name, specialty in own["facts"]["topics"])
    day = date.fromordinal(own["day"]) if own["day"] else None
    return Facts(own["kind"], day, own["answered"], own["facts"]["wording"], topics)

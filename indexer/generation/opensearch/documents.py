"""Asks the index of a generation's documents: searches, walks through all hits of one, and fetches documents by id."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, overload

import numpy as np
from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from indexer.generation.opensearch.connection import asking, patiently
from indexer.generation.opensearch.queries import EVERYTHING, Query, counting
from indexer.ranking.packed import Fetched, Vocabularies

# So many hits or documents come at a time, and so many documents are remembered as they were fetched.
_PAGE, _REMEMBERED = 2_000, 4_096
BY_ID: tuple[Query, ...] = ({"id": "asc"},)


class OpenSearchDocuments:
    """The documents of a generation. Nothing changes within one, so what was fetched is remembered."""

    def __init__(self, client: OpenSearch, name: str, index: str, size: int) -> None:
        """`name` is that of the index for people, `index` that on the cluster, `size` how many documents there are."""
        self._client, self._name, self._index, self.size = client, name, index, size
        self._known: dict[str, dict[str, Any]] = {}

    def search(self, body: Query) -> dict[str, Any]:
        """The answer to one search; where a `timeout` is in it and passes, a part of it that says `timed_out`."""
        with asking(self._name):
            return patiently(lambda: self._search({"_source": False, **body}))

    def _search(self, body: Query) -> dict[str, Any]:
        partly = "timeout" in body  # who may take too long has not all: that would be an error
        answer: dict[str, Any] = self._client.search(index=self._index, body=body, allow_partial_search_results=partly)
        for failure in answer["_shards"].get("failures", []):
            raise TransportError(503, failure["reason"].get("type", ""))
        return answer

    def searches(self, bodies: Sequence[Query]) -> list[dict[str, Any]]:
        """The answers to several searches, asked at once."""
        if len(bodies) < 2:
            return [self.search(body) for body in bodies]
        whole: Query = {"allow_partial_search_results": False}
        lines: list[Query] = [line for body in bodies for line in (whole, {"_source": False, **body})]
        with asking(self._name):
            return patiently(lambda: self._searches(lines))

    def _searches(self, lines: Sequence[Query]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self._client.msearch(index=self._index, body=lines)["responses"]
        for answer in answers:
            if "error" in answer:
                raise TransportError(answer["status"], answer["error"].get("type", ""))
        return answers

    def counts(self, queries: Sequence[Query]) -> list[int]:
        """How many documents each of some queries finds."""
        return [answer["hits"]["total"]["value"] for answer in self.searches(list(map(counting, queries)))]

    def walk(self, query: Query, order: Sequence[Query], limit: int) -> Iterator[str]:
        """The ids of the first hits in an order, fetched page by page."""
        body: Query = {"query": query, "sort": list(order)}
        while limit > 0:
            hits = self.search({**body, "size": min(limit, _PAGE)})["hits"]["hits"]
            yield from (hit["_id"] for hit in hits)
            if len(hits) < min(limit, _PAGE):
                return
            limit -= len(hits)
            body["search_after"] = hits[-1]["sort"]

    def fetch(self, ids: Collection[str], *fields: str) -> dict[str, dict[str, Any]]:
        """By id, what is kept of those of some documents that are there: these fields at least."""
        # Another thread may put other ones in their place.
        there = {id_: own for id_ in ids if (own := self._known.get(id_)) is not None and set(fields) <= own.keys()}
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in there]
        for at in range(0, len(wanted), _PAGE):
            with asking(self._name):
                rows = patiently(partial(self._rows, wanted[at : at + _PAGE]))
            found = {own["_id"]: dict.fromkeys(fields) | own["_source"] for own in rows if own["found"]}
            self.remember(found)
            there |= found
        return there

    def _rows(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        return whole_rows(self._client.mget(index=self._index, body={"ids": ids}))

    def remember(self, found: Mapping[str, dict[str, Any]]) -> None:
        """Keep what was fetched of some documents."""
        known = self._known if len(self._known) <= _REMEMBERED else {}
        for id_, own in found.items():
            known[id_] = known.get(id_, {}) | own
        self._known = known

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


class OpenSearchIds(Sequence[str]):
    """The ids of all documents, ascending; read as they are walked through."""

    def __init__(self, documents: OpenSearchDocuments) -> None:
        self._documents = documents

    def __len__(self) -> int:
        return self._documents.size

    def __iter__(self) -> Iterator[str]:
        return self._documents.walk(EVERYTHING, BY_ID, self._documents.size)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))  # ascending: nobody asks for them the other way round
            return [*islice(self._documents.walk(EVERYTHING, BY_ID, stop), start, stop, step)]
        return list(self)[place]


def whole_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents of an answer to `mget`. Raises TransportError where a shard that has some is away."""
    documents: list[dict[str, Any]] = answer["docs"]
    for own in documents:
        if "error" in own:
            raise TransportError(503, own["error"].get("type", ""))
    return documents


def rows(vocabularies: Vocabularies, sources: Sequence[Mapping[str, Any]]) -> Fetched:
    """The rows of documents, as they were fetched."""
    return Fetched(vocabularies, [np.frombuffer(b64decode(own["row"]), np.int32) for own in sources])

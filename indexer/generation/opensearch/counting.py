"""Counts facets on a cluster: how many documents have each value; topics that differ in case alone are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from indexer.generation.opensearch.documents import OpenSearchDocuments
from indexer.generation.opensearch.queries import Query, counting
from indexer.ranking.columns import ANSWERED, FACETS, names_in_any_case

# So many values of a facet are counted; each shard tells as many, so that counts are exact up to here.
_VALUES = 20_000


class FacetCounter:
    """Counts in the documents of a generation."""

    def __init__(self, documents: OpenSearchDocuments) -> None:
        self._documents = documents

    def asked(self, query: Query, most: int) -> Query:
        """The search that counts the documents of a query, and with `most` the values of each facet among them."""
        return counting(query) | ({"aggs": {name: _terms(name) for name in FACETS}} if most else {})

    def told(self, answer: Mapping[str, Any], others: Collection[str], most: int) -> dict[str, dict[str, int]]:
        """The `most` frequent values of each facet (0: none) in the answer and in some other documents, by count, then
        name.
        """
        if not most:
            return {}
        counts = {name: _counted(name, answer["aggregations"][name]) for name in FACETS}
        for own in self._documents.fetch(others, *FACETS).values():
            for name in FACETS:
                values = own[name] if isinstance(own[name], list) else [own[name]]
                counts[name].update(_named(name, value) for value in values if value is not None)
        called = self._called
        counts["topic"] = Counter({called.get(name, name): n for name, n in counts["topic"].items()})
        return {name: _most(own, most, as_numbers=name == "year") for name, own in counts.items()}

    @cached_property
    def _called(self) -> dict[str, str]:
        """What topics are called that differ in case alone: as most documents call them."""
        answer = self._documents.search({"size": 0, "aggs": {"topic": _terms("topic_written")}})
        return names_in_any_case(_counted("topic", answer["aggregations"]["topic"]))


def _terms(field: str) -> Query:
    return {"terms": {"field": field, "size": _VALUES, "shard_size": _VALUES}}


def _named(facet: str, value: Any) -> str:
    return ANSWERED[bool(value)] if facet == "answered" else str(value)


def _counted(facet: str, answer: Mapping[str, Any]) -> Counter[str]:
    return Counter({_named(facet, bucket["key"]): bucket["doc_count"] for bucket in answer["buckets"]})


def _most(counts: Mapping[str, int], most: int, *, as_numbers: bool) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda own: (-own[1], len(own[0]) * as_numbers, own[0]))[:most])

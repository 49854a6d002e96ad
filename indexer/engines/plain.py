"""The definition: an engine in memory, of loops that are obviously right. What it says, every engine must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from corpus import Document, from_json, kind_of, to_json
from indexer.analysis import FIELDS, analyse, field_texts
from indexer.engines.protocol import Ranked, Traits
from indexer.ranking.columns import FACETS, Row, row_of
from indexer.ranking.weighting import FIELD_WEIGHTS, Statistics, norm, rarity, saturation
from indexer.types import Filter

_FILE = "documents.jsonl"


def write(folder: Path, documents: Iterable[Document]) -> Statistics:
    """Write the documents as they are; everything else is computed when they are opened."""
    plain = PlainEngine(documents)
    with (folder / _FILE).open("w", encoding="utf-8") as file:
        file.writelines(to_json(document) + "\n" for document in plain.get(plain.ids))
    return plain.statistics


class PlainEngine:
    """Every document's terms and weights in dictionaries; every answer by looking at every document."""

    def __init__(self, documents: Iterable[Document], statistics: Statistics | None = None) -> None:
        self._documents = {document.id: document for document in sorted(documents, key=lambda d: d.id)}
        self.ids = list(self._documents)
        self._sequences: dict[str, dict[str, list[str]]] = {}
        self._bags: dict[str, dict[str, Counter[str]]] = {}
        self._words: Counter[str] = Counter()
        for id_, document in self._documents.items():
            analysed = {field: analyse(text) for field, text in field_texts(document).items()}
            self._sequences[id_] = {field: text.sequence for field, text in analysed.items()}
            self._bags[id_] = {field: text.bag for field, text in analysed.items()}
            self._words.update({word for text in analysed.values() for word in text.words})
        lengths = [{field: bag.total() for field, bag in bags.items()} for bags in self._bags.values()]
        self.statistics = statistics or Statistics.of(lengths)
        self._rows = {
            id_: row_of(document, sum(length.values()))
            for (id_, document), length in zip(self._documents.items(), lengths, strict=True)
        }
        self._frequency = Counter(term for id_ in self.ids for term in self._terms(id_))
        self._weights = {id_: {term: self._weight(id_, term) for term in self._terms(id_)} for id_ in self.ids}

    @classmethod
    def open(cls, folder: Path, statistics: Statistics) -> PlainEngine:
        """The engine over the documents that `write` wrote."""
        with (folder / _FILE).open(encoding="utf-8") as file:
            return cls([from_json(line) for line in file], statistics)

    def _terms(self, id_: str) -> set[str]:
        return {term for bag in self._bags[id_].values() for term in bag}

    def _weight(self, id_: str, term: str) -> float:
        """The weight of a term in a document: its rarity times its weighted, saturated counts in the fields."""
        total = 0.0
        weights = FIELD_WEIGHTS[kind_of(self._documents[id_])]
        for field in FIELDS:
            bag = self._bags[id_].get(field)
            if bag and field in weights and field in self.statistics.average:
                among = norm(bag.total(), self.statistics.average[field])
                total += weights[field] * saturation(bag[term], among)
        # Weights are kept in 32 bits everywhere, so that engines agree to the last bit.
        return float(np.float32(rarity(self.statistics.documents, self._frequency[term]) * total))

    def get(self, ids: Sequence[str]) -> list[Document]:
        """See the protocol."""
        return [self._documents[id_] for id_ in ids if id_ in self._documents]

    def traits(self, ids: Sequence[str]) -> list[Traits]:
        """See the protocol."""
        rows = [self._rows[id_] for id_ in ids]
        return [Traits(wording=row.wording, answered=row.answered) for row in rows]

    def rank(self, weights: Mapping[str, float], among: frozenset[str] | None, limit: int) -> list[Ranked]:
        """See the protocol."""
        ranked = []
        for id_ in self.ids:
            if among is not None and id_ not in among:
                continue
            score = 0.0
            for term in sorted(weights):
                score += weights[term] * self._weights[id_].get(term, 0.0)
            if score != 0:
                ranked.append(Ranked(id_, score, self._rows[id_].length))
        return sorted(ranked, key=lambda r: (-r.score, r.id))[:limit]

    def newest(self, among: frozenset[str], limit: int) -> list[str]:
        """See the protocol."""
        return sorted(among, key=lambda id_: (-self._rows[id_].day, id_))[:limit]

    def allowed(
        self,
        *,
        words: Sequence[str] = (),
        least: int = 0,
        phrases: Sequence[Sequence[str]] = (),
        without: Sequence[Sequence[str]] = (),
        where: Filter = Filter(),
    ) -> frozenset[str]:
        """See the protocol."""
        return frozenset(
            id_
            for id_ in self.ids
            if sum(word in self._weights[id_] for word in words) >= least
            and all(self._holds(id_, phrase) for phrase in phrases)
            and not any(self._holds(id_, phrase) for phrase in without)
            and _passes(self._rows[id_], where)
        )

    def _holds(self, id_: str, phrase: Sequence[str]) -> bool:
        size = len(phrase)
        return any(
            list(phrase) == terms[at : at + size]
            for terms in self._sequences[id_].values()
            for at in range(len(terms) - size + 1)
        )

    def count(self, among: frozenset[str]) -> int:
        """See the protocol."""
        return len(among)

    def facets(self, among: frozenset[str], most: int) -> dict[str, dict[str, int]]:
        """See the protocol."""
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        for row in (self._rows[id_] for id_ in among):
            counts["kind"][row.kind] += 1
            counts["answered"]["yes" if row.answered else "no"] += 1
            counts["topic"].update(row.topics)
            if row.specialty:
                counts["specialty"][row.specialty] += 1
            if row.day:
                counts["year"][str(date.fromordinal(row.day).year)] += 1
        return {
            facet: dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:most])
            for facet, values in counts.items()
        }

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """See the protocol."""
        return [self._frequency[term] for term in terms]

    def words(self, prefix: str) -> dict[str, int]:
        """See the protocol."""
        return {word: self._words[word] for word in sorted(self._words) if word.startswith(prefix)}

    def close(self) -> None:
        """See the protocol."""


def _passes(row: Row, where: Filter) -> bool:
    return (
        (where.kind is None or row.kind == where.kind)
        and (where.specialty is None or row.specialty == where.specialty)
        and (where.topic is None or where.topic in row.topics)
        and (where.year is None or (row.day > 0 and date.fromordinal(row.day).year == where.year))
        and (where.answered is None or row.answered == where.answered)
    )

"""The definition: an engine in memory, of loops that are obviously right. What it says, every engine must say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from corpus import Document, from_json, kind_of, to_json
from indexer.analysis import FIELDS, FINER, Analyzer, is_concept, written_in_han
from indexer.engines.protocol import Finer, Ranked, RankedTwice, Traits
from indexer.ranking.columns import FACETS, Row, row_of
from indexer.ranking.weighting import (
    FIELD_WEIGHTS,
    RESCORED,
    Length,
    SearchWord,
    Statistics,
    least_share,
    length_factor,
    norm,
    saturation,
)
from indexer.types import Filter, TopicName

_FILE, _FREQUENCIES = "documents.jsonl", "frequencies.json"
# The documents that are chosen, and the share of a search that each matches.
Selected = Mapping[str, float]
# By channel, in how many documents each token occurs: those of the last full build.
Frequencies = Mapping[str, Counter[str]]


def write(folder: Path, lines: Iterable[str], analyzer: Analyzer, frozen: Statistics | None) -> Statistics:
    """Write documents, given as JSON, beside those that are there; everything else is computed when they are opened."""
    with (folder / _FILE).open("a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    if frozen:
        return frozen
    plain = PlainEngine(_documents(folder), analyzer)
    (folder / _FREQUENCIES).write_text(json.dumps(plain.frequencies_by_channel), encoding="utf-8")
    return plain.statistics


def delete(folder: Path, ids: Collection[str]) -> None:
    """Leave documents out."""
    kept = [document for document in _documents(folder) if document.id not in ids]
    (folder / _FILE).unlink()  # it may be another generation's too
    (folder / _FILE).write_text("".join(to_json(document) + "\n" for document in kept), encoding="utf-8")


def _documents(folder: Path) -> list[Document]:
    return [from_json(line) for line in (folder / _FILE).read_text(encoding="utf-8").splitlines()]


class PlainEngine:
    """Every document's terms and weights in dictionaries; every answer by looking at every document."""

    def __init__(
        self,
        documents: Iterable[Document],
        analyzer: Analyzer,
        statistics: Statistics | None = None,
        frequencies: Frequencies | None = None,
    ) -> None:
        """`statistics` and `frequencies` are those of the last full build; without them these documents are one."""
        self.analyzer = analyzer
        self._documents = {document.id: document for document in sorted(documents, key=lambda d: d.id)}
        self.ids = list(self._documents)
        self._sequences: dict[str, dict[str, list[str]]] = {}
        self._bags: dict[str, dict[str, Counter[str]]] = {}
        self._finer: dict[str, dict[str, dict[str, Counter[str]]]] = {}
        self._lengths: dict[str, dict[str, Length]] = {}
        self._han: dict[str, bool] = {}
        self._titles: dict[str, list[str]] = {}
        self._words: Counter[str] = Counter()
        for id_, document in self._documents.items():
            analysed = analyzer.fields(document)
            self._sequences[id_] = {field: text.sequence for field, text in analysed.items()}
            self._titles[id_] = analysed["title"].tokens
            self._bags[id_] = {field: text.first() for field, text in analysed.items()}
            self._finer[id_] = {field: text.finer for field, text in analysed.items()}
            self._lengths[id_] = {
                field: Length(text.bag.total(), text.concepts.total()) for field, text in analysed.items()
            }
            self._han[id_] = written_in_han(analysed.values())
            self._words.update({word for text in analysed.values() for word in text.tokens})
        self.statistics = statistics or Statistics.of(list(self._lengths.values()), list(self._han.values()))
        self._rows = {
            id_: row_of(document, sum(length.terms for length in self._lengths[id_].values()))
            for id_, document in self._documents.items()
        }
        self.frequencies_by_channel = frequencies or {
            "terms": Counter(term for id_ in self.ids for term in self._terms(id_)),
            **{c: Counter(token for id_ in self.ids for token in self._tokens(id_, c)) for c in FINER},
        }
        self._frequency = self.frequencies_by_channel["terms"]
        self._weights = {id_: {term: self._weight(id_, term) for term in self._terms(id_)} for id_ in self.ids}

    @classmethod
    def open(cls, folder: Path, statistics: Statistics, analyzer: Analyzer) -> PlainEngine:
        """The engine over the documents that `write` wrote."""
        record = json.loads((folder / _FREQUENCIES).read_text(encoding="utf-8"))
        frequencies = {channel: Counter(counts) for channel, counts in record.items()}
        return cls(_documents(folder), analyzer, statistics, frequencies)

    def _terms(self, id_: str) -> set[str]:
        return {term for bag in self._bags[id_].values() for term in bag}

    def _statistics_of(self, id_: str) -> Statistics:
        return self.statistics.of_document(han=self._han[id_])

    def _tokens(self, id_: str, channel: str) -> set[str]:
        return {token for bags in self._finer[id_].values() for token in bags[channel]}

    def _weight(self, id_: str, term: str) -> float:
        """The weight of a term or concept in a document: its rarity times its weighted, saturated counts in the
        fields.
        """
        place = 1 if is_concept(term) else 0
        own = self._statistics_of(id_)
        averages = own.concepts if is_concept(term) else own.average
        lengths = {field: length[place] for field, length in self._lengths[id_].items()}
        counts = {field: bag[term] for field, bag in self._bags[id_].items()}
        total = self._sum_over_fields(id_, counts, lengths, averages)
        # Weights are kept in 32 bits everywhere, so that engines agree to the last bit.
        return float(np.float32(self.statistics.rarity(term, self._frequency[term]) * total))

    def _sum_over_fields(
        self, id_: str, counts: Mapping[str, int], lengths: Mapping[str, int], averages: Mapping[str, float]
    ) -> float:
        """The weighted, saturated counts of a token in the fields of a document."""
        weights, total = FIELD_WEIGHTS[kind_of(self._documents[id_])], 0.0
        for field in FIELDS:
            if counts.get(field) and field in weights:
                # A field that no document of the full build had has no average length: each is of the usual one.
                own = norm(lengths[field], averages[field]) if field in averages else norm(1, 1.0)
                total += weights[field] * saturation(counts[field], own)
        return total

    def get(self, ids: Sequence[str]) -> list[Document]:
        """See the protocol."""
        return [self._documents[id_] for id_ in ids if id_ in self._documents]

    def traits(self, ids: Sequence[str]) -> list[Traits]:
        """See the protocol."""
        rows = [self._rows[id_] for id_ in ids]
        return [Traits(wording=row.wording, answered=row.answered) for row in rows]

    def topics(self, ids: Sequence[str]) -> list[tuple[TopicName, ...]]:
        """See the protocol."""
        topics = [self._rows[id_].topics for id_ in ids]
        return [tuple(TopicName(name=name, specialty=given) for name, given in own.items()) for own in topics]

    def rank(self, weights: Mapping[str, float], among: Selected | None, limit: int) -> list[Ranked]:
        """See the protocol."""
        ranked = []
        for id_ in self.ids:
            if among is not None and id_ not in among:
                continue
            score = 0.0
            for term in sorted(weights):
                score += weights[term] * self._weights[id_].get(term, 0.0)
            if score != 0:
                ranked.append(Ranked(id_, score))
        return sorted(ranked, key=_best_first)[:limit]

    def rank_twice(
        self, weights: Mapping[str, float], among: Selected | None, limit: int, finer: Finer, words: int
    ) -> RankedTwice:
        """See the protocol."""
        ranked = self.rank(weights, among, max(limit, RESCORED))
        first, rest = ranked[:RESCORED], ranked[RESCORED:]
        again = []
        for id_, score in first:
            length = (1 + self._rows[id_].length) / self._statistics_of(id_).median
            judged = (score + self._judge(id_, finer)) * length_factor(length, words)
            again.append(Ranked(id_, judged if among is None else judged * among[id_]))
        least = first[-1].score if len(first) == RESCORED else 0.0
        return RankedTwice([*sorted(again, key=_best_first), *rest][:limit], least)

    def _judge(self, id_: str, finer: Finer) -> float:
        """What the finer channels say of a document."""
        score, averages = 0.0, self._statistics_of(id_).average
        lengths = {field: length.terms for field, length in self._lengths[id_].items()}
        for channel in FINER:
            for token in finer[channel]:
                counts = {field: bags[channel][token] for field, bags in self._finer[id_].items()}
                score += finer[channel][token] * self._sum_over_fields(id_, counts, lengths, averages)
        return score

    def titles(self, ids: Sequence[str]) -> list[list[str]]:
        """See the protocol."""
        return [self._titles[id_] for id_ in ids]

    def impacts(self, ids: Sequence[str]) -> list[dict[str, float]]:
        """See the protocol."""
        return [self._weights[id_] for id_ in ids]

    def newest(self, among: Selected, limit: int) -> list[str]:
        """See the protocol."""
        return sorted(among, key=lambda id_: (-self._rows[id_].day, id_))[:limit]

    def allowed(
        self,
        *,
        words: Sequence[SearchWord] = (),
        phrases: Sequence[Sequence[str]] = (),
        without: Sequence[Sequence[str]] = (),
        where: Filter = Filter(),
    ) -> Selected:
        """See the protocol."""
        demanded = [
            id_
            for id_ in self.ids
            if all(self._holds(id_, phrase) for phrase in phrases)
            and not any(self._holds(id_, phrase) for phrase in without)
        ]
        whole = sum(word.share for word in words)
        if not words:
            return {id_: 1.0 for id_ in demanded if _passes(self._rows[id_], where)}
        shares = {id_: sum(w.share for w in words if not self._terms(id_).isdisjoint(w.names)) for id_ in demanded}
        least = least_share(shares.values())
        return {
            id_: share / whole for id_, share in shares.items() if share >= least and _passes(self._rows[id_], where)
        }

    def _holds(self, id_: str, phrase: Sequence[str]) -> bool:
        size = len(phrase)
        return any(
            list(phrase) == terms[at : at + size]
            for terms in self._sequences[id_].values()
            for at in range(len(terms) - size + 1)
        )

    def count(self, among: Selected) -> int:
        """See the protocol."""
        return len(among)

    def facets(self, among: Selected, most: int) -> dict[str, dict[str, int]]:
        """See the protocol."""
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        for row in (self._rows[id_] for id_ in among):
            counts["kind"][row.kind] += 1
            counts["answered"]["yes" if row.answered else "no"] += 1
            counts["topic"].update(row.topics.keys())
            if row.specialty:
                counts["specialty"][row.specialty] += 1
            if row.day:
                counts["year"][str(date.fromordinal(row.day).year)] += 1
        return {
            facet: dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:most])
            for facet, values in counts.items()
        }

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        """See the protocol."""
        known = self.frequencies_by_channel.get(channel, self._frequency)
        return [known[token] for token in tokens]

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, known: bool = False) -> dict[str, float]:
        """See the protocol."""
        counts = zip(tokens, self.frequencies(list(tokens), channel), strict=True)
        return {token: self.statistics.rarity(token, n) for token, n in counts if n or not known}

    def words(self, prefix: str) -> dict[str, int]:
        """See the protocol."""
        return {word: self._words[word] for word in sorted(self._words) if word.startswith(prefix)}

    def close(self) -> None:
        """See the protocol."""


def _best_first(ranked: Ranked) -> tuple[float, str]:
    return -ranked.score, ranked.id


def _passes(row: Row, where: Filter) -> bool:
    return (
        (where.kind is None or row.kind == where.kind)
        and (where.specialty is None or row.specialty == where.specialty)
        and (where.topic is None or where.topic in row.topics)
        and (where.year is None or (row.day > 0 and date.fromordinal(row.day).year == where.year))
        and (where.answered is None or row.answered == where.answered)
    )

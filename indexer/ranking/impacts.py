"""Impacts: the weight of every term in every document, and the sum that ranks by it. NumPy alone."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analysed, is_concept, written_in_han
from indexer.ranking.tables import Strings, map_array, write_strings
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, B, Length, Statistics

Mask = NDArray[np.bool_]


class ImpactsWriter:
    """Collects the counts of each document in the order of their numbers, then writes the weights of all."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._term, self._document = array("i"), array("i")
        self._counts = [array("i") for _ in FIELDS]
        self._kinds: list[str] = []
        self.lengths: list[dict[str, Length]] = []
        self._han: list[bool] = []

    def add(self, kind: str, texts: Mapping[str, Analysed]) -> None:
        """Take the next document: its analysed fields, of which terms and concepts are counted."""
        number = len(self._kinds)
        self._kinds.append(kind)
        self.lengths.append({field: Length(text.bag.total(), text.concepts.total()) for field, text in texts.items()})
        self._han.append(written_in_han(texts.values()))
        together: dict[str, list[int]] = {}
        for place, field in enumerate(FIELDS):
            for term, count in texts[field].first().items() if field in texts else ():
                together.setdefault(term, [0] * len(FIELDS))[place] = count
        for term, counts in together.items():
            self._term.append(self._terms.setdefault(term, len(self._terms)))
            self._document.append(number)
            for column, count in zip(self._counts, counts, strict=True):
                column.append(count)

    def write(self, folder: Path) -> Statistics:
        """Write the arrays: terms, `starts` of each term's postings, and their `documents` and `weights`."""
        statistics = Statistics.of(self.lengths, self._han)
        terms = sorted(self._terms)
        # Terms were numbered as they came; in the arrays they stand in their own order, the same for every build.
        number = np.empty(len(terms), np.int32)
        number[[self._terms[term] for term in terms]] = np.arange(len(terms), dtype=np.int32)
        term = number[np.frombuffer(self._term, np.int32)] if self._term else np.empty(0, np.int32)
        document = np.frombuffer(self._document, np.int32) if self._document else np.empty(0, np.int32)
        order = np.lexsort((document, term))
        frequency = np.bincount(term, minlength=len(terms))
        counted = zip(terms, frequency.tolist(), strict=True)
        rare = np.array([statistics.rarity(term, n) for term, n in counted], np.float64)
        concept = np.array([is_concept(term) for term in terms], np.bool_)
        weight = rare[term] * self._sums(document, concept[term], statistics)
        starts = np.zeros(len(terms) + 1, np.int64)
        np.cumsum(frequency, out=starts[1:])
        write_strings(folder, "terms", terms)
        np.save(folder / "starts.npy", starts)
        np.save(folder / "documents.npy", document[order])
        np.save(folder / "weights.npy", weight[order].astype(np.float32))
        return statistics

    def _sums(
        self, document: NDArray[np.int32], concept: NDArray[np.bool_], statistics: Statistics
    ) -> NDArray[np.float64]:
        """For each posting the weighted, saturated counts of its fields, added in the order of FIELDS."""
        total = np.zeros(len(document))
        none = Length(0, 0)
        for place, field in enumerate(FIELDS):
            count = np.frombuffer(self._counts[place], np.int32).astype(np.float64)
            share = np.array([FIELD_WEIGHTS[kind].get(field, 0.0) for kind in self._kinds])
            length = np.array([fields.get(field, none) for fields in self.lengths], np.float64).reshape(-1, 2)
            terms, concepts = (
                K1 * (1 - B + B * length[:, n] / np.where(average > 0, average, 1.0))
                for n, average in enumerate(self._averages(field, statistics))
            )
            norm = np.where(concept, concepts[document], terms[document])
            total += share[document] * (count * (K1 + 1) / (count + norm))
        return total

    def _averages(self, field: str, statistics: Statistics) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The average length of a field in terms and in concepts, for each document that of its kind; 0 for none."""
        kinds = [statistics.of_document(han=han) for han in (False, True)]
        han = np.array(self._han, np.int64)
        terms, concepts = ([getattr(kind, name).get(field, 0.0) for kind in kinds] for name in ("average", "concepts"))
        return np.array(terms)[han], np.array(concepts)[han]


class Impacts:
    """The arrays of a generation, mapped; shared by threads, since nothing in them changes."""

    def __init__(self, folder: Path, documents: int) -> None:
        self._documents = documents
        self._starts = map_array(folder, "starts")
        self._posted = map_array(folder, "documents")
        self._weights = map_array(folder, "weights")
        # A dictionary answers twenty times faster than a search in the file; it costs 0.1 s for 100,000 terms.
        self._numbers = {term: number for number, term in enumerate(Strings(folder, "terms"))}

    def frequency(self, term: str) -> int:
        """How many documents have the term."""
        number = self._numbers.get(term)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def having(self, term: str) -> NDArray[np.int32]:
        """The numbers of the documents that have the term, ascending."""
        number = self._numbers.get(term)
        if number is None:
            return np.empty(0, np.int32)
        posted = self._posted[self._starts[number] : self._starts[number + 1]]
        return posted.astype(np.int32, copy=False)

    def terms(self) -> list[str]:
        """Every term, in order."""
        return list(self._numbers)

    def rank(
        self, weights: Mapping[str, float], among: Mask | None, limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The best documents by the sum of weight × impact: numbers and scores, best first, lower number among equals.

        Only documents that share a term are in it. Sums are in float64 in the order of the terms, as in the plain
        engine, so that both agree to the last bit.
        """
        scores = np.zeros(self._documents)
        for term in sorted(weights):
            number = self._numbers.get(term)
            if number is not None:
                at = slice(self._starts[number], self._starts[number + 1])
                scores[self._posted[at]] += weights[term] * self._weights[at].astype(np.float64)
        if among is not None:
            scores[~among] = 0.0
        found = np.flatnonzero(scores)
        if 0 < limit < len(found):
            least = np.partition(scores[found], -limit)[-limit]
            found = found[scores[found] >= least]
        order = np.lexsort((found, -scores[found]))[:limit]
        return found[order], scores[found[order]]

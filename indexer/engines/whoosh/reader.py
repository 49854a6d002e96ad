"""Reading a generation: Whoosh gives documents, phrases and exclusions; the arrays give filters, counts and order."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import TermNotFound

from corpus import Document, restore
from indexer.analysis import FIELDS, Analyzer, stop_terms
from indexer.engines.protocol import Finer, Ranked, RankedTwice, Traits
from indexer.engines.whoosh.schema import DOCUMENT_FIELD, folder_of
from indexer.engines.whoosh.storage import MappedStorage
from indexer.ranking.columns import Mask
from indexer.ranking.frequencies import Frequencies, Rarities
from indexer.ranking.keys import Numbers
from indexer.ranking.segment import Segments
from indexer.ranking.tables import ARRAYS
from indexer.ranking.weighting import HIT_PLACE, RESCORED, SearchWord, Statistics, least_share, length_exponent
from indexer.types import Filter, TopicName


class Selected(NamedTuple):
    """Documents that are chosen; where by words, the share that each document matches of these, in parts of `whole`."""

    mask: Mask
    shares: NDArray[np.uint16] | None = None
    whole: int = 1

    def factors(self, numbers: Numbers) -> NDArray[np.float64]:
        """The share, from 0 to 1, that each of some documents matches."""
        return np.ones(len(numbers)) if self.shares is None else self.shares[numbers] / self.whole


class WhooshEngine:
    """One generation, opened. Whoosh's reader keeps a place in its files, so one thread at a time may use it."""

    def __init__(
        self, folder: Path, statistics: Statistics, analyzer: Analyzer, kernels: ModuleType | None = None
    ) -> None:
        self.statistics, self.analyzer = statistics, analyzer
        arrays = folder / ARRAYS
        self._segments = Segments(arrays, statistics, kernels)
        self._columns, self._ids = self._segments.columns, self._segments.ids
        self._frequencies = Frequencies(arrays)
        self._rarities = Rarities(self._frequencies, statistics)
        index = MappedStorage(folder_of(folder)).open_index()
        # Two readers: a long phrase must not keep other requests from their documents.
        self._documents: Any = index.reader()
        self._postings: Any = index.reader()
        self._documents_lock, self._postings_lock = threading.Lock(), threading.Lock()

    def get(self, ids: Sequence[str]) -> list[Document]:
        """See the protocol."""
        numbers = [number for id_ in ids if (number := self._ids.find(id_)) >= 0]
        with self._documents_lock:
            stored = [self._documents.stored_fields(number)[DOCUMENT_FIELD] for number in numbers]
        return [restore(line) for line in stored]

    def traits(self, ids: Sequence[str]) -> list[Traits]:
        """See the protocol."""
        columns = self._columns
        numbers = [self._ids.find(id_) for id_ in ids]
        return [Traits(columns.wording(n), columns.answered(n)) for n in numbers]

    def topics(self, ids: Sequence[str]) -> list[tuple[TopicName, ...]]:
        """See the protocol."""
        return [self._columns.topics(self._ids.find(id_)) for id_ in ids]

    def rank(self, weights: Mapping[str, float], among: Selected | None, limit: int) -> list[Ranked]:
        """See the protocol."""
        return self._named(*self._segments.rank(weights, among and among.mask, limit))

    def rank_twice(
        self, weights: Mapping[str, float], among: Selected | None, limit: int, finer: Finer, words: int
    ) -> RankedTwice:
        """See the protocol."""
        numbers, scores = self._segments.rank(weights, among and among.mask, max(limit, RESCORED))
        best, rest = numbers[:RESCORED], numbers[RESCORED:]
        least = float(scores[RESCORED - 1]) if len(scores) >= RESCORED else 0.0
        again = self._segments.judge(best, scores[:RESCORED], finer, length_exponent(words))
        if among is not None:
            again = again * among.factors(best)
        order = np.lexsort((self._ids.places(best), -again))[:limit]
        ranked = self._named(best[order], again[order])
        if limit > RESCORED:
            ranked += self._named(rest, scores[RESCORED:])
        return RankedTwice(ranked, least)

    def _named(self, numbers: Numbers, scores: NDArray[np.float64]) -> list[Ranked]:
        return list(map(Ranked, self._ids.of(numbers.tolist()), scores.tolist()))

    def titles(self, ids: Sequence[str]) -> list[list[str]]:
        """See the protocol."""
        return [self._segments.title_of(self._ids.find(id_)) for id_ in ids]

    def impacts(self, ids: Sequence[str]) -> list[dict[str, float]]:
        """See the protocol."""
        return [self._segments.impacts_of(self._ids.find(id_)) for id_ in ids]

    def newest(self, among: Selected, limit: int) -> list[str]:
        """See the protocol."""
        return self._ids.of(self._columns.newest(among.mask, limit).tolist())

    def allowed(
        self,
        *,
        words: Sequence[SearchWord] = (),
        phrases: Sequence[Sequence[str]] = (),
        without: Sequence[Sequence[str]] = (),
        where: Filter = Filter(),
    ) -> Selected:
        """See the protocol."""
        passing = self._columns.mask(where)
        mask = np.ones(len(passing), np.bool_) if self._ids.live is None else self._ids.live.copy()
        for phrase in phrases:
            mask = self._holding(phrase, mask)
        for phrase in without:
            mask &= ~self._holding(phrase, mask)
        if not words:
            return Selected(mask & passing)
        shares = self._segments.match(words)
        own = shares[mask]
        best = np.partition(own, -HIT_PLACE)[-HIT_PLACE:] if len(own) > HIT_PLACE else own
        mask &= shares >= least_share(best.tolist())
        return Selected(mask & passing, shares, sum(word.share for word in words))

    def count(self, among: Selected) -> int:
        """See the protocol."""
        return int(among.mask.sum())

    def facets(self, among: Selected, most: int) -> dict[str, dict[str, int]]:
        """See the protocol."""
        return self._columns.counts(among.mask, most)

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        """See the protocol."""
        return self._frequencies.of(tokens, channel)

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, known: bool = False) -> dict[str, float]:
        """See the protocol."""
        return self._rarities.of(tokens, channel, known=known)

    def words(self, prefix: str) -> dict[str, int]:
        """See the protocol."""
        return self._segments.words(prefix)

    def close(self) -> None:
        """See the protocol."""
        with self._documents_lock, self._postings_lock:
            self._documents.close()
            self._postings.close()

    def _holding(self, phrase: Sequence[str], among: Mask) -> Mask:
        """Those of the documents that have the terms one after the other in some field.

        Impacts name the few that have all telling terms in any field; positions are looked up for these alone.
        """
        candidates = among.copy()
        for term in set(phrase) - stop_terms():
            numbers = self._segments.having(term)
            if len(numbers):
                having = np.zeros(len(candidates), np.bool_)
                having[numbers] = True
                candidates &= having
        mask = np.zeros(len(candidates), np.bool_)
        for field in FIELDS:
            left = np.flatnonzero(candidates & ~mask).tolist()
            with self._postings_lock:
                mask[np.fromiter(self._in_field(field, phrase, left), np.int64)] = True
        return mask

    def _in_field(self, field: str, phrase: Sequence[str], candidates: Sequence[int]) -> Iterator[int]:
        """Those of the candidates, which ascend, that have the phrase in one field."""
        try:
            rarest_first = sorted(set(phrase), key=lambda term: self._postings.doc_frequency(field, term))
            postings = {term: self._postings.postings(field, term) for term in rarest_first}
        except TermNotFound:
            return
        for number in candidates:
            if all(_at(matcher, number) for matcher in postings.values()) and (
                len(phrase) == 1 or _consecutive([postings[term].value_as("positions") for term in phrase])
            ):
                yield number


def _at(matcher: Any, number: int) -> bool:
    """Move a matcher on to a document; whether it is there."""
    if matcher.is_active() and matcher.id() < number:
        matcher.skip_to(number)
    return bool(matcher.is_active() and matcher.id() == number)


def _consecutive(positions: Sequence[Sequence[int]]) -> bool:
    """Whether some position of the first term is followed by the next terms' positions one by one."""
    starts = set(positions[0])
    for step, following in enumerate(positions[1:], 1):
        starts &= {position - step for position in following}
    return bool(starts)

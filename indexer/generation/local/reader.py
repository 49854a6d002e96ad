"""A generation on this machine's disk, opened: Whoosh gives the documents, arrays find and rank them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Document, from_json, same_address
from indexer.analysis import FIELDS, FINER, Analyzer, Templates
from indexer.generation.folder.manifest import Manifest
from indexer.generation.local.groups import Groups
from indexer.generation.local.schema import DOCUMENT_FIELD, MappedStorage, folder_of
from indexer.generation.local.stored import StoredNeighbours, StoredPairs, stored_analyzer
from indexer.generation.port import NO_CARDS, Facts, FindRequest, Found, Neighbours, Pair, Ranked
from indexer.ranking.columns import KINDS, Mask
from indexer.ranking.frequencies import Frequencies
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import InOrder
from indexer.ranking.mapped import ARRAYS, Strings
from indexer.ranking.resources import NUMPY, Resources
from indexer.ranking.segment import Segments
from indexer.ranking.weighting import HIT_PLACE, RESCORED, Statistics, least_share, length_exponent
from indexer.types import EVERYTHING, Card, Info, Sort


class _Chosen(NamedTuple):
    """The documents that a request lets through; where by words, the share that each document matches of these, in
    parts of `whole`.
    """

    mask: Mask
    shares: NDArray[np.uint16] | None = None
    whole: int = 1

    def factors(self, numbers: Numbers) -> NDArray[np.float64]:
        """The share, from 0 to 1, that each of some documents matches."""
        return np.ones(len(numbers)) if self.shares is None else self.shares[numbers] / self.whole


class SecondStage(NamedTuple):
    """The documents of the second stage, best first: their numbers, and their scores there and in the first."""

    numbers: Numbers
    scores: NDArray[np.float64]
    first: NDArray[np.float64]


class LocalGeneration:
    """One generation of a folder (see Generation). Whoosh's reader keeps a place in its files, so one thread at a time
    may use it. Without a manifest it is one that is still being made: it has no info, neighbours or pairs yet.
    """

    def __init__(
        self,
        folder: Path,
        statistics: Statistics,
        analyzer: Analyzer,
        resources: Resources = NUMPY,
        manifest: Manifest | None = None,
    ) -> None:
        self.statistics, self.analyzer = statistics, analyzer
        self._arrays, self._manifest = folder / ARRAYS, manifest
        self.name = manifest.name if manifest else ""
        self._segments = Segments(self._arrays, statistics, resources)
        self._columns, self._ids = self._segments.columns, self._segments.ids
        self._frequencies = Frequencies(self._arrays, statistics)
        self._documents: Any = MappedStorage(folder_of(folder)).open_index().reader()
        self._known_groups: Groups | None = None
        self._lock = threading.Lock()
        # Every file is opened now: later the generation may have been swept.
        for segment, _ in self._documents.leaf_readers():
            if segment.doc_count_all():
                segment.stored_fields(0)
        if manifest:
            self._neighbours = StoredNeighbours(self._arrays, self._ids)
            self._pairs = StoredPairs(self._arrays, self._ids)
            self.templates  # noqa: B018 (reads files)

    @classmethod
    def of(cls, folder: Path, manifest: Manifest, resources: Resources = NUMPY) -> LocalGeneration:
        """A finished generation, with the statistics and the analyzer that its manifest and its files tell."""
        statistics, arrays = Statistics.from_record(manifest.statistics), folder / ARRAYS
        return cls(folder, statistics, stored_analyzer(arrays, manifest.synonyms), resources, manifest)

    @cached_property
    def templates(self) -> Templates:
        return Templates.of_lines(*(Strings(self._arrays, name) for name in ("openings", "frames")))

    @property
    def info(self) -> Info:
        assert self._manifest is not None
        return self._manifest.info

    def ids(self) -> Sequence[str]:
        return InOrder(self._ids)

    def get(self, ids: Sequence[str]) -> list[Document]:
        numbers = [number for id_ in ids if (number := self._ids.find(id_)) >= 0]
        with self._lock:
            stored = [self._documents.stored_fields(number)[DOCUMENT_FIELD] for number in numbers]
        return [from_json(line) for line in stored]

    def facts(self, ids: Sequence[str]) -> list[Facts]:
        numbers = [self._ids.find(id_) for id_ in ids]
        return [
            Facts(KINDS[kind], date.fromordinal(day) if day else None, answered, wording, self._columns.topics(number))
            for number, (kind, day, answered, wording) in zip(numbers, self._columns.of(numbers), strict=True)
        ]

    def wordings(self, ids: Sequence[str]) -> list[int | None]:
        numbers = map(self._ids.find, ids)
        return [None if n < 0 else int(self._columns.wordings[n]) for n in numbers]

    def addressed(self, url: str) -> str | None:
        there = [self._ids[number] for number in self._columns.at(url) if self._ids.find(self._ids[number]) == number]
        address = same_address(url)
        return min((d.id for d in self.get(there) if same_address(d.url) == address), default=None)

    def shown(self, ids: Sequence[str]) -> list[int]:
        return self._neighbours.shown([self._ids.find(id_) for id_ in ids])

    def words(self, ids: Sequence[str], field: str) -> list[list[str]]:
        place = FIELDS.index(field)
        return [self._segments.words_of(self._ids.find(id_), place) for id_ in ids]

    def begins(self, ids: Sequence[str], terms: Collection[str]) -> list[Mapping[str, Sequence[int]]] | None:
        return [*self._segments.begins_of([self._ids.find(id_) for id_ in ids], terms)]

    def weights(self, ids: Sequence[str]) -> list[dict[str, float]]:
        return [self._segments.weights_of(self._ids.find(id_)) for id_ in ids]

    def find(self, request: FindRequest) -> Found:
        groups = self._groups(request.instead)
        chosen = self._choose(request, groups)
        mask = self._everything if chosen is None else chosen.mask
        if groups:
            mask = groups.shown(mask)
        total = self._size if chosen is None and not groups else int(mask.sum())
        facets = self._columns.counts(mask, request.facets) if request.facets else {}
        if not request.limit:
            return Found([], total, facets)
        if request.sort is Sort.NEWEST:
            newest = self._ids.of(self._columns.newest(mask, request.limit).tolist())
            return Found([Ranked(id_, 0.0) for id_ in newest], total, facets)
        return Found(self._rank(request, chosen, groups), total, facets)

    def second_stage(self, request: FindRequest) -> SecondStage:
        """The second stage of a request for anything."""
        return self._judged(request, *self._segments.rank(request.weights, None, RESCORED))

    def scores_for(self, number: int, askers: Numbers, first: NDArray[np.float64]) -> NDArray[np.float64]:
        """The score of a document, by number, in the second stage of each of some documents that ask by their titles
        and bodies; `first` are those that it has in the first.
        """
        fields = [self.analyzer.analyse_words(self._segments.words_of(number, field)) for field in range(len(FIELDS))]
        finer = {
            channel: self.rarities(set().union(*(field.finer[channel] for field in fields)), channel, present=True)
            for channel in FINER
        }
        return self._segments.judge_for(number, finer, askers, first)

    def _groups(self, instead: Mapping[str, str]) -> Groups | None:
        """The groups of a request: those of the request before, if they are the same object."""
        if not instead:
            return None
        known = self._known_groups
        if known is None or known.instead is not instead:
            self._known_groups = known = Groups(instead, self._ids)
        return known

    def _judged(
        self, request: FindRequest, numbers: Numbers, scores: NDArray[np.float64], chosen: _Chosen | None = None
    ) -> SecondStage:
        """Some documents judged in the second stage, for their scores in the first."""
        judged = self._segments.judge(numbers, scores, request.finer, length_exponent(request.words))
        if chosen is not None:
            judged = judged * chosen.factors(numbers)
        order = np.lexsort((self._ids.places(numbers), -judged))
        return SecondStage(numbers[order], judged[order], scores[order])

    def _rank(self, request: FindRequest, chosen: _Chosen | None, groups: Groups | None) -> list[Ranked]:
        """The best documents, one for each group."""
        mask = None if chosen is None else chosen.mask
        limit = request.limit + (groups.more(self._everything if mask is None else mask) if groups else 0)
        numbers, scores = self._segments.rank(request.weights, mask, max(limit, RESCORED))
        best = self._judged(request, numbers[:RESCORED], scores[:RESCORED], chosen)
        numbers = np.concatenate([best.numbers, numbers[RESCORED:]])
        scores = np.concatenate([best.scores, scores[RESCORED:]])
        if groups:
            first = groups.first(numbers)
            numbers, scores = numbers[first], scores[first]
        return self._named(numbers[: request.limit], scores[: request.limit])

    def _named(self, numbers: Numbers, scores: NDArray[np.float64]) -> list[Ranked]:
        return list(map(Ranked, self._ids.of(numbers.tolist()), scores.tolist()))

    def neighbours(self, id_: str) -> Neighbours | None:
        return self._neighbours.of(id_)

    def closeness(self, id_: str) -> Sequence[float]:
        return self._neighbours.closeness(id_)

    def cards(self, id_: str) -> Mapping[str, Card]:  # noqa: ARG002 (they are made as soon as they are read)
        return NO_CARDS

    def pairs(self) -> Sequence[Pair]:
        return self._pairs.all()

    def pair(self, a: str, b: str) -> Pair | None:
        return self._pairs.of(a, b)

    def keep_order(self, ids: Sequence[str]) -> list[tuple[int, ...]]:
        return self._pairs.keep_order(ids)

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        return self._frequencies.of(tokens, channel)

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, present: bool = False) -> dict[str, float]:
        return self._frequencies.rarities(tokens, channel, present=present)

    def vocabulary(self, prefix: str, least: int = 1) -> dict[str, int]:
        return self._segments.vocabulary(prefix, least)

    def release(self) -> None:
        """Let go of the memory in which arrays were read."""
        self._segments.release()

    def close(self) -> None:
        with self._lock:
            self._documents.close()

    @cached_property
    def _everything(self) -> Mask:
        """All documents that are there."""
        return np.ones(len(self._ids), np.bool_) if self._ids.live is None else self._ids.live

    @cached_property
    def _size(self) -> int:
        return int(self._everything.sum())

    def _holding(self, readings: Sequence[Sequence[str]], among: Mask) -> Mask:
        """Those of some documents that hold a phrase in one of its readings."""
        held: Mask = np.logical_or.reduce([self._segments.holding(phrase, among) for phrase in readings])
        return held

    def _choose(self, request: FindRequest, groups: Groups | None) -> _Chosen | None:
        """The documents that a request lets through; None where it lets all through."""
        demands = request.search_words or request.phrases or request.without
        if not demands and (request.where is EVERYTHING or request.where == EVERYTHING):
            return None
        mask = self._everything.copy()
        for phrase in request.phrases:
            mask = self._holding(phrase, mask)
        passing = self._columns.mask(request.where)
        for phrase in request.without:  # neither what matches may hold it, nor what is shown for that
            held = self._holding(phrase, mask | groups.shown(mask) if groups else mask)
            mask &= ~held
            passing &= ~held
        if groups:
            passing = groups.passing(passing)
        if not request.search_words:
            return _Chosen(mask & passing)
        shares = self._segments.match(request.search_words)
        own = shares[mask]
        most = min(HIT_PLACE, len(own))
        if request.wanted and own.max(initial=0) >= request.wanted:
            best = np.full(most, request.wanted, np.uint16)  # who ranks behind the best does not matter then
        else:
            own = own[own > 0]  # a fraction of all: the best of these are found in a fraction of the time
            best = np.partition(own, -most)[-most:] if len(own) > most else own
        mask &= shares >= least_share([*best.tolist(), *[0] * (most - len(best))], request.wanted)
        return _Chosen(mask & passing, shares, sum(word.share for word in request.search_words))

"""A generation on this machine's disk, opened: Whoosh gives the documents, arrays find and rank them."""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Document, from_json, same_address
from indexer.analysis import FIELDS, FINER, Analyzer, Templates
from indexer.encoder import Encoder
from indexer.generation.folder.manifest import Manifest
from indexer.generation.local.finder import NO_NUMBERS, Finder, SecondStage
from indexer.generation.local.schema import DOCUMENT_FIELD, MappedStorage, folder_of
from indexer.generation.local.stored import StoredNeighbours, StoredPairs, stored_analyzer
from indexer.generation.port import NO_CARDS, Facts, FindRequest, Found, Neighbours, Pair, Span
from indexer.ranking.columns import KINDS, Mask
from indexer.ranking.frequencies import Frequencies
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import InOrder
from indexer.ranking.mapped import ARRAYS, Strings
from indexer.ranking.resources import NUMPY, Resources
from indexer.ranking.segment import Segments
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import Statistics
from indexer.types import Card, Info


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
        encoder: Encoder | None = None,
    ) -> None:
        self.statistics, self.analyzer, self.encoder = statistics, analyzer, encoder
        self._arrays, self._manifest = folder / ARRAYS, manifest
        self.name = manifest.name if manifest else ""
        self._segments = Segments(self._arrays, statistics, resources)
        self._columns, self._ids, self.vectors = self._segments.columns, self._segments.ids, self._segments.vectors
        self._frequencies = Frequencies(self._arrays, statistics)
        self._documents: Any = MappedStorage(folder_of(folder)).open_index().reader()
        self._finder = Finder(self._segments)
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
    def of(
        cls, folder: Path, manifest: Manifest, resources: Resources = NUMPY, encoder: Encoder | None = None
    ) -> LocalGeneration:
        """A finished generation, with the statistics and the analyzer that its manifest and its files tell."""
        statistics, arrays = Statistics.from_record(manifest.statistics), folder / ARRAYS
        return cls(folder, statistics, stored_analyzer(arrays, manifest.synonyms), resources, manifest, encoder)

    @cached_property
    def templates(self) -> Templates:
        return Templates.of_lines(*(Strings(self._arrays, name) for name in ("openings", "frames")))

    @cached_property
    def info(self) -> Info:
        assert self._manifest is not None
        return replace(self._manifest.info, semantic=self.encoder is not None)

    def ids(self) -> Sequence[str]:
        return InOrder(self._ids)

    def named(self, numbers: Sequence[int]) -> list[str]:
        """The ids of documents by their numbers."""
        return self._ids.of(numbers)

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
        return self._finder.find(request)

    def second_stage(self, request: FindRequest, near: Numbers = NO_NUMBERS) -> SecondStage:
        """The second stage of a request for anything, given what is near by meaning."""
        return self._finder.second_stage(request, near)

    def vector(self, id_: str) -> Vector | None:
        if self.vectors is None:
            return None
        (own,) = self.vectors.of(np.array([self._ids.find(id_)]))
        return own if own.any() else None

    def cosines(self, vector: Vector, ids: Sequence[str]) -> list[float]:
        if self.vectors is None:
            return [math.nan] * len(ids)
        return self.vectors.known_cosines(vector, np.array([self._ids.find(id_) for id_ in ids], np.int64))

    def scores_for(
        self, number: int, askers: Numbers, first: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], Numbers]:
        """The score of a document, by number, in the second stage of each of some documents that ask by their titles
        and bodies, and of how many words each asks by; `first` are those that it has in the first. What it means is
        not in it.
        """
        fields = [self.analyzer.analyse_words(self._segments.words_of(number, field)) for field in range(len(FIELDS))]
        finer = {
            channel: self.rarities(set().union(*(field.finer[channel] for field in fields)), channel, present=True)
            for channel in FINER
        }
        return self._segments.judge_for(number, finer, askers, first)

    def neighbours(self, id_: str) -> Neighbours | None:
        return self._neighbours.of(id_)

    def closeness(self, id_: str) -> Sequence[float]:
        return self._neighbours.closeness(id_)

    def cards(self, id_: str) -> Mapping[str, Card]:  # noqa: ARG002 (they are made as soon as they are read)
        return NO_CARDS

    def matched(self, id_: str) -> Mapping[str, Sequence[Span]]:
        return self._neighbours.matched(id_)

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

    @property
    def live(self) -> Mask | None:
        """Which documents are there; None where all are."""
        return self._ids.live

"""The steps that turn gathered documents into a generation: a build takes all, an update those that it needs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus import Document
from indexer.analysis import Analyzer
from indexer.analysis.boilerplate import sample
from indexer.analysis.templates import find_templates
from indexer.build.affected import Touched
from indexer.build.all_closeness import KnownCloseness, write_closeness
from indexer.build.all_matched import write_matched
from indexer.build.all_neighbours import lay_out, rank_neighbours
from indexer.build.encoding import Encoding
from indexer.build.intake import Intake
from indexer.build.merging import merge
from indexer.build.pairs import Before, PairFinder
from indexer.build.query_weights import QueryWeights, span_of, write_query_weights
from indexer.build.workers import Staged
from indexer.generation.folder.manifest import ENGINE, FORMAT, FileList, Manifest, list_files, now
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import StoredDigests
from indexer.generation.local.writer import Contents, count_all, write_segment
from indexer.ranking.columns import KINDS
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, segment_folders, segment_name
from indexer.ranking.mapped import ARRAYS, Strings, map_array, save, write_strings
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import StoredWords
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import Statistics
from indexer.settings import Settings
from indexer.types import BuildReport, Progress

# A segment of so many words takes about a megabyte to be counted, and four more of memory in all.
_WORDS_OF_A_MB = 400_000


class Pipeline:
    """Makes one generation in a folder of its own: a build takes all steps, an update those that changed need."""

    def __init__(
        self,
        staged: Path,
        number: int,
        settings: Settings,
        tell: Callable[[Progress], object],
        encoding: Encoding | None,
    ) -> None:
        self._staged, self._number, self._settings, self._tell = staged, number, settings, tell
        self._arrays, self._encoding = staged / ARRAYS, encoding

    def base(self, intake: Intake, analyzer: Analyzer) -> tuple[Statistics, Analyzer]:
        """The segments of all documents: what they count is the statistics of the generation. One segment where what is
        counted of it fits into memory, else as many as it takes.
        """
        self._arrays.mkdir()
        boilerplate = intake.boilerplate(analyzer)
        save(self._arrays, boilerplate=np.array(sorted(boilerplate.sentences), np.int64))
        analyzer = Analyzer(analyzer.synonyms, boilerplate=boilerplate)
        parts = intake.parts(self._settings.memory_mb * _WORDS_OF_A_MB)
        statistics = self._segments(intake, analyzer, parts, None)
        self._find_templates()
        ids = Ids(self._arrays)
        lay_out(self._arrays, len(ids))
        everyone = np.arange(len(ids))
        weights = self.rank(statistics, analyzer, everyone)
        for folder, first, beyond in zip(segment_folders(self._arrays), ids.firsts, ids.firsts[1:], strict=False):
            write_query_weights(folder, [(np.arange(beyond - first), span_of(weights, first, beyond))])
        del weights
        with closing(LocalGeneration(self._staged, statistics, analyzer)) as generation:
            write_closeness(self._arrays, generation, everyone, self._told("closeness", len(everyone)))
        write_matched(self._to_share(statistics, analyzer), everyone, self._told("cards", len(everyone)))
        self.find_pairs(statistics, analyzer)
        return statistics, analyzer

    def _find_templates(self) -> None:
        """Find the frames that the questions fill with one name after the other."""
        own = StoredWords(self._arrays)
        kinds, wordings = (
            np.concatenate([map_array(folder, name) for folder in segment_folders(self._arrays)])
            for name in ("kind", "wording")
        )
        questions = np.flatnonzero(kinds == KINDS.index("question"))
        templates = find_templates(map(own.own, questions[sample(wordings[questions])].tolist()))
        for name, lines in zip(("openings", "frames"), templates.lines(), strict=True):
            write_strings(self._arrays, name, lines)

    def segment(self, intake: Intake, analyzer: Analyzer, frozen: Statistics) -> list[str]:
        """Write the settled documents as the segment of this generation, by the statistics of the last full build; give
        their ids.
        """
        self._segments(intake, analyzer, [intake.settled], frozen)
        return list(Strings(self._arrays / segment_name(self._number), "ids"))

    def _segments(
        self, intake: Intake, analyzer: Analyzer, parts: Sequence[Numbers], frozen: Statistics | None
    ) -> Statistics:
        """Write the documents of each part as a segment."""
        names = [segment_name(self._number, n) for n in range(len(parts))]
        total, told = sum(map(len, parts)), count(1)
        self._tell(Progress(stage="indexing", done=0, total=total))
        for name, part in zip(names, parts, strict=True):
            intake.gather(self._arrays / name, analyzer.boilerplate, part)
        intake.let_go()

        def lines(part: Numbers) -> Iterator[str]:
            for line in intake.lines(part):
                yield line
                self._tell(Progress(stage="indexing", done=next(told), total=total))

        resources = Resources.of(self._settings, total)
        if frozen is None and len(parts) > 1:
            frozen = count_all(self._arrays, names, analyzer, resources)
        for name, part in zip(names, parts, strict=True):
            contents = Contents.gathered(self._arrays / name)
            statistics = write_segment(self._staged, name, contents, lines(part), analyzer, frozen, resources)
        encoded, tell = count(1), self._told("encoding", total)
        if self._encoding:
            for name, part in zip(names, parts, strict=True):
                self._encoding.write(self._arrays / name, intake.lines(part), lambda: tell(next(encoded)))
        return statistics

    def carry(self, digests: Sequence[bytes], vectors: Vector) -> None:
        """Take over the vectors of documents, by their digests, that need not be encoded again."""
        if self._encoding:
            self._encoding.carried.update(zip(digests, vectors, strict=True))

    def rank(self, statistics: Statistics, analyzer: Analyzer, numbers: Numbers) -> QueryWeights:
        """Rank the neighbours of documents; give the weights by which each looks for them."""
        staged = self._to_share(statistics, analyzer)
        return rank_neighbours(staged, numbers, self._told("neighbours", len(numbers)))

    def _to_share(self, statistics: Statistics, analyzer: Analyzer) -> Staged:
        return Staged(self._staged, statistics, analyzer.synonyms, self._settings.compiled)

    def renew(self, statistics: Statistics, analyzer: Analyzer, added: Numbers, touched: Touched) -> Numbers:
        """Bring the lists of neighbours up to date that a change touches: put the added documents into those that tell
        their places, and rank the others anew. Gives the numbers of all whose lists may be others.
        """
        known = KnownCloseness.of(self._arrays, np.union1d(touched.known, touched.anew))
        with closing(LocalGeneration(self._staged, statistics, analyzer)) as generation:
            merged, again = merge(self._arrays, generation, added, touched)
        again = np.union1d(again, touched.anew)
        self.rank(statistics, analyzer, again)
        judged = np.union1d(added, known.carry(self._arrays))
        with closing(LocalGeneration(self._staged, statistics, analyzer)) as generation:
            write_closeness(self._arrays, generation, judged)
        write_matched(self._to_share(statistics, analyzer), judged)
        return np.union1d(merged, again)

    def find_pairs(self, statistics: Statistics, analyzer: Analyzer, before: Before | None = None) -> None:
        """Find the pairs of questions that may be the same question; an update keeps those that did not change."""
        with closing(LocalGeneration(self._staged, statistics, analyzer)) as generation:
            finder = PairFinder(self._arrays, generation, self._settings.memory_mb)
            finder.write(before, self._told("duplicates", len(Ids(self._arrays))))

    def manifest(
        self,
        statistics: Statistics,
        analyzer: Analyzer,
        *,
        before: int,
        withdraws: bool,
        purges: bool = False,
        changed: int = 0,
        linked: tuple[Path, FileList] | None = None,
    ) -> Manifest:
        """What the generation holds, when all of it is written: `before` is the number of the one that it replaces,
        `withdraws` whether any of its documents is gone, `purges` whether no other generation may stay beside this,
        `changed` how many documents changed since the last full build, `linked` the folder and files of a generation
        that files are linked from.
        """
        files = list_files(self._staged, linked)
        arrays = sorted((name, digest) for name, (_, digest) in files.items() if name.startswith(ARRAYS))
        kinds, answers = np.zeros(len(KINDS), np.int64), 0
        ids = Ids(self._arrays)
        for folder, first in zip(segment_folders(self._arrays), ids.firsts, strict=False):
            kind = map_array(folder, "kind")
            there = slice(None) if ids.live is None else ids.live[first : first + len(kind)]
            kinds += np.bincount(kind[there], minlength=len(KINDS))
            answers += int(map_array(folder, "answers")[there].sum())
        documents = hashlib.sha256()
        for rows in StoredDigests(self._arrays).rows():
            documents.update(rows.tobytes())
        return Manifest(
            format=FORMAT,
            generation=self._number,
            built=now(),
            engine=ENGINE,
            analysis=analyzer.fingerprint,
            documents=dict(zip(KINDS, kinds.tolist(), strict=True)),
            answers=answers,
            statistics=asdict(statistics),
            content={
                "documents": documents.hexdigest(),
                "arrays": _digest_of_all([f"{name} {digest}" for name, digest in arrays]),
            },
            files=files,
            before=before,
            withdraws=withdraws,
            purges=purges,
            changed=changed,
            synonyms=analyzer.synonyms,
            encoder=self._encoding.record if self._encoding else {},
        )

    def _told(self, stage: str, total: int) -> Callable[[int], object]:
        return lambda done: self._tell(Progress(stage=stage, done=done, total=total))


def take(intake: Intake, documents: Iterable[Document], tell: Callable[[Progress], object]) -> None:
    """Let the intake have all documents."""
    for document in documents:
        intake.add(document)
        tell(Progress(stage="reading", done=len(intake)))


def publishing(tell: Callable[[Progress], object], total: int) -> Callable[[int], object]:
    """Say that so many documents are published, and hear of how many it is done."""
    tell(Progress(stage="publishing", done=0, total=total))
    return lambda done: tell(Progress(stage="publishing", done=done, total=total))


class Changes(NamedTuple):
    """How many documents a generation adds to the one before it, replaces in it and takes from it."""

    added: int = 0
    replaced: int = 0
    deleted: int = 0

    @classmethod
    def between(cls, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Changes:
        """Told from the digests of their documents by id, both in the order of ids."""
        added = replaced = 0
        before = iter(old.items())
        known = next(before, None)
        for id_, digest in new.items():
            while known and known[0] < id_:
                known = next(before, None)
            if known and known[0] == id_:
                replaced += known[1] != digest
            else:
                added += 1
        return cls(added, replaced, len(old) - (len(new) - added))


def report(manifest: Manifest, changes: Changes, rejected: int, merged: int, began: float) -> BuildReport:
    """What a generation changed."""
    return BuildReport(
        generation=manifest.generation,
        documents=sum(manifest.documents.values()),
        added=changes.added,
        replaced=changes.replaced,
        deleted=changes.deleted,
        rejected=rejected,
        merged=merged,
        seconds=round(time.monotonic() - began, 3),
        bytes=manifest.bytes,
    )


def _digest_of_all(digests: list[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()

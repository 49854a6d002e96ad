"""Making: the steps that turn gathered documents into a generation; a build takes all, an update those that changed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import numpy as np

from corpus import Document
from indexer.analysis import Analyzer
from indexer.answering.everyone import Asked, Ranking, lay_out, rank_everyone, write_asked
from indexer.duplicates.pairs import Profiles
from indexer.duplicates.scan import Known, Scan
from indexer.duplicates.templates import Templates, find_templates
from indexer.engines import Contents, Statistics, add_segment, open_engine
from indexer.generations.manifest import FORMAT, FileList, Manifest, list_files, now
from indexer.intake import Intake
from indexer.ranking.columns import KINDS
from indexer.ranking.compiled import Means, kernels_for
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.keys import Numbers
from indexer.ranking.tables import ARRAYS, map_array
from indexer.ranking.words import StoredWords
from indexer.settings import Settings
from indexer.types import BuildReport, Progress


class Making:
    """A generation that is being made in a folder of its own."""

    def __init__(self, staged: Path, number: int, settings: Settings, tell: Callable[[Progress], object]) -> None:
        self._staged, self._number, self._settings, self._tell = staged, number, settings, tell
        self._arrays = staged / ARRAYS

    def base(self, intake: Intake, analyzer: Analyzer) -> tuple[Statistics, Analyzer]:
        """The first segment, of all documents: what it counts is the statistics of the generation."""
        self._arrays.mkdir()
        boilerplate = intake.boilerplate()
        boilerplate.write(self._arrays)
        analyzer = Analyzer(analyzer.synonyms, boilerplate=boilerplate)
        statistics, contents = self.segment(intake, analyzer, None)
        own = StoredWords(self._arrays)
        questions = np.flatnonzero(contents.kinds == KINDS.index("question")).tolist()
        find_templates(own.own(n) for n in questions).write(self._arrays)
        lay_out(self._arrays, len(contents.ids))
        everyone = np.arange(len(contents.ids))
        asked = self.rank(statistics, analyzer, everyone)
        write_asked(self._arrays / f"{self._number:06d}", 0, [(everyone, asked)])
        self.compare(statistics, analyzer)
        return statistics, analyzer

    def segment(self, intake: Intake, analyzer: Analyzer, frozen: Statistics | None) -> tuple[Statistics, Contents]:
        """Write the settled documents as the segment of this generation."""
        name = f"{self._number:06d}"
        self._tell(Progress(stage="indexing", done=0, total=len(intake)))
        assert analyzer.boilerplate is not None
        contents = intake.gather(self._arrays / name, analyzer.boilerplate)

        def lines() -> Iterator[str]:
            for done, line in enumerate(intake.lines(), 1):
                yield line
                self._tell(Progress(stage="indexing", done=done, total=len(contents.ids)))

        engine = self._settings.engine
        means = Means(kernels_for(self._settings.compiled, len(contents.ids)), self._settings.memory_mb)
        statistics = add_segment(engine, self._staged, name, contents, lines(), analyzer, frozen, means=means)
        return statistics, contents

    def rank(self, statistics: Statistics, analyzer: Analyzer, numbers: Numbers) -> Asked:
        """Rank the neighbours of documents; give what each of them asks by."""
        compiled = self._settings.compiled
        ranking = Ranking(self._staged, self._settings.engine, statistics, analyzer.synonyms, compiled)
        return rank_everyone(ranking, numbers, self._told("neighbours", len(numbers)))

    def compare(self, statistics: Statistics, analyzer: Analyzer, known: Known | None = None) -> None:
        """Find the pairs of questions that may be the same question; `known` are those of the generation before."""
        engine = open_engine(self._settings.engine, self._staged, statistics, analyzer)
        with closing(engine):
            profiles = Profiles(engine, Templates.read(self._arrays))
            scan = Scan(self._staged, engine, profiles)
            scan.write(known, self._told("duplicates", len(Ids(self._arrays))))

    def manifest(
        self,
        statistics: Statistics,
        analyzer: Analyzer,
        *,
        before: int,
        changed: int = 0,
        known: tuple[Path, FileList] | None = None,
    ) -> Manifest:
        """What the generation holds, when all of it is written: `before` is the number of the one that it replaces,
        `changed` how many documents changed since the last full build, `known` the folder and files of a generation
        that files are linked from.
        """
        files = list_files(self._staged, known)
        arrays = sorted((name, digest) for name, (_, digest) in files.items() if name.startswith(ARRAYS))
        ids = Ids(self._arrays)
        folders, numbers = segment_folders(self._arrays), ids.numbers()
        kinds, answers, digests = (
            np.concatenate([map_array(folder, name) for folder in folders])[numbers]
            for name in ("kind", "answers", "digests")
        )
        return Manifest(
            format=FORMAT,
            generation=self._number,
            built=now(),
            engine=self._settings.engine,
            analysis=analyzer.fingerprint,
            documents={kind: int((kinds == place).sum()) for place, kind in enumerate(KINDS)},
            answers=int(answers.sum()),
            statistics=asdict(statistics),
            content={
                "documents": hashlib.sha256(digests.tobytes()).hexdigest(),
                "arrays": _digest_of_all([f"{name} {digest}" for name, digest in arrays]),
            },
            files=files,
            before=before,
            changed=changed,
            synonyms=analyzer.synonyms,
        )

    def _told(self, stage: str, total: int) -> Callable[[int], object]:
        return lambda done: self._tell(Progress(stage=stage, done=done, total=total))


def take(intake: Intake, documents: Iterable[Document], tell: Callable[[Progress], object]) -> None:
    """Let the intake have all documents."""
    for document in documents:
        intake.add(document)
        tell(Progress(stage="reading", done=len(intake)))


def read_digests(arrays: Path) -> dict[str, bytes]:
    """The digest of every document of a generation, by id."""
    ids = Ids(arrays)
    digests = np.concatenate([map_array(folder, "digests") for folder in segment_folders(arrays)])
    named, width, data = ids.all(), digests.shape[1], digests.tobytes()
    return {named[n]: data[n * width : (n + 1) * width] for n in ids.numbers().tolist()}


def report(
    manifest: Manifest, old: dict[str, bytes], after: dict[str, bytes], rejected: int, merged: int, began: float
) -> BuildReport:
    """What a generation changed."""
    return BuildReport(
        generation=manifest.generation,
        documents=len(after),
        added=len(after.keys() - old.keys()),
        replaced=sum(id_ in old and old[id_] != digest for id_, digest in after.items()),
        deleted=len(old.keys() - after.keys()),
        rejected=rejected,
        merged=merged,
        seconds=round(time.monotonic() - began, 3),
        bytes=manifest.bytes,
    )


def _digest_of_all(digests: list[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()

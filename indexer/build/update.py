"""An update: documents added, replaced and deleted in a new generation that costs what changed, not what is there.

The statistics are those of the last full build; every answer is that of a rebuild with these. What changed becomes a
segment of its own; files that stay are linked, not copied, so the generation before serves on as it was.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Rejected
from indexer.answering.related import kept_with
from indexer.build.affected import affected, near_by_meaning
from indexer.build.all_neighbours import Bounds, move_rows
from indexer.build.encoding import encoding_of
from indexer.build.intake import Intake
from indexer.build.pairs import Before
from indexer.build.pipeline import Changes, Pipeline, publishing, report, take
from indexer.build.query_weights import query_weights_of, write_query_weights
from indexer.build.traces import documents_of, traces
from indexer.errors import DocumentNotFound, RequestRefused
from indexer.generation import store_of
from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.folder.manifest import Manifest
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import StoredDigests, stored_analyzer
from indexer.generation.local.writer import delete
from indexer.ranking.frequencies import forget_terms
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, base_segments, segment_folders, write_live
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import Statistics
from indexer.settings import IndexPlace, Settings
from indexer.types import BuildReport, Progress

# A newer segment joins those after it as soon as it is less than so many times their size: three segments or four, each
# of which costs a question 5 to 8 %. To write a document again costs less than a four-hundredth of a changed one.
_GROWTH = 32


class _Plan(NamedTuple):
    """What an update does to the generation before it: the numbers of documents that go, of those that are carried into
    the new segment, and the places of the segments that these come from.
    """

    gone: Numbers
    carried: Numbers
    dropped: list[int]


def update(
    index: IndexPlace,
    documents: Iterable[Document] = (),
    *,
    delete: Collection[str] = (),
    purge: bool = False,
    settings: Settings = Settings(),
    progress: Callable[[Progress], object] | None = None,
    rejected: Callable[[Rejected], object] | None = None,
) -> BuildReport:
    """Add documents, replace those whose id is there, and delete those of some ids, in a new current generation.

    It weighs by the statistics of the last full build, so build anew when `info.drift` has grown. With `purge` the
    bytes of all that was ever deleted or replaced go too, and with them the generations before: nothing is left to
    roll back to. Of `settings` only `keep` and `compiled` count; synonyms are those of the index.

    Where nothing changes no generation is made. Raises DocumentNotFound for an id to delete that is not there,
    RequestRefused for one that is also given, and BuildInProgress at once where another build holds the folder.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    store = store_of(index)
    store.current()  # a folder without an index is told at once, and stays as it is
    repeated = purge and store.purge_was_killed()
    with store.lock(), store.staging() as staged, ExitStack() as stack:
        before, path = store.usable()
        if encoding := encoding_of(store, settings.meaning, before.encoder):
            stack.enter_context(encoding)
        purged = list(documents_of(store, sorted(delete))) if purge else []
        number = max(store.numbers()) + 1
        pipeline = Pipeline(staged, number, settings, tell, encoding)
        with Intake(staged) as intake:
            take(intake, documents, tell)
            refused = intake.settle()
            for item in refused:
                if rejected:
                    rejected(item)
            work = _Update(before, path, staged, pipeline)
            if repeated:
                delete = [id_ for id_ in delete if id_ in work.digests]
            if not work.run(intake, delete, purge=purge):
                return report(before, Changes(), len(refused), intake.merged, began)
        manifest = work.manifest(withdraws=bool(delete), purges=purge)
        manifest.write(staged)
        changes = Changes.between(work.digests, StoredDigests(staged / ARRAYS))
        store.publish(staged, number, kept_with, publishing(tell, sum(manifest.documents.values())))
        store.sweep(1 if purge else settings.keep, before.generation)
        left = traces(store, purged, [work.digests[own.id] for own in purged]) if purged else ()
    return replace(report(manifest, changes, len(refused), intake.merged, began), traces=left)


class _Update:
    """One update: the generation before it, the folder of the one that it makes, and the steps between."""

    def __init__(self, before: Manifest, path: Path, staged: Path, pipeline: Pipeline) -> None:
        self._before, self._old, self._staged, self._pipeline = before, path / ARRAYS, staged, pipeline
        self._path, self._arrays = path, staged / ARRAYS
        self._ids = Ids(self._old)
        self._statistics = Statistics.from_record(before.statistics)
        self._analyzer = stored_analyzer(self._old, before.synonyms)
        self.digests = StoredDigests(self._old)
        self._changed = 0
        self._gone_weights: list[dict[str, float]] = []
        self._gone_vectors: Vector | None = None

    def run(self, intake: Intake, delete: Collection[str], *, purge: bool) -> bool:
        """Make the generation, all but its manifest; False where nothing would change."""
        given = intake.leave_out(self.digests)
        self._check(delete, given)
        gone = sorted({*delete, *(id_ for id_ in given if id_ in self.digests)})
        self._changed = len({*gone, *given})
        if not self._changed and not purge:
            return False
        numbers = np.array([self._ids.find(id_) for id_ in gone], np.int64)
        plan = self._plan(numbers, len(given), purge=purge)
        self._gone_weights = self._carry(intake, gone, plan)
        self._link(plan)
        new: list[str] = []
        if len(given) + len(plan.carried) or not segment_folders(self._arrays):  # there is one, if of no document
            new = self._pipeline.segment(intake, self._analyzer, self._statistics)
        moved = self._renumber(plan, new)
        move_rows(self._old, self._arrays, moved, len(Ids(self._arrays)))
        ranked = self._rank(plan, moved, new, set(given))
        self._pipeline.find_pairs(self._statistics, self._analyzer, Before(self._old, moved, ranked))
        if purge:
            forget_terms(self._arrays)
        return True

    def manifest(self, *, withdraws: bool, purges: bool) -> Manifest:
        """What was made."""
        return self._pipeline.manifest(
            self._statistics,
            self._analyzer,
            before=self._before.generation,
            withdraws=withdraws,
            purges=purges,
            changed=self._before.changed + self._changed,
            linked=(self._path, self._before.files),
        )

    def _check(self, delete: Collection[str], given: Collection[str]) -> None:
        for id_ in delete:
            if id_ not in self.digests:
                remedy = "leave it out; what was deleted before goes by update --purge; nothing was changed"
                name = "address" if "://" in id_ else "id"
                raise DocumentNotFound(f"no document has the {name} {id_!r}", "delete", remedy)
            if id_ in given:
                remedy = "give it or delete it, not both; nothing was changed"
                raise RequestRefused(f"{id_!r} is given and deleted", "delete", remedy)

    def _plan(self, gone: Numbers, added: int, *, purge: bool) -> _Plan:
        """Which segments stay: newer ones join those after them before they become many; with `purge` all that hold
        something deleted are written anew.
        """
        live = np.ones(len(self._ids), np.bool_) if self._ids.live is None else self._ids.live.copy()
        live[gone] = False
        spans = [slice(a, b) for a, b in zip(self._ids.firsts[:-1], self._ids.firsts[1:], strict=True)]
        if purge:
            dropped = [n for n, span in enumerate(spans) if not live[span].all()]
        else:
            dropped, size = [], added
            for n in range(len(spans) - 1, base_segments(self._path / ARRAYS) - 1, -1):
                there = int(live[spans[n]].sum())
                if there >= _GROWTH * size:
                    break
                dropped.insert(0, n)
                size += there
        carried = [np.arange(spans[n].start, spans[n].stop) for n in dropped]
        numbers = np.concatenate([*carried, np.empty(0, np.int64)])
        return _Plan(gone, numbers[live[numbers]], dropped)

    def _carry(self, intake: Intake, gone: list[str], plan: _Plan) -> list[dict[str, float]]:
        """Bring the documents of dropped segments into the intake; give the weights of those that go."""
        with closing(LocalGeneration(self._path, self._statistics, self._analyzer)) as generation:
            for number in plan.carried.tolist():
                for document in generation.get([self._ids[number]]):
                    intake.add(document)
            intake.settle()
            if generation.vectors:
                self._gone_vectors = generation.vectors.of(plan.gone)
                ids = [self._ids[number] for number in plan.carried.tolist()]
                self._pipeline.carry([self.digests[id_] for id_ in ids], generation.vectors.of(plan.carried))
            return generation.weights(gone)

    def _link(self, plan: _Plan) -> None:
        """Link the files of the generation before, without the segments that are dropped and what else goes."""
        ignored = shutil.ignore_patterns(MANIFEST, DIGEST)
        shutil.copytree(self._path, self._staged, copy_function=_link_or_copy, ignore=ignored, dirs_exist_ok=True)
        delete(self._staged, plan.gone, plan.dropped)
        folders = segment_folders(self._arrays)
        for n in plan.dropped:
            shutil.rmtree(folders[n])

    def _renumber(self, plan: _Plan, new: list[str]) -> NDArray[np.int64]:
        """Write which documents are there; give the new number of each old one, -1 for one that is gone."""
        moved = np.full(len(self._ids), -1)
        kept = np.ones(len(moved), np.bool_)
        for n in plan.dropped:
            kept[self._ids.firsts[n] : self._ids.firsts[n + 1]] = False
        moved[kept] = np.arange(kept.sum())
        place = {id_: n for n, id_ in enumerate(new, int(kept.sum()))}
        moved[plan.carried] = [place[self._ids[n]] for n in plan.carried.tolist()]
        live = np.ones(int(kept.sum()) + len(new), np.bool_)
        dead = plan.gone if self._ids.live is None else np.union1d(plan.gone, np.flatnonzero(~self._ids.live))
        live[moved[dead[kept[dead]]]] = False
        write_live(self._arrays, live)
        moved[dead] = -1
        return moved

    def _rank(self, plan: _Plan, moved: NDArray[np.int64], new: list[str], given: Collection[str]) -> Numbers:
        """Rank the neighbours of what is new, and bring up to date every list that it touches; give the numbers of all
        whose list may be another now.
        """
        first = len(Ids(self._arrays)) - len(new)
        added = np.array([first + n for n, id_ in enumerate(new) if id_ in given], np.int64)
        came: list[dict[str, float]] = []
        if new:
            weights = self._pipeline.rank(self._statistics, self._analyzer, added)
            carried = query_weights_of(self._old, plan.carried)
            segment = self._arrays / segment_folders(self._arrays)[-1].name
            write_query_weights(segment, [(added, weights), (moved[plan.carried], carried)])
            with closing(LocalGeneration(self._staged, self._statistics, self._analyzer)) as generation:
                came = generation.weights([id_ for id_ in new if id_ in given])
        elif not len(Ids(self._arrays)):  # the one segment, of no document
            write_query_weights(segment_folders(self._arrays)[0], [(added, query_weights_of(self._old, added))])
        touched = affected(self._arrays, Bounds.of(self._arrays), self._gone_weights, came)
        if self._gone_vectors is not None:
            touched = touched.and_anew(near_by_meaning(self._arrays, self._gone_vectors, added))
        others = np.zeros(len(Ids(self._arrays)), np.bool_)
        others[np.setdiff1d(Ids(self._arrays).numbers(), added)] = True
        touched = touched.among(others)
        touched.bounds.write(self._arrays, touched.known)
        return np.union1d(added, self._pipeline.renew(self._statistics, self._analyzer, added, touched))


def _link_or_copy(source: str, target: str) -> None:
    """Link a file, or copy it where links are refused: by the file system, or to another user's file."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

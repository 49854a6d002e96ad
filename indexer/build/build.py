"""A full build: documents in any order become a new generation beside the live one, published at once or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress

from corpus import Document, Rejected
from indexer.analysis import Analyzer
from indexer.answering.related import kept_with
from indexer.build.encoding import encoding_of
from indexer.build.intake import Intake
from indexer.build.pipeline import Changes, Pipeline, publishing, report, take
from indexer.errors import IndexMissing, SearchError, WouldShrink
from indexer.generation import Store, store_of
from indexer.generation.folder.vector_file import keep_only
from indexer.generation.local.stored import StoredDigests
from indexer.ranking.mapped import ARRAYS
from indexer.settings import IndexPlace, Settings
from indexer.types import BuildReport, Progress


def build(
    index: IndexPlace,
    documents: Iterable[Document],
    *,
    settings: Settings = Settings(),
    progress: Callable[[Progress], object] | None = None,
    rejected: Callable[[Rejected], object] | None = None,
    shrink: bool = False,
) -> BuildReport:
    """Build an index of exactly these documents and make it the current generation of an index.

    Documents wait on disk, not in memory. Two different documents of one id cost the one whose content has the
    larger digest: `rejected` is told. Whatever happens before the last step, the generation before stays current.

    Raises BuildInProgress at once where another build holds the index, and WouldShrink where less than half of the
    documents of the current generation would be left, unless `shrink` says that it may be so.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    analyzer = Analyzer(*settings.read_synonyms())
    store = store_of(index)
    encoding = encoding_of(store, settings.meaning)
    with store.lock(), store.staging() as staged, encoding or nullcontext():
        number = max(store.numbers(), default=0) + 1
        with Intake(staged) as intake:
            take(intake, documents, tell)
            refused = intake.settle()
            if not shrink:
                _check_size(store, len(intake.settled))
            pipeline = Pipeline(staged, number, settings, tell, encoding)
            merged = intake.merged
            statistics, analyzer = pipeline.base(intake, analyzer)
        after = StoredDigests(staged / ARRAYS)
        changes = _changes(store, after)
        replaced = _current_number(store)
        manifest = pipeline.manifest(statistics, analyzer, before=replaced, withdraws=changes.deleted > 0)
        for item in refused:
            if rejected:
                rejected(item)
        manifest.write(staged)
        store.publish(staged, manifest.generation, kept_with, publishing(tell, len(after)))
        store.sweep(settings.keep, replaced)
        if encoding and encoding.has_grown(len(after)):
            with suppress(OSError):  # what is kept for the next build is not worth failing this one
                keep_only(store.vectors(), after.values())
    return report(manifest, changes, len(refused), merged, began)


def _check_size(store: Store, documents: int) -> None:
    """Refuse a generation of less than half of the documents of the current one: an export that failed is small."""
    before = _size_before(store)
    if 2 * documents < before:
        what = f"{documents:,} documents in place of {before:,}"
        remedy = "check the sources; if so many are gone, build with --shrink (shrink=True)"
        raise WouldShrink(what, str(store.path), remedy)


def _size_before(store: Store) -> int:
    """How many documents the current generation has, 0 where there is none; told by what can be read of it. Raises
    WouldShrink where nothing can.
    """
    try:
        return sum(store.manifest().documents.values())
    except IndexMissing:
        return 0
    except SearchError:
        with suppress(SearchError, OSError, ValueError, EOFError):
            return len(store.digests())
    what = "nothing tells how many documents the index has, since it is damaged"
    remedy = "restore a backup, or build with --shrink (shrink=True) if the sources are whole"
    raise WouldShrink(what, str(store.path), remedy)


def _current_number(store: Store) -> int:
    """The generation that a build replaces; 0 where there is none."""
    try:
        return store.current()[0]
    except SearchError:
        return 0


def _changes(store: Store, after: Mapping[str, bytes]) -> Changes:
    """What a build changed; everything is new where no generation before it can be read."""
    try:
        return Changes.between(store.digests(), after)
    except (SearchError, OSError, ValueError, EOFError):
        return Changes.between({}, after)

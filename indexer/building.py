"""Building: documents in any order become a new generation beside the live one, published at once or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from corpus import Document, Rejected
from indexer.analysis import Analyzer
from indexer.errors import IndexDamaged, IndexMissing, SearchError, WouldShrink
from indexer.generations.folder import IndexFolder
from indexer.generations.manifest import read_manifest, usable_manifest
from indexer.generations.verify import check_before_opening
from indexer.intake import Intake
from indexer.making import Making, read_digests, report, take
from indexer.ranking.tables import ARRAYS
from indexer.settings import Settings
from indexer.types import BuildReport, Info, Progress


def build(
    index: str | Path,
    documents: Iterable[Document],
    *,
    settings: Settings = Settings(),
    progress: Callable[[Progress], object] | None = None,
    rejected: Callable[[Rejected], object] | None = None,
    shrink: bool = False,
) -> BuildReport:
    """Build an index of exactly these documents and make it the current generation of the folder.

    Documents wait on disk, not in memory. Two different documents of one id cost the one whose content has the
    larger digest: `rejected` is told. Whatever happens before the last step, the generation before stays current.

    Raises BuildInProgress at once where another build holds the folder, and WouldShrink where less than half of the
    documents of the current generation would be left, unless `shrink` says that it may be so.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    analyzer = Analyzer(*settings.read_synonyms())
    folder = IndexFolder(index)
    with folder.lock(), folder.staging() as staged:
        number = max(folder.numbers(), default=0) + 1
        with Intake(staged, settings.compiled) as intake:
            take(intake, documents, tell)
            refused = intake.settle()
            if not shrink:
                _check_size(folder, len(intake.settled))
            making = Making(staged, number, settings, tell)
            merged = intake.merged
            statistics, analyzer = making.base(intake, analyzer)
        manifest = making.manifest(statistics, analyzer, before=_current_number(folder))
        for item in refused:
            if rejected:
                rejected(item)
        old, after = _digests(folder), read_digests(staged / ARRAYS)
        tell(Progress(stage="publishing", done=0))
        manifest.write(staged)
        folder.publish(staged, manifest.generation)
        folder.sweep(settings.keep)
    return report(manifest, old, after, len(refused), merged, began)


def _check_size(folder: IndexFolder, documents: int) -> None:
    """Refuse a generation of less than half of the documents of the current one: an export that failed is small."""
    try:
        number, digest = folder.current()
        before = sum(read_manifest(folder.generation(number), digest).documents.values())
    except SearchError:  # there is none, or none that can be read
        return
    if 2 * documents < before:
        what = f"{documents:,} documents in place of {before:,}"
        remedy = "check the sources; if so many are gone, build with --shrink (shrink=True)"
        raise WouldShrink(what, str(folder.path), remedy)


def rollback(index: str | Path) -> Info:
    """Make the generation that the current one replaced current again, if it still opens.

    Raises SearchError where it is gone, or what keeps it from being opened; the current one stays then.
    """
    folder = IndexFolder(index)
    if not folder.numbers():
        folder.current()  # a folder without an index is told at once, and stays as it is
    with folder.lock():
        number = _before(folder)
        if number not in folder.numbers():
            raise SearchError("no earlier generation is left", str(folder.path), "build the index again")
        path = folder.generation(number)
        earlier = usable_manifest(path, folder.digest(number))
        check_before_opening(path, earlier)
        folder.point_to(number)
    return earlier.info


def _before(folder: IndexFolder) -> int:
    """The generation that the current one replaced; where nobody can tell which is current, the newest one."""
    try:
        number, digest = folder.current()
        return read_manifest(folder.generation(number), digest).before
    except (IndexDamaged, IndexMissing):
        return max(folder.numbers(), default=0)


def _current_number(folder: IndexFolder) -> int:
    """The generation that a build replaces; 0 where there is none."""
    try:
        return folder.current()[0]
    except SearchError:
        return 0


def _digests(folder: IndexFolder) -> dict[str, bytes]:
    """The ids and digests of the generation before; empty where there is none that can be read."""
    try:
        return read_digests(folder.generation(folder.current()[0]) / ARRAYS)
    except (SearchError, OSError, ValueError, EOFError):
        return {}

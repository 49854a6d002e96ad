"""An index in a folder of this machine: opens its current generation, verifies it, goes back to the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import IndexDamaged, IndexMissing, SearchError
from indexer.generation.folder.folder import CURRENT, MANIFEST, IndexFolder, unreadable
from indexer.generation.folder.manifest import Manifest, read_manifest, usable_manifest
from indexer.generation.folder.verify import fault_before_opening, faults
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import stored_analyzer
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.resources import Resources
from indexer.ranking.weighting import Statistics
from indexer.settings import Settings
from indexer.types import Fault, Info, Newer, Verification

_REMEDY = "roll back to the generation before, or build the index again"


class FolderStore(IndexFolder):
    """The generations of an index folder (see Store)."""

    def open(self, settings: Settings, *, serving: bool = False, beside: int = 0) -> LocalGeneration:
        try:
            manifest, path = self.usable()
            if serving and (fault := next(faults(path, manifest, self.generation(beside)), None)):
                raise _damaged(path, fault)
            worth = sum(manifest.documents.values()) if serving else 0
            resources = Resources.of(settings, worth)
            analyzer, statistics = stored_analyzer(path / ARRAYS, manifest.synonyms), manifest.statistics
            return LocalGeneration(path, Statistics.from_record(statistics), analyzer, resources, manifest)
        except SearchError:
            raise
        except Exception as error:  # whatever Whoosh and NumPy do when files are not what they were
            raise unreadable(error, self.path, _REMEDY) from error

    def newer_than(self, number: int) -> Newer:
        current, digest = self.current()
        try:
            manifest = read_manifest(self.generation(current), digest)
            withdraws = manifest.withdraws or manifest.before != number
        except SearchError:  # nobody knows
            withdraws = True
        since = datetime.fromtimestamp((self.path / CURRENT).stat().st_mtime, UTC)
        return Newer(generation=current, since=since, withdraws=withdraws)

    def usable(self) -> tuple[Manifest, Path]:
        """The manifest and the folder of the current generation, if this program's analysis made it and
        all files are there.

        Raises IndexMissing, IndexDamaged or IndexIncompatible.
        """
        number, digest = self.current()
        return self._seen_whole(number, digest), self.generation(number)

    def _seen_whole(self, number: int, digest: str) -> Manifest:
        path = self.generation(number)
        manifest = usable_manifest(path, digest)
        if fault := fault_before_opening(path, manifest):
            raise _damaged(path, fault)
        return manifest

    def verify(self) -> Verification:
        number, digest = self.current()
        path = self.generation(number)
        try:
            found = list(faults(path, read_manifest(path, digest)))
        except IndexDamaged:
            found = [Fault(file=MANIFEST, code="changed")]
        return Verification(generation=number, ok=not found, faults=tuple(found))

    def rollback(self) -> Info:
        if not self.numbers():
            self.current()  # a folder without an index is told at once, and stays as it is
        with self.lock():
            number = self._before()
            if number not in self.numbers():
                raise SearchError("no earlier generation is left", str(self.path), "build the index again")
            earlier = self._seen_whole(number, self.digest(number))
            self.point_to(number)
        return earlier.info

    def _before(self) -> int:
        """The generation that the current one replaced; where nobody can tell which is current, the newest one."""
        try:
            number, digest = self.current()
            return read_manifest(self.generation(number), digest).before
        except (IndexDamaged, IndexMissing):
            return max(self.numbers(), default=0)


def _damaged(path: Path, fault: Fault) -> IndexDamaged:
    sizes = f" ({fault.found:,} bytes where {fault.written:,} were written)" if fault.code == "size" else ""
    return IndexDamaged(f"{fault.code}{sizes}", str(path / fault.file), _REMEDY)

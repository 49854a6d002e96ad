"""An index in a folder of this machine: opens its current generation, verifies it, goes back to the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.encoder import encoder_for
from indexer.errors import IndexDamaged, IndexIncompatible, IndexMissing, SearchError, no_earlier
from indexer.generation.folder.backup import check_place, read_backup, write_backup
from indexer.generation.folder.folder import CURRENT, DIGEST, MANIFEST, IndexFolder, staying, unreadable
from indexer.generation.folder.manifest import Manifest, read_manifest, usable_manifest
from indexer.generation.folder.vector_file import keep_only
from indexer.generation.folder.verify import fault_before_opening, faults
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import StoredDigests
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.resources import Resources
from indexer.settings import Settings
from indexer.types import Fault, Info, Newer, Verification

# A backup begins anew where its generation is swept while it is written.
_TRIES = 10
_REMEDY = "roll back to the generation before, or build the index again"


class FolderStore(IndexFolder):
    """The generations of an index folder (see Store)."""

    def open(self, settings: Settings, *, serving: bool = False, beside: str = "") -> LocalGeneration:
        try:
            manifest, path = self.usable()
            if serving and (fault := next(faults(path, manifest, self._seen(beside, manifest)), None)):
                raise _damaged(path, fault)
            encoder = encoder_for(settings.meaning, manifest.encoder, serving=serving)
            return LocalGeneration.of(path, manifest, Resources.of(settings), encoder)
        except SearchError:
            raise
        except Exception as error:  # whatever Whoosh and NumPy do when files are not what they were
            raise unreadable(error, self.path, _REMEDY) from error

    def _seen(self, name: str, manifest: Manifest) -> Path | None:
        """The folder of another generation of this name, if it is there: one of the same number may be of another index
        that was put in the place of this one.
        """
        number, _, digest = name.partition("-")
        with suppress(SearchError, ValueError):
            if int(number) != manifest.generation and self.digest(int(number)) == digest:
                return self.generation(int(number))
        return None

    def newer_than(self, name: str) -> Newer:
        current, digest = self.current()
        try:
            manifest = read_manifest(self.generation(current), digest)
            follows = name == f"{manifest.before}-{self.digest(manifest.before)}"
            withdraws = manifest.withdraws or manifest.purges or not follows
        except SearchError:  # nobody knows
            withdraws = True
        since = datetime.fromtimestamp((self.path / CURRENT).stat().st_mtime, UTC)
        return Newer(generation=current, since=since, withdraws=withdraws)

    def manifest(self) -> Manifest:
        number, digest = self.current()
        return read_manifest(self.generation(number), digest)

    def digests(self) -> Mapping[str, bytes]:
        return StoredDigests(self.generation(self.current()[0]) / ARRAYS)

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

    @contextmanager
    def lock(self) -> Iterator[None]:
        with super().lock():
            if self.purge_was_killed():
                self.sweep(1, 0)
            yield

    def purge_was_killed(self) -> bool:
        with suppress(SearchError):
            number, digest = self.current()
            return len(self.numbers()) > 1 and read_manifest(self.generation(number), digest).purges
        return False

    def sweep(self, keep: int, replaced: int) -> None:
        if keep == 1:  # a purge: no vector of what is gone stays either
            keep_only(self.vectors(), self.digests().values())
        current, _ = self.current()
        before = dict.fromkeys(self.numbers(), 0)
        for number in before:
            with suppress(SearchError):
                before[number] = read_manifest(self.generation(number), self.digest(number)).before
        self.remove(before.keys() - staying(keep, current, replaced, before))

    def verify(self, *, every: bool = False) -> Verification:
        current, digest = self.current()
        wanted = {current: digest}
        if every:
            wanted = dict.fromkeys(reversed(self.numbers()), "") | wanted
        found = [
            replace(fault, generation=number) for number, told in wanted.items() for fault in self._faults(number, told)
        ]
        return Verification(generation=current, ok=not found, faults=tuple(found))

    def _faults(self, number: int, told: str) -> Iterator[Fault]:
        """The faults of a generation; `told` is the digest of its manifest in CURRENT, if that names it."""
        path = self.generation(number)
        try:
            digest = self.digest(number)
        except IndexDamaged:
            yield Fault(file=DIGEST, code="missing")
            digest = told
        else:
            if told and digest != told:
                yield Fault(file=DIGEST, code="changed")
        try:
            manifest = read_manifest(path, told or digest)
        except IndexDamaged:
            yield Fault(file=MANIFEST, code="changed" if (path / MANIFEST).exists() else "missing")
        except IndexIncompatible:
            yield Fault(file=MANIFEST, code="incompatible")
        else:
            yield from faults(path, manifest)

    def rollback(self) -> Info:
        if not self.numbers():
            self.current()  # a folder without an index is told at once, and stays as it is
        with self.lock():
            refusal: IndexDamaged | IndexIncompatible | None = None
            for number in self._before():
                try:
                    earlier = self._whole(number)
                except (IndexDamaged, IndexIncompatible) as error:
                    refusal = refusal or error
                else:
                    self.point_to(number)
                    return earlier.info
            raise refusal or no_earlier(str(self.path))

    def backup(self, file: Path) -> Info:
        check_place(file)
        place = file.absolute().parent
        if self.path in (place.resolve(), *place.resolve().parents):
            raise SearchError("the index itself is there", str(place), "give a file beside it")
        for _ in range(_TRIES):
            number, digest = self.current()
            try:
                manifest = self._whole(number)
                write_backup(self.generation(number), manifest, file)
            except (FileNotFoundError, IndexDamaged):
                if self.current() == (number, digest):  # else it was swept meanwhile
                    raise
            else:
                return manifest.info
        raise SearchError("each generation was replaced while it was written", str(self.path), "try again later")

    def restore(self, file: Path, keep: object = None) -> Info:  # noqa: ARG002 (nothing is)
        if self.numbers():
            remedy = "move it away first, or name another folder with --index"
            raise SearchError("there is an index already", str(self.path), remedy)
        with self.lock(), self.staging() as folder:
            manifest = read_backup(file, folder)
            self.publish(folder, manifest.generation)
        return manifest.info

    def _before(self) -> list[int]:
        """The generation that the current one replaced, if it is left; where nobody can tell which that is, all but the
        current one, the newest first.
        """
        there, current = self.numbers()[::-1], 0
        try:
            current, digest = self.current()
            before = read_manifest(self.generation(current), digest).before
        except (IndexDamaged, IndexIncompatible, IndexMissing):
            return [number for number in there if number != current]
        return [number for number in there if number == before]

    def _whole(self, number: int) -> Manifest:
        """The manifest of a generation of which every byte is what was written. Raises SearchError."""
        manifest = self._seen_whole(number, self.digest(number))
        if fault := next(faults(self.generation(number), manifest), None):
            raise _damaged(self.generation(number), fault)
        return manifest


def _damaged(path: Path, fault: Fault) -> IndexDamaged:
    return IndexDamaged(fault.said, str(path / fault.file), _REMEDY)

"""An index on a cluster: which generation is current, how one is opened, published, gone back from and removed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from opensearchpy.exceptions import NotFoundError

from indexer.encoder import encoder_for
from indexer.errors import IndexDamaged, IndexIncompatible, IndexMissing, SearchError, no_earlier
from indexer.generation.folder.backup import check_place, read_backup, write_backup
from indexer.generation.folder.folder import MANIFEST, staying
from indexer.generation.folder.manifest import Manifest, manifest_in, read_manifest, usable_manifest
from indexer.generation.folder.vector_file import keep_only
from indexer.generation.local.stored import StoredDigests
from indexer.generation.opensearch import parts
from indexer.generation.opensearch.connection import WRITING, address_of, asking, connect
from indexer.generation.opensearch.documents import OpenSearchDocuments, whole_rows
from indexer.generation.opensearch.layout import PAIRS, documents_of, files_of
from indexer.generation.opensearch.publisher import publish, remove
from indexer.generation.opensearch.searcher import OpenSearchGeneration
from indexer.generation.opensearch.work_folder import ReadingFolder, WorkFolder
from indexer.generation.opensearch.writing_lock import writing
from indexer.generation.port import Generation, PageMaker
from indexer.ranking.mapped import ARRAYS
from indexer.settings import OpenSearchIndex, Settings
from indexer.types import Fault, Info, Newer, Verification

# What is current is looked up so many seconds apart.
_LOOKED = 1.0
# So many documents, or a few more, are compared with what was sent.
_SAMPLE = 200
# Servers, which look for what is current each second, have so many seconds to let go of what is purged.
_MOVING_ON = 3.0
# The files of which the digests of all documents are read.
_OF_DIGESTS = ("ids.utf8", "ids.offsets.npy", "digests.npy", "live.npy", "place.npy")


class OpenSearchStore:
    """The generations of one index on a cluster (see Store). An alias of the index's name leads to the documents of the
    current one. A generation is made in a folder of this machine; what an update goes on from is fetched for it.
    """

    def __init__(self, place: OpenSearchIndex) -> None:
        self.path, self._place = Path(place.address), place
        self._client, self._name = connect(place, WRITING), address_of(place.address).name
        self._asking = connect(place)
        self._seen: tuple[float, object] = (float("-inf"), None)
        self._work = WorkFolder(place.work, self._name, place.address)
        # The folders of generations that were fetched, or found here, for what is being made.
        self._folders: dict[int, Path] = {}

    def current(self) -> tuple[int, str]:
        meta = self._current_meta()
        return meta["generation"], meta["digest"]

    def _current_meta(self) -> dict[str, Any]:
        """What is told of the current generation. Raises IndexMissing."""
        with asking(self._name):
            try:  # among its own indices: whoever may see no other is refused where the name is looked for among all
                there = self._asking.indices.get_alias(index=f"{self._name}-0*", name=self._name)
            except NotFoundError as error:
                remedy = f"run: seealso build SOURCE... --index {self._place}"
                raise IndexMissing("no index of this name", str(self._place), remedy) from error
            return self._meta(next(iter(there)))

    def published(self) -> object:
        at, seen = self._seen
        if time.monotonic() - at > _LOOKED:
            try:
                seen = self.current()
            except IndexMissing:
                seen = None
            except SearchError as error:  # who waits behind this one need not wait as long
                seen = error
            self._seen = time.monotonic(), seen
        if isinstance(seen, SearchError):
            raise seen.with_traceback(None)
        return seen

    def open(self, settings: Settings, *, serving: bool = False, beside: str = "") -> Generation:
        meta, held = self._current_meta(), ReadingFolder()
        number = meta["generation"]
        try:
            self._fetch(number, held.path, parts.READ)
            manifest = self._whole(held.path, meta["digest"], meta["pairs"], read=True)
            size, index = sum(manifest.documents.values()), documents_of(self._name, number)
            documents = OpenSearchDocuments(connect(self._place), self._name, index, size)
            encoder = encoder_for(settings.meaning, manifest.encoder, serving=serving)
            return OpenSearchGeneration(documents, held, manifest, encoder)
        except BaseException:
            held.close()
            raise

    def newer_than(self, name: str) -> Newer:
        meta = self._current_meta()
        follows = name.partition("-")[0] == str(meta["before"])
        since = datetime.fromtimestamp(meta["since"], UTC)
        return Newer(generation=meta["generation"], since=since, withdraws=meta["withdraws"] or not follows)

    def manifest(self) -> Manifest:
        number, digest = self.current()
        with ReadingFolder() as folder:
            self._fetch(number, folder, parts.named([MANIFEST]))
            return read_manifest(folder, digest)

    def digests(self) -> Mapping[str, bytes]:
        number, _ = self.current()
        names = [name for name in self.manifest().files if name.endswith(_OF_DIGESTS)]
        with ReadingFolder() as folder:
            self._fetch(number, folder, parts.named(names))
            return StoredDigests(folder / ARRAYS)

    def usable(self) -> tuple[Manifest, Path]:
        number, digest = self.current()
        folder = self.generation(number)
        return usable_manifest(folder, digest, str(self._place)), folder

    def verify(self, *, every: bool = False) -> Verification:
        number, _ = self.current()
        wanted = self.numbers() if every else [number]
        faults = [fault for own in wanted for fault in self._faults(own)]
        return Verification(generation=number, ok=not faults, faults=tuple(faults))

    def rollback(self) -> Info:
        with self.lock():
            before = self._current_meta()["before"]
            if before not in self.numbers():
                raise no_earlier(str(self._place))
            if faults := list(self._faults(before)):
                raise IndexDamaged(faults[0].said, faults[0].file, "build the index again")
            self._point_to(before)
        return replace(self.manifest().info, engine="opensearch")

    def backup(self, file: Path) -> Info:
        check_place(file)
        number, digest = self.current()
        with ReadingFolder() as folder:
            self._fetch(number, folder)
            manifest = self._whole(folder, digest)
            write_backup(folder, manifest, file)
        return manifest.info

    def restore(self, file: Path, keep: PageMaker) -> Info:
        with suppress(IndexMissing):
            self.current()
            raise SearchError("there is an index already", str(self._place), "name another index with --index")
        with self.lock(), self.staging() as folder:
            manifest = read_backup(file, folder)
            self.publish(folder, manifest.generation, keep, lambda _: None)
        return replace(manifest.info, engine="opensearch")

    @contextmanager
    def lock(self) -> Iterator[None]:
        with writing(self._client, self._asking, self._name):
            if self.purge_was_killed():
                self.sweep(1, 0)
            yield

    def purge_was_killed(self) -> bool:
        try:
            current, _ = self.current()
        except IndexMissing:
            return False
        return len(self._metas()) > 1 and bool(self._meta(documents_of(self._name, current))["purges"])

    def staging(self) -> AbstractContextManager[Path]:
        return self._work.staging()

    def publish(self, staged: Path, number: int, keep: PageMaker, tell: Callable[[int], object]) -> None:
        manifest, digests = manifest_in(staged), StoredDigests(staged / ARRAYS)
        if manifest.purges:
            self._work.forget()
        with asking(self._name):
            pairs = publish(self._client, self._place, staged, self._folders.get(manifest.before), keep, tell)
        if faults := list(self._faults_of_documents(number, digests)):
            raise SearchError("the cluster has not what was sent", faults[0].file, "build again")
        meta = {
            "generation": number,
            "digest": manifest.digest,
            "pairs": pairs,
            "before": manifest.before,
            "withdraws": manifest.withdraws or manifest.purges,
            "purges": manifest.purges,
            "since": time.time(),
        }
        with asking(self._name):
            self._client.indices.put_mapping(index=documents_of(self._name, number), body={"_meta": meta})
            for index in (documents_of(self._name, number), files_of(self._name, number)):
                self._client.indices.add_block(index=index, block="write")  # whoever lost the lock writes no more
        self._point_to(number)
        self._work.keep(staged, number)

    def vectors(self) -> Path:
        return self._work.vectors

    def numbers(self) -> list[int]:
        return sorted(number for number, meta in self._metas().items() if meta.get("generation") == number)

    def generation(self, number: int) -> Path:
        if number not in self._folders:
            digest = self._meta(documents_of(self._name, number))["digest"]
            folder = self._work.kept(number)
            if folder is None or not parts.is_as_written(folder, digest):
                folder = self._work.place(number)
                self._fetch(number, folder)
                self._whole(folder, digest)
                (folder / PAIRS).unlink(missing_ok=True)  # made anew of each generation
            self._folders[number] = folder
        return self._folders[number]

    def sweep(self, keep: int, replaced: int) -> None:
        if keep == 1:  # a purge: no vector of what is gone stays either
            keep_only(self.vectors(), self.digests().values())
        (current, _), metas = self.current(), self._metas()
        before = {number: meta["before"] for number, meta in metas.items() if meta.get("generation") == number}
        if keep == 1 and replaced:
            time.sleep(_MOVING_ON)
        with asking(self._name):
            for number in metas.keys() - staying(keep, current, replaced, before):
                remove(self._client, self._name, number)

    def _meta(self, index: str) -> dict[str, Any]:
        with asking(self._name):
            found: dict[str, Any] = self._asking.indices.get_mapping(index=index)[index]["mappings"].get("_meta", {})
        if "digest" not in found:
            raise SearchError(f"{index} is no generation", str(self._place), "give the index another name")
        return {"pairs": "", **found}  # which versions before did not tell

    def _metas(self) -> dict[int, dict[str, Any]]:
        """What is told of each generation of which there is an index; of one that is not whole nothing."""
        with asking(self._name):
            there = self._asking.indices.get_mapping(index=f"{self._name}-*")
        metas: dict[int, dict[str, Any]] = {}
        for index, own in there.items():
            digits = index.removeprefix(f"{self._name}-").partition("-")[0]
            number = int(digits) if digits.isdigit() else 0
            if index in (documents_of(self._name, number), files_of(self._name, number)):
                metas[number] = metas.get(number, {}) | own["mappings"].get("_meta", {})
        return metas

    def _point_to(self, number: int) -> None:
        add = {"add": {"index": documents_of(self._name, number), "alias": self._name}}
        remove = {"remove": {"index": f"{self._name}-*", "alias": self._name, "must_exist": False}}
        with asking(self._name):
            self._client.indices.update_aliases(body={"actions": [remove, add]})
        self._seen = (float("-inf"), None)

    def _faults(self, number: int) -> Iterator[Fault]:
        """What a generation has not as it was sent: files, how many documents there are, and some of these."""
        with ReadingFolder() as folder:
            try:
                self._fetch(number, folder)
                meta = self._meta(documents_of(self._name, number))
                manifest = usable_manifest(folder, meta["digest"], str(self._place))
            except IndexIncompatible:
                raise
            except SearchError as error:
                if not isinstance(error, IndexDamaged) and not isinstance(error.__cause__, NotFoundError):
                    raise
                damaged = [Fault(file=files_of(self._name, number), code="missing", generation=number)]
            else:
                found = parts.faults(folder, manifest, pairs=meta["pairs"])
                damaged = [Fault(file=own, code=code, generation=number) for own, code in found]
                if not damaged:
                    yield from self._faults_of_documents(number, StoredDigests(folder / ARRAYS))
        yield from damaged

    def _faults_of_documents(self, number: int, digests: Mapping[str, bytes]) -> Iterator[Fault]:
        index = documents_of(self._name, number)
        with asking(self._name):
            found = self._client.count(index=index)["count"]
            sample = [*islice(digests, 0, None, len(digests) // _SAMPLE + 1)]
            there = whole_rows(self._client.mget(index=index, body={"ids": sample})) if sample else []
        if found != len(digests):
            yield Fault(file=index, code="size", written=len(digests), found=found, generation=number)
        for own in there:
            line = f"{own['_source']['document']}\n" if own["found"] else ""  # as it was digested at intake
            if hashlib.sha256(line.encode()).digest() != digests[own["_id"]]:
                yield Fault(file=f"{index}/{own['_id']}", code="changed", generation=number)

    def _fetch(self, number: int, folder: Path, query: dict[str, Any] | None = None) -> None:
        with asking(self._name):
            parts.fetch_files(self._client, files_of(self._name, number), folder, query)

    def _whole(self, folder: Path, digest: str, pairs: str = "", *, read: bool = False) -> Manifest:
        """The manifest of a generation of which a folder has the files, or those that are read, as they were sent."""
        manifest = usable_manifest(folder, digest, str(self._place))
        for name, code in parts.faults(folder, manifest, read=read, pairs=pairs):
            fault, place = Fault(file=name, code=code), f"{name} of {self._place}"
            raise IndexDamaged(fault.said, place, "roll back, or build the index again")
        return manifest

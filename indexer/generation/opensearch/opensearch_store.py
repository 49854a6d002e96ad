"""An index on a cluster: which generation is current, how one is opened, published, gone back from and removed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opensearchpy.exceptions import ConflictError, NotFoundError, OpenSearchException

from indexer.analysis import Analyzer
from indexer.errors import BuildInProgress, IndexDamaged, IndexIncompatible, IndexMissing, RequestRefused, SearchError
from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.folder.manifest import FORMAT, Manifest, digest_of, read_manifest
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import stored_digests
from indexer.generation.opensearch.connection import WRITING, address_of, asking, connect
from indexer.generation.opensearch.documents import OpenSearchDocuments
from indexer.generation.opensearch.layout import DIGESTS, document_index, documents_of, file_index, files_of
from indexer.generation.opensearch.searcher import OpenSearchGeneration
from indexer.generation.opensearch.sender import send_documents, send_files
from indexer.generation.port import Generation
from indexer.ranking.mapped import ARRAYS
from indexer.settings import OpenSearchIndex, Settings
from indexer.types import Fault, Info, Newer, Verification

# What is current is looked up so many seconds apart.
_LOOKED = 1.0
# So many documents, or a few more, are compared with what was sent.
_SAMPLE = 200
# A build says so many seconds apart that it is at work; one that was silent for three times as long has ended.
_BEAT = 20.0


class OpenSearchStore:
    """The generations of one index on a cluster (see Store). An alias of the index's name leads to the documents of the
    current one.
    """

    def __init__(self, place: OpenSearchIndex) -> None:
        self.path, self._place = Path(place.address), place
        self._client, self._name = connect(place, WRITING), address_of(place.address).name
        self._asking = connect(place)
        self._seen: tuple[float, object] = (float("-inf"), None)

    def current(self) -> tuple[int, str]:
        with asking(self._name):
            try:
                there = self._asking.indices.get_alias(name=self._name)
            except NotFoundError as error:
                remedy = f"run: seealso build SOURCE... --index {self._place}"
                raise IndexMissing("no index of this name", str(self._place), remedy) from error
            (index,) = there
            meta = self._meta(index)
        return meta["generation"], meta["digest"]

    def published(self) -> object:
        at, seen = self._seen
        if time.monotonic() - at > _LOOKED:
            try:
                seen = self.current()
            except IndexMissing:
                seen = None
            self._seen = time.monotonic(), seen
        return seen

    def open(self, settings: Settings, *, serving: bool = False, beside: str = "") -> Generation:
        number, digest = self.current()
        folder = Path(tempfile.mkdtemp(prefix="seealso-"))
        try:
            self._fetch(files_of(self._name, number), folder)
            manifest = self._usable(folder, digest)
            for name in _changed(folder, manifest):
                raise IndexDamaged("changed", f"{name} of generation {number}", "roll back, or build again")
            size, index = sum(manifest.documents.values()), documents_of(self._name, number)
            documents = OpenSearchDocuments(connect(self._place), self._name, index, size)
            return OpenSearchGeneration(documents, folder, manifest)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def newer_than(self, name: str) -> Newer:
        number, _ = self.current()
        meta = self._meta(documents_of(self._name, number))
        follows = name.partition("-")[0] == str(meta["before"])
        since = datetime.fromtimestamp(meta["since"], UTC)
        return Newer(generation=number, since=since, withdraws=meta["withdraws"] or not follows)

    def manifest(self) -> Manifest:
        number, digest = self.current()
        with tempfile.TemporaryDirectory() as folder:
            self._fetch(files_of(self._name, number), Path(folder), MANIFEST)
            return read_manifest(Path(folder), digest)

    def digests(self) -> dict[str, bytes]:
        number, _ = self.current()
        with tempfile.TemporaryDirectory() as folder:
            self._fetch(files_of(self._name, number), Path(folder), DIGESTS)
            return _digests_in(Path(folder))

    def usable(self) -> tuple[Manifest, Path]:
        what = "an index on a cluster is built anew, and takes no updates yet"
        raise RequestRefused(what, str(self._place), "run: seealso build with all sources")

    def verify(self, *, every: bool = False) -> Verification:
        number, _ = self.current()
        wanted = self.numbers() if every else [number]
        faults = [fault for own in wanted for fault in self._faults(own)]
        return Verification(generation=number, ok=not faults, faults=tuple(faults))

    def rollback(self) -> Info:
        with self.lock():
            number, _ = self.current()
            before = self._meta(documents_of(self._name, number))["before"]
            if before not in self.numbers():
                raise SearchError("no earlier generation is left", str(self._place), "build the index again")
            if faults := list(self._faults(before)):
                raise IndexDamaged(faults[0].code, faults[0].file, "build the index again")
            self._point_to(before)
        return replace(self.manifest().info, engine="opensearch")

    def backup(self, file: Path) -> Info:
        raise RequestRefused("a cluster is not backed up into a file", str(file), "take a snapshot of the cluster")

    def restore(self, file: Path) -> Info:
        raise RequestRefused("a backup of a folder", str(file), "restore it into a folder, or build from the sources")

    @contextmanager
    def lock(self) -> Iterator[None]:
        mine, ended = {"by": f"{socket.gethostname()} {os.getpid()}", "at": time.time()}, threading.Event()
        index = f"{self._name}-lock"
        with asking(self._name):
            try:
                self._client.index(index=index, id="lock", body=mine, op_type="create", refresh=True)
            except ConflictError as error:
                held = self._client.get(index=index, id="lock")
                if time.time() - held["_source"]["at"] < 3 * _BEAT:
                    where, remedy = held["_source"]["by"], "wait until it has ended"
                    raise BuildInProgress("another build is at work", where, remedy) from error
                seen = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
                self._client.index(index=index, id="lock", body=mine, refresh=True, **seen)

        def beat() -> None:
            while not ended.wait(_BEAT):
                with suppress(OpenSearchException):  # the next beat may come through
                    self._client.index(index=index, id="lock", body=mine | {"at": time.time()})

        threading.Thread(target=beat, daemon=True).start()
        try:
            yield
        finally:
            ended.set()
            with suppress(OpenSearchException):  # it is forgotten by itself, else
                self._client.delete(index=index, id="lock", refresh=True)

    def purge_was_killed(self) -> bool:
        return False

    @contextmanager
    def staging(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="seealso-") as folder:
            yield Path(folder)

    def publish(self, staged: Path, number: int, tell: Callable[[int], object]) -> None:
        digest = (staged / DIGEST).read_text("ascii").strip()
        manifest = read_manifest(staged, digest)
        documents, files = documents_of(self._name, number), files_of(self._name, number)
        meta = {
            "generation": number,
            "digest": digest,
            "before": manifest.before,
            "withdraws": manifest.withdraws,
            "since": time.time(),
        }
        with asking(self._name):
            body = document_index(meta, self._place.shards, self._place.replicas)
            # A shard without a copy is gone with its node; copies that no node is left for are not waited for.
            nodes = self._client.cluster.health()["number_of_data_nodes"]
            copies = min(self._place.replicas + 1, nodes)
            self._client.indices.create(index=documents, body=body, wait_for_active_shards=copies)
            body = file_index(self._place.replicas)
            self._client.indices.create(index=files, body=body, wait_for_active_shards=copies)
            generation = LocalGeneration.of(staged, manifest)
            try:
                send_documents(self._client, documents, staged, generation, tell)
                lines = "".join(f"{json.dumps([i, d.hex()])}\n" for i, d in stored_digests(staged / ARRAYS).items())
                (staged / DIGESTS).write_text(lines, "utf-8")
                send_files(self._client, files, staged, generation.pairs())
            finally:
                generation.close()
            self._client.indices.refresh(index=[documents, files])
        if faults := list(self._faults(number)):
            raise SearchError("the cluster has not what was sent", faults[0].file, "build again")
        self._point_to(number)

    def numbers(self) -> list[int]:
        with asking(self._name):
            there = self._client.indices.get_alias(index=f"{self._name}-*")
        ends = [index.removeprefix(f"{self._name}-").split("-") for index in there]
        return sorted(int(own[0]) for own in ends if len(own) == 2 and own[0].isdigit() and own[1] == "documents")

    def generation(self, number: int) -> Path:
        raise RequestRefused("an index on a cluster has no folder", str(self._place), "ask the cluster")

    def sweep(self, keep: int, replaced: int) -> None:
        current, _ = self.current()
        kept = [current, replaced, *reversed(self.numbers())]
        staying = set(list(dict.fromkeys(n for n in kept if n))[:keep])
        for number in set(self.numbers()) - staying:
            with asking(self._name):
                self._client.indices.delete(index=[documents_of(self._name, number), files_of(self._name, number)])

    def _meta(self, index: str) -> dict[str, Any]:
        with asking(self._name):
            found: dict[str, Any] = self._asking.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
        return found

    def _point_to(self, number: int) -> None:
        add = {"add": {"index": documents_of(self._name, number), "alias": self._name}}
        remove = {"remove": {"index": f"{self._name}-*", "alias": self._name, "must_exist": False}}
        with asking(self._name):
            self._client.indices.update_aliases(body={"actions": [remove, add]})
        self._seen = (float("-inf"), None)

    def _faults(self, number: int) -> Iterator[Fault]:
        """What a generation has not as it was sent: files, how many documents there are, and some of these."""
        files, documents = files_of(self._name, number), documents_of(self._name, number)
        with tempfile.TemporaryDirectory() as fetched:
            folder = Path(fetched)
            self._fetch(files, folder)
            manifest = self._usable(folder, self._meta(documents)["digest"])
            for name in _changed(folder, manifest):
                yield Fault(file=name, code="changed", generation=number)
            digests = _digests_in(folder)
        with asking(self._name):
            found = self._client.count(index=documents)["count"]
            sample = sorted(digests)[:: len(digests) // _SAMPLE + 1]
            there = self._client.mget(index=documents, body={"ids": sample})["docs"] if sample else []
        if found != len(digests):
            yield Fault(file=documents, code="size", written=len(digests), found=found, generation=number)
        for own in there:
            line = f"{own['_source']['document']}\n" if own["found"] else ""  # as it was digested at intake
            if hashlib.sha256(line.encode()).digest() != digests[own["_id"]]:
                yield Fault(file=f"{documents}/{own['_id']}", code="changed", generation=number)

    def _fetch(self, index: str, folder: Path, only: str = "") -> None:
        """Write the files of a generation, or one of them, into a folder."""
        after: list[Any] = []
        while True:
            query = {"term": {"file": only}} if only else {"match_all": {}}
            body = {"query": query, "sort": ["file", "part"], "size": 4} | ({"search_after": after} if after else {})
            with asking(self._name):
                hits = self._client.search(index=index, body=body)["hits"]["hits"]
            for hit in hits:
                own, after = hit["_source"], hit["sort"]
                path = folder / own["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(base64.b64decode(own["data"]))
            if not hits:
                return

    def _usable(self, folder: Path, digest: str) -> Manifest:
        manifest = read_manifest(folder, digest)
        ours = Analyzer(manifest.synonyms).fingerprint
        if manifest.format != FORMAT or manifest.analysis != ours:
            raise IndexIncompatible(f"analysis {manifest.analysis}", f"analysis {ours}", str(self._place))
        return manifest


def _changed(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The files of a folder, as the manifest calls them, that are not what was written."""
    for name, (_, written) in manifest.files.items():
        if (folder / name).exists() and digest_of(folder / name) != written:
            yield name


def _digests_in(folder: Path) -> dict[str, bytes]:
    lines = (folder / DIGESTS).read_text("utf-8").splitlines()
    return {id_: bytes.fromhex(digest) for id_, digest in map(json.loads, lines)}

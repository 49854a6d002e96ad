"""The files of a generation on a cluster, in parts: sent, fetched into a folder, and replaced where they changed."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from opensearchpy import OpenSearch

from indexer.errors import IndexDamaged, SearchError
from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.folder.manifest import Manifest, digest_of, read_manifest
from indexer.generation.opensearch.layout import PAIRS
from indexer.generation.opensearch.sender import send
from indexer.ranking.frequencies import FREQUENCIES
from indexer.ranking.packed import SEGMENT_FILES

# Parts of files are so long, and so many come at a time.
_PART, _TOGETHER = 4 << 20, 4
# What a reader keeps of a generation, beside what rows are read with.
_OF_ALL = ("boilerplate.npy", "openings.utf8", "openings.offsets.npy", "frames.utf8", "frames.offsets.npy")
READ = {"term": {"read": True}}


def named(names: Collection[str]) -> dict[str, Any]:
    """The query for the parts of files of some names."""
    return {"terms": {"file": list(names)}}


def send_files(client: OpenSearch, index: str, folder: Path, names: Collection[str]) -> None:
    """Send some files of a generation in a folder."""

    def parts() -> Iterator[dict[str, Any]]:
        for name in names:
            with (folder / name).open("rb") as file:
                for part, data in enumerate(_cut(file)):
                    coded = base64.b64encode(data).decode()
                    fields = {"file": name, "part": part, "data": coded, "read": is_read(name)}
                    yield {"_index": index, "_id": f"{name}#{part}", **fields}

    send(client, parts(), lambda _: None)


def fetch_files(client: OpenSearch, index: str, folder: Path, query: dict[str, Any] | None = None) -> None:
    """Write the files of a generation into a folder, or those of which a query finds the parts."""
    after: list[Any] = []
    while True:
        body = {"query": query or {"match_all": {}}, "sort": ["file", "part"], "size": _TOGETHER}
        hits = client.search(index=index, body=body | ({"search_after": after} if after else {}))["hits"]["hits"]
        for hit in hits:
            own, after = hit["_source"], hit["sort"]
            path = folder / own["file"]
            if not path.resolve().is_relative_to(folder.resolve()):
                raise IndexDamaged(
                    "it is no file of a generation", f"{own['file']} of {index}", "build the index again"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(base64.b64decode(own["data"]))
        if not hits:
            return


def forget_files(client: OpenSearch, index: str, names: Collection[str]) -> None:
    """Remove some files."""
    client.delete_by_query(index=index, body={"query": named(names)}, refresh=True)


def _cut(file: IO[bytes]) -> Iterator[bytes]:
    yield file.read(_PART)  # an empty file is a part as well
    yield from iter(lambda: file.read(_PART), b"")


def is_read(name: str) -> bool:
    """Whether every process that asks the generation keeps a file."""
    own = name.rpartition("/")[2]
    return name in (MANIFEST, DIGEST, PAIRS) or own in (*_OF_ALL, *SEGMENT_FILES) or f"/{FREQUENCIES}/" in name


def faults(folder: Path, manifest: Manifest, *, read: bool = False, pairs: str = "") -> Iterator[tuple[str, str]]:
    """The files in a folder, or those that are read, that are missing or changed, with the code of the fault; `pairs`
    is the digest of that of the pairs, which is in no manifest, where it is looked at.
    """
    digests = {PAIRS: pairs} if pairs else {}
    digests |= {name: digest for name, (_, digest) in manifest.files.items() if not read or is_read(name)}
    for name, written in digests.items():
        if not (folder / name).exists():
            yield name, "missing"
        elif digest_of(folder / name) != written:
            yield name, "changed"


def is_as_written(folder: Path, digest: str) -> bool:
    """Whether a folder holds the files of the manifest of a digest, and no others."""
    try:
        manifest = read_manifest(folder, digest)
    except SearchError:
        return False
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    known = {MANIFEST, DIGEST, *manifest.files}
    return names == known and not any(faults(folder, manifest))

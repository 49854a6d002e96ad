"""The files of a generation on a cluster, in parts: sent, fetched into a folder, and replaced where they changed."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from opensearchpy import OpenSearch

from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.opensearch.layout import PAIRS
from indexer.generation.opensearch.sender import send
from indexer.ranking.frequencies import FREQUENCIES
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import ARRAYS
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
    read = _read_files(folder)

    def parts() -> Iterator[dict[str, Any]]:
        for name in names:
            with (folder / name).open("rb") as file:
                for part, data in enumerate(_cut(file)):
                    coded = base64.b64encode(data).decode()
                    fields = {"file": name, "part": part, "data": coded, "read": name in read}
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


def _read_files(folder: Path) -> set[str]:
    """The files that every process keeps which asks the generation."""
    arrays = folder / ARRAYS
    paths = [arrays / name for name in _OF_ALL]
    paths += [segment / name for segment in segment_folders(arrays) for name in SEGMENT_FILES]
    paths += (arrays / FREQUENCIES).iterdir()
    paths += [folder / MANIFEST, folder / DIGEST, folder / PAIRS]
    return {path.relative_to(folder).as_posix() for path in paths}

"""Brings a generation that was made on this machine onto a cluster: whole, or what changed since the one before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError

from indexer.errors import SearchError
from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.folder.manifest import digest_of, manifest_in
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.opensearch import parts
from indexer.generation.opensearch.changes import Changes, changes
from indexer.generation.opensearch.connection import address_of
from indexer.generation.opensearch.layout import PAIRS, SENDING, document_index, documents_of, file_index, files_of
from indexer.generation.opensearch.sender import send_documents
from indexer.generation.port import PageMaker
from indexer.ranking.mapped import ARRAYS
from indexer.settings import OpenSearchIndex

_LONGEST_ID = 512
# Of so many documents is asked at a time whether they are there.
_TOGETHER = 1000


def publish(
    client: OpenSearch,
    place: OpenSearchIndex,
    staged: Path,
    before: Path | None,
    keep: PageMaker,
    tell: Callable[[int], object],
) -> str:
    """Send a staged generation, or what changed since the one before, where that lies in a folder here as well; `keep`
    makes what is kept with a page. What a killed build sent of the very same documents is not sent again. Nothing leads
    to the generation yet. Gives the digest of its pairs.
    """
    manifest, name = manifest_in(staged), address_of(place.address).name
    documents, files = documents_of(name, manifest.generation), files_of(name, manifest.generation)
    # A shard without a copy is gone with its node; copies that no node is left for are not waited for.
    copies = min(place.replicas + 1, client.cluster.health()["number_of_data_nodes"])
    names = set(manifest.files)
    generation = LocalGeneration.of(staged, manifest)
    try:
        _check_ids(generation.ids())
        (staged / PAIRS).write_text("".join(f"{json.dumps(pair)}\n" for pair in generation.pairs()), "utf-8")
        if before is None or manifest.purges:  # a clone would keep what was deleted
            sending = {**manifest.content, "shards": place.shards, "replicas": place.replicas}
            again = _was_sending(client, documents, sending)
            if not again:
                remove(client, name, manifest.generation)
                body = document_index({SENDING: sending}, place.shards, place.replicas)
                client.indices.create(index=documents, body=body, wait_for_active_shards=copies)
            client.indices.delete(index=files, ignore_unavailable=True)
            client.indices.create(index=files, body=file_index(place.replicas), wait_for_active_shards=copies)
            ids = generation.ids()
            sent = Changes(_missing(client, documents, ids) if again else ids, [])
        else:
            remove(client, name, manifest.generation)
            sent, was = changes(before / ARRAYS, staged / ARRAYS), manifest_in(before).files
            names = {own for own in names if was.get(own) != manifest.files[own]}
            _clone(client, documents_of(name, manifest.before), documents, place.replicas, copies)
            _clone(client, files_of(name, manifest.before), files, place.replicas, copies)
            client.indices.put_mapping(index=documents, body={"_meta": {}})  # not whole before all is there
            parts.forget_files(client, files, {MANIFEST, DIGEST, PAIRS, *names, *(was.keys() - manifest.files.keys())})
        send_documents(client, documents, staged / ARRAYS, generation, sent, keep, tell)
        parts.send_files(client, files, staged, [MANIFEST, DIGEST, PAIRS, *sorted(names)])
        pairs = digest_of(staged / PAIRS)
        (staged / PAIRS).unlink()  # no file of a generation on disk
    finally:
        generation.close()
    client.indices.refresh(index=[documents, files])
    return pairs


def _check_ids(ids: Sequence[str]) -> None:
    for id_ in ids:
        if len(id_.encode()) > _LONGEST_ID:
            what = f"a cluster takes ids of {_LONGEST_ID} bytes"
            raise SearchError(what, id_[:60], "give the document a shorter one; nothing was sent")


def _was_sending(client: OpenSearch, index: str, content: Mapping[str, Any]) -> bool:
    """Whether a build that was killed sent documents of the same content."""
    try:
        meta = client.indices.get_mapping(index=index)[index]["mappings"].get("_meta", {})
    except NotFoundError:
        return False
    return bool(meta.get(SENDING) == content)


def _missing(client: OpenSearch, index: str, ids: Sequence[str]) -> Iterator[str]:
    """Those of some documents that an index does not have."""
    for at in range(0, len(ids), _TOGETHER):
        found = client.mget(index=index, body={"ids": ids[at : at + _TOGETHER]}, params={"_source": "false"})["docs"]
        yield from (one["_id"] for one in found if not one.get("found"))


def remove(client: OpenSearch, name: str, number: int) -> None:
    """Remove a generation, or what there is of it."""
    for index in (files_of(name, number), documents_of(name, number)):
        client.indices.delete(index=index, ignore_unavailable=True)


def _clone(client: OpenSearch, source: str, target: str, replicas: int, copies: int) -> None:
    """Make an index of what another one holds, whose files it shares; that one changes no more."""
    client.indices.add_block(index=source, block="write")
    body = {"settings": {"index.blocks.write": None, "index.number_of_replicas": replicas}}
    client.indices.clone(index=source, target=target, body=body, wait_for_active_shards=copies)

"""Sends a generation that was built on this machine to a cluster: its documents, and the files that readers keep."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from corpus import Document, kind_of, same_address, to_json
from indexer.analysis import FIELDS
from indexer.errors import SearchError
from indexer.generation.folder.folder import MANIFEST
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.opensearch.connection import LATER, WRITING
from indexer.generation.opensearch.layout import DIGESTS, PAIRS, WEIGHTS, feature_of, words_field
from indexer.generation.port import Pair
from indexer.ranking.columns import date_of, is_answered, specialty_of, topics_of
from indexer.ranking.frequencies import FREQUENCIES
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import ARRAYS
from indexer.ranking.packed import SEGMENT_FILES, rows_of

# So many documents, or so many bytes, go in one request; what is not taken for now is sent again after so many seconds.
_TOGETHER, _BYTES, _PAUSES = 250, 8 << 20, (1, 2, 4, 8, 15, 30, 30, 30)
# Parts of files are so long.
_PART = 4 << 20
# The cards of a panel that asks for no number.
_PANEL = 4
# What a reader keeps beside what the rows are read with.
_OF_ALL = ("boilerplate.npy", "openings.utf8", "openings.offsets.npy", "frames.utf8", "frames.offsets.npy")


def send_documents(
    client: OpenSearch, index: str, folder: Path, generation: LocalGeneration, tell: Callable[[int], object]
) -> None:
    """Send all documents of a generation of one segment. Raises SearchError where one is refused."""
    (segment,) = segment_folders(folder / ARRAYS)
    rows = (base64.b64encode(row.tobytes()).decode() for row in rows_of(segment))
    actions = (
        {"_index": index, "_id": id_, **fields, "row": row}
        for (id_, fields), row in zip(_documents(generation), rows, strict=True)
    )
    _send(client, actions, tell)


def send_files(client: OpenSearch, index: str, folder: Path, pairs: Sequence[Pair]) -> None:
    """Send the files that every process which asks the generation keeps, from its folder, and its pairs as one more."""

    def parts() -> Iterator[dict[str, Any]]:
        for name in _read_files(folder):
            with (folder / name).open("rb") as file:
                yield from _parts(index, name, file)
        yield from _parts(index, PAIRS, BytesIO("".join(f"{json.dumps(pair)}\n" for pair in pairs).encode()))

    _send(client, parts(), lambda _: None)


def _parts(index: str, name: str, file: IO[bytes]) -> Iterator[dict[str, Any]]:
    parts = chain([file.read(_PART)], iter(lambda: file.read(_PART), b""))  # an empty file is a part as well
    for part, data in enumerate(parts):
        coded = base64.b64encode(data).decode()
        yield {"_index": index, "_id": f"{name}#{part}", "file": name, "part": part, "data": coded}


def _read_files(folder: Path) -> list[str]:
    arrays = folder / ARRAYS
    (segment,) = segment_folders(arrays)
    paths = [arrays / name for name in _OF_ALL]
    paths += [segment / name for name in SEGMENT_FILES]
    paths += sorted((arrays / FREQUENCIES).iterdir())
    paths += [folder / MANIFEST, folder / DIGESTS]
    return [path.relative_to(folder).as_posix() for path in paths]


def _send(client: OpenSearch, actions: Iterable[dict[str, Any]], tell: Callable[[int], object]) -> None:
    """Send documents, each until it is taken: what a node that dies did not take is sent to another."""
    done, actions = 0, iter(actions)
    while waiting := {action["_id"]: action for action in islice(actions, _TOGETHER)}:
        size, why = len(waiting), ""
        for pause in (0, *_PAUSES):
            time.sleep(pause)
            for id_, result in _results(client, list(waiting.values())):
                if result is None:
                    del waiting[id_]
                    continue
                why = str(result.get("error", {}).get("type", "")) if isinstance(result.get("error"), dict) else ""
                if result.get("status") not in (*LATER, "N/A"):  # N/A: no node was there to say so
                    raise SearchError(f"the cluster does not take a document: {why}", id_, "see its log")
            if not waiting:
                break
        else:
            what = f"the cluster takes no more documents: {why or 'no node answers'}"
            raise SearchError(what, f"after {done:,}", "see whether its nodes run, and build again")
        done += size
        tell(done)


def _results(client: OpenSearch, actions: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """For each of some documents its id, and why it was not taken, if it was not."""
    # The client sends `timeout`, how long a node waits for a shard, only beside its own.
    options: dict[str, Any] = {"raise_on_error": False, "raise_on_exception": False}
    options |= {"timeout": "15s", "request_timeout": WRITING}
    sent = streaming_bulk(client, actions, chunk_size=_TOGETHER, max_chunk_bytes=_BYTES, **options)
    for taken, told in sent:
        (result,) = told.values()
        yield str(result["_id"]), None if taken else result


def _documents(generation: LocalGeneration) -> Iterator[tuple[str, dict[str, Any]]]:
    ids = generation.ids()
    for at in range(0, len(ids), _TOGETHER):
        own = list(ids[at : at + _TOGETHER])
        words = {field: generation.words(own, field) for field in FIELDS}
        rows = zip(own, generation.get(own), generation.facts(own), generation.weights(own), strict=True)
        for n, (id_, document, facts, weights) in enumerate(rows):
            near = generation.neighbours(id_)
            assert near is not None
            texts = {field: " ".join(words[field][n]) for field in FIELDS if words[field][n]}
            yield (
                id_,
                {
                    "id": id_,
                    **_sought(document),
                    **{words_field(field): text for field, text in texts.items()},
                    WEIGHTS: {feature_of(term): weight for term, weight in weights.items() if weight > 0},
                    "first_near": [r.id for r in near.ranked[:_PANEL]],
                    "document": to_json(document),
                    "facts": {"wording": facts.wording, "topics": [[t.name, t.specialty] for t in facts.topics]},
                    "near": [r.id for r in near.ranked],
                    "near_scores": [r.score for r in near.ranked],
                    "possible": near.possible,
                    "keep_order": generation.keep_order([id_])[0],
                },
            )


def _sought(document: Document) -> dict[str, Any]:
    """What filters and facets ask of a document; what is not known is left out."""
    day, topics = date_of(document), [topic.name for topic in topics_of(document)]
    known = {
        "kind": kind_of(document),
        "specialty": specialty_of(document),
        "topic": [name.casefold() for name in topics],
        "topic_written": topics,
        "year": day.year if day else None,
        "day": day.toordinal() if day else None,
        "answered": is_answered(document),
        "address": same_address(document.url) if document.url else "",
    }
    return {name: value for name, value in known.items() if value not in ("", None)}

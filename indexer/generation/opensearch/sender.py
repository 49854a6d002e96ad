"""Sends the documents of a generation that was made on this machine to a cluster, each until it is taken."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from corpus import Document, kind_of, same_address, to_json
from indexer.analysis import FIELDS
from indexer.errors import SearchError
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.opensearch.cards import record_of
from indexer.generation.opensearch.changes import Changes
from indexer.generation.opensearch.connection import GONE, LATER, WRITING
from indexer.generation.opensearch.layout import SQUARE, VECTOR, WEIGHTS, feature_of, words_field
from indexer.generation.port import SHOWN, Facts, PageMaker
from indexer.ranking.columns import date_of, is_answered, specialty_of, topics_of
from indexer.ranking.ids import Ids
from indexer.ranking.packed import Rows
from indexer.ranking.vectors import Vector, squares_of

# So many documents, or so many bytes, go in one request; what is not taken for now is sent again after so many seconds.
_TOGETHER, _BYTES, _PAUSES = 250, 8 << 20, (1, 2, 4, 8, 15, 30, 30, 30)


def send_documents(
    client: OpenSearch,
    index: str,
    arrays: Path,
    generation: LocalGeneration,
    changes: Changes,
    keep: PageMaker,
    tell: Callable[[int], object],
) -> None:
    """Send some documents of a generation, and remove what is gone; `keep` makes what is kept with a page. Raises
    SearchError where a document is refused.
    """
    rows, ids = Rows(arrays), Ids(arrays)
    removed = ({"_op_type": "delete", "_index": index, "_id": id_} for id_ in changes.gone)
    documents = (
        {"_index": index, "_id": id_, **fields, "row": base64.b64encode(rows.of(ids.find(id_)).tobytes()).decode()}
        for id_, fields in _documents(generation, changes.sent, keep)
    )
    send(client, chain(removed, documents), tell)


def send(client: OpenSearch, actions: Iterable[dict[str, Any]], tell: Callable[[int], object]) -> None:
    """Send documents, each until it is taken: what a node that dies did not take is sent to another."""
    done = 0
    for together in _batches(actions):
        waiting = {action["_id"]: action for action in together}
        size, why = len(waiting), ""
        for pause in (0, *_PAUSES):
            time.sleep(pause)
            for id_, result in _results(client, list(waiting.values())):
                if result is None:
                    del waiting[id_]
                    continue
                why = str(result.get("error", {}).get("type", "")) if isinstance(result.get("error"), dict) else ""
                if result.get("status") == GONE:
                    del waiting[id_]  # it was removed before a node could say so
                elif result.get("status") not in (*LATER, "N/A"):  # N/A: no node was there to say so
                    raise SearchError(f"the cluster does not take a document: {why}", id_, "see its log")
            if not waiting:
                break
        else:
            what = f"the cluster takes no more documents: {why or 'no node answers'}"
            raise SearchError(what, f"after {done:,}", "see whether its nodes run, and build again")
        done += size
        tell(done)


def _batches(actions: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Actions that go in one request: so many, or of so many bytes."""
    own, size = list[dict[str, Any]](), 0
    for action in actions:
        length = sum(len(value) for value in action.values() if isinstance(value, str))
        if own and (len(own) == _TOGETHER or size + length > _BYTES):
            yield own
            own, size = [], 0
        own.append(action)
        size += length
    if own:
        yield own


def _results(client: OpenSearch, actions: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """For each of some documents its id, and why it was not taken, if it was not."""
    # The client sends `timeout`, how long a node waits for a shard, only beside its own.
    options: dict[str, Any] = {"raise_on_error": False, "raise_on_exception": False}
    options |= {"timeout": "15s", "request_timeout": WRITING}
    sent = streaming_bulk(client, actions, chunk_size=_TOGETHER, max_chunk_bytes=_BYTES, **options)
    for taken, told in sent:
        (result,) = told.values()
        yield str(result["_id"]), None if taken else result


def _documents(
    generation: LocalGeneration, ids: Iterable[str], keep: PageMaker
) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting = iter(ids)
    while own := list(islice(waiting, _TOGETHER)):
        words = {field: generation.words(own, field) for field in FIELDS}
        rows = zip(own, generation.get(own), generation.facts(own), generation.weights(own), strict=True)
        for n, (id_, document, facts, weights) in enumerate(rows):
            texts = {field: " ".join(words[field][n]) for field in FIELDS if words[field][n]}
            yield (
                id_,
                {
                    "id": id_,
                    **_sought(document),
                    **{words_field(field): text for field, text in texts.items()},
                    WEIGHTS: {feature_of(term): weight for term, weight in weights.items() if weight > 0},
                    "document": to_json(document),
                    "facts": _told(facts),
                    "keep_order": generation.keep_order([id_])[0],
                    **_meant(generation.vector(id_)),
                    **_near(generation, id_, keep),
                },
            )


def _near(generation: LocalGeneration, id_: str, keep: PageMaker) -> dict[str, Any]:
    """What is kept of the neighbours of a document."""
    near, kept = generation.neighbours(id_), keep(generation, id_)
    assert near is not None
    ids = [r.id for r in near.ranked]
    around = {
        other: {"facts": _told(facts), "kind": facts.kind, "day": _day(facts.date), "answered": facts.answered}
        for other, facts in zip(kept.close, generation.facts(kept.close), strict=True)
    }
    return {
        "first_near": ids[:SHOWN],
        "near": ids,
        "near_scores": [r.score for r in near.ranked],
        "possible": near.possible,
        "closeness": generation.closeness(id_),
        "around": around,
        # What a card says in other words is told by the encoder of who asks.
        "cards": [record_of(card) for card in kept.cards if card.matched or generation.vectors is None],
    }


def _meant(vector: Vector | None) -> dict[str, Any]:
    if vector is None:
        return {}
    return {VECTOR: base64.b64encode(vector.tobytes()).decode(), SQUARE: int(squares_of(vector[None])[0])}


def _told(facts: Facts) -> dict[str, Any]:
    return {"wording": facts.wording, "topics": [[topic.name, topic.specialty] for topic in facts.topics]}


def _day(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _sought(document: Document) -> dict[str, Any]:
    """What filters and facets ask of a document; what is not known is left out."""
    day, topics = date_of(document), [topic.name for topic in topics_of(document)]
    known = {
        "kind": kind_of(document),
        "specialty": specialty_of(document),
        "topic": [name.casefold() for name in topics],
        "topic_written": topics,
        "year": day.year if day else None,
        "day": _day(day),
        "answered": is_answered(document),
        "address": same_address(document.url) if document.url else "",
    }
    return {name: value for name, value in known.items() if value not in ("", None)}

"""Content that a site pushes by the API, with a key of scope `content`: it waits in the inbox for the index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, jsonify, request
from msgspec import Meta

import corpus
from corpus import Article, CorpusError, Question, from_json
from indexer import DocumentNotFound, RequestRefused, SearchError
from search_app.api.operations import operation
from search_app.inbox import Inbox, Item
from search_app.present import to_json
from search_app.security import MOST_PUSHED, ROUTE_OF_API
from search_app.services import index

bp = Blueprint("content_api", __name__, url_prefix=f"{ROUTE_OF_API}v1")


@dataclass(frozen=True, slots=True)
class Taken:
    """That changes are safe on the disk: how many were taken, and how many wait for the index."""

    taken: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken: its number, what is wrong with it, where, and what to do."""

    line: int
    what: str
    where: str
    next: str


@dataclass(frozen=True, slots=True)
class TakenLines(Taken):
    """That changes are safe on the disk, and which lines were not taken."""

    refused: tuple[RefusedLine, ...]


# A document of the exchange format without its id, which stands in the address.
NewDocument = Annotated[Article | Question, "without id"]
Lines = Annotated[str, Meta(description='JSON lines: each a document, or {"delete": ID}.')]


def inbox() -> Inbox:
    """Where pushed documents wait."""
    return Inbox(current_app.config["SEEALSO"]["inbox"])


@bp.before_request
def admit_more() -> None:
    """Who has come so far has a key, and may send more than others."""
    request.max_content_length = MOST_PUSHED


@bp.after_request
def unkept(response: Response) -> Response:
    """No cache on the way keeps what only a key opens."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.put("/documents/<path:id_>")
@operation(Taken, body=NewDocument, status=202, scope="content")
def put(id_: str) -> tuple[Response, int]:
    """Add a document, or replace that of its id. Body: the document as JSON, in the exchange format.

    202: it is safe on the disk, and in the index within seconds where `seealso inbox` runs.
    """
    body = object_of(request.get_data())
    if body.get("id", id_) != id_:
        raise RequestRefused("the id in the body is another one", "id", "leave it out of the body")
    return taken([_document(body | {"id": id_})])


@bp.delete("/documents/<path:id_>")
@operation(Taken, status=202, scope="content")
def delete(id_: str) -> tuple[Response, int]:
    """Let a document go. 202 as for PUT; 404 where there is none, and none waits."""
    if not inbox().holds(id_) and not _is_there(id_):
        raise DocumentNotFound(f"no document has the id {id_!r}", "id", "check the id", id=id_)
    return taken([Item(id_, None)])


@bp.post("/documents")
@operation(TakenLines, body=Lines, status=202, scope="content")
def post() -> tuple[Response, int]:
    """Add and let go of many. Body: JSON lines, each a document or {"delete": ID}; one that is refused costs itself
    alone, and is told with its line.
    """
    items, refused = list[Item](), list[RefusedLine]()
    for number, line in enumerate(request.get_data().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            body = object_of(line)
            gone = body.get("delete") if body.keys() == {"delete"} else None
            items.append(_document(body) if gone is None else _gone(gone))
        except (RequestRefused, CorpusError) as error:
            refused.append(RefusedLine(number, error.what, error.where, error.next))
    if not items:
        first = f", the first: {refused[0].what}" if refused else ""
        raise RequestRefused(f"no document in {len(refused)} lines{first}", "body", "send JSON lines, a document each")
    return jsonify(to_json(TakenLines(len(items), inbox().put(items), tuple(refused)))), 202


def taken(items: list[Item]) -> tuple[Response, int]:
    """Keep what was sent, and say that it is safe."""
    return jsonify(to_json(Taken(len(items), inbox().put(items)))), 202


def object_of(text: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises RequestRefused."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RequestRefused("no JSON object", "body", 'send a document such as {"kind": "question", "title": "..."}')
    return body


def _document(body: dict[str, Any]) -> Item:
    """A document as it waits: checked now, so that its sender is told, and written as the exchange format has it; what
    is HTML in it is text from here on.
    """
    document = corpus.without_markup(from_json(json.dumps(body)))
    return Item(document.id, corpus.to_json(document))


def _gone(id_: Any) -> Item:
    """That a document is to go; its id is checked as that of a document."""
    return Item(Question(id=id_, title="gone").id, None)


def _is_there(id_: str) -> bool:
    try:
        return bool(index().known([id_]))
    except SearchError:  # no index yet, or none that opens
        return False

"""Content that a site pushes by the API, with a key of scope `content`: it waits in the inbox for the index."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from corpus import CorpusError, Question, from_json
from indexer import DocumentNotFound, RequestRefused, SearchError
from search_app.api import known
from search_app.bearer import admitted
from search_app.inbox import Inbox, Item
from search_app.security import ROUTE_OF_API
from search_app.services import index

bp = Blueprint("content_api", __name__, url_prefix=f"{ROUTE_OF_API}v1")


def inbox() -> Inbox:
    """Where pushed documents wait."""
    return Inbox(current_app.config["SEEALSO"]["inbox"])


@bp.before_request
def admit() -> None:
    """Let in who has a key of scope `content`. Raises NotSignedIn."""
    admitted("content")


@bp.after_request
def unkept(response: Response) -> Response:
    """No cache on the way keeps what only a key opens."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.put("/documents/<path:id_>")
def put(id_: str) -> tuple[Response, int]:
    """Add a document, or replace that of its id. Body: the document as JSON, in the exchange format.

    202: it is safe on the disk, and in the index within seconds where `seealso inbox` runs.
    """
    known(())
    body = _object(request.get_data())
    if body.get("id", id_) != id_:
        raise RequestRefused("the id in the body is another one", "id", "leave it out of the body")
    return _taken([_document(body | {"id": id_})])


@bp.delete("/documents/<path:id_>")
def delete(id_: str) -> tuple[Response, int]:
    """Let a document go. 202 as for PUT; 404 where there is none, and none waits."""
    known(())
    if not inbox().holds(id_) and not _is_there(id_):
        raise DocumentNotFound(f"no document has the id {id_!r}", "id", "check the id", id=id_)
    return _taken([Item(id_, None)])


@bp.post("/documents")
def post() -> tuple[Response, int]:
    """Add and let go of many. Body: JSON lines, each a document or {"delete": ID}; one that is refused costs itself
    alone, and is told with its line.
    """
    known(())
    items, refused = list[Item](), list[dict[str, object]]()
    for number, line in enumerate(request.get_data().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            body = _object(line)
            gone = body.get("delete") if body.keys() == {"delete"} else None
            items.append(_document(body) if gone is None else _gone(gone))
        except (RequestRefused, CorpusError) as error:
            refused.append({"line": number, "what": error.what, "where": error.where, "next": error.next})
    if not items:
        first = f", the first: {refused[0]['what']}" if refused else ""
        raise RequestRefused(f"no document in {len(refused)} lines{first}", "body", "send JSON lines, a document each")
    return _taken(items, refused)


def _taken(items: list[Item], refused: list[dict[str, object]] | None = None) -> tuple[Response, int]:
    waiting = inbox().put(items)
    told: dict[str, object] = {"taken": len(items), "waiting": waiting}
    return jsonify(told if refused is None else told | {"refused": refused}), 202


def _object(text: bytes) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RequestRefused("no JSON object", "body", 'send a document such as {"kind": "question", "title": "..."}')
    return body


def _document(body: dict[str, Any]) -> Item:
    """A document as it waits: checked now, so that its sender is told, and written as the exchange format has it."""
    line = json.dumps(body)
    return Item(from_json(line).id, line)


def _gone(id_: Any) -> Item:
    """That a document is to go; its id is checked as that of a document."""
    return Item(Question(id=id_, title="gone").id, None)


def _is_there(id_: str) -> bool:
    try:
        return bool(index().known([id_]))
    except SearchError:  # no index yet, or none that opens
        return False

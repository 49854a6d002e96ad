"""The JSON API under /api/v1: search, related, similar."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

import corpus
from indexer import DocumentNotFound, RequestRefused
from search_app.present import to_json
from search_app.requests import CARDS, FILTERS, SEARCH_KEYS, as_typed_of, filter_of, number_of, sort_of, text_of
from search_app.security import ROUTE_OF_API
from search_app.services import index, served

bp = Blueprint("api", __name__, url_prefix=f"{ROUTE_OF_API}v1")


@bp.get("/search")
def search() -> Response:
    """One page of hits. Query: q, kind, specialty, topic, year, answered, as_typed, sort, page, size."""
    args = known(SEARCH_KEYS)
    results = index().search(
        text_of(args),
        where=filter_of(args),
        sort=sort_of(args),
        as_typed=as_typed_of(args),
        page=number_of(args, "page", 1),
        size=number_of(args, "size", 10),
    )
    return jsonify(to_json(results))


@bp.get("/related")
@bp.get("/related/<path:id_>")
def related(id_: str = "") -> Response:
    """The panel of a document, by id or by the address of its page. Query: url, limit, and the filters of search."""
    args = known(("limit", *FILTERS) if id_ else ("url", "limit", *FILTERS))
    panel = served().panel(id_ or addressed(args), filter_of(args), number_of(args, "limit", CARDS))
    return Response(panel.json, mimetype="application/json")


@bp.get("/documents/<path:id_>")
def document(id_: str) -> Response:
    """A document as the index has it, in the exchange format; `canonical` where it is a settled duplicate."""
    known(())
    told = json.loads(corpus.to_json(index().get(id_)))
    kept = index().settled.instead.get(id_)
    return jsonify(told | {"canonical": kept} if kept else told)


def addressed(args: Mapping[str, str]) -> str:
    """The id of the document at the address that a request gives as `url`. Raises RequestRefused, DocumentNotFound."""
    if not args.get("url"):
        raise RequestRefused("neither an id nor an address", "address", "give an id in the path, or url=")
    id_ = index().addressed(args["url"])
    if id_ is None:
        raise DocumentNotFound("no document has this address", "url", "check that the page is in the index")
    return id_


@bp.post("/similar")
def similar() -> Response:
    """The panel of a text. Body: {"text": "...", "limit": 4}. The text is neither logged, kept nor echoed."""
    known(())
    try:
        body: Any = request.get_json(silent=True)
    except RecursionError:  # brackets, ten thousands deep
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise RequestRefused("no text in the body", "body", 'send JSON such as {"text": "..."}')
    if unknown := sorted(set(body) - {"text", "limit"}):
        raise RequestRefused(f"unknown key {unknown[0][:40]!r}", "body", "known are text and limit")
    limit = body.get("limit", CARDS)
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise RequestRefused("limit is no whole number", "body", "give a whole number")
    return jsonify(to_json(index().similar(body["text"], limit=limit)))


def known(keys: Iterable[str]) -> dict[str, str]:
    """The query of the address; an unknown key is refused, since it would pass silently otherwise."""
    given = request.args.to_dict()
    if unknown := sorted(given.keys() - set(keys)):
        what = f"unknown parameter {unknown[0][:40]!r}"
        raise RequestRefused(what, "address", f"known are {', '.join(keys) or 'none'}")
    return given

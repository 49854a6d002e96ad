"""Decisions over the API, for a site's own admin pages: what is open, what was decided, and to decide, with a key."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from corpus import Question
from indexer import RequestRefused
from search_app.api import known
from search_app.bearer import admitted
from search_app.decisions.events import ACTIONS, CARDS, Event
from search_app.desk.compare import event_of
from search_app.desk.queue import asked
from search_app.desk.recent import number_in
from search_app.present import to_json
from search_app.requests import number_of
from search_app.security import ROUTE_OF_API
from search_app.services import index, ledger, served

bp = Blueprint("desk_api", __name__, url_prefix=f"{ROUTE_OF_API}v1")

_MOST = 1_000
_BODY = {"action": str, "a": str, "b": str, "note": str, "seen": int, "undoes": int}


@bp.before_request
def admit() -> None:
    """Let in who has a key of scope `desk`. Raises NotSignedIn."""
    g.key = admitted("desk")


@bp.after_request
def unkept(response: Response) -> Response:
    """No cache on the way keeps what only a key opens."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/duplicates")
def duplicates() -> Response:
    """One page of the open clusters. Query: band, specialty, site, q, sort, page, size."""
    args = known(("band", "specialty", "site", "q", "sort", "page", "size"))
    found = index().clusters(asked(args).request, page=number_of(args, "page", 1), size=number_of(args, "size", 50))
    return jsonify(to_json(found))


@bp.get("/decisions")
def decisions() -> Response:
    """The events after one, in order. Query: after, id (of a document), limit."""
    args = known(("after", "id", "limit"))
    after, limit = number_in(args.get("after", "")), number_of(args, "limit", _MOST)
    if args.get("after", "0") not in ("0", str(after)):
        raise RequestRefused("after is no number of an event", "after", "give the last one that you know, or 0")
    if not 1 <= limit <= _MOST:
        raise RequestRefused(f"{limit} events", "limit", f"ask for 1 to {_MOST:,}")
    history, id_ = served().snapshot.history, args.get("id")
    found = [event for event in history if event.id > after and id_ in (None, event.a, event.b)][:limit]
    told = [{**event._asdict(), "holds": history.standing(history.about(event)).holds == event} for event in found]
    return jsonify({"last": history.last, "events": told})


@bp.post("/decisions")
def decide() -> tuple[Response, int]:
    """Decide, or undo. Body: action, a, b, note, seen (the last event on the pair that was shown), undoes."""
    known(())
    try:
        body: Any = request.get_json(silent=True)
    except RecursionError:  # brackets, ten thousands deep
        body = None
    if not isinstance(body, dict) or (unknown := sorted(set(body) - set(_BODY))):
        what = f"unknown key {unknown[0][:40]!r}" if isinstance(body, dict) else "the body is no JSON object"
        raise RequestRefused(what, "body", f"known are {', '.join(_BODY)}")
    for name, value in body.items():
        if type(value) is not _BODY[name]:
            raise RequestRefused(f"{name} is {type(value).__name__}", "body", f"give {_BODY[name].__name__}")
    event = _event(body)
    seen = {event.subject: body["seen"]} if "seen" in body and event.undoes is None else None
    (done,) = ledger().add([event], seen)
    return jsonify(done._asdict()), 201


def _event(body: dict[str, Any]) -> Event:
    """What a body asks for. Raises RequestRefused, and DocumentNotFound for an id that the index does not have."""
    by, action, note = f"{g.key} (key)", body.get("action"), body.get("note", "").strip()
    if action not in ACTIONS:
        raise RequestRefused("no such action", "action", f"give one of {', '.join(ACTIONS)}")
    if action == "undo":
        undone = ledger().current().history.get(body.get("undoes", 0))
        a, b = (undone.a, undone.b) if undone else ("", "-")
        return Event(0, "", by, action, a, b, note=note, undoes=body.get("undoes", 0))
    a, b = body.get("a", ""), body.get("b", "")
    if action not in CARDS:
        for id_ in (a, b):
            if not isinstance(index().get(id_), Question):
                raise RequestRefused(f"{id_!r} is an article", "a and b", "give the ids of two questions")
        return event_of(action, a, b, by, note)
    index().get(b)
    if a or action == "pin":
        index().get(a)
    return Event(0, "", by, action, a, b, note=note)

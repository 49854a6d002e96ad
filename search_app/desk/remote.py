"""Decisions over the API, for a site's own admin pages: what is open, what was decided, and to decide, with a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, TypedDict

from flask import Blueprint, Response, g, jsonify, request
from msgspec import Meta, Struct

from corpus import Question
from indexer import Band, RequestRefused
from indexer.duplicates import Clusters, ClusterSort
from search_app.api.operations import body_of, operation
from search_app.decisions.events import CARDS, Event
from search_app.desk.cards import check_card
from search_app.desk.compare import event_of
from search_app.desk.queue import asked
from search_app.desk.recent import number_in
from search_app.present import to_json
from search_app.requests import FILTERS, LIMIT, PAGE, SIZE, Parameter, Q, bounded, number_of, one_of
from search_app.security import ROUTE_OF_API
from search_app.services import index, ledger, served

bp = Blueprint("desk_api", __name__, url_prefix=f"{ROUTE_OF_API}v1")

_MOST = 1_000
_BAND = Parameter("band", "How sure it is; without it, what is very likely or possible.", one_of(*Band, "all"))
_SITE = Parameter("site", "Clusters with a question of this site.", {"type": "string"})
_NAMED = replace(Q, meaning="Clusters with a title or id that holds this text.")
_ORDER = Parameter("sort", "The order of the clusters.", one_of(*ClusterSort))
_AFTER = Parameter(
    "after", "The last event that is known; 0 for none.", {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
)
_ID = Parameter("id", "Events on this document alone.", {"type": "string"})


class Decision(Struct, forbid_unknown_fields=True):
    """What to decide: of two questions, of a card on a page, or to undo an event."""

    action: Literal["duplicate", "related", "different", "unsure", "later", "pin", "exclude", "undo"]
    a: Annotated[str, Meta(description="Of a duplicate the question that points to b; of a card its page.")] = ""
    b: str = ""
    note: str = ""
    seen: Annotated[int, Meta(description="The last event on the pair that was shown; 0: none.")] | None = None
    undoes: Annotated[int, Meta(description="The event that is undone.")] | None = None


class EventTold(TypedDict):
    """An event as it is kept; what is not known is null."""

    id: int
    at: str
    editor: str
    action: str
    a: str
    b: str
    a_wording: int | None
    b_wording: int | None
    score: float | None
    band: str | None
    note: str
    undoes: int | None
    batch: int | None


class EventListed(EventTold):
    """An event, and whether it is what stands on its pair or card now."""

    holds: bool


class Events(TypedDict):
    """Events in order, and the number of the last there is."""

    last: int
    events: list[EventListed]


@bp.after_request
def unkept(response: Response) -> Response:
    """No cache on the way keeps what only a key opens."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/duplicates")
@operation(
    Clusters,
    _BAND,
    FILTERS[1],
    _SITE,
    _NAMED,
    _ORDER,
    bounded(PAGE, maximum=999_999),
    bounded(SIZE, default=50, maximum=200),
    scope="desk",
)
def duplicates() -> Response:
    """One page of the open clusters of questions that may be one."""
    args = request.args.to_dict()
    found = index().clusters(asked(args).request, page=number_of(args, "page", 1), size=number_of(args, "size", 50))
    return jsonify(to_json(found))


@bp.get("/decisions")
@operation(Events, _AFTER, _ID, bounded(LIMIT, default=_MOST, maximum=_MOST), scope="desk")
def decisions() -> Response:
    """The events after one, in order."""
    args = request.args
    after, limit = number_in(args.get("after", "")), number_of(args, "limit", _MOST)
    if args.get("after") not in (None, "", "0", str(after)):
        raise RequestRefused("after is no number of an event", "after", "give the last one that you know, or 0")
    if not 1 <= limit <= _MOST:
        raise RequestRefused(f"{limit} events", "limit", f"ask for 1 to {_MOST:,}")
    history, id_ = served().snapshot.history, args.get("id")
    found = [event for event in history if event.id > after and id_ in (None, event.a, event.b)][:limit]
    told = [{**event._asdict(), "holds": history.standing(history.about(event)).holds == event} for event in found]
    return jsonify({"last": history.last, "events": told})


@bp.post("/decisions")
@operation(EventTold, body=Decision, status=201, scope="desk")
def decide() -> tuple[Response, int]:
    """Decide, or undo."""
    body = body_of(Decision)
    event = _event(body)
    seen = {event.subject: body.seen} if body.seen is not None and event.undoes is None else None
    (done,) = ledger().add([event], seen)
    return jsonify(done._asdict()), 201


def _event(body: Decision) -> Event:
    """What a body asks for. Raises RequestRefused, and DocumentNotFound for an id that the index does not have."""
    by, action, note = f"{g.key} (key)", body.action, body.note.strip()
    if action == "undo":
        undone = ledger().current().history.get(body.undoes or 0)
        a, b = (undone.a, undone.b) if undone else ("", "-")
        return Event(0, "", by, action, a, b, note=note, undoes=body.undoes or 0)
    a, b = body.a, body.b
    if action not in CARDS:
        for id_ in (a, b):
            if not isinstance(index().get(id_), Question):
                raise RequestRefused(f"{id_!r} is an article", "a and b", "give the ids of two questions")
        return event_of(action, a, b, by, note)
    check_card(action, a, b)
    return Event(0, "", by, action, a, b, note=note)

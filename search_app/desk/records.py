"""What was done: every event with who, when and why; by editor, by document, by action; each with its undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for

from search_app.api.keys import accounts
from search_app.decisions.events import ACTIONS, Event
from search_app.decisions.history import History
from search_app.desk.guard import bp
from search_app.desk.recent import here, id_in, in_words, just_done
from search_app.requests import number_of
from search_app.services import served

SIZE = 50


@bp.get("/records")
def records() -> str:
    """A page of what was done, the newest first. Query: editor, id, action, page."""
    history = served().snapshot.history
    by, id_, action = (request.args.get(name, "").strip() for name in ("editor", "id", "action"))
    id_ = id_in(id_)
    page = number_of(request.args, "page", 1)
    events = [
        event
        for event in reversed(history)
        if by in ("", event.editor) and id_ in ("", event.a, event.b) and action in ("", event.action)
    ]
    shown = events[(page - 1) * SIZE : page * SIZE]
    sizes = Counter(event.batch or event.id for event in history)
    chosen = {"editor": by, "id": id_, "action": action}
    return render_template(
        "desk/records.html",
        rows=[_row(history, event, sizes) for event in shown],
        here=here(),
        total=len(events),
        page=page,
        pages=-(-len(events) // SIZE),
        first=(page - 1) * SIZE + 1,
        chosen=chosen,
        editors=sorted({event.editor for event in history} | {known.name for known in accounts().editors()}),
        actions=ACTIONS,
        told=just_done(),
        address=lambda n: url_for("desk.records", page=n, **{key: value for key, value in chosen.items() if value}),  # type: ignore[arg-type]
    )


def _row(history: History, event: Event, sizes: Mapping[int, int]) -> dict[str, Any]:
    """An event as the list shows it: whether it holds, what came after, what stood before, and how many are one action
    with it; of an undo what it undid.
    """
    undid = history.undone(event)
    return {
        **in_words(event),
        "undid": in_words(undid) if undid is not event else None,
        "again": history.again(event),
        "active": history.active(event),
        "newer": history.built_on(event),
        "before": history.before(event),
        "count": sizes.get(event.id, 1),
    }

"""What was done: every event with who, when and why; by editor, by document, by action; each with its undo."""

from __future__ import annotations

from flask import render_template, request, url_for

from search_app.decisions.events import ACTIONS
from search_app.desk.guard import accounts, bp
from search_app.desk.queue import just_done, told
from search_app.requests import number_of
from search_app.services import served

SIZE = 50


@bp.get("/records")
def records() -> str:
    """A page of what was done, the newest first. Query: editor, id, action, page."""
    history = served().snapshot.history
    by, id_, action = (request.args.get(name, "").strip() for name in ("editor", "id", "action"))
    page = number_of(request.args, "page", 1)
    events = [
        event
        for event in reversed(list(history))
        if by in ("", event.editor) and id_ in ("", event.a, event.b) and action in ("", event.action)
    ]
    shown = events[(page - 1) * SIZE : page * SIZE]
    chosen = {"editor": by, "id": id_, "action": action}
    return render_template(
        "desk/records.html",
        rows=[
            {**told(e), "active": history.active(e), "newer": history.built_on(e), "before": history.before(e)}
            for e in shown
        ],
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

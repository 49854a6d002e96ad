"""What visitors looked for and did not find: an editor sees what to write, and takes away what is nobody's business."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from search_app.desk.guard import bp
from search_app.gaps import gaps

_MOST = 200


@bp.get("/gaps")
def missing() -> str:
    """The searches that led nowhere, and the days on which they were counted."""
    counted = gaps()
    found = counted.gaps() if counted else []
    kinds = (
        ("nothing", [gap for gap in found if gap.nothing]),
        ("far", [gap for gap in found if gap.far and not gap.nothing]),
        ("unopened", [gap for gap in found if not (gap.nothing or gap.far or gap.opened)]),
    )
    days = counted.days() if counted else []
    return render_template(
        "desk/gaps.html",
        on=counted is not None,
        kinds=[(kind, rows[:_MOST]) for kind, rows in kinds],
        days=days,
        since=days[-1].date if days else None,
    )


@bp.post("/gaps")
def forget_gap() -> Response:
    """Forget a text and its counts. Form: text."""
    if counted := gaps():
        counted.forget(request.form.get("text", ""))
    return redirect(url_for("desk.missing"))

"""Reports."""

from __future__ import annotations

from search_app.desk.guard import bp


@bp.get("/reports")
def reports() -> str:
    """Nothing yet."""
    return ""

"""The editors' pages under /desk: what may be one question, side by side; verdicts, undo, pins, reports."""

from __future__ import annotations

from flask import Flask

from search_app import present
from search_app.desk import bulk, cards, chosen, compare, export, guard, missing, queue, records, remote, reports


def init_app(app: Flask) -> None:
    """Register the pages. None can be used without signing in, and nobody can before `seealso editor add`."""
    for module in (queue, compare, chosen, bulk, cards, records, reports, missing, export):
        assert module.bp is guard.bp
    app.jinja_env.filters["moment"] = present.moment_in_words
    app.jinja_env.filters["action"] = present.ACTIONS.__getitem__
    app.register_blueprint(guard.bp)
    app.register_blueprint(remote.bp)

"""Refuses a request that waited too long for its turn, and lets a page that is late do without its panel."""

from __future__ import annotations

import time

from flask import Flask, g, request

from search_app.refused import Overloaded

# Where a server says when a request had arrived, in seconds of the monotonic clock.
ARRIVED = "seealso.arrived"
# What tells how the server is must be answered where all else is refused.
_ANSWERED = "monitoring"


def init_app(app: Flask, budget: float) -> None:
    """`budget`: so many seconds after its arrival a request begins no further part of its work."""

    @app.before_request
    def refuse() -> None:
        g.late = request.environ.get(ARRIVED, time.monotonic()) + budget
        if request.blueprint != _ANSWERED and request.endpoint != "static" and is_late():
            raise Overloaded


def is_late() -> bool:
    """Whether this request has used its budget."""
    return bool(time.monotonic() > g.late)

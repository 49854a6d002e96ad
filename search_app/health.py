"""Whether the process lives, and whether it can answer: for the machines that watch it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from search_app.services import index

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers; says nothing of the index."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Response:
    """The index opens; 503 where it does not."""
    return jsonify(status="ready", generation=index().info.generation)

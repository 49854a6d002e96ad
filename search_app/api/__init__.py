"""The JSON API under /api/v1: to read, to push content, and its own description; that of decisions is of the desk."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from search_app.api import hooks, limits, openapi, operations, pushing, reading


def init_app(app: Flask, values: Mapping[str, str]) -> None:
    """Register the routes, and what is checked before each: its key, its parameters, how often its client asked."""
    limits.init_keys(app, int(values["limit"]))  # before a key is looked up
    operations.init_app(app, values["reading"])
    limits.init_app(app, int(values["limit"]))
    hooks.init_app(app, values["hooks"])
    openapi.init_app(app)
    app.register_blueprint(reading.bp)
    app.register_blueprint(pushing.bp)
    app.register_blueprint(hooks.bp)

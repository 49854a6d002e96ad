"""What an answer costs at least: a Flask route that does nothing but answer JSON."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    """The application with its one route."""
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it tells each request that waits
    app = Flask(__name__)

    @app.get("/trivial/<path:id_>")
    def trivial(id_: str) -> Response:
        return jsonify(id=id_)

    return app

"""The HTTP server: waitress over the application, on an address of the settings."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Mapping
from typing import Any

import waitress.server

from search_app import create_app, settings
from search_app.errors import UsageError


def make_server(given: Mapping[str, str | None]) -> tuple[Any, str]:
    """A server that listens but does not run yet, and its address. Raises UsageError."""
    values = settings.load(given)
    host, port = values["host"], values["port"]
    if not port.isdigit() or int(port) > 65_535 or not values["threads"].isdigit() or values["threads"] == "0":
        raise UsageError("port or threads is no number in its range", f"{host}:{port}", "give whole numbers")
    try:
        server = waitress.server.create_server(
            create_app(given), host=host, port=int(port), threads=int(values["threads"]), ident=None
        )
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        what = f"port {port} is taken or not allowed" if taken else f"cannot listen: {error.strerror or error}"
        raise UsageError(what, f"{host}:{port}", "choose another with --port, or --port 0 for a free one") from error
    return server, f"http://{host}:{server.effective_port}/"


def log_to_stderr() -> None:
    """Log as lines of JSON; what is logged never holds the text of a query."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format='{"time": "%(asctime)s", "level": "%(levelname)s", "name": "%(name)s", "message": %(message)r}',
    )
    # Werkzeug and waitress would name the address that was asked for, and it holds the query.
    for name in ("werkzeug", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)

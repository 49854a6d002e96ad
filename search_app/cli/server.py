"""The HTTP server: waitress over the application, on an address of the settings."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

import waitress.server

from search_app import create_app, settings
from search_app.errors import UsageError
from search_app.security import MOST_BODY

_MOST_PORT = 65_535
_MOST_THREADS = 256
# Seconds until a connection that says nothing is closed, and how many there may be.
_PATIENCE = 20
_CONNECTIONS = 1_000


def make_server(given: Mapping[str, str | None]) -> tuple[Any, str]:
    """A server that listens but does not run yet, and its address. Raises UsageError."""
    values = settings.load(given)
    host, port, threads = values["host"], values["port"], values["threads"]
    if not (_is_number(port) and int(port) <= _MOST_PORT and _is_number(threads) and 0 < int(threads) <= _MOST_THREADS):
        raise UsageError("port or threads is no number in its range", f"port {port}, threads {threads}", "give numbers")
    try:
        server = waitress.server.create_server(
            create_app(given),
            host=host,
            port=int(port),
            threads=int(threads),
            ident=None,
            max_request_body_size=2 * MOST_BODY,  # Flask refuses at half of it, with a problem
            channel_timeout=_PATIENCE,
            connection_limit=_CONNECTIONS,
        )
    except (OSError, ValueError) as error:
        what = f"cannot listen: {getattr(error, 'strerror', None) or error}"
        remedy = "choose another with --host and --port; --port 0 takes a free one"
        raise UsageError(what, f"{host}:{port}", remedy) from error
    # A name such as localhost may stand for several addresses: the first is told.
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    shown = f"[{host}]" if ":" in host else host
    return server, f"http://{shown}:{listening[0][1]}/"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


class _AsJson(logging.Formatter):
    """One line of JSON for each record: time, level, name, message or the fields of a request; never a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {"time": self.formatTime(record), "level": record.levelname, "name": record.name}
        fields = getattr(record, "fields", None)
        return json.dumps({**told, **(fields or {"message": record.getMessage()})})


def log_to_stderr(*, quiet: bool) -> None:
    """Log as lines of JSON; what is logged never holds the text of a query. `quiet`: errors alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    logging.basicConfig(handlers=[handler], level=logging.ERROR if quiet else logging.INFO)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it names what it could not parse

"""Headers of every response (strict CSP, no referrer), a bound on the size of requests, a log without texts."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, abort, g, request

ROUTE_OF_API = "/api/"
MOST_BODY = 128 * 1024
_HEADERS = {
    # No script is needed anywhere, so none may run.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # What somebody searched for stands in the address; it must not travel to the next site.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
access = logging.getLogger("seealso.access")


def init_app(app: Flask) -> None:
    """Bound the size of requests, set the headers, and log each request as a line of JSON without its texts."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    # Ids may hold slashes; two in a row are none of ours.
    app.url_map.merge_slashes = False

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        try:
            request.query_string.decode()
        except UnicodeDecodeError:
            abort(400, "the query of the address is not UTF-8")

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        if access.isEnabledFor(logging.INFO):
            rule = request.url_rule.rule if request.url_rule else "unknown"
            spent = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
            line = {"method": request.method, "route": rule, "status": response.status_code, "ms": spent}
            access.info("request", extra={"fields": line})
        return response

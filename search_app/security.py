"""Headers of every response (strict CSP, no referrer), a bound on the size of requests, an id and a line of the log for
each, without its texts.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Request, Response, abort, g, request

ROUTE_OF_API = "/api/"
MOST_BODY = 128 * 1024
# What a site may push at once, with its key: a document may have a million characters.
MOST_PUSHED = 4 * 1024**2
# No script is needed anywhere; on pages those of this site may run: suggestions under the field, keys on the desk.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
# HTML of these has no script: frames of other sites, and the description of the API.
_WITHOUT_SCRIPTS = ("panel", "api")
# What the listed sites may put in a frame, and what their scripts may ask.
_FRAMED, _ASKED = ("pages", "panel"), ("api", "panel")
# What the script of the panel is made of, which any site may load; nobody else's is answered by it.
_FOR_ALL = ("see-also.js", "panel.css")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # What somebody searched for stands in the address; it must not travel to the next site.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# By this name a request is known to the proxy before it and in every line of the log.
REQUEST_ID = "X-Request-ID"
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Any other is a word of the client's own.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
access = logging.getLogger("seealso.access")


def init_app(app: Flask, origins: tuple[str, ...], *, counting: bool) -> None:
    """Bound the size of requests, set the headers, and log each request as a line of JSON without its texts. `origins`
    are the sites that may ask by scripts and show in frames; with `counting` a page hears from this site's own results
    that it was opened from them.
    """
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    # Ids may hold slashes; two in a row are none of ours.
    app.url_map.merge_slashes = False

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        g.id = id_of(request.headers.get(REQUEST_ID, ""))
        try:
            request.query_string.decode()
        except UnicodeDecodeError:
            abort(400, "the query of the address is not UTF-8")

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        framed = request.blueprint in _FRAMED and origins
        policy = POLICY + (" ".join(origins) if framed else "'none'")
        response.headers.setdefault("Content-Security-Policy", policy)
        _admit(response, origins)
        if response.mimetype == "text/html" and request.blueprint not in _WITHOUT_SCRIPTS:
            response.headers["Content-Security-Policy"] += "; script-src 'self'; connect-src 'self'"
        if request.blueprint == "desk" or (counting and request.blueprint == "pages"):
            # By no-referrer a browser says of a form that it comes from nowhere (Origin: null).
            response.headers["Referrer-Policy"] = "same-origin"
        if "id" in g:
            response.headers[REQUEST_ID] = g.id
        if access.isEnabledFor(logging.INFO):
            spent = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
            method = request.method if request.method in _METHODS else "other"
            line = {"method": method, "route": route_of(request), "status": response.status_code, "ms": spent}
            access.info("request", extra={"fields": line})
        return response


def _admit(response: Response, origins: tuple[str, ...]) -> None:
    """Let scripts of the listed sites read the answer (CORS), and any site load the script of the panel."""
    if request.endpoint == "static" and (request.view_args or {}).get("filename") in _FOR_ALL:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif request.blueprint in _ASKED and origins:
        response.vary.add("Origin")
        if (origin := request.headers.get("Origin", "")) in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = f"ETag, {REQUEST_ID}"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
                response.headers["Access-Control-Max-Age"] = "600"


def route_of(request: Request) -> str:
    """The rule that a request's address follows, such as /questions/<id>; the address itself holds what was asked."""
    return request.url_rule.rule if request.url_rule else "unknown"


def id_of(given: str) -> str:
    """The id of a request: the one that came with it, where it is one, else a new one."""
    return given if _TAKEN.fullmatch(given) else secrets.token_hex(8)

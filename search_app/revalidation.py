"""Tags each answer by its generation, and answers 304 where the client has that answer already."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from indexer import Index
from search_app.services import served

# The settings that a page shows.
_SHOWN = ("site_name", "emergency", "crisis", "notices", "canonical")
# Seconds in which the browser of another site's visitor may show the panel it has while it asks for the new one.
_STALE = 60
# The editors' pages are kept by nobody, and files have tags of their own.
_PAGES = ("pages", "topics", "findable", "asking")
_BLUEPRINTS = ("api", "panel", *_PAGES)


def init_app(app: Flask, version: str) -> None:
    """Tag what API and pages answer, and answer 304 before anything is searched where the client names the tag."""
    # Not its port: two processes behind one proxy have the same tag for the same page.
    shown = repr([app.config["SEEALSO"][name] for name in _SHOWN])

    @app.before_request
    def compare() -> Response | None:
        asked = request.blueprint
        if asked not in _BLUEPRINTS or request.method not in ("GET", "HEAD"):
            return None
        parts = [version, served().name, request.script_root, request.full_path]
        parts.append(str(served().index.info.semantic))  # what is found where the encoder is missing is another answer
        Index.gave_up.set(False)
        if asked in _PAGES:
            # They show settings, and say of a reply that it is over a year old.
            parts += [shown, datetime.now(UTC).date().isoformat()]
        if asked != "api":  # some links are whole addresses
            parts.append(request.host_url)
        g.tag = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
        return Response(status=304) if g.tag in request.if_none_match.as_set(include_weak=True) else None

    @app.after_request
    def tag(response: Response) -> Response:
        if Index.gave_up.get():
            forgo()
        if "tag" in g and response.status_code in (200, 304):
            # Weak: a proxy may compress the answer on its way.
            response.set_etag(g.tag, weak=True)
            # Kept, but never used without asking; what somebody searched for is kept by nobody on the way.
            private = "q" in request.args or "key" in g
            response.headers["Cache-Control"] = "private, no-cache" if private else "no-cache"
            if request.blueprint == "panel":
                response.headers["Cache-Control"] = f"max-age=0, stale-while-revalidate={_STALE}"
            if not private:
                # nginx keeps nothing that says no-cache, unless this tells it to: until long ago, so it asks each time.
                response.headers["X-Accel-Expires"] = "@1"
        return response


def forgo() -> None:
    """Give this answer no tag, because a part of the page failed: the next request must make it anew."""
    g.pop("tag", None)

"""Files of the pages have addresses that name their content, so that browsers keep them for good and ask no more."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

_ENDPOINT, _VERSION = "static", "v"
_FOR_GOOD = "public, max-age=31536000, immutable"
_DIGITS = 12


def init_app(app: Flask) -> str:
    """Let addresses of files carry a digest of what is in them; only what is asked for by that may be kept. Gives what
    differs where any of them does.
    """
    folder = Path(str(app.static_folder))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS] for path in folder.iterdir()}

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == _ENDPOINT and values.get("filename") in digests:
            values[_VERSION] = digests[values["filename"]]

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == _ENDPOINT and response.status_code in (200, 304):
            name, asked = (request.view_args or {}).get("filename"), request.args.get(_VERSION)
            if asked and asked == digests.get(str(name)):
                response.headers["Cache-Control"] = _FOR_GOOD
        return response

    return " ".join(digests[name] for name in sorted(digests))

"""The faces: web pages, API and command line over an index. `create_app` makes the Flask application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from indexer import Settings, read_notices
from search_app import (
    api,
    asking,
    assets,
    desk,
    errors,
    findable,
    gaps,
    monitoring,
    overload,
    pages,
    panel,
    revalidation,
    security,
    services,
    settings,
    topics,
    words,
)
from search_app.decisions.ledger import Ledger

__all__ = ["create_app"]
__version__ = "0.1.0"


class _Application(Flask):
    """Flask, but for its log of exceptions, which would write the message of an error and the address asked for."""

    def log_exception(self, exc_info: Any) -> None:
        """Say nothing: `errors` logs where it broke, and as what."""


def create_app(given: Mapping[str, str | None] | None = None) -> Flask:
    """The application over one index; `given` settings go before the environment and seealso.toml.

    The index is not opened before the first request, so a server may fork after this. Raises UsageError for settings,
    and RequestRefused for notices that cannot be used.
    """
    values = settings.load(given)
    app = _Application(__name__)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config["SEEALSO"] = values
    site_words = words.init_app(app, values["words"])
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it; facets are in order of counts
    security.init_app(app, settings.origins_of(values), counting=bool(values["gaps"]))
    gaps.init_app(app, values["gaps"])
    files = assets.init_app(app)
    monitoring.init_app(app)
    overload.init_app(app, int(values["budget"]))
    read_notices(values["notices"] or None)  # a table that cannot be used is told before anybody is served
    services.init_app(
        app,
        settings.index_of(values),
        Settings(notices=values["notices"] or None, meaning=values["meaning"]),
        Ledger(values["decisions"]),
    )
    api.init_app(app, values)
    revalidation.init_app(app, f"{__version__} {site_words.digest} {files}")
    errors.init_app(app, site_words.text)
    pages.init_app(app)
    findable.init_app(app)
    asking.init_app(app)
    desk.init_app(app)
    app.register_blueprint(panel.bp)
    app.register_blueprint(topics.bp)
    return app

"""Puts the parts of the web application together; `create_app` of this package calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

import search_app
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


class _Application(Flask):
    """Flask, but for its log of exceptions, which would write the message of an error and the address asked for."""

    def log_exception(self, exc_info: Any) -> None:
        """Say nothing: `errors` logs where it broke, and as what."""


def made(given: Mapping[str, str | None] | None = None) -> Flask:
    """The application: see `create_app`."""
    values = settings.load(given)
    app = _Application(__package__)
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
    revalidation.init_app(app, f"{search_app.__version__} {site_words.digest} {files}")
    errors.init_app(app, site_words.text)
    pages.init_app(app)
    findable.init_app(app)
    asking.init_app(app)
    desk.init_app(app)
    app.register_blueprint(panel.bp)
    app.register_blueprint(topics.bp)
    return app

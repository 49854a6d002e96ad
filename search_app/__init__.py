"""The faces: web pages, API and command line over an index. `create_app` makes the Flask application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]
__version__ = "0.1.0"


def create_app(given: Mapping[str, str | None] | None = None) -> Flask:
    """The application over one index; `given` settings go before the environment and seealso.toml.

    The index is not opened before the first request, so a server may fork after this. Raises UsageError for settings,
    and RequestRefused for notices that cannot be used.
    """
    from search_app.application import made  # noqa: PLC0415 (a command that serves nothing needs no Flask)

    return made(given)

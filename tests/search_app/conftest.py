"""The application over the sample index, and over none."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search_app import create_app, services


@pytest.fixture(scope="session")
def client(sample_path: Path) -> FlaskClient:
    """A client of the application over the sample index."""
    return create_app({"index": str(sample_path)}).test_client()


@pytest.fixture
def empty_client(tmp_path: Path) -> FlaskClient:
    """A client of the application where no index was built."""
    return create_app({"index": str(tmp_path / "none")}).test_client()


def renew(app: Flask) -> None:
    """Let an application notice what was published since, and wait until it serves it."""
    handle = app.extensions[services._KEY]
    handle.current()
    if renewal := handle._renewal:
        renewal.join(30)

"""Overload: too many requests at once, requests that waited too long, and pages that are late."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_app import pages
from search_app.errors import refusal
from search_app.overload import ARRIVED
from tests.search_app.serving import serving, status

DRAFT = {"text": "My knee hurts since the cement leaked after kyphoplasty. " * 200}


def ask(address: str) -> tuple[int, str, dict[str, str]]:
    """Status, kind of error and headers of the answer to a long draft."""
    request = urllib.request.Request(
        f"{address}api/v1/similar", json.dumps(DRAFT).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, "", dict(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["type"], dict(error.headers)


def test_what_is_more_than_can_wait_is_refused(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty requests at once some are answered, the others refused with 503, Retry-After and the same headers as
    every answer; whoever asks after the server's health is always answered, and afterwards everybody is.
    """
    monkeypatch.setitem(os.environ, "SEEALSO_WAITING", "2")
    with serving(sample_path, 1_024) as server, ThreadPoolExecutor(40) as clients:
        assert status(f"{server.address}readyz") == 200
        asked = [clients.submit(ask, server.address) for _ in range(40)]
        assert status(f"{server.address}healthz") == 200
        answers = [one.result() for one in asked]
        assert set(Counter(code for code, _, _ in answers)) == {200, 503}
        for code, kind, headers in answers:
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            if code == 503:
                assert kind == "urn:seealso:error:Overloaded"
                assert headers["Retry-After"] == "5"
        assert ask(server.address)[0] == 200


def test_a_request_that_waited_longer_than_its_budget_is_refused(client: FlaskClient) -> None:
    """Who asked for it has gone; what needs no search is answered all the same."""
    late = {ARRIVED: time.monotonic() - 60}
    answer = client.get("/search?q=cement", environ_overrides=late)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too many requests at once" in answer.text
    assert client.get("/healthz", environ_overrides=late).status_code == 200
    assert client.get("/search?q=cement", environ_overrides={ARRIVED: time.monotonic()}).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "topics", "feed.atom", "opensearch/suggest?q=knee", "sitemap/0.xml", "desk", "nothing"]
)
def test_no_page_is_made_for_who_has_gone(client: FlaskClient, path: str) -> None:
    """Whatever is asked for, but the state of the server and its files; a draft as well."""
    late = {ARRIVED: time.monotonic() - 60}
    assert client.get(f"/{path}", environ_overrides=late).status_code == 503
    assert client.post("/ask", data={"title": "Knee pain"}, environ_overrides=late).status_code == 503
    assert client.get("/static/site.css", environ_overrides=late).status_code in (200, 404)


def test_what_stands_on_another_sites_page_is_refused_by_a_comment(client: FlaskClient) -> None:
    """A server includes what it gets: no page within its page."""
    assert refusal(client.application, "/panel")[2].startswith(b"<!-- SeeAlso")
    assert refusal(client.application, "/frame")[2].startswith(b"<!-- SeeAlso")


def test_a_page_that_is_late_is_shown_without_its_panel(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the question comes first; what was left out is not kept by any cache."""
    whole = client.get("/questions/q-0039")
    monkeypatch.setattr(pages, "is_late", lambda: True)
    page = client.get("/questions/q-0039")
    assert page.status_code == 200
    assert len(page.text) < len(whole.text)
    assert "ETag" not in page.headers

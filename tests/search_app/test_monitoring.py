"""What machines meet: metrics, request ids, robots.txt, and a log that never holds what was asked."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

import indexer
from search_app import create_app
from tests.documents import question
from tests.search_app.serving import serving

SECRET = "quuxitis"


def metrics(client: FlaskClient) -> dict[str, float]:
    """Every sample of /metrics by its name and labels, as Prometheus' own parser reads them."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        " ".join((sample.name, *(f"{key}={value}" for key, value in sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An application over an index of one question."""
    indexer.build(tmp_path / "index", [question("a", "Knee pain")])
    return create_app({"index": str(tmp_path / "index")})


def test_metrics_count_requests_by_route(app: Flask) -> None:
    """Times are told by route and status, never by address."""
    client = app.test_client()
    for path in ("/search?q=knee", f"/search?q={SECRET}", "/questions/a", f"/questions/{SECRET}", f"/{SECRET}"):
        client.get(path)
    told = metrics(client)
    assert told["seealso_request_seconds_count route=/search status=200"] == 2
    assert told["seealso_request_seconds_count route=/questions/<path:id_> status=200"] == 1
    assert told["seealso_request_seconds_count route=/questions/<path:id_> status=404"] == 1
    assert told["seealso_request_seconds_count route=unknown status=404"] == 1
    assert SECRET not in client.get("/metrics").text


def test_metrics_tell_the_generation_and_the_process(app: Flask, tmp_path: Path) -> None:
    """What is served, what was published, since when they differ, open files and memory."""
    client = app.test_client()
    assert metrics(client)["seealso_generation_behind_seconds"] == 0
    indexer.build(tmp_path / "index", [question("a", "Knee pain"), question("b", "Hip pain")])
    file = tmp_path / "index" / "generations" / "000002" / "manifest.json"
    file.write_bytes(file.read_bytes()[:-9])  # it cannot be served
    told = metrics(client)
    assert (told["seealso_generation_served"], told["seealso_generation_published"]) == (1, 2)
    assert told["seealso_generation_behind_seconds"] >= 0
    assert told["seealso_documents"] == 1
    if Path("/proc/self/fd").exists():
        assert 0 < told["process_open_fds"] < told["process_max_fds"]


def test_metrics_stand_without_an_index(empty_client: FlaskClient) -> None:
    """Whoever watches a site learns of the process, and by what is missing that nothing is served."""
    told = metrics(empty_client)
    assert "seealso_generation_served" not in told


@pytest.mark.parametrize("given", ["proxy-7.a_b", "x" * 64])
def test_a_request_keeps_the_id_that_its_proxy_gave(client: FlaskClient, given: str) -> None:
    """The id comes back with the answer, also with an error."""
    for path in ("/search?q=cement", "/nothing", "/healthz"):
        assert client.get(path, headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "two words", "line\u00e9", '"quoted"'])
def test_an_id_that_is_none_is_replaced(client: FlaskClient, given: str) -> None:
    """What comes from outside stands in no log unless it is short and plain."""
    own = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert len(own) == 16
    assert own != given


def test_crawlers_are_asked_to_leave_searches_alone(client: FlaskClient) -> None:
    """Pages of content may be listed; searches, of which there is no end, the API and the desk not."""
    told = client.get("/robots.txt")
    assert told.mimetype == "text/plain"
    assert {"Disallow: /search", "Disallow: /api/", "Disallow: /desk"} <= set(told.text.splitlines())


def test_nothing_that_was_asked_is_ever_logged(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every route was asked for a word, in address, body and headers, in good and broken requests, no line of the
    server's output holds it; and every line of the log is JSON with the id of its request.
    """
    monkeypatch.setenv("SEEALSO_DUPLICATES", "on")
    with serving(sample_path, logged=True) as (address, process):
        try:
            for rule in create_app({"index": str(sample_path)}).url_map.iter_rules():
                path = rule.rule.replace("<path:id_>", SECRET).replace("<path:name>", SECRET)
                for query in (
                    f"?q={SECRET}",
                    f"?{SECRET}=1",
                    f"?page={SECRET}",
                    f"?kind={SECRET}",
                    f"?a={SECRET}&b=%ff",
                ):
                    fetch(address + path[1:] + query)
            for body in (json.dumps({"text": SECRET}), f'{{"text": "{SECRET}', json.dumps({SECRET: SECRET})):
                fetch(f"{address}api/v1/similar", body.encode())
            broken(
                address,
                f"GET /{SECRET}\r\n\r\n",
                f"{SECRET.upper()} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                f"GET /search?q={SECRET} HTTP/9\r\n\r\n",
                f"{SECRET}: 1\r\n\r\n",
            )
        finally:
            process.terminate()
            out, log = process.communicate(timeout=60)
    assert SECRET not in (out + log).lower()
    lines = [json.loads(line) for line in log.splitlines()]
    assert len(lines) > 50
    assert all(line["request"] for line in lines if line["name"] == "seealso.access")


def fetch(address: str, body: bytes | None = None) -> None:
    """Ask, whatever the answer."""
    headers = {"X-Request-ID": f"{SECRET} {SECRET}", "User-Agent": SECRET, "Content-Type": "application/json"}
    with (
        suppress(urllib.error.HTTPError),
        urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as response,
    ):
        response.read()


def broken(address: str, *requests: str) -> None:
    """Send what no client should."""
    host, port = address.removeprefix("http://").strip("/").split(":")
    for request in requests:
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass

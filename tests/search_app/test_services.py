"""What requests share: panels that are kept, a generation for each process, compiled loops where there are any."""

from __future__ import annotations

import importlib.util
import weakref
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import indexer
from search_app import create_app, services
from tests.documents import question


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids whose panels an index was asked for."""
    ids: list[str] = []
    related = indexer.Index.related

    def counted(self: indexer.Index, id_: str, **more: Any) -> indexer.Panel:
        ids.append(id_)
        return related(self, id_, **more)

    monkeypatch.setattr(indexer.Index, "related", counted)
    return ids


@pytest.fixture
def app(sample_path: Path) -> Flask:
    """An application of its own, which keeps nothing yet."""
    return create_app({"index": str(sample_path)})


def test_a_panel_is_made_once(app: Flask, asked: list[str]) -> None:
    """The second request of the API and the page of the document have what the first one made."""
    client = app.test_client()
    first, second = (client.get("/api/v1/related/q-0039") for _ in range(2))
    assert first.data == second.data
    assert client.get("/questions/q-0039").status_code == 200
    assert asked == ["q-0039"]


def test_filter_and_limit_have_panels_of_their_own(app: Flask, asked: list[str]) -> None:
    """What is kept is the answer to exactly this request."""
    client = app.test_client()
    answers = [
        client.get(f"/api/v1/related/q-0039{query}").json
        for query in ("", "?limit=1", "?kind=article", "?kind=article&limit=4", "?limit=4")
    ]
    assert asked == ["q-0039"] * 3
    assert answers[0] == answers[4]
    assert len(answers[1]["cards"]) == 1  # type: ignore[index]
    assert {card["kind"] for card in answers[2]["cards"]} <= {"article"}  # type: ignore[index]
    assert answers[2] == answers[3]


def test_an_unknown_document_is_not_kept(app: Flask, asked: list[str]) -> None:
    """An error is no panel: it is looked up again."""
    for _ in range(2):
        assert app.test_client().get("/api/v1/related/none").status_code == 404
    assert asked == ["none", "none"]


def test_kept_panels_are_bounded(sample_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the panel that was not asked for the longest time goes."""
    monkeypatch.setattr(services, "MOST_PANELS", 2)
    client = create_app({"index": str(sample_path)}).test_client()
    for id_ in ("q-0001", "q-0002", "q-0001", "q-0003", "q-0001", "q-0002"):
        client.get(f"/api/v1/related/{id_}")
    assert asked == ["q-0001", "q-0002", "q-0003", "q-0002"]


def test_kept_panels_go_with_their_generation(tmp_path: Path) -> None:
    """A new generation answers with its own panels; the old one is closed at once, and what was made of it is gone."""
    indexer.build(tmp_path, [question("a", "Knee pain after a fall", "My knee hurts since I fell from the stairs.")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/api/v1/related/a").json["generation"] == 1  # type: ignore[index]
    client.get("/")
    old = weakref.ref(app.extensions[services._KEY].current())
    index = old().index  # type: ignore[union-attr]
    indexer.build(tmp_path, [question("a", "Hip pain")])
    assert client.get("/api/v1/related/a").json["generation"] == 2  # type: ignore[index]
    assert old() is None
    with pytest.raises(indexer.SearchError, match="closed"):
        index.get("a")


def test_a_generation_is_open_while_a_request_answers_from_it(tmp_path: Path) -> None:
    """A request that began before a newer generation was published answers from the older one to its end."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    with app.app_context():
        before = services.served()
    indexer.build(tmp_path, [question("a", "Hip pain")])
    assert app.test_client().get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]
    assert before.index.get("a").title == "Knee pain"


def test_a_panel_needs_no_ranking(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel of a document is looked up: where ranking breaks, the API and the page still have it."""

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("it was ranked")

    with app.app_context():
        engine = type(services.index().engine)
    for name in ("rank", "rank_twice"):
        monkeypatch.setattr(engine, name, broken)
    assert app.test_client().get("/api/v1/related/q-0039").json["cards"]  # type: ignore[index]
    assert b"sa-card" in app.test_client().get("/questions/q-0039").data
    assert app.test_client().post("/api/v1/similar", json={"text": "cement leaked"}).status_code == 500


def test_kept_json_is_the_panels(client: FlaskClient, sample_index: indexer.Index) -> None:
    """What is kept as bytes says what the index answers, letter by letter."""
    with client.application.app_context():
        kept = services.KeptPanel(sample_index.related("q-0039"))
        assert kept.json is kept.json
        assert client.get("/api/v1/related/q-0039").data == kept.json


@pytest.mark.parametrize(("found", "enough"), [(True, True), (False, True), (True, False)])
def test_a_server_uses_compiled_loops_where_they_are(
    found: bool, enough: bool, sample_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the extra `fast` an index of some size is opened for a process that asks often; without it, or small, it
    opens all the same.
    """
    if found and importlib.util.find_spec("numba") is None:
        pytest.skip("the extra `fast` is not installed")
    given: list[bool] = []
    opened = indexer.open_index

    def noted(path: Path, **options: indexer.Settings) -> indexer.Index:
        given.append(any(settings.compiled for settings in options.values()))
        return opened(path, **options)

    monkeypatch.setattr("indexer.settings.is_fast", lambda: found)
    monkeypatch.setattr(services, "open_index", noted)
    monkeypatch.setattr(services, "_WORTH_COMPILING", 1 if enough else 1_000)
    assert create_app({"index": str(sample_path)}).test_client().get("/readyz").status_code == 200
    assert given == ([False, True] if found and enough else [False])

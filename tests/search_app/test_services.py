"""What requests share: panels that are kept, a generation for each process, compiled loops where there are any."""

from __future__ import annotations

import gc
import importlib.util
import os
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import indexer
from indexer.generation.folder import manifest, verify
from search_app import create_app, services
from tests.documents import question
from tests.search_app.conftest import renew


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


def test_a_panel_that_lacks_something_is_made_again(
    app: Flask, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made while the encoder was too slow is shown, and kept by nobody; what is whole then is kept."""
    related, slow = indexer.Index.related, iter([True, False])

    def related_late(self: indexer.Index, id_: str, **more: Any) -> indexer.Panel:
        indexer.Index.gave_up.set(next(slow))
        return related(self, id_, **more)

    monkeypatch.setattr(indexer.Index, "related", related_late)
    client = app.test_client()
    answers = [client.get("/api/v1/related/q-0039") for _ in range(3)]
    assert answers[0].json == answers[1].json
    assert ["ETag" in answer.headers for answer in answers] == [False, True, True]
    assert asked == ["q-0039"] * 2


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
    renew(app)
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
    renew(app)
    assert app.test_client().get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]
    assert before.index.get("a").title == "Knee pain"


def test_a_panel_needs_no_ranking(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel of a document is looked up: where ranking breaks, the API and the page still have it."""

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("it was ranked")

    with app.app_context():
        generation = type(services.index()._generation)
    monkeypatch.setattr(generation, "find", broken)
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
    """With the extra `fast` an index of some size is served by compiled loops; without it, or small, it is served all
    the same.
    """
    if found and importlib.util.find_spec("numba") is None:
        pytest.skip("the extra `fast` is not installed: pip install 'seealso[fast]'")
    monkeypatch.setattr("indexer.ranking.resources.is_fast", lambda: found)
    monkeypatch.setattr("indexer.ranking.resources._WORTH_LOADING", 1 if enough else 1_000)
    app = create_app({"index": str(sample_path)})
    assert app.test_client().get("/readyz").status_code == 200
    if found and enough:
        wait_for(lambda: is_compiled(app))
    with app.app_context():
        assert (services.index().compiled() is services.index()) == (not (found and enough) or is_compiled(app))


def test_no_request_waits_for_compiled_loops(
    sample_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While they are compiled, which may take ten seconds, requests are answered by NumPy; a page that is taken down
    meanwhile is gone with the next request, and what is served in the end is the newest generation, compiled.
    """
    if importlib.util.find_spec("numba") is None:
        pytest.skip("the extra `fast` is not installed: pip install 'seealso[fast]'")
    monkeypatch.setattr("indexer.ranking.resources._WORTH_LOADING", 1)
    indexer.build(tmp_path, [question("a", "Knee pain"), question("b", "Hip pain")])
    compiled, may_compile = indexer.Index.compiled, threading.Event()

    def slow(self: indexer.Index) -> indexer.Index:
        index = compiled(self)
        assert may_compile.wait(30)
        return index

    monkeypatch.setattr(indexer.Index, "compiled", slow)
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/questions/a").status_code == client.get("/questions/b").status_code == 200
    indexer.update(tmp_path, delete=["a"])
    assert [client.get(f"/questions/{id_}").status_code for id_ in "ab"] == [404, 200]
    assert not is_compiled(app)
    may_compile.set()
    wait_for(lambda: is_compiled(app))
    assert [client.get(f"/questions/{id_}").status_code for id_ in "ab"] == [404, 200]


def test_a_server_without_a_place_for_compiled_loops_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It answers by NumPy, and its log has what to do."""

    def refuse(_: indexer.Index) -> indexer.Index:
        raise indexer.RequestRefused("the compiled loops do not load", "Settings.compiled", "set NUMBA_CACHE_DIR")

    monkeypatch.setattr(indexer.Index, "compiled", refuse)
    assert app.test_client().get("/search?q=cement").status_code == 200
    wait_for(lambda: bool(caplog.records))
    assert "set NUMBA_CACHE_DIR" in caplog.text
    assert "NumPy" in caplog.text


def is_compiled(app: Flask) -> bool:
    """Whether an application serves by compiled loops."""
    with app.app_context():
        impacts = services.index()._generation._segments._parts[0].impacts  # type: ignore[attr-defined]
        return impacts._kernels is not None


def wait_for(true: Callable[[], bool]) -> None:
    """Return when something is true, within a minute."""
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_no_request_waits_for_a_newer_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a newer one is opened and verified, requests are answered from the one before; then it is served."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/readyz").json["generation"] == 1  # type: ignore[index]
    indexer.build(tmp_path, [question("a", "Hip pain")])
    latest, may_open = indexer.Index.latest, threading.Event()

    def slow(self: indexer.Index) -> indexer.Index:
        assert may_open.wait(30)
        return latest(self)

    monkeypatch.setattr(indexer.Index, "latest", slow)
    assert [client.get("/readyz").json["generation"] for _ in range(3)] == [1, 1, 1]  # type: ignore[index]
    may_open.set()
    renew(app)
    assert client.get("/readyz").json["generation"] == 2  # type: ignore[index]


def test_a_damaged_index_is_read_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests in between are told the same at once, and when to come again; a rollback is served after the pause."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    indexer.build(tmp_path, [question("a", "Hip pain")])
    file = tmp_path / "generations" / "000002" / "arrays" / "000002" / "kind.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    opened: list[object] = []
    real = indexer.open_index

    def counted(*args: Any, **more: Any) -> indexer.Index:
        opened.append(args)
        return real(*args, **more)

    monkeypatch.setattr(services, "open_index", counted)
    app = create_app({"index": str(tmp_path)})
    answers = [app.test_client().get(path) for path in ("/", "/search?q=hip", "/api/v1/search?q=hip", "/readyz")]
    assert [(a.status_code, a.headers["Retry-After"]) for a in answers] == [(503, "5")] * 4
    assert len(opened) == 1
    indexer.rollback(tmp_path)
    monkeypatch.setattr(app.extensions[services._KEY], "_try_again", 0.0)
    assert app.test_client().get("/api/v1/search?q=knee").json["total"] == 1  # type: ignore[index]


def test_another_index_in_its_place_is_verified(tmp_path: Path) -> None:
    """A folder that is moved where another was is no generation of that, not even with the same number: its bytes are
    read, and where they are not what was written the index that was open serves on.
    """
    for name, title in (("served", "Knee pain"), ("other", "Hip pain")):
        indexer.build(tmp_path / name, [question("a", title)])
    file = tmp_path / "other" / "generations" / "000001" / "arrays" / "000001" / "kind.npy"
    data, times = file.read_bytes(), file.stat()
    file.write_bytes(data[:-1] + b"?")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    app = create_app({"index": str(tmp_path / "served")})
    client = app.test_client()
    assert "Knee pain" in client.get("/questions/a").text
    (tmp_path / "served").rename(tmp_path / "away")
    (tmp_path / "other").rename(tmp_path / "served")
    assert "Knee pain" in client.get("/questions/a").text
    file = tmp_path / "served" / file.relative_to(tmp_path / "other")
    file.write_bytes(data)
    app.extensions[services._KEY]._try_again = 0.0
    assert "Hip pain" in client.get("/questions/a").text


def test_another_index_may_lack_any_page(tmp_path: Path) -> None:
    """Of a generation that follows one of the same number in another folder nobody knows what is gone."""
    indexer.build(tmp_path / "served", [question("a", "Knee pain"), question("b", "Hip pain")])
    for _ in range(2):
        indexer.build(tmp_path / "other", [question("b", "Hip pain")])
    client = create_app({"index": str(tmp_path / "served")}).test_client()
    assert client.get("/questions/a").status_code == 200
    (tmp_path / "served").rename(tmp_path / "away")
    (tmp_path / "other").rename(tmp_path / "served")
    assert client.get("/questions/a").status_code == 404


def test_a_generation_that_opens_does_not_wait_for_one_that_did_not(tmp_path: Path) -> None:
    """After one that does not open is rolled back, a page that is taken down is gone with the next request."""
    documents = [question("a", "Knee pain"), question("b", "Hip pain")]
    indexer.build(tmp_path, documents)
    client = create_app({"index": str(tmp_path)}).test_client()
    assert client.get("/questions/a").status_code == 200
    indexer.build(tmp_path, documents)
    manifest = tmp_path / "generations" / "000002" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-9])
    assert client.get("/questions/a").status_code == 200
    indexer.rollback(tmp_path)
    indexer.update(tmp_path, delete=["a"])
    assert client.get("/questions/a").status_code == 404


def test_requests_let_go_of_a_generation_without_the_collector(tmp_path: Path) -> None:
    """Flask keeps what belongs to a request until cycles are collected; the generation is not among it."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    gc.collect()
    gc.disable()
    try:
        for path in ("/", "/search?q=knee", "/questions/a", "/questions/none", "/api/v1/related/a", "/readyz", "/none"):
            app.test_client().get(path)
        old = weakref.ref(app.extensions[services._KEY].current())
        indexer.update(tmp_path, [question("b", "Hip pain")])
        renew(app)
        assert old() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("purge", [False, True])
def test_a_deleted_page_is_gone_with_the_next_request(tmp_path: Path, purge: bool) -> None:
    """Where a generation lacks documents of the one before, requests wait for it; eight at once open it once."""
    indexer.build(tmp_path, [question("a", "Knee pain"), question("b", "Hip pain")])
    app = create_app({"index": str(tmp_path)})
    assert app.test_client().get("/questions/b").status_code == 200
    indexer.update(tmp_path, delete=["b"], purge=purge)
    with ThreadPoolExecutor(8) as pool:
        got = [pool.submit(app.test_client().get, "/questions/b") for _ in range(8)]
    assert [answer.result().status_code for answer in got] == [404] * 8
    assert app.test_client().get("/readyz").json == {
        "status": "ready",
        "generation": 2,
        "published": 2,
        "since": None,
        "decisions": "ok",
        "inbox": {"items": 0, "since": None},
    }


def test_a_generation_that_is_not_served_yet_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one is served, which was published, and since when they differ, for whoever watches."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    client.get("/readyz")
    indexer.build(tmp_path, [question("a", "Hip pain")])
    (tmp_path / "generations" / "000002" / "manifest.json").write_text("{}")
    told = client.get("/readyz")
    assert told.status_code == 200
    assert (told.json["generation"], told.json["published"]) == (1, 2)  # type: ignore[index]
    assert abs(datetime.fromisoformat(told.json["since"]).timestamp() - time.time()) < 60  # type: ignore[index]
    assert client.get("/questions/a").status_code == 200


def test_only_files_that_are_not_shared_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an update the worker reads what it wrote; what is linked from the generation before was verified with it."""
    indexer.build(tmp_path, [question(f"q{n}", f"Knee pain number {n}") for n in range(40)])
    app = create_app({"index": str(tmp_path)})
    app.test_client().get("/readyz")
    indexer.update(tmp_path, [question("new", "Hip pain")])
    read: list[str] = []
    digest = manifest.digest_of

    def noted(path: Path) -> str:
        read.append(path.as_posix())
        return digest(path)

    monkeypatch.setattr(verify, "digest_of", noted)
    renew(app)
    assert any("/arrays/000002/" in name for name in read)
    assert not any("/arrays/000001/" in name for name in read)


def test_where_no_thread_can_start_the_one_before_serves_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that has no thread to give costs the newer generation a pause, and no request."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/readyz").json["generation"] == 1  # type: ignore[index]
    indexer.build(tmp_path, [question("a", "Hip pain")])

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        assert client.get("/api/v1/search?q=knee").json["total"] == 1  # type: ignore[index]
    monkeypatch.setattr(app.extensions[services._KEY], "_try_again", 0.0)
    renew(app)
    assert client.get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]


def test_the_first_request_in_a_while_sees_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is asked nothing looks by itself."""
    monkeypatch.setattr(services, "_LOOKING", 0.05)
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app, ended = create_app({"index": str(tmp_path)}), threading.Event()
    watch = threading.Thread(target=services.keep_current, args=(app, ended))
    watch.start()
    try:
        handle = app.extensions["seealso.index"]
        wait_for(lambda: handle._opened is not None)
        indexer.update(tmp_path, [question("b", "Hip pain")])
        wait_for(lambda: sum(handle._opened.index.info.documents.values()) == 2)
        assert app.test_client().get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]
    finally:
        ended.set()
        watch.join(10)
    assert not watch.is_alive()

"""The JSON API: its shapes, its refusals, and what it never does."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import indexer
from search_app import create_app
from search_app.decisions.accounts import SCOPES, Accounts
from search_app.decisions.database import Database
from search_app.outside import ERRORS
from tests.search_app.conftest import renew

SEARCH = {"generation", "total", "page", "pages", "did_you_mean", "respelled", "facets", "close", "hits", "notice"}
HIT = {"id", "kind", "title", "url", "specialty", "topics", "date", "answered", "score", "snippet"}
CARD = {"id", "kind", "title", "url", "date", "answered", "excerpt", "reply", "score", "matched"}
PROBLEM = {"type", "title", "status", "detail", "what", "where", "next"}


def test_search_has_the_plans_shape(client: FlaskClient) -> None:
    """Keys, types and snippet fragments are as documented."""
    found = client.get("/api/v1/search?q=bone+cement&size=2").json
    assert found is not None
    assert set(found) >= SEARCH
    assert len(found["hits"]) == 2
    assert set(found["hits"][0]) >= HIT
    assert all(isinstance(text, str) and isinstance(matched, bool) for text, matched in found["hits"][0]["snippet"])
    assert found["facets"]["kind"]["question"] >= 2


def test_related_and_similar_have_the_plans_shape(client: FlaskClient) -> None:
    """A panel has cards with the asker's and the doctor's words, and topics."""
    panels = [
        client.get("/api/v1/related/q-0039?limit=2").json,
        client.post("/api/v1/similar", json={"text": "cement leaked after kyphoplasty, is it bad?"}).json,
    ]
    for panel in panels:
        assert panel is not None
        assert set(panel) >= {"generation", "cards", "topics"}
        assert set(panel["cards"][0]) >= CARD
        assert set(panel["topics"][0]) == {"name", "specialty"}


def test_similar_never_echoes_the_text(client: FlaskClient) -> None:
    """What was sent is not in the answer."""
    response = client.post("/api/v1/similar", json={"text": "cement leaked, my name is Xanthippe Quux"})
    assert "Xanthippe" not in response.text


def test_the_api_and_the_index_agree(client: FlaskClient, sample_index: indexer.Index) -> None:
    """JSON is the dataclass: ids, scores and words are those of the index."""
    panel = client.get("/api/v1/related/q-0039").json
    assert panel is not None
    expected = sample_index.related("q-0039")
    assert [(c["id"], c["score"], tuple(c["matched"])) for c in panel["cards"]] == [
        (c.id, c.score, c.matched) for c in expected.cards
    ]


FAILING: list[tuple[str, str, object, int]] = [
    ("GET", "/api/v1/nowhere", None, 404),
    ("GET", "/api/v1/related/none", None, 404),
    ("GET", "/api/v1/related/", None, 404),
    ("POST", "/api/v1/search", {}, 405),
    ("GET", "/api/v1/similar", None, 405),
    ("GET", "/api/v1/search?q=x&colour=red", None, 400),
    ("GET", "/api/v1/search?q=x&page=0", None, 400),
    ("GET", "/api/v1/search?q=x&page=-1", None, 400),
    ("GET", "/api/v1/search?q=x&size=101", None, 400),
    ("GET", "/api/v1/search?q=x&page=999999", None, 400),
    ("GET", "/api/v1/search?q=x&sort=random", None, 400),
    ("GET", "/api/v1/search?q=x&year=twenty", None, 400),
    ("GET", "/api/v1/search?q=x&answered=maybe", None, 400),
    ("GET", "/api/v1/search?q=" + "x" * 2_001, None, 400),
    ("GET", "/api/v1/related/q-0039?limit=21", None, 400),
    ("GET", "/api/v1/related/q-0039?q=x", None, 400),
    ("POST", "/api/v1/similar", {}, 400),
    ("POST", "/api/v1/similar", [], 400),
    ("POST", "/api/v1/similar", {"text": 7}, 400),
    ("POST", "/api/v1/similar", {"text": "x", "limit": "four"}, 400),
    ("POST", "/api/v1/similar", {"text": "x", "limit": True}, 400),
    ("POST", "/api/v1/similar", {"text": "x", "colour": 1}, 400),
    ("POST", "/api/v1/similar", {"text": "x" * 20_001}, 400),
    ("POST", "/api/v1/similar", {"text": "x" * 200_000}, 413),
    ("POST", "/api/v1/similar?limit=4", {"text": "x"}, 400),
    ("POST", "/api/v1/similar", {"text": "\ud800 knee"}, 400),
    ("POST", "/api/v1/duplicates/check", {"title": "knee", "body": "\ud800"}, 400),
    ("GET", "/api/v1/search?q=x&kind=foo", None, 400),
    ("GET", "/api/v1/search?q=x&year=\u00b2", None, 400),
]


@pytest.mark.parametrize(("method", "address", "body", "status"), FAILING)
def test_every_failure_is_a_problem(method: str, address: str, body: object, status: int, client: FlaskClient) -> None:
    """Every refusal is problem+json with what, where and next, and the status of the one table."""
    response = (
        client.open(address, method=method, json=body) if body is not None else client.open(address, method=method)
    )
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert problem is not None
    assert set(problem) == PROBLEM
    assert problem["status"] == status
    assert all(problem[key] for key in PROBLEM)


def test_brackets_without_end_are_a_problem(client: FlaskClient) -> None:
    """A body nested deeper than any parser goes is refused."""
    response = client.post("/api/v1/similar", data="[" * 60_000, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("address", ["/", "/search", "/api/v1/search", "/api/v1/related/q-0039", "/nowhere"])
def test_a_query_that_is_no_text_is_refused(address: str, client: FlaskClient) -> None:
    """Bytes in an address that are not UTF-8 are the sender's fault and not ours; escaped ones are letters unknown."""
    assert client.get(address, environ_overrides={"QUERY_STRING": "q=\xff"}).status_code == 400
    assert client.get("/api/v1/search?q=%ff").status_code == 200


def test_a_wrong_method_says_which_is_right(client: FlaskClient) -> None:
    """405 names the methods that an address takes."""
    assert "POST" in client.get("/api/v1/similar").headers["Allow"]


def test_every_error_class_has_an_outside() -> None:
    """Each public error of the index is in the table of statuses."""
    errors = {getattr(indexer, name) for name in indexer.__all__}
    assert {e for e in errors if isinstance(e, type) and issubclass(e, Exception)} <= set(ERRORS)


def test_a_problem_without_an_index_is_503(empty_client: FlaskClient) -> None:
    """Where no index was built the API says so as a problem, and readiness fails while health holds."""
    assert empty_client.get("/api/v1/search?q=x").status_code == 503
    assert empty_client.get("/readyz").status_code == 503
    assert empty_client.get("/healthz").status_code == 200


def test_readiness_names_the_generation(client: FlaskClient) -> None:
    """A ready service says which generation it serves."""
    assert client.get("/readyz").json == {
        "status": "ready",
        "generation": 1,
        "published": 1,
        "since": None,
        "decisions": "ok",
        "inbox": {"items": 0, "since": None},
    }


def test_answers_carry_strict_headers_and_no_cookie(client: FlaskClient) -> None:
    """Policy, no sniffing, no referrer, no cookie, on pages, API, static files and errors alike."""
    for address in ("/", "/api/v1/search?q=x", "/static/seealso.css", "/nowhere", "/api/v1/nowhere"):
        with client.get(address) as response:
            headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers


def test_no_text_of_a_query_is_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked, found or refused, and whatever breaks, the words of it are in no log line."""

    def broken(_: object, text: str, **__: object) -> None:
        raise ValueError(f"no good: quuxitis {text}")

    with caplog.at_level(logging.DEBUG):
        client.get("/search?q=quuxitis+xanthippe")
        client.get("/api/v1/search?q=quuxitis&colour=xanthippe")
        client.get("/quuxitis/xanthippe")
        client.get("/topics/quuxitis")
        client.post("/api/v1/similar", json={"text": "quuxitis xanthippe"})
        client.post("/api/v1/similar", data="quuxitis {", content_type="application/json")
        with monkeypatch.context() as patch:
            patch.setattr(indexer.Index, "search", broken)
            assert client.get("/search?q=quuxitis").status_code == 500
            assert client.get("/topics/quuxitis").status_code == 500
    told = " ".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    assert caplog.records
    assert "quuxitis" not in told
    assert "xanthippe" not in told


def test_each_request_is_one_line_of_json(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The access log names method, route, status and milliseconds."""
    with caplog.at_level(logging.INFO, logger="seealso.access"):
        client.get("/questions/q-0039")
    line = caplog.records[-1].fields  # type: ignore[attr-defined]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/questions/<path:id_>", 200)


def test_a_new_generation_is_served_once_it_is_open(tmp_path: Path) -> None:
    """After a build the same application answers from the new generation, after a rollback from the old."""
    from tests.documents import question

    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/readyz").json["generation"] == 1  # type: ignore[index]
    indexer.build(tmp_path, [question("b", "Hip pain")])
    renew(app)
    assert client.get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]
    indexer.rollback(tmp_path)
    renew(app)
    assert client.get("/api/v1/search?q=hip").json["total"] == 0  # type: ignore[index]


def test_a_damaged_new_generation_leaves_the_old_one_serving(tmp_path: Path) -> None:
    """Where what was published does not open, what was served before is served on."""
    from tests.documents import question

    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    indexer.build(tmp_path, [question("b", "Hip pain")])
    damaged = tmp_path / "generations" / "000002" / "arrays" / "near.npy"
    damaged.write_bytes(b"\xff" * damaged.stat().st_size)
    renew(app)
    assert client.get("/api/v1/search?q=knee").json["total"] == 1  # type: ignore[index]


def test_a_folder_built_anew_is_served_anew(tmp_path: Path) -> None:
    """An index that was removed and built again, with number 1 as before, is not mistaken for the old one."""
    from tests.documents import question

    indexer.build(tmp_path / "index", [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path / "index")})
    client = app.test_client()
    assert client.get("/api/v1/search?q=knee").json["total"] == 1  # type: ignore[index]
    shutil.rmtree(tmp_path / "index")
    indexer.build(tmp_path / "index", [question("b", "Hip pain")])
    renew(app)
    assert client.get("/api/v1/search?q=hip").json["total"] == 1  # type: ignore[index]


@pytest.mark.parametrize("host", ["a..b", ".a", "x" * 80])
def test_a_host_that_is_none_is_refused(host: str, client: FlaskClient) -> None:
    """A Host header that no host can have is 400, on pages and API, with the headers of every answer."""
    for address in ("/", "/healthz", "/api/v1/search?q=x"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code == 400
        assert "Content-Security-Policy" in response.headers


def test_the_servers_paths_are_not_told(empty_client: FlaskClient, tmp_path: Path) -> None:
    """Where the index lies on the server's disk is in no answer."""
    for address in ("/", "/api/v1/search?q=x"):
        assert str(tmp_path) not in empty_client.get(address).text


def test_similar_takes_the_filters_of_search(client: FlaskClient) -> None:
    """Kind, specialty, topic, year and reply, as in the address of a search."""
    text = "cement leaked after kyphoplasty, is it bad?"

    def kinds(**more: object) -> set[str]:
        answer = client.post("/api/v1/similar", json={"text": text, "limit": 10, **more}).json
        assert answer is not None
        return {card["kind"] for card in answer["cards"]}

    assert kinds() == {"article", "question"}
    assert kinds(kind="article") == {"article"}
    assert kinds(kind="question", answered="yes") == {"question"}
    assert kinds(specialty="none") == set()


def test_a_draft_is_told_whether_it_is_asked_already(client: FlaskClient, sample_index: indexer.Index) -> None:
    """A question that is there word for word is the same, others are similar, and no article is either."""
    asked = sample_index.get("q-0039")
    there = client.post("/api/v1/duplicates/check", json={"title": asked.title, "body": asked.body}).json
    assert there is not None
    assert [(card["id"], card["same"]) for card in there["same"]] == [("q-0039", "same-wording")]
    near = client.post("/api/v1/duplicates/check", json={"title": "cement leaked after kyphoplasty, is it bad?"}).json
    assert near is not None
    assert {card["kind"] for card in near["similar"]} == {"question"}
    new = client.post("/api/v1/duplicates/check", json={"title": "zzxqv"}).json
    assert new == {"generation": 1, "same": [], "similar": [], "notice": None}


def test_topics_are_counted_and_found_by_their_beginnings(client: FlaskClient, sample_index: indexer.Index) -> None:
    """Those of most documents first, page by page; each word that is typed begins a word of the topic."""
    counted = sample_index.facets()["topic"]
    first = client.get("/api/v1/topics?size=3").json
    assert first is not None
    assert (first["total"], first["pages"]) == (len(counted), -(-len(counted) // 3))
    assert [(one["name"], one["count"]) for one in first["topics"]] == list(counted.items())[:3]
    found = client.get("/api/v1/topics?q=cem+BO").json
    assert found is not None
    assert [one["name"] for one in found["topics"]] == ["Bone cement"]
    assert client.get("/api/v1/topics?page=1001").status_code == 400


def test_what_is_typed_is_suggested_for(client: FlaskClient) -> None:
    """Topics that begin so and titles; for nothing nothing."""
    found = client.get("/api/v1/suggest?q=bone+cem&limit=2").json
    assert found is not None
    assert found["topics"][0]["name"] == "Bone cement"
    assert 0 < len(found["documents"]) <= 2
    nothing = client.get("/api/v1/suggest").json
    assert nothing is not None
    assert (nothing["topics"], nothing["documents"]) == ([], [])
    assert client.get("/api/v1/suggest?q=x&limit=21").status_code == 400


def test_reading_may_need_a_key(sample_path: Path, tmp_path: Path) -> None:
    """By the setting `reading`: any key reads, one that was removed does not; pages stay open, and caches on the way
    keep nothing.
    """
    decisions = str(tmp_path / "decisions.sqlite3")
    client = create_app({"index": str(sample_path), "decisions": decisions, "reading": "key"}).test_client()
    accounts = Accounts(Database(decisions))
    keys = [accounts.add_key(scope, scope) for scope in SCOPES]
    for address in ("/api/v1/search?q=cement", "/api/v1/documents/q-0039"):
        refused = client.get(address)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        for key in keys:
            answer = client.get(address, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 200
            assert "X-Accel-Expires" not in answer.headers
            assert answer.headers["Cache-Control"].startswith("private")
    tag = client.get("/api/v1/topics", headers={"Authorization": f"Bearer {keys[0]}"}).headers["ETag"]
    assert client.get("/api/v1/topics", headers={"If-None-Match": tag}).status_code == 401
    assert client.get(f"/api/v1/topics?key={keys[0]}").status_code == 401
    assert client.get("/questions/q-0039").status_code == 200
    assert client.get("/api/v1/openapi.json").status_code == 200
    accounts.remove_key("read")
    assert client.get("/api/v1/topics", headers={"Authorization": f"Bearer {keys[2]}"}).status_code == 401


def test_a_client_may_search_so_often(sample_path: Path) -> None:
    """By the setting `limit`, counted by client, a long text for several; then 429 says how long to wait."""
    client = create_app({"index": str(sample_path), "limit": "12"}).test_client()
    other = {"REMOTE_ADDR": "127.0.0.9"}
    assert client.post("/api/v1/similar", json={"text": "cement " * 2_500}).status_code == 200
    answers = [client.get("/api/v1/search?q=cement") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json is not None
    assert answers[-1].json["title"] == "Too many searches"
    assert client.get("/search?q=cement").status_code == 429
    assert client.get("/api/v1/related/q-0039").status_code == 200
    assert client.get("/api/v1/search?q=cement", environ_overrides=other).status_code == 200


def test_the_api_tells_itself_as_a_page(client: FlaskClient) -> None:
    """Every operation of the description is on it, with its parameters."""
    described, page = client.get("/api/v1/openapi.json").json, client.get("/api/v1/").text
    assert described is not None
    assert described["openapi"] == "3.1.0"
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            assert f"{method.upper()} {path}" in page
            assert all(f"<code>{one['name']}</code>" in page for one in told["parameters"])
    assert "<script" not in page


def test_a_key_is_a_client_of_its_own(sample_path: Path, tmp_path: Path) -> None:
    """Where others at its address searched too often, and reading needs none; a wrong one is nobody's."""
    decisions = str(tmp_path / "decisions.sqlite3")
    client = create_app({"index": str(sample_path), "decisions": decisions, "limit": "2"}).test_client()
    key = Accounts(Database(decisions)).add_key("site", "read")
    for _ in range(3):
        last = client.get("/api/v1/search?q=cement")
    assert last.status_code == 429
    assert client.get("/api/v1/search?q=cement", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert client.get("/api/v1/search?q=cement", headers={"Authorization": "Bearer no"}).status_code == 429


def test_half_an_address_of_ipv6_is_a_client(sample_path: Path) -> None:
    """Whoever has one address of a network has all of it."""
    client = create_app({"index": str(sample_path), "limit": "2"}).test_client()
    asked = [{"REMOTE_ADDR": f"2001:db8::{n}"} for n in range(3)]
    told = [client.get("/api/v1/search?q=cement", environ_overrides=one).status_code for one in asked]
    assert told == [200, 200, 429]
    other = {"REMOTE_ADDR": "2001:db8:0:1::1"}
    assert client.get("/api/v1/search?q=cement", environ_overrides=other).status_code == 200


def test_reading_goes_on_where_keys_cannot_be_read(sample_path: Path, tmp_path: Path) -> None:
    """A file of decisions that is damaged costs who brings a key nothing, where reading needs none."""
    decisions = tmp_path / "decisions.sqlite3"
    decisions.write_bytes(b"no database at all, " * 100)
    client = create_app({"index": str(sample_path), "decisions": str(decisions)}).test_client()
    assert client.get("/api/v1/search?q=cement", headers={"Authorization": "Bearer x"}).status_code == 200

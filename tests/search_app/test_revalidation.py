"""Tags of answers: who has an answer already is told so, unless anything that it depends on has changed."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import indexer
from search_app import create_app, revalidation
from tests.documents import question
from tests.search_app.conftest import renew

TAGGED = (
    "/api/v1/search?q=bone+cement",
    "/api/v1/related/q-0039",
    "/api/v1/related/q-0039?limit=2",
    "/",
    "/search?q=cement",
    "/questions/q-0039",
    "/articles/a-0001",
    "/topics/Bone%20cement",
)


def tag_of(client: FlaskClient, address: str) -> str:
    """The tag of an address, which must answer with one."""
    response = client.get(address)
    assert response.status_code == 200
    return response.headers["ETag"]


def again(client: FlaskClient, address: str, tag: str) -> int:
    """The status for a client that has an answer with this tag."""
    return client.get(address, headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize("address", TAGGED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_an_answer_is_told_so(method: str, address: str, client: FlaskClient) -> None:
    """A request that names the tag of the answer is 304 without a body, with tag, policy and rule of caching."""
    first = client.open(address, method=method)
    assert first.status_code == 200
    second = client.open(address, method=method, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Content-Security-Policy"):
        assert second.headers[name] == first.headers[name]
    assert "Content-Type" not in second.headers


def test_an_answer_that_is_there_already_is_not_made(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """304 needs no search, no panel and no document."""
    tags = {address: tag_of(client, address) for address in TAGGED}

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("it was computed")

    for name in ("get", "search", "related", "similar"):
        monkeypatch.setattr(indexer.Index, name, broken)
    assert {again(client, address, tag) for address, tag in tags.items()} == {304}


def test_each_address_has_its_own_tag(client: FlaskClient) -> None:
    """Path and query both count, and the tag of one address is none of another."""
    tags = {tag_of(client, address) for address in TAGGED}
    assert len(tags) == len(TAGGED)
    assert again(client, "/api/v1/related/q-0040", tag_of(client, "/api/v1/related/q-0039")) == 200


def test_one_of_several_tags_is_enough(client: FlaskClient) -> None:
    """A list of tags, weak or not, with this one among them is 304; a star names none, so it is answered."""
    tag = tag_of(client, "/api/v1/related/q-0039")
    assert tag.startswith('W/"')
    assert again(client, "/api/v1/related/q-0039", f'"another", {tag.removeprefix("W/")}') == 304
    assert again(client, "/api/v1/related/q-0039", '"another"') == 200
    assert again(client, "/api/v1/related/none", "*") == 404


def test_a_new_generation_has_new_tags(tmp_path: Path) -> None:
    """After a build nothing that was tagged before is 304; after a rollback the old tags are good again."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path)})
    client = app.test_client()
    addresses = ("/", "/questions/a", "/api/v1/related/a", "/api/v1/search?q=knee")
    old = {address: tag_of(client, address) for address in addresses}
    indexer.build(tmp_path, [question("a", "Knee pain"), question("b", "Hip pain")])
    renew(app)
    assert {again(client, address, tag) for address, tag in old.items()} == {200}
    assert not {tag_of(client, address) for address in addresses} & set(old.values())
    indexer.rollback(tmp_path)
    renew(app)
    assert {again(client, address, tag) for address, tag in old.items()} == {304}


def test_an_index_built_anew_has_new_tags(tmp_path: Path) -> None:
    """A folder that was removed and built again has number 1 as before, and other tags."""
    indexer.build(tmp_path / "index", [question("a", "Knee pain")])
    app = create_app({"index": str(tmp_path / "index")})
    client = app.test_client()
    old = tag_of(client, "/api/v1/related/a")
    shutil.rmtree(tmp_path / "index")
    indexer.build(tmp_path / "index", [question("a", "Knee pain"), question("b", "Knee pains")])
    renew(app)
    assert again(client, "/api/v1/related/a", old) == 200


def test_two_processes_give_one_tag(sample_path: Path, client: FlaskClient) -> None:
    """Another application over the same index has the same tags, so that any worker may answer."""
    other = create_app({"index": str(sample_path)}).test_client()
    assert [tag_of(other, address) for address in TAGGED] == [tag_of(client, address) for address in TAGGED]


def test_pages_depend_on_the_settings(sample_path: Path, client: FlaskClient) -> None:
    """Under another name of the site a page has another tag, and the API the same."""
    other = create_app({"index": str(sample_path), "site_name": "Other"}).test_client()
    assert tag_of(other, "/questions/q-0039") != tag_of(client, "/questions/q-0039")
    assert tag_of(other, "/api/v1/related/q-0039") == tag_of(client, "/api/v1/related/q-0039")


def test_pages_depend_on_the_day(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page says which replies are over a year old, so its tag is good for a day; the API's is not bound to one."""

    class Tomorrow(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Tomorrow:
            now = super().now(tz) + datetime.timedelta(days=1)
            return cls.combine(now.date(), now.timetz())

    page, api = (tag_of(client, address) for address in ("/questions/q-0039", "/api/v1/related/q-0039"))
    monkeypatch.setattr(revalidation, "datetime", Tomorrow)
    assert again(client, "/questions/q-0039", page) == 200
    assert again(client, "/api/v1/related/q-0039", api) == 304


def test_versions_of_the_program_have_their_own_tags(
    sample_path: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version may answer in another form, so it has other tags."""
    monkeypatch.setattr("search_app.__version__", "99.0")
    newer = create_app({"index": str(sample_path)}).test_client()
    assert again(newer, "/api/v1/related/q-0039", tag_of(client, "/api/v1/related/q-0039")) == 200


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/related/none",
        "/api/v1/search?q=x&colour=red",
        "/api/v1/nowhere",
        "/questions/none",
        "/healthz",
        "/readyz",
    ],
)
def test_errors_and_health_have_no_tag(address: str, client: FlaskClient) -> None:
    """What may change without a new generation is not tagged."""
    headers = client.get(address).headers
    assert "ETag" not in headers
    assert "Cache-Control" not in headers


def test_redirects_have_no_tag(client: FlaskClient) -> None:
    """A page that sends elsewhere is not tagged."""
    response = client.get("/articles/q-0039")
    assert response.status_code == 302
    assert "ETag" not in response.headers


def test_an_error_inside_has_no_tag(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an answer breaks, the problem is not tagged as if it were the answer."""
    monkeypatch.setattr(indexer.Index, "search", lambda *_, **__: 1 / 0)
    response = client.get("/api/v1/search?q=cement")
    assert response.status_code == 500
    assert "ETag" not in response.headers


def test_the_panel_of_a_text_has_no_tag(client: FlaskClient) -> None:
    """POST is answered each time, whatever tag it names."""
    tag = tag_of(client, "/api/v1/search?q=bone+cement")
    response = client.post("/api/v1/similar", json={"text": "bone cement"}, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert "ETag" not in response.headers


def test_a_page_without_its_panel_has_no_tag(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where see-also fails the page is shown, but not tagged: the next one may have it."""
    client = create_app({"index": str(sample_path)}).test_client()
    with monkeypatch.context() as patch:
        patch.setattr(indexer.Index, "related", lambda *_, **__: 1 / 0)
        response = client.get("/questions/q-0039")
        assert response.status_code == 200
        assert "ETag" not in response.headers
    assert tag_of(client, "/questions/q-0039")


def test_nothing_is_used_without_asking(client: FlaskClient) -> None:
    """Caches ask each time; a search is kept by the visitor's own alone, and the editors' pages by none."""
    rules = {address: client.get(address).headers["Cache-Control"] for address in TAGGED}
    assert {rule for address, rule in rules.items() if "q=" in address} == {"private, no-cache"}
    assert {rule for address, rule in rules.items() if "q=" not in address} == {"no-cache"}
    desk = client.get("/desk").headers
    assert desk["Cache-Control"] == "no-store"
    assert "ETag" not in desk


def test_processes_behind_one_proxy_give_one_tag(sample_path: Path) -> None:
    """Where they listen and how many threads they have is not shown; the name of the site is."""
    first, second, named = (
        create_app({"index": str(sample_path), **more}).test_client()
        for more in ({"port": "8001"}, {"port": "8002", "threads": "2"}, {"site_name": "Another"})
    )
    tags = [client.get("/questions/q-0039").headers["ETag"] for client in (first, second, named)]
    assert tags[0] == tags[1] != tags[2]

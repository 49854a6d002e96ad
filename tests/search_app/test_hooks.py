"""What a site's own software announces: signed, read by its mapping, in the inbox before it is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from corpus import Article, CorpusError, from_json, to_json
from search_app import create_app
from search_app.inbox import Inbox
from search_app.usage import UsageError

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "hooks"
SECRET = "between the two of us"
TOPIC = {
    "id": 7,
    "slug": "swim-with-a-cast",
    "title": "May I swim with a cast?",
    "created_at": "2024-05-06T07:08:09Z",
    "tags": ["casts"],
    "post_stream": {
        "posts": [
            {"post_number": 1, "cooked": "<p>It is of plaster.</p>", "created_at": "2024-05-06T07:08:09Z"},
            {"post_number": 2, "cooked": "<p>No: it softens.</p>", "created_at": "2024-05-07T07:08:09Z"},
        ]
    },
}
POST = {
    "link": "https://clinic.example/casts",
    "title": {"rendered": "Casts &amp; water"},
    "content": {"rendered": "<p>Keep it dry.</p>"},
    "date": "2024-05-06T07:08:09",
}


class Forum(BaseHTTPRequestHandler):
    """A forum that answers what a test says."""

    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def do_GET(self) -> None:
        """A topic."""
        status, body = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body.decode())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as it is called)
        """Say nothing."""


@pytest.fixture
def forum() -> Iterator[str]:
    """The address of a forum."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Forum)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Forum.answers = {"/t/7.json": (200, json.dumps(TOPIC).encode())}
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Site:
    """A server with the hooks of the examples."""

    def __init__(self, folder: Path, forum: str) -> None:
        hooks = folder / "hooks"
        hooks.mkdir()
        for path in EXAMPLES.glob("*.toml"):
            (hooks / path.name).write_text(path.read_text("utf-8").replace("https://talk.example", forum), "utf-8")
        names = {name: str(folder / name) for name in ("index", "decisions", "inbox", "hooks")}
        self.client: FlaskClient = create_app({**names, "hook_secret": SECRET}).test_client()
        self.inbox = Inbox(names["inbox"])

    def announce(self, name: str, told: object, event: str, *, secret: str = SECRET) -> TestResponse:
        """What a forum or a blog sends."""
        body = json.dumps({**told, "event": event} if isinstance(told, dict) and name == "wordpress" else told).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        signed = {"discourse": "X-Discourse-Event-Signature", "wordpress": "X-SeeAlso-Signature"}.get(name, "None")
        headers = {"X-Discourse-Event": event, signed: signature}
        return self.client.post(f"/api/v1/hooks/{name}", data=body, headers=headers)

    def waiting(self) -> list[tuple[str, str | None]]:
        """Ids and titles of what waits; None for what is to go."""
        items = self.inbox.batch().items
        return [(item.id, from_json(item.document).title if item.document else None) for item in items]


@pytest.fixture
def site(tmp_path: Path, forum: str) -> Site:
    return Site(tmp_path, forum)


@pytest.mark.parametrize("told", [{"topic": {"id": 7}}, {"post": {"id": 99, "topic_id": 7, "post_number": 2}}])
def test_a_topic_of_discourse_is_asked_for_as_it_is_now(told: object, site: Site, forum: str) -> None:
    """Whichever of its posts changed: the question with all its answers, at its address."""
    answer = site.announce("discourse", told, "post_created")
    assert (answer.status_code, answer.json) == (202, {"taken": 1, "waiting": 1})
    (item,) = site.inbox.batch().items
    assert item.document is not None
    document = from_json(item.document)
    assert (document.id, document.url) == ("7", f"{forum}/t/swim-with-a-cast/7")
    assert "No: it softens." in to_json(document)


def test_a_topic_that_is_gone_goes(site: Site) -> None:
    """Said so by the event, or by the forum when it is asked."""
    site.announce("discourse", {"topic": {"id": 7}}, "topic_destroyed")
    site.announce("discourse", {"topic": {"id": 8}}, "topic_edited")
    assert site.waiting() == [("7", None), ("8", None)]


@pytest.mark.parametrize(
    "now",
    [{"archetype": "private_message"}, {"visible": False}, {"deleted_at": "2024-06-03"}],
    ids=["message", "unlisted", "deleted"],
)
def test_a_topic_that_visitors_do_not_see_goes(now: dict[str, object], site: Site) -> None:
    """A forum that is asked with the key of somebody of the staff answers all the same."""
    Forum.answers["/t/7.json"] = 200, json.dumps(TOPIC | now).encode()
    assert site.announce("discourse", {"topic": {"id": 7}}, "topic_edited").status_code == 202
    assert site.waiting() == [("7", None)]


@pytest.mark.parametrize(
    "now", [{"status": "draft"}, {"content": {"rendered": "<p>Secret</p>", "protected": True}}], ids=["draft", "locked"]
)
def test_a_post_that_is_not_published_goes(now: dict[str, object], site: Site) -> None:
    """Taken back or behind a password since, whoever sends it."""
    assert site.announce("wordpress", POST | now, "saved").status_code == 202
    ((_, document),) = site.waiting()
    assert document is None


def test_a_post_of_wordpress_comes_and_goes(site: Site) -> None:
    """Its address is its identity, so that what is published, changed and deleted is one page."""
    site.announce("wordpress", POST, "saved")
    ((id_, title),) = site.waiting()
    assert title == "Casts & water"
    site.announce("wordpress", {"link": POST["link"]}, "deleted")
    assert site.waiting() == [(id_, None)]


def test_what_a_post_of_wordpress_is_filed_under_comes_with_it(site: Site) -> None:
    """Categories, tags and the author's name, as the REST answer has them."""
    terms = [[{"name": "Casts"}], [{"name": "swimming"}, {"name": "plaster"}]]
    post = {**POST, "_embedded": {"author": [{"name": "Ada Fry"}], "wp:term": terms}}
    site.announce("wordpress", post, "saved")
    (item,) = site.inbox.batch().items
    document = from_json(item.document or "")
    assert isinstance(document, Article)
    assert (document.author, [topic.name for topic in document.topics]) == ("Ada Fry", ["Casts", "swimming", "plaster"])


def test_a_header_beside_a_signed_event_says_nothing(site: Site) -> None:
    """What stands in the body is signed with it; a header of the same name is not."""
    body = json.dumps({**POST, "event": "saved"}).encode()
    signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    site.client.post("/api/v1/hooks/wordpress", data=body, headers={"X-SeeAlso-Signature": signed, "event": "deleted"})
    assert [title for _, title in site.waiting()] == ["Casts & water"]


def test_what_is_gone_names_itself(site: Site) -> None:
    """By its address; a deletion of nothing is refused."""
    assert site.announce("wordpress", {"title": "Casts"}, "deleted").status_code == 400
    assert site.announce("wordpress", {"link": "casts"}, "deleted").status_code == 400


def test_what_is_not_signed_is_refused(site: Site) -> None:
    """By another secret, by none, or of another body; nothing is taken."""
    assert site.announce("wordpress", POST, "saved", secret="another").status_code == 401
    assert site.client.post("/api/v1/hooks/wordpress", data=b"{}").status_code == 401
    signed = "sha256=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    headers = {"X-SeeAlso-Signature": signed}
    assert site.client.post("/api/v1/hooks/wordpress", data=b"{ }", headers=headers).status_code == 401
    assert site.waiting() == []


def test_without_a_secret_nobody_is_let_in(tmp_path: Path) -> None:
    """Not even who signs with none."""
    client = create_app({"hooks": str(EXAMPLES), "inbox": str(tmp_path / "inbox")}).test_client()
    signed = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    answer = client.post("/api/v1/hooks/wordpress", data=b"{}", headers={"X-SeeAlso-Signature": signed})
    assert answer.status_code == 401
    assert "hook_secret" in answer.text


def test_a_forum_that_does_not_answer_is_told_to_announce_again(site: Site) -> None:
    """502, and nothing is taken, so that nothing acknowledged is lost."""
    Forum.answers["/t/7.json"] = (500, b"")
    answer = site.announce("discourse", {"topic": {"id": 7}}, "topic_edited")
    assert (answer.status_code, answer.mimetype) == (502, "application/problem+json")
    assert site.waiting() == []


@pytest.mark.parametrize("told", [{}, {"ping": "OK"}, {"topic": []}, {"topic": {"id": None}}])
def test_an_event_of_no_topic_is_taken_and_changes_nothing(told: object, site: Site) -> None:
    """As when a forum tries its hook."""
    answer = site.announce("discourse", told, "ping")
    assert (answer.status_code, answer.json) == (202, {"taken": 0, "waiting": 0})


def test_what_cannot_be_read_is_refused(site: Site) -> None:
    """No object, no title, an id that leads elsewhere, a hook that is not there."""
    assert site.announce("wordpress", [], "saved").status_code == 400
    assert site.announce("wordpress", {**POST, "title": {}, "content": {}}, "saved").status_code == 400
    assert site.announce("discourse", {"topic": {"id": "../admin"}}, "topic_edited").status_code == 400
    for name in ("none", "..%2Fwordpress", "WORDPRESS", "%00"):
        assert site.announce(name, POST, "saved").status_code == 404


def test_hooks_that_cannot_be_used_are_told_before_anybody_is_served(tmp_path: Path) -> None:
    """A folder without any, a mapping without a [hook], one that is no mapping."""
    with pytest.raises(UsageError, match="folder without mappings"):
        create_app({"hooks": str(tmp_path)})
    (tmp_path / "a.toml").write_text('[fields]\ntitle = "t"\n')
    with pytest.raises(UsageError, match="no mapping with a"):
        create_app({"hooks": str(tmp_path)})
    (tmp_path / "a.toml").write_text(
        '[fields]\ntitle = "t"\n[hook]\nsignature = "X"\nfetch = "https://a/{id}"\nid = ["id"]\n'
    )
    with pytest.raises(UsageError, match="no document is known"):
        create_app({"hooks": str(tmp_path)})
    (tmp_path / "a.toml").write_text("[hook]\n")
    with pytest.raises(CorpusError):
        create_app({"hooks": str(tmp_path)})


def test_a_forum_leads_to_itself_alone(site: Site, forum: str) -> None:
    """It may answer by another address of its own; what stands elsewhere is not fetched."""
    Forum.answers["/t/8.json"] = (302, b"/t/7.json")
    assert site.announce("discourse", {"topic": {"id": 8}}, "topic_edited").status_code == 202
    Forum.answers["/t/9.json"] = (302, forum.replace("127.0.0.1", "localhost").encode() + b"/t/7.json")
    assert site.announce("discourse", {"topic": {"id": 9}}, "topic_edited").status_code == 502
    assert [id_ for id_, _ in site.waiting()] == ["7"]

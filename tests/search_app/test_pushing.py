"""Content that is pushed: in the inbox before it is acknowledged, brought into the index, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import indexer
from corpus import Question, from_json, to_json
from search_app import create_app
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from search_app.inbox import MOST, Inbox, InboxUnavailable, Item
from tests.documents import question
from tests.search_app.conftest import renew

ROOT = Path(__file__).parents[2]
ROUNDS = 200 if os.environ.get("SEEALSO_LONG") else 6


class Pusher:
    """A site that pushes its content with a key, and the index that it goes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values = {name: str(folder / name) for name in ("index", "inbox", "decisions")}
        self.app = create_app(self.values)
        self.client: FlaskClient = self.app.test_client()
        self.inbox = Inbox(self.values["inbox"])
        accounts = Accounts(Database(self.values["decisions"]))
        self.key = accounts.add_key("site", "content")
        self.other = accounts.add_key("desk", "desk")

    def send(self, method: str, path: str, body: object = None, key: str | None = None) -> TestResponse:
        """A request with the key; a body that is no text is JSON."""
        data = body if isinstance(body, str | bytes | None) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return self.client.open(f"/api/v1/documents{path}", method=method, data=data, headers=headers)

    def command(self, *more: str) -> list[str]:
        """The command that takes what waits."""
        given = ["--index", self.values["index"], "--inbox", self.values["inbox"], *more]
        return [sys.executable, "-m", "search_app", "inbox", *given]

    def take(self) -> str:
        """Take what waits, and let the application notice."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            self.command("--once"), capture_output=True, text=True, check=True, env=environment, cwd=self.folder
        )
        renew(self.app)
        return done.stdout

    def titles(self, text: str) -> list[str]:
        """What a search finds."""
        found = self.client.get("/api/v1/search", query_string={"q": text}).json
        assert found is not None
        return [hit["title"] for hit in found["hits"]]


@pytest.fixture
def site(tmp_path: Path) -> Pusher:
    """A site without an index yet."""
    return Pusher(tmp_path)


def test_html_that_is_pushed_is_text(site: Pusher) -> None:
    """As a content system keeps it: paragraphs, entities and nothing that runs; words on tags stay words."""
    html = "<p>Does it <b>leak</b> &amp; hurt?</p><p>Yes.</p><script>alert(1)</script>"
    body = {"kind": "question", "title": "When <b> and when <i>?", "body": html, "answers": [{"text": html}]}
    assert site.send("PUT", "/q1", body).status_code == 202
    (item,) = site.inbox.batch().items
    document = from_json(item.document or "")
    assert isinstance(document, Question)
    assert (document.title, document.body) == ("When <b> and when <i>?", "Does it leak & hurt?\n\nYes.")
    assert document.answers[0].text == document.body
    odd = {
        "kind": "question",
        "title": "Knee<br>pain",
        "answers": [{"text": "<figure class='wp-block-embed'>x</figure>"}],
    }
    assert site.send("PUT", "/q2", odd).status_code == 202
    told = {item.id: from_json(item.document or "") for item in site.inbox.batch().items}
    assert told["q2"].title == "Knee pain"


def test_what_is_pushed_is_in_search_panels_and_the_api(site: Pusher) -> None:
    """The first documents make the index; later ones replace and remove."""
    for n, title in enumerate(("What helps a trapped nerve?", "What helps trapped nerves?", "Flat feet")):
        answer = site.send("PUT", f"/nerve/{n}", {"kind": "question", "title": title})
        assert (answer.status_code, answer.json) == (202, {"taken": 1, "waiting": n + 1})
    assert "3 taken, 3 documents" in site.take()
    assert len(site.titles("trapped nerve")) == 2
    assert site.client.get("/api/v1/related/nerve/0").json["cards"][0]["id"] == "nerve/1"  # type: ignore[index]
    site.send("PUT", "/nerve/1", {"id": "nerve/1", "kind": "question", "title": "Hiccups at night"})
    assert site.send("DELETE", "/nerve/2").status_code == 202
    assert "2 taken, 2 documents" in site.take()
    assert site.titles("trapped nerve") == ["What helps a trapped nerve?"]
    assert site.client.get("/api/v1/documents/nerve/1").json == {
        "kind": "question",
        "id": "nerve/1",
        "title": "Hiccups at night",
    }
    assert site.client.get("/api/v1/documents/nerve/2").status_code == 404
    assert site.inbox.waiting() == (0, None)


def test_the_last_word_on_a_document_counts(site: Pusher) -> None:
    """Put, deleted and put again within one batch; deleted before it was ever in the index."""
    site.send("PUT", "/a", {"kind": "question", "title": "First"})
    site.send("PUT", "/b", {"kind": "question", "title": "Gone before it came"})
    site.send("DELETE", "/b")
    site.send("DELETE", "/a")
    site.send("PUT", "/a", {"kind": "question", "title": "Second"})
    site.send("PUT", "/c", {"kind": "question", "title": "Stays"})
    site.send("PUT", "/d", {"kind": "question", "title": "To make the index"})
    indexer.build(site.values["index"], [question("z", "There before")])
    site.take()
    there = {document.id: document.title for document in indexer.open_index(site.values["index"]).documents()}
    assert there == {"a": "Second", "c": "Stays", "d": "To make the index", "z": "There before"}


@pytest.mark.parametrize("given", [[], [to_json(question("a", "First"))]], ids=["nothing", "one"])
def test_what_is_deleted_before_there_is_an_index_holds_nothing_up(site: Pusher, given: list[str]) -> None:
    """A site that begins by pushing may take something back at once; then there is nothing to delete."""
    site.send("POST", "", "\n".join([*given, '{"delete": "gone"}']))
    assert site.take().startswith(f"generation 1: {len(given) + 1} taken, {len(given)} documents")
    site.send("PUT", "/b", {"kind": "question", "title": "Second"})
    assert site.take().startswith(f"generation 2: 1 taken, {len(given) + 1} documents")


def test_many_lines_cost_only_the_bad_ones(site: Pusher) -> None:
    """Documents and deletions as JSON lines; what is refused is told by its line."""
    lines = [
        to_json(question("q1", "One")),
        "",
        "{",
        '{"kind": "question", "id": "q2"}',
        '{"delete": "q1"}',
        to_json(question("q3", "Three")),
        '{"delete": "' + chr(92) + 'ud83d"}',
        '{"delete": 7}',
    ]
    answer = site.send("POST", "", "\n".join(lines))
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["taken"], [refused["line"] for refused in answer.json["refused"]]) == (3, [3, 4, 7, 8])
    assert site.send("POST", "", "{\n{").status_code == 400
    assert site.send("POST", "", "").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/a", "{", 400),
        ("PUT", "/a", b'{"kind": "question", "title": "\xff"}', 400),
        ("PUT", "/a", "[" * 50_000, 400),
        ("PUT", "/a", {"title": "No kind"}, 400),
        ("PUT", "/a", {"kind": "question", "title": "Another id", "id": "b"}, 400),
        ("PUT", "/a", {"kind": "question", "title": "x", "url": "javascript:alert(1)"}, 400),
        ("PUT", "/a", {"kind": "question", "title": "x", "author": "y"}, 400),
        ("PUT", "/a?x=1", {"kind": "question", "title": "x"}, 400),
        ("PUT", "/a", {"kind": "question", "title": "x" * 4_200_000}, 413),
        ("DELETE", "/a", None, 404),
    ],
)
def test_what_cannot_be_taken_is_refused_at_once(
    method: str, path: str, body: object, status: int, site: Pusher
) -> None:
    """With a problem that says what to do; nothing waits then."""
    answer = site.send(method, path, body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert site.inbox.waiting().items == 0


def test_only_a_key_of_its_scope_opens_it(site: Pusher) -> None:
    """No key, another's, one of the desk's, one in the address; and a key of content does not open the desk."""
    body = {"kind": "question", "title": "x"}
    for key in ("", "wrong", site.other):
        assert site.send("PUT", "/a", body, key=key).status_code == 401
        assert site.send("DELETE", "/a", key=key).status_code == 401
        assert site.send("POST", "", body, key=key).status_code == 401
    assert site.client.put(f"/api/v1/documents/a?key={site.key}", json=body).status_code == 401
    headers = {"Authorization": f"Bearer {site.key}"}
    assert site.client.get("/api/v1/decisions", headers=headers).status_code == 401
    assert site.inbox.waiting().items == 0


def test_what_waits_is_told(site: Pusher) -> None:
    """By /readyz: how many, and since when the first does."""
    indexer.build(site.values["index"], [question("z", "There before")])
    assert site.client.get("/readyz").json["inbox"] == {"items": 0, "since": None}  # type: ignore[index]
    site.send("PUT", "/a", {"kind": "question", "title": "x"})
    told = site.client.get("/readyz").json["inbox"]  # type: ignore[index]
    assert told["items"] == 1
    assert told["since"].startswith("20")


def test_a_full_inbox_takes_nothing_more(tmp_path: Path) -> None:
    """Where nobody takes what waits the disk does not fill: it is said, and all of a request or nothing is kept."""
    inbox = Inbox(tmp_path / "inbox")
    inbox.put([Item(f"q{n}", None) for n in range(MOST - 1)])
    with pytest.raises(InboxUnavailable, match="wait already"):
        inbox.put([Item("a", None), Item("b", None)])
    assert inbox.put([Item("a", None)]) == MOST


def test_a_file_that_is_none_is_told(site: Pusher) -> None:
    """503 to the sender, and visitors are served."""
    Path(site.values["inbox"]).write_bytes(b"no database" * 100)
    assert site.send("PUT", "/a", {"kind": "question", "title": "x"}).status_code == 503
    indexer.build(site.values["index"], [question("z", "Hiccups at night")])
    assert site.client.get("/readyz").json["inbox"] == "unavailable"  # type: ignore[index]
    assert site.titles("hiccups") == ["Hiccups at night"]


def test_killed_at_any_moment_nothing_acknowledged_is_lost(site: Pusher) -> None:
    """The command is killed again and again while documents are pushed; in the end the index has every one."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    acknowledged: list[str] = []
    ended = threading.Event()

    def push() -> None:
        while not ended.is_set():
            name = f"q{len(acknowledged)}"
            if site.send("PUT", f"/{name}", {"kind": "question", "title": f"Question {name}"}).status_code == 202:
                acknowledged.append(name)
            time.sleep(0.005)

    pusher = threading.Thread(target=push)
    pusher.start()
    try:
        for round_ in range(ROUNDS):
            with subprocess.Popen(
                site.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=site.folder
            ) as process:
                time.sleep(0.9 + 0.23 * (round_ % 7))
                process.send_signal(signal.SIGKILL)
    finally:
        ended.set()
        pusher.join()
    site.take()
    with indexer.open_index(site.values["index"]) as index:
        assert set(index.known(acknowledged)) == set(acknowledged)
        assert index.info.generation < len(acknowledged)
    assert len(acknowledged) > 100
    assert site.inbox.waiting().items == 0


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(site: Pusher) -> None:
    """It is killed again and again in the midst of pushes; what it answered 202 waits, or is there, in the end."""
    acknowledged: list[str] = []
    given = {f"SEEALSO_{name.upper()}": value for name, value in site.values.items()}
    environment = {**os.environ, **given, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "search_app", "serve", "--port", "0", "--json", "--quiet"]
    for round_ in range(ROUNDS // 2):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True, cwd=site.folder
        ) as server:
            assert server.stdout is not None
            address = json.loads(server.stdout.readline())["address"]
            threading.Timer(0.5 + 0.07 * (round_ % 7), server.kill).start()
            while True:
                name = f"r{round_}/{len(acknowledged)}"
                body = json.dumps({"kind": "question", "title": f"Question {name}"}).encode()
                headers = {"Authorization": f"Bearer {site.key}"}
                asked = Request(f"{address}api/v1/documents/{name}", body, headers, method="PUT")
                try:
                    with urlopen(asked, timeout=10) as answer:
                        assert answer.status == 202
                except (OSError, HTTPException):
                    break  # it is killed
                acknowledged.append(name)
    site.take()
    with indexer.open_index(site.values["index"]) as index:
        assert set(index.known(acknowledged)) == set(acknowledged)
    assert len(acknowledged) > ROUNDS


def test_a_site_may_push_more_than_visitors_may_send(site: Pusher) -> None:
    """Four megabytes with its key, a document of a million characters among them; without a key nothing is read."""
    long = {"kind": "article", "title": "All of it", "body": "knee pain " * 99_999}
    assert site.send("PUT", "/long", long).status_code == 202
    lines = "\n".join(json.dumps({"kind": "question", "id": f"q{n}", "title": f"Question {n}"}) for n in range(20_000))
    assert site.send("POST", "", lines).json["taken"] == 20_000  # type: ignore[index]
    assert site.send("POST", "", "x" * (4 * 1024**2 + 1)).status_code == 413
    assert site.send("PUT", "/long", long, key="none").status_code == 401
    assert site.client.post("/api/v1/similar", json={"text": "x" * 200_000}).status_code == 413


def test_an_inbox_that_cannot_be_used_is_told(site: Pusher, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `info` and /readyz, which tell the rest all the same."""
    indexer.build(site.values["index"], [question("a", "Knee pain")])
    Path(site.values["inbox"]).write_bytes(b"no database at all, " * 100)
    monkeypatch.setenv("SEEALSO_INBOX", site.values["inbox"])
    command = [sys.executable, "-m", "search_app", "info", "--json", "--index", site.values["index"]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=site.folder)
    assert json.loads(done.stdout)["inbox"] == "unavailable"
    ready = site.client.get("/readyz").json
    assert ready is not None
    assert (ready["status"], ready["inbox"]) == ("ready", "unavailable")

"""The index of topics: every one once, under its letter, and found by the words that it begins with."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import indexer
from corpus import Topic
from search_app import create_app, topics
from tests.documents import question

NAMES = ("Knee pain", "knee replacement", "Ear", "élan vital", "5 mg", "膝蓋", "Pain in the knee", "C++ & <b>")


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    asked = [question(f"q{n}", f"Question {n}", topics=(Topic(name=name),)) for n, name in enumerate(NAMES)]
    indexer.build(tmp_path, [*asked, question("again", "Again", topics=(Topic(name="KNEE PAIN"),))])
    return create_app({"index": str(tmp_path)}).test_client()


def _listed(page: str) -> list[tuple[str, str]]:
    """The topics of a page with their numbers."""
    found = re.findall(r'<li><a href="[^"]+">([^<]+)</a><span class="num">([\d,]+)</span>', page.partition("<main")[2])
    return [(unescape(name), count) for name, count in found]


def test_few_topics_stand_on_one_page(client: FlaskClient) -> None:
    """Each once, whatever the case that it is written in, by letter and name, with how many pages it has."""
    page = client.get("/topics").text
    names = [name for name, _ in _listed(page)]
    assert sorted(map(str.casefold, names)) == sorted(map(str.casefold, NAMES))
    assert dict(_listed(page))["Knee pain"] == "2"
    assert "8 topics" in page
    for name in names:
        assert client.get(f"/topics/{name}").status_code == 200


def test_many_topics_stand_under_their_letters(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without accents, digits together, characters and signs behind all; pages of so many."""
    monkeypatch.setattr(topics, "SHOWN", 1)
    letters = re.findall(r'/topics\?letter=[^"]+"(?: aria-current="page")?>([^<]+)<', client.get("/topics").text)
    assert letters == ["C", "E", "K", "P", "0–9", "…"]
    assert [name for name, _ in _listed(client.get("/topics?letter=E").text)] == ["Ear"]
    assert [name for name, _ in _listed(client.get("/topics?letter=E&page=2").text)] == ["élan vital"]
    assert _listed(client.get("/topics?letter=…").text) == [("膝蓋", "1")]
    assert client.get("/topics?letter=Q").status_code == 404
    assert client.get("/topics?other=1").status_code == 400


def test_topics_are_found_by_the_beginnings_of_their_words(client: FlaskClient) -> None:
    """Any word of a topic; where none begins so, the search of pages is offered, and what was typed is escaped."""
    assert {name for name, _ in _listed(client.get("/topics?q=knee").text)} == {
        "Knee pain",
        "knee replacement",
        "Pain in the knee",
    }
    page = client.get("/topics?q=<b>none").text
    assert _listed(page) == []
    assert "/search?q=%3Cb%3Enone" in page
    assert "<b>none" not in page

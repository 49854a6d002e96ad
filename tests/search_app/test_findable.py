"""What search engines, feed readers and browsers read: valid, complete, of nobody's name, and nothing that runs."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

import corpus
import indexer
from corpus import Answer, Article, Asker, Question, Topic
from search_app import create_app, findable
from search_app.decisions.events import Event
from search_app.decisions.ledger import Ledger
from tests.documents import question

_NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}
_ASKED = Question(
    id="q1",
    title="Does cement </script><script>alert(1)</script> leak?",
    body="I had it <b>yesterday</b> & worry.",
    url="https://clinic.example/q/1",
    asked=date(2024, 5, 31),
    specialty="Spine surgery",
    topics=(Topic(name="Bone cement"),),
    asker=Asker(age="70-79", sex="female"),
    answers=(
        Answer(text="It seldom does.\n\nA scan shows it.", author="Dr. A. Test", answered=date(2024, 6, 2)),
        Answer(text="Come and see us."),
    ),
)
_WRITTEN = Article(
    id="a1", title="Bone cement", body="It hardens in minutes.", author="Dr. B", published=date(2023, 1, 2)
)


def _site(folder: Path, *documents: corpus.Document, **settings: str) -> FlaskClient:
    indexer.build(folder / "index", documents or [_ASKED, _WRITTEN])
    return create_app({"index": str(folder / "index"), **settings}).test_client()


def _described(page: str) -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


def _addresses(client: FlaskClient) -> list[str]:
    """Every address of every part of the sitemap."""
    parts = etree.fromstring(client.get("/sitemap.xml").data).xpath("//s:loc/text()", namespaces=_NAMES)
    texts = [client.get(part.removeprefix("http://localhost")).data for part in parts]
    return [address for text in texts for address in etree.fromstring(text).xpath("//s:loc/text()", namespaces=_NAMES)]


def test_a_question_page_describes_what_it_shows(tmp_path: Path) -> None:
    """Read by the reader of pages it is the question again, without who asked; nothing of it ends its block."""
    page = _site(tmp_path).get("/questions/q1").text
    (tmp_path / "page.html").write_text(page, "utf-8")
    (found,) = corpus.read(tmp_path / "page.html")
    assert isinstance(found, Question)
    assert (found.title, found.body, found.asked, found.topics) == (
        _ASKED.title,
        _ASKED.body,
        _ASKED.asked,
        _ASKED.topics,
    )
    assert found.answers == _ASKED.answers
    assert found.url == "http://localhost/questions/q1"
    question, crumbs = _described(page)
    assert question["mainEntity"]["answerCount"] == 2
    assert "author" not in question["mainEntity"]
    names = ["Home", "Spine surgery", "Bone cement", _ASKED.title]
    assert [item["name"] for item in crumbs["itemListElement"]] == names
    assert "alert(1)</script>" not in page
    assert '<meta name="description" content="I had it &lt;b&gt;yesterday&lt;/b&gt; &amp; worry.">' in page


@pytest.mark.parametrize(("notices", "kind"), [("", "MedicalWebPage"), ("off", "Article")])
def test_an_article_is_medical_where_the_site_is(notices: str, kind: str, tmp_path: Path) -> None:
    """A site without notices of danger is about something else."""
    article, _ = _described(_site(tmp_path, notices=notices).get("/articles/a1").text)
    assert (article["@type"], article["headline"], article["author"]["name"]) == (kind, "Bone cement", "Dr. B")
    assert article["datePublished"] == "2023-01-02"


def test_pages_are_found_here_or_at_their_source(tmp_path: Path) -> None:
    """By the setting `canonical`: what is to be found elsewhere is not in the sitemap."""
    here = _site(tmp_path)
    assert '<link rel="canonical" href="http://localhost/questions/q1">' in here.get("/questions/q1").text
    assert {"http://localhost/questions/q1", "http://localhost/articles/a1"} < set(_addresses(here))
    source = create_app({"index": str(tmp_path / "index"), "canonical": "source"}).test_client()
    assert '<link rel="canonical" href="https://clinic.example/q/1">' in source.get("/questions/q1").text
    assert '<link rel="canonical" href="http://localhost/articles/a1">' in source.get("/articles/a1").text
    found = set(_addresses(source))
    assert "http://localhost/articles/a1" in found
    assert "http://localhost/questions/q1" not in found


def test_the_sitemap_has_every_page_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts, with the newest date of each; a settled duplicate is found by the question that is kept."""
    monkeypatch.setattr(findable, "PART", 3)
    near = [question(f"n{n}", f"Knee pain {n}", topics=(Topic(name="Knee & hip"),)) for n in range(7)]
    client = _site(tmp_path, _ASKED, *near, decisions=str(tmp_path / "decisions"))
    found = _addresses(client)
    pages = [f"http://localhost/questions/{document.id}" for document in (*near, _ASKED)]
    assert sorted(found) == sorted([*pages, "http://localhost/", *map(_topic, ("Bone cement", "Knee & hip"))])
    assert "<lastmod>2024-06-02</lastmod>" in client.get("/sitemap/2.xml").text
    assert client.get("/sitemap/3.xml").status_code == 404
    with indexer.open_index(tmp_path / "index") as index:
        one, other = index.wordings(["n0", "n1"])
    told = Event(0, "", "ruth", "duplicate", "n1", "n0", other, one, 0.9, "very-likely", "")
    Ledger(str(tmp_path / "decisions")).add([told])
    assert set(found) - set(_addresses(client)) == {"http://localhost/questions/n1"}
    assert "application/ld+json" not in client.get("/questions/n1").text


def _topic(name: str) -> str:
    return f"http://localhost/topics/{name.replace(' ', '%20')}"


def test_robots_are_told_of_the_sitemap(tmp_path: Path) -> None:
    """By its whole address."""
    assert "\nSitemap: http://localhost/sitemap.xml\n" in _site(tmp_path).get("/robots.txt").text


def test_new_questions_with_a_reply_are_a_feed(tmp_path: Path) -> None:
    """The newest first, of a topic or specialty alone, linked from its page; nothing for a topic that is not there."""
    older = question("q2", "Older", answer="Yes.", asked=date(2020, 1, 1), topics=(Topic(name="Knee"),))
    waiting = question("q3", "Waiting", asked=date(2025, 1, 1))
    client = _site(tmp_path, older, waiting, _ASKED)
    feed = etree.fromstring(client.get("/feed.atom").data)
    assert feed.xpath("//a:entry/a:title/text()", namespaces=_NAMES) == [_ASKED.title, "Older"]
    assert feed.xpath("a:updated/text()", namespaces=_NAMES) == ["2024-05-31T00:00:00Z"]
    assert "/feed.atom?topic=Bone+cement" in client.get("/topics/Bone%20cement").text
    of_topic = etree.fromstring(client.get("/feed.atom?topic=Knee").data)
    assert of_topic.xpath("//a:entry/a:id/text()", namespaces=_NAMES) == ["http://localhost/questions/q2"]
    assert client.get("/feed.atom?topic=None").status_code == 404
    assert client.get("/feed.atom?other=1").status_code == 400


def test_browsers_learn_to_search_here(tmp_path: Path) -> None:
    """By the description that every page names, with suggestions as browsers ask for them."""
    client = _site(tmp_path, site_name="A clinic with a <long> name")
    assert (
        '<link rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml"' in client.get("/").text
    )
    told = etree.fromstring(client.get("/opensearch.xml").data)
    assert len(told[0].text) <= 16
    assert told.xpath("//*[local-name() = 'Url']/@template") == [
        "http://localhost/search?q={searchTerms}",
        "http://localhost/opensearch/suggest?q={searchTerms}",
    ]
    answer = client.get("/opensearch/suggest?q=cement")
    assert answer.mimetype == "application/x-suggestions+json"
    assert answer.json == [
        "cement",
        ["Bone cement", _ASKED.title],
        ["Topic", ""],
        ["/topics/Bone%20cement", "/questions/q1"],
    ]
    assert client.get("/opensearch/suggest?q=xyzzy").json == ["xyzzy", [], [], []]

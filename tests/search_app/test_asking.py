"""The page on which somebody asks: what is like it first, nothing kept, and on to the site's own form."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from search_app import create_app
from search_app.asking import MOST_TEXT, MOST_TITLE
from search_app.usage import UsageError

DRAFT = {"title": "Leg pain <b>since</b> kyphoplasty", "text": "The cement leaked into the disc, and my leg hurts."}


def test_a_question_is_answered_before_it_is_asked(sample_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Cards that are like it below what was written, which stays in the form, and is neither logged nor kept."""
    client = create_app({"index": str(sample_path)}).test_client()
    assert "sa-card" not in client.get("/ask").text
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/ask", data=DRAFT)
    assert answer.text.count('class="sa-card"') >= 1
    assert 'value="Leg pain &lt;b&gt;since&lt;/b&gt; kyphoplasty"' in answer.text
    assert f">{DRAFT['text']}</textarea>" in answer.text
    assert 'name="q" value=""' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "kyphoplasty" not in caplog.text
    assert "Questions are not sent from here." in answer.text


def test_of_an_old_reply_it_can_be_asked_whether_it_is_still_right(sample_path: Path) -> None:
    """The page of a reply of over a year ago leads to a form that asks it, with the title of that page."""
    client = create_app({"index": str(sample_path)}).test_client()
    page = client.get("/questions/q-0039").text
    assert ' years old. <a href="/ask?still=q-0039">Ask whether it is still right</a>' in page
    assert 'value="Is this still right? ' in client.get("/ask?still=q-0039").text
    assert client.get("/ask?still=none").status_code == 404


def test_a_draft_goes_on_to_the_sites_form_alone(sample_path: Path) -> None:
    """The setting `ask` is where it is posted to, and where the policy lets it go."""
    client = create_app({"index": str(sample_path), "ask": "https://clinic.example/ask?from=seealso"}).test_client()
    answer = client.post("/ask", data=DRAFT)
    assert '<form method="post" action="https://clinic.example/ask?from=seealso">' in answer.text
    assert f'name="text" value="{DRAFT["text"]}"' in answer.text
    assert "form-action 'self' https://clinic.example;" in answer.headers["Content-Security-Policy"]
    assert "clinic.example" not in client.get("/ask").headers["Content-Security-Policy"]
    for wrong in (
        "javascript:alert(1)",
        "clinic.example/ask",
        "https://",
        "https://表單.example/",
        "https://x.example;y/a",
    ):
        with pytest.raises(UsageError):
            create_app({"index": str(sample_path), "ask": wrong})


def test_who_is_in_danger_sees_it_first(sample_path: Path) -> None:
    """As above a search."""
    client = create_app({"index": str(sample_path)}).test_client()
    answer = client.post("/ask", data={"title": "crushing chest pain and my left arm is numb"})
    assert "This can be an emergency" in answer.text
    assert "You do not have to be alone" in client.post("/ask", data={"title": "how to commit sucide"}).text


def test_a_question_that_is_like_nothing_offers_a_search_with_its_first_line(sample_path: Path) -> None:
    """A long story may hide its matter, which its first line names; without one there is nothing to search with."""
    client = create_app({"index": str(sample_path)}).test_client()
    asked = client.post("/ask", data={"title": "zzzz & qqqq"}).text
    assert '<a href="/search?q=zzzz+%26+qqqq">Search with the words of its first line</a>' in asked
    assert "first line</a>" not in client.post("/ask", data={"text": "zzzz qqqq"}).text


def test_what_cannot_be_looked_for_is_not_lost(sample_path: Path) -> None:
    """A text that is too long stays in its field, with what is wrong; so does one that is like nothing."""
    client = create_app({"index": str(sample_path)}).test_client()
    long = "knee " * 5_000
    answer = client.post("/ask", data={"text": long})
    assert answer.status_code == 200
    assert "This cannot be looked for: 25,000 characters" in answer.text
    assert long.strip() in answer.text
    assert "No page here is close to your question." in client.post("/ask", data={"title": "zzzz qqqq"}).text
    assert "sa-card" not in client.post("/ask", data={}).text
    assert client.post("/ask", data={"title": "題" * MOST_TITLE, "text": "膝" * MOST_TEXT}).status_code == 200

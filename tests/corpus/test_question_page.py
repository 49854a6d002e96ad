"""What a question page's parser keeps, drops and keeps apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Question, to_json
from tests.corpus.conftest import take

PAGE = """{title}

Share to:

{body}

{asked}

{reply}

More Info

Words that the site adds.

Similar Q&A

[Read More] A neighbour on the page

Related FAQ

Knee

(Orthopedics)
"""
ASKED = "bluebird, 40~49 year old male. Ask Date: 2021/06/02"
REPLY = "Dr. Ann Example reply Orthopedics\n\nCool the knee.\n\nReply Date: 2021/06/03"


def _page(
    tmp_path: Path,
    *,
    title: str = "Knee Pain - Orthopedics",
    body: str = "It hurts on stairs.",
    asked: str = ASKED,
    reply: str = REPLY,
) -> Question:
    file = tmp_path / "page.txt"
    file.write_text(PAGE.format(title=title, body=body, asked=asked, reply=reply), "utf-8")
    documents, rejected = take(file)
    assert not rejected
    (question,) = documents
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize(
    "asked",
    [
        ASKED,
        "blue, bird, bluebird, 40~49 year old male. Ask Date: 2021/06/02",
        "bluebird, Ask Date: 2021/06/02",
        "bluebird. Ask Date: 2021/06/02",
        "bluebird 40~49 year old male. Ask Date: 2021/06/02",
        "bluebird, 40~49 years old male. Ask Date: 2021/06/02",
        "bluebird, 5 month old male. Ask Date: 2021/06/02",
        "bluebird, 40~49 year old Male. Ask Date: 2021/06/02",
        "bluebird, 40～49 year old male. Ask Date: 2021/06/02",
        "bluebird, 40~49 year old unknown. Ask Date: 2021/06/02",
        "bluebird, 40~49 year old male. Ask Date: 2021/06/02 10:30",
    ],
)
def test_the_nickname_is_in_no_field(tmp_path: Path, asked: str) -> None:
    """Whatever stands between nickname and ask date, the line with the nickname is kept nowhere."""
    assert "bluebird" not in to_json(_page(tmp_path, asked=asked))


def test_chrome_is_in_no_field(tmp_path: Path) -> None:
    """The line "Share to:" is dropped."""
    assert "Share to" not in to_json(_page(tmp_path))


def test_listed_titles_stand_in_listed_alone(tmp_path: Path) -> None:
    """The titles that the page lists are in no text field."""
    question = _page(tmp_path)
    assert [link.title for link in question.listed] == ["A neighbour on the page"]
    assert "neighbour" not in question.title + question.body + question.more + question.answers[0].text


def test_more_stands_in_more_alone(tmp_path: Path) -> None:
    """The site's expanded text is neither body nor answer."""
    question = _page(tmp_path)
    assert question.more == "Words that the site adds."
    assert question.body == "It hurts on stairs."
    assert [answer.text for answer in question.answers] == ["Cool the knee."]


def test_a_reply_without_its_date_ends_where_the_next_section_begins(tmp_path: Path) -> None:
    """Without a "Reply Date:" line the answer does not swallow the site's text and the listed titles."""
    question = _page(tmp_path, reply="Dr. Ann Example reply Orthopedics\n\nCool the knee.")
    assert [answer.text for answer in question.answers] == ["Cool the knee."]
    assert question.more == "Words that the site adds."
    assert len(question.listed) == 1


def test_more_info_within_a_dated_reply_is_the_doctors(tmp_path: Path) -> None:
    """A line "More Info" that stands before the reply's date belongs to the reply."""
    reply = REPLY.replace("Cool the knee.", "Cool the knee.\n\nMore Info\n\nAsk my nurse.")
    assert _page(tmp_path, reply=reply).answers[0].text.endswith("Ask my nurse.")


def test_an_asker_who_writes_of_a_doctors_reply_begins_no_reply(tmp_path: Path) -> None:
    """A line of the asker's own that begins "Dr. … reply …" stays in the body."""
    question = _page(tmp_path, body="My knee hurts.\nDr. Wu did not reply to me\nWhat now?")
    assert question.body == "My knee hurts.\nDr. Wu did not reply to me\nWhat now?"
    assert [answer.author for answer in question.answers] == ["Dr. Ann Example"]


def test_a_title_keeps_what_is_bracketed_in_the_text(tmp_path: Path) -> None:
    """What follows the title's dash is no specialty because the asker's own words have it in brackets."""
    question = _page(tmp_path, title="Broken Bone - T12", body="A broken bone (T12) hurts.")
    assert (question.title, question.specialty) == ("Broken Bone - T12", "Orthopedics")


def test_a_first_line_that_is_part_of_a_title_word_is_kept(tmp_path: Path) -> None:
    """The greeting "Hi" is the asker's, though the title's word "Thigh" holds its letters."""
    assert _page(tmp_path, title="Thigh Pain", body="Hi\n\nIt hurts.").body == "Hi\n\nIt hurts."


def test_a_long_question_is_recognised(tmp_path: Path) -> None:
    """A page whose ask line stands beyond the first 8,000 characters is a question page too."""
    assert _page(tmp_path, body="It hurts. " * 1_000).asked is not None


def test_a_no_break_space_in_the_ask_line_is_a_space(tmp_path: Path) -> None:
    """A page that is saved with no-break spaces is recognised and read as one with spaces."""
    file = tmp_path / "page.txt"
    file.write_text(f"Knee\n\nIt hurts.\n\n{ASKED}".replace("Date: ", "Date:\u00a0"), "utf-8")
    assert len(take(file)[0]) == 1


def test_a_page_of_anything_else_is_rejected(tmp_path: Path) -> None:
    """A text that is read as a question page by force and holds none costs one rejection."""
    file = tmp_path / "page.txt"
    for text in ("", "\n\n", "A shopping list\n\nmilk"):
        file.write_text(text, "utf-8")
        documents, rejected = take(file, format_name="question-page")
        assert (documents, [item.place for item in rejected]) == ([], ["page"])


@pytest.mark.parametrize("text", [",", "1, ", "Dr. ", "Dr. a replied ", "Ask Date: 2021/06/02 ", "(", "old male. "])
def test_a_huge_line_is_read(tmp_path: Path, text: str) -> None:
    """A line of 200,000 characters that nearly matches a pattern costs the page nothing."""
    file = tmp_path / "page.txt"
    file.write_text(f"Knee\n\nIt hurts.\n\n{ASKED}\n\n{text * (200_000 // len(text))}x\n\n{REPLY}", "utf-8")
    (question,) = take(file, format_name="question-page")[0]
    assert question.body == "It hurts."

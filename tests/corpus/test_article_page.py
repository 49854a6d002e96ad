"""What an article page's parser keeps, drops and keeps apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Article, to_json
from tests.corpus.conftest import take

TOP = "1. Health\nYou can opt-out at any time. Please refer to our privacy policy.\n\nJane Roe\n\nStiff Backs\n\n"
BY = "By March 1, 2012\n\nFollow me on:\n\n"
TEXT = "Many backs are stiff.\n\nMost loosen up."
COMMENTS = "March 3, 2012 at 9:05 am\n(1) Walter W. says:\n\nMine takes two hours."
FORM = "Leave a Comment\n\nLine breaks are automatic."
FOOT = (
    "©2014 Example.org. All rights reserved.\n\nWe comply with the EXAMPLE standard\nfor trustworthy health\n"
    "information: verify here."
)


def _article(tmp_path: Path, *parts: str) -> Article:
    file = tmp_path / "page.txt"
    file.write_text(TOP + BY + "\n\n".join(parts), "utf-8")
    documents, rejected = take(file)
    assert not rejected
    (article,) = documents
    assert isinstance(article, Article)
    return article


def test_an_article_without_comments_is_read(tmp_path: Path) -> None:
    """A page on which nobody has commented is an article like any other."""
    assert _article(tmp_path, TEXT, FORM, FOOT).body == TEXT


@pytest.mark.parametrize(
    "comment",
    [
        COMMENTS,
        COMMENTS.replace("am", "AM"),
        COMMENTS.replace("\n(1)", "\n\n(1)"),
    ],
    ids=["plain", "upper-case-am", "blank-line"],
)
def test_the_commenters_name_is_in_no_field(tmp_path: Path, comment: str) -> None:
    """However the head of a comment is spaced, the name in it is kept nowhere."""
    assert "Walter" not in to_json(_article(tmp_path, TEXT, COMMENTS.replace("Walter W.", "Bo"), comment, FORM))


def test_a_comment_without_a_name_stands_alone(tmp_path: Path) -> None:
    """A comment whose writer gave no name is a comment of its own, not the end of the one before."""
    nameless = COMMENTS.replace("Walter W. ", "").replace("(1)", "(2)")
    article = _article(tmp_path, TEXT, COMMENTS, nameless, FORM)
    assert [comment.text for comment in article.comments] == ["Mine takes two hours."] * 2


@pytest.mark.parametrize("parts", [(COMMENTS, FORM, FOOT), (COMMENTS, FOOT)], ids=["with-form", "without-form"])
def test_chrome_is_in_no_field(tmp_path: Path, parts: tuple[str, ...]) -> None:
    """Privacy note, "Follow me on", comment form, copyright and seal are kept nowhere."""
    text = to_json(_article(tmp_path, TEXT, *parts))
    for chrome in ("privacy", "Follow me", "Leave a Comment", "Line breaks", "©", "rights", "comply", "trustworthy"):
        assert chrome not in text


def test_related_titles_are_links_alone(tmp_path: Path) -> None:
    """A "Related:" line becomes a link and stays out of the body, also where several stand together."""
    article = _article(tmp_path, TEXT, "Related: Beds\nRelated: Chairs", "The end.", COMMENTS, FORM)
    assert [link.title for link in article.links] == ["Beds", "Chairs"]
    assert "Beds" not in article.body


def test_comments_are_no_part_of_the_body(tmp_path: Path) -> None:
    """What readers write stands in the comments, with its date, and not in the body."""
    article = _article(tmp_path, TEXT, COMMENTS, FORM)
    assert article.body == TEXT
    assert [str(comment.posted) for comment in article.comments] == ["2012-03-03"]


def test_a_last_paragraph_that_names_a_study_is_body(tmp_path: Path) -> None:
    """Running text that closes an article is no reference because it says "et al."."""
    last = "We hope that the findings of Roe et al. will help you to sleep, and that your mornings become easier."
    article = _article(tmp_path, TEXT, last, COMMENTS, FORM)
    assert (article.body, article.references) == (f"{TEXT}\n\n{last}", ())


@pytest.mark.parametrize("text", ["By ", "Aa ", "By Aa 1, ", "says: ", "All rights reserved ", "et. al", "A", "(1) "])
def test_a_huge_line_is_read(tmp_path: Path, text: str) -> None:
    """A paragraph of 200,000 characters on one line that nearly matches a pattern is read."""
    huge = text * (200_000 // len(text)) + "x"
    article = _article(tmp_path, huge, TEXT, COMMENTS, f"March 4, 2012 at 9:05 am\n(2) {huge}", FORM)
    assert article.body.endswith(TEXT)

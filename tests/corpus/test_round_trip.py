"""Documents survive the exchange format unchanged, whatever they hold."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Answer, Article, Asker, Comment, Document, Link, Question, Topic, from_json, to_json, write
from corpus.model import AGE_BANDS, SEXES
from tests.corpus.conftest import take

T = TypeVar("T")
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from("\u2028\u2029\x85\x00\u200f膝🦴")
TEXT = st.text(CHARACTERS | st.sampled_from("\n\r"), max_size=20)
LINE = st.text(CHARACTERS.filter(lambda c: c not in "\n\r"), max_size=10)
SOME_TEXT, SOME_LINE = (s.filter(lambda text: bool(text.strip())) for s in (TEXT, LINE))
DAY = st.none() | st.dates(min_value=date(1, 1, 1))
URL = st.just("") | st.from_regex(r"https?://[a-z]{1,5}\.org/[a-z?=&%#]{0,9}", fullmatch=True)
ID = st.from_regex(r"[a-z膝?=%:_-]{1,5}(/[a-z膝.]{1,5}x){0,2}", fullmatch=True)


def _tuple(of: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(of, max_size=2).map(tuple)


TOPICS = _tuple(st.builds(Topic, name=SOME_LINE, specialty=LINE))
LINKS = _tuple(st.builds(Link, title=SOME_LINE, url=URL))
ANSWERS = _tuple(st.builds(Answer, text=SOME_TEXT, author=LINE, specialty=LINE, answered=DAY))
ASKER = st.none() | st.builds(Asker, age=st.sampled_from(["", *AGE_BANDS]), sex=st.sampled_from(["", *SEXES]))
QUESTIONS = st.builds(
    Question,
    id=ID,
    title=SOME_LINE,
    body=TEXT,
    url=URL,
    site=LINE,
    asked=DAY,
    specialty=LINE,
    topics=TOPICS,
    asker=ASKER,
    answers=ANSWERS,
    more=TEXT,
    listed=LINKS,
)
ARTICLES = st.builds(
    Article,
    id=ID,
    title=SOME_LINE,
    body=TEXT,
    url=URL,
    site=LINE,
    author=LINE,
    published=DAY,
    specialty=LINE,
    topics=TOPICS,
    references=_tuple(SOME_TEXT),
    links=LINKS,
    comments=_tuple(st.builds(Comment, text=SOME_TEXT, posted=DAY)),
)
DOCUMENTS: st.SearchStrategy[Document] = QUESTIONS | ARTICLES


@given(DOCUMENTS)
def test_a_document_comes_back_from_its_line(document: Document) -> None:
    """One line of JSON gives back an equal document."""
    text = to_json(document)
    assert "\n" not in text
    assert from_json(text) == document


@settings(max_examples=50)
@given(st.lists(DOCUMENTS, min_size=1, max_size=5))
def test_documents_come_back_from_a_file(documents: list[Document]) -> None:
    """What is written to a file is read from it, equal and in order, without naming the format."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "documents.jsonl"
        assert write(documents, file) == len(documents)
        assert take(file) == (documents, [])

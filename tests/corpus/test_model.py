"""Every check that the model makes when a document is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from corpus import Answer, Article, Asker, Comment, CorpusError, Link, Question, Topic, kind_of

MAKERS: list[Callable[..., Any]] = [
    lambda **over: Question(**{"id": "a", "title": "T", **over}),
    lambda **over: Article(**{"id": "a", "title": "T", **over}),
]
both = pytest.mark.parametrize("make", MAKERS, ids=["question", "article"])


def _refused(make: Callable[..., Any], **values: Any) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        make(**values)
    assert caught.value.what
    assert caught.value.where
    assert caught.value.next
    return caught.value


@both
@pytest.mark.parametrize("good", ["a", "a/b", "example.org/a.b?c=d", "膝/1", "x" * 300, "a..b", ".hidden", "a/..."])
def test_an_id_that_can_stand_in_an_address_is_taken(make: Callable[..., Any], good: str) -> None:
    """Path parts of any script, up to 300 characters, make an id."""
    assert make(id=good).id == good


@both
@pytest.mark.parametrize(
    "bad",
    [
        "",
        " ",
        "a b",
        "a\n",
        "a\u00a0b",
        "a\x00",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/./b",
        "a/../b",
        "../a",
        "a/..",
        "x" * 301,
        None,
        7,
        b"a",
        "\ud800",
        "a\udce4",
    ],
    ids=lambda bad: ascii(bad)[:20],
)
def test_an_id_that_cannot_stand_in_an_address_is_refused(make: Callable[..., Any], bad: object) -> None:
    """White space, control characters, surrogates, empty or dotted parts and over-long ids are refused."""
    _refused(make, id=bad)


URLS = ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:x", "data:text/html,x", "ftp://e.org/", "//e.org"]


@pytest.mark.parametrize("url", [*URLS, "e.org/a", "http://[::1", "http://e℀.org/"])
@pytest.mark.parametrize("make", [*MAKERS, lambda **over: Link(title="T", **over)], ids=["question", "article", "link"])
def test_a_url_that_is_neither_http_nor_https_is_refused(make: Callable[..., Any], url: str) -> None:
    """A script, another scheme, none at all, or what is no URL is refused."""
    _refused(make, url=url)


TEXTS: list[tuple[Callable[..., Any], str]] = [
    *((MAKERS[0], name) for name in ("title", "url", "site", "specialty", "body", "more")),
    *((MAKERS[1], name) for name in ("title", "url", "site", "specialty", "body", "author")),
    *((lambda **over: Answer(**{"text": "A", **over}), name) for name in ("text", "author", "specialty")),
    (Comment, "text"),
    *((lambda **over: Topic(**{"name": "N", **over}), name) for name in ("name", "specialty")),
    *((lambda **over: Link(**{"title": "T", **over}), name) for name in ("title", "url")),
    *((Asker, name) for name in ("age", "sex")),
]
every_text = pytest.mark.parametrize(("make", "name"), TEXTS, ids=[f"{n}-{name}" for n, (_, name) in enumerate(TEXTS)])


@every_text
@pytest.mark.parametrize("bad", [None, 0, False, 7, b"text", ["text"], "a\ud800"], ids=ascii)
def test_a_text_that_is_none_is_refused(make: Callable[..., Any], name: str, bad: object) -> None:
    """Every text field refuses what is no string and what holds a lone surrogate."""
    _refused(make, **{name: bad})


LINES = [(make, name) for make, name in TEXTS if name not in ("body", "more", "text", "url", "age", "sex")]


@pytest.mark.parametrize(("make", "name"), LINES, ids=[f"{n}-{name}" for n, (_, name) in enumerate(LINES)])
@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "x" * 1_001], ids=["line-feed", "carriage-return", "over-long"])
def test_a_line_that_is_none_is_refused(make: Callable[..., Any], name: str, bad: str) -> None:
    """Titles, names and other lines hold no line break and at most 1,000 characters."""
    _refused(make, **{name: bad})


@pytest.mark.parametrize(
    ("make", "name"),
    [(MAKERS[0], "body"), (MAKERS[0], "more"), (MAKERS[1], "body"), (Answer, "text"), (Comment, "text")],
    ids=["question-body", "question-more", "article-body", "answer", "comment"],
)
def test_a_text_of_over_a_million_characters_is_refused(make: Callable[..., Any], name: str) -> None:
    """Texts may have line breaks and a million characters, and not one more."""
    assert make(**{name: "x\n" * 500_000})
    assert "1,000,001" in _refused(make, **{name: "x" * 1_000_001}).what


@pytest.mark.parametrize("empty", ["", "  ", "\u00a0"], ids=ascii)
def test_what_a_part_cannot_do_without_is_asked_for(empty: str) -> None:
    """A document needs a title, an answer and a comment their text, a topic its name, a link its title."""
    for make, name in [(MAKERS[0], "title"), (MAKERS[1], "title"), (Link, "title"), (Topic, "name")]:
        _refused(make, **{name: empty})
    for make in (Answer, Comment):
        _refused(make, text=empty)


@pytest.mark.parametrize("bad", [datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01", 2024], ids=["time", "text", "number"])
def test_a_day_is_a_date_and_nothing_else(bad: object) -> None:
    """A time of day, a text or a number is no date."""
    for make, name in [(MAKERS[0], "asked"), (MAKERS[1], "published")]:
        assert make(**{name: date(2024, 2, 29)})
        _refused(make, **{name: bad})
    _refused(Answer, text="A", answered=bad)
    _refused(Comment, text="A", posted=bad)


PARTS: list[tuple[Callable[..., Any], str, object]] = [
    (MAKERS[0], "topics", Topic(name="N")),
    (MAKERS[0], "answers", Answer(text="A")),
    (MAKERS[0], "listed", Link(title="T")),
    (MAKERS[1], "topics", Topic(name="N")),
    (MAKERS[1], "references", "Roe J. 2001."),
    (MAKERS[1], "links", Link(title="T")),
    (MAKERS[1], "comments", Comment(text="C")),
]


@pytest.mark.parametrize(("make", "name", "part"), PARTS, ids=[name for _, name, _ in PARTS])
def test_parts_stand_in_a_tuple(make: Callable[..., Any], name: str, part: object) -> None:
    """A list, a part alone, a generator or a part of another class is refused."""
    assert make(**{name: (part,)})
    for bad in ([part], part, iter([part]), (part, 7), None, {part}):
        _refused(make, **{name: bad})


@pytest.mark.parametrize("bad", ["a\ud800", "", "x" * 1_000_001], ids=["surrogate", "empty", "over-long"])
def test_a_reference_is_a_text_like_any_other(bad: str) -> None:
    """References hold no surrogates, are not empty and have a bounded length."""
    _refused(MAKERS[1], references=(bad,))


def test_who_asks_is_a_band_and_a_sex_alone() -> None:
    """An exact age, a band of other bounds, a name or another word for the sex is refused."""
    assert Question(id="a", title="T", asker=Asker(age="0-9", sex="male"))
    for age in ("74", "70-80", "120-129", "old"):
        _refused(Asker, age=age)
    for sex in ("Female", "f", "tsz"):
        _refused(Asker, sex=sex)
    _refused(MAKERS[0], asker="bluebird")


def test_everything_is_frozen_and_slotted() -> None:
    """No part of a document can be changed or given a further attribute."""
    for value in (Question(id="a", title="T"), Article(id="a", title="T"), Answer(text="A"), Comment(text="C")):
        for part in (value, Asker(), Topic(name="N"), Link(title="T")):
            assert not hasattr(part, "__dict__")
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(part, dataclasses.fields(part)[0].name, "other")


def test_a_document_knows_its_kind() -> None:
    """Questions and articles are told apart by name."""
    assert [kind_of(make()) for make in MAKERS] == ["question", "article"]

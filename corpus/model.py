"""What a document is: questions with their answers, articles with their comments; checked when they are made."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlsplit

from corpus.errors import CorpusError
from corpus.text import is_unicode

MOST_ID = 300
MOST_LINE = 1_000
MOST_TEXT = 1_000_000
MOST_AGE = 120
BANDS = tuple(f"{low}-{low + 9}" for low in range(0, MOST_AGE, 10))
SEXES = ("female", "male")

# An address that needs no parsing to be one.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[!-~]*)?")
_ID = re.compile(r"[^\s/\x00-\x1f\ud800-\udfff]+(?:/[^\s/\x00-\x1f\ud800-\udfff]+)*")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")


def _refuse(what: str, where: str, next_: str) -> CorpusError:
    return CorpusError(what, where, next_)


def _check_texts(owner: object, *, lines: tuple[str, ...] = (), texts: tuple[str, ...] = (), needed: str = "") -> None:
    """Every named field is a string of a bounded length; a line has no line break; `needed` is not empty."""
    for name in (*lines, *texts):
        value = getattr(owner, name)
        if type(value) is str and len(value) <= MOST_LINE and value.isprintable():
            continue  # so are almost all: without a line break or half a character
        where = f"{type(owner).__name__}.{name}"
        _check_text(value, where, MOST_LINE if name in lines else MOST_TEXT)
        if name in lines and ("\n" in value or "\r" in value):
            raise _refuse("a line break within one line", where, "put it on one line")
    if needed and not getattr(owner, needed).strip():
        raise _refuse(f"no {needed}", type(owner).__name__, f"give the {needed}, or leave the record out")


def _check_text(value: object, where: str, most: int) -> None:
    if not isinstance(value, str):
        raise _refuse(f"{type(value).__name__} where text belongs", where, "give a string")
    if len(value) > most:
        raise _refuse(f"{len(value):,} characters are too many", where, "shorten it or give it another field")
    if not is_unicode(value):
        raise _refuse("bytes that are not UTF-8", where, "convert the source to UTF-8")


def _check_day(owner: object, name: str) -> None:
    value = getattr(owner, name)
    if value is not None and type(value) is not date:
        raise _refuse("not a calendar date", f"{type(owner).__name__}.{name}", "give a date such as 2024-06-03")


def _check_parts(owner: object, name: str, kind: type) -> None:
    value, where = getattr(owner, name), f"{type(owner).__name__}.{name}"
    if not isinstance(value, tuple) or not all(isinstance(part, kind) for part in value):
        raise _refuse(f"not a tuple of {kind.__name__}", where, f"give a tuple of {kind.__name__}")


def _check_id(value: object) -> None:
    if not isinstance(value, str) or not _ID.fullmatch(value) or len(value) > MOST_ID or _DOTS.search(value):
        raise _refuse(
            "an id that cannot stand in an address",
            repr(value)[:80],
            f"give 1 to {MOST_ID} characters without white space, empty or dotted path parts",
        )


def _check_url(owner: object) -> None:
    url: str = owner.url  # type: ignore[attr-defined]  # called for the classes with a url alone
    if _PLAIN_URL.fullmatch(url):
        return  # as almost all are
    try:
        fine = not url or (urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname))
    except ValueError:
        fine = False
    if not fine:
        raise _refuse("no http or https URL", f"{type(owner).__name__}.url", "give the page's address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject that a site files documents under, with the specialty it belongs to (may be empty)."""

    name: str
    specialty: str = ""

    def __post_init__(self) -> None:
        _check_texts(self, lines=("name", "specialty"), needed="name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A title that points to another page; the URL is empty where the source shows the title alone."""

    title: str
    url: str = ""

    def __post_init__(self) -> None:
        _check_texts(self, lines=("title", "url"), needed="title")
        _check_url(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, as far as it may be kept: an age band such as `70-79` and a sex; never a name."""

    age: str = ""
    sex: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.age, str) or self.age not in ("", *BANDS):
            raise _refuse(f"{self.age!r} is no age band", "Asker.age", "give a band of ten years such as 70-79")
        if not isinstance(self.sex, str) or self.sex not in ("", *SEXES):
            raise _refuse(f"{self.sex!r} is no sex", "Asker.sex", "give female or male, or leave it out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A doctor's reply, word for word."""

    text: str
    author: str = ""
    specialty: str = ""
    answered: date | None = None

    def __post_init__(self) -> None:
        _check_texts(self, lines=("author", "specialty"), texts=("text",), needed="text")
        _check_day(self, "answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reader wrote under an article: its date and text, without the reader's name."""

    text: str
    posted: date | None = None

    def __post_init__(self) -> None:
        _check_texts(self, texts=("text",), needed="text")
        _check_day(self, "posted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A patient's question with its answers.

    `more` is the site's own expanded text (not the doctor's words); `listed` are the neighbours that the page
    itself records: they are kept to compare with, never searched.
    """

    id: str
    title: str
    body: str = ""
    url: str = ""
    site: str = ""
    asked: date | None = None
    specialty: str = ""
    topics: tuple[Topic, ...] = ()
    asker: Asker | None = None
    answers: tuple[Answer, ...] = ()
    more: str = ""
    listed: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_texts(self, lines=("title", "url", "site", "specialty"), texts=("body", "more"), needed="title")
        _check_url(self)
        _check_day(self, "asked")
        _check_parts(self, "topics", Topic)
        _check_parts(self, "answers", Answer)
        _check_parts(self, "listed", Link)
        if self.asker is not None and not isinstance(self.asker, Asker):
            raise _refuse("not an Asker", "Question.asker", "give an Asker or None")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of the site; readers' comments stand apart and never count as its own text."""

    id: str
    title: str
    body: str = ""
    url: str = ""
    site: str = ""
    author: str = ""
    published: date | None = None
    specialty: str = ""
    topics: tuple[Topic, ...] = ()
    references: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    comments: tuple[Comment, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_texts(self, lines=("title", "url", "site", "author", "specialty"), texts=("body",), needed="title")
        _check_url(self)
        _check_day(self, "published")
        _check_parts(self, "topics", Topic)
        _check_parts(self, "references", str)
        for reference in self.references:
            _check_text(reference, "Article.references", MOST_LINE * 10)
            if not reference.strip():
                raise _refuse("an empty reference", "Article.references", "leave it out")
        _check_parts(self, "links", Link)
        _check_parts(self, "comments", Comment)


Document = Article | Question

# How each kind is called in the exchange format, on the command line and in JSON.
KINDS: dict[str, type[Article | Question]] = {"article": Article, "question": Question}


def kind_of(document: Document) -> str:
    """`article` or `question`."""
    return "article" if isinstance(document, Article) else "question"


def field_names(kind: str) -> tuple[str, ...]:
    """The fields of a kind of document, in their order."""
    return tuple(field.name for field in fields(KINDS[kind]))

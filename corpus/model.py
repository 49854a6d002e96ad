"""The classes of a document: Question and Article with their parts, which check their fields when they are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import CorpusError
from corpus.text import is_unicode

MOST_ID = 300
MOST_LINE = 1_000
MOST_TEXT = 1_000_000
AGE_BANDS = tuple(f"{low}-{low + 9}" for low in range(0, 120, 10))
SEXES = ("female", "male")

# A field means the same in every class that has it: what it may hold goes by its name.
LINES = ("name", "title", "url", "site", "author", "specialty")
TEXTS = ("body", "more", "text")
DAYS = frozenset({"asked", "published", "answered", "posted"})

# An address that needs no parsing to be one.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[!-~]*)?")
_ID = re.compile(r"[^\s/\x00-\x1f\ud800-\udfff]+(?:/[^\s/\x00-\x1f\ud800-\udfff]+)*")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")


class _Checked:
    """What the classes below share: each field is checked by its name; the first that is wrong raises CorpusError."""

    __slots__ = ()

    def __post_init__(self) -> None:
        kind: Any = type(self)
        for name, default, where, check in _checks(kind):
            value = getattr(self, name)
            if value is not default:
                check(value, where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(_Checked):
    """A subject that a site files documents under, with the specialty it belongs to (may be empty)."""

    name: str
    specialty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(_Checked):
    """A title that points to another page; the URL is empty where the source shows the title alone."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker(_Checked):
    """Who asks, as far as it may be kept: an age band such as `70-79` and a sex; never a name."""

    age: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(_Checked):
    """A doctor's reply, word for word."""

    text: str
    author: str = ""
    specialty: str = ""
    answered: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(_Checked):
    """What a reader wrote under an article: its date and text, without the reader's name."""

    text: str
    posted: date | None = None


def age_band(years: int) -> str:
    """The ten years of age in which somebody is; empty for more than anybody lives."""
    return AGE_BANDS[years // 10] if years // 10 < len(AGE_BANDS) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(_Checked):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(_Checked):
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


Document = Article | Question

# How each kind is called in the exchange format, on the command line and in JSON.
KINDS: dict[str, type[Article | Question]] = {"article": Article, "question": Question}

# The fields that hold tuples, each with what is in them.
PARTS = {"topics": Topic, "answers": Answer, "listed": Link, "references": str, "links": Link, "comments": Comment}


def kind_of(document: Document) -> str:
    """`article` or `question`."""
    return "article" if isinstance(document, Article) else "question"


def _check_id(value: object, _: str) -> None:
    if not isinstance(value, str) or not _ID.fullmatch(value) or len(value) > MOST_ID or _DOTS.search(value):
        raise CorpusError(
            "an id that cannot stand in an address",
            repr(value)[:80],
            f"give 1 to {MOST_ID} characters without white space, empty or dotted path parts",
        )


def _check_text(value: object, where: str, most: int = MOST_TEXT) -> None:
    if type(value) is str and len(value) <= MOST_LINE and value.isprintable():
        return  # as almost all are: without a line break or half a character
    if not isinstance(value, str):
        raise CorpusError(f"{type(value).__name__} where text belongs", where, "give a string")
    if len(value) > most:
        raise CorpusError(f"{len(value):,} characters are too many", where, "shorten it or give it another field")
    if not is_unicode(value):
        raise CorpusError("bytes that are not UTF-8", where, "convert the source to UTF-8")


def _check_line(value: Any, where: str) -> None:
    _check_text(value, where, MOST_LINE)
    if "\n" in value or "\r" in value:
        raise CorpusError("a line break within one line", where, "put it on one line")


def _check_needed(value: str, where: str) -> None:
    if not value.strip():
        kind, _, name = where.partition(".")
        raise CorpusError(f"no {name}", kind, f"give the {name}, or leave the record out")


def _check_parts(kind: type, value: object, where: str) -> None:
    if not isinstance(value, tuple) or not all(isinstance(part, kind) for part in value):
        raise CorpusError(f"not a tuple of {kind.__name__}", where, f"give a tuple of {kind.__name__}")
    for reference in value if kind is str else ():
        _check_text(reference, where, MOST_LINE * 10)
        if not reference.strip():
            raise CorpusError("an empty reference", where, "leave it out")


def _is_url(value: str) -> bool:
    if not value or _PLAIN_URL.fullmatch(value):
        return True  # as almost all are
    try:
        return urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
    except ValueError:
        return False


def _check(fine: Callable[[Any], bool], what: str, next_: str, value: object, where: str) -> None:
    if not fine(value):
        raise CorpusError(what.format(value), where, next_)


# What is checked, in this order; what is a text has been found to be one before more is asked of it.
_CHECKS: tuple[tuple[Iterable[str], Callable[[Any, str], None]], ...] = (
    (["id"], _check_id),
    (LINES, _check_line),
    (TEXTS, _check_text),
    (["name", "title", "text"], _check_needed),
    (["url"], partial(_check, _is_url, "no http or https URL", "give the page's address")),
    (DAYS, partial(_check, lambda day: type(day) is date, "not a calendar date", "give a date such as 2024-06-03")),
    *(([name], partial(_check_parts, kind)) for name, kind in PARTS.items()),
    (["asker"], partial(_check, lambda one: isinstance(one, Asker), "not an Asker", "give an Asker or None")),
    (["age"], partial(_check, AGE_BANDS.__contains__, "{!r} is no age band", "give a band of ten years such as 70-79")),
    (["sex"], partial(_check, SEXES.__contains__, "{!r} is no sex", "give female or male, or leave it out")),
)


@cache
def _checks(kind: Any) -> list[tuple[str, object, str, Callable[[Any, str], None]]]:
    """The checks of a class: field, default (which needs none), how an error calls it, what checks it."""
    own = {field.name: field.default for field in fields(kind)}
    checks = [(name, check) for names, check in _CHECKS for name in names if name in own]
    return [(name, own[name], f"{kind.__name__}.{name}", check) for name, check in checks]

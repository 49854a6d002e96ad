"""What each error means outside: one table of HTTP and exit statuses, and what a visitor reads of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import indexer
from corpus import CorpusError
from search_app.decisions.refusals import (
    DecidedMeanwhile,
    DecisionRefused,
    DecisionsUnavailable,
    NotAllowed,
    NotSignedIn,
    TooManyAttempts,
)
from search_app.inbox import InboxUnavailable
from search_app.refused import GapsUnavailable, KeyNeeded, Overloaded, SiteUnavailable, TooManySearches
from search_app.usage import UsageError


class Outside(NamedTuple):
    """How an error shows: the HTTP status, the exit status of a command, and a title."""

    http: int
    exit: int
    title: str


# Looked up along an error's classes, the nearest first. Exit: 2 wrong usage, 3 a source or the index cannot be used,
# 4 another build holds the lock.
ERRORS: dict[type[Exception], Outside] = {
    DecisionRefused: Outside(409, 2, "This cannot be decided so"),
    DecidedMeanwhile: Outside(409, 2, "Another editor was faster"),
    DecisionsUnavailable: Outside(503, 3, "Decisions cannot be used"),
    KeyNeeded: Outside(401, 2, "A key is needed"),
    NotSignedIn: Outside(401, 2, "Only for editors"),
    NotAllowed: Outside(403, 2, "This was not sent from a page of the desk"),
    TooManyAttempts: Outside(429, 2, "Too many attempts"),
    indexer.RequestRefused: Outside(400, 2, "This request is out of bounds"),
    indexer.DocumentNotFound: Outside(404, 2, "No such document"),
    indexer.IndexMissing: Outside(503, 3, "There is no index yet"),
    indexer.IndexIncompatible: Outside(503, 3, "The index belongs to another version"),
    indexer.IndexDamaged: Outside(503, 3, "The index is damaged"),
    indexer.BuildInProgress: Outside(409, 4, "Another build is at work"),
    indexer.WouldShrink: Outside(409, 3, "The index would lose most of its documents"),
    TooManySearches: Outside(429, 3, "Too many searches"),
    Overloaded: Outside(503, 3, "Too many requests at once"),
    SiteUnavailable: Outside(502, 3, "The site could not be asked"),
    GapsUnavailable: Outside(503, 3, "Searches cannot be counted"),
    InboxUnavailable: Outside(503, 3, "The inbox cannot be used"),
    indexer.SearchError: Outside(503, 3, "The index cannot be used"),
    CorpusError: Outside(400, 3, "A source cannot be used"),
    UsageError: Outside(400, 2, "Wrong usage"),
}


# What refuses a request before it reaches a view.
NAMES = {
    404: "There is no page at this address",
    405: "This address does not take that method",
    500: "Something broke on our side",
}
# What a visitor may meet, in words: what is wrong, and what to do about it.
WORDS: Mapping[str, tuple[str, str]] = {
    "text-too-long": ("{characters:,} characters", "send at most {most:,}"),
    "too-many-parts": (
        "more than {parts} phrases and exclusions, or of more than {words} words together",
        "search with fewer or shorter ones",
    ),
    "page-out-of-bounds": (
        "page {page} of {size} hits",
        "ask for pages of 1 to {most_size} within the first {most:,} hits",
    ),
    "limit-out-of-bounds": ("{limit} cards", "ask for 1 to {most}"),
    "document-not-found": ("no document has the id {id!r}", "search for its title"),
    "internal-error": (
        "the page could not be put together",
        "try again; if it happens again, send the reference to the site",
    ),
}


def words_of(error: indexer.SearchError | CorpusError, said: Callable[[str], str] = str) -> tuple[str, str]:
    """What is wrong and what to do, for people: by its code in the language of `said`, else as it says it."""
    if isinstance(error, CorpusError) or not error.parameters or error.code not in WORDS:
        return error.what, error.next
    what, next_ = WORDS[error.code]
    return said(what).format(**error.parameters), said(next_).format(**error.parameters)


def outside(error: Exception) -> Outside:
    """How an error shows; errors that the table does not have are ours: 500."""
    for kind in type(error).__mro__:
        if kind in ERRORS:
            return ERRORS[kind]
    return Outside(500, 1, NAMES[500])

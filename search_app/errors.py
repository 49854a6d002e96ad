"""What each error means outside: one table of HTTP and exit statuses, and the pages and problems they become."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from flask import Flask, Response, g, jsonify, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

import indexer
from corpus import CorpusError
from search_app.api.hooks import SiteUnavailable
from search_app.api.keys import KeyNeeded
from search_app.api.limits import TooManySearches
from search_app.decisions.refusals import (
    DecidedMeanwhile,
    DecisionRefused,
    DecisionsUnavailable,
    NotAllowed,
    NotSignedIn,
    TooManyAttempts,
)
from search_app.inbox import InboxUnavailable
from search_app.overload import Overloaded
from search_app.security import ROUTE_OF_API
from search_app.services import PAUSE
from search_app.usage import UsageError

log = logging.getLogger(__name__)
_FRAMES = 4
_UNAVAILABLE, _UNAUTHORISED = 503, 401
_NONE: Mapping[str, str] = MappingProxyType({})
# What an answer of some statuses says besides.
_MORE = {_UNAVAILABLE: {"Retry-After": f"{PAUSE:.0f}"}, _UNAUTHORISED: {"WWW-Authenticate": "Bearer"}}
Refusal = tuple[str, list[tuple[str, str]], bytes]
Sent = tuple[Response | str, int, Mapping[str, str]]


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


def init_app(app: Flask, said: Callable[[str], str]) -> None:
    """Answer every error as a page, in the language of `said`, or under the API as a problem (RFC 9457)."""

    @app.errorhandler(indexer.SearchError)
    @app.errorhandler(CorpusError)
    def known(error: indexer.SearchError | CorpusError) -> Sent:
        shown = outside(error)
        if shown.http >= 500 and not isinstance(error, Overloaded):  # thousands of lines would help nobody
            log.error("%s: %s (%s)", type(error).__name__, error.what, error.where)
        # Where the server keeps its index is the operator's to know: it stands in the log.
        where = "the index" if shown.http >= 500 and not isinstance(error, Overloaded) else error.where
        english = request.path.startswith(ROUTE_OF_API)
        what, next_ = words_of(error) if english else words_of(error, said)
        kind, more = type(error).__name__, _MORE.get(shown.http, _NONE)
        more = {"Retry-After": str(error.wait)} if isinstance(error, TooManySearches) else more
        return answer(shown.http, shown.title, kind=kind, what=what, where=where, next_=next_, headers=more)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Sent:
        status = error.code or 500
        if isinstance(error, InternalServerError):
            cause = error.original_exception or error
            # Where it broke, and as what; an error's message may hold what somebody asked, so it is not logged.
            frames = traceback.extract_tb(cause.__traceback__)[-_FRAMES:]
            places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
            log.error("internal error: %s at %s", type(cause).__name__, places)
            english = request.path.startswith(ROUTE_OF_API)
            what, next_ = map(str if english else said, WORDS["internal-error"])
            where = f"reference {g.id}"
            return answer(500, NAMES[500], kind="InternalError", what=what, where=where, next_=next_)
        allow = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        title = NAMES.get(status, error.name)
        return answer(
            status,
            title,
            kind=error.name.replace(" ", ""),
            what=error.description or error.name,
            where=request.path,
            next_="check the address" if status == 404 else "see the documentation of the API",
            headers=allow,
        )


def refusal(app: Flask, path: str) -> Refusal:
    """Status line, headers and body for a request to a path that a server does not even begin, as it has too many."""
    with app.test_request_context(path):
        response = app.process_response(app.make_response(app.handle_user_exception(Overloaded())))
        return response.status, list(response.headers), response.get_data()


def answer(
    status: int, title: str, *, kind: str, what: str, where: str, next_: str, headers: Mapping[str, str] = _NONE
) -> Sent:
    """The error as a problem under the API, as a page elsewhere."""
    if request_ctx.url_adapter is None:  # a Host header that is none: no address can be made, so no page of ours
        return Response(f"{title}: {what}. {next_}.\n", mimetype="text/plain"), status, headers
    if request.blueprint == "panel":  # it stands within a page of another site: a comment says what is wrong
        return f"<!-- SeeAlso: {title.lower()}: {next_} -->\n", status, headers
    if not request.path.startswith(ROUTE_OF_API):
        page = render_template("error.html", status=status, title=title, what=what, where=where, next=next_)
        return page, status, headers
    problem = jsonify(
        type=f"urn:seealso:error:{kind}", title=title, status=status, detail=what, what=what, where=where, next=next_
    )
    problem.mimetype = "application/problem+json"
    return problem, status, headers

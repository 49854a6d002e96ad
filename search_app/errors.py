"""Errors as pages, and under the API as problems; what each means stands in the table of `outside`."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import Flask, Response, g, jsonify, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

import indexer
from corpus import CorpusError
from search_app.outside import NAMES, WORDS, outside, words_of
from search_app.refused import Overloaded, TooManySearches
from search_app.security import ROUTE_OF_API
from search_app.services import PAUSE

log = logging.getLogger(__name__)
_FRAMES = 4
_UNAVAILABLE, _UNAUTHORISED = 503, 401
_NONE: Mapping[str, str] = MappingProxyType({})
# What an answer of some statuses says besides.
_MORE = {_UNAVAILABLE: {"Retry-After": f"{PAUSE:.0f}"}, _UNAUTHORISED: {"WWW-Authenticate": "Bearer"}}
Refusal = tuple[str, list[tuple[str, str]], bytes]
Sent = tuple[Response | str, int, Mapping[str, str]]


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
        told = {"what": what, "where": where, "next": next_}
        page = render_template("error.html", status=status, kind=kind, title=title, **told)
        return page, status, headers
    problem = jsonify(
        type=f"urn:seealso:error:{kind}", title=title, status=status, detail=what, what=what, where=where, next=next_
    )
    problem.mimetype = "application/problem+json"
    return problem, status, headers

"""What each route of the API takes and answers, told at its view: each request is checked by it before the view runs,
and the description of the API (OpenAPI) is made from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from flask import Flask, current_app, g, request

from indexer import RequestRefused, SearchError
from search_app.api.keys import admitted, bearer_of
from search_app.requests import Parameter, known

# The scope of what is let in by the signature of its body, which its view checks.
SIGNED = "signed"
_View = TypeVar("_View", bound=Callable[..., Any])
_Body = TypeVar("_Body")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route answers and takes: the type of its answer and the answer's status, the parameters of its query, the
    type of its body, the scope of the key that it asks for.
    """

    answer: Any
    query: tuple[Parameter, ...] = ()
    body: Any = None
    status: int = 200
    scope: str = "read"


def operation(
    answer: Any, *query: Parameter, body: Any = None, status: int = 200, scope: str = "read"
) -> Callable[[_View], _View]:
    """Tell at a view what its route takes and answers."""

    def tell(view: _View) -> _View:
        vars(view)["operation"] = Operation(answer, query, body, status, scope)
        return view

    return tell


def operation_of(app: Flask, endpoint: str | None) -> Operation | None:
    """What the route of an endpoint takes and answers; None for one that is none of the API."""
    found: Operation | None = getattr(app.view_functions.get(endpoint or ""), "operation", None)
    return found


def init_app(app: Flask, reading: str) -> None:
    """Check each request of the API: its key, and its parameters. `reading`: `open`, or `key` where only who has a key
    may read.
    """

    @app.before_request
    def admit() -> None:
        told = operation_of(current_app, request.endpoint)
        if told is None or request.method == "OPTIONS":  # which asks what may be asked, and brings no key
            return
        if told.scope != SIGNED and (told.scope != "read" or reading == "key"):
            g.key = admitted(told.scope)
        elif told.scope == "read":
            with suppress(SearchError):  # where keys cannot be read, reading is open all the same
                if name := bearer_of("read"):
                    g.key = name  # by which it is counted
        known(request.args, told.query)


def body_of(kind: type[_Body]) -> _Body:
    """The JSON of a request's body as a type that msgspec knows. Raises RequestRefused for anything else."""
    try:
        return msgspec.convert(json.loads(request.get_data(), parse_float=_number), kind)
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, msgspec.ValidationError) else "no JSON that could be read"
        fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]  # its stubs take no TypeVar
        remedy = f"send a JSON object; known are {', '.join(field.name for field in fields)}"
        raise RequestRefused(what, "body", remedy) from error


def _number(written: str) -> float:
    """A number with a point or an exponent; 4.0 is a whole one to JSON Schema."""
    number = float(written)
    return int(number) if number.is_integer() else number

"""Describes the API by itself, as OpenAPI 3.1 made from its routes and the types of its answers, and as a page."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

import msgspec
from flask import Flask, Response, current_app, jsonify, render_template
from werkzeug.routing import Rule

import corpus
from search_app.api.operations import SIGNED, Operation, operation_of
from search_app.api.pushing import NewDocument
from search_app.api.reading import bp
from search_app.security import ROUTE_OF_API

_REF = "#/components/schemas/{name}"
_TAGS = {"api": "Reading", "content_api": "Content", "hooks_api": "Content", "desk_api": "Decisions"}
_KINDS, _PARTS = ("Article", "Question"), ("Topic", "Link", "Asker", "Answer", "Comment")
# Something besides white space, of which Python knows more than patterns do.
_PRINTED = r"[^\s\x1c-\x1f\x85]"
_LINE = {"maxLength": 1_000, "pattern": r"^[^\r\n]*$"}
# What the documents of the exchange format hold in each of their fields, as their classes check it.
_FIELDS: dict[str, dict[str, Any]] = {
    "id": {"minLength": 1, "maxLength": 300, "pattern": r"^[^\s/\x00-\x1f]+(/[^\s/\x00-\x1f]+)*$"},
    **{name: {**_LINE, "pattern": rf"^[^\r\n]*{_PRINTED}[^\r\n]*$"} for name in ("name", "title")},
    **dict.fromkeys(("site", "author", "specialty"), _LINE),
    "url": {"maxLength": 1_000, "pattern": r"^([Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@:\[\]]+(:\d{1,4})?([/?#]\S*)?)?$"},
    "references": {"items": {"type": "string", "maxLength": 10_000, "pattern": _PRINTED}},
    "text": {"pattern": _PRINTED},
    "age": {"enum": ["", *(f"{low}-{low + 9}" for low in range(0, 120, 10))]},
    "sex": {"enum": ["", "female", "male"]},
}


class Problem(msgspec.Struct, rename={"next_": "next"}):
    """What was wrong, where, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    what: str
    where: str
    next_: str


def init_app(app: Flask) -> None:
    """Make the description once, when it is first asked for."""
    app.extensions["seealso.openapi"] = cache(lambda: describe(app))


@bp.get("/openapi.json")
def described() -> Response:
    """This description."""
    return jsonify(current_app.extensions["seealso.openapi"]())


@bp.get("/")
def reference() -> str:
    """The description as a page."""
    return render_template("api.html", api=current_app.extensions["seealso.openapi"](), name_of=name_of)


def name_of(schema: dict[str, Any]) -> str:
    """A schema in a word or two: the name of what it refers to, its type, or what it may be."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(name_of, schema["anyOf"]))
    if schema.get("type") == "array" and "items" in schema and schema["items"]:
        return f"list of {name_of(schema['items'])}"
    return str(schema.get("format") or schema.get("type", "anything"))


def describe(app: Flask) -> dict[str, Any]:
    """The API of an application as an OpenAPI 3.1 document."""
    told = [(rule, found) for rule in app.url_map.iter_rules() if (found := operation_of(app, rule.endpoint))]
    types = [
        kind for _, one in told for kind in (one.answer, one.body) if kind not in (None, corpus.Document, NewDocument)
    ]
    types += [Problem, corpus.Article, corpus.Question]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(map(id, types), schemas, strict=True))
    documents = [{"$ref": _REF.format(name=name)} for name in _KINDS]
    by_type[id(corpus.Document)] = {"anyOf": documents}
    by_type[id(NewDocument)] = {"anyOf": [{"$ref": f"{one['$ref']}Sent"} for one in documents]}
    components |= _documents(components)
    paths: dict[str, dict[str, Any]] = {}
    for rule, one in sorted(told, key=lambda pair: str(pair[0])):
        method = next(name for name in ("GET", "PUT", "POST", "DELETE") if name in (rule.methods or ()))
        path = paths.setdefault(re.sub(r"<(?:path:)?(\w+?)_?>", r"{\1}", str(rule)), {})
        path[method.lower()] = _operation(app, rule, one, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": app.config["SEEALSO"]["site_name"],
            "version": ROUTE_OF_API + "v1",
            "description": "Search, similar questions, content that is pushed, and editors' decisions.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "seealso key add NAME"}},
        },
    }


def _operation(app: Flask, rule: Rule, one: Operation, by_type: dict[int, Any]) -> dict[str, Any]:
    """One operation: what it does by its view's docstring, what it takes, and what may come back."""
    summary, _, more = (
        inspect.cleandoc(app.view_functions[rule.endpoint].__doc__ or "").replace("\n", " ").partition(". ")
    )
    blueprint, _, name = rule.endpoint.partition(".")
    parameters = _parameters(rule, one)
    told: dict[str, Any] = {
        "operationId": name,
        "tags": [_TAGS[blueprint]],
        "summary": summary.rstrip("."),
        "description": more,
        "parameters": parameters,
        "responses": {
            str(one.status): {"description": "Done", "content": _content(by_type[id(one.answer)])},
            "default": {
                "description": "Refused: what is wrong, where, and what to do",
                "content": _content(by_type[id(Problem)], "application/problem+json"),
            },
        },
    }
    if one.body is not None:
        schema = by_type[id(one.body)]
        kind = "application/x-ndjson" if schema.get("type") == "string" else "application/json"
        told["requestBody"] = {"required": True, "content": _content(schema, kind)}
    if one.scope != SIGNED and (one.scope != "read" or app.config["SEEALSO"]["reading"] == "key"):
        told["security"] = [{"key": []}]
    return told


def _parameters(rule: Rule, one: Operation) -> list[dict[str, Any]]:
    """What stands in the address of an operation: in its path, and in its query."""
    found: list[dict[str, Any]] = [
        {
            "name": p.name,
            "in": "query",
            "required": p.required,
            "allowEmptyValue": not p.required,
            "description": p.meaning,
            "schema": dict(p.schema),
        }
        for p in one.query
    ]
    if "name" in rule.arguments:
        schema = {"type": "string"}
        found.insert(
            0, {"name": "name", "in": "path", "required": True, "description": "Of a mapping.", "schema": schema}
        )
    elif rule.arguments:
        at = {"name": "id", "in": "path", "required": True, "description": "The id of a document; it may hold slashes."}
        found.insert(0, {**at, "schema": {"type": "string", **_FIELDS["id"]}})
    return found


def _content(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": schema}}


def _documents(components: dict[str, Any]) -> dict[str, Any]:
    """The classes of a document with what their fields may hold, and the kind that tells them apart."""
    told = {}
    for name in (*_KINDS, *_PARTS):
        schema = components[name]
        fields = {field: {**own, **_FIELDS.get(field, {})} for field, own in schema["properties"].items()}
        told[name] = {**schema, "properties": fields, "additionalProperties": False}
    for name in _KINDS:
        kind, own = {"kind": {"const": name.lower()}}, told[name]["properties"]
        sent = kind | {field: schema for field, schema in own.items() if field != "id"}
        told[f"{name}Sent"] = {**told[name], "properties": sent, "required": ["kind", "title"]}
        fields = kind | own | {"canonical": {"type": "string"}}
        told[name] = {**told[name], "properties": fields, "required": ["kind", "id", "title"]}
    return told

"""JSONL, the project's own exchange format: one document a line, an exact round trip."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from corpus.errors import CorpusError
from corpus.formats import beir
from corpus.formats.format import Format
from corpus.formats.lines import line_reader, value_of
from corpus.model import KINDS, Document, kind_of

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(document: Document) -> str:
    """The document as one line of JSON; fields that are empty are left out."""
    return _ENCODE({"kind": kind_of(document), **_plain(document)})


def from_json(line: str) -> Document:
    """The document of one line. Raises CorpusError where the line is no document."""
    record = value_of(line)
    if not isinstance(record, dict) or not isinstance(record.get("kind"), str) or record["kind"] not in KINDS:
        raise CorpusError("no kind", "line", f'give "kind" as one of {", ".join(sorted(KINDS))}')
    return typing.cast("Document", _build(KINDS[record.pop("kind")], record))


def restore(line: str) -> Document:
    """The document of a line that `to_json` wrote and nobody changed: as `from_json`, and nothing is checked again.

    It takes a third of the time, and is for what a program wrote itself.
    """
    record = json.loads(line)
    return typing.cast("Document", _restored(KINDS[record["kind"]], record))


def _restored(kind: type, record: dict[str, Any]) -> object:
    """A dataclass from a JSON object without its checks, which `__post_init__` makes."""
    made: object = object.__new__(kind)
    there, put = record.get, object.__setattr__
    for name, default, restored in _restorers(kind):
        value = there(name, default)
        put(made, name, value if restored is None or value is default else restored(value))
    return made


def _restored_all(kind: type, records: list[dict[str, Any]]) -> tuple[object, ...]:
    return tuple([_restored(kind, record) for record in records])


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as a JSON object without its empty fields."""
    result: dict[str, Any] = {}
    for name, default in _defaults(value.__class__):
        item = getattr(value, name)
        if item == default and default is not MISSING:
            continue
        result[name] = item if item.__class__ is str else _plain_value(item)
    return result


def _plain_value(item: Any) -> Any:
    if isinstance(item, tuple):
        return [part if part.__class__ is str else _plain_value(part) for part in item]
    return item.isoformat() if isinstance(item, date) else _plain(item)


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass and their defaults; asking the dataclass each time costs half of writing a line."""
    return tuple((field.name, field.default) for field in fields(kind))


def _build(kind: type, record: dict[str, Any]) -> object:
    """A dataclass from a JSON object; a key that the model does not have is an error, so that nothing is lost."""
    shapes = _shapes(kind)
    if unknown := sorted(record.keys() - shapes.keys()):
        raise CorpusError(f"unknown field {unknown[0]!r}", kind.__name__, f"known are {', '.join(shapes)}")
    for name, default in _defaults(kind):
        if default is MISSING and name not in record:
            raise CorpusError(f"no {name}", kind.__name__, f"give the {name}")
    values = {
        # A string needs nothing: the model refuses it where it wants something else, unless that is a date.
        name: value
        if value.__class__ is str and not shapes[name].date
        else _value(shapes[name], value, f"{kind.__name__}.{name}")
        for name, value in record.items()
    }
    return kind(**values)


class _Shape(NamedTuple):
    """What a declared type asks of a JSON value: a date, a list of parts, an object of a class, or nothing of these."""

    date: bool = False
    part: _Shape | None = None
    kind: type | None = None


def _shape(hint: Any) -> _Shape:
    if typing.get_origin(hint) is types.UnionType:
        hint = next(arm for arm in typing.get_args(hint) if arm is not type(None))
    if typing.get_origin(hint) is tuple:
        return _Shape(part=_shape(typing.get_args(hint)[0]))
    return _Shape(date=hint is date, kind=typing.cast("type", hint) if is_dataclass(hint) else None)


@cache
def _shapes(kind: type) -> dict[str, _Shape]:
    """The shape of each field of a dataclass."""
    return {name: _shape(hint) for name, hint in typing.get_type_hints(kind).items()}


@cache
def _restorers(kind: type) -> tuple[tuple[str, Any, Callable[[Any], object] | None], ...]:
    """The fields of a dataclass with their defaults and what makes each of its JSON value, None for a plain string."""
    shapes = _shapes(kind)
    return tuple((name, default, _restorer(shapes[name])) for name, default in _defaults(kind))


def _restorer(shape: _Shape) -> Callable[[Any], object] | None:
    if shape.date:
        return date.fromisoformat
    if shape.kind is not None:
        return partial(_restored, shape.kind)
    if shape.part is None:
        return None
    return tuple if shape.part.kind is None else partial(_restored_all, shape.part.kind)


def _value(shape: _Shape, value: Any, where: str) -> Any:
    """A JSON value as the type that the model declares; types that do not fit go on to the model's own checks."""
    if shape.date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise CorpusError(f"{value!r} is no date", where, "give a date such as 2024-06-03") from error
    if shape.part is not None and isinstance(value, list):
        return tuple(_value(shape.part, item, where) for item in value)
    if shape.kind is not None and isinstance(value, dict):
        return _build(shape.kind, value)
    return value


def _recognises(_name: str, head: str) -> bool:
    # A record of BEIR may name its kind too; what tells the two apart is how the id is called.
    if beir.has_id(head):
        return False
    return any(line.startswith("{") and '"kind"' in line for line in head.splitlines())


FORMAT = Format(
    name="jsonl",
    summary="SeeAlso's exchange format: one question or article as a JSON object a line",
    recognises=_recognises,
    read=line_reader(from_json),
)

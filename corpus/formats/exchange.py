"""Documents as JSONL, the project's own format, written and read back without a loss: one document a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import MISSING, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

from corpus.errors import CorpusError
from corpus.formats import beir
from corpus.formats.format import Format, lines_of, reader, value_of
from corpus.markup import is_html, plain_text
from corpus.model import DAYS, KINDS, PARTS, Asker, Document, Question, kind_of
from corpus.text import clean, one_line


def to_json(document: Document) -> str:
    """The document as one line of JSON; fields that are empty are left out."""
    return _ENCODE({"kind": kind_of(document), **_plain(document)})


def from_json(line: str) -> Document:
    """The document of one line. Raises CorpusError where the line is no document."""
    record = value_of(line)
    if not isinstance(record, dict) or not isinstance(record.get("kind"), str) or record["kind"] not in KINDS:
        raise CorpusError("no kind", "line", f'give "kind" as one of {", ".join(sorted(KINDS))}')
    return cast("Document", _build(KINDS[record.pop("kind")], record))


def without_markup(document: Document) -> Document:
    """The document as readers are to see it where a program wrote HTML into its texts: these as plain text."""
    told: dict[str, Any] = {}
    for name, tidied in (("title", one_line), ("body", clean), ("more", clean)):
        if (said := getattr(document, name, "")) and is_html(said):
            told[name] = tidied(plain_text(said))
    if isinstance(document, Question):
        own = [replace(a, text=said) for a in document.answers if (said := _text_of(a.text))]
        told["answers"] = tuple(own)
    else:
        told["comments"] = tuple(replace(c, text=said) for c in document.comments if (said := _text_of(c.text)))
        told["references"] = tuple(said for own in document.references if (said := one_line(_text_of(own))))
    return replace(document, **told)


def _text_of(text: str) -> str:
    return clean(plain_text(text)) if is_html(text) else text


def write(documents: Iterable[Document], to: str | Path | IO[str]) -> int:
    """Write documents as JSONL to a path or an open text file; `read` gives back equal ones. Returns how many."""
    if isinstance(to, str | Path):
        # Beside the target until it is complete, so that a file may be read while it is written anew.
        with NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=Path(to).parent, delete=False) as file:
            try:
                count = write(documents, file)
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(to)
        return count
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007
        to.write(to_json(document) + "\n")
    return count


def _plain(value: Any) -> Any:
    """A dataclass as a JSON object without its empty fields, a date as text; what is within is asked for in turn."""
    if isinstance(value, date):
        return value.isoformat()
    own = value.__dataclass_fields__.items()
    return {name: item for name, field in own if (item := getattr(value, name)) != field.default}


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


@cache
def _needed(kind: Any) -> list[str]:
    """The fields without a default."""
    return [field.name for field in fields(kind) if field.default is MISSING]


def _build(kind: Any, record: dict[str, Any]) -> object:
    """A dataclass from a JSON object; a key that the model does not have is an error, so that nothing is lost.

    Values of types that do not fit go on to the model's own checks.
    """
    known = kind.__dataclass_fields__
    if not record.keys() <= known.keys():
        unknown = min(record.keys() - known.keys())
        raise CorpusError(f"unknown field {unknown!r}", kind.__name__, f"known are {', '.join(known)}")
    for name in _needed(kind):
        if name not in record:
            raise CorpusError(f"no {name}", kind.__name__, f"give the {name}")
    for name, value in record.items():
        if name in DAYS and isinstance(value, str):
            record[name] = _day(value, f"{kind.__name__}.{name}")
        elif name in PARTS and isinstance(value, list):
            record[name] = tuple([_part(PARTS[name], item, f"{kind.__name__}.{name}") for item in value])
        elif name in PARTS:
            raise CorpusError("no list", f"{kind.__name__}.{name}", f"give a list, as in {_example(name)}")
        elif name == "asker" and value is not None:
            record[name] = _part(Asker, value, "Question.asker")
    return cast("object", kind(**record))


def _part(kind: Any, value: object, where: str) -> object:
    if kind is str:
        return value
    if not isinstance(value, dict):
        raise CorpusError("no object", where, f"give one, as in {_example(where.partition('.')[2])}")
    return _build(kind, value)


def _example(name: str) -> str:
    """How a field with parts looks in JSON."""
    if name == "asker":
        return '{"asker": {"age": "30-39", "sex": "female"}}'
    kind = PARTS[name]
    part = "..." if kind is str else dict.fromkeys(_needed(kind), "...")
    return json.dumps({name: [part]})


def _day(value: str, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise CorpusError(f"{value!r} is no date", where, "give a date such as 2024-06-03") from error


FORMAT = Format(
    name="jsonl",
    summary="SeeAlso's exchange format: one question or article as a JSON object a line",
    # A record of BEIR may name its kind too; what tells the two apart is how the id is called.
    recognises=lambda _name, head: (
        not beir.has_id(head) and any(line.startswith("{") and '"kind"' in line for line in head.splitlines())
    ),
    read=reader(from_json, lines_of),
)

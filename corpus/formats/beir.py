"""Reads BEIR's corpus.jsonl, the form of public test sets: a line has `_id`, `title`, `text` and free `metadata`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corpus.errors import CorpusError
from corpus.formats.format import Format, answer_of, lines_of, reader, value_of
from corpus.markup import is_html, plain_text
from corpus.model import MOST_LINE, Answer, Article, Document, Question
from corpus.text import clean, one_line

UNTITLED = "(untitled)"
# A key, not a text that quotes one: within a string its quotation marks would be escaped.
_ID_KEY = re.compile(r'"_id"\s*:')


def parse(line: str) -> Document:
    """The document of one line: an article, or a question where its `kind` says so. Raises CorpusError for neither."""
    record = value_of(line)
    if not isinstance(record, dict):
        raise CorpusError(f"{type(record).__name__} where an object belongs", "line", "write one JSON object a line")
    metadata = record.get("metadata")
    # What the record says itself goes before what its metadata say; other shapes of metadata say nothing.
    said = {name: value for name, value in record.items() if value is not None}
    fields = {**metadata, **said} if isinstance(metadata, dict) else said
    title, body = _title_and_body(_text(record, "title"), _text(record, "text"))
    own: dict[str, Any] = {
        "id": id_of(record),
        "title": title,
        "body": body,
        "url": _text(fields, "url").strip(),
        "specialty": one_line(_text(fields, "specialty")),
    }
    article = Article(**own)
    return Question(**own, answers=_answers(fields.get("answers"))) if fields.get("kind") == "question" else article


def id_of(record: Mapping[str, Any]) -> str:
    """The `_id` of a record as a string. Raises CorpusError where it has none."""
    value = record.get("_id")
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CorpusError("no _id", "record", 'give "_id" as a string')
    return str(value)


def has_id(head: str) -> bool:
    """Whether one of a file's first lines is a record in BEIR's manner: the very first may be harmed."""
    return any(line.startswith("{") and _ID_KEY.search(line) for line in map(str.strip, head.splitlines()))


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise CorpusError(f"{type(value).__name__} where text belongs", name, "give a string")
    return plain_text(value) if value and is_html(value) else value or ""


def _title_and_body(title: str, text: str) -> tuple[str, str]:
    """A title that the model takes and the body; a title that is too long begins the body, where it stands whole."""
    title, body = one_line(title) or UNTITLED, clean(text)
    if len(title) <= MOST_LINE:
        return title, body
    space = title.rfind(" ", 0, MOST_LINE)
    cut = title[: space if space > 0 else MOST_LINE - 1].rstrip(" ,;:-") + "…"
    return cut, f"{title}\n\n{body}".strip()


def _answers(value: object) -> tuple[Answer, ...]:
    """The answers of a list of texts or of objects; an empty one is left out."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise CorpusError(f"{type(value).__name__} where a list belongs", "answers", "give a list of answers")
    parts = [{"text": item} if isinstance(item, str) else item for item in value]
    if wrong := [part for part in parts if not isinstance(part, dict)]:
        raise CorpusError(
            f"{type(wrong[0]).__name__} among the answers", "answers", "give each as text or as an object"
        )
    texts = [{name: _text(part, name) for name in ("text", "author", "specialty")} for part in parts]
    return tuple(filter(None, map(answer_of, texts)))


FORMAT = Format(
    name="beir",
    summary="BEIR's corpus.jsonl: a record with _id, title and text as a JSON object a line",
    # The queries of a test set look like its documents and are none.
    recognises=lambda name, head: has_id(head) and not re.split(r"[/\\!]", name)[-1].startswith("queries"),
    read=reader(parse, lines_of),
)

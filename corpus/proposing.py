"""Proposes a mapping for a file of records, by the names of its columns and what stands in them, to be corrected."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from corpus.errors import CorpusError, Rejected
from corpus.formats.rows import rows_of
from corpus.formats.web_page import is_page
from corpus.formats.xml_records import elements
from corpus.markup import plain_text
from corpus.sources import find
from corpus.text import one_line

_LOOKED_AT = 200
_DEEPEST = 4
# Words in a column's name that say what it holds, the surest first.
_FIELDS = {
    "id": ("id", "pk", "guid", "uuid", "key", "qid"),
    "url": ("url", "link", "permalink", "html_url", "href", "address"),
    "title": ("title", "subject", "headline", "question", "name", "summary", "heading"),
    "body": ("body", "question_text", "content", "description", "text", "details", "ask", "message", "cooked"),
    "asked": ("asked", "created", "created_at", "date", "creationdate", "post_date", "published", "posted", "time"),
    "topics": ("tags", "topics", "categories", "category", "labels", "keywords"),
    "specialty": ("specialty", "speciality", "department", "section"),
}
_ANSWER = {
    "text": ("answer", "reply", "response", "answer_text", "solution", "best_answer", "answer_body"),
    "author": ("answer_author", "doctor", "answered_by", "expert", "physician"),
    "answered": ("answered", "answer_date", "answered_at", "replied"),
}
# Words that say little at the end of a longer name, whose last word tells else: page_link, reply_text.
_LITTLE = frozenset({"text", "line", "on", "at", "by", "html", "full", "body", "content", "value"})
# What tells a column whose name says nothing, where so large a share of its values is it.
_VALUES = {
    "url": re.compile(r"https?://\S+"),
    "asked": re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{4}.*"),
}
_MOST_OF_THEM = 0.8
_NUMBERED = re.compile(r"[\w./#-]{1,40}")
# A text of so many letters, in the middle, is no name or label.
_TEXT = 60
# Names that say less of a column than that of what it stands in: title.rendered, content:encoded.
_OF_ITS_PARENT = ("rendered", "encoded", "name", "text", "value")
# A line in the exchange format, which needs no mapping.
_EXCHANGE = re.compile(r'\s*\{\s*"kind":\s*"(article|question)"')
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]*)")


def propose(path: str | Path) -> str:
    """A mapping, as TOML, for the first file of records behind a path. Raises CorpusError where there is none, and for
    what is read without one.
    """
    sources = find(path)  # held: an archive is open as long as its files are looked for
    source = next((found for found in sources if not isinstance(found, Rejected)), None)
    if source is None:
        raise CorpusError("no file is in it", str(path), "name a file of JSON, CSV or XML records")
    head = source.head()
    if "\x00" in head or is_page(head) or _EXCHANGE.match(head):
        what = "no records" if "\x00" in head else "it is read without a mapping"
        raise CorpusError(what, source.name, "name a file of JSON, CSV or XML records, or build it as it is")
    record = _element(head) if head.lstrip().startswith("<") else ""
    within = "" if record else _list(head)
    with source.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        rows = elements(text, record) if record else rows_of(text, (), within)
        found = [row for _, row in islice(rows, _LOOKED_AT) if isinstance(row, dict)]
    if not any(found):
        raise CorpusError("no records", source.name, "name a file of JSON, CSV or XML records")
    columns: dict[str, list[str]] = {}
    for row in found:
        for name, value in _flat(row, f"{within}[]." if within else "", 0):
            columns.setdefault(name, []).append(value)
    if not columns:
        raise CorpusError("records without a value", source.name, "name a file whose records hold texts")
    return _written(source.name, record, len(found), columns)


def _element(head: str) -> str:
    """The element of an XML file that occurs most often with children or attributes of its own: its record."""
    counts = Counter(_ELEMENT.findall(head))
    for name in ("item", "row", "record", "entry", "doc", "page"):
        if counts[name] > 1 or (counts[name] and len(counts) > 3):
            return name
    outer = [name for name, count in counts.items() if count > 1]
    return outer[0] if outer else next(iter(counts), "")


def _list(head: str) -> str:
    """The name of the list in which the records of a JSON object stand; empty where they stand alone."""
    if not head.lstrip().startswith("{"):
        return ""
    first = head.lstrip().partition("\n")[0]
    try:
        json.loads(first)
        if "\n" in head.strip():
            return ""  # JSON lines
    except ValueError:
        pass
    found = re.search(r'^\s*\{(?:[^\[\]{}]|\{[^\[\]{}]*\})*?"([^"\\]+)"\s*:\s*\[\s*\{', head)
    return found[1] if found else ""


def _flat(value: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    """The columns of a record by their paths, with their values as text."""
    for name, item in value.items():
        path = f"{before}{name}"
        if isinstance(item, dict) and depth < _DEEPEST:
            yield from _flat(item, f"{path}.", depth + 1)
        elif isinstance(item, list) and item and isinstance(item[0], dict) and depth < _DEEPEST:
            yield from _flat(item[0], f"{path}[].", depth + 1)
        elif isinstance(item, list):
            yield path, ", ".join(map(str, item))
        elif item is not None:
            yield path, str(item)


def _written(name: str, record: str, count: int, columns: dict[str, list[str]]) -> str:
    """The mapping as TOML, with a comment for each column that it leaves out."""
    answer = _chosen(_ANSWER, columns)
    fields = _chosen(_FIELDS, {path: seen for path, seen in columns.items() if path not in answer.values()})
    named = {*answer.values(), *fields.values()}
    fields |= _told_by_values(fields, {path: seen for path, seen in columns.items() if path not in named}, count)
    if not {"title", "body"} & fields.keys():
        longest = max(columns, key=lambda path: sum(map(len, columns[path])))
        fields["body"] = longest
    is_question = bool(answer) or _ask(columns[fields.get("title", fields.get("body", ""))])
    if not is_question and "asked" in fields:
        fields["published"] = fields.pop("asked")
    answer = answer if "text" in answer else {}
    kind = "question" if is_question else "article"
    lines = [
        f"# Proposed from {count} records of {Path(name).name}: check each line.",
        f'kind = "{kind}"',
    ]
    lines += [f'record = "{record}"'] if record else []
    if answer and (shared := _shared(fields, columns)):
        lines.append(f"join = {json.dumps(shared, ensure_ascii=False)}  # records that share it answer one question")
    lines += ["", "[fields]", *(_line(field, path, columns[path], count) for field, path in fields.items())]
    if not {"id", "url"} & fields.keys():
        lines.append('# id = "…"  # none was found: without one an edited record becomes a second document')
    if is_question and answer:
        lines += ["", "[answer]", *(_line(field, path, columns[path], count) for field, path in answer.items())]
    used = {*fields.values(), *answer.values()}
    left = [path for path in columns if path not in used]
    lines += ["", "# Not used:", *(f"#   {path}: {_sample(columns[path])}" for path in left)] if left else []
    return "\n".join(lines) + "\n"


def _shared(fields: dict[str, str], columns: dict[str, list[str]]) -> str:
    """The column by which several records are the answers of one question: they share its title; empty for none."""
    titles = columns[fields["title"]] if "title" in fields else []
    for name in ("url", "id"):
        values = columns.get(fields.get(name, ""), [])
        asked = set(zip(values, titles, strict=False))
        if len(values) == len(titles) and len(asked) == len(set(values)) < len(values):
            return fields[name]
    return ""


def _chosen(names: dict[str, tuple[str, ...]], columns: dict[str, list[str]]) -> dict[str, str]:
    """For each field the column whose name says most surely that it holds it, each column once."""
    found: dict[str, str] = {}
    for field, words in names.items():
        ranked = [
            (rank, path)
            for path in columns
            if (rank := _rank(path, words, longer=field != "id")) is not None and path not in found.values()
        ]
        if ranked:
            found[field] = min(ranked, key=lambda pair: (pair[0], pair[1].count(".")))[1]
    return found


def _told_by_values(fields: dict[str, str], left: dict[str, list[str]], count: int) -> dict[str, str]:
    """The fields that no name told, by what stands in the columns that are left: addresses, days, a longer text; and
    without any address what is another for each of so many records.
    """
    found: dict[str, str] = {}
    for field, pattern in _VALUES.items():
        there = (path for path, seen in left.items() if _share(pattern, seen) >= _MOST_OF_THEM)
        if field not in fields and (path := next(there, "")):
            found[field] = path
    texts = {p: median(map(len, seen)) for p, seen in left.items() if p not in found.values()}
    longest = max(texts, key=texts.__getitem__, default="")
    if "body" not in fields and texts.get(longest, 0) >= _TEXT:
        found["body"] = longest
    if not {"id", "url"} & {*fields, *found}:
        own = (p for p, seen in left.items() if len(set(seen)) == count and _share(_NUMBERED, seen) == 1)
        if path := next(own, ""):
            found["id"] = path
    return found


def _share(pattern: re.Pattern[str], values: list[str]) -> float:
    return sum(bool(pattern.fullmatch(value.strip())) for value in values) / len(values)


def _rank(path: str, words: tuple[str, ...], *, longer: bool) -> int | None:
    """How surely a column's name, or the last parts of its path, is one of some words: the lower, the surer. A longer
    name is it less surely: `author_id` is no id.
    """
    parts = [part.lower().removesuffix("[]") for part in re.split(r"[.:]", path)]
    named = [parts[-1]] + parts[-2:-1] * (parts[-1] in _OF_ITS_PARENT)
    for name in (form for own in named for form in (own, own.replace("-", "_"), own.removeprefix("post_"))):
        if name in words:
            return words.index(name)
    *_, last = ["", *(word for word in re.split("[_ -]+", parts[-1]) if word not in _LITTLE)]
    return len(words) if longer and last in words and last not in _OF_ITS_PARENT else None


def _ask(values: list[str]) -> bool:
    return 2 * sum("?" in value or "?" in value for value in values) > len(values)


def _line(field: str, path: str, values: list[str], count: int) -> str:
    optional = "?" if len(values) < count else ""
    return f"{field} = {json.dumps(path + optional, ensure_ascii=False)}  # {_sample(values)}"


def _sample(values: list[str]) -> str:
    text = one_line(plain_text(next((value for value in values if value.strip()), "")))
    return f"{text[:60]}…" if len(text) > 60 else text or "(empty)"

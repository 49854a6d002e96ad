"""Makes documents of JSON, CSV and XML records by a mapping; answers stand in the question's record or in their own."""

from __future__ import annotations

import ast
import codecs
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote

from corpus.errors import CorpusError, Noticed
from corpus.formats.columns import Record, find
from corpus.formats.format import Item, answer_of, rejected
from corpus.formats.joined import groups, is_answer, is_meant, said_in
from corpus.formats.mapping import Mapping
from corpus.formats.rows import Placed, rows_of
from corpus.formats.xml_records import elements
from corpus.identity import id_from_content, id_from_url
from corpus.markup import plain_text, without_shortcodes
from corpus.model import KINDS, MOST_LINE, Answer, Article, Asker, Document, Topic, age_band
from corpus.sources import Source
from corpus.text import charset_of, clean, is_unicode, one_line, opening, parse_date, repeats

_SEXES = {"female": "female", "f": "female", "woman": "female", "male": "male", "m": "male", "man": "male"}
# A longer text is no list of names; to parse it as one takes two hundred times its size.
_MOST_LIST = 64 * 1024
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_COLUMN = re.compile(r"\{([^{}]+)\}")
_LIST_MARKS = re.compile(r"[;|]")
# So many characters at the beginning of an export name its authors.
_BEFORE_RECORDS = 1 << 20
# So many values of a column are told, and so much of each.
_VALUES, _VALUE = 4, 40
_LONE = "seealso.lone-surrogates"
# How Stack Exchange writes a question's tags: <knee><bone-cement>.
_TAG_LIST = re.compile(r"(?:<[^<>\s]+>)+")


def _as_surrogates(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\udc80" * (error.end - error.start), error.end


def read(source: Source, mapping: Mapping) -> Iterator[Item]:
    """The documents of a JSON array, of JSON lines or of a CSV table; a record that fails costs itself alone."""
    with source.open() as stream:
        # Undecodable bytes become surrogates, which are refused in the one record that holds them. Python's own handler
        # of errors knows bytes beyond ASCII alone, and raises for half a character of UTF-16.
        codecs.register_error(_LONE, _as_surrogates)
        start = cast("io.BufferedReader", stream).peek(100)[:100]
        declared = _DECLARED.match(start)
        wide = start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = "utf-16" if wide else charset_of(declared[1].decode() if declared else "") or "utf-8-sig"
        text = io.TextIOWrapper(stream, encoding=encoding, errors=_LONE, newline="")
        rows = elements(text, mapping.record) if mapping.record else rows_of(text, mapping.columns, mapping.within)
        names, found = _display_names(source, mapping, encoding), False
        seen = _Seen(mapping)
        for group in groups(seen.watch(rows), mapping):
            found = True
            for item in documents(source.name, mapping, group):
                yield _with_name(item, names) if mapping.names and isinstance(item, Article) else item
        if not found and seen.records:
            yield rejected(source.name, "file", seen.nothing())
            yield Noticed(source=source.name, place="file", what="passed")


def _display_names(source: Source, mapping: Mapping, encoding: str) -> dict[str, str]:
    """How authors are to be shown, by what records call them, as an export says before its records. A name that is the
    one to sign in with, or an address, is none to be shown.
    """
    if not mapping.names:
        return {}
    with source.open() as stream:
        start = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="").read(_BEFORE_RECORDS)
    told = [record for _, record in elements(io.StringIO(start), mapping.names["record"]) if isinstance(record, dict)]
    columns = mapping.names["key"], mapping.names["name"]
    pairs = [[one_line(plain_text(said_in(record, column))) for column in columns] for record in told]
    return {key: name for key, name in pairs if name != key and "@" not in name and len(name) <= MOST_LINE}


def _with_name(article: Article, names: dict[str, str]) -> Article:
    return replace(article, author=names.get(article.author, ""))


class _Seen:
    """What records say in the columns of [where], told where it fits none of them."""

    def __init__(self, mapping: Mapping) -> None:
        self.records = 0
        self._said: dict[str, dict[str, None]] = {column: {} for column in mapping.where}

    def watch(self, rows: Iterator[Placed]) -> Iterator[Placed]:
        """The records as they come."""
        for place, record in rows:
            if isinstance(record, dict):
                self.records += 1
                for column, said in self._said.items():
                    if len(said) < _VALUES:
                        said[said_in(record, column)[:_VALUE]] = None
            yield place, record

    def nothing(self) -> CorpusError:
        """That none of the records is meant."""
        there = "; ".join(
            f"{column} is {', '.join(filter(None, said)) or 'empty'}" for column, said in self._said.items()
        )
        return CorpusError(f"[where] fits none of its {self.records:,} records: {there}", "file", "mend the mapping")


def documents(source: str, mapping: Mapping, group: list[Placed]) -> Iterator[Item]:
    """One document of a group of records; the records of the group that fail are rejected one by one."""
    asked: list[tuple[str, Record]] = []
    answers: list[tuple[str, list[Answer]]] = []
    for place, record in group:
        try:
            if isinstance(record, CorpusError):
                raise record
            own = is_answer(record, mapping)
            if own or not mapping.answers:
                answers.append((place, _answers(mapping, record)))
            if not own:
                asked.append((place, record))
        except CorpusError as error:
            yield rejected(source, place, error)
    if not asked:
        for place, _ in answers:
            what = CorpusError("an answer to a question that is not here", "record", "read it with its question")
            yield rejected(source, place, what)
    # The first record speaks for the question; where it cannot, it is left out and the next one does.
    while asked:
        place, record = asked.pop(0)
        try:
            document = _document(mapping, record, tuple(answer for _, own in answers for answer in own))
        except CorpusError as error:
            yield rejected(source, place, error)
            answers = [kept for kept in answers if kept[0] != place]
        else:
            yield from _noticed(source, mapping, place, record)
            yield document
            return


def _answers(mapping: Mapping, record: Record) -> list[Answer]:
    """The answers that stand in a record."""
    if not mapping.answer:
        return []
    parts = find(record, mapping.answer_list) if mapping.answer_list else [record]
    found = []
    for part in parts if isinstance(parts, list) else []:
        own = part if isinstance(part, dict) else {"": part}
        if not is_meant(own, mapping.answer_where):
            continue
        texts = {name: _text(find(own, column), column) for name, column in sorted(mapping.answer.items())}
        if mapping.shortcodes:
            texts["text"] = without_shortcodes(texts["text"])
        found.append(answer_of(texts, mapping.dates))
    return [answer for answer in found if answer]


def _noticed(source: str, mapping: Mapping, place: str, record: Record) -> Iterator[Noticed]:
    """What a record is taken without."""
    columns = mapping.fields
    dates = [_text(find(record, columns[name]), name) for name in ("asked", "published") if name in columns]
    if any(one_line(date) and parse_date(date, mapping.dates) is None for date in dates):
        yield Noticed(source=source, place=place, what="date")
    if not any(one_line(_text(find(record, columns[name]), name)) for name in ("id", "url") if name in columns):
        yield Noticed(source=source, place=place, what="identity")


def _document(mapping: Mapping, record: Record, answers: tuple[Answer, ...]) -> Document:
    values: dict[str, Any] = dict(mapping.constant)
    for name, column in mapping.fields.items():
        value = find(record, column)
        if name == "topics":
            values[name] = tuple(Topic(name=item) for item in dict.fromkeys(_listed(value, column)))
        elif name in ("asked", "published"):
            values[name] = parse_date(_text(value, column), mapping.dates)
        else:
            text = _plain(value, column) if name in mapping.plain else _text(value, column)
            text = without_shortcodes(text) if mapping.shortcodes else text
            values[name] = clean(text) if name in ("body", "more") else one_line(text)
    if mapping.address and not values.get("url"):
        values["url"] = _COLUMN.sub(lambda found: quote(_text(find(record, found[1]), found[1])), mapping.address)
    body = values.get("body", "")
    values["title"] = values.get("title") or opening(body)
    if repeats(body, values["title"]):
        values["body"] = ""  # a site without a separate text repeats the title there
    if mapping.kind == "question":
        values["answers"] = answers
        values["asker"] = _asker(mapping, record)
    if not values.get("id"):
        url = values.get("url")
        own = (values["title"], values.get("body", ""), *(answer.text for answer in answers))
        values["id"] = id_from_url(url) if url else id_from_content(mapping.kind, *own)
    return KINDS[mapping.kind](**values)


def _asker(mapping: Mapping, record: Record) -> Asker | None:
    """Age band and sex as far as the columns tell them; what they say otherwise is left out, never kept."""
    values = {name: one_line(_text(find(record, column), column)).lower() for name, column in mapping.asker.items()}
    years = re.match(r"\d{1,3}\b", values.get("age", ""))
    age = age_band(int(years[0])) if years else ""
    sex = _SEXES.get(values.get("sex", ""), "")
    return Asker(age=age, sex=sex) if age or sex else None


def _text(value: object, column: str) -> str:
    """A value as text, which may be HTML."""
    return plain_text(_plain(value, column))


def _plain(value: object, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CorpusError(f"{type(value).__name__} where text belongs", f"column {column}", "map a column of text")
    text = str(value)
    if not is_unicode(text):
        raise CorpusError("bytes that are not UTF-8", f"column {column}", "convert the source to UTF-8")
    return text


def _listed(value: object, column: str) -> list[str]:
    """Names from a list, from a list written as text in JSON or Python, or from text with `;` or `|` between; commas
    part names where none of these does: beside them they belong to a name ("Ear, nose and throat").
    """
    if isinstance(value, str) and (listed := _list_as_text(value.strip())) is None:
        tags = _TAG_LIST.fullmatch(value.strip())
        text = value.strip()[1:-1].replace("><", "|") if tags else _text(value, column)
        names = _LIST_MARKS.split(text) if _LIST_MARKS.search(text) else text.split(",")
    else:
        items = listed if isinstance(value, str) else value
        items = items if isinstance(items, list) else []
        items = [own for item in items for own in (item if isinstance(item, list) else [item])]
        names = [_text(item.get("name") if isinstance(item, dict) else item, column) for item in items]
    return [name for name in map(one_line, names) if name]


def _list_as_text(text: str) -> list[object] | None:
    """The list that a text writes in JSON or Python, if it does."""
    if not text.startswith("[") or not text.endswith("]") or len(text) > _MOST_LIST:
        return None
    for parse in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = parse(text)
            return value if isinstance(value, list) else None
    return None

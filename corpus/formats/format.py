"""What every format is made of: how a file of it is recognised, how it is cut into documents, how one is rejected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import CorpusError, Noticed, Rejected
from corpus.model import Answer, Document
from corpus.sources import Source
from corpus.text import clean, one_line, parse_date

MOST_LINE_BYTES = 16 * 1024 * 1024

# What reading a source gives, one at a time.
Item = Document | Noticed | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`recognises` takes the file's name and its first characters; `read` yields documents and rejections."""

    name: str
    summary: str
    recognises: Callable[[str, str], bool]
    read: Callable[[Source], Iterator[Item]]


def rejected(source: str, place: str, error: CorpusError) -> Rejected:
    """The rejection of one record that breaks the document model."""
    reason = error.what if place.startswith(error.where) else f"{error.what} ({error.where})"
    return Rejected(source=source, place=place, reason=reason, remedy=error.next)


def not_installed(source: str, place: str, what: str, error: ImportError) -> Rejected:
    """The rejection of a file whose reader needs a package of the extra `sites`."""
    missing = CorpusError(f"{what}, and {error.name} is not installed", place, "pip install seealso[sites]")
    return rejected(source, place, missing)


def reader(
    parse: Callable[[str], Document], pieces: Callable[[Source], Iterator[tuple[str, str | CorpusError]]]
) -> Callable[[Source], Iterator[Item]]:
    """The `read` of a format in which each piece, a line (`lines_of`) or the whole page (`page_of`), is a document."""

    def read(source: Source) -> Iterator[Item]:
        for place, text in pieces(source):
            try:
                if isinstance(text, CorpusError):
                    raise text
                yield parse(text)
            except CorpusError as error:
                yield rejected(source.name, place, error)

    return read


def page_of(source: Source) -> Iterator[tuple[str, str | CorpusError]]:
    """The text of the whole file, or why it has none."""
    try:
        yield "page", source.whole()
    except CorpusError as error:
        yield "page", error


def lines_of(source: Source) -> Iterator[tuple[str, str | CorpusError]]:
    """Each line that is not blank with its place, `line N`, or what is wrong with it; the lines after it are read."""
    with source.open() as stream:
        number = 0
        while line := stream.readline(MOST_LINE_BYTES):
            if source.breaks and not line.endswith(b"\n"):
                return  # the line that the break cuts is told with it
            number += 1
            place = f"line {number}"
            if len(line) == MOST_LINE_BYTES and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MOST_LINE_BYTES)
                yield place, CorpusError("a line of over 16 MB", "line", "write one document a line")
                continue
            try:
                if text := line.decode("utf-8-sig").strip():
                    yield place, text
            except UnicodeDecodeError:
                yield place, CorpusError("not UTF-8", "line", "convert the file to UTF-8")


def value_of(line: str) -> object:
    """The JSON value of a line. Raises CorpusError where it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"not JSON: {str(error)[:100]}", "line", "write one JSON object a line") from error


def answer_of(texts: Mapping[str, str], dates: str = "") -> Answer | None:
    """The answer of a record's texts, cleaned; None where it says nothing. `dates` is one of DATE_ORDERS."""
    if not (text := clean(texts.get("text", ""))):
        return None
    author, specialty = one_line(texts.get("author", "")), one_line(texts.get("specialty", ""))
    return Answer(text=text, author=author, specialty=specialty, answered=parse_date(texts.get("answered", ""), dates))

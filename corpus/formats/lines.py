"""Files of one JSON value a line: each line with its place, a bounded length, and only what is bad lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from corpus.errors import CorpusError, Rejected
from corpus.formats.format import rejected
from corpus.model import Document
from corpus.sources import Source

MOST_LINE_BYTES = 16 * 1024 * 1024


def lines_of(source: Source) -> Iterator[tuple[str, str | CorpusError]]:
    """Each line that is not blank with its place, `line N`, or what is wrong with it; the lines after it are read."""
    with source.open() as stream:
        number = 0
        while line := stream.readline(MOST_LINE_BYTES):
            number += 1
            place = f"line {number}"
            if len(line) == MOST_LINE_BYTES and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MOST_LINE_BYTES)
                yield place, CorpusError("a line of over 16 MB", "line", "write one document a line")
                continue
            try:
                text = line.decode("utf-8-sig").strip()
            except UnicodeDecodeError:
                yield place, CorpusError("not UTF-8", "line", "convert the file to UTF-8")
                continue
            if text:
                yield place, text


def line_reader(parse: Callable[[str], Document]) -> Callable[[Source], Iterator[Document | Rejected]]:
    """The `read` of a format in which a line is one document."""

    def read(source: Source) -> Iterator[Document | Rejected]:
        for place, line in lines_of(source):
            try:
                if isinstance(line, CorpusError):
                    raise line
                yield parse(line)
            except CorpusError as error:
                yield rejected(source, place, error)

    return read


def value_of(line: str) -> object:
    """The JSON value of a line. Raises CorpusError where it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"not JSON: {str(error)[:100]}", "line", "write one JSON object a line") from error


def first_line(head: str) -> str:
    """The first line of a file's first characters that is not blank; empty where there is none."""
    return next((line for line in map(str.strip, head.splitlines()) if line), "")

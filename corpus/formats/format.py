"""What a format is: a name, a line for its users, how to recognise a source, how to read one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.errors import CorpusError, Rejected
from corpus.model import Document
from corpus.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`recognises` takes the file's name and its first characters; `read` yields documents and rejections."""

    name: str
    summary: str
    recognises: Callable[[str, str], bool]
    read: Callable[[Source], Iterator[Document | Rejected]]


def rejected(source: Source, place: str, error: CorpusError) -> Rejected:
    """The rejection of one record that breaks the document model."""
    return Rejected(source=source.name, place=place, reason=f"{error.what} ({error.where})", remedy=error.next)


def page_reader(parse: Callable[[str], Document]) -> Callable[[Source], Iterator[Document | Rejected]]:
    """The `read` of a format in which a whole file is one document."""

    def read(source: Source) -> Iterator[Document | Rejected]:
        try:
            yield parse(source.whole())
        except CorpusError as error:
            yield rejected(source, "page", error)

    return read

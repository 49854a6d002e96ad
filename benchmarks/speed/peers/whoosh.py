"""Whoosh 2.7.4 as it comes: its own writer and BM25F over title and text; slow, so for small corpora alone."""

from __future__ import annotations

from pathlib import Path

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser, OrGroup

from benchmarks.speed.peers.texts import documents, stop_words

_TERMS = 25


def build(jsonl: Path, folder: Path) -> None:
    """Index the documents with the stock writer in one process."""
    analyzer = StemmingAnalyzer(stoplist=stop_words())
    schema = Schema(id=ID(stored=True, unique=True), title=TEXT(analyzer), text=TEXT(analyzer, stored=True))
    writer = create_in(str(folder), schema).writer(limitmb=128)
    for document in documents(jsonl):
        writer.add_document(**document._asdict())
    writer.commit()


def open_index(folder: Path) -> Whoosh:
    """Open what `build` made."""
    return Whoosh(folder)


class Whoosh:
    """An index opened for reading."""

    def __init__(self, folder: Path) -> None:
        index = open_dir(str(folder))
        self._searcher = index.searcher()
        self._parser = MultifieldParser(["title", "text"], index.schema, plugins=[], group=OrGroup)

    def search(self, text: str, k: int) -> list[str]:
        """The best documents for any of the words."""
        return [hit["id"] for hit in self._searcher.search(self._parser.parse(text), limit=k)]

    def more_like(self, id_: str, k: int) -> list[str]:
        """The documents most like one by 25 terms of its text, as Whoosh does it: itself left out."""
        number = self._searcher.document_number(id=id_)
        found = self._searcher.more_like(number, "text", top=k, numterms=_TERMS)
        return [hit["id"] for hit in found]

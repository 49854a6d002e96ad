"""tantivy: BM25 over title and text, one segment, documents stored for its own more-like-this."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, Occur, Query, SchemaBuilder, SnippetGenerator, TextAnalyzerBuilder, Tokenizer

from benchmarks.speed.peers.texts import Ids, documents, stop_words, write_ids

_FIELDS = ("title", "text")
_TERMS = 25


def build(jsonl: Path, folder: Path) -> None:
    """Index the documents with one thread: it costs the least CPU and leaves the fewest segments."""
    index = tantivy.Index(_schema(), str(folder))
    index.register_tokenizer("own", _analyzer())
    writer = index.writer(num_threads=1)
    ids = []
    for number, document in enumerate(documents(jsonl)):
        ids.append(document.id)
        fields = document._asdict() | {"number": number}
        writer.add_document(tantivy.Document(**fields))
    writer.commit()
    writer.wait_merging_threads()
    write_ids(folder, ids)


def open_index(folder: Path) -> Tantivy:
    """Open what `build` made."""
    return Tantivy(folder)


class Tantivy:
    """An index opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._schema, self._analyzer, self._ids = _schema(), _analyzer(), Ids(folder)
        index = tantivy.Index.open(str(folder))
        index.register_tokenizer("own", self._analyzer)
        self._searcher = index.searcher()

    def search(self, text: str, k: int) -> list[str]:
        """The best documents for any of the terms; a query of terms is made faster than a text is parsed."""
        return self._best(self._any_of(text), k)

    def page(self, text: str, k: int) -> list[str]:
        """What a page of hits shows: the best documents, with the title and the passage of each that has the terms."""
        query = self._any_of(text)
        passages = SnippetGenerator.create(self._searcher, query, self._schema, "text")
        addresses = [address for _, address in self._searcher.search(query, k, count=True).hits]
        for address in addresses:
            document = self._searcher.doc(address)
            passage = passages.snippet_from_doc(document)
            _ = document["title"], passage.fragment(), passage.highlighted()
        return self._ids_of(addresses)

    def _any_of(self, text: str) -> Query:
        terms = dict.fromkeys(self._analyzer.analyze(text))
        # `freq` reads no positions, which a ranking does not need.
        wanted = [
            (Occur.Should, Query.term_query(self._schema, field, term, "freq")) for term in terms for field in _FIELDS
        ]
        return Query.boolean_query(wanted)

    def more_like(self, id_: str, k: int) -> list[str]:
        """The documents most like one by its 25 most telling terms, itself left out."""
        found = self._searcher.search(Query.term_query(self._schema, "id", id_, "basic"), 1, count=False).hits
        query = Query.more_like_this_query(
            found[0][1], min_doc_frequency=1, min_term_frequency=1, max_query_terms=_TERMS
        )
        return [other for other in self._best(query, k + 1) if other != id_][:k]

    def _best(self, query: Any, k: int) -> list[str]:
        hits = self._searcher.search(query, k, count=False).hits
        return self._ids_of([address for _, address in hits])

    def _ids_of(self, addresses: list[Any]) -> list[str]:
        return [self._ids[number] for number in self._searcher.fast_field_values("number", addresses)]


def _schema() -> Any:
    builder = SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", fast=True)
    for field in _FIELDS:
        builder.add_text_field(field, stored=True, tokenizer_name="own")
    return builder.build()


def _analyzer() -> Any:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    return builder.filter(Filter.custom_stopword(stop_words())).filter(Filter.stemmer("english")).build()

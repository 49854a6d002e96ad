"""Peers: what ranks the same documents beside the product: plain BM25, and tantivy where it is installed."""

from __future__ import annotations

import importlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from indexer import Index
from indexer.analysis import Analyzer, field_texts, stop_words

DEPTH = 10

Search = Callable[[str], list[str]]


def peers(index: Index) -> dict[str, Search]:
    """Each peer by its name, holding the documents of an index."""
    found: dict[str, Search] = {"BM25": BM25(index)}
    with suppress(ModuleNotFoundError):  # it is in requirements/bench.txt
        found["tantivy"] = Tantivy(index, importlib.import_module("tantivy"))
    return found


class BM25:
    """Plain BM25 over the terms of whole documents (Robertson and Zaragoza 2009), the product's own analysis."""

    def __init__(self, index: Index, k1: float = 1.5, b: float = 0.75) -> None:
        self._analyse = Analyzer().analyse
        bags = {
            document.id: sum((self._analyse(text).bag for text in field_texts(document).values()), Counter[str]())
            for document in index.documents()
        }
        average = sum(bag.total() for bag in bags.values()) / max(len(bags), 1)
        having: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for id_, bag in bags.items():
            for term, count in bag.items():
                having[term].append((id_, count))
        norm = {id_: k1 * (1 - b + b * bag.total() / average) for id_, bag in bags.items()}
        self._weights = {
            term: {
                id_: math.log(1 + (len(bags) - len(found) + 0.5) / (len(found) + 0.5)) * n * (k1 + 1) / (n + norm[id_])
                for id_, n in found
            }
            for term, found in having.items()
        }

    def __call__(self, text: str) -> list[str]:
        """The ids of the first documents."""
        scores: Counter[str] = Counter()
        for term, count in self._analyse(text).bag.items():
            for id_, weight in self._weights.get(term, {}).items():
                scores[id_] += count * weight  # type: ignore[assignment]  # sums of floats, in order
        return sorted(scores, key=lambda id_: (-scores[id_], id_))[:DEPTH]


class Tantivy:
    """tantivy as it comes: BM25 (k1 1.2, b .75) of any word, English stems, title and text as two fields."""

    def __init__(self, index: Index, tantivy: Any) -> None:
        self._tantivy, schema = tantivy, tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for field in ("title", "text"):
            schema.add_text_field(field, tokenizer_name="own")
        filters = tantivy.Filter
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(filters.lowercase())
        stopped = analyzer.filter(filters.custom_stopword(sorted(stop_words())))
        self._analyzer = stopped.filter(filters.stemmer("english")).build()
        self._schema = schema.build()
        held = tantivy.Index(self._schema)
        held.register_tokenizer("own", self._analyzer)
        writer = held.writer(num_threads=1)
        for document in index.documents():
            texts = field_texts(document)
            title = texts.pop("title")
            writer.add_document(tantivy.Document(id=document.id, title=title, text="\n".join(texts.values())))
        writer.commit()
        writer.wait_merging_threads()
        held.reload()
        self._searcher = held.searcher()

    def __call__(self, text: str) -> list[str]:
        """The ids of the first documents."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        terms = dict.fromkeys(self._analyzer.analyze(text))
        wanted = [
            (should, query.term_query(self._schema, field, term)) for term in terms for field in ("title", "text")
        ]
        hits = self._searcher.search(query.boolean_query(wanted), DEPTH).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]

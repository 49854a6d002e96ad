"""bm25s with its numba backend: BM25 over title and text as one field; it has no more-like-this."""

from __future__ import annotations

import re
from pathlib import Path

import bm25s
import Stemmer

from benchmarks.speed.peers.texts import Ids, documents, stop_words, write_ids

_WORD = re.compile(r"(?u)\b\w\w+\b")  # its own default


def build(jsonl: Path, folder: Path) -> None:
    """Index the documents; all texts are in memory, as it wants them."""
    ids, texts = [], []
    for document in documents(jsonl):
        ids.append(document.id)
        texts.append(f"{document.title}\n{document.text}")
    tokens = bm25s.tokenize(
        texts, stopwords=stop_words(), stemmer=Stemmer.Stemmer("english"), token_pattern=_WORD.pattern,
        show_progress=False,
    )  # fmt: skip
    retriever = bm25s.BM25(backend="numba")
    retriever.index(tokens, show_progress=False)
    retriever.save(str(folder))
    write_ids(folder, ids)


def open_index(folder: Path) -> Bm25s:
    """Open what `build` made."""
    return Bm25s(folder)


class Bm25s:
    """An index opened for reading, its arrays mapped."""

    def __init__(self, folder: Path) -> None:
        self._ids, self._stop, self._stemmer = Ids(folder), frozenset(stop_words()), Stemmer.Stemmer("english")
        self._retriever = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)

    def search(self, text: str, k: int) -> list[str]:
        """The best documents for any of the terms; its `tokenize` does the same at twice the cost for one text."""
        words = dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in self._stop)
        terms = self._stemmer.stemWords(list(words))
        found = self._retriever.retrieve([terms], k=k, show_progress=False)
        return [self._ids[number] for number in found.documents[0].tolist()]

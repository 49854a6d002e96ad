"""Looks through everything that is left of an index for what purged documents said: the proof that they are gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing

from corpus import Document, to_json
from indexer.analysis import bare, field_texts, is_han, is_pair, tokenize
from indexer.analysis.terms import stem
from indexer.analysis.wordlists import stop_words
from indexer.generation import Store, each_of
from indexer.generation.folder import vector_file
from indexer.ranking.mapped import Strings
from indexer.settings import Settings

# A shorter word says nothing of anybody.
_SHORTEST = 4
_IDS = "ids.utf8"


def documents_of(store: Store, ids: Sequence[str] | None = None) -> Iterator[Document]:
    """The documents of some ids that are there, or all, of the current generation, one at a time."""
    with closing(store.open(Settings(meaning="off"))) as generation:
        yield from each_of(generation, generation.ids() if ids is None else ids)


def traces(store: Store, purged: Collection[Document], digests: Collection[bytes]) -> tuple[str, ...]:
    """Where something of documents is left, in words: other generations, other documents that record their ids,
    addresses or titles, files with their ids or with words that no other document has, vectors of their digests.
    """
    current, _ = store.current()
    found = [f"generation {number}" for number in store.numbers() if number != current]
    named = {json.dumps(text, ensure_ascii=False) for own in purged for text in (own.id, own.url, own.title) if text}
    ids, words = {own.id for own in purged}, {word for own in purged for word in _words(own)}
    for other in documents_of(store):
        line = to_json(other)
        if any(text in line for text in named):
            found.append(f"document {other.id} names it")
        words -= _words(other)
    folder = store.generation(current)
    files = sorted(folder.rglob("*.utf8"))
    lists = ((file, Strings(file.parent, file.name.removesuffix(".utf8"))) for file in files)
    holding = [
        file.relative_to(folder)
        for file, strings in lists
        if not (ids.isdisjoint(strings) if file.name == _IDS else words.isdisjoint(map(bare, strings)))
    ]
    vectors = store.vectors()
    holding += [file.relative_to(vectors.parent) for file in vector_file.holding(vectors, digests)]
    return (*found, *(f"file {file}" for file in holding))


def _words(document: Document) -> set[str]:
    """The folded words of a document that are long enough to say something of somebody, and their stems, as files of
    terms hold them.
    """
    words = {bare(token.text) for text in field_texts(document).values() for token in tokenize(text)} - stop_words()
    return {
        own for word in words for own in (word, stem(word)) if len(own) >= _SHORTEST or (is_han(own) and is_pair(own))
    }

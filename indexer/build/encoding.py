"""Encodes documents: each new segment keeps a vector for each of its documents, made by a sentence encoder.

The vector of a document is that of its title, the beginning of its body and that of its first answer, together: alone
each of these finds less (docs/why/meaning.md). A document in characters has none; it stays with words.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from corpus import Article, Document, from_json
from indexer.analysis import in_han
from indexer.analysis.tokens import words_of
from indexer.encoder import OFF, Encoder, encoder_at
from indexer.errors import RequestRefused
from indexer.generation import Store
from indexer.generation.folder.vector_file import VectorFile
from indexer.ranking.mapped import map_array
from indexer.ranking.vectors import MOST_DIMENSIONS, Vector, quantised, write_vectors

# So many characters of a body and of an answer are read: fewer lose .04 of the development tasks where a patient's long
# text is to find its answer, more gain .01 at most for a third more time.
_READ = 600
_TOGETHER = 256
# What is read of a document, for whoever asks whether two vectors are comparable: it changes with `_texts`.
_RECIPE = f"title, body {_READ}, first answer {_READ}"
_NAME = 16


class Encoding:
    """What encodes the documents of a build or update, and keeps what it made for the next one; a context manager.

    The encoder of an update is loaded when a document needs it: to delete one needs none.
    """

    def __init__(self, folder: Path, place: str | Path | Encoder, before: Mapping[str, Any] | None = None) -> None:
        """`folder` is where vectors are kept, `place` where the encoder is, `before` what the manifest tells of the one
        that made the vectors that are there. Raises RequestRefused where that of a build is not there.
        """
        self._place, self._before = place, before
        self.record: dict[str, Any] = dict(before) if before else _record_of(self._encoder)
        name = hashlib.sha256(f"{self.record['digest']} {self.record['recipe']}".encode()).hexdigest()[:_NAME]
        self._known = VectorFile(folder, name, self.record["dimensions"])
        # Of documents that an update carries into a new segment: by their digests.
        self.carried: dict[bytes, Vector] = {}

    def __enter__(self) -> Self:
        self._known.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._known.__exit__(None, None, None)

    def write(self, folder: Path, lines: Iterable[str], done: Callable[[], object]) -> None:
        """Write the vectors of the documents of a segment, given as JSON; `done` is called after each.

        The encoder runs on all cores: it lets other threads of this process work beside it. Raises RequestRefused where
        it is not there, or not the one that made the vectors that are.
        """
        digests = [bytes(row) for row in map_array(folder, "digests")]
        vectors = np.zeros((len(digests), self.record["dimensions"]), np.int8)
        new: list[int] = []
        documents: list[str] = []
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            for number, (digest, line) in enumerate(zip(digests, lines, strict=True)):
                known = self.carried.get(digest)
                if known is None:
                    known = self._known.get(digest)
                if known is not None:
                    vectors[number] = known
                    done()
                else:
                    new.append(number)
                    documents.append(line)
                if len(new) == _TOGETHER or (new and number + 1 == len(digests)):
                    for place, vector in zip(new, threads.map(self._vector_of, documents), strict=True):
                        vectors[place] = vector
                        self._known.add(digests[place], vector)
                        done()
                    new, documents = [], []
        write_vectors(folder, vectors)

    def has_grown(self, documents: int) -> bool:
        """Whether most vectors that are kept are those of no document that is there."""
        return len(self._known) > 2 * documents

    @cached_property
    def _encoder(self) -> Encoder:
        before = self._before
        if before is None:
            return encoder_at(self._place)
        if self._place == OFF:
            what = f"the index holds vectors of {before['name']}, and what is new needs one"
            raise RequestRefused(what, "meaning", "leave the setting out, or build the index anew with it")
        if before["recipe"] != _RECIPE:
            what = "another version of this program made the vectors of the index"
            raise RequestRefused(what, "meaning", "build the index anew")
        return encoder_at(self._place or before["place"], before["digest"])

    def _vector_of(self, line: str) -> Vector:
        return vector_of(self._encoder, from_json(line))


def _record_of(encoder: Encoder) -> dict[str, Any]:
    """What a manifest tells of an encoder, and of what it reads of a document."""
    if encoder.dimensions > MOST_DIMENSIONS:
        remedy = f"give an encoder of at most {MOST_DIMENSIONS:,}"
        raise RequestRefused(f"vectors of {encoder.dimensions:,} numbers", encoder.name, remedy)
    told = {"name": encoder.name, "digest": encoder.digest, "place": encoder.place, "dimensions": encoder.dimensions}
    return {**told, "recipe": _RECIPE}


def encoding_of(store: Store, place: str | Path | Encoder, before: Mapping[str, Any] | None = None) -> Encoding | None:
    """What encodes for a build by the encoder of a place, or for an update of an index `before`, of which the manifest
    tells the encoder; None where they do without.

    Raises RequestRefused where a build's encoder is not there.
    """
    if before is None:
        return None if place in ("", OFF) else Encoding(store.vectors(), place)
    return Encoding(store.vectors(), place, before) if before else None


def vector_of(encoder: Encoder, document: Document) -> Vector:
    """The vector of a document; of zeros for one that is written in characters, or says nothing."""
    texts = [text for text in _texts(document) if text.strip()]
    if not texts or in_han(words_of(" ".join(texts))):
        return np.zeros(encoder.dimensions, np.int8)
    mean = encoder.encode(texts).astype(np.float64).mean(axis=0, keepdims=True)
    vector: Vector = quantised(mean)[0]
    return vector


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    yield document.body[:_READ]
    if not isinstance(document, Article):
        yield from (answer.text[:_READ] for answer in document.answers[:1])

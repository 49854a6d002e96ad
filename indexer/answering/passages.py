"""The texts of documents as they are looked through, for a snippet or for words in common: where to look at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from corpus import Document, Question, kind_of
from indexer.analysis import FIELDS, field_texts, own_pieces
from indexer.generation import Generation
from indexer.ranking.weighting import FIELD_WEIGHTS

_NOWHERE: dict[str, Sequence[int]] = dict.fromkeys(FIELDS, ())


class Passage(NamedTuple):
    """A text: where the pieces begin, ascending, in which what is sought may stand (None: all), and what it counts."""

    text: str
    begins: Sequence[int] | None = None
    weight: float = 1.0


def passages_of(
    generation: Generation, documents: Sequence[Document], terms: Collection[str]
) -> list[dict[str, Passage]]:
    """The text of each field of some documents, in which one of some terms is sought. What a site's questions only
    repeat is not looked through.
    """
    kept = generation.begins([document.id for document in documents], terms)
    if kept is None:
        return [_passages(document, _begins(generation, document)) for document in documents]
    return [_passages(document, {**_NOWHERE, **own}) for document, own in zip(documents, kept, strict=True)]


def _passages(document: Document, begins: Mapping[str, Sequence[int]]) -> dict[str, Passage]:
    weights = FIELD_WEIGHTS[kind_of(document)]
    return {name: Passage(text, begins.get(name), weights[name]) for name, text in field_texts(document).items()}


def _begins(generation: Generation, document: Document) -> Mapping[str, Sequence[int]]:
    """Where the pieces of a question begin that are its own, where others repeat some of it."""
    repeated = generation.analyzer.boilerplate.sentences
    return {"body": own_pieces(document.body, repeated)} if repeated and isinstance(document, Question) else {}

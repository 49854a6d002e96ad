"""The Whoosh schema: our own terms through the stock space-separated tokenizer, the document stored beside them.

No class of ours is pickled into an index, and a term is the same thing here as in every other engine.
"""

from __future__ import annotations

from pathlib import Path

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema

from indexer.analysis import FIELDS

FOLDER = "whoosh"
ID_FIELD = "id"
DOCUMENT_FIELD = "document"
# Files of a segment apart: of one file for all, Whoosh's readers copy the parts into memory, each for itself.
PARTED = {"compound": False}


def schema() -> Schema:
    """A field of positions for each of FIELDS, the id, and the document as a line of JSON."""
    texts = {field: TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True) for field in FIELDS}
    return Schema(**{ID_FIELD: ID(unique=True), DOCUMENT_FIELD: STORED, **texts})


def folder_of(generation: Path) -> str:
    """Where the Whoosh files of a generation stand."""
    return str(generation / FOLDER)

"""The Whoosh index of a generation: its schema, and its files mapped so that all processes share one copy of them.

No class of ours is pickled into an index, and a term is the same thing here wherever a generation lies.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

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


class MappedStorage(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """A folder whose files are read from maps; a map needs no open file, and goes with the last reader of it."""

    def open_file(self, name: str, **options: Any) -> Any:
        """A file, at its beginning; an empty one cannot be mapped and is opened as Whoosh does."""
        path = Path(self._fpath(name))
        if not path.stat().st_size:
            return super().open_file(name, **options)
        with path.open("rb") as file:
            return StructFile(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), name=name, **options)

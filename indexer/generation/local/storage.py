"""Where Whoosh reads a generation from: its files mapped, so that all readers and processes share one copy of them."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile


class MappedStorage(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """A folder whose files are read from maps; a map needs no open file, and goes with the last reader of it."""

    def open_file(self, name: str, **options: Any) -> Any:
        """A file, at its beginning; an empty one cannot be mapped and is opened as Whoosh does."""
        path = Path(self._fpath(name))
        if not path.stat().st_size:
            return super().open_file(name, **options)
        with path.open("rb") as file:
            return StructFile(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), name=name, **options)

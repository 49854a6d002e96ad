"""Writing: documents as JSONL, the exchange format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from corpus.formats import exchange
from corpus.model import Document


def write(documents: Iterable[Document], to: str | Path | IO[str]) -> int:
    """Write documents as JSONL to a path or an open text file; `read` gives back equal ones. Returns how many."""
    if isinstance(to, str | Path):
        # Beside the target until it is complete, so that a file may be read while it is written anew.
        with NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=Path(to).parent, delete=False) as file:
            try:
                count = write(documents, file)
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(to)
        return count
    count = 0
    for document in documents:
        to.write(exchange.to_json(document) + "\n")
        count += 1
    return count

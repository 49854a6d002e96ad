"""Writing: documents as JSONL, the exchange format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from corpus.formats import exchange
from corpus.model import Document


def write(documents: Iterable[Document], to: str | Path | TextIO) -> int:
    """Write documents as JSONL to a path or an open text file; `read` gives back equal ones. Returns how many."""
    if isinstance(to, str | Path):
        with Path(to).open("w", encoding="utf-8", newline="\n") as file:
            return write(documents, file)
    count = 0
    for document in documents:
        to.write(exchange.to_json(document) + "\n")
        count += 1
    return count

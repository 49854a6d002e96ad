"""What several test files of the corpus room share: reading with the rejections beside the documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus import Document, Rejected, read


def take(
    *sources: Path, format_name: str | None = None, mapping: Path | Sequence[Path] | None = None
) -> tuple[list[Document], list[Rejected]]:
    rejected: list[Rejected] = []
    documents = list(read(*sources, format=format_name, mapping=mapping, rejected=rejected.append))
    return documents, rejected


def ids(documents: Sequence[Document]) -> list[str]:
    return [document.id for document in documents]


def line(name: str) -> str:
    """A small question in the exchange format."""
    return f'{{"kind":"question","id":"{name}","title":"Title"}}\n'

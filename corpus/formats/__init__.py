"""The formats that can be read, in the order in which they are tried on a source of unknown format."""

from __future__ import annotations

from corpus.formats import article_page, beir, exchange, medquad, question_page
from corpus.formats.format import Format

FORMATS: dict[str, Format] = {
    f.name: f for f in (exchange.FORMAT, beir.FORMAT, medquad.FORMAT, question_page.FORMAT, article_page.FORMAT)
}

__all__ = ["FORMATS", "Format"]

"""Cards of a page as they are kept with it on a cluster: as JSON, and made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from indexer.types import Card, Reply


def record_of(card: Card) -> dict[str, Any]:
    """What is kept of a card; its score is the page's closeness, and what editors decided is added when it is shown."""
    reply = card.reply
    return {
        "id": card.id,
        "kind": card.kind,
        "title": card.title,
        "url": card.url,
        "day": card.date.toordinal() if card.date else None,
        "answered": card.answered,
        "excerpt": card.excerpt,
        "reply": [reply.author, reply.specialty, reply.excerpt] if reply else None,
        "matched": list(card.matched),
    }


def card_of(record: Mapping[str, Any]) -> Card:
    """The card of which a record was kept."""
    author, specialty, excerpt = record["reply"] or ("", "", "")
    return Card(
        id=record["id"],
        kind=record["kind"],
        title=record["title"],
        url=record["url"],
        date=date.fromordinal(record["day"]) if record["day"] else None,
        answered=record["answered"],
        excerpt=record["excerpt"],
        reply=Reply(author=author, specialty=specialty, excerpt=excerpt) if record["reply"] else None,
        score=0.0,
        matched=tuple(record["matched"]),
    )

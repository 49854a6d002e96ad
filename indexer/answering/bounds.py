"""The bounds of a panel's request: how long a text may be, and how many cards may be asked for."""

from __future__ import annotations

from indexer.errors import RequestRefused

MOST_CARDS = 20
MOST_DRAFT = 20_000


def short_enough(text: str) -> str:
    """The text. Raises RequestRefused for one of more than 20,000 characters."""
    if len(text) > MOST_DRAFT:
        told = {"characters": len(text), "most": MOST_DRAFT}
        what, remedy = f"{len(text):,} characters", f"send at most {MOST_DRAFT:,}"
        raise RequestRefused(what, "text", remedy, code="text-too-long", **told)
    return text


def few_enough(limit: int) -> int:
    """The number of cards. Raises RequestRefused for one that is not from 1 to 20."""
    if not 1 <= limit <= MOST_CARDS:
        told = {"limit": limit, "most": MOST_CARDS}
        raise RequestRefused(
            f"{limit} cards", "limit", f"ask for 1 to {MOST_CARDS}", code="limit-out-of-bounds", **told
        )
    return limit

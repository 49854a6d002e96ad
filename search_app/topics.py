"""The index of topics: from A to Z with how many pages each has, and those of which a word begins as somebody types."""

from __future__ import annotations

import unicodedata
from typing import cast

from flask import Blueprint, abort, render_template, request

from search_app.api.reading import topics_named
from search_app.requests import PAGE, Parameter, Q, known, number_of, text_of
from search_app.services import served

bp = Blueprint("topics", __name__)

# So many topics stand on a page.
SHOWN = 300
DIGITS, OTHERS = "0–9", "…"
_Counted = list[tuple[str, int]]
_LETTER = Parameter("letter", "The letter with which topics begin.", {"type": "string", "maxLength": 3})


def letter_of(name: str) -> str:
    """Under what a topic stands in the index: its first letter without its accent, digits together, all others too."""
    first = next((character for character in unicodedata.normalize("NFKD", name) if character.isalnum()), "")
    if first.isdecimal():
        return DIGITS
    return first.upper() if first.isascii() and first else OTHERS


@bp.get("/topics")
def all_topics() -> str:
    """The topics, a letter at a time where they are many. Query: q, letter, page."""
    args = known(request.args, [Q, _LETTER, PAGE])
    text, page = text_of(args), number_of(args, "page", 1)
    letters = cast("dict[str, _Counted]", served().once(_by_letter))
    everything = [topic for there in letters.values() for topic in there]
    letter = args.get("letter") or ("" if text or len(everything) <= SHOWN else next(iter(letters)))
    if letter and letter not in letters:
        abort(404)
    found = [(topic.name, topic.count) for topic in topics_named(text)] if text else letters.get(letter, everything)
    pages = max(1, -(-len(found) // SHOWN))
    return render_template(
        "topics.html",
        typed=text,
        letter=letter,
        letters=list(letters),
        total=len(everything),
        found=found[(min(page, pages) - 1) * SHOWN :][:SHOWN],
        page=min(page, pages),
        pages=pages,
    )


def _by_letter() -> dict[str, object]:
    """The name and count of every topic, by letter and by name."""
    counted = sorted(((topic.name, topic.count) for topic in topics_named("")), key=lambda one: one[0].casefold())
    letters: dict[str, _Counted] = {}
    for name, count in counted:
        letters.setdefault(letter_of(name), []).append((name, count))
    return {letter: letters[letter] for letter in sorted(letters, key=lambda own: (own in (DIGITS, OTHERS), own))}

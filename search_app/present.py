"""Turns results into JSON and words for people: bands, reasons, days, blocks of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from corpus import Topic
from indexer import Band, Mark
from indexer.duplicates import Cluster

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_PLAIN = (str, bool, float, int, type(None))
_HEADING = 80
# A telephone number whose end is plain: digits in groups, three or more in all, no part of a longer form such as 24/7.
_NUMBER = re.compile(r"(?<![\w/(.+-])(?<!\) )\+?[0-9](?:[ \u00a0.-]?[0-9]){2,}(?![\w/]|[.-]\w| ?\([0-9]+\))")


def to_json(value: Any) -> Any:
    """A result as JSON: a dataclass is an object of its fields, a date an ISO string. The same for CLI and HTTP."""
    if type(value) in _PLAIN:  # most values are
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The names of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))


# How sure it is that two questions are one, in a list's words.
BANDS = {Band.SAME: "same wording", Band.VERY_LIKELY: "very likely", Band.POSSIBLE: "possible"}


def band_name(band: Band) -> str:
    """A band in words: very likely."""
    return BANDS[band]


def day(value: date | None) -> str:
    """A day in words: 31 May 2020."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if value else ""


def moment_in_words(at: str) -> str:
    """A moment of a history in words, in UTC: 2 March 2026, 09:14."""
    when = datetime.fromisoformat(at).astimezone(UTC)
    return f"{day(when.date())}, {when:%H:%M}"


def site_of(url: str) -> str:
    """The site of an address, as people call it: example.org; empty for none."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


# What an editor did, of the documents a and b.
ACTIONS = {
    "duplicate": "Duplicate: A points to B",
    "related": "Related",
    "different": "Not a duplicate",
    "unsure": "Unsure, to a second editor",
    "later": "Later, in a week",
    "pin": "Pinned B to A",
    "exclude": "Keeps B from A",
    "undo": "Undid",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, with the heading that stands above it if there is one."""

    heading: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """A text's paragraphs. A short first line without a full stop, with text below it, is that text's heading."""
    found: list[Block] = []
    for part in (part for part in text.split("\n\n") if part.strip()):
        lines = tuple(part.split("\n"))
        first = lines[0]
        heads = len(lines) > 1 and len(first) <= _HEADING and first[:1].isupper() and first[-1:] not in ".!?:;,…"
        found.append(Block(first if heads else "", lines[1:] if heads else lines))
    return found


def opening(text: str, most: int) -> str:
    """The beginning of a text on one line, cut after a whole word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line.rfind(" ", 0, most)
    return line[: cut if cut > 0 else most].rstrip(" .,;:-–—") + "…"


def years_ago(then: date | None) -> int:
    """How many whole years ago a day was; 0 for one that is not known, or is to come."""
    now = datetime.now(UTC).date()
    return max(0, now.year - then.year - ((now.month, now.day) < (then.month, then.day))) if then else 0


def callable_numbers(text: str, *, grouped: bool = True) -> Markup:
    """A text in which a telephone number is a link that calls it. `grouped` says whether one may be written in groups,
    as helplines are (`116 123`): of emergency numbers two may stand side by side (`110 119`), and neither is a link.
    """
    pieces, at = [], 0
    for found in _NUMBER.finditer(text):
        called = re.sub(r"[^0-9+]", "", found[0])
        if not grouped and called != found[0]:
            continue
        pieces += [escape(text[at : found.start()]), Markup('<a href="tel:{}">{}</a>').format(called, found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def beyond(topics: Iterable[Topic], own: Iterable[Topic]) -> list[Topic]:
    """The topics that are not among a document's own, whatever their case."""
    names = {topic.name.casefold() for topic in own}
    return [topic for topic in topics if topic.name.casefold() not in names]


def paragraphs(marks: Iterable[Mark]) -> list[list[Mark]]:
    """Marked pieces by paragraph: a blank line within a piece ends one."""
    found: list[list[Mark]] = [[]]
    for text, kind in marks:
        first, *rest = re.split(r"\n\s*\n", text)
        found[-1].append(Mark(first, kind))
        found += [[Mark(part, kind)] for part in rest]
    return [part for part in found if "".join(text for text, _ in part).strip()]


def why_kept(cluster: Cluster) -> str:
    """Why the canonical document of a cluster is suggested to keep, in words."""
    reason = cluster.reason
    said = [f"answered by {reason.author}" if reason.author else "answered"] if reason.code == "answered" else []
    if reason.listed:
        said.append(f"listed on {reason.listed:,} {'page' if reason.listed == 1 else 'pages'}")
    if reason.code == "answered":
        said.append(f"{reason.words:,} words of answer")
    if reason.asked:
        said.append(f"asked {reason.asked.isoformat()}")
    return ", ".join(said) or "the first by id: nothing else tells them apart"


def remedy_of(code: str) -> str:
    """What to do about a file of an index that is not what was written."""
    if code == "foreign":
        return "remove it, then verify again"
    return "roll back to the generation before, or build the index again"

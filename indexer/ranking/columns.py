"""Columns: small integers for each document that filter, count, sort by date and tell twins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Document, kind_of
from indexer.analysis import own_text, wording
from indexer.ranking.tables import Strings, map_array, write_strings
from indexer.types import Filter

Mask = NDArray[np.bool_]
KINDS = ("article", "question")
ANSWERED = ("no", "yes")
# How the facets are called, in results and filters.
FACETS = ("kind", "specialty", "topic", "year", "answered")


class Row(NamedTuple):
    """What the columns keep of a document; `day` is a proleptic ordinal, 0 where no date is known."""

    kind: str
    specialty: str
    topics: tuple[str, ...]
    day: int
    answered: bool
    wording: int
    length: int


def row_of(document: Document, length: int) -> Row:
    """The row of a document; `length` is how many terms it has in all fields."""
    return Row(
        kind=kind_of(document),
        specialty=specialty_of(document),
        topics=tuple(dict.fromkeys(topic.name for topic in document.topics)),
        day=day.toordinal() if (day := date_of(document)) else 0,
        answered=is_answered(document),
        wording=wording(own_text(document)),
        length=length,
    )


def specialty_of(document: Document) -> str:
    """A document's specialty: its own, else its first answer's."""
    if document.specialty or isinstance(document, Article):
        return document.specialty
    return next((answer.specialty for answer in document.answers if answer.specialty), "")


def is_answered(document: Document) -> bool:
    """Whether a document answers something: an article does, a question with a reply does."""
    return isinstance(document, Article) or bool(document.answers)


def date_of(document: Document) -> date | None:
    """The day a document was published or asked."""
    return document.published if isinstance(document, Article) else document.asked


def write_columns(folder: Path, rows: Sequence[Row]) -> None:
    """Write the columns of all documents in the order of their numbers."""
    specialties = sorted({row.specialty for row in rows})
    topics = sorted({topic for row in rows for topic in row.topics})
    number = {topic: n for n, topic in enumerate(topics)}
    place = {specialty: n for n, specialty in enumerate(specialties)}
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row.topics) for row in rows], out=starts[1:])
    write_strings(folder, "specialties", specialties)
    write_strings(folder, "topics", topics)
    for name, values, dtype in (
        ("kind", [KINDS.index(row.kind) for row in rows], np.int8),
        ("specialty", [place[row.specialty] for row in rows], np.int32),
        ("day", [row.day for row in rows], np.int32),
        ("answered", [row.answered for row in rows], np.bool_),
        ("wording", [row.wording for row in rows], np.int64),
        ("length", [row.length for row in rows], np.int32),
        ("topic", [number[topic] for row in rows for topic in row.topics], np.int32),
    ):
        np.save(folder / f"{name}.npy", np.array(values, dtype))
    np.save(folder / "topic_starts.npy", starts)


class Columns:
    """The columns of a generation, mapped."""

    def __init__(self, folder: Path) -> None:
        for name in ("kind", "specialty", "day", "answered", "wording", "length", "topic", "topic_starts"):
            setattr(self, f"_{name}", map_array(folder, name))
        self._specialties, self._topics = Strings(folder, "specialties"), Strings(folder, "topics")
        self._year = np.array([date.fromordinal(d).year if d else 0 for d in self._day.tolist()], np.int16)

    _kind: NDArray[np.int8]
    _specialty: NDArray[np.int32]
    _day: NDArray[np.int32]
    _answered: NDArray[np.bool_]
    _wording: NDArray[np.int64]
    _length: NDArray[np.int32]
    _topic: NDArray[np.int32]
    _topic_starts: NDArray[np.int64]

    def mask(self, where: Filter) -> Mask:
        """Which documents a filter lets through."""
        mask = np.ones(len(self._kind), np.bool_)
        if where.kind is not None:
            mask &= self._kind == (KINDS.index(where.kind) if where.kind in KINDS else -1)
        if where.specialty is not None:
            mask &= self._specialty == self._specialties.find(where.specialty)
        if where.topic is not None:
            tagged = np.zeros(len(mask), np.bool_)
            tagged[self._documents_of(self._topics.find(where.topic))] = True
            mask &= tagged
        if where.year is not None:
            mask &= self._year == where.year
        if where.answered is not None:
            mask &= self._answered == where.answered
        return mask

    def counts(self, among: Mask, most: int) -> dict[str, dict[str, int]]:
        """How many of the documents have each value of each facet: the `most` frequent ones, by count, then name."""
        tags = among[np.repeat(np.arange(len(among)), np.diff(self._topic_starts))]
        years = self._year[among]
        named = {
            "kind": _counted(self._kind[among], KINDS),
            "specialty": _counted(self._specialty[among], self._specialties),
            "topic": _counted(self._topic[tags], self._topics),
            "year": {str(year): n for year, n in zip(*np.unique(years[years > 0], return_counts=True), strict=True)},
            "answered": _counted(self._answered[among].astype(np.int8), ANSWERED),
        }
        ordered = {
            facet: sorted(values.items(), key=lambda item: (-item[1], item[0])) for facet, values in named.items()
        }
        return {facet: {name: int(n) for name, n in values[:most]} for facet, values in ordered.items()}

    def newest(self, among: Mask, limit: int) -> NDArray[np.int64]:
        """The numbers of the newest documents; undated ones last, lower numbers first among equals."""
        numbers = np.flatnonzero(among)
        return numbers[np.lexsort((numbers, -self._day[numbers]))[:limit]]

    def kinds(self, numbers: NDArray[np.int64]) -> NDArray[np.int8]:
        """The kinds of documents, as places in KINDS."""
        return self._kind[numbers]

    def wording(self, number: int) -> int:
        """The digest of a document's own words."""
        return int(self._wording[number])

    def answered(self, number: int) -> bool:
        """Whether a document is an article or has a reply."""
        return bool(self._answered[number])

    def length(self, number: int) -> int:
        """How many terms a document has in all fields."""
        return int(self._length[number])

    def _documents_of(self, topic: int) -> NDArray[np.int64]:
        return np.searchsorted(self._topic_starts, np.flatnonzero(self._topic == topic), side="right") - 1


def _counted(values: NDArray[np.integer], names: Sequence[str]) -> dict[str, int]:
    """How often each number occurs, under its name; what has no name (no specialty known) is not counted."""
    counts = np.bincount(values, minlength=1)
    return {name: int(counts[n]) for n in np.flatnonzero(counts).tolist() if (name := names[n])}

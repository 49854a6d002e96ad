"""Kind, specialty, topics, day, year, reply, wording and address of each document as integers, to filter and count."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Document, Topic, kind_of, same_address
from indexer.ranking.hashing import Numbers, key_of, places, starts_of
from indexer.ranking.ids import Ids
from indexer.ranking.mapped import Strings, map_array, place_of, save, write_strings
from indexer.types import Filter

Mask = NDArray[np.bool_]
KINDS = ("article", "question")
ANSWERED = ("no", "yes")
_REMEMBERED = 1 << 14
_YEARS = ("", *map(str, range(1, 10_000)))
# How the facets are called, in results and filters.
FACETS = ("kind", "specialty", "topic", "year", "answered")


def topics_of(document: Document) -> tuple[Topic, ...]:
    """A document's topics in their order, each name once, in any case, with the specialty that it is given first."""
    topics: dict[str, Topic] = {}
    for topic in document.topics:
        topics.setdefault(topic.name.casefold(), topic)
    return tuple(topics.values())


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


def names_in_any_case(counts: Mapping[str, int]) -> dict[str, str]:
    """What names are called that differ in case alone, by their folded name: as most documents call them."""
    written: dict[str, list[tuple[int, bool, bool, str]]] = {}
    for name, count in counts.items():
        written.setdefault(name.casefold(), []).append((-count, name.isupper(), name.islower(), name))
    return {folded: min(names)[-1] for folded, names in written.items()}


class ColumnsWriter:
    """Takes what the columns keep of documents in any order."""

    def __init__(self) -> None:
        self._specialties: dict[str, int] = {}
        self._topics: dict[str, int] = {}
        self._topic_specialties: dict[str, int] = {}
        self._kind, self._answered = array("b"), array("b")
        self._specialty, self._day = array("i"), array("i")
        self._address = array("Q")
        self._topic, self._topic_specialty, self._topic_ends = array("i"), array("i"), array("q", [0])

    def add(self, document: Document) -> None:
        """Take the next document."""
        specialty, topics, given = specialty_of(document), topics_of(document), self._topic_specialties
        self._kind.append(KINDS.index(kind_of(document)))
        self._answered.append(is_answered(document))
        self._specialty.append(self._specialties.setdefault(specialty, len(self._specialties)))
        self._day.append(day.toordinal() if (day := date_of(document)) else 0)
        self._address.append(key_of(same_address(document.url)) if document.url else 0)
        self._topic.extend([self._topics.setdefault(topic.name, len(self._topics)) for topic in topics])
        self._topic_specialty.extend([given.setdefault(topic.specialty, len(given)) for topic in topics])
        self._topic_ends.append(len(self._topic))

    def kinds(self, order: Numbers) -> NDArray[np.int8]:
        """The kinds of the documents of this order, as places in KINDS."""
        return np.array(self._kind, np.int8)[order]

    def write(self, folder: Path, order: Numbers, wordings: Numbers) -> None:
        """Write the columns of the documents of this order; `wordings` are theirs, in this order."""
        place, starts = places(np.array(self._topic_ends), order)
        given = np.array(self._topic_specialty, np.int32)[place]
        day = np.array(self._day, np.int32)[order]
        days, year = np.unique(day, return_inverse=True)
        years = np.array([date.fromordinal(d).year if d else 0 for d in days.tolist()], np.int16)
        save(
            folder,
            kind=self.kinds(order),
            specialty=_renumbered(folder, "specialties", self._specialties, np.array(self._specialty)[order]),
            day=day,
            year=years[year] if len(years) else np.empty(0, np.int16),
            answered=np.array(self._answered, np.bool_)[order],
            wording=wordings,
            address=np.array(self._address, np.uint64)[order],
            topic=_renumbered(folder, "topics", self._topics, np.array(self._topic, np.int32)[place]),
            topic_specialty=_renumbered(folder, "topic_specialties", self._topic_specialties, given),
            topic_starts=starts,
        )


def _renumbered(folder: Path, name: str, numbers: Mapping[str, int], values: NDArray[np.integer]) -> NDArray[np.int32]:
    """Write the names that occur, in order, and give the values as numbers of these."""
    names = list(numbers)
    there = sorted(names[n] for n in np.unique(values).tolist())
    write_strings(folder, name, there)
    number = np.zeros(len(names), np.int32)
    number[[numbers[n] for n in there]] = np.arange(len(there))
    renumbered: NDArray[np.int32] = number[values]
    return renumbered


class _TopicGroups(NamedTuple):
    """Topics that differ in case alone are one, called as most documents call it: the names in order, the number of
    each by its folded name, and that of each topic as it is written.
    """

    names: list[str]
    number: dict[str, int]
    of_topic: NDArray[np.int32]


class Columns:
    """The columns of a generation, those of its segments one after the other; `wordings` are the digests of all
    documents' own words.
    """

    def __init__(self, folders: Sequence[Path], ids: Ids) -> None:
        self._ids = ids
        self._kind, self._day, self._year, self._answered, self.wordings, self._address = (
            _joined([map_array(folder, name) for folder in folders])
            for name in ("kind", "day", "year", "answered", "wording", "address")
        )
        self._specialties, self._specialty = _together(folders, "specialties", "specialty")
        self._topics, self._topic = _together(folders, "topics", "topic")
        self._topic_specialties, self._topic_specialty = _together(folders, "topic_specialties", "topic_specialty")
        sizes = [np.diff(map_array(folder, "topic_starts")) for folder in folders]
        self._topic_starts = starts_of(np.concatenate(sizes))
        # The document of each tag: a facet of many documents counts tags without looking for theirs.
        self._tagged = np.repeat(np.arange(len(self._kind), dtype=np.int32), np.concatenate(sizes))

        # Made once: most documents share their topics, and making one checks it. It holds names and not this object, or
        # else they would hold each other, and files would stay open until the collector comes.
        names, given_by = self._topics, self._topic_specialties
        self._topic_of = lru_cache(_REMEMBERED)(lambda name, given: Topic(name=names[name], specialty=given_by[given]))

    @cached_property
    def _groups(self) -> _TopicGroups:
        """The topics as visitors meet them, worked out when first asked for: an update never asks."""
        there = self._topic if self._ids.live is None else self._topic[self._ids.live[self._tagged]]
        counts = np.bincount(there, minlength=len(self._topics)).tolist()
        names = sorted(names_in_any_case(dict(zip(self._topics, counts, strict=True))).values())
        number = {name.casefold(): n for n, name in enumerate(names)}
        return _TopicGroups(names, number, np.array([number[name.casefold()] for name in self._topics], np.int32))

    def mask(self, where: Filter) -> Mask:
        """Which documents a filter lets through."""
        mask = np.ones(len(self._kind), np.bool_)
        if where.kind is not None:
            mask &= self._kind == (KINDS.index(where.kind) if where.kind in KINDS else -1)
        if where.specialty is not None:
            mask &= self._specialty == place_of(self._specialties, where.specialty)
        if where.topic is not None:
            tagged = np.zeros(len(mask), np.bool_)
            group = self._groups.number.get(where.topic.casefold(), -1)
            tagged[self._tagged[self._groups.of_topic[self._topic] == group]] = True
            mask &= tagged
        if where.year is not None:
            mask &= self._year == where.year
        if where.answered is not None:
            mask &= self._answered == where.answered
        return mask

    def counts(self, among: Mask, most: int) -> dict[str, dict[str, int]]:
        """How many of the documents have each value of each facet: the `most` frequent ones, by count, then name."""
        numbers = np.flatnonzero(among)
        # Tags of few documents are looked up, those of many are filtered.
        if len(numbers) * 8 < len(among):
            tags, _ = places(self._topic_starts, numbers)
        else:
            tags = np.flatnonzero(among[self._tagged])
        return {
            "kind": _counted(self._kind[numbers], KINDS, most),
            "specialty": _counted(self._specialty[numbers], self._specialties, most),
            "topic": _counted(self._groups.of_topic[self._topic[tags]], self._groups.names, most),
            "year": _counted(self._year[numbers], _YEARS, most),
            "answered": _counted(self._answered[numbers].view(np.int8), ANSWERED, most),
        }

    def newest(self, among: Mask, limit: int) -> NDArray[np.int64]:
        """The numbers of the newest documents; undated ones last, ids ascending among equals."""
        numbers = np.flatnonzero(among)
        return numbers[np.lexsort((self._ids.places(numbers), -self._day[numbers]))[:limit]]

    def questions(self) -> Mask:
        """Which documents are questions."""
        found: Mask = self._kind == KINDS.index("question")
        return found

    def at(self, url: str) -> list[int]:
        """The documents that may be at an address: two addresses of a million share a digest once in 40 million."""
        found: list[int] = np.flatnonzero(self._address == np.uint64(key_of(same_address(url)))).tolist()
        return found

    def of(self, numbers: Sequence[int]) -> Iterator[tuple[int, int, bool, int]]:
        """For each of some documents its kind, as a place in KINDS, its day as a proleptic ordinal (0: not known),
        whether it is an article or has a reply, and the digest of its own words.
        """
        rows = np.array(numbers, np.int64)
        columns = (self._kind, self._day, self._answered, self.wordings)
        return zip(*(column[rows].tolist() for column in columns), strict=True)

    def topics(self, number: int) -> tuple[Topic, ...]:
        """A document's topics, each name once, with the specialty that it is given first."""
        tags = slice(self._topic_starts[number], self._topic_starts[number + 1])
        return tuple(map(self._topic_of, self._topic[tags].tolist(), self._topic_specialty[tags].tolist()))


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The arrays one after the other; one alone stays mapped."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _together(folders: Sequence[Path], names: str, column: str) -> tuple[list[str], NDArray[np.int32]]:
    """The names that the segments use, in order, and the column with the numbers of these."""
    own = [list(Strings(folder, names)) for folder in folders]
    if len(own) == 1:
        return own[0], map_array(folders[0], column)
    everything = sorted({name for listed in own for name in listed})
    place = {name: n for n, name in enumerate(everything)}
    columns = [
        np.array([place[name] for name in listed], np.int32)[map_array(folder, column)]
        for listed, folder in zip(own, folders, strict=True)
    ]
    return everything, np.concatenate(columns)


def _counted(values: NDArray[np.integer], names: Sequence[str], most: int) -> dict[str, int]:
    """How often each number occurs, under its name: the `most` frequent ones, by count, then name, as names ascend.

    What has no name (no specialty or year known) is not counted.
    """
    counts = np.bincount(values)
    there = np.flatnonzero(counts)
    best = there[np.argsort(-counts[there], kind="stable")][: most + 1]  # one of them may have no name
    return dict([(name, int(counts[n])) for n in best.tolist() if (name := names[n])][:most])

"""Kind, specialty, topics, day, year, reply, wording and address of each document as integers, to filter and count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Document, Topic, kind_of, same_address
from indexer.ranking.growing import GrowingFiles
from indexer.ranking.hashing import Numbers, key_of, places, starts_of
from indexer.ranking.ids import Ids
from indexer.ranking.mapped import Strings, map_array, place_of, save, write_strings
from indexer.types import Filter

Mask = NDArray[np.bool_]
KINDS = ("article", "question")
ANSWERED = ("no", "yes")
_REMEMBERED = 1 << 14
# Columns that mean the same in every segment, and those whose numbers are places among names of its own.
_PLAIN = ("kind", "day", "year", "answered", "wording", "address")
_NUMBERED = {"specialty": "specialties", "topic": "topics", "topic_specialty": "topic_specialties"}
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

    def __init__(self, growing: GrowingFiles) -> None:
        """What it takes waits in files of `growing`."""
        self._specialties: dict[str, int] = {}
        self._topics: dict[str, int] = {}
        self._topic_specialties: dict[str, int] = {}
        self._kind, self._answered, self._specialty, self._day, self._topic, self._topic_specialty, self._address = (
            growing.numbers(code) for code in "bbiiiiQ"
        )
        self._topic_ends = growing.numbers("q", [0])

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

    def write(self, folder: Path, order: Numbers, wordings: Numbers) -> None:
        """Write the columns of the documents of this order; `wordings` are theirs, in this order."""
        place, starts = places(self._topic_ends.all(), order)
        given = self._topic_specialty.all()[place]
        day = self._day.all()[order]
        days, year = np.unique(day, return_inverse=True)
        years = np.array([date.fromordinal(d).year if d else 0 for d in days.tolist()], np.int16)
        save(
            folder,
            kind=self._kind.all()[order],
            specialty=_renumbered(folder, "specialties", self._specialties, self._specialty.all()[order]),
            day=day,
            year=years[year] if len(years) else np.empty(0, np.int16),
            answered=self._answered.all()[order].view(np.bool_),
            wording=wordings,
            address=self._address.all()[order],
            topic=_renumbered(folder, "topics", self._topics, self._topic.all()[place]),
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
    """The columns of a generation, those of its segments one after the other."""

    def __init__(self, folders: Sequence[Path], ids: Ids) -> None:
        self._ids = ids
        # All are opened now, for later the generation may have been swept. They are joined when they are first asked
        # for: what builds a generation never asks for most.
        self._opened = {name: [map_array(folder, name) for folder in folders] for name in (*_PLAIN, *_NUMBERED)}
        named = {column: _together(folders, names) for column, names in _NUMBERED.items()}
        self._numbers = {column: numbers for column, (_, numbers) in named.items()}
        self._specialties, self._topics, given_by = (names for names, _ in named.values())
        self._topic_sizes = [np.diff(map_array(folder, "topic_starts")) for folder in folders]

        # Made once: most documents share their topics, and making one checks it. It holds names and not this object, or
        # else they would hold each other, and files would stay open until the collector comes.
        names = self._topics
        self._topic_of = lru_cache(_REMEMBERED)(lambda name, given: Topic(name=names[name], specialty=given_by[given]))

    def _column(self, name: str) -> NDArray[Any]:
        own = self._opened[name]
        if len(own) > 1:
            if numbers := self._numbers.get(name):
                own = [number[column] for number, column in zip(numbers, own, strict=True)]
            own = self._opened[name] = [np.concatenate(own)]
        return own[0]

    @property
    def wordings(self) -> Numbers:
        """The digests of all documents' own words."""
        return self._column("wording")

    @cached_property
    def _topic_starts(self) -> Numbers:
        return starts_of(np.concatenate(self._topic_sizes))

    @cached_property
    def _tagged(self) -> NDArray[np.int32]:
        """The document of each tag: a facet of many documents counts tags without looking for theirs."""
        return np.repeat(np.arange(len(self._ids), dtype=np.int32), np.diff(self._topic_starts))

    @cached_property
    def _groups(self) -> _TopicGroups:
        """The topics as visitors meet them, worked out when first asked for: an update never asks."""
        topic = self._column("topic")
        there = topic if self._ids.live is None else topic[self._ids.live[self._tagged]]
        counts = np.bincount(there, minlength=len(self._topics)).tolist()
        names = sorted(names_in_any_case(dict(zip(self._topics, counts, strict=True))).values())
        number = {name.casefold(): n for n, name in enumerate(names)}
        return _TopicGroups(names, number, np.array([number[name.casefold()] for name in self._topics], np.int32))

    def mask(self, where: Filter) -> Mask:
        """Which documents a filter lets through."""
        mask = np.ones(len(self._ids), np.bool_)
        if where.kind is not None:
            mask &= self._column("kind") == (KINDS.index(where.kind) if where.kind in KINDS else -1)
        if where.specialty is not None:
            mask &= self._column("specialty") == place_of(self._specialties, where.specialty)
        if where.topic is not None:
            tagged = np.zeros(len(mask), np.bool_)
            group = self._groups.number.get(where.topic.casefold(), -1)
            tagged[self._tagged[self._groups.of_topic[self._column("topic")] == group]] = True
            mask &= tagged
        if where.year is not None:
            mask &= self._column("year") == where.year
        if where.answered is not None:
            mask &= self._column("answered") == where.answered
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
            "kind": _counted(self._column("kind")[numbers], KINDS, most),
            "specialty": _counted(self._column("specialty")[numbers], self._specialties, most),
            "topic": _counted(self._groups.of_topic[self._column("topic")[tags]], self._groups.names, most),
            "year": _counted(self._column("year")[numbers], _YEARS, most),
            "answered": _counted(self._column("answered")[numbers].view(np.int8), ANSWERED, most),
        }

    def newest(self, among: Mask, limit: int) -> NDArray[np.int64]:
        """The numbers of the newest documents; undated ones last, ids ascending among equals."""
        numbers = np.flatnonzero(among)
        return numbers[np.lexsort((self._ids.places(numbers), -self._column("day")[numbers]))[:limit]]

    def questions(self) -> Mask:
        """Which documents are questions."""
        found: Mask = self._column("kind") == KINDS.index("question")
        return found

    def at(self, url: str) -> list[int]:
        """The documents that may be at an address: two addresses of a million share a digest once in 40 million."""
        found: list[int] = np.flatnonzero(self._column("address") == np.uint64(key_of(same_address(url)))).tolist()
        return found

    def of(self, numbers: Sequence[int]) -> Iterator[tuple[int, int, bool, int]]:
        """For each of some documents its kind, as a place in KINDS, its day as a proleptic ordinal (0: not known),
        whether it is an article or has a reply, and the digest of its own words.
        """
        rows = np.array(numbers, np.int64)
        return zip(*(self._column(name)[rows].tolist() for name in ("kind", "day", "answered", "wording")), strict=True)

    def topics(self, number: int) -> tuple[Topic, ...]:
        """A document's topics, each name once, with the specialty that it is given first."""
        tags = slice(self._topic_starts[number], self._topic_starts[number + 1])
        return tuple(
            map(self._topic_of, self._column("topic")[tags].tolist(), self._column("topic_specialty")[tags].tolist())
        )


def _together(folders: Sequence[Path], names: str) -> tuple[list[str], list[NDArray[np.int32]]]:
    """The names that the segments use, in order, and of each segment the numbers of its own among these."""
    own = [list(Strings(folder, names)) for folder in folders]
    everything = sorted({name for listed in own for name in listed})
    place = {name: n for n, name in enumerate(everything)}
    return everything, [np.array([place[name] for name in listed], np.int32) for listed in own]


def _counted(values: NDArray[np.integer], names: Sequence[str], most: int) -> dict[str, int]:
    """How often each number occurs, under its name: the `most` frequent ones, by count, then name, as names ascend.

    What has no name (no specialty or year known) is not counted.
    """
    counts = np.bincount(values)
    there = np.flatnonzero(counts)
    best = there[np.argsort(-counts[there], kind="stable")][: most + 1]  # one of them may have no name
    return dict([(name, int(counts[n])) for n in best.tolist() if (name := names[n])][:most])

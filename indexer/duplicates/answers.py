"""The result types of duplicates: clusters, pairs with what differs, two questions side by side; ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from indexer.types import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """What differs between two questions: the kind of word, the words of each side, as each wrote them, and whether two
    questions that differ in it are two; other words may stand in any story.
    """

    kind: str
    a: str
    b: str
    decides: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two questions that may be the same question: the probability, its band (None: not worth a look), what differs."""

    a: str
    b: str
    score: float
    band: Band | None
    differs: tuple[Differs, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a document of a cluster is suggested to keep, by the first fact that speaks for it: `answered` (by a doctor
    of this name, where one is named), `listed` on so many pages, `asked` on a day, or `id`: nothing tells them apart.
    All facts are told; `words` are those of its answers.
    """

    code: str
    author: str
    listed: int
    words: int
    asked: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Questions that may be one: every member is tied to the `canonical` one by a pair.

    `id` is that of the first pair's documents; `band` and `score` are those of the weakest tie to the canonical one,
    `reason` why this one is suggested to keep. `seen` is on how many pages its questions are listed, or are among the
    first four of the panel; `since` the day on which the second of them was asked, where that is known.
    """

    id: str
    score: float
    band: Band
    canonical: str
    reason: Reason
    members: tuple[str, ...]
    pairs: tuple[DuplicatePair, ...]
    seen: int = 0
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """One page of the open clusters of an index. `bands` counts all of them by band, before one is chosen; `sites` and
    `specialties` count those of the bands that are chosen, the most frequent first.
    """

    generation: int
    total: int
    page: int
    pages: int
    bands: Mapping[str, int]
    sites: Mapping[str, int]
    specialties: Mapping[str, int]
    clusters: tuple[Cluster, ...]


class Mark(NamedTuple):
    """A piece of a text, and why it is marked: the kind of a difference, `shared`, or nothing."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two questions beside each other: its own words in marked pieces, on how many pages it is listed, among the
    first four of how many panels it is, and how many words of answer it has.
    """

    id: str
    title: tuple[Mark, ...]
    body: tuple[Mark, ...]
    listed: int
    shown: int
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two questions beside each other, what the program thinks of them, and the id of that which it would keep."""

    pair: DuplicatePair
    keep: str
    a: Side
    b: Side

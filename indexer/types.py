"""What is asked and what is answered: the requests and results of an index, frozen, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from corpus import Topic
from indexer.errors import RequestRefused

# A piece of a text, and whether it matched the search.
Fragment = tuple[str, bool]


class Sort(StrEnum):
    """The order of hits: best match first, newest first, or of the newest those first that most pages list."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    LISTED = "listed"


class Band(StrEnum):
    """How sure it is that two questions are the same question."""

    SAME = "same-wording"
    VERY_LIKELY = "very-likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which documents may answer; a field left out excludes nothing. Articles are `answered`."""

    kind: str | None = None
    specialty: str | None = None
    topic: str | None = None
    year: int | None = None
    answered: bool | None = None

    def __post_init__(self) -> None:
        kinds = {"kind": str, "specialty": str, "topic": str, "year": int, "answered": bool}
        for name, kind in kinds.items():
            value = getattr(self, name)
            if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
                raise RequestRefused(
                    f"{name} is {type(value).__name__}", f"Filter.{name}", f"give {kind.__name__} or None"
                )


# The filter that lets all documents through.
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search: what was typed, which documents may answer, in which order, which page; `as_typed` corrects no word."""

    text: str
    where: Filter = EVERYTHING
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 10
    as_typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A document that a search found; `date` is the day it was asked or published, `others` how many settled
    duplicates it stands for, `replies` how many replies a question has.
    """

    id: str
    kind: str
    title: str
    url: str
    specialty: str
    topics: tuple[Topic, ...]
    date: date | None
    answered: bool
    by: str
    score: float
    snippet: tuple[Fragment, ...]
    others: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A page whose title may be what somebody is typing."""

    id: str
    kind: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That a search speaks of a danger to life: its `kind`, `suicide` or `emergency`, and the best page on the subject,
    an empty id and title where the index has none. Whoever shows results shows help first.
    """

    kind: str
    page: str
    page_kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of a search: `total` counts all hits, `facets` count them by kind, specialty, topic, year, reply.

    `did_you_mean` is what was typed with its unknown words corrected; `respelled` says that the hits are those of that,
    since no other correction comes into question. `close` is false where no hit is about the same matter: they share
    words alone.
    """

    generation: int
    total: int
    page: int
    pages: int
    did_you_mean: str | None
    respelled: bool
    facets: Mapping[str, Mapping[str, int]]
    close: bool
    hits: tuple[Hit, ...]
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The beginning of a doctor's reply, word for word."""

    author: str
    specialty: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A neighbour in a panel: the asker's own words, the reply's own words, the words in common. Where there are none
    `in_other_words` is what of it is nearest by meaning, if that tells.

    `same` is the band where it is the same question, by an upper band; None for one that is alike. `others` is how many
    settled duplicates it stands for, `chosen` whether an editor put it here, whatever its score.
    """

    id: str
    kind: str
    title: str
    url: str
    date: date | None
    answered: bool
    excerpt: str
    reply: Reply | None
    score: float
    matched: tuple[str, ...]
    in_other_words: str = ""
    same: Band | None = None
    others: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The see-also panel: at most the cards asked for, fewer where fewer are close enough, and their topics.

    `canonical` is the id of the question that is kept, where that of the panel is a settled duplicate. `notice` is the
    help that a text needs that speaks of a danger to life; None for most, and for pages.
    """

    generation: int
    cards: tuple[Card, ...]
    topics: tuple[Topic, ...]
    canonical: str | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build made; `rejected` counts those refused for sharing an id, `merged` those that were given twice. Of a
    purge `traces` says where something of what it deleted is left: nowhere, or in another document that names it.
    """

    generation: int
    documents: int
    added: int
    replaced: int
    deleted: int
    rejected: int
    merged: int
    seconds: float
    bytes: int
    traces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What an index holds. `drift` is the share of documents that changed since the last full build, `encoder` the name
    of the sentence encoder whose vectors it holds, if any; `semantic` tells whether that one is there to ask by.
    """

    generation: int
    built: str
    engine: str
    documents: Mapping[str, int]
    answers: int
    analysis: str
    format: int
    drift: float
    bytes: int
    semantic: bool
    encoder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A generation that was published in place of an open one: its number, when it was, and whether a document of the
    open one may be gone, so that no request should be answered from that any more.
    """

    generation: int
    since: datetime
    withdraws: bool


_FAULTS = {
    "missing": "missing",
    "changed": "its bytes are not those that were written",
    "unreadable": "it cannot be read",
    "foreign": "no build wrote this file",
    "incompatible": "another version of the program wrote it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file of a `generation` that is not what was written: `missing`, `changed`, `unreadable`, `size` (it has `found`
    bytes where `written` were written), `foreign`, which no build wrote, or `incompatible`, of another version.
    """

    file: str
    code: str
    found: int = 0
    written: int = 0
    generation: int = 0

    @property
    def said(self) -> str:
        """What is wrong, in words."""
        return _FAULTS.get(self.code, f"{self.found:,} bytes where {self.written:,} were written")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a generation is what was written, and the files that are not."""

    generation: int
    ok: bool
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is: the stage in words, how many of how many (0: not known yet)."""

    stage: str
    done: int
    total: int = 0

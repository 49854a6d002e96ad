"""The one door to a finished generation: all that search, panels and duplicates ask; documents go by id.

Where the documents lie, how they are numbered and what ranks them is known to whoever implements `Generation`:
`generation/local` for a folder on disk. docs/glossary.md says what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, Protocol

from corpus import Document, Topic
from indexer.analysis import FINER, Analyzer, Templates
from indexer.encoder import Encoder
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import SearchWord, Statistics
from indexer.types import EVERYTHING, Band, Card, Filter, Info, Sort


class Ranked(NamedTuple):
    """A document and its score."""

    id: str
    score: float


class Facts(NamedTuple):
    """What is known of a document without reading it: its kind, day, whether it answers something, the digest of its
    title and body (`wording`), and its topics, each name once with the specialty that it is given first.
    """

    kind: str
    date: date | None
    answered: bool
    wording: int
    topics: tuple[Topic, ...]


class Neighbours(NamedTuple):
    """The documents most like a text, best first; `possible` is what the text tells in all: weight times rarity of
    its tokens, summed.
    """

    ranked: list[Ranked]
    possible: float

    def best(self, count: int) -> Neighbours:
        """The first so many of them."""
        return self._replace(ranked=self.ranked[:count])


# So many documents are read at a time where all are.
_TOGETHER = 250
# So many neighbours of a page are shown beside it, unless editors decide otherwise.
SHOWN = 4
# The place of how many pages list a document, in what speaks for keeping it (build/keep_order).
LISTED = 2


class Span(NamedTuple):
    """A part of a document's text: the name of a field, and where in the text of that it starts and ends."""

    field: str
    start: int
    end: int


class Pair(NamedTuple):
    """Two questions that may be the same question, `a` before `b` in the order of ids, with the probability."""

    a: str
    b: str
    score: float
    band: Band


_NO_WEIGHTS: Mapping[str, float] = {}
NO_GROUPS: Mapping[str, str] = {}
NO_CARDS: Mapping[str, Card] = {}
NO_SPANS: Mapping[str, Sequence[Span]] = {}
_NO_FINER: Mapping[str, Mapping[str, float]] = {channel: {} for channel in FINER}


class Meant(NamedTuple):
    """What a text means: its vector, how much a cosine of 1 adds to a score, and the cosine that a document must reach
    to be found by that alone, where words demand something that it does not match.
    """

    vector: Vector
    weight: float
    least: float = 0.0


class FindRequest(NamedTuple):
    """Which documents are wanted, in which order, and how many of them (0: only the total and the facets).

    `weights` are those of terms and concepts in the first stage, `finer` how much each token of the other channels
    tells in the second, for a text of `words` words. `search_words` demand a share of themselves, `wanted` if any
    document matches so much (least_share), and a score is multiplied by the share that is matched; each of `phrases`
    must stand in some field, none of `without` may: both are given as the folded words of each way to write them.
    `facets` is how many values of each facet are counted (0: none).

    `instead` names for some documents the one that is shown in their place. Such a group counts once, the filter and
    the facets see what is shown, and `ranked` holds the best of those of its members that match.

    With `meant` the NEAREST documents to its vector, of those that hold the phrases and pass the filter, are found too.
    """

    weights: Mapping[str, float] = _NO_WEIGHTS
    finer: Mapping[str, Mapping[str, float]] = _NO_FINER
    words: int = 0
    search_words: Sequence[SearchWord] = ()
    wanted: int = 0
    phrases: Sequence[Sequence[Sequence[str]]] = ()
    without: Sequence[Sequence[Sequence[str]]] = ()
    where: Filter = EVERYTHING
    sort: Sort = Sort.RELEVANCE
    limit: int = 0
    facets: int = 0
    instead: Mapping[str, str] = NO_GROUPS
    meant: Meant | None = None


class Found(NamedTuple):
    """What a request finds: the first `limit` documents, how many there are in all, and the facets of all of them."""

    ranked: list[Ranked]
    total: int
    facets: dict[str, dict[str, int]]


class Generation(Protocol):
    """A finished generation, read only, shared by threads. `name` is its own: no other has it, in any folder."""

    name: str
    statistics: Statistics
    analyzer: Analyzer
    encoder: Encoder | None
    """What gives a text its vector; None where words alone rank."""

    @property
    def templates(self) -> Templates:
        """The frames that its questions fill with one name after the other."""

    @property
    def info(self) -> Info:
        """What it holds, when and with what it was built."""

    def ids(self) -> Sequence[str]:
        """The ids of all documents, ascending."""

    def get(self, ids: Sequence[str]) -> list[Document]:
        """The documents of these ids, in their order; unknown ids are left out."""

    def facts(self, ids: Sequence[str]) -> list[Facts]:
        """The facts of known ids, in their order."""

    def wordings(self, ids: Sequence[str]) -> list[int | None]:
        """The digest of title and body of each of some ids, None for one that no document has."""

    def addressed(self, url: str) -> str | None:
        """The id of the document at an address, the first of several, None where none is."""

    def shown(self, ids: Sequence[str]) -> list[int]:
        """Of how many documents each of some known ids is among the first SHOWN stored neighbours."""

    def words(self, ids: Sequence[str], field: str) -> list[list[str]]:
        """The folded words of one field of known ids, in their order, without the site's boilerplate."""

    def begins(self, ids: Sequence[str], terms: Collection[str]) -> list[Mapping[str, Sequence[int]]] | None:
        """Of known ids, where in the text of each field those pieces between white space begin, ascending, that hold
        one of some terms, and perhaps others; none in boilerplate. None where that is not kept.
        """

    def weights(self, ids: Sequence[str]) -> list[dict[str, float]]:
        """The weight of each term and concept in known ids, in their order."""

    def find(self, request: FindRequest) -> Found:
        """What a request finds: by score, or the newest first and undated ones last; ids ascend among equals.

        Relevance takes two stages. The first sums weight × weight over the terms that text and document share. The best
        RESCORED of it are weighed again (ranking/forward), with those that are nearest by meaning; what is beyond
        follows by its first score.
        """

    def vector(self, id_: str) -> Vector | None:
        """What a known document means; None where no encoder made a vector of it."""

    def cosines(self, vector: Vector, ids: Sequence[str]) -> list[float]:
        """The cosine of a vector with that of each of some known ids; not a number (nan) for one that has none."""

    def neighbours(self, id_: str) -> Neighbours | None:
        """The stored neighbours of a document, None for an unknown id."""

    def closeness(self, id_: str) -> Sequence[float]:
        """How close its first stored neighbours are to a known id (page_closeness); empty where it is not stored."""

    def cards(self, id_: str) -> Mapping[str, Card]:
        """Cards of the panel of a known id that are kept with it, by id; empty where none are."""

    def matched(self, id_: str) -> Mapping[str, Sequence[Span]]:
        """Where the words stand that cards of the panel of a known id have in common with it, most telling first, by
        the ids of the cards; of those cards for which it is kept.
        """

    def pairs(self) -> Sequence[Pair]:
        """The stored pairs of questions that may be the same question, ascending."""

    def pair(self, a: str, b: str) -> Pair | None:
        """The stored pair of two known ids, given in either order; None where there is none."""

    def keep_order(self, ids: Sequence[str]) -> list[tuple[int, ...]]:
        """What speaks for keeping each of some known ids among duplicates (build/keep_order); the highest is kept."""

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        """In how many documents of the last full build each token of a channel occurs; stop words are no terms."""

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, present: bool = False) -> dict[str, float]:
        """The rarity of each token of a channel, or with `present` of each that some document has; a concept counts as
        a term.
        """

    def vocabulary(self, prefix: str, least: int = 1) -> dict[str, int]:
        """The folded words of at least so many documents that begin so, parts of compounds with their ties, each with
        the number of documents that have it; one that an update took out counts until its segment is written anew.
        """

    def close(self) -> None:
        """Let go of files. Afterwards it must not be asked; closing twice does nothing."""


def each_of(generation: Generation, ids: Iterable[str]) -> Iterator[Document]:
    """The documents of some ids that are there, read a few at a time: on a cluster each asking is a round trip."""
    waiting = iter(ids)
    while together := [*islice(waiting, _TOGETHER)]:
        yield from generation.get(together)


class KeptWithPage(NamedTuple):
    """What a store may keep with a page, so that its panel is read and not made: the ids of the neighbours that are
    close, and the first cards.
    """

    close: Sequence[str]
    cards: Sequence[Card]


# Makes what may be kept with a page, by its id.
PageMaker = Callable[[Generation, str], KeptWithPage]

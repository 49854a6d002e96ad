"""What an engine promises; ids go in and out, numbers and handles stay inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from corpus import Document
from indexer.analysis import Analyzer
from indexer.ranking.weighting import SearchWord, Statistics
from indexer.types import Filter, TopicName

# A set of documents as the engine keeps it, and how much of a search each matches: made by `allowed`, understood by
# that engine alone.
Selection = Any


# For each finer channel how much its tokens tell: weight times rarity.
Finer = Mapping[str, Mapping[str, float]]


class Ranked(NamedTuple):
    """A document and its score."""

    id: str
    score: float


class RankedTwice(NamedTuple):
    """What two stages make: the documents, and the lowest score by which a document came through the first stage, 0
    where every document that shares a term did.
    """

    ranked: list[Ranked]
    least: float


class Traits(NamedTuple):
    """What policy needs to know of a document without reading it."""

    wording: int
    answered: bool


class Engine(Protocol):
    """Documents, postings and the order among them; read only, shared by threads."""

    statistics: Statistics
    analyzer: Analyzer

    def get(self, ids: Sequence[str]) -> list[Document]:
        """The documents of these ids, in their order; unknown ids are left out."""

    def traits(self, ids: Sequence[str]) -> list[Traits]:
        """The traits of known ids, in their order."""

    def topics(self, ids: Sequence[str]) -> list[tuple[TopicName, ...]]:
        """The topics of known ids, in their order: each name once, with the specialty that it is given first."""

    def rank(self, weights: Mapping[str, float], among: Selection | None, limit: int) -> list[Ranked]:
        """The best documents by the sum of weight × impact over the terms, ids ascending among equals."""

    def rank_twice(
        self, weights: Mapping[str, float], among: Selection | None, limit: int, finer: Finer, words: int
    ) -> RankedTwice:
        """As `rank` for a text of so many words, but the best RESCORED are weighed again: to each score comes what the
        finer channels say of the document (`finer` says how much each of their tokens tells), and its length counts
        against it (length_factor), and the whole is multiplied by the share that the document matches of the words by
        which `among` was chosen (coordination). What is beyond follows by its first score.
        """

    def titles(self, ids: Sequence[str]) -> list[list[str]]:
        """The folded words of the titles of known ids, in their order."""

    def impacts(self, ids: Sequence[str]) -> list[dict[str, float]]:
        """The weight of each term and concept in each of some known documents."""

    def newest(self, among: Selection, limit: int) -> list[str]:
        """The newest documents; undated ones last, ids ascending among equals."""

    def allowed(
        self,
        *,
        words: Sequence[SearchWord] = (),
        phrases: Sequence[Sequence[str]] = (),
        without: Sequence[Sequence[str]] = (),
        where: Filter = Filter(),
    ) -> Selection:
        """The documents that have every phrase in some field and nothing of `without` (each a phrase, of one term or
        more), that match enough of the words beside the best of these (least_share), and that the filter lets through:
        what a filter lets through is what its facet counts.
        """

    def count(self, among: Selection) -> int:
        """How many documents a selection holds."""

    def facets(self, among: Selection, most: int) -> dict[str, dict[str, int]]:
        """How many of the documents have each value of each facet, at most so many values each."""

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        """In how many documents each token of a channel occurs; stop words are no terms."""

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, known: bool = False) -> dict[str, float]:
        """The rarity of each token of a channel, or of each that some document has; a concept counts as a term."""

    def words(self, prefix: str) -> dict[str, int]:
        """The folded words of the documents that begin so, each with the number of documents that have it."""

    def close(self) -> None:
        """Let go of files. Afterwards the engine must not be used."""

"""Lists the clusters of questions that may be one and are not settled yet: filtered, in an order, page by page."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from corpus import Document, Question
from indexer.analysis import own_text
from indexer.analysis.wordlists import stop_words
from indexer.answering.settled import Settled
from indexer.duplicates.answers import Cluster, Clusters, DuplicatePair, Reason
from indexer.duplicates.clusters import Star, between, clusters
from indexer.duplicates.compare import by_own_words
from indexer.duplicates.differences import differences
from indexer.errors import RequestRefused
from indexer.generation import LISTED, FindRequest, Generation, Pair
from indexer.ranking.columns import specialty_of
from indexer.types import EVERYTHING, Band, Filter, Sort

MOST_SIZE = 200


class ClusterSort(StrEnum):
    """The order of clusters: the surest first; of each band, the surer one first, those on most pages; those of most
    questions; or those that wait longest.
    """

    SUREST = "surest"
    SEEN = "seen"
    LARGEST = "largest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRequest:
    """Which clusters are wanted, and in which order: those with a question that passes `where`, of some `bands` (none
    given: of all), with a question of a `site`, with a title or id that holds a `text` in any case; with `telling` only
    such of which the questions say more than words of grammar.
    """

    where: Filter = EVERYTHING
    bands: Collection[Band] = ()
    site: str = ""
    text: str = ""
    sort: ClusterSort = ClusterSort.SUREST
    telling: bool = False


class Told(NamedTuple):
    """What is told of a question in a list: `seen` is on how many pages it is listed or shown, `tells` whether it has
    a word that is none of grammar.
    """

    title: str
    site: str
    specialty: str
    asked: date | None
    seen: int
    listed: int
    keep_order: tuple[int, ...]
    tells: bool


class Questions:
    """What lists tell of questions; read when it is first asked for, and kept as long as the generation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, Told] = {}
        self._pairs: Sequence[Pair] | None = None

    def pairs(self, generation: Generation) -> Sequence[Pair]:
        """The pairs that the build proposed."""
        with self._lock:
            if self._pairs is None:
                self._pairs = generation.pairs()
            return self._pairs

    def told(self, generation: Generation, ids: Collection[str]) -> dict[str, Told]:
        """By id, what is told of those of some questions that the generation has."""
        with self._lock:
            new = sorted({id_ for id_ in ids if id_ not in self._told})
            there = [id_ for id_, said in zip(new, generation.wordings(new), strict=True) if said is not None]
            self._told.update(zip(there, told(generation, there), strict=True))
            return {id_: self._told[id_] for id_ in ids if id_ in self._told}


def told(generation: Generation, ids: Sequence[str]) -> list[Told]:
    """What is told of some questions that the generation has."""
    words = (
        [*title, *body] for title, body in zip(*(generation.words(ids, f) for f in ("title", "body")), strict=True)
    )
    rows = zip(generation.get(ids), generation.keep_order(ids), generation.shown(ids), words, strict=True)
    return [
        Told(
            title=d.title,
            site=d.site,
            specialty=specialty_of(d),
            asked=d.asked if isinstance(d, Question) else None,
            seen=kept[LISTED] + shown,
            listed=kept[LISTED],
            keep_order=kept,
            tells=not stop_words().issuperset(own),
        )
        for d, kept, shown, own in rows
    ]


class Listing:
    """The clusters that some decisions leave open; formed when they are first asked for."""

    def __init__(self, questions: Questions, settled: Settled) -> None:
        self._questions, self._settled = questions, settled
        self._lock = threading.Lock()
        self._stars: list[Star] | None = None
        self._told: Mapping[str, Told] = {}

    def page(self, generation: Generation, request: ClusterRequest, page: int, size: int) -> Clusters:
        """One page of the clusters that are wanted. Raises RequestRefused."""
        if not 1 <= size <= MOST_SIZE or page < 1:
            what = f"page {page} of {size} clusters"
            raise RequestRefused(what, "page", f"ask for page 1 or later, of 1 to {MOST_SIZE} clusters")
        stars = self._passing(generation, request)
        counts = Counter(star.weakest.band for star in stars)
        chosen = self._ordered(stars, request)
        return Clusters(
            generation=generation.info.generation,
            total=len(chosen),
            page=page,
            pages=-(-len(chosen) // size),
            bands={name.value: counts[name] for name in Band},
            sites=self._counted(chosen, "site"),
            specialties=self._counted(chosen, "specialty"),
            clusters=tuple(self._cluster(generation, star) for star in chosen[(page - 1) * size : page * size]),
        )

    def _counted(self, stars: Sequence[Star], name: str) -> dict[str, int]:
        """How many clusters have a question of each site or specialty, the most frequent first."""
        values = ({getattr(self._told[id_], name) for id_ in star.members} for star in stars)
        counts = Counter(value for own in values for value in own if value)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def ties(self, generation: Generation, request: ClusterRequest) -> list[tuple[str, str]]:
        """For each cluster that is wanted the question to keep with each other member: what an editor is asked."""
        return [
            (star.canonical, id_)
            for star in self._ordered(self._passing(generation, request), request)
            for id_ in star.members
            if id_ != star.canonical
        ]

    def _passing(self, generation: Generation, request: ClusterRequest) -> list[Star]:
        """The open clusters of which a member passes, whatever their band."""
        stars = self._formed(generation)
        if request.where != EVERYTHING:
            everything = FindRequest(where=request.where, sort=Sort.NEWEST, limit=len(generation.ids()))
            passing = {ranked.id for ranked in generation.find(everything).ranked}
            stars = [star for star in stars if passing.intersection(star.members)]
        if request.telling:
            stars = [star for star in stars if all(self._told[id_].tells for id_ in star.members)]
        if request.site:
            stars = [star for star in stars if any(self._told[id_].site == request.site for id_ in star.members)]
        if text := request.text.strip().casefold():
            stars = [
                star
                for star in stars
                if any(text in self._title(id_) or text in id_.casefold() for id_ in star.members)
            ]
        return stars

    def _title(self, id_: str) -> str:
        return self._told[id_].title.casefold()

    def _ordered(self, stars: Sequence[Star], request: ClusterRequest) -> Sequence[Star]:
        """Those of the bands that are asked for, in the order that is; among equals the surest first."""
        stars = [star for star in stars if not request.bands or star.weakest.band in request.bands]
        match request.sort:
            case ClusterSort.SEEN:
                bands = list(Band)
                return sorted(stars, key=lambda star: (bands.index(star.weakest.band), -self._seen(star)))
            case ClusterSort.LARGEST:
                return sorted(stars, key=lambda star: -len(star.members))
            case ClusterSort.OLDEST:
                return sorted(stars, key=lambda star: self._since(star) or date.max)
        return stars

    def _seen(self, star: Star) -> int:
        return sum(self._told[id_].seen for id_ in star.members)

    def _since(self, star: Star) -> date | None:
        """Since when a cluster can be one: the day on which the second of its questions was asked."""
        days = sorted(day for id_ in star.members if (day := self._told[id_].asked))
        return days[1] if len(days) > 1 else None

    def _formed(self, generation: Generation) -> list[Star]:
        with self._lock:
            if self._stars is None:
                pairs = open_pairs(generation, self._questions.pairs(generation), self._settled)
                members = {id_ for pair in pairs for id_ in (pair.a, pair.b)}
                self._told = self._questions.told(generation, members)
                keep_order = {id_: own.keep_order for id_, own in self._told.items()}
                self._stars = clusters(pairs, keep_order, self._settled.is_decided)
            return self._stars

    def _cluster(self, generation: Generation, star: Star) -> Cluster:
        documents = dict(zip(star.members, generation.get(star.members), strict=True))
        texts = {id_: own_text(document) for id_, document in documents.items()}
        kept = self._told[star.canonical]
        return Cluster(
            id="+".join(star.members[:2]),
            score=round(star.weakest.score, 4),
            band=star.weakest.band,
            canonical=star.canonical,
            reason=_reason(documents[star.canonical], kept.listed),
            members=star.members,
            pairs=tuple(
                DuplicatePair(
                    a=pair.a,
                    b=pair.b,
                    score=round(pair.score, 4),
                    band=pair.band,
                    # Of one wording nothing differs.
                    differs=() if pair.band is Band.SAME else differences(texts[pair.a], texts[pair.b]),
                )
                for pair in star.pairs
            ),
            seen=self._seen(star),
            since=self._since(star),
        )


def open_pairs(generation: Generation, pairs: Iterable[Pair], settled: Settled) -> list[Pair]:
    """The pairs about which something is left to ask, ascending: between the questions that are kept for them, the
    surest of each two. What was proposed of other questions than these two is no surer than by their own words.
    """
    left = [pair for pair in pairs if not settled.is_decided(pair.a, pair.b)]
    asked, proposed = between(left, settled.instead), set(left)
    others = [pair for pair in asked if pair not in proposed]
    ids = sorted({id_ for pair in others for id_ in (pair.a, pair.b)})
    wordings = dict(zip(ids, generation.wordings(ids), strict=True))
    proposed.update(pair for pair in others if pair.band is Band.SAME and wordings[pair.a] == wordings[pair.b])
    return [pair if pair in proposed else by_own_words(generation, pair) for pair in asked]


def _reason(document: Document, listed: int) -> Reason:
    """What speaks for keeping a document: the facts by which it was chosen."""
    answers = document.answers if isinstance(document, Question) else ()
    asked = document.asked if isinstance(document, Question) else None
    return Reason(
        code="answered" if answers else "listed" if listed else "asked" if asked else "id",
        author=next((answer.author for answer in answers if answer.author), ""),
        listed=listed,
        words=sum(len(answer.text.split()) for answer in answers),
        asked=asked,
    )

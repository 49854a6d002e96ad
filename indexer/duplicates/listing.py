"""Groups pairs of questions into clusters, each member tied to the canonical one by a pair, and lists these by page."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from corpus import Document, Question
from indexer.analysis import own_text
from indexer.duplicates.answers import Cluster, Clusters, DuplicatePair, Reason
from indexer.duplicates.differences import differences
from indexer.errors import RequestRefused
from indexer.generation import FindRequest, Generation, Pair
from indexer.types import EVERYTHING, Band, Filter, Sort

MOST_SIZE = 200
# The place of the number of pages that list a document in its keep_order.
LISTED = 2
# The surest band first.
_BANDS = tuple(Band)


class Star(NamedTuple):
    """A cluster: the canonical document, all members in order, and every pair among them."""

    canonical: str
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def weakest(self) -> Pair:
        """The weakest of the ties to the canonical document."""
        ties = (pair for pair in self.pairs if self.canonical in (pair.a, pair.b))
        return max(ties, key=lambda pair: (_BANDS.index(pair.band), -pair.score))


def clusters(pairs: Iterable[Pair], keep_order: Mapping[str, tuple[int, ...]]) -> list[Star]:
    """The stars of some pairs, the surest first; `keep_order` sorts documents, the best to keep highest.

    The upper bands form their clusters first; what is left, with one document for each of these, forms those of
    possible ones, so that a doubtful tie never widens a sure cluster.
    """
    pairs = sorted(pairs)
    sure = [pair for pair in pairs if pair.band is not Band.POSSIBLE]
    stars = _stars(sure, keep_order)
    inside = {member for star in stars for member in star.members if member != star.canonical}
    doubtful = [pair for pair in pairs if pair.band is Band.POSSIBLE and not {pair.a, pair.b} & inside]
    stars += _stars(doubtful, keep_order)
    return sorted(stars, key=lambda star: (_BANDS.index(star.weakest.band), -star.weakest.score, star.members))


def _stars(pairs: Sequence[Pair], keep_order: Mapping[str, tuple[int, ...]]) -> list[Star]:
    """Greedy stars: the document with most ties takes all its free neighbours, then the next one; and again until every
    pair is in one: no pair is lost, and few documents stand in two.
    """
    stars: list[Star] = []
    while pairs:
        ties: dict[str, dict[str, Pair]] = {}
        for pair in pairs:
            ties.setdefault(pair.a, {})[pair.b] = pair
            ties.setdefault(pair.b, {})[pair.a] = pair
        free = set(ties)
        for centre in sorted(ties, key=lambda id_: (-len(ties[id_]), id_)):
            members = free & {centre, *ties[centre]}
            if centre in members and len(members) > 1:
                stars.append(_star(sorted(members), ties, keep_order))
                free -= members
        inside = {pair for star in stars for pair in star.pairs}
        pairs = [pair for pair in pairs if pair not in inside]
    return stars


def _star(
    members: Sequence[str], ties: Mapping[str, Mapping[str, Pair]], keep_order: Mapping[str, tuple[int, ...]]
) -> Star:
    """The star of members, ascending, of which at least one is tied to all others: the best such one is canonical."""
    tied = [id_ for id_ in members if ties[id_].keys() | {id_} >= set(members)]
    canonical = max(tied, key=keep_order.__getitem__)  # the first of the best
    pairs = {pair for id_ in members for other, pair in ties[id_].items() if other in members}
    return Star(canonical, tuple(members), tuple(sorted(pairs)))


class Listing:
    """The clusters of a generation, formed when they are first asked for."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._lock = threading.Lock()
        self._stars: list[Star] | None = None

    def page(self, *, where: Filter, band: Band | None, page: int, size: int) -> Clusters:
        """One page of the clusters of which a member passes the filter, the surest first. Raises RequestRefused."""
        if not 1 <= size <= MOST_SIZE or page < 1:
            what = f"page {page} of {size} clusters"
            raise RequestRefused(what, "page", f"ask for page 1 or later, of 1 to {MOST_SIZE} clusters")
        stars, generation = self._formed(), self._generation
        if where != EVERYTHING:
            everything = FindRequest(where=where, sort=Sort.NEWEST, limit=len(generation.ids()))
            passing = {ranked.id for ranked in generation.find(everything).ranked}
            stars = [star for star in stars if passing.intersection(star.members)]
        counts = Counter(star.weakest.band for star in stars)
        chosen = [star for star in stars if band is None or star.weakest.band is band]
        return Clusters(
            generation=generation.info.generation,
            total=len(chosen),
            page=page,
            pages=-(-len(chosen) // size),
            bands={name.value: counts[name] for name in Band},
            clusters=tuple(self._cluster(star) for star in chosen[(page - 1) * size : page * size]),
        )

    def _formed(self) -> list[Star]:
        with self._lock:
            if self._stars is None:
                pairs = self._generation.pairs()
                members = sorted({id_ for pair in pairs for id_ in (pair.a, pair.b)})
                keep_order = self._generation.keep_order(members)
                self._stars = clusters(pairs, dict(zip(members, keep_order, strict=True)))
            return self._stars

    def _cluster(self, star: Star) -> Cluster:
        documents = dict(zip(star.members, self._generation.get(star.members), strict=True))
        texts = {id_: own_text(document) for id_, document in documents.items()}
        weakest = star.weakest
        (kept,) = self._generation.keep_order([star.canonical])
        return Cluster(
            id="+".join(star.members[:2]),
            score=round(weakest.score, 4),
            band=weakest.band,
            canonical=star.canonical,
            reason=_reason(documents[star.canonical], kept[LISTED]),
            members=star.members,
            pairs=tuple(
                DuplicatePair(
                    a=pair.a,
                    b=pair.b,
                    score=round(pair.score, 4),
                    band=pair.band,
                    differs=differences(texts[pair.a], texts[pair.b]),
                )
                for pair in star.pairs
            ),
        )


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

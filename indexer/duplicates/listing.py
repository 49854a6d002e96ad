"""Lists the clusters of duplicates page by page, each with its pairs and what differs in them."""

from __future__ import annotations

import threading
from collections import Counter

from corpus import Document, Question
from indexer.analysis import own_text
from indexer.duplicates.answers import Cluster, Clusters, DuplicatePair, Reason
from indexer.duplicates.clusters import Star, clusters
from indexer.duplicates.differences import differences
from indexer.errors import RequestRefused
from indexer.generation import FindRequest, Generation
from indexer.types import EVERYTHING, Band, Filter, Sort

MOST_SIZE = 200
# The place of the number of pages that list a document in its keep_order.
LISTED = 2


class Listing:
    """The clusters of a generation, formed when they are first asked for."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._lock = threading.Lock()
        self._stars: list[Star] | None = None

    def page(self, *, where: Filter, band: Band | None, page: int, size: int) -> Clusters:
        """One page of the clusters of which a member passes the filter, the surest first.

        Raises RequestRefused for a page or size out of bounds.
        """
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

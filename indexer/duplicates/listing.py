"""The list of duplicates: the clusters of an index page by page, each with its pairs and what differs in them."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

from corpus import Document, Question
from indexer.analysis import own_text
from indexer.duplicates.clusters import ORDER, Star, clusters
from indexer.duplicates.differences import differences
from indexer.duplicates.scan import read_merit, read_pairs
from indexer.engines import Engine
from indexer.errors import RequestRefused
from indexer.ranking.ids import Ids, InOrder
from indexer.types import Band, Cluster, Clusters, DuplicatePair, Filter

MOST_SIZE = 200


class Listing:
    """The clusters of a generation, formed when they are first asked for."""

    def __init__(self, folder: Path, ids: Ids) -> None:
        self._folder, self._ids = folder, InOrder(ids)
        self._merit = read_merit(folder)
        self._lock = threading.Lock()
        self._stars: list[Star] | None = None

    def page(
        self, engine: Engine, generation: int, *, where: Filter, band: Band | None, page: int, size: int
    ) -> Clusters:
        """One page of the clusters of which a member passes the filter, the surest first.

        Raises RequestRefused for a page or size out of bounds.
        """
        if not 1 <= size <= MOST_SIZE or page < 1:
            what = f"page {page} of {size} clusters"
            raise RequestRefused(what, "page", f"ask for page 1 or later, of 1 to {MOST_SIZE} clusters")
        stars = self._formed()
        if where != Filter():
            passing = set(engine.newest(engine.allowed(where=where), len(self._ids)))
            stars = [star for star in stars if any(self._ids[n] in passing for n in star.members)]
        counts = Counter(star.weakest.band for star in stars)
        chosen = [star for star in stars if band is None or star.weakest.band is band]
        return Clusters(
            generation=generation,
            total=len(chosen),
            page=page,
            pages=-(-len(chosen) // size),
            bands={name.value: counts[name] for name in ORDER},
            clusters=tuple(self._cluster(engine, star) for star in chosen[(page - 1) * size : page * size]),
        )

    def _formed(self) -> list[Star]:
        with self._lock:
            if self._stars is None:
                edges = read_pairs(self._folder)
                members = {n for edge in edges for n in (edge.a, edge.b)}
                self._stars = clusters(edges, {n: self._merit[n].tolist() for n in members})
            return self._stars

    def _cluster(self, engine: Engine, star: Star) -> Cluster:
        documents = dict(zip(star.members, engine.get([self._ids[n] for n in star.members]), strict=True))
        texts = {n: own_text(document) for n, document in documents.items()}
        weakest = star.weakest
        return Cluster(
            id=f"{self._ids[star.members[0]]}+{self._ids[star.members[1]]}",
            score=round(weakest.score, 4),
            band=weakest.band,
            canonical=self._ids[star.canonical],
            reason=_reason(documents[star.canonical], int(self._merit[star.canonical][2])),
            members=tuple(self._ids[n] for n in star.members),
            pairs=tuple(
                DuplicatePair(
                    a=self._ids[edge.a],
                    b=self._ids[edge.b],
                    score=round(edge.score, 4),
                    band=edge.band,
                    differs=differences(texts[edge.a], texts[edge.b]),
                )
                for edge in star.edges
            ),
        )


def _reason(document: Document, listed: int) -> str:
    """What speaks for keeping a document, in words: the facts by which it was chosen."""
    answers = document.answers if isinstance(document, Question) else ()
    said = []
    if answers:
        author = next((answer.author for answer in answers if answer.author), "")
        said.append(f"answered by {author}" if author else "answered")
    if listed:
        said.append(f"listed on {listed:,} {'page' if listed == 1 else 'pages'}")
    if answers:
        said.append(f"{sum(len(answer.text.split()) for answer in answers):,} words of answer")
    if isinstance(document, Question) and document.asked:
        said.append(f"asked {document.asked.isoformat()}")
    return ", ".join(said) or "the first by id: nothing else tells them apart"

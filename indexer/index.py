"""The index as its users hold it: one generation, read only, shared by threads; what can be asked, and the answers."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from corpus import Document
from indexer.analysis import own_text
from indexer.answering.bounds import few_enough, short_enough
from indexer.answering.closeness import DRAFT_FLOOR, draft_closeness
from indexer.answering.neighbours import neighbours_of
from indexer.answering.notices import read_notices
from indexer.answering.panel import PanelText, close_ones, make_panel
from indexer.answering.related import related
from indexer.answering.search import best_page, search
from indexer.answering.settled import Settled
from indexer.answering.titles import titled_so
from indexer.answering.weighing import weigh_text
from indexer.decisions import Decisions
from indexer.duplicates.answers import Clusters, SideBySide
from indexer.duplicates.compare import same_as, same_question, side_by_side
from indexer.duplicates.listing import ClusterRequest, Listing, Told
from indexer.encoder import gave_up
from indexer.errors import SearchError, not_found
from indexer.generation import FindRequest, Generation, Store, each_of, store_of
from indexer.opened import Held, Opening
from indexer.ranking.resources import wins_by_loops
from indexer.settings import IndexPlace, Settings
from indexer.types import (
    EVERYTHING,
    Band,
    Filter,
    Info,
    Newer,
    Notice,
    Panel,
    Results,
    Search,
    Sort,
    Suggestion,
    Verification,
)

_WARM_UP = "How long does it take to get warm?"


class Index:
    """One generation of an index. Use it as a context manager, or call `close`; threads may share it."""

    def __init__(
        self, store: Store, held: Held, seen: object, opening: Opening, decisions: Decisions = Decisions()
    ) -> None:
        self._store, self._opening, self._held, self._decisions = store, opening, held, decisions
        # What the store had published when the generation was opened: as long as nothing else is, it is current.
        self._seen = seen
        generation = self._generation
        self.name, self.info = generation.name, generation.info
        self.settled = Settled(generation, decisions, held.wordings)
        self._listing = Listing(held.questions, self.settled)

    name: str
    """What this generation is called: no other has this name, not even one of the same number in a new folder."""
    info: Info
    """What the index holds, when and with what it was built."""
    gave_up = gave_up
    """Whether this thread's answer lacks the vector that its text should have had: one not to keep."""
    settled: Settled
    """What is decided, as far as it holds in this generation."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files, of every index that `deciding` made of this too; an answer that is being made ends."""
        self._held.close()

    def deciding(self, decisions: Decisions) -> Index:
        """The same generation with other decisions, beside this one; the two share their files."""
        return Index(self._store, self._held, self._seen, self._opening, decisions)

    @property
    def _generation(self) -> Generation:
        if self._held.generation is None:
            raise SearchError("the index is closed", str(self._store.path), "open it again")
        return self._held.generation

    def get(self, id: str) -> Document:  # noqa: A002 (what a document calls it)
        """The document of an id. Raises DocumentNotFound."""
        for document in self._generation.get([id]):
            return document
        raise not_found(id)

    def search(
        self,
        text: str,
        *,
        where: Filter = EVERYTHING,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        size: int = 10,
        as_typed: bool = False,
    ) -> Results:
        """One page of hits for a visitor's words: words, "phrases", -without; an empty text finds everything.

        Misspelt words are corrected where it is clear what was meant, and with `as_typed` never.
        Raises RequestRefused for a text or a page out of bounds.
        """
        request = Search(text=text, where=where, sort=sort, page=page, size=size, as_typed=as_typed)
        results = search(self._generation, request, self.settled)
        # Who is in danger may not spell well.
        notice = self.notice(text) or (self.notice(results.did_you_mean) if results.did_you_mean else None)
        return replace(results, notice=notice) if notice else results

    def notice(self, text: str) -> Notice | None:
        """The help that a text needs that speaks of a danger to life, with the page that the index has on it, if it has
        one by its title; None for most.
        """
        needed = self._opening.notices.of(text)
        if needed is None:
            return None
        kind, subject = needed
        hit = best_page(self._generation, subject, self.settled)
        page, page_kind, title = (hit.id, hit.kind, hit.title) if hit else ("", "", "")
        return Notice(kind=kind, page=page, page_kind=page_kind, title=title)

    def suggest(self, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """The pages whose titles hold every word of a text that is still being typed, its last one perhaps half."""
        return titled_so(self._generation, text, limit, self.settled)

    def related(self, id: str, *, where: Filter = EVERYTHING, limit: int = 4) -> Panel:  # noqa: A002
        """The documents most like a document's own question, itself apart. Raises DocumentNotFound."""
        panel = related(self._generation, id, where, few_enough(limit), self.settled)
        if panel is None:
            raise not_found(id)
        cards = tuple(same_as(self._generation, id, panel.cards, self.settled))
        return replace(panel, cards=cards, canonical=self.settled.instead.get(id))

    def similar(self, text: str, *, where: Filter = EVERYTHING, limit: int = 4) -> Panel:
        """The documents most like a text, such as a question that is still being typed; the text is not kept. Raises
        RequestRefused for a text of more than 20,000 characters.
        """
        generation = self._generation
        draft, instead = generation.analyzer.draft(short_enough(text)), self.settled.instead
        weighed = weigh_text(generation, text, draft.text)
        ranked = neighbours_of(generation, weighed, where=where, instead=instead).ranked
        closeness = draft_closeness(generation, draft.text, [r.id for r in ranked], weighed.meant)
        close = close_ones(ranked, closeness, DRAFT_FLOOR)
        text_of = PanelText(lambda: weighed.telling, weighed.meant and weighed.meant.vector)
        panel = make_panel(generation, text_of, self.settled.shown("", close), few_enough(limit), self.settled)
        cards = same_question(generation, draft, panel.cards, self.settled, weighed.meant)
        return replace(panel, cards=tuple(cards), notice=self.notice(text))

    def duplicates(
        self, *, where: Filter = EVERYTHING, band: Band | None = None, page: int = 1, size: int = 50
    ) -> Clusters:
        """One page of the clusters of questions that may be one, the surest first, but of what is decided. Raises
        RequestRefused for a page or size out of bounds."""
        return self.clusters(ClusterRequest(where=where, bands=(band,) if band else ()), page=page, size=size)

    def clusters(self, request: ClusterRequest, *, page: int = 1, size: int = 50) -> Clusters:
        """As `duplicates`, filtered and in an order. Raises RequestRefused for a page or size out of bounds."""
        return self._listing.page(self._generation, request, page, size)

    def ties(self, request: ClusterRequest) -> list[tuple[str, str]]:
        """What an editor is asked: for each cluster, in its order, the question to keep with each of the others."""
        return self._listing.ties(self._generation, request)

    def wordings(self, ids: Sequence[str]) -> list[int | None]:
        """A digest of each document's text, by which decisions know it; None for one that is not there."""
        return self._generation.wordings(ids)

    def own_text(self, id: str) -> str:  # noqa: A002
        """What a document is compared by: its title and body. Raises DocumentNotFound."""
        return own_text(self.get(id))

    def side_by_side(self, a: str, b: str) -> SideBySide:
        """Two questions beside each other, with what decides and what they share. Raises DocumentNotFound."""
        return side_by_side(self._generation, self.get(a), self.get(b))

    def told(self, ids: Collection[str]) -> dict[str, Told]:
        """By id, what lists tell of those of some documents that the index has."""
        return self._held.questions.told(self._generation, ids)

    def addressed(self, url: str) -> str | None:
        """The id of the document at an address, None where the index has none."""
        return self._generation.addressed(url)

    def known(self, ids: Sequence[str]) -> dict[str, Document]:
        """By id, those of some documents that the index has."""
        return {document.id: document for document in self._generation.get(ids)}

    def facets(self, where: Filter = EVERYTHING) -> Mapping[str, Mapping[str, int]]:
        """How many documents have each value of each facet, every value, the most frequent first."""
        return self._generation.find(FindRequest(where=where, facets=sys.maxsize, instead=self.settled.instead)).facets

    def documents(self, where: Filter = EVERYTHING) -> Iterator[Document]:
        """Every document, in the order of the ids, one at a time; with a filter those that pass, the newest first."""
        ids = self._generation.ids()
        if where != EVERYTHING:
            passing = FindRequest(where=where, sort=Sort.NEWEST, limit=len(ids))
            ids = [ranked.id for ranked in self._generation.find(passing).ranked]
        yield from each_of(self._generation, ids)

    def documents_at(self, first: int, count: int) -> list[Document]:
        """So many documents from a place on, in the order of the ids."""
        return self._generation.get(self._generation.ids()[first : first + count])

    def neighbours(self, id: str) -> list[str]:  # noqa: A002
        """The ids of the stored neighbours of a document, best first, before any policy. Raises DocumentNotFound."""
        near = self._generation.neighbours(id)
        if near is None:
            raise not_found(id)
        return [ranked.id for ranked in near.ranked]

    def is_current(self) -> bool:
        """Whether no other generation was published since, nor this one rolled back. Raises IndexMissing."""
        published = self._store.published()
        if published is None or published != self._seen:
            if "-".join(map(str, self._store.current())) != self.name:
                return False
            self._seen = published
        return True

    def published(self) -> object:
        """What differs whenever another generation becomes current; None where none is. It costs next to nothing."""
        return self._store.published()

    def newer(self) -> Newer | None:
        """What was published in place of this generation, None where nothing was. Raises IndexMissing, IndexDamaged."""
        return None if self.is_current() else self._store.newer_than(self.name)

    def latest(self) -> Index:
        """Itself, or the newer generation if one was published since, opened as this one was: for serving, every byte
        of it is verified that the two do not share. The caller closes the old one. Raises as `open_index` does.
        """
        return self if self.is_current() else _opened(self._store, self._opening, self.name, self._decisions)

    @property
    def is_compiled(self) -> bool:
        """Whether the compiled loops answer, and not NumPy."""
        return bool(self._opening.settings.compiled)

    def compiled(self) -> Index:
        """The newest generation, opened with the compiled loops of the extra `fast`, which are ready when this returns:
        the same answers, sooner. Itself where they are not installed, or the index is too small to win by them.

        Takes a second, and ten where they were never compiled on this machine: for a thread that nobody waits for. The
        caller closes the old one. Raises as `open_index` does, and RequestRefused where numba has nowhere to write.
        """
        settings = self._opening.settings
        if settings.compiled is not None or not wins_by_loops(sum(self.info.documents.values())):
            return self
        opening = self._opening._replace(settings=replace(settings, compiled=True))
        return _opened(self._store, opening, self.name, self._decisions)


def open_index(
    index: IndexPlace, *, settings: Settings = Settings(), serving: bool = False, decisions: Decisions = Decisions()
) -> Index:
    """Open the current generation of an index; `decisions` are what editors settled, which no index holds.
    `serving` is for a process that answers for long: every byte is verified first, and one question is asked, so that
    the first visitor's is not the slowest.

    Open none that came from somebody else: Whoosh unpickles a file of it, and that runs code.
    Raises IndexMissing, IndexIncompatible or IndexDamaged, SearchError where the system lacks something, and
    RequestRefused for notices that cannot be used.
    """
    return _opened(store_of(index), Opening(settings, read_notices(settings.notices), serving), "", decisions)


def verify(index: IndexPlace, *, every: bool = False) -> Verification:
    """Read every byte of the current generation, or of `every` one that is kept: which files are not what was written.
    Raises IndexMissing.
    """
    return store_of(index).verify(every=every)


def rollback(index: IndexPlace) -> Info:
    """Make the generation that the current one replaced current again, if every byte of it is what was written. Where
    the current one does not tell which that is, being damaged, it is the newest other one that is whole.

    Raises SearchError where there is none, or what is wrong with it; the current one stays then.
    """
    return store_of(index).rollback()


def _opened(store: Store, opening: Opening, beside: str, decisions: Decisions) -> Index:
    seen = store.published()
    held = Held(store.open(opening.settings, serving=opening.serving, beside=beside))
    index = Index(store, held, seen, opening, decisions)
    if opening.serving:
        index.similar(_WARM_UP)
    return index

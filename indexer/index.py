"""The index as its users hold it: one generation, read only, shared by threads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus import Article, Document
from indexer.analysis import Analyzer, Boilerplate, own_text
from indexer.answering.closeness import DRAFT_FLOOR, JUDGED, draft_closeness, page_closeness, page_floor
from indexer.answering.neighbours import StoredNeighbours, neighbourhood, neighbourhood_of
from indexer.answering.notices import Notices, read_notices, titled
from indexer.answering.panel import close_ones, make_panel
from indexer.answering.search import search
from indexer.answering.weighing import weigh, weigh_first
from indexer.duplicates.listing import Listing
from indexer.duplicates.marks import same_as, same_question, side_by_side
from indexer.duplicates.pairs import Profiles
from indexer.duplicates.scan import StoredBands
from indexer.duplicates.templates import Templates
from indexer.engines import Engine, Statistics, open_engine
from indexer.errors import DocumentNotFound, IndexDamaged, RequestRefused, SearchError
from indexer.generations import verify as verification
from indexer.generations.folder import IndexFolder
from indexer.generations.manifest import Manifest, current_manifest
from indexer.ranking.compiled import kernels_for
from indexer.ranking.ids import InOrder
from indexer.ranking.tables import ARRAYS
from indexer.settings import Settings
from indexer.types import Band, Clusters, Fault, Filter, Info, Notice, Panel, Results, Search, SideBySide, Sort

MOST_CARDS = 20
MOST_DRAFT = 20_000


class Index:
    """One generation of an index. Use it as a context manager, or call `close`; threads may share it."""

    def __init__(
        self, folder: IndexFolder, manifest: Manifest, path: Path, engine: Engine, settings: Settings, notices: Notices
    ) -> None:
        self._folder, self._manifest, self._near = folder, manifest, StoredNeighbours(path)
        self._settings, self._notices = settings, notices
        self._listing = Listing(path, self._near.ids)
        self._bands = StoredBands(path, self._near.ids)
        self.profiles = Profiles(engine, Templates.read(path / ARRAYS))
        self._open: Engine | None = engine
        # Number and digest: a folder that was removed and built anew begins at 1 again.
        self._current = (manifest.generation, manifest.digest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; closing twice does nothing."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @property
    def engine(self) -> Engine:
        """The engine behind the index, for this package alone; it is not part of the public face."""
        if self._open is None:
            raise SearchError("the index is closed", str(self._folder.path), "open it again")
        return self._open

    @property
    def name(self) -> str:
        """What this generation is called: no other has this name, not even one of the same number in a new folder."""
        return "-".join(str(part) for part in self._current)

    @property
    def info(self) -> Info:
        """What the index holds, when and with what it was built."""
        return self._manifest.info

    def get(self, id: str) -> Document:  # noqa: A002 (what a document calls it)
        """The document of an id. Raises DocumentNotFound."""
        for document in self.engine.get([id]):
            return document
        raise _not_found(id)

    def search(
        self,
        text: str,
        *,
        where: Filter = Filter(),
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
        results = search(self.engine, self._manifest.generation, request)
        needed = self._notices.of(text)
        return replace(results, notice=self._notice(*needed)) if needed else results

    def _notice(self, kind: str, subject: str) -> Notice:
        """A notice with the page that the index has on a subject, if it has one by its title."""
        found = search(self.engine, self._manifest.generation, Search(text=subject, where=Filter(answered=True)))
        at = titled(subject, [hit.title for hit in found.hits])
        if at is None:
            return Notice(kind=kind, page="", page_kind="", title="")
        hit = found.hits[at]
        return Notice(kind=kind, page=hit.id, page_kind=hit.kind, title=hit.title)

    def related(self, id: str, *, where: Filter = Filter(), limit: int = 4) -> Panel:  # noqa: A002
        """The documents most like a document's own question, itself apart. Raises DocumentNotFound."""
        document = self.get(id)
        text = self.engine.analyzer.own(document)
        near = self._near.of(id) if where == Filter() else None
        if near is None:
            near = neighbourhood(self.engine, text, among=self.engine.allowed(where=where), without=id)
        near = near.first(JUDGED)
        close = close_ones(near.ranked, page_closeness(self.engine, id, near), page_floor(self.engine))
        _, telling = weigh_first(self.engine, text)
        panel, _ = make_panel(self.engine, self._manifest.generation, telling, close, _checked(limit))
        if isinstance(document, Article):
            return panel  # it is no question, so nothing is the same question
        return replace(panel, cards=tuple(same_as(self.engine, id, self._bands, panel.cards)))

    def similar(self, text: str, *, where: Filter = Filter(), limit: int = 4) -> Panel:
        """The documents most like a text, such as a question that is still being typed; the text is not kept.

        Raises RequestRefused for a text of more than 20,000 characters.
        """
        if len(text) > MOST_DRAFT:
            raise RequestRefused(f"{len(text):,} characters", "text", f"send at most {MOST_DRAFT:,}")
        among = None if where == Filter() else self.engine.allowed(where=where)
        draft = self.engine.analyzer.draft(text)
        weighed = weigh(self.engine, draft.text)
        ranked = neighbourhood_of(self.engine, weighed, among=among)[0].ranked
        close = close_ones(ranked, draft_closeness(self.engine, draft.text, [r.id for r in ranked]), DRAFT_FLOOR)
        panel, shown = make_panel(self.engine, self._manifest.generation, weighed.telling, close, _checked(limit))
        return replace(panel, cards=tuple(same_question(self.profiles, draft, zip(panel.cards, shown, strict=True))))

    def duplicates(
        self, *, where: Filter = Filter(), band: Band | None = None, page: int = 1, size: int = 50
    ) -> Clusters:
        """One page of the clusters of questions that may be the same question, the surest first; for editors.

        Raises RequestRefused for a page or size out of bounds.
        """
        return self._listing.page(self.engine, self._manifest.generation, where=where, band=band, page=page, size=size)

    def own_text(self, id: str) -> str:  # noqa: A002
        """What a document is compared by: its title and body. Raises DocumentNotFound."""
        return own_text(self.get(id))

    def side_by_side(self, a: str, b: str) -> SideBySide:
        """Two questions beside each other, with what decides and what they share. Raises DocumentNotFound."""
        return side_by_side(self.profiles, self._bands, self.get(a), self.get(b))

    def documents(self) -> Iterator[Document]:
        """Every document, in the order of the ids; one at a time."""
        for id_ in InOrder(self._near.ids):
            yield self.get(id_)

    def neighbours(self, id: str) -> list[str]:  # noqa: A002
        """The ids of the stored neighbours of a document, best first, before any policy. Raises DocumentNotFound."""
        near = self._near.of(id)
        if near is None:
            raise _not_found(id)
        return [ranked.id for ranked in near.ranked]

    def is_current(self) -> bool:
        """Whether no other generation was published since, nor this one rolled back."""
        return self._folder.current() == self._current

    def latest(self) -> Index:
        """Itself, or the newer generation if one was published since; the caller closes the old one."""
        return self if self.is_current() else open_index(self._folder.path, settings=self._settings)


def open_index(index: str | Path, *, settings: Settings = Settings()) -> Index:
    """Open the current generation of an index folder; `settings.compiled` is for a process that asks often.

    Open none that came from somebody else: Whoosh unpickles a file of it, and that runs code.
    Raises IndexMissing, IndexIncompatible or IndexDamaged, and RequestRefused for notices that cannot be used.
    """
    notices = read_notices(settings.notices)
    folder = IndexFolder(index)
    manifest, path = current_manifest(folder)
    verification.check_before_opening(path, manifest)
    kernels = kernels_for(bool(settings.compiled), 0)
    try:
        analyzer = Analyzer(manifest.synonyms, boilerplate=Boilerplate.read(path / ARRAYS))
        statistics = Statistics.from_record(manifest.statistics)
        engine = open_engine(manifest.engine, path, statistics, analyzer, kernels)
        return Index(folder, manifest, path, engine, settings, notices)
    except Exception as error:  # whatever an engine's files do when they are not what they were
        remedy = "roll back, or build the index again"
        raise IndexDamaged(f"it does not open: {type(error).__name__}: {error}", str(path), remedy) from error


def verify(index: str | Path) -> list[Fault]:
    """Read every byte of the current generation; the files that are not what was written. Raises IndexMissing."""
    return verification.faults(IndexFolder(index))


def current(index: str | Path) -> int:
    """The number of the current generation, without opening it. Raises IndexMissing."""
    return IndexFolder(index).current()[0]


def _not_found(id_: str) -> DocumentNotFound:
    return DocumentNotFound(f"no document has the id {id_!r}", "id", "search for its title")


def _checked(limit: int) -> int:
    if not 1 <= limit <= MOST_CARDS:
        raise RequestRefused(f"{limit} cards", "limit", f"ask for 1 to {MOST_CARDS}")
    return limit

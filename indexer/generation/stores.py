"""The table of stores: which kind an index's address names, and what every kind must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from indexer.errors import RequestRefused
from indexer.generation.folder.manifest import Manifest
from indexer.generation.folder.store import FolderStore
from indexer.generation.port import Generation, PageMaker
from indexer.settings import IndexPlace, OpenSearchIndex, Settings
from indexer.types import Info, Newer, Verification


class Store(Protocol):
    """Where the generations of one index lie, numbered from 1, and which of them is current; `path` is its address."""

    path: Path

    def current(self) -> tuple[int, str]:
        """The number of the current generation and the digest of its manifest. Raises IndexMissing."""

    def published(self) -> object:
        """What changes whenever another generation becomes current; every request asks, so it costs next to nothing."""

    def open(self, settings: Settings, *, serving: bool = False, beside: str = "") -> Generation:
        """The current generation. For `serving` every byte is verified, but for what is shared with the generation of
        the name `beside`.

        Raises IndexMissing, IndexIncompatible, IndexDamaged, or SearchError where the system lacks something.
        """

    def newer_than(self, name: str) -> Newer:
        """What was published since the generation of a name. Raises as `open` does."""

    def manifest(self) -> Manifest:
        """What the current generation holds. Raises IndexMissing, IndexIncompatible or IndexDamaged."""

    def digests(self) -> Mapping[str, bytes]:
        """The digest of every document of the current generation, by id. Raises as `manifest` does."""

    def usable(self) -> tuple[Manifest, Path]:
        """The manifest and the files of the current generation, from which an update goes on."""

    def verify(self, *, every: bool = False) -> Verification:
        """Read every byte of the current generation, or of every one that is kept. Raises IndexMissing."""

    def rollback(self) -> Info:
        """Make current again what the current generation replaced. Raises SearchError where it does not open."""

    def backup(self, file: Path) -> Info:
        """Write the current generation into a file, verified. Raises as `open` does."""

    def restore(self, file: Path, keep: PageMaker) -> Info:
        """Publish what a backup holds. Raises SearchError where there is a generation, or it is no whole backup."""

    def lock(self) -> AbstractContextManager[None]:
        """Hold the index for writing, and do what a killed purge did not. Raises BuildInProgress at once where another
        build holds it.
        """

    def purge_was_killed(self) -> bool:
        """Whether a purge was published and the generations before are still there."""

    def staging(self) -> AbstractContextManager[Path]:
        """A new folder to make a generation in, gone afterwards unless published. Under the lock."""

    def publish(self, staged: Path, number: int, keep: PageMaker, tell: Callable[[int], object]) -> None:
        """Make a staged generation the current one, at once or not at all. `keep` makes what a store may keep with
        a page, `tell` hears how many documents are where they belong.
        """

    def vectors(self) -> Path:
        """The folder in which the vectors of documents that were made are kept for the next build; on a cluster without
        a folder for work it goes when this one ends.
        """

    def numbers(self) -> list[int]:
        """The numbers of all generations that are kept, ascending."""

    def generation(self, number: int) -> Path:
        """The folder with the files of a generation. On a cluster they are fetched, while something is staged."""

    def sweep(self, keep: int, replaced: int) -> None:
        """Remove all but `keep` generations: the current one, those it came from, then the newest. With one, which is
        what a purge asks for, no vector of a document that is gone stays either.
        """


def _cluster(index: IndexPlace) -> Store:
    try:
        from indexer.generation.opensearch.opensearch_store import OpenSearchStore  # noqa: PLC0415 (the extra `cluster`)
    except ImportError as error:
        raise RequestRefused(f"{error.name} is not installed", "index", "pip install 'seealso[cluster]'") from error
    return OpenSearchStore(index if isinstance(index, OpenSearchIndex) else OpenSearchIndex(str(index)))


_STORES: Mapping[str, Callable[[IndexPlace], Store]] = {
    "": lambda index: FolderStore(str(index)),
    "opensearch+https": _cluster,
    "opensearch+http": _cluster,
}


def store_of(index: IndexPlace) -> Store:
    """The store that an address names: a folder's path, or an URL whose scheme stands in the table above.

    Raises RequestRefused for another scheme.
    """
    scheme = str(index).partition("://")[0] if "://" in str(index) else ""
    if scheme not in _STORES:
        raise RequestRefused(
            f"no index is opened by {scheme}://", "index", "name a folder, or opensearch+https://HOST:PORT/NAME"
        )
    return _STORES[scheme](index)

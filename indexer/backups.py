"""Backups: an index written into one file, and an index made of such a file. The third public face of indexer."""

from __future__ import annotations

from pathlib import Path

from indexer.answering.related import kept_with
from indexer.generation import store_of
from indexer.settings import IndexPlace
from indexer.types import Info

__all__ = ["backup", "restore"]


def backup(index: IndexPlace, file: str | Path) -> Info:
    """Write the current generation into a file, every byte verified; builds and updates may run meanwhile.

    The file takes the place of one that is there, once it is whole. Raises as `open_index` does, and SearchError where
    the system lacks something.
    """
    return store_of(index).backup(Path(file))


def restore(file: str | Path, index: IndexPlace) -> Info:
    """Make an index of a backup, every byte verified, in a folder that has none yet.

    Restore nothing that came from somebody else: an index is code (see `open_index`). Raises SearchError where there is
    an index, or the file is no whole backup, IndexIncompatible for a backup of another version, BuildInProgress.
    """
    return store_of(index).restore(Path(file), kept_with)

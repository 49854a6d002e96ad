"""What requests share: a generation, opened once in each process and left for a newer one between requests."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, g

from indexer import (
    Filter,
    Index,
    IndexDamaged,
    Panel,
    RequestRefused,
    SearchError,
    Settings,
    open_index,
    published,
    verify,
)
from search_app.present import to_json

log = logging.getLogger(__name__)
_KEY = "seealso.index"
# A smaller index is answered from as fast without compiled loops, which take seconds to load.
_WORTH_COMPILING = 2_000
_WARM_UP = "How long does it take to get warm?"
# Seconds until a generation that does not open is tried again.
_PAUSE = 5.0
# So many panels are kept, those asked for last.
MOST_PANELS = 4_096


T = TypeVar("T")


class KeptPanel:
    """A panel, and its JSON from the first time that it is asked for."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    @cached_property
    def json(self) -> bytes:
        """The panel as the API answers it."""
        return f"{current_app.json.dumps(to_json(self.panel))}\n".encode()


class Served:
    """A generation as it is served: its index, and what was made from it, which is let go with it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        # The last request that answers from it lets go of it, and nobody else knows which that is.
        weakref.finalize(self, index.close)
        # Number and digest: a folder that was removed and built anew begins at 1 again.
        self.name = index.name
        self._made: dict[Callable[[], Any], Any] = {}
        # It holds the index and not this object, or else they would hold each other.
        self.panel: Callable[[str, Filter, int], KeptPanel] = lru_cache(MOST_PANELS)(
            lambda id_, where, limit: KeptPanel(index.related(id_, where=where, limit=limit))
        )

    def once(self, make: Callable[[], T]) -> T:
        """What `make` gives, made once for each generation: what a home page shows does not change within one."""
        if make not in self._made:
            self._made[make] = make()
        made: T = self._made[make]
        return made


class IndexHandle:
    """The current generation of an index folder. Opened at first use, so that a forked worker opens its own."""

    def __init__(self, path: str | Path, settings: Settings) -> None:
        self._path, self._settings = Path(path), settings
        self._served: Served | None = None
        self._process = 0
        self._seen: tuple[int, int] | None = None
        self._try_again = 0.0
        self._lock = threading.Lock()

    def current(self) -> Served:
        """The newest generation that opens. Raises SearchError where there is none.

        A generation that was replaced is not closed here: other threads may still answer from it, and the last of them
        closes it.
        """
        with self._lock:
            # Looked at before the generation is: what is published in between is found by the next request.
            found = published(self._path)
            if self._served is None or self._process != os.getpid():
                self._served, self._process, self._seen = self._opened(), os.getpid(), found
            elif found != self._seen and time.monotonic() >= self._try_again:
                try:
                    if not self._served.index.is_current():
                        self._served = self._opened()
                    self._seen = found
                except SearchError as error:
                    self._try_again = time.monotonic() + _PAUSE
                    log.warning("a newer generation does not open, the one before serves on: %s", error.what)
            return self._served

    def _opened(self) -> Served:
        """The newest generation, once every byte of it was seen to be what was written (1 GB a second)."""
        if faults := verify(self._path):
            raise IndexDamaged(f"{faults[0].file}: {faults[0].reason}", str(self._path), faults[0].remedy)
        return Served(_with_compiled_loops(open_index(self._path, settings=self._settings), self._path, self._settings))


def _with_compiled_loops(index: Index, path: Path, settings: Settings) -> Index:
    """The index with the compiled loops of the extra `fast`, where it is installed and the index is worth it."""
    if sum(index.info.documents.values()) < _WORTH_COMPILING:
        return index
    try:
        compiled = open_index(path, settings=replace(settings, compiled=True))
    except RequestRefused:
        return index
    index.close()
    compiled.similar(_WARM_UP)  # loops are loaded, or compiled for the first time ever, before anybody waits
    return compiled


def init_app(app: Flask, path: str, settings: Settings) -> None:
    """Give an application its index, to be opened with these settings; nothing is opened yet."""
    app.extensions[_KEY] = IndexHandle(path, settings)


def served() -> Served:
    """The generation of this request: the same from its beginning to its end."""
    if "served" not in g:
        g.served = current_app.extensions[_KEY].current()
    found: Served = g.served
    return found


def index() -> Index:
    """The index of this request's generation."""
    return served().index

"""What requests share: the index, opened once in each process, moved to newer generations between requests."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g

from indexer import Index, IndexDamaged, SearchError, open_index, verify

log = logging.getLogger(__name__)
_KEY = "seealso.index"
# Seconds until a generation that does not open is tried again.
_PAUSE = 5.0


T = TypeVar("T")


class IndexHandle:
    """The current generation of an index folder. Opened at first use, so that a forked worker opens its own."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._index: Index | None = None
        self._process = 0
        self._try_again = 0.0
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[Index, object] = WeakKeyDictionary()

    def once(self, index: Index, make: Callable[[], T]) -> T:
        """What `make` gives, made once for each generation: what a home page shows does not change within one."""
        if index not in self._kept:
            self._kept[index] = make()
        return self._kept[index]  # type: ignore[return-value]  # it is what `make` gave

    def current(self) -> Index:
        """The newest generation that opens. Raises SearchError where there is none.

        A generation that was replaced is not closed here: other threads may still answer from it, and it goes with
        the last of them.
        """
        with self._lock:
            if self._index is None or self._process != os.getpid():
                self._index, self._process = self._opened(), os.getpid()
                return self._index
            if time.monotonic() >= self._try_again:
                try:
                    if self._index.is_current():
                        return self._index
                    self._index = self._opened()
                except SearchError as error:
                    self._try_again = time.monotonic() + _PAUSE
                    log.warning("a newer generation does not open, the one before serves on: %s", error.what)
            return self._index

    def _opened(self) -> Index:
        """The newest generation, once every byte of it was seen to be what was written (1 GB a second)."""
        if faults := verify(self._path):
            raise IndexDamaged(f"{faults[0].file}: {faults[0].reason}", str(self._path), faults[0].remedy)
        return open_index(self._path)


def init_app(app: Flask, path: str) -> None:
    """Give an application its index; nothing is opened yet."""
    app.extensions[_KEY] = IndexHandle(path)


def index() -> Index:
    """The index of this request: the same generation from its beginning to its end."""
    if "index" not in g:
        g.index = current_app.extensions[_KEY].current()
    found: Index = g.index
    return found


def once(make: Callable[[], T]) -> T:
    """What `make` gives for this request's generation, made once for each."""
    handle: IndexHandle = current_app.extensions[_KEY]
    return handle.once(index(), make)

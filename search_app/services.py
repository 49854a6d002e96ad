"""What requests share: a generation, opened once in each process, and a newer one as soon as that is open and warm."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, g

from indexer import Filter, Index, IndexDamaged, OpenSearchIndex, Panel, SearchError, Settings, open_index
from indexer.duplicates import ClusterRequest
from search_app.decisions.ledger import Ledger, Snapshot
from search_app.present import to_json

log = logging.getLogger(__name__)
_KEY, _LEDGER = "seealso.index", "seealso.decisions"
# Seconds until a generation that does not open is tried again; so long a client is told to wait, too.
PAUSE = 5.0
# A process looks so many seconds apart for a newer generation where no request does.
_LOOKING = 1.0
# So many panels are kept, those asked for last.
MOST_PANELS = 4_096
_Answer = TypeVar("_Answer")


class KeptPanel:
    """A panel, and its JSON from the first time that it is asked for."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    @cached_property
    def json(self) -> bytes:
        """The panel as the API answers it."""
        return f"{current_app.json.dumps(to_json(self.panel))}\n".encode()


class Opened:
    """A generation that is open, with no decisions yet; its files are let go with it."""

    def __init__(self, index: Index) -> None:
        # What is there now stays, and the collector of cycles need not look through it each time that it comes: at
        # 19,000 documents that was .1 s in which nobody was answered, once in some 350 requests.
        gc.collect()
        gc.freeze()
        self.index = index
        # The last request that answers from it lets go of it, and nobody else knows which that is.
        weakref.finalize(self, index.close)
        # What is made once for each generation, whatever is decided, by the function that makes it.
        self.once: Callable[[Callable[[], dict[str, object]]], dict[str, object]] = cache(lambda make: make())


class Served:
    """A generation with what is decided as both are served: the index, and what was made from it, let go with it."""

    def __init__(self, opened: Opened, snapshot: Snapshot) -> None:
        self.opened, self.snapshot = opened, snapshot
        self.index = index = opened.index.deciding(snapshot.decisions)
        # Number and digest: a folder that was removed and built anew begins at 1 again.
        self.name = f"{index.name} {snapshot.name}"
        # What is made once, by the function that makes it: a home page does not change within one.
        self.once: Callable[[Callable[[], dict[str, object]]], dict[str, object]] = cache(lambda make: make())
        # It holds the index and not this object, or else they would hold each other.
        self._panel: Callable[[str, Filter, int], KeptPanel] = lru_cache(MOST_PANELS)(
            lambda id_, where, limit: _to_keep(KeptPanel(index.related(id_, where=where, limit=limit)))
        )
        self._saying: Callable[[str], int] = lru_cache(MOST_PANELS)(
            lambda name: _to_keep(index.search(name, size=1).total)
        )

    def panel(self, id_: str, where: Filter, limit: int) -> KeptPanel:
        """The panel of a page. Raises DocumentNotFound."""
        return _answered(self._panel, id_, where, limit)

    def saying(self, name: str) -> int:
        """How many pages a search for a topic's name finds; the name is the site's, and no visitor's text."""
        return _answered(self._saying, name)


class _Unkept(Exception):
    """An answer that was made without what its texts mean, which was not told in time: the next one may have it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


def _to_keep(answer: _Answer) -> _Answer:
    """An answer that was just made, to be kept. Raises _Unkept for one that is not."""
    if Index.gave_up.get():
        raise _Unkept(answer)
    return answer


def _answered(kept: Callable[..., _Answer], *asked: object) -> _Answer:
    """What is kept for what is asked, or was made now and is not."""
    try:
        return kept(*asked)
    except _Unkept as made:
        answer: _Answer = made.answer
        return answer


class IndexHandle:
    """The current generation of an index. Opened at first use, so that a forked worker opens its own; a newer one is
    opened beside it by a thread of its own, and served once it is verified and warm. No request waits for one that adds
    or changes documents; for one in which some are gone all do, so that none of these is shown once more.
    """

    def __init__(self, path: str | Path | OpenSearchIndex, settings: Settings, ledger: Ledger) -> None:
        self._path, self._settings, self._ledger = path, settings, ledger
        self._opened: Opened | None = None
        self._served: Served | None = None
        self._renewal: threading.Thread | None = None
        self._process = 0
        # What was published when it failed to open, and when to try again if nothing else is published until then.
        self._failed: object = None
        self._try_again = 0.0
        self._damage: IndexDamaged | None = None
        self._lock = threading.Lock()
        self._opening = threading.Lock()

    def serving(self) -> Served:
        """The newest generation that is open, with what is decided now. Raises SearchError as `current` does."""
        opened, snapshot, known = self.current(), self._ledger.at_hand(), self._served
        if known is None or known.opened is not opened or known.snapshot is not snapshot:
            self._served = known = Served(opened, snapshot)
        return known

    def current(self) -> Opened:
        """The newest generation that is open. Raises SearchError where there is none that opens.

        A generation that was replaced is not closed here: other threads may still answer from it, and the last of them
        closes it.
        """
        with self._lock:
            if self._opened is None or self._process != os.getpid():
                self._opened = Opened(self._open())
                self._process, self._renewal = os.getpid(), None
                self._begin(threading.Thread(target=self._compile, args=(self._opened.index,), daemon=True))
            opened = self._opened
            newer, published = None, opened.index.published()
            try:
                if published != self._failed or time.monotonic() >= self._try_again:
                    newer = opened.index.newer()
            except SearchError as error:
                self._fail(error, published)
            if newer and not newer.withdraws and self._renewal is None:
                self._renewal = threading.Thread(target=self._renew_ahead, daemon=True)
                self._begin(self._renewal)
        if newer and newer.withdraws:
            del opened
            self._renew()
            opened = self._opened
        return opened

    def _open(self) -> Index:
        """The index, opened; what is damaged is read once in a while, not for each request."""
        if self._damage and time.monotonic() < self._try_again:
            raise self._damage.with_traceback(None)  # or it would hold on to every request that it is told to
        self._damage = None
        try:
            return open_index(self._path, settings=self._settings, serving=True)
        except IndexDamaged as error:
            self._damage, self._try_again = error, time.monotonic() + PAUSE
            raise

    def _begin(self, thread: threading.Thread) -> None:
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread to give
            self._renewal = None
            self._fail(error, None)

    def _compile(self, plain: Index) -> None:
        """Serve by the compiled loops, as soon as they are ready; until then nobody waits for them."""
        try:
            index = plain.compiled()
        except SearchError as error:
            log.warning("answers come from NumPy, and more slowly: %s; %s", error.what, error.next)
            return
        if index is plain:
            self._read_ahead()
            return
        with self._opening:
            try:
                self._opened, self._served = Opened(index.latest()), None
            except SearchError as error:
                self._fail(error, None)
        if self._opened is None or self._opened.index is not index:
            index.close()
        self._read_ahead()

    def _renew(self) -> None:
        """Open the newest generation beside the one that is served, if nobody did meanwhile, and serve it."""
        with self._opening:
            opened = self._opened
            assert opened is not None
            published = opened.index.published()
            try:
                index = opened.index.latest()
                if index is not opened.index:
                    self._opened, self._served = Opened(index), None
            except Exception as error:  # noqa: BLE001 (whatever it is, the generation before serves on)
                self._fail(error, published)
            finally:
                if threading.current_thread() is self._renewal:
                    self._renewal = None

    def _renew_ahead(self) -> None:
        """Renew while nobody waits for it."""
        self._renew()
        self._read_ahead()

    def _read_ahead(self) -> None:
        """Read what the queue of the desk shows, before an editor waits for it; where there are editors."""
        opened = self._opened
        if opened is not None and self._ledger.database.path.exists():
            with suppress(SearchError):
                opened.index.ties(ClusterRequest())

    def _fail(self, error: Exception, published: object) -> None:
        self._failed, self._try_again = published, time.monotonic() + PAUSE
        why = error.what if isinstance(error, SearchError) else type(error).__name__
        log.warning("another generation does not open, what is served serves on: %s", why)


def init_app(app: Flask, path: str | OpenSearchIndex, settings: Settings, ledger: Ledger) -> None:
    """Give an application its index, to be opened with these settings, and its decisions; nothing is opened yet."""
    app.extensions[_KEY], app.extensions[_LEDGER] = IndexHandle(path, settings, ledger), ledger

    @app.teardown_appcontext
    def let_go(_: BaseException | None) -> None:
        """Let go of the generation with the request: Flask's own objects of it wait for the collector of cycles."""
        g.pop("served", None)


def keep_current(app: Flask, ended: threading.Event) -> None:
    """Open the index before a request asks for it, and look for a newer generation each second, so that on a site where
    nobody asks for a while the first who does sees what is new. Where it does not open, the request is told.
    """
    while True:
        with suppress(Exception):
            app.extensions[_KEY].current()
        if ended.wait(_LOOKING):
            return


def served() -> Served:
    """The generation and the decisions of this request: the same from its beginning to its end."""
    if "served" not in g:
        g.served = current_app.extensions[_KEY].serving()
    found: Served = g.served
    return found


def renewed() -> Served:
    """The generation and the decisions as the next request will have them."""
    found: Served = current_app.extensions[_KEY].serving()
    return found


def index() -> Index:
    """The index of this request's generation."""
    return served().index


def ledger() -> Ledger:
    """Where decisions are kept."""
    found: Ledger = current_app.extensions[_LEDGER]
    return found

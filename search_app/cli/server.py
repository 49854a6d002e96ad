"""The HTTP server: waitress over the application, on an address of the settings, until it is told to stop."""

from __future__ import annotations

import contextlib
import json
import logging
import resource
import select
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import waitress.server
from flask import Flask, g, has_request_context
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask

from search_app import create_app, monitoring, services, settings
from search_app.errors import Refusal, refusal
from search_app.overload import ARRIVED
from search_app.security import MOST_PUSHED, REQUEST_ID, ROUTE_OF_API, id_of
from search_app.usage import UsageError

# Seconds until a refusal is told: who asks again at once, whatever it says, would take the time of those who wait. So
# many are held back at a time, and those that come then are told sooner.
_HELD, _MOST_HELD = 1.0, 200
# What is answered however many wait: these cost next to nothing, and those who watch ask for them.
_ALWAYS = ("/healthz", "/readyz", "/metrics", "/robots.txt", "/static/")
# So many requests are taken from one connection before the first is answered; browsers and proxies send one.
_MOST_PIPELINED = 4
# Seconds until a connection that says nothing is closed.
_PATIENCE = 20
# So many connections at a time: what they say is taken in without a thread. Less where the system gives fewer files, of
# which some are for two generations of an index.
_CONNECTIONS, _OTHER_FILES = 1_000, 120
_STOPS = (signal.SIGTERM, signal.SIGINT)
# Seconds in which what was asked before a stop is answered, and between two looks at whether to stop.
_LAST, _LOOK = 10.0, 1.0


class _Task(WSGITask):  # type: ignore[misc]  # waitress ships no types
    """A request on its way to the application, which learns how long it waited."""

    def get_environment(self) -> dict[str, Any]:
        return {**super().get_environment(), ARRIVED: self.request.arrived}


class _Connection(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection that takes few requests at a time: answers to hundreds, which nobody reads, would fill memory."""

    task_class = _Task

    def received(self, data: bytes) -> bool:
        """Take in what came. What is more than a few requests is dropped, and the last of these ends the connection."""
        taken: bool = super().received(data)
        with self.requests_lock:
            if len(self.requests) > _MOST_PIPELINED:
                for request in self.requests[_MOST_PIPELINED:]:
                    request.close()
                del self.requests[_MOST_PIPELINED:]
                self.requests[-1].headers["CONNECTION"] = "close"
        return taken


class _Refusal:
    """What waitress answers to a request in place of the application: what that says, made once, with its own id."""

    def __init__(self, made: Refusal, request: HTTPRequestParser) -> None:
        self._made, self._request = made, request

    def to_response(self, _: object) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        status, headers, body = self._made
        own = (REQUEST_ID, id_of(self._request.headers.get("X_REQUEST_ID", "")))
        return status, [*headers, own], b"" if self._request.command == "HEAD" else body


class _Tasks(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress ships no types
    """Hands requests to threads, and refuses one where too many wait for a thread, without taking one for it."""

    def __init__(self, app: Flask, waiting: int) -> None:
        super().__init__()
        self._most, self.refused = waiting, 0
        # Connections whose request is refused, and when to tell.
        self._refused: deque[tuple[float, HTTPChannel]] = deque()
        # By what a path begins with; "/" is the last.
        self._refusals = {path: refusal(app, path) for path in (ROUTE_OF_API, "/panel", "/frame", "/")}

    @property
    def waiting(self) -> int:
        """How many requests wait for a thread."""
        return len(self.queue)

    def add_task(self, connection: HTTPChannel) -> None:
        """Take in the first of the connection's requests."""
        request = connection.requests[0]
        request.arrived = time.monotonic()
        if self.waiting < self._most or request.error or request.path.startswith(_ALWAYS):
            super().add_task(connection)
        else:
            self.refused += 1
            self._refused.append((request.arrived + _HELD, connection))

    def refuse(self) -> float:
        """Tell those that were refused, as it is time; for the thread that waitress runs in. A refusal ends its
        connection. Gives the seconds until the next.
        """
        while self._refused and (len(self._refused) > _MOST_HELD or self._refused[0][0] <= time.monotonic()):
            _, connection = self._refused.popleft()
            request = connection.requests[0]
            made = next(made for path, made in self._refusals.items() if path == "/" or request.path.startswith(path))
            request.error = _Refusal(made, request)
            with contextlib.suppress(Exception):  # whoever asked has gone; nothing may end the loop
                ErrorTask(connection, request).service()
            connection.close_when_flushed = True
            for request in connection.requests:
                request.close()
            connection.requests = []
        return max(0.0, self._refused[0][0] - time.monotonic()) if self._refused else _HELD


class Server:
    """Listens from the beginning; `run` answers until `stop`, and then what was asked before, and takes nothing new."""

    def __init__(self, given: Mapping[str, str | None]) -> None:
        """With settings as `create_app` takes them. Raises UsageError, also for an address that cannot be had."""
        values = settings.load(given)
        host, port = values["host"], values["port"]
        self._app = create_app(given)
        self._stopping = False
        # What waitress watches, by file: the addresses it listens on, connections, and pipes of its own.
        self._watched: dict[int, Any] = {}
        self._tasks = _Tasks(self._app, int(values["waiting"]))
        monitoring.watch(self._app, self._tasks)
        self._tasks.set_thread_count(int(values["threads"]))
        try:
            self._waitress = waitress.server.create_server(
                self._app,
                map=self._watched,
                _dispatcher=self._tasks,
                host=host,
                port=int(port),
                threads=int(values["threads"]),
                ident=None,
                # A proxy on this machine says for whom it asks, and how: limits are by client, cookies by TLS.
                trusted_proxy="::1" if ":" in host else "127.0.0.1",
                trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
                clear_untrusted_proxy_headers=True,
                max_request_body_size=2 * MOST_PUSHED,  # Flask refuses at half of it or less, with a problem
                channel_timeout=_PATIENCE,
                cleanup_interval=_PATIENCE // 4,
                connection_limit=_most_connections(),
                asyncore_use_poll=True,  # select does not know files beyond the first 1,024
            )
        except (OSError, ValueError) as error:
            what = f"cannot listen: {getattr(error, 'strerror', None) or error}"
            remedy = "choose another with --host and --port; --port 0 takes a free one"
            raise UsageError(what, f"{host}:{port}", remedy) from error
        for listener in self._listeners():
            listener.channel_class = _Connection
        # A name such as localhost may stand for several addresses: the first is told.
        listening = [one.effective_port for one in self._listeners()]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{listening[0]}/"

    def run(self) -> None:
        """Answer until `stop`."""
        # The index is opened before the first visitor is there, who would wait for it.
        ended = threading.Event()
        threading.Thread(target=services.keep_current, args=(self._app, ended), daemon=True).start()
        while not self._stopping:
            self._look()
        ended.set()
        for listener in self._listeners():
            self._accept_all(listener)
            wasyncore.dispatcher.close(listener)
        self._look(0.0)  # what those said who were accepted last
        until = time.monotonic() + _LAST
        while self._connections() and time.monotonic() < until:
            for connection in self._connections():
                connection.will_close |= not (connection.requests or connection.request or connection.total_outbufs_len)
            self._look()
        self._tasks.shutdown(timeout=1)
        wasyncore.close_all(self._watched, ignore_all=True)

    def stop(self) -> None:
        """Take no new connection; `run` returns when what was asked is answered, or after ten seconds."""
        self._stopping = True
        for listener in self._listeners():
            with contextlib.suppress(OSError):  # it is closed already
                listener.pull_trigger()

    def stop_at_signals(self) -> None:
        """Stop at SIGTERM or SIGINT; a second one ends at once."""
        for number in _STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # a shell's job in the background ignores Ctrl-C
                signal.signal(number, self._told_to_stop)

    def _told_to_stop(self, number: int, _: object) -> None:
        for other in _STOPS:
            signal.signal(other, lambda *_: sys.exit(128 + number))
        self.stop()

    def _accept_all(self, listener: Any) -> None:
        """Take the connections that wait to be taken: whoever connected before the stop is answered."""
        poll = select.poll()
        poll.register(listener.socket.fileno(), select.POLLIN)
        for _ in range(_CONNECTIONS):
            if not poll.poll(0):
                return
            listener.handle_accept()

    def _look(self, most: float = _LOOK) -> None:
        """Take in and give out what there is, once; wait for it so many seconds at most."""
        wait = min(most, self._tasks.refuse())
        wasyncore.loop(timeout=wait, map=self._watched, use_poll=True, count=1)

    def _listeners(self) -> list[waitress.server.BaseWSGIServer]:
        return [one for one in self._watched.values() if isinstance(one, waitress.server.BaseWSGIServer)]

    def _connections(self) -> list[HTTPChannel]:
        return [one for one in list(self._watched.values()) if isinstance(one, HTTPChannel)]


def _most_connections() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _CONNECTIONS if files == resource.RLIM_INFINITY else max(20, min(_CONNECTIONS, files - _OTHER_FILES))


class _AsJson(logging.Formatter):
    """One line of JSON for each record: time, level, name, message or the fields of a request; never a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {"time": self.formatTime(record), "level": record.levelname, "name": record.name}
        if has_request_context() and "id" in g:
            told["request"] = g.id
        fields = getattr(record, "fields", None)
        return json.dumps({**told, **(fields or {"message": record.getMessage()})})


def log_to_stderr(*, quiet: bool) -> None:
    """Log as lines of JSON; what is logged never holds the text of a query. `quiet`: errors alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    logging.basicConfig(handlers=[handler], level=logging.ERROR if quiet else logging.INFO)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it names what it could not parse
    logging.getLogger("opensearch").setLevel(logging.ERROR if quiet else logging.WARNING)  # it tells every request

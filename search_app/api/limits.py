"""Limits how often a client may search in a minute, a long text counting several times, and how often one may come with
a key; beyond it, 429 says how long to wait. Counted by this process, in memory alone.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from contextlib import suppress

from flask import Flask, g, request

from indexer import SearchError
from search_app.api.keys import bearer_of
from search_app.refused import TooManySearches
from search_app.security import ROUTE_OF_API

# What searches anew each time; a document's own panel is kept, and costs next to nothing.
_COUNTED = (
    *("api.search", "api.suggest", "api.topics", "api.similar", "api.check", "panel.of_text", "pages.search"),
    *("findable.suggest", "topics.all_topics", "asking.ask"),
)
# A text of 20,000 letters takes as long as ten searches.
_BYTES = 2_000
_MINUTE = 60.0
# Requests that bring a key may be so many times as often as searches: a site pushes a thousand documents at once.
_WITH_KEY = 10
# So many clients are remembered, those that asked last.
MOST_CLIENTS = 10_000


class Buckets:
    """A token bucket for each client: it holds a minute's searches, and fills evenly within a minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # By client what was left in its bucket, and when that was.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str, cost: int, now: float) -> float:
        """Take from a client's bucket; gives 0, or the seconds until there is enough, and takes nothing then."""
        cost = min(cost, self._limit)
        with self._lock:
            left, at = self._left.pop(client, (float(self._limit), now))
            left = min(self._limit, left + (now - at) * self._limit / _MINUTE)
            wait = max(0.0, cost - left) * _MINUTE / self._limit
            self._left[client] = (left if wait else left - cost, now)
            if len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)
        return wait


def init_keys(app: Flask, limit: int) -> None:
    """Bound how often requests with a key come from one address, right keys and wrong ones."""
    if not limit:
        return
    buckets = Buckets(limit * _WITH_KEY)

    @app.before_request
    def count_keys() -> None:
        if request.path.startswith(ROUTE_OF_API) and "Authorization" in request.headers:
            _take(buckets, _network(request.remote_addr or ""), 1)


def _take(buckets: Buckets, client: str, cost: int) -> None:
    if wait := buckets.take(client, cost, time.monotonic()):
        raise TooManySearches(math.ceil(wait))


def init_app(app: Flask, limit: int) -> None:
    """`limit`: so many searches in a minute from one client; 0 for any number."""
    if not limit:
        return
    buckets = Buckets(limit)

    @app.before_request
    def count() -> None:
        if request.endpoint in _COUNTED and request.method != "OPTIONS":
            _take(buckets, _client(), 1 + (request.content_length or 0) // _BYTES)


def _client() -> str:
    """Who asks: by the key that came with the request, on pages too, else by address."""
    if "key" in g:
        return f"key {g.key}"
    with suppress(SearchError):  # where keys cannot be read, who has one is counted by address
        if "Authorization" in request.headers and (name := bearer_of("read")):
            return f"key {name}"
    return _network(request.remote_addr or "")


def _network(address: str) -> str:
    """An address, of IPv6 its first half: who has one of these has 2^64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # such as the name of a socket
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network(f"{parsed}/64", strict=False))

"""Connects to the OpenSearch cluster that an index's address names, and tells its failures as this package's errors."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, SSLError, TransportError

from indexer.errors import RequestRefused, SearchError
from indexer.settings import OpenSearchIndex

# An address is one of these followed by ://HOST[:PORT],HOST[:PORT]/NAME.
SCHEMES = ("opensearch+https", "opensearch+http")
# What asks waits for a node so many seconds, and then as long for another one: somebody waits for a page. What writes
# waits so many, more than a node waits for its shards, and asks three others.
ASKING, WRITING = 3, 75
_AGAIN = {ASKING: 1, WRITING: 3}
# So many connections to a node stay open, one for each request at a time.
_CONNECTIONS = 16
_Answer = TypeVar("_Answer")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_PLACE = "opensearch+https://HOST:9200,HOST:9200/NAME"
# What a cluster says that is busy, or that loses a node; a search that lost one is 500.
LATER = (408, 429, 500, 502, 503, 504)
_PAUSE = 0.2
# What it says of a document to remove that is not there.
GONE = 404


class Address(NamedTuple):
    """The hosts of a cluster, each with its port, whether they are spoken to by TLS, and the name of an index there."""

    hosts: tuple[tuple[str, int], ...]
    secure: bool
    name: str


def address_of(index: str) -> Address:
    """The parts of an address. Raises RequestRefused for one that is none, or that holds a password."""
    if "@" in index:
        remedy = "give them by the settings opensearch_user and opensearch_password"
        raise RequestRefused("a user or password in an address", "index", remedy)
    try:
        parts = urlsplit(index)
    except ValueError as error:
        raise RequestRefused(f"no address: {error}", "index", f"write {_PLACE}") from error
    name, hosts = parts.path.strip("/"), list[tuple[str, int]]()
    for host in parts.netloc.split(","):
        own, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "9200")
        hosts.append((own.strip("[]"), int(port)))
    if (
        not all(host for host, _ in hosts)
        or not _NAME.fullmatch(name)
        or name.endswith("-lock")
        or parts.query
        or parts.fragment
    ):
        raise RequestRefused(f"no index is named by {index!r}", "index", f"write {_PLACE}, NAME in small letters")
    return Address(tuple(hosts), parts.scheme == SCHEMES[0], name)


def connect(place: OpenSearchIndex, seconds: int = ASKING) -> OpenSearch:
    """A client for the cluster of an index, which waits so many seconds for a node; it asks for nothing yet."""
    address, options = address_of(place.address), dict[str, Any]()
    if place.user:
        options["http_auth"] = place.user, place.password
    if place.authority:
        options["ca_certs"] = place.authority
    return OpenSearch(
        hosts=[{"host": host, "port": port} for host, port in address.hosts],
        use_ssl=address.secure,
        verify_certs=address.secure,
        timeout=seconds,
        pool_maxsize=_CONNECTIONS,
        max_retries=_AGAIN[seconds],
        retry_on_timeout=True,
        retry_on_status=LATER,
        **options,
    )


def patiently(ask: Callable[[], _Answer]) -> _Answer:
    """What a cluster answers, asked again for as long as a node may take: shards are at other nodes in a moment. Where
    nobody takes the request it is asked once more: it may have come to a node that just lost another, and then to that.
    """
    until, refused = time.monotonic() + ASKING, 0
    while True:
        try:
            return ask()
        except TransportError as error:
            away = isinstance(error, Unreachable)
            refused += away
            waited = isinstance(error, ConnectionTimeout) or time.monotonic() > until
            if waited or refused > 1 or (not away and error.status_code not in LATER):
                raise
            time.sleep(_PAUSE)


@contextmanager
def asking(name: str) -> Iterator[None]:
    """Tells what a cluster does not do as SearchError."""
    try:
        yield
    except TransportError as error:
        status, where = error.status_code, f"the cluster of {name}"
        if isinstance(error, SSLError):
            remedy = "give by opensearch_ca the file of the authority that signed it"
            raise SearchError("the certificate is not trusted, or no TLS is spoken there", where, remedy) from error
        if isinstance(error, Unreachable) or status in LATER:
            remedy = "it is asked again with the next request; see whether its nodes run"
            raise SearchError(f"the cluster does not answer ({_short(error)})", where, remedy) from error
        remedy = "see the settings opensearch_user, opensearch_password and opensearch_ca, and the rights of that user"
        if status not in (401, 403):
            remedy = "see the log of the cluster"
        raise SearchError(f"the cluster refuses: {status} {_short(error)}", where, remedy) from error
    except OpenSearchException as error:
        raise SearchError(f"the cluster refuses: {_short(error)}", name, "see its log") from error


def _short(error: Any) -> str:
    """The kind of an error, without what was sent or found."""
    kind = "" if isinstance(error, Unreachable) else str(getattr(error, "error", ""))
    return kind[:80] or type(error).__name__

"""The lock of an index on a cluster: a document that who writes holds, and renews while it is at work."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, OpenSearchException

from indexer.errors import BuildInProgress
from indexer.generation.opensearch.connection import asking

# Who writes says so many seconds apart that it is at work; one that was silent for three times as long has ended.
_BEAT = 20.0


@contextmanager
def writing(client: OpenSearch, name: str) -> Iterator[None]:
    """Hold an index for writing. Raises BuildInProgress at once where another process holds it."""
    mine, ended = {"by": f"{socket.gethostname()} {os.getpid()}", "at": time.time()}, threading.Event()
    index = f"{name}-lock"
    with asking(name):
        try:
            client.index(index=index, id="lock", body=mine, op_type="create", refresh=True)
        except ConflictError as error:
            held = client.get(index=index, id="lock")
            if time.time() - held["_source"]["at"] < 3 * _BEAT:
                where, remedy = held["_source"]["by"], "wait until it has ended"
                raise BuildInProgress("another build is at work", where, remedy) from error
            seen = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
            client.index(index=index, id="lock", body=mine, refresh=True, **seen)

    def beat() -> None:
        while not ended.wait(_BEAT):
            with suppress(OpenSearchException):  # the next beat may come through
                client.index(index=index, id="lock", body=mine | {"at": time.time()})

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        with suppress(OpenSearchException):  # it is forgotten by itself, else
            client.delete(index=index, id="lock", refresh=True)

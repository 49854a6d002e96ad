"""The lock of an index on a cluster: a document that who writes holds, and renews while it is at work."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError, OpenSearchException

from indexer.errors import BuildInProgress
from indexer.generation.opensearch.connection import asking

# Who writes says so many seconds apart that it is at work; one that was silent for three times as long has ended.
_BEAT = 20.0


@contextmanager
def writing(client: OpenSearch, hasty: OpenSearch, name: str) -> Iterator[None]:
    """Hold an index for writing. Raises BuildInProgress at once where another process holds it. That it is held is
    renewed by the `hasty` client, which waits for no node long.
    """
    index, ended = f"{name}-lock", threading.Event()
    mine = {"by": f"{socket.gethostname()} {os.getpid()}", "token": secrets.token_hex(8)}

    def write(client: OpenSearch = client, **only: Any) -> dict[str, Any]:
        """Say that this process is at work; gives which writing of the document that was."""
        said = client.index(index=index, id="lock", body=mine | {"at": time.time()}, refresh=True, **only)
        return {"if_seq_no": said["_seq_no"], "if_primary_term": said["_primary_term"]}

    with asking(name):
        try:
            last = write(op_type="create")
        except ConflictError:
            last = _taken_over(client, index, write)

    def beat() -> None:
        nonlocal last
        while not ended.wait(_BEAT):
            with suppress(OpenSearchException):  # the next beat may come through, unless another process took over
                try:
                    last = write(hasty, **last)
                except ConflictError:  # a beat came through whose answer did not
                    held = hasty.get(index=index, id="lock")
                    if held["_source"].get("token") == mine["token"]:
                        last = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
        with suppress(OpenSearchException):  # it is forgotten by itself, or another's by now
            hasty.delete(index=index, id="lock", refresh=True, **last)


def _taken_over(client: OpenSearch, index: str, write: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Take the lock of a process that has ended. Raises BuildInProgress where it has not, or another was faster. Clocks
    of two machines differ: one that seems to be silent for long is watched for a beat first.
    """
    try:
        held = client.get(index=index, id="lock")
        if time.time() - held["_source"]["at"] >= 3 * _BEAT:
            time.sleep(1.5 * _BEAT)
            return write(if_seq_no=held["_seq_no"], if_primary_term=held["_primary_term"])  # a conflict if it beat
        where = held["_source"]["by"]
    except (ConflictError, NotFoundError):
        where = index
    raise BuildInProgress("another build is at work", where, "wait until it has ended")

"""A real cluster of three nodes of which some die, hang or are away: what a site shows then."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from indexer import OpenSearchIndex, Progress, SearchError, Settings, build, open_index, verify
from search_app import create_app
from tests.documents import in_two_scripts
from tests.indexer.generation.nodes import Nodes, running, what_is_missing
from tests.long_run import long_run

pytestmark = long_run
if missing := what_is_missing():
    if os.environ.get("SEEALSO_CLUSTER") == "required":
        raise RuntimeError(missing)
    pytest.skip(missing, allow_module_level=True)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Three nodes."""
    with running(tmp_path_factory.mktemp("cluster"), 3) as three:
        yield three


def test_a_shard_that_is_away_is_no_smaller_site(cluster: Nodes) -> None:
    """Without copies, and with a node gone, nothing is answered from what is left."""
    place = OpenSearchIndex(f"opensearch+http://{cluster.hosts}/parted", shards=3, replicas=0)
    build(place, in_two_scripts(random.Random(6), 60), settings=Settings(compiled=False))
    with open_index(place) as index:
        ids, whole = [document.id for document in index.documents()], index.search("knee")
        cluster.kill(2)
        until = time.monotonic() + 20
        for ask in (lambda: index.search("knee"), lambda: index.search(""), lambda: list(index.documents())):
            with pytest.raises(SearchError):
                ask()
        with pytest.raises(SearchError, match="does not answer"):
            open_index(place).known(ids)
        with pytest.raises(SearchError, match="does not answer"):
            verify(place)
        cluster.start(2)
        cluster.wait(3, "")
        while time.monotonic() < until + 60:
            with suppress(SearchError):
                assert index.search("knee") == whole
                break
            time.sleep(0.5)
        assert [document.id for document in index.documents()] == ids


def test_the_manager_dies_while_there_are_searches_and_a_build(cluster: Nodes) -> None:
    """No search fails, the build ends with every document, and when the node is back the cluster is whole."""
    place = OpenSearchIndex(f"opensearch+http://{cluster.hosts}/killed", shards=3, replicas=1)
    documents = in_two_scripts(random.Random(5), 400)
    settings, failed, done, asked = Settings(compiled=False), list[Exception](), threading.Event(), 0
    build(place, documents[:50], settings=settings)

    def search() -> None:
        nonlocal asked
        with open_index(place) as index:
            while not done.is_set():
                try:
                    assert index.search("knee pain").total
                    asked += 1
                except Exception as error:  # noqa: BLE001 (whatever fails is what is looked for)
                    failed.append(error)

    def told(progress: Progress) -> None:
        if progress.stage == "publishing" and progress.done == 250:
            cluster.kill(manager)
            back.start()

    cluster.wait(3, "green")
    manager, searching = cluster.manager(), threading.Thread(target=search)
    back = threading.Timer(5, cluster.start, [manager])
    searching.start()
    try:
        report = build(place, documents, settings=settings, progress=told)
    finally:
        done.set()
        searching.join(60)
        back.join()
    assert (failed, report.documents) == ([], 400)
    assert asked > 3
    cluster.wait(3)
    with open_index(place) as index:
        assert [document.id for document in index.documents()] == sorted(document.id for document in documents)


def test_a_node_that_hangs_holds_up_no_request_for_long(cluster: Nodes) -> None:
    """A node that takes connections and answers nothing: whatever a request comes to, it comes to it soon, and when the
    others have noticed all is found again.
    """
    place = OpenSearchIndex(f"opensearch+http://{cluster.hosts}/hung", shards=3, replicas=1)
    build(place, in_two_scripts(random.Random(6), 40), settings=Settings(compiled=False))
    cluster.wait(3, "green")
    client, node = create_app({"index": place.address}).test_client(), (cluster.manager() + 1) % 3
    assert client.get("/search?q=knee").status_code == 200
    cluster.processes[node].send_signal(signal.SIGSTOP)
    try:
        until, found = time.monotonic() + 90, 0
        for number in count():
            began = time.monotonic()
            status = client.get(f"/search?q=knee+{number}").status_code
            assert (time.monotonic() - began < 25, status in (200, 503)) == (True, True)
            found = found + 1 if status == 200 else 0
            if found == 10:
                break
            assert time.monotonic() < until
    finally:
        cluster.processes[node].send_signal(signal.SIGCONT)
    cluster.wait(3)


def test_a_server_outlives_its_cluster(cluster: Nodes) -> None:
    """Without a node pages say that they are unavailable and when to come back; with nodes again they are there."""
    place = OpenSearchIndex(f"opensearch+http://{cluster.hosts}/away", shards=1, replicas=1)
    build(place, in_two_scripts(random.Random(6), 40), settings=Settings(compiled=False))
    client = create_app({"index": place.address}).test_client()
    assert client.get("/search?q=knee").status_code == 200
    for node in range(3):
        cluster.kill(node)
    answer = client.get("/search?q=knee")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    until = time.monotonic() + 10
    while client.get("/readyz").status_code != 503:
        assert time.monotonic() < until
    for node in range(2):  # enough to agree, and to hold a copy of all
        cluster.start(node)
    cluster.wait(2)
    until = time.monotonic() + 60
    while client.get("/search?q=knee").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.5)
    assert client.get("/readyz").status_code == 200

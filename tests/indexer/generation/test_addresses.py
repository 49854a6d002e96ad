"""Addresses of indices on a cluster: which parts they have, and what is refused before a cluster is asked."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from indexer import OpenSearchIndex, RequestRefused, SearchError, open_index
from indexer.generation import store_of
from indexer.generation.opensearch.connection import address_of, patiently
from indexer.generation.opensearch.work_folder import ReadingFolder
from tests.indexer.generation.nodes import free_ports

_REFUSED = NoConnection("N/A", "refused", Exception())


@pytest.mark.parametrize(
    ("address", "hosts", "secure"),
    [
        ("opensearch+https://a.example:9201,b.example/qa", [("a.example", 9201), ("b.example", 9200)], True),
        ("opensearch+http://127.0.0.1:9200/qa", [("127.0.0.1", 9200)], False),
        ("opensearch+http://[::1]:9200/qa", [("::1", 9200)], False),
    ],
)
def test_an_address_names_hosts_and_an_index(address: str, hosts: list[tuple[str, int]], secure: bool) -> None:
    """Each host with its port, or the usual one; with TLS unless it says otherwise."""
    found = address_of(address)
    assert (list(found.hosts), found.secure, found.name) == (hosts, secure, "qa")


@pytest.mark.parametrize(
    "address",
    [
        "opensearch+https://a.example",
        "opensearch+https:///qa",
        "opensearch+https://a.example/QA",
        "opensearch+https://a.example/qa/more",
        "opensearch+https://a.example/qa?x=1",
        "opensearch+https://ruth:secret@a.example/qa",
        "opensearch+https://ruth:secret/more@a.example/qa",
        "opensearch+https://[::1/qa",
        "opensearch://a.example/qa",
        "https://a.example/qa",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Without a name or a host, with a password, of another scheme; what is refused does not repeat a password."""
    with pytest.raises(RequestRefused) as refused:
        open_index(address)
    assert "secret" not in f"{refused.value} {refused.value.next}"


def test_who_waits_behind_a_look_at_a_cluster_that_is_away_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is current is looked up once a second, whether it was found or not."""
    store, looked = store_of(OpenSearchIndex("opensearch+http://127.0.0.1:9/qa")), list[int]()

    def away() -> tuple[int, str]:
        looked.append(1)
        raise SearchError("the cluster does not answer", "there", "see whether its nodes run")

    monkeypatch.setattr(store, "current", away)
    for _ in range(3):
        with pytest.raises(SearchError, match="does not answer"):
            store.published()
    assert len(looked) == 1


def test_a_cluster_that_is_not_there_is_told() -> None:
    """What to do, and no password in what is shown of an index."""
    place = OpenSearchIndex(f"opensearch+http://127.0.0.1:{free_ports(1)[0]}/qa", "ruth", "secret")
    assert "secret" not in f"{place!r} {place}"
    with pytest.raises(SearchError) as failed:
        open_index(place)
    assert "does not answer" in failed.value.what


@pytest.mark.parametrize(
    ("failures", "answered"),
    [
        ([_REFUSED], True),
        ([TransportError(500, "lost a shard"), _REFUSED], True),
        ([_REFUSED, _REFUSED], False),
        ([ConnectionTimeout("TIMEOUT", "no answer", Exception())], False),
        ([TransportError(400, "no such query")], False),
    ],
)
def test_a_request_that_nobody_takes_is_asked_once_more(failures: list[TransportError], *, answered: bool) -> None:
    """A node that lost another sends it there; who waited for a node, or was refused by what it says, is not."""
    left = [*failures]

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "an answer"

    if answered:
        assert patiently(ask) == "an answer"
    else:
        with pytest.raises(TransportError):
            patiently(ask)


def test_a_folder_that_nobody_closes_goes_with_who_held_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An index that is dropped leaves no file of what it read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = ReadingFolder()
    assert [folder.path] == [*tmp_path.iterdir()]
    del folder
    gc.collect()
    assert not [*tmp_path.iterdir()]


def test_a_forked_process_that_ends_leaves_the_folder_to_who_made_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who forked it reads on."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ReadingFolder() as folder:
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: -1)
            forked = ReadingFolder()
        forked.close()
        assert forked.path.exists()
        assert folder.exists()
    assert not folder.exists()

"""How often a client may search."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from search_app import create_app
from search_app.api.limits import MOST_CLIENTS, Buckets
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database

LIMIT = 12


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 20), st.integers(0, 90)), max_size=40))
def test_no_minute_holds_more_than_twice_the_limit(asked: list[tuple[str, int, int]]) -> None:
    """What each client is let through in any time is at most a full bucket and what fills it meanwhile, and whoever
    waits as long as told is let through.
    """
    buckets, now = Buckets(LIMIT), 0
    passed: dict[str, list[tuple[int, int]]] = {"a": [], "b": []}
    for client, cost, later in asked:
        now += later
        if wait := buckets.take(client, cost, now):
            assert not buckets.take(client, cost, now + wait + 1e-6)
            now += int(wait) + 1
        passed[client].append((now, min(cost, LIMIT)))
        for since, _ in passed[client]:
            taken = sum(cost for at, cost in passed[client] if since <= at)
            assert taken <= LIMIT + Fraction(LIMIT * (now - since), 60) + Fraction(1, 10**6)


def test_only_the_last_clients_are_remembered() -> None:
    """Many addresses fill no memory."""
    buckets = Buckets(LIMIT)
    for number in range(MOST_CLIENTS + 100):
        buckets.take(str(number), 1, 0.0)
    assert len(buckets._left) == MOST_CLIENTS


def test_a_key_is_the_client_on_pages_too(sample_path: Path, tmp_path: Path) -> None:
    """Who asks with a key is counted by it, wherever searches are counted."""
    values = {"index": str(sample_path), "decisions": str(tmp_path / "decisions"), "limit": "1"}
    client = create_app(values).test_client()
    key = Accounts(Database(values["decisions"])).add_key("site", "read")
    assert client.get("/search?q=knee").status_code == 200
    assert client.get("/search?q=knee").status_code == 429
    assert client.post("/panel", data={"text": "knee"}).status_code == 429
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/search?q=knee", headers=headers).status_code == 200
    assert client.post("/panel", data={"text": "knee"}, headers=headers).status_code == 429
    assert client.get("/search?q=knee", headers={"Authorization": "Bearer none"}).status_code == 429


def test_keys_are_not_tried_without_end(sample_path: Path, tmp_path: Path) -> None:
    """Ten times as many requests as searches may come with a key, right or wrong."""
    values = {"index": str(sample_path), "inbox": str(tmp_path / "inbox"), "decisions": str(tmp_path / "decisions")}
    client = create_app({**values, "limit": "3"}).test_client()
    headers = {"Authorization": "Bearer wrong"}
    told = [client.delete("/api/v1/documents/q-0001", headers=headers).status_code for _ in range(31)]
    assert told == [401] * 30 + [429]
    assert client.get("/api/v1/search?q=knee").status_code == 200

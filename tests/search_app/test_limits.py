"""How often a client may search."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from search_app.api.limits import MOST_CLIENTS, Buckets

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

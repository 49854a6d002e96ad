"""Decisions over the API: with a key alone, and the same rules as at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from search_app import services
from search_app.decisions.accounts import Accounts
from search_app.decisions.events import Event
from search_app.desk.remote import EventTold
from tests.search_app.desk.conftest import Desk


class Site:
    """A program of the site, with a key."""

    def __init__(self, desk: Desk) -> None:
        self.people = Accounts(desk.app.extensions[services._LEDGER].database)
        self.headers = {"Authorization": f"Bearer {self.people.add_key('site admin')}"}
        self.client = desk.app.test_client()

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/v1/{address}", headers=self.headers).json

    def post(self, **body: object) -> TestResponse:
        return self.client.post("/api/v1/decisions", json=body, headers=self.headers)


@pytest.fixture
def site(desk: Desk) -> Site:
    return Site(desk)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic cnV0aDp4", "bearer  ", "Bearer \u00e4"])
def test_only_a_key_opens_it(header: str | None, site: Site, desk: Desk) -> None:
    """Without one, with another, or with a session of the desk, it is a problem with 401, which no cache keeps."""
    headers = {"Authorization": header} if header else {}
    for client in (site.client, desk.client):
        for answer in (
            client.get("/api/v1/decisions", headers=headers),
            client.get("/api/v1/duplicates", headers=headers),
            client.post("/api/v1/decisions", json={"action": "related", "a": "n0", "b": "n1"}, headers=headers),
        ):
            assert answer.status_code == 401
            assert answer.mimetype == "application/problem+json"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.headers["Cache-Control"] == "no-store"
    assert len(desk.history) == 0


def test_a_removed_key_opens_nothing(site: Site) -> None:
    """From the next request on."""
    assert site.get("decisions") == {"last": 0, "events": []}
    site.people.remove_key("site admin")
    assert site.get("decisions")["status"] == 401


def test_a_site_decides_and_readers_see_it(site: Site, desk: Desk) -> None:
    """A verdict is kept with the name of the key, its answer is the event, and panels follow at once."""
    answer = site.post(action="duplicate", a="n1", b="n0", note="By the old desk")
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["id"], answer.json["editor"], answer.json["band"]) == (1, "site admin (key)", "very-likely")
    assert site.client.get("/api/v1/related/n1").json["canonical"] == "n0"  # type: ignore[index]
    (event,) = site.get("decisions?after=0&id=n1")["events"]
    assert event["holds"]
    assert "By the old desk" in desk.get("/desk/records")
    assert site.post(action="undo", undoes=1).status_code == 201
    assert not site.get("decisions")["events"][0]["holds"]
    site.post(action="related", a="n1", b="n0")
    site.post(action="different", a="n1", b="n0")
    assert [event["holds"] for event in site.get("decisions?after=2")["events"]] == [False, True]
    site.post(action="undo", undoes=4)
    site.post(action="undo", undoes=3)
    assert site.get("decisions?after=1")["last"] == 6
    assert site.post(action="pin", a="n0", b="f1").status_code == 201
    assert site.post(action="exclude", a="", b="f1").status_code == 201


def test_a_pin_on_its_own_group_is_refused(site: Site, desk: Desk) -> None:
    """As the desk's own form does: no panel would show it."""
    site.post(action="duplicate", a="n1", b="n0")
    assert site.post(action="pin", a="n0", b="n1").status_code == 409
    assert site.post(action="pin", a="n0", b="n3").status_code == 201


def test_what_is_open_is_listed(site: Site, desk: Desk) -> None:
    """As the queue lists it, filtered alike."""
    found = site.get("duplicates")
    assert found["total"] == 1
    assert found["clusters"][0]["seen"] > 0
    assert site.get("duplicates?band=all")["total"] == 2
    assert site.get("duplicates?q=gout")["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"action": "maybe", "a": "n0", "b": "n1"}, 400),
        ({"action": "related", "a": "n0"}, 404),
        ({"action": "related", "a": "n0", "b": "none"}, 404),
        ({"action": "related", "a": "n0", "b": "n0"}, 409),
        ({"action": "related", "a": "n0", "b": 5}, 400),
        ({"action": "related", "a": "n0", "b": "n1", "extra": 1}, 400),
        ({"action": "related", "a": "n0", "b": "n1", "seen": 7}, 409),
        ({"action": "related", "a": "n0", "b": "n1", "seen": True}, 400),
        ({"action": "undo", "undoes": 99}, 409),
        ({"action": "undo"}, 409),
        ({"action": "pin", "a": "", "b": "f1"}, 404),
        ({"action": "related", "a": "n0", "b": "n1", "note": "x" * 501}, 409),
        ({"action": "related", "a": "n0", "b": "n1", "note": "\ud800"}, 409),
    ],
)
def test_what_cannot_be_is_a_problem(body: dict[str, object], status: int, site: Site, desk: Desk) -> None:
    """Each with its status, and nothing is kept."""
    answer = site.post(**body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert len(desk.history) == 0


def test_brackets_ten_thousands_deep_are_no_body(site: Site) -> None:
    """They are refused as any other text that is none."""
    answer = site.client.post(
        "/api/v1/decisions", data="[" * 60_000, headers=site.headers, content_type="application/json"
    )
    assert answer.status_code == 400


def test_an_undo_of_an_undo_of_an_undo_ends(site: Site) -> None:
    """After a hundred events on a pair nothing more is taken; and a number of an event may be large."""
    site.post(action="related", a="n0", b="n1")
    for n in range(1, 100):
        assert site.post(action="undo", undoes=n).status_code == 201
    for more in ({"action": "undo", "undoes": 100}, {"action": "different", "a": "n1", "b": "n0"}):
        answer = site.post(**more)
        assert answer.status_code == 409
        assert "100 events" in answer.json["detail"]  # type: ignore[index]
    assert site.get("decisions?after=100000000") == {"last": 100, "events": []}


@pytest.mark.parametrize("address", ["decisions?limit=0", "decisions?after=x", "decisions?all=1", "duplicates?band=x"])
def test_an_address_that_is_none_is_refused(address: str, site: Site) -> None:
    """An unknown parameter, and a number that is none."""
    assert site.get(address)["status"] == 400


def test_another_editor_was_faster(site: Site, desk: Desk) -> None:
    """With `seen` nothing is overwritten; the problem says who decided what."""
    desk.decide("related", "n0", "n1")
    answer = site.post(action="duplicate", a="n1", b="n0", seen=0)
    assert answer.status_code == 409
    assert "Ruth decided this" in answer.json["detail"]  # type: ignore[index]
    assert site.post(action="duplicate", a="n1", b="n0", seen=1).status_code == 201


def test_an_event_is_described_as_it_is_kept() -> None:
    """The description of the API has the fields of an event, all of them."""
    assert list(EventTold.__annotations__) == list(Event._fields)

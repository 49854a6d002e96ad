"""The desk over an index, with editors who are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import corpus
import indexer
from search_app import create_app, services
from search_app.decisions import accounts
from search_app.decisions.accounts import Accounts
from search_app.decisions.history import History
from search_app.decisions.ledger import Ledger
from tests.documents import question

SECRET = "correct horse battery"
# What passwords cost in earnest.
SCRYPT = accounts._SCRYPT
EDITORS = ("Ruth", "Tomas")
# Three ways to ask one thing, one that is only alike, and one word for word the same.
NERVE: list[corpus.Document] = [
    question("n0", "What helps a trapped nerve?", "", "Rest, then a physiotherapist.", site="ours"),
    question("n1", "What helps trapped nerves?", "", "Warmth.", site="ours", specialty="Surgery"),
    question("n2", "what helps the trapped nerve", site="theirs"),
    question("n3", "What helps a trapped nerve in the right arm?", "", "A splint at night.", site="ours"),
    question("n4", "What helps a trapped nerve?", site="ours"),
    question("f1", "Flat feet in a child of four", "", "Nothing needs to be done."),
]


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests that take no time; test_accounts has the real ones."""
    monkeypatch.setattr(accounts, "_SCRYPT", {"n": 2, "r": 1, "p": 1})


def token_of(html: str) -> str:
    """The token of a form."""
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found, html[:300]
    return found[1]


class Desk:
    """A client with a session, which sends the token with each form."""

    def __init__(self, app: Flask, name: str) -> None:
        self.client = app.test_client()
        form = self.client.get("/desk/sign-in").text
        fields = {"token": token_of(form), "name": name, "password": SECRET}
        assert self.client.post("/desk/sign-in", data=fields).status_code == 302
        self.token = token_of(self.client.get("/desk/account").text)
        self.app = app

    def get(self, address: str, status: int = 200) -> str:
        """A page's HTML."""
        response = self.client.get(address)
        assert response.status_code == status, response.text[:500]
        return response.text

    def post(self, address: str, **fields: object) -> TestResponse:
        """The answer to a form."""
        return self.client.post(address, data={"token": self.token, **fields})

    def decide(self, verdict: str, a: str, b: str, **fields: object) -> TestResponse:
        """A verdict on a pair as it stands: of a duplicate `b` points to `a`."""
        seen = self.history.pair(a, b).last
        given = {"a": a, "b": b, "keep": a, "verdict": verdict, "seen": seen, **fields}
        return self.post("/desk/pair", **given)

    @property
    def history(self) -> History:
        """What was done so far."""
        ledger: Ledger = self.app.extensions[services._LEDGER]
        return ledger.current().history


Made = Callable[[Iterable[corpus.Document]], Desk]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes the desk over an index of some documents, with two editors, of whom the first is signed in."""

    def make(documents: Iterable[corpus.Document]) -> Desk:
        indexer.build(tmp_path / "index", documents)
        app = create_app({"index": str(tmp_path / "index"), "decisions": str(tmp_path / "decisions.sqlite3")})
        people = Accounts(app.extensions[services._LEDGER].database)
        for name in EDITORS:
            people.add(name, SECRET)
        return Desk(app, EDITORS[0])

    return make


@pytest.fixture
def desk(made: Made) -> Desk:
    """The desk over NERVE."""
    return made(NERVE)

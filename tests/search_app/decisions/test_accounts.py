"""Signing in: who may, for how long, and how little a guess learns."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from search_app.decisions import accounts, database
from search_app.decisions.accounts import SESSION, WINDOW, Accounts
from search_app.decisions.database import Database
from search_app.decisions.refusals import DecisionRefused, NotSignedIn, TooManyAttempts
from tests.search_app.decisions.conftest import Clock

SECRET = "correct horse battery"


@pytest.fixture
def people(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Accounts with one editor, by a scrypt that takes no time."""
    monkeypatch.setattr(accounts, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    found = Accounts(Database(tmp_path / "decisions.sqlite3"), clock)
    found.add("Ruth Adeyemi", SECRET)
    return found


def test_a_session_holds_until_it_ends(people: Accounts, clock: Clock) -> None:
    """It is found by what its cookie holds, expires, and ends by signing out; all of an editor by that everywhere."""
    one, other, third = (people.sign_in("Ruth Adeyemi", SECRET, "::1") for _ in range(3))
    assert people.session(one.id) == one
    assert len({one.id, other.id, one.token, other.token}) == 4
    people.sign_out(one)
    assert people.session(one.id) is None
    people.sign_out(other, everywhere=True)
    assert people.session(third.id) is None
    last = people.sign_in("Ruth Adeyemi", SECRET, "::1")
    clock.now += SESSION
    assert people.session(last.id) is None
    assert people.session("") is None


def test_a_wrong_name_and_a_wrong_password_are_told_alike(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words, and the same work: one scrypt of the same parameters each."""
    worked: list[dict[str, Any]] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, *, salt: bytes, **more: Any) -> Any:
        worked.append(more)
        return scrypt(password, salt=salt, **more)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    told = []
    for name, password in (("Ruth Adeyemi", "wrong"), ("Nobody", SECRET), ("Ruth Adeyemi", "x" * 10_000)):
        with pytest.raises(NotSignedIn) as refused:
            people.sign_in(name, password, "::1")
        told.append(str(refused.value))
    assert len(set(told)) == 1
    assert len(worked) == 3
    assert worked[0] == worked[1] == worked[2]


def test_guessing_is_limited(people: Accounts, clock: Clock) -> None:
    """Of one name from one address after five, of one name from anywhere, of one address for any name; then it waits.
    The right password is refused too, or else the limit would tell that it was none.
    """

    def attempts(names: str, addresses: str) -> int:
        for n in range(100):
            try:
                people.sign_in(names.format(n), "wrong", addresses.format(n))
            except TooManyAttempts:
                return n
            except NotSignedIn:
                continue
        return 100

    assert attempts("Ruth Adeyemi", "10.0.0.1") == 5
    with pytest.raises(TooManyAttempts, match="10 minutes"):
        people.sign_in("Ruth Adeyemi", SECRET, "10.0.0.1")
    people.sign_in("Ruth Adeyemi", SECRET, "10.0.0.2")
    clock.now += WINDOW
    assert attempts("Ruth Adeyemi", "10.0.1.{}") == 20
    clock.now += WINDOW
    assert attempts("name {}", "10.0.2.1") == 40
    clock.now += WINDOW
    people.sign_in("Ruth Adeyemi", SECRET, "10.0.0.1")


def test_what_is_kept_opens_nothing(people: Accounts) -> None:
    """Neither a password, nor what a cookie holds, nor a key, nor an address stands in the file."""
    session, key = people.sign_in("Ruth Adeyemi", SECRET, "198.51.100.7"), people.add_key("site admin")
    with pytest.raises(NotSignedIn):
        people.sign_in("Ruth Adeyemi", "another guess", "198.51.100.7")
    path = people._database.path
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    with pytest.raises(NotSignedIn):
        people.sign_in("typed into the wrong field", "x", "198.51.100.7")
    kept += b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (SECRET, session.id, key, "198.51.100.7", "another guess", "typed into the wrong field"):
        assert secret.encode() not in kept


def test_a_sign_in_on_its_way_is_not_ahead(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is removed, or has a new password, while the old one is looked at is not signed in."""
    looked = accounts._is_password
    changes: list[Callable[[str], None]] = [people.remove, lambda name: people.set_password(name, "another long one")]

    def slowly(password: str, digest: str) -> bool:
        found = looked(password, digest)
        changes.pop()("Ruth Adeyemi")
        return found

    monkeypatch.setattr(accounts, "_is_password", slowly)
    for password in (SECRET, "another long one"):
        with pytest.raises(NotSignedIn):
            people.sign_in("Ruth Adeyemi", password, "::1")
    assert changes == []


def test_whoever_is_removed_is_out_at_once(people: Accounts) -> None:
    """Sessions end, the password opens nothing, the name stays in the list; the same holds of a new password."""
    session = people.sign_in("Ruth Adeyemi", SECRET, "::1")
    people.set_password("Ruth Adeyemi", "another long one")
    assert people.session(session.id) is None
    session = people.sign_in("Ruth Adeyemi", "another long one", "::1")
    people.remove("Ruth Adeyemi")
    assert people.session(session.id) is None
    with pytest.raises(NotSignedIn):
        people.sign_in("Ruth Adeyemi", "another long one", "::1")
    (editor,) = people.editors()
    assert editor.removed
    with pytest.raises(DecisionRefused, match="no editor"):
        people.remove("Ruth Adeyemi")
    people.add("Ruth Adeyemi", SECRET)
    assert people.sign_in("Ruth Adeyemi", SECRET, "::1")


@pytest.mark.parametrize("name", ["", " Ruth", "x" * 41, "a\nb", "<b>", "key:admin", "a/b"])
def test_names_are_names(people: Accounts, name: str) -> None:
    """What would not stand in a list or a history is refused, and so is a short password, or a name that is taken."""
    with pytest.raises(DecisionRefused, match="no name"):
        people.add(name, SECRET)
    with pytest.raises(DecisionRefused, match="of 5 characters"):
        people.add("Tomas", "short")
    with pytest.raises(DecisionRefused, match="there is an editor"):
        people.add("Ruth Adeyemi", SECRET)


def test_a_key_is_told_once_and_may_be_removed(people: Accounts) -> None:
    """It is known by its name; once it is removed it opens nothing."""
    key = people.add_key("site admin")
    assert people.named_by(key, "desk") == "site admin"
    assert people.named_by("", "desk") is None
    with pytest.raises(DecisionRefused, match="there is a key"):
        people.add_key("site admin")
    people.remove_key("site admin")
    assert people.named_by(key, "desk") is None
    assert [(one.name, bool(one.removed)) for one in people.api_keys()] == [("site admin", True)]
    with pytest.raises(DecisionRefused, match="no key"):
        people.remove_key("site admin")


def test_passwords_are_digested_by_scrypt(tmp_path: Path) -> None:
    """By hashlib.scrypt with a salt of its own each, and parameters that cost a guesser."""
    people = Accounts(Database(tmp_path / "decisions.sqlite3"))
    for name in ("a", "b"):
        people.add(name, SECRET)
    connection = sqlite3.connect(tmp_path / "decisions.sqlite3")
    try:
        digests = [row[0] for row in connection.execute("SELECT password FROM editor")]
    finally:
        connection.close()
    assert len(set(digests)) == 2
    assert accounts._SCRYPT["n"] * accounts._SCRYPT["p"] >= 2**16
    assert people.sign_in("a", SECRET, "::1")


def test_keys_of_an_older_file_are_kept(tmp_path: Path) -> None:
    """A file in which keys were of the desk alone still opens by them what it did, and by new ones more."""
    path, folder = tmp_path / "decisions.sqlite3", Path(database.__file__).parent / "migrations"
    with closing(sqlite3.connect(path)) as old:
        for step in sorted(folder.iterdir())[:2]:
            old.executescript(step.read_text("utf-8"))
        digest = hashlib.sha256(b"secret").hexdigest()
        old.execute("INSERT INTO api_key VALUES ('old', ?, 'desk', '2026-11-29T00:00:00+00:00', NULL)", (digest,))
        old.execute("PRAGMA user_version = 2")
        old.commit()
    accounts = Accounts(Database(path))
    assert accounts.named_by("secret", "desk") == "old"
    assert accounts.named_by("secret", "content") is None
    assert accounts.named_by(accounts.add_key("new", "content"), "content") == "new"
    with pytest.raises(DecisionRefused, match="no scope"):
        accounts.add_key("other", "everything")

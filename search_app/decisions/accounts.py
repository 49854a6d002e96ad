"""Who may decide: editors and their passwords, sessions, keys of the API, and limits to guessing."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from search_app.decisions.database import Database
from search_app.decisions.refusals import DecisionRefused, NotSignedIn, TooManyAttempts

# By the scrypt advice of OWASP's Password Storage Cheat Sheet: 16 MB and five rounds, some .2 s.
_SCRYPT = {"n": 2**14, "r": 8, "p": 5}
_NAME = re.compile(r"[^\W_][\w .'-]{0,39}")
SHORTEST = 10
MOST_PASSWORD = 200
SESSION = timedelta(hours=12)
# Within so long, so many failed attempts of one name from one address, of one name, and of one address.
WINDOW = timedelta(minutes=10)
_MOST_TOGETHER, _MOST_NAME, _MOST_ADDRESS = 5, 20, 40
SCOPES = ("content", "desk", "read")


class Editor(NamedTuple):
    """An editor and since when; `removed` is the day on which one stopped to be, whose decisions stay."""

    name: str
    added: str
    removed: str | None


class Session(NamedTuple):
    """A sign-in that holds: what its cookie holds, whose it is, and the token that each write must bring."""

    id: str
    editor: str
    token: str


class ApiKey(NamedTuple):
    """A key of the API by its name; what it is, is told once, when it is made."""

    name: str
    scope: str
    added: str
    removed: str | None


class Accounts:
    """The accounts in a file of decisions; a file is made with the first editor."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._clock = database, clock

    def editors(self) -> list[Editor]:
        """All editors, those who were removed too, by name."""
        with self._database.reading() as connection:
            if connection is None:
                return []
            return [Editor(*row) for row in connection.execute("SELECT name, added, removed FROM editor ORDER BY name")]

    def add(self, name: str, password: str) -> None:
        """Make an editor, or one anew who was removed. Raises DecisionRefused for a name or password that is none."""
        _check_name(name)
        digest = _digest(_checked(password))
        with self._database.writing() as connection:
            known = connection.execute("SELECT removed FROM editor WHERE name = ?", (name,)).fetchone()
            if known and known[0] is None:
                raise DecisionRefused(f"there is an editor {name!r}", "NAME", "choose another, or set a password")
            connection.execute("INSERT OR REPLACE INTO editor VALUES (?, ?, ?, NULL)", (name, digest, self._now()))

    def remove(self, name: str) -> None:
        """Take an editor's access away, at once and everywhere; what was decided stays. Raises DecisionRefused."""
        with self._database.writing() as connection:
            done = connection.execute(
                "UPDATE editor SET removed = ? WHERE name = ? AND removed IS NULL", (self._now(), name)
            )
            if not done.rowcount:
                raise _unknown(name)
            connection.execute("DELETE FROM session WHERE editor = ?", (name,))

    def set_password(self, name: str, password: str) -> None:
        """Give an editor another password, and end all sessions. Raises DecisionRefused."""
        digest = _digest(_checked(password))
        with self._database.writing() as connection:
            done = connection.execute(
                "UPDATE editor SET password = ? WHERE name = ? AND removed IS NULL", (digest, name)
            )
            if not done.rowcount:
                raise _unknown(name)
            connection.execute("DELETE FROM session WHERE editor = ?", (name,))

    def sign_in(self, name: str, password: str, address: str) -> Session:
        """A new session. A wrong name and a wrong password take the same time and are told in the same words.

        Raises NotSignedIn for these, TooManyAttempts.
        """
        now = self._clock()
        # What was typed as a name may be a password, and an address is a person's: neither is kept.
        counted = [
            (hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest(), most)
            for parts, most in (
                ((name, address), _MOST_TOGETHER),
                ((name, "any"), _MOST_NAME),
                (("", address), _MOST_ADDRESS),
            )
        ]
        known = self._attempted(name, counted, now) if self._database.path.exists() else None
        if not _is_password(password[:MOST_PASSWORD], known or _NOBODY) or known is None:
            raise NotSignedIn("this name and password do not belong together", "sign-in", "try again")
        session = Session(secrets.token_urlsafe(32), name, secrets.token_urlsafe(32))
        with self._database.writing() as connection:
            if self._password_of(connection, name) != known:  # removed, or changed, while it was looked at
                raise NotSignedIn("this name and password do not belong together", "sign-in", "try again")
            connection.executemany("DELETE FROM attempt WHERE of = ?", [(of,) for of, _ in counted[:2]])
            connection.execute("DELETE FROM session WHERE until <= ?", (now.isoformat(),))
            row = (_key_of(session.id), name, session.token, now.isoformat(), (now + SESSION).isoformat())
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?)", row)
        return session

    def _attempted(self, name: str, counted: Sequence[tuple[str, int]], now: datetime) -> str | None:
        """Count an attempt before it is known how it ends, so that many at once are no way around it; the digest of the
        password, None for a name that nobody has. Raises TooManyAttempts.
        """
        with self._database.writing() as connection:
            connection.execute("DELETE FROM attempt WHERE at <= ?", ((now - WINDOW).isoformat(),))
            for of, most in counted:
                (failed,) = connection.execute("SELECT count(*) FROM attempt WHERE of = ?", (of,)).fetchone()
                if failed >= most:
                    minutes = WINDOW // timedelta(minutes=1)
                    raise TooManyAttempts("too many attempts to sign in", "sign-in", f"wait {minutes} minutes")
            connection.executemany("INSERT INTO attempt VALUES (?, ?)", [(of, now.isoformat()) for of, _ in counted])
            return self._password_of(connection, name)

    def _password_of(self, connection: sqlite3.Connection, name: str) -> str | None:
        row = connection.execute("SELECT password FROM editor WHERE name = ? AND removed IS NULL", (name,)).fetchone()
        return row[0] if row else None

    def session(self, id_: str) -> Session | None:
        """The session of a cookie, None where it holds no more."""
        with self._database.reading() as connection:
            if connection is None or not id_:
                return None
            row = connection.execute(
                "SELECT editor, token FROM session JOIN editor ON name = editor"
                " WHERE digest = ? AND until > ? AND removed IS NULL",
                (_key_of(id_), self._clock().isoformat()),
            ).fetchone()
        return Session(id_, *row) if row else None

    def sign_out(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session, or all of its editor."""
        column, value = ("editor", session.editor) if everywhere else ("digest", _key_of(session.id))
        with self._database.writing() as connection:
            connection.execute(f"DELETE FROM session WHERE {column} = ?", (value,))  # noqa: S608 (one of two names)

    def api_keys(self) -> list[ApiKey]:
        """All keys, those that were removed too, by name."""
        with self._database.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute("SELECT name, scope, added, removed FROM api_key ORDER BY name")
            return [ApiKey(*row) for row in rows]

    def add_key(self, name: str, scope: str = "desk") -> str:
        """Make a key for one of SCOPES, and tell it: it is not kept. Raises DecisionRefused."""
        _check_name(name)
        if scope not in SCOPES:
            raise DecisionRefused(f"no scope {scope[:20]!r}", "scope", f"give one of {', '.join(SCOPES)}")
        key = secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            if connection.execute("SELECT 1 FROM api_key WHERE name = ? AND removed IS NULL", (name,)).fetchone():
                raise DecisionRefused(f"there is a key {name!r}", "NAME", "choose another, or remove it first")
            row = (name, _key_of(key), scope, self._now())
            connection.execute("INSERT OR REPLACE INTO api_key VALUES (?, ?, ?, ?, NULL)", row)
        return key

    def remove_key(self, name: str) -> None:
        """Let a key open nothing from now on. Raises DecisionRefused."""
        with self._database.writing() as connection:
            done = connection.execute(
                "UPDATE api_key SET removed = ? WHERE name = ? AND removed IS NULL", (self._now(), name)
            )
            if not done.rowcount:
                raise DecisionRefused(f"no key is called {name!r}", "NAME", "see: seealso key list")

    def named_by(self, key: str, scope: str) -> str | None:
        """The name of a key of a scope that holds, where that is `read` of any scope; None for any other."""
        with self._database.reading() as connection:
            if connection is None:
                return None
            query = "SELECT name FROM api_key WHERE digest = ? AND ? IN (scope, 'read') AND removed IS NULL"
            row = connection.execute(query, (_key_of(key), scope)).fetchone()
        return row[0] if row else None

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DecisionRefused(
            f"{name[:50]!r} is no name",
            "NAME",
            "give 1 to 40 letters, digits, blanks and .'-_, first a letter or digit",
        )


def _unknown(name: str) -> DecisionRefused:
    return DecisionRefused(f"no editor is called {name[:50]!r}", "NAME", "see: seealso editor list")


def _checked(password: str) -> str:
    if not SHORTEST <= len(password) <= MOST_PASSWORD:
        remedy = f"give {SHORTEST} to {MOST_PASSWORD}"
        raise DecisionRefused(f"a password of {len(password)} characters", "password", remedy)
    return password


def _key_of(secret: str) -> str:
    """By what a random secret is known; it has nothing to guess, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _digest(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT).hex()}"


def _is_password(password: str, digest: str) -> bool:
    salt, _, expected = digest.partition("$")
    found = hashlib.scrypt(password.encode("utf-8", "replace"), salt=bytes.fromhex(salt), **_SCRYPT)
    return hmac.compare_digest(found.hex(), expected)


# What the password of a name that nobody has is compared with: nothing has this digest.
_NOBODY = f"{bytes(16).hex()}${'0' * 128}"

"""Counts what visitors searched for and did not find, so that editors see what the site lacks; off unless it is set up.

A search is counted under a digest by a key that is made anew each day. Its text is written only when it led nowhere on
three days: before, it can be read in no file. Keys, counts and texts of more than four weeks ago are gone with the next
search or look at them.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from flask import Flask, current_app, request, url_for

from indexer import Results
from search_app.refused import GapsUnavailable
from search_app.sqlite_files import opened

log = logging.getLogger(__name__)
_KEY = "seealso.gaps"
_PAGES = ("pages.question", "pages.article")
# On so many days a search leads nowhere before its text is written; so many days all is kept.
_DAYS, _KEPT = 3, timedelta(days=28)
# A longer text tells a story; so many different ones are counted in a day.
_LONGEST, _MOST = 80, 20_000
# So many texts are written at most.
_MOST_SAID = 500
# A text that may name somebody is never written: an e-mail address, six digits or more with no letter between.
_PERSONAL = re.compile(r"@|[0-9](?:[\W_]*[0-9]){5,}")
# A page is not kept waiting for what counts it.
_PATIENCE = 0.1
# What is deleted is overwritten; to lose the counts of a moment costs nothing.
_PRAGMAS = ("journal_mode = DELETE", "synchronous = OFF", "secure_delete = ON", "foreign_keys = ON")
_TABLES = """
CREATE TABLE IF NOT EXISTS day (day TEXT PRIMARY KEY, key BLOB NOT NULL, searches INTEGER NOT NULL DEFAULT 0,
    empty INTEGER NOT NULL DEFAULT 0, far INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS search (day TEXT NOT NULL REFERENCES day ON DELETE CASCADE, digest BLOB NOT NULL,
    times INTEGER NOT NULL DEFAULT 0, empty INTEGER NOT NULL DEFAULT 0, far INTEGER NOT NULL DEFAULT 0,
    opened INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (day, digest)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS said (text TEXT PRIMARY KEY, written TEXT NOT NULL) STRICT;
"""


class Day(NamedTuple):
    """A day: how many searches there were, how many found nothing or nothing close, how often a page was opened from
    one.
    """

    date: date
    searches: int
    nothing: int
    far: int
    opened: int


class Gap(NamedTuple):
    """A text that led nowhere on several days: on how many days it was searched for and how often, how often it found
    nothing, or nothing close, and how often a page was opened from its results.
    """

    text: str
    days: int
    times: int
    nothing: int
    far: int
    opened: int


class Gaps:
    """The counts in a file, which is made with the first search."""

    def __init__(self, path: str | Path, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self.path, self._today = Path(path), today

    def searched(self, text: str, *, nothing: bool, far: bool) -> None:
        """Count a search that found nothing, nothing close (`far`), or something. Raises GapsUnavailable."""
        today, text = self._today().isoformat(), _folded(text)
        with self._writing() as connection:
            self._begin(connection, today)
            there = (nothing, far, today)
            connection.execute(
                "UPDATE day SET searches = searches + 1, empty = empty + ?, far = far + ? WHERE day = ?", there
            )
            if not _may_be_written(text):
                return
            digests = self._digests(connection, text)
            row = (today, digests[today])
            if connection.execute("SELECT count(*) FROM search WHERE day = ?", (today,)).fetchone()[0] < _MOST:
                connection.execute("INSERT OR IGNORE INTO search (day, digest) VALUES (?, ?)", row)
            connection.execute(
                "UPDATE search SET times = times + 1, empty = empty + ?, far = far + ? WHERE day = ? AND digest = ?",
                (nothing, far, *row),
            )
            # Whether somebody opens a page from today's is not known yet.
            nowhere = [
                day
                for day, own in self._rows(connection, digests)
                if own.nothing or own.far or (day != today and not own.opened)
            ]
            if len(nowhere) >= _DAYS:
                connection.execute(
                    "INSERT OR IGNORE INTO said SELECT ?, ? WHERE (SELECT count(*) FROM said) < ?",
                    (text, today, _MOST_SAID),
                )

    def opened(self, text: str) -> None:
        """Count that a page was opened from the results of a search. Raises GapsUnavailable."""
        today, text = self._today().isoformat(), _folded(text)
        with self._writing() as connection:
            self._begin(connection, today)
            connection.execute("UPDATE day SET opened = opened + 1 WHERE day = ?", (today,))
            digest = self._digests(connection, text)[today]
            connection.execute("UPDATE search SET opened = opened + 1 WHERE day = ? AND digest = ?", (today, digest))

    def days(self) -> list[Day]:
        """The days that are kept, the newest first. Raises GapsUnavailable."""
        if not self.path.exists():
            return []
        with self._writing() as connection:
            self._let_go(connection, self._today())
            rows = connection.execute("SELECT day, searches, empty, far, opened FROM day ORDER BY day DESC")
            return [Day(date.fromisoformat(day), *counts) for day, *counts in rows]

    def gaps(self) -> list[Gap]:
        """The texts that are written, those searched for on most days first. Raises GapsUnavailable."""
        if not self.path.exists():
            return []
        with self._writing() as connection:
            self._let_go(connection, self._today())
            texts = [text for (text,) in connection.execute("SELECT text FROM said")]
            found = []
            for text in texts:
                own = [row for _, row in self._rows(connection, self._digests(connection, text))]
                if own:
                    found.append(Gap(text, *(sum(counts) for counts in zip(*(row[1:] for row in own), strict=True))))
        return sorted(found, key=lambda gap: (-gap.days, -gap.times, gap.text))

    def forget(self, text: str) -> None:
        """Forget a text and how often it was searched for. Raises GapsUnavailable."""
        with self._writing() as connection:
            connection.execute("DELETE FROM said WHERE text = ?", (text,))
            for row in self._digests(connection, text).items():
                connection.execute("DELETE FROM search WHERE day = ? AND digest = ?", row)

    def _begin(self, connection: sqlite3.Connection, today: str) -> None:
        """Begin a day with its key, if it is new."""
        key = secrets.token_bytes(32)
        if connection.execute("INSERT OR IGNORE INTO day (day, key) VALUES (?, ?)", (today, key)).rowcount:
            self._let_go(connection, date.fromisoformat(today))

    def _let_go(self, connection: sqlite3.Connection, today: date) -> None:
        """Let go of the days that are over, and of texts of which no day tells."""
        if not connection.execute("DELETE FROM day WHERE day <= ?", ((today - _KEPT).isoformat(),)).rowcount:
            return
        for (text,) in connection.execute("SELECT text FROM said").fetchall():
            if not any(True for _ in self._rows(connection, self._digests(connection, text))):
                connection.execute("DELETE FROM said WHERE text = ?", (text,))

    def _digests(self, connection: sqlite3.Connection, text: str) -> dict[str, bytes]:
        """The digest of a text by the key of each day."""
        days = connection.execute("SELECT day, key FROM day")
        return {day: hmac.digest(key, text.encode(), hashlib.sha256) for day, key in days}

    def _rows(self, connection: sqlite3.Connection, digests: dict[str, bytes]) -> Iterator[tuple[str, Gap]]:
        """What is counted of a text, by day."""
        for day, digest in digests.items():
            row = connection.execute(
                "SELECT times, empty, far, opened FROM search WHERE day = ? AND digest = ?", (day, digest)
            ).fetchone()
            if row:
                yield day, Gap("", 1, *row)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with opened(self.path, _PATIENCE, *_PRAGMAS) as connection:
                connection.executescript(_TABLES)
                yield connection
        except (sqlite3.Error, OSError) as error:
            what = str(error) if isinstance(error, sqlite3.Error) else os.strerror(error.errno or 0)
            remedy = "see that it is whole, may be written and has room, or remove it: counting begins anew"
            raise GapsUnavailable(f"searches cannot be counted: {what}", str(self.path), remedy) from error


def init_app(app: Flask, path: str) -> None:
    """Give an application the file in which its searches are counted; "" for none."""
    app.extensions[_KEY] = Gaps(path) if path else None

    # Ahead of what answers 304: a page that a browser has is opened all the same.
    @app.before_request
    def look() -> None:
        if request.method == "GET" and request.endpoint in _PAGES:
            count_opened()


def gaps() -> Gaps | None:
    """Where this application counts searches; None where it does not."""
    found: Gaps | None = current_app.extensions[_KEY]
    return found


def count_search(text: str, results: Results) -> None:
    """Count a visitor's search, if searches are counted. One that speaks of a danger is nobody's gap, nor is one that
    an editor follows from the list of them.
    """
    asked = request.method == "GET" and text and not results.notice
    if asked and (counted := gaps()) and _came_from().path != url_for("desk.missing"):
        _try(lambda: counted.searched(text, nothing=not results.total, far=bool(results.total) and not results.close))


def count_opened() -> None:
    """Count that this request, for a page, comes from the results of a search, where the browser tells that."""
    came = _came_from()
    if (counted := gaps()) and came.path == url_for("pages.search"):
        text = parse_qs(came.query).get("q", [""])[0]
        if text:
            _try(lambda: counted.opened(text))


def _came_from() -> SplitResult:
    """The page of this site from which a request comes, as far as the browser tells."""
    nowhere = urlsplit("")
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return nowhere
    return came if came.netloc == request.host else nowhere


def _try(count: Callable[[], None]) -> None:
    """A page that cannot be counted is a page."""
    try:
        count()
    except GapsUnavailable as error:
        log.warning("%s", error.what)


def _folded(text: str) -> str:
    """A text as it is counted: in any case, width and spacing it is the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _may_be_written(text: str) -> bool:
    return bool(text) and len(text) <= _LONGEST and not _PERSONAL.search(text)

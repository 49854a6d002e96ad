"""SQLite FTS5, in every Python: BM25 over title and text, its Porter stemmer, no stop words in queries."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from benchmarks.speed.peers.texts import documents, stop_words

_FILE = "index.db"
_WORD = re.compile(r"\w+")


def build(jsonl: Path, folder: Path) -> None:
    """Index the documents in one transaction; the texts are not kept a second time."""
    with sqlite3.connect(folder / _FILE) as connection:
        connection.execute("CREATE TABLE ids (rowid INTEGER PRIMARY KEY, id TEXT)")
        connection.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title, text, content='', tokenize='porter unicode61')"
        )
        for number, document in enumerate(documents(jsonl), 1):
            connection.execute("INSERT INTO ids VALUES (?, ?)", (number, document.id))
            connection.execute(
                "INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", (number, document.title, document.text)
            )
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    connection.close()


def open_index(folder: Path) -> Sqlite:
    """Open what `build` made."""
    return Sqlite(folder)


class Sqlite:
    """An index opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(f"file:{folder / _FILE}?mode=ro", uri=True)
        self._stop = frozenset(stop_words())

    def search(self, text: str, k: int) -> list[str]:
        """The best documents for any of the words."""
        words = dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in self._stop)
        wanted = " OR ".join(f'"{word}"' for word in words)
        rows = self._connection.execute(
            "SELECT ids.id FROM (SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?) AS best "
            "JOIN ids ON ids.rowid = best.rowid",
            (wanted, k),
        )
        return [id_ for (id_,) in rows]

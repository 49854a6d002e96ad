"""What every peer is given: the same documents as title and text, the same stop words, ids kept outside the index.

No module of the project is imported here: what SeeAlso costs to import is no cost of a peer.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_STOP_WORDS = Path(__file__).resolve().parents[3] / "indexer" / "analysis" / "data" / "stopwords.txt"
_FILE = "ids.txt"


class Text(NamedTuple):
    """A document as peers index it: `text` is all that stands below the title."""

    id: str
    title: str
    text: str


def documents(jsonl: Path) -> Iterator[Text]:
    """The documents of a corpus, in their order."""
    with jsonl.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            answers = [answer["text"] for answer in record.get("answers", ())]
            parts = [record.get("body", ""), *answers, record.get("more", "")]
            yield Text(record["id"], record["title"], "\n\n".join(part for part in parts if part))


def stop_words() -> list[str]:
    """The project's stop words."""
    lines = _STOP_WORDS.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def write_ids(folder: Path, ids: Sequence[str]) -> None:
    """Write ids in lines of one width, so that the n-th is found without reading the others."""
    width = max(len(id_.encode()) for id_ in ids)
    (folder / _FILE).write_bytes(b"".join(id_.encode().ljust(width) + b"\n" for id_ in ids))


class Ids:
    """The ids that `write_ids` wrote, mapped."""

    def __init__(self, folder: Path) -> None:
        with (folder / _FILE).open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._width = self._lines.find(b"\n") + 1

    def __getitem__(self, number: int) -> str:
        return self._lines[number * self._width : (number + 1) * self._width].decode().rstrip()

"""What speaks for keeping a document among duplicates: facts taken at intake, and how many pages list it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Question, same_address
from indexer.analysis import wording
from indexer.ranking.hashing import Numbers, counts_of, expand, key_of
from indexer.ranking.mapped import map_array, save

# Answered, answered by a named doctor, words of answer, age: a document without a date counts as the newest.
_COLUMNS = 4
_NO_DATE = -(1 << 30)


def _words(text: str) -> int:
    """How many words a text has, told by its white space, which cutting it up would take ten times as long for: exact
    for cleaned texts, where one space, one line break or one empty line stands between words.
    """
    return 1 + text.count(" ") + text.count("\n") - text.count("\n\n")


class KeepOrderWriter:
    """Takes documents in any order."""

    def __init__(self) -> None:
        self._facts, self._called = array("i"), array("Q")
        self._listed, self._ends = array("Q"), array("q", [0])

    def add(self, document: Document) -> None:
        """Take the next document."""
        own = (0, 0, 0, 0)
        if isinstance(document, Question):
            words = sum(_words(answer.text) for answer in document.answers)
            named = any(answer.author for answer in document.answers)
            day = -document.asked.toordinal() if document.asked else _NO_DATE
            own = (bool(document.answers), named, words, day)
            self._listed.extend(
                key_of(same_address(link.url)) if link.url else wording(link.title) for link in document.listed
            )
        self._facts.extend(own)
        self._called.extend((key_of(same_address(document.url)) if document.url else 0, wording(document.title)))
        self._ends.append(len(self._listed))

    def write(self, folder: Path, order: Numbers) -> None:
        """Write what the documents of this order have, and what they are called and list."""
        place, owner = expand(np.array(self._ends), order)
        save(
            folder,
            keep_facts=np.array(self._facts, np.int32).reshape(-1, _COLUMNS)[order],
            called=np.array(self._called, np.uint64).reshape(-1, 2)[order],
            listed=np.array(self._listed, np.uint64)[place],
            listed_by=owner,
        )


def keep_order(folders: Sequence[Path], live: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """What speaks for keeping every document of some segments, a row each: answered, by a named doctor, listed by so
    many pages, words of answer, age. The higher row is the better document to keep.
    """
    own, called = (np.concatenate([map_array(folder, name) for folder in folders]) for name in ("keep_facts", "called"))
    listed, first = [np.empty(0, np.uint64)], 0
    for folder in folders:
        there, by = map_array(folder, "listed"), map_array(folder, "listed_by") + first
        listed.append(there if live is None else there[live[by]])
        first += len(map_array(folder, "keep_facts"))
    keys, counts = np.unique(np.concatenate(listed), return_counts=True)
    url, title = (counts_of(keys, counts, called[:, column]) for column in (0, 1))
    times = np.where(url > 0, url, title)
    return np.column_stack([own[:, 0], own[:, 1], times, own[:, 2], own[:, 3]]).astype(np.int64)

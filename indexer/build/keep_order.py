"""What speaks for keeping a document among duplicates: facts taken at intake, and how many pages list it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Question, same_address
from indexer.analysis import wording
from indexer.ranking.growing import GrowingFiles
from indexer.ranking.hashing import Keys, Numbers, counts_of, expand, key_of
from indexer.ranking.mapped import create, map_array, release, save

# Answered, answered by a named doctor, words of answer, age: a document without a date counts as the newest.
_COLUMNS = 4
_NO_DATE = -(1 << 30)
# So many links are counted together.
_TOGETHER = 1 << 22


def _words(text: str) -> int:
    """How many words a text has, told by its white space, which cutting it up would take ten times as long for: exact
    for cleaned texts, where one space, one line break or one empty line stands between words.
    """
    return 1 + text.count(" ") + text.count("\n") - text.count("\n\n")


class KeepOrderWriter:
    """Takes documents in any order."""

    def __init__(self, growing: GrowingFiles) -> None:
        """What it takes waits in files of `growing`."""
        self._facts, self._called, self._listed = (growing.numbers(code) for code in "iQQ")
        self._ends = growing.numbers("q", [0])

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
        place, owner = expand(self._ends.all(), order)
        save(
            folder,
            keep_facts=self._facts.all().reshape(-1, _COLUMNS)[order],
            called=self._called.all().reshape(-1, 2)[order],
            listed=self._listed.all()[place],
            listed_by=owner,
        )


def write_keep_order(arrays: Path, folders: Sequence[Path], places: Numbers) -> NDArray[np.int64]:
    """Write what speaks for keeping every document of some segments, a row each: answered, by a named doctor, listed by
    so many pages, words of answer, age. The higher row is the better document to keep. `places` gives each document its
    row, -1 where it is deleted.
    """
    rows = create(arrays, "keep_order", np.int64, (int((places >= 0).sum()), 5))
    segments, first = list[tuple[Path, Numbers]](), 0
    for folder in folders:
        own = map_array(folder, "keep_facts")
        segments.append((folder, place := places[first : first + len(own)]))
        rows[place[place >= 0]] = np.insert(own[place >= 0], 2, 0, axis=1)
        release(rows)
        first += len(own)
    shares = 1 + sum(len(map_array(folder, "listed")) for folder in folders) // _TOGETHER
    # How many list it by its address, or else by its title.
    for column in (1, 0):
        for share in range(shares):
            listed = [_listed(folder, place >= 0, share, shares) for folder, place in segments]
            keys, counts = np.unique(np.concatenate(listed), return_counts=True)
            for folder, place in segments:
                times = counts_of(keys, counts, map_array(folder, "called")[:, column])
                told = (place >= 0) & (times > 0)
                rows[place[told], 2] = times[told]
            release(rows)
    return rows


def _listed(folder: Path, there: NDArray[np.bool_], share: int, shares: int) -> Keys:
    """What the documents of a segment list that are there: of so many shares of the keys, one."""
    listed, by = map_array(folder, "listed"), map_array(folder, "listed_by")
    own: Keys = listed[(listed % np.uint64(shares) == share) & there[by]]
    return own

"""What a build stored: each document's neighbours, pairs and keep order; and the generation's own analyzer."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analyzer, Boilerplate
from indexer.generation.port import SHOWN, Neighbours, Pair, Ranked, Span
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, InOrder, segment_folders
from indexer.ranking.mapped import map_array
from indexer.types import Band

# Bands stand in files as their places here.
BANDS = tuple(Band)
# So many digests are read at a time.
_TOGETHER = 1 << 14


def stored_analyzer(arrays: Path, synonyms: str) -> Analyzer:
    """The analyzer of a generation: with the site's synonyms, and without the boilerplate that its build found."""
    return Analyzer(synonyms, boilerplate=Boilerplate(map_array(arrays, "boilerplate").tolist()))


class StoredDigests(Mapping[str, bytes]):
    """The digest of every document of a generation by id, in the order of ids; read where they lie."""

    def __init__(self, arrays: Path) -> None:
        self._ids = Ids(arrays)
        self._digests = [map_array(folder, "digests") for folder in segment_folders(arrays)]
        self._numbers = self._ids.numbers()

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, id_: str) -> bytes:
        number = self._ids.find(id_)
        if number < 0:
            raise KeyError(id_)
        (row,) = self._of(np.array([number]))
        return bytes(row)

    def __iter__(self) -> Iterator[str]:
        for low in range(0, len(self), _TOGETHER):
            yield from self._ids.of(self._numbers[low : low + _TOGETHER].tolist())

    def items(self) -> ItemsView[str, bytes]:
        """The ids with their digests, in a fraction of the time that asking for each takes."""
        return _Items(self)

    def rows(self) -> Iterator[NDArray[np.uint8]]:
        """The digests in the order of ids, some rows at a time."""
        for low in range(0, len(self), _TOGETHER):
            yield self._of(self._numbers[low : low + _TOGETHER])

    def _of(self, numbers: Numbers) -> NDArray[np.uint8]:
        """The digests of some documents, a row each."""
        rows = np.empty((len(numbers), self._digests[0].shape[1]), np.uint8)
        for first, digests in zip(self._ids.firsts, self._digests, strict=False):
            there = (numbers >= first) & (numbers < first + len(digests))
            rows[there] = digests[numbers[there] - first]
        return rows


class _Items(ItemsView[str, bytes]):
    _mapping: StoredDigests

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        digests = (row.tobytes() for rows in self._mapping.rows() for row in rows)
        return zip(self._mapping, digests, strict=True)


class StoredNeighbours:
    """The neighbours that a build wrote: a look-up, whatever the size of the index."""

    def __init__(self, arrays: Path, ids: Ids) -> None:
        self._ids = ids
        self._near, self._scores = map_array(arrays, "near"), map_array(arrays, "near_scores")
        self._possible, self._closeness = map_array(arrays, "possible"), map_array(arrays, "near_closeness")
        self._cards, self._matched = map_array(arrays, "near_shown"), map_array(arrays, "near_matched")
        self._shown: NDArray[np.int64] | None = None

    def of(self, id_: str) -> Neighbours | None:
        """The neighbours of a document, best first; None where the index does not have it."""
        n = self._ids.find(id_)
        if n < 0:
            return None
        near = [m for m in self._near[n].tolist() if m >= 0]
        scores = self._scores[n, : len(near)].tolist()
        return Neighbours(list(map(Ranked, self._ids.of(near), scores)), float(self._possible[n]))

    def closeness(self, id_: str) -> list[float]:
        """How close the first neighbours of a document are to it."""
        n = self._ids.find(id_)
        there: list[float] = self._closeness[n, self._near[n, : self._closeness.shape[1]] >= 0].tolist()
        return there

    def matched(self, id_: str) -> dict[str, list[Span]]:
        """Where the words stand that a document has in common with the neighbours that it shows, by their ids."""
        n = self._ids.find(id_)
        if n < 0:
            return {}
        cards = [m for m in self._cards[n].tolist() if m >= 0]
        words = [[Span(FIELDS[f], a, b) for f, a, b in own if b] for own in self._matched[n, : len(cards)].tolist()]
        return dict(zip(self._ids.of(cards), words, strict=True))

    def shown(self, numbers: Sequence[int]) -> list[int]:
        """Of how many documents each of some is among the first four neighbours."""
        if self._shown is None:
            first = self._near[self._ids.numbers(), :SHOWN]
            self._shown = np.bincount(first[first >= 0], minlength=len(self._ids))
        return [int(self._shown[n]) for n in numbers]


class StoredPairs:
    """The pairs that a build wrote, and what speaks for keeping each document. Files call documents by their places in
    the order of ids, so that a pair is the same however they are numbered.
    """

    def __init__(self, arrays: Path, ids: Ids) -> None:
        self._ids, self._ordered = ids, InOrder(ids)
        self._rows, self._scores = map_array(arrays, "pairs").astype(np.int64), map_array(arrays, "pair_scores")
        self._keys = self._rows[:, 0] << 32 | self._rows[:, 1]
        self._keep_order = map_array(arrays, "keep_order")
        self._place = np.full(len(ids), -1)
        self._place[ids.numbers()] = np.arange(len(self._ordered))

    def all(self) -> list[Pair]:
        """All pairs, ascending."""
        name = self._ordered.__getitem__
        rows = zip(self._rows.tolist(), self._scores.tolist(), strict=True)
        return [Pair(name(a), name(b), score, BANDS[band]) for (a, b, band), score in rows]

    def of(self, a: str, b: str) -> Pair | None:
        """The pair of two documents, None where the build proposed none."""
        one, other = sorted(self._places((a, b)))
        at = int(np.searchsorted(self._keys, one << 32 | other))
        there = at < len(self._keys) and self._keys[at] == one << 32 | other
        if not there:
            return None
        first, second = sorted((a, b))
        return Pair(first, second, float(self._scores[at]), BANDS[int(self._rows[at, 2])])

    def keep_order(self, ids: Sequence[str]) -> list[tuple[int, ...]]:
        """What speaks for keeping each of some documents."""
        return [tuple(self._keep_order[place].tolist()) for place in self._places(ids)]

    def _places(self, ids: Sequence[str]) -> list[int]:
        return [int(self._place[self._ids.find(id_)]) for id_ in ids]

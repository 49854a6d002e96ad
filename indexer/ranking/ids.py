"""Gives a document its number in a generation and a number its document, and knows which were deleted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import count
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import Strings, map_array, save

_REMEMBERED = 1 << 14
_LIVE, _PLACE = "live", "place"


def segment_name(generation: int, part: int = 0) -> str:
    """The name of the segment that a generation writes, or of the parts of its documents that a full build writes one
    after the other; names ascend as the documents do.
    """
    return f"{generation:06d}{part:04d}" if part else f"{generation:06d}"


def segment_number(folder: Path) -> int:
    """A number that no other segment of a generation has, below 2^31."""
    return int(folder.name[:6]) | int(folder.name[6:] or 0) << 20


def base_segments(arrays: Path) -> int:
    """How many segments the last full build wrote: the first ones."""
    names = [folder.name[:6] for folder in segment_folders(arrays)]
    return names.count(names[0])


def segment_folders(arrays: Path) -> list[Path]:
    """The folders of the segments of a generation, in the order of their documents."""
    return sorted(entry for entry in arrays.iterdir() if entry.name.isdigit())


class Ids:
    """The ids of a generation. A document that was deleted or replaced keeps its number, and is not found."""

    def __init__(self, arrays: Path) -> None:
        self._segments = [Strings(folder, "ids") for folder in segment_folders(arrays)]
        self.firsts = np.cumsum([0, *map(len, self._segments)])
        self._starts: list[int] = self.firsts[:-1].tolist()
        self._named: dict[str, int] = {}
        self.live: NDArray[np.bool_] | None = _optional(arrays, _LIVE)
        # The place of each id among all: None where the numbers say it, as in a full build.
        self.place: NDArray[np.int32] | None = _optional(arrays, _PLACE)

    def __len__(self) -> int:
        """How many numbers there are, those of deleted documents too."""
        return int(self.firsts[-1])

    def __getitem__(self, number: int) -> str:
        segment = bisect_right(self._starts, number) - 1
        id_ = self._segments[segment][number - self._starts[segment]]
        if len(self._named) > _REMEMBERED:
            self._named = {}
        self._named[id_] = number
        return id_

    def of(self, numbers: Sequence[int]) -> list[str]:
        """The ids of some numbers."""
        if len(self._segments) > 1:
            return [self[n] for n in numbers]
        ids = self._segments[0].of(numbers)
        if len(self._named) > _REMEMBERED:
            self._named = {}
        self._named.update(zip(ids, numbers, strict=True))
        return ids

    def ascending(self) -> Iterator[int]:
        """Every number in the order of the ids, those of deleted documents too; of one id the older one first."""
        numbered = (zip(own, count(first)) for own, first in zip(self._segments, self._starts, strict=True))
        return (number for _, number in merge(*numbered))

    def find(self, id_: str) -> int:
        """The number of a document that is there, or -1."""
        # What is looked up was mostly named a moment ago.
        number = self._named.get(id_, -1)
        if number >= 0 and (self.live is None or self.live[number]):
            return number
        for strings, first in zip(reversed(self._segments), reversed(self._starts), strict=True):
            at = strings.find(id_)
            if at >= 0 and (self.live is None or self.live[first + at]):
                return first + at
        return -1

    def numbers(self) -> Numbers:
        """The numbers of all documents that are there, in the order of their ids."""
        there = np.arange(len(self)) if self.live is None else np.flatnonzero(self.live)
        return there if self.place is None else there[np.argsort(self.place[there])]

    def places(self, numbers: Numbers) -> Numbers:
        """For each number, the place of its id in the order of all ids."""
        return numbers if self.place is None else self.place[numbers].astype(np.int64)


class InOrder(Sequence[str]):
    """The ids of the documents that are there, ascending, by their places."""

    def __init__(self, ids: Ids) -> None:
        self._ids, self._numbers = ids, ids.numbers()

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return self._ids.of(self._numbers[place].tolist())
        return self._ids[int(self._numbers[place])]


def write_live(arrays: Path, live: NDArray[np.bool_]) -> None:
    """Say which documents of a generation are there, and note the places of the ids once more."""
    for name in (_LIVE, _PLACE):
        (arrays / f"{name}.npy").unlink(missing_ok=True)  # where all are there, no file says so
    ids = Ids(arrays)
    if not live.all():
        save(arrays, live=live)
    if len(ids.firsts) > 2:
        place = np.empty(len(ids), np.int32)
        place[np.fromiter(ids.ascending(), np.int64, len(ids))] = np.arange(len(ids))
        save(arrays, place=place)


def _optional(arrays: Path, name: str) -> NDArray[Any] | None:
    return map_array(arrays, name) if (arrays / f"{name}.npy").exists() else None

"""Which documents of a generation must be sent where the generation before is there: all that an update touched."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids, InOrder, segment_folders, segment_number
from indexer.ranking.mapped import map_array

# What is kept of each document by its number, and what by the place of its id.
_BY_NUMBER, _BY_PLACE = ("near_scores", "possible", "near_closeness"), ("keep_order",)


class Changes(NamedTuple):
    """The ids of the documents to send, and of those that are gone."""

    sent: Iterable[str]
    gone: Iterable[str]


def changes(old: Path, new: Path) -> Changes:
    """What differs between the arrays of two generations of which one is an update of the other."""
    before, after = Ids(old), Ids(new)
    was, numbers = before.numbers(), after.numbers()
    left, stay = _in_both(InOrder(before), InOrder(after))  # the places in one and in the other
    there, known = was[left], numbers[stay]
    moved = np.full(len(before) + 1, -1)  # the last one for what is no neighbour
    moved[there] = known
    same = _segments(old, before)[there] == _segments(new, after)[known]
    near = map_array(new, "near")[known]
    same &= (moved[map_array(old, "near")[there]] == near).all(axis=1)
    # A document is kept with the facts and cards of the neighbours whose closeness is known.
    said = np.ones(len(after) + 1, np.bool_)
    said[known] = _equal(_digests(old)[there], _digests(new)[known])
    same &= said[near[:, : map_array(new, "near_closeness").shape[1]]].all(axis=1)
    for name in _BY_NUMBER:
        same &= _equal(map_array(old, name)[there], map_array(new, name)[known])
    for name in _BY_PLACE:
        same &= _equal(map_array(old, name)[left], map_array(new, name)[stay])
    sent, gone = np.delete(numbers, stay[same]), np.delete(was, left)
    return Changes(map(after.__getitem__, sent.tolist()), map(before.__getitem__, gone.tolist()))


def _in_both(ones: Iterable[str], others: Iterable[str]) -> tuple[Numbers, Numbers]:
    """Of the ids that are in both of two ascending rows, the places in the one and in the other."""
    left, right = array("q"), array("q")
    waiting = iter(enumerate(ones))
    place, one = next(waiting, (0, None))
    for n, other in enumerate(others):
        while one is not None and one < other:
            place, one = next(waiting, (place, None))
        if one == other:
            left.append(place)
            right.append(n)
    return np.array(left, np.int64), np.array(right, np.int64)


def _segments(arrays: Path, ids: Ids) -> NDArray[np.int64]:
    """The segment of each document; one that has a document in both generations has it unchanged."""
    names = list(map(segment_number, segment_folders(arrays)))
    return np.repeat(np.array(names, np.int64), np.diff(ids.firsts))


def _digests(arrays: Path) -> NDArray[np.uint8]:
    """The digest of the content of each document, by number."""
    return np.concatenate([map_array(folder, "digests") for folder in segment_folders(arrays)])


def _equal(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which rows of two arrays are equal."""
    same = np.equal(one, other)
    rows: NDArray[np.bool_] = same if same.ndim == 1 else same.all(axis=1)
    return rows

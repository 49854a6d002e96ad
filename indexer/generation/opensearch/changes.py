"""Which documents of a generation must be sent where the generation before is there: all that an update touched."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.ids import Ids, segment_folders, segment_number
from indexer.ranking.mapped import map_array

# What is kept of each document by its number, and what by the place of its id.
_BY_NUMBER, _BY_PLACE = ("near_scores", "possible", "near_closeness"), ("keep_order",)


class Changes(NamedTuple):
    """The ids of the documents to send, and of those that are gone."""

    sent: list[str]
    gone: list[str]


def changes(old: Path, new: Path) -> Changes:
    """What differs between the arrays of two generations of which one is an update of the other."""
    before, after = Ids(old), Ids(new)
    was = {before[n]: (n, place) for place, n in enumerate(before.numbers().tolist())}
    numbers = after.numbers()
    named = [after[n] for n in numbers.tolist()]
    known = np.flatnonzero([id_ in was for id_ in named])
    there = np.array([was[named[place]] for place in known.tolist()], np.int64).reshape(-1, 2)
    moved = np.full(len(before) + 1, -1)  # the last one for what is no neighbour
    moved[there[:, 0]] = numbers[known]
    same = _segments(old, before)[there[:, 0]] == _segments(new, after)[numbers[known]]
    near = map_array(new, "near")[numbers[known]]
    same &= (moved[map_array(old, "near")[there[:, 0]]] == near).all(axis=1)
    # A document is kept with the facts and cards of the neighbours whose closeness is known.
    said = np.ones(len(after) + 1, np.bool_)
    said[numbers[known]] = _equal(_digests(old)[there[:, 0]], _digests(new)[numbers[known]])
    same &= said[near[:, : map_array(new, "near_closeness").shape[1]]].all(axis=1)
    for name in _BY_NUMBER:
        same &= _equal(map_array(old, name)[there[:, 0]], map_array(new, name)[numbers[known]])
    for name in _BY_PLACE:
        same &= _equal(map_array(old, name)[there[:, 1]], map_array(new, name)[known])
    stays = set(known[same].tolist())
    gone = was.keys() - set(named)
    return Changes([id_ for place, id_ in enumerate(named) if place not in stays], sorted(gone))


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

"""Touched: the documents whose neighbours an update must rank anew, found without ranking anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.ranking.ids import segment_folders
from indexer.ranking.keys import Keys, Numbers, key_of
from indexer.ranking.tables import map_array

# Weights are kept in 32 bits here: what falls short of the score by rounding alone counts as reaching it.
_ROUNDING = 1e-5
# Entries multiplied at a time, each with every changed document: 16 MB of products for a hundred of them.
_ENTRIES = 1 << 14


def touched(arrays: Path, least: NDArray[np.float64], changed: Sequence[Mapping[str, float]]) -> Numbers:
    """The numbers of the documents of a generation into whose second stage a changed document comes, or came.

    `least` is the score that a document needs for it, for each document; `changed` are the impacts of the documents
    that were added or are gone. One product of what each document asks by and these impacts gives every score.
    """
    keys = np.array(sorted({key_of(term) for impacts in changed for term in impacts}), np.uint64)
    if not len(keys):
        return np.empty(0, np.int64)
    table = np.zeros((len(keys), len(changed)), np.float32)
    for column, impacts in enumerate(changed):
        rows = np.searchsorted(keys, np.array([key_of(term) for term in impacts], np.uint64))
        table[rows, column] = list(impacts.values())
    found, first = [np.empty(0, np.int64)], 0
    for folder in segment_folders(arrays):
        starts = map_array(folder, "asked_starts")
        best = _best(starts, map_array(folder, "asked_keys"), map_array(folder, "asked_weights"), keys, table)
        needed = least[first : first + len(best)]
        found.append(first + np.flatnonzero((best > 0) & (best >= needed * (1 - _ROUNDING))))
        first += len(best)
    return np.concatenate(found)


def _best(
    starts: Numbers, asked: Keys, weights: NDArray[np.float32], keys: Keys, table: NDArray[np.float32]
) -> NDArray[np.float64]:
    """For each document the highest score of a changed one."""
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    entries = np.flatnonzero(keys[place] == asked)
    owner = np.searchsorted(starts, entries, side="right") - 1
    best = np.zeros(len(starts) - 1)
    at = 0
    while at < len(entries):
        beyond = min(at + _ENTRIES, len(entries))
        # All entries of a document are summed together.
        beyond = int(np.searchsorted(owner, owner[beyond - 1], side="right"))
        part = entries[at:beyond]
        products = table[place[part]].astype(np.float64) * weights[part][:, None]
        documents, begins = np.unique(owner[at:beyond], return_index=True)
        best[documents] = np.add.reduceat(products, begins, axis=0).max(axis=1)
        at = beyond
    return best

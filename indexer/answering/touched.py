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
# Changed documents looked for at a time, and entries multiplied with each of them: 16 MB of products.
_TOGETHER, _ENTRIES = 128, 1 << 14


def touched(arrays: Path, least: NDArray[np.float64], changed: Sequence[Mapping[str, float]]) -> Numbers:
    """The numbers of the documents of a generation into whose second stage a changed document comes, or came.

    `least` is the score that a document needs for it, for each document; `changed` are the impacts of the documents
    that were added or are gone. One product of what each document asks by and these impacts gives every score.
    """
    best = np.zeros(len(least))
    for at in range(0, len(changed), _TOGETHER):
        keys, table = _table(changed[at : at + _TOGETHER])
        first = 0
        for folder in segment_folders(arrays):
            starts = map_array(folder, "asked_starts")
            own = _best(starts, map_array(folder, "asked_keys"), map_array(folder, "asked_weights"), keys, table)
            span = slice(first, first + len(own))
            best[span] = np.maximum(best[span], own)
            first = span.stop
    return np.flatnonzero((best > 0) & (best >= least * (1 - _ROUNDING)))


def _table(changed: Sequence[Mapping[str, float]]) -> tuple[Keys, NDArray[np.float32]]:
    """The keys of all terms of some documents, ascending, and the impact of each in each document."""
    keys = np.array(sorted({key_of(term) for impacts in changed for term in impacts}), np.uint64)
    table = np.zeros((len(keys), len(changed)), np.float32)
    for column, impacts in enumerate(changed):
        rows = np.searchsorted(keys, np.array([key_of(term) for term in impacts], np.uint64))
        table[rows, column] = list(impacts.values())
    return keys, table


def _best(
    starts: Numbers, asked: Keys, weights: NDArray[np.float32], keys: Keys, table: NDArray[np.float32]
) -> NDArray[np.float64]:
    """For each document the highest score of a changed one."""
    if not len(keys):
        return np.zeros(len(starts) - 1)
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

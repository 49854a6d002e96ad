"""Groups of documents of which one is shown for all, as numbers: what a request counts, and which hits are one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indexer.ranking.columns import Mask
from indexer.ranking.hashing import Numbers
from indexer.ranking.ids import Ids


class Groups:
    """Made once for `instead`, which names for some documents that are there the one that is shown in their place."""

    def __init__(self, instead: Mapping[str, str], ids: Ids) -> None:
        self.instead = instead
        self._duplicates = np.array([ids.find(id_) for id_ in instead], np.int64)
        self._kept = np.array([ids.find(id_) for id_ in instead.values()], np.int64)
        self._shown_for = np.arange(len(ids))
        self._shown_for[self._duplicates] = self._kept

    def passing(self, mask: Mask) -> Mask:
        """The documents for which one is shown that is in a mask."""
        found: Mask = mask[self._shown_for]
        return found

    def shown(self, mask: Mask) -> Mask:
        """What is shown for the documents of a mask, each group once."""
        found = mask.copy()
        found[self._kept[mask[self._duplicates]]] = True
        found[self._duplicates] = False
        return found

    def more(self, mask: Mask) -> int:
        """How many documents of a mask another may be shown for: so many more must be ranked."""
        return int(np.count_nonzero(mask[self._duplicates]))

    def first(self, numbers: Numbers) -> Numbers:
        """Of some documents, best first, the places of those that are the first of their group."""
        return np.sort(np.unique(self._shown_for[numbers], return_index=True)[1])

"""Finds patterns of words in millions of words at once, for a build; Phrases finds the same in one text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.phrases import GAP, MOST_GAP

Numbers = NDArray[np.int64]


class Matcher:
    """Patterns of words as a tree whose branches are word numbers, so that all places step down it together."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]], vocabulary: Sequence[str]) -> None:
        """`entries` are as for Phrases; `vocabulary` are the words by number, ascending."""
        self._vocabulary, self._number = vocabulary, {word: n for n, word in enumerate(vocabulary)}
        tree: list[dict[str, int]] = [{}]
        ends: list[tuple[int, str]] = []
        for name, pattern in entries:
            node = 0
            for part in pattern:
                if part not in tree[node]:
                    tree[node][part] = len(tree)
                    tree.append({})
                node = tree[node][part]
            ends.append((node, name))
        self.names = sorted({name for _, name in ends})
        place = {name: n for n, name in enumerate(self.names)}
        self._gap = np.full(len(tree), -1)
        steps = sorted(step for node, parts in enumerate(tree) for step in self._steps(node, parts))
        self._steps_key = np.array([node * len(vocabulary) + word for node, word, _ in steps], np.int64)
        self._begins = np.zeros(len(vocabulary), np.bool_)
        self._begins[[word for node, word, _ in steps if not node]] = True
        self._steps_to = np.array([to for _, _, to in steps], np.int64)
        ends.sort()
        self._ends = np.zeros(len(tree) + 1, np.int64)
        np.cumsum(np.bincount([node for node, _ in ends], minlength=len(tree)), out=self._ends[1:])
        self._ends_name = np.array([place[name] for _, name in ends], np.int64)

    def find(self, words: NDArray[np.int32], owner: NDArray[np.integer]) -> tuple[Numbers, Numbers]:
        """The places where patterns begin, and the place in `names` of each; each pattern once at a place.

        `words` are numbers, `owner` ascending numbers of the texts that they stand in: no pattern crosses two.
        """
        first = np.flatnonzero(self._begins[words])
        at, node = first, np.zeros(len(first), np.int64)
        keys, ends = self._steps_key, max(len(self._ends_name), 1)
        found = list[Numbers]()
        while len(at):
            inside = at < len(words)
            first, at, node = first[inside], at[inside], node[inside]
            inside = owner[at] == owner[first]
            first, at, node = first[inside], at[inside], node[inside]
            wanted = node * len(self._vocabulary) + words[at]
            row, to = _spread(np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right"))
            first, at, node = first[row], at[row] + 1, self._steps_to[to]
            row, end = _spread(self._ends[node], self._ends[node + 1])
            found.append(first[row] * ends + end)
            first, at, node = self._after_gaps(first, at, node)
        # The readings of one gapped pattern are one; two patterns of one name are two.
        places = np.unique(np.concatenate([*found, np.empty(0, np.int64)]))
        return places // ends, self._ends_name[places % ends]

    def _after_gaps(self, first: Numbers, at: Numbers, node: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Where a gap may follow, the pattern may also go on after one to so many words."""
        beyond = self._gap[node]
        gapped = np.flatnonzero(beyond >= 0)
        skipped = np.tile(np.arange(1, MOST_GAP + 1), len(gapped))
        gapped = np.repeat(gapped, MOST_GAP)
        return (
            np.concatenate([first, first[gapped]]),
            np.concatenate([at, at[gapped] + skipped]),
            np.concatenate([node, beyond[gapped]]),
        )

    def _steps(self, node: int, parts: dict[str, int]) -> Iterable[tuple[int, int, int]]:
        """The branches of a node: from it, by a word's number, to the next one."""
        for part, to in parts.items():
            if part == GAP:
                self._gap[node] = to
            elif part.endswith("*"):
                low = bisect_left(self._vocabulary, part[:-1])
                high = bisect_left(self._vocabulary, part[:-1] + "\U0010ffff") if part != "*" else len(self._vocabulary)
                yield from ((node, word, to) for word in range(low, high))
            elif part in self._number:
                yield node, self._number[part], to


def _spread(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """The numbers from each low to each high one, and for each the place of its span."""
    size = high - low
    row = np.repeat(np.arange(len(low)), size)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size) + low[row]

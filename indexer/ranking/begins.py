"""Where in the texts of documents what is sought stands: from numbers, without cutting or stemming a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS
from indexer.ranking.forward import ForwardArrays
from indexer.ranking.hashing import Numbers, places
from indexer.ranking.mapped import map_array


class Begins:
    """Where each word of the documents of a segment stands: the place in its field's text where the piece begins,
    between white space, of which it is a part.
    """

    def __init__(self, folder: Path, words: ForwardArrays, number_of: Callable[[str], int], terms: int) -> None:
        """`words` are those of the segment, of so many terms; `number_of` gives the number of a term, -1 for none."""
        self._words, self._number_of, self._terms = words, number_of, terms
        self._joins, self._steps = map_array(folder, "word_joins"), map_array(folder, "sequence_steps")
        # Of what does not fit a byte: the word's place among all of the segment, and how much more it is.
        self._far, self._beyond = map_array(folder, "far_steps").T

    def seeking(self, terms: Iterable[str]) -> NDArray[np.bool_]:
        """Which words make one of some terms, or may begin a name of several words that does."""
        starts, words = self._by_term
        numbers = [number for number in map(self._number_of, terms) if number >= 0]
        sought: NDArray[np.bool_] = self._joins.copy()
        sought[words[places(starts, np.array(numbers, np.int64))[0]]] = True
        return sought

    @cached_property
    def _by_term(self) -> tuple[Numbers, NDArray[np.int32]]:
        """The words of each term: where those of each begin, and all; a stop word has none."""
        terms = self._words.word_terms
        words = np.argsort(terms, kind="stable").astype(np.int32)
        return np.searchsorted(terms[words], np.arange(self._terms + 1)), words

    def of(self, number: int, sought: NDArray[np.bool_]) -> dict[str, list[int]]:
        """By field, where the pieces of a document begin that hold one of the words that are sought, ascending."""
        first = number * len(FIELDS)
        bounds = self._words.sequence_starts[first : first + len(FIELDS) + 1].tolist()
        low, beyond = bounds[0], bounds[-1]
        there = np.flatnonzero(sought[self._words.sequence[low:beyond]])
        steps = self._steps[low:beyond].astype(np.int64)
        for at in range(*np.searchsorted(self._far, (low, beyond)).tolist()):
            steps[self._far[at] - low] += self._beyond[at]
        # Of all fields at once: a field's first step counts from its beginning, so what came before is taken off.
        begins = np.cumsum(steps)
        found, at = {}, np.searchsorted(there, np.array(bounds) - low).tolist()
        for n, field in enumerate(FIELDS):
            if at[n] < at[n + 1]:
                before = int(begins[bounds[n] - low - 1]) if bounds[n] > low else 0
                own = begins[there[at[n] : at[n + 1]]] - before
                found[field] = list(dict.fromkeys(own.tolist()))
        return found

"""Which candidate pairs have too little in common to be compared, told from arrays; used when a build looks for pairs.

Most candidates share a frame and not the matter. Profiles would say so too, at many times the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, bare
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import stem
from indexer.duplicates.likelihood import MOST_UNMATCHED_POSSIBLE
from indexer.generation import Generation
from indexer.ranking.hashing import Numbers, expand, match, ranges, starts_of, sums_of
from indexer.ranking.mapped import release
from indexer.ranking.token_store import BATCH, Words

# Sums are made in another order than those of profiles: what is beyond a limit by rounding alone is not.
_ROUNDING = 1e-9
# The fields by which documents are compared.
_OWN = ("title", "body")
# Of a word whose term was not looked up yet, and of one that tells nothing alone.
_UNKNOWN, _NONE = -2, -1


class Overlap:
    """The terms by which some documents of a generation are compared, as numbers."""

    def __init__(
        self, generation: Generation, segments: Sequence[Words], among: Numbers, in_template: Callable[[int], bool]
    ) -> None:
        """`among` are the numbers of the documents that are compared, ascending; `in_template` says of the number of a
        document whether its question is written in a template.
        """
        self._among, self._in_template = among, in_template
        number: dict[str, int] = {}
        sizes, terms, first = np.zeros(len(among), np.int64), [np.empty(0, np.int32)], 0
        for words in segments:
            beyond = first + (len(words.starts) - 1) // len(FIELDS)
            low, high = np.searchsorted(among, (first, beyond))
            for row, told in _own_terms(words, number, among[low:high] - first):
                sizes[low:high] += np.bincount(row, minlength=high - low)
                terms.append(told.astype(np.int32))
            first = beyond
        self._terms, self._starts = np.concatenate(terms), starts_of(sizes)
        rare = generation.rarities(number)
        rarities = np.array([rare[term] for term in number], np.float64)
        # Another word may name the same thing: that such a term is alone only profiles can say.
        conceptual = np.array([bool(generation.analyzer.concepts_of(term)) for term in number], np.bool_)
        self._sure = np.where(conceptual, 0.0, rarities)
        self._whole, self._whole_sure = (self._sums(values) for values in (rarities, self._sure))

    def may_compare(self, ones: Numbers, others: Numbers) -> NDArray[np.bool_]:
        """Whether the documents of each pair may be in a band: where not, they are in none."""
        one, other = np.searchsorted(self._among, ones), np.searchsorted(self._among, others)
        whole = self._whole[one] + self._whole[other]
        alone = self._whole_sure[one] + self._whole_sure[other] - 2 * self._shared(one, other)
        may: NDArray[np.bool_] = alone <= whole * (MOST_UNMATCHED_POSSIBLE + _ROUNDING)
        for pair in np.flatnonzero(may & (alone > whole * _ROUNDING)).tolist():
            may[pair] = not (self._in_template(int(ones[pair])) and self._in_template(int(others[pair])))
        return may

    def _shared(self, ones: Numbers, others: Numbers) -> NDArray[np.float64]:
        """The rarities of the terms that the documents of each pair share, without those that another word may name."""
        place, owner = expand(self._starts, ones)
        other_place, other_owner = expand(self._starts, others)
        # Pair and term in one number; both ascend, since the terms of a document do.
        keys, other_keys = owner << 32 | self._terms[place], other_owner << 32 | self._terms[other_place]
        there, _ = match(keys, other_keys)
        return sums_of(owner[there], self._sure[self._terms[place[there]]], len(ones))

    def _sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values of all terms of each document together."""
        sums = np.zeros(len(self._starts) - 1)
        for low, high in ranges(self._starts, BATCH):
            own = self._starts[low : high + 1]
            owner = np.repeat(np.arange(high - low), np.diff(own))
            sums[low:high] = sums_of(owner, values[self._terms[own[0] : own[-1]]], high - low)
        return sums


def _own_terms(words: Words, number: dict[str, int], documents: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """The places of some documents of a segment among these, ascending, and their own terms, each once; `number` learns
    new terms.
    """
    term_of = np.full(len(words.words), _UNKNOWN, np.int64)
    fields = documents[:, None] * len(FIELDS) + np.array([FIELDS.index(name) for name in _OWN])
    sizes: Numbers = (words.starts[fields + 1] - words.starts[fields]).sum(axis=1)
    for at, beyond in ranges(starts_of(sizes), BATCH):
        place, row = expand(words.starts, fields[at:beyond].ravel())
        sequence = words.sequence[place]
        for n in np.unique(sequence[term_of[sequence] == _UNKNOWN]).tolist():
            word = words.words[n]
            term_of[n] = number.setdefault(stem(bare(word)), len(number)) if counts_alone(word) else _NONE
        term, document = term_of[sequence], at + row // len(_OWN)
        telling = term != _NONE
        cells = np.unique(document[telling] << 32 | term[telling])
        release(words.sequence)
        yield cells >> 32, cells & 0xFFFFFFFF

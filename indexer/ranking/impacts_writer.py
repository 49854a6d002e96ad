"""Writing impacts: the weight of every term in every document, by document to judge and by term to find.

To find, a weight is a whole number of `unit`, rounded up: a byte for each document where a term is frequent (its row),
a number and 16 bits for each document that has it where it is not (its list). To judge, it is the 32-bit float.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, is_concept
from indexer.ranking.columns import KINDS
from indexer.ranking.counting import Counted, Vocabulary
from indexer.ranking.keys import Numbers
from indexer.ranking.tables import write_strings
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, B, Statistics
from indexer.ranking.words import BATCH, Words

# A term that more than one of so many documents have is a row: adding it whole is faster than walking its list.
DENSE = 16
# Rows are as long as whole blocks of this size (see kernels.BLOCK).
BLOCK = 512
_MOST_BYTE, _MOST_UNITS = 255, 4_095
# Lists are sorted for so many postings at a time.
_SORTED = 1 << 22


class Weighing:
    """How the counts of one segment become weights, field by field."""

    def __init__(self, counted: Counted, kinds: NDArray[np.int8], statistics: Statistics) -> None:
        shares = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
        own = [statistics.of_document(han=han) for han in (False, True)]
        han = counted.han.astype(np.int64)
        self._worth, self._norm = [], []
        for place, name in enumerate(("average", "concepts")):
            averages = np.array([[getattr(kind, name).get(field, 0.0) for field in FIELDS] for kind in own])[han]
            length = counted.lengths[:, :, place]
            self._norm.append((K1 * (1 - B + B * length / np.where(averages > 0, averages, 1.0))).ravel())
            self._worth.append((shares[kinds] * (averages > 0)).ravel())

    def worth(self, fields: Numbers, counts: Numbers, concept: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The weighted, saturated count of a term or concept in each of some fields."""
        count = counts.astype(np.float64)
        norm = np.where(concept, self._norm[1][fields], self._norm[0][fields])
        return np.where(concept, self._worth[1][fields], self._worth[0][fields]) * (count * (K1 + 1) / (count + norm))


def write_impacts(
    folder: Path,
    words: Words,
    known: Vocabulary,
    counted: Counted,
    weighing: Weighing,
    rarities: Callable[[NDArray[np.int64]], NDArray[np.float64]],
) -> NDArray[np.int64]:
    """Write the arrays of a segment and give the number of documents of each term; `rarities` makes rarities of these.

    A weight needs the number of documents that have its term, so the sums over the fields wait on disk until all
    documents were seen.
    """
    spool = folder / "sums.spool"
    try:
        with spool.open("w+b") as sums:
            starts, terms, frequency = _write_terms(folder, words, known, counted, weighing, sums)
            sums.flush()
            waiting = np.memmap(spool, np.float64, "r") if len(terms) else np.empty(0, np.float64)
            rare = rarities(frequency)
            weights = np.lib.format.open_memmap(folder / "forward_weights.npy", "w+", np.float32, terms.shape)
            for at in range(0, len(terms), BATCH):
                part = slice(at, at + BATCH)
                weights[part] = rare[terms[part]] * waiting[part]
    finally:
        spool.unlink(missing_ok=True)
    write_strings(folder, "terms", known.terms)
    _write_postings(folder, starts, terms, weights, frequency)
    return frequency


def _write_terms(
    folder: Path, words: Words, known: Vocabulary, counted: Counted, weighing: Weighing, sums: IO[bytes]
) -> tuple[Numbers, NDArray[np.int32], NDArray[np.int64]]:
    """Write the terms of every document, ascending; give where each document's begin, the terms, and how many documents
    each term has. The sums over the fields go to `sums`.
    """
    concept = np.array([is_concept(term) for term in known.terms], np.bool_)
    frequency = np.zeros(len(known.terms), np.int64)
    sizes = np.zeros(len(counted.han), np.int64)
    parts: list[NDArray[np.int32]] = []
    for document, sequence, owner in words.batches():
        first, telling = document * len(FIELDS), ~known.is_stop[sequence]
        low, high = np.searchsorted(counted.concept_fields, [first, first + int(owner[-1]) + 1])
        fields = np.concatenate([owner[telling], counted.concept_fields[low:high] - first])
        named = np.concatenate([known.term_of[sequence[telling]], counted.concepts[low:high]])
        cells, counts = np.unique(fields * len(known.terms) + named, return_counts=True)
        field, term = np.divmod(cells, len(known.terms))
        worth = weighing.worth(first + field, counts, concept[term])
        # Cells ascend by field and bincount adds in order: the fields of a document are added in that of FIELDS.
        rows, row = np.unique(field // len(FIELDS) * len(known.terms) + term, return_inverse=True)
        np.bincount(row, worth, len(rows)).tofile(sums)
        owners, term = np.divmod(rows, len(known.terms))
        parts.append(term.astype(np.int32))
        frequency += np.bincount(term, minlength=len(known.terms))
        counted_here = np.bincount(owners)
        sizes[document : document + len(counted_here)] = counted_here
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    terms = np.lib.format.open_memmap(folder / "forward_terms.npy", "w+", np.int32, (int(starts[-1]),))
    np.concatenate([*parts, np.empty(0, np.int32)], out=terms)
    np.save(folder / "forward_starts.npy", starts)
    return starts, terms, frequency


def _write_postings(
    folder: Path,
    starts: Numbers,
    terms: NDArray[np.int32],
    weights: NDArray[np.float32],
    frequency: NDArray[np.int64],
) -> None:
    """Write rows and lists: the transpose of the forward arrays, made for a range of terms at a time."""
    documents = len(starts) - 1
    dense = np.flatnonzero(frequency * DENSE > documents)
    row_of = np.full(len(frequency), -1, np.int32)
    row_of[dense] = np.arange(len(dense), dtype=np.int32)
    greatest = np.zeros(len(frequency), np.float32)
    np.maximum.at(greatest, terms, weights)
    unit = _unit(greatest, dense)
    list_starts = np.zeros(len(frequency) + 1, np.int64)
    np.cumsum(np.where(row_of < 0, frequency, 0), out=list_starts[1:])
    rows = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.uint8, (len(dense), -(-documents // BLOCK) * BLOCK))
    numbers = np.lib.format.open_memmap(folder / "list_documents.npy", "w+", np.int32, (int(list_starts[-1]),))
    units = np.lib.format.open_memmap(folder / "list_units.npy", "w+", np.uint16, (int(list_starts[-1]),))
    owner = np.repeat(np.arange(documents, dtype=np.int32), np.diff(starts))
    low = 0
    while low < len(frequency):
        high = max(low + 1, int(np.searchsorted(np.cumsum(frequency[low:]), _SORTED)) + low)
        entry, term = _sorted_entries(terms, low, high)
        whole = np.ceil(weights[entry].astype(np.float64) / unit).astype(np.uint16)
        document, sparse = owner[entry], row_of[term] < 0
        span = slice(list_starts[low], list_starts[min(high, len(frequency))])
        numbers[span], units[span] = document[sparse], whole[sparse]
        rows[row_of[term[~sparse]], document[~sparse]] = whole[~sparse]
        low = high
    for name, array in (
        ("row_of", row_of),
        ("list_starts", list_starts),
        ("most_units", np.ceil(greatest.astype(np.float64) / unit).astype(np.int32)),
        ("unit", np.array([unit])),
    ):
        np.save(folder / f"{name}.npy", array)


def _sorted_entries(terms: NDArray[np.int32], low: int, high: int) -> tuple[Numbers, Numbers]:
    """The places of the entries of a range of terms, by term and then by document, and the term of each."""
    inside = np.flatnonzero((terms >= low) & (terms < high))
    # One sort of whole numbers is several times faster than a stable sort of places.
    keys = np.sort(terms[inside].astype(np.int64) << 32 | inside)
    return keys & 0xFFFFFFFF, keys >> 32


def _unit(greatest: NDArray[np.float32], dense: NDArray[np.int64]) -> float:
    """The unit in which weights are whole numbers: the greatest one in a row fits a byte, any other 12 bits.

    A hair more than the quotient, so that rounding up never goes beyond.
    """
    in_rows = float(greatest[dense].max(initial=0.0))
    anywhere = float(greatest.max(initial=0.0))
    return max(in_rows / _MOST_BYTE, anywhere / _MOST_UNITS, 1e-30) * (1 + 1e-9)

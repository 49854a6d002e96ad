"""Writes the weight of every term in every document, once by document and once by term; for the first stage.

To find, a weight is a whole number of `unit`, rounded up: a byte for each document where a term is frequent (its row),
a number and 16 bits for each document that has it where it is not (its list). To judge, it is the 32-bit float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS
from indexer.ranking.columns import KINDS
from indexer.ranking.field_counts import Counted, Vocabulary
from indexer.ranking.hashing import Numbers, starts_of
from indexer.ranking.mapped import create, release, save, write_strings
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import BATCH, Batch, Words
from indexer.ranking.weighting import FIELD_WEIGHTS, K1, Statistics, norm_of

# A term that more than one of so many documents have is a row: adding it whole is faster than walking its list.
DENSE = 16
# Rows are as long as whole blocks of this size (see kernels/finding).
BLOCK = 512
_MOST_BYTE, _MOST_UNITS = 255, 4_095


class Weighing:
    """How the counts of one segment become weights: for words and for concepts what each field of each document is
    worth, and what its length adds to a count before it saturates.
    """

    def __init__(self, counted: Counted, kinds: NDArray[np.int8], statistics: Statistics) -> None:
        shares = np.array([[FIELD_WEIGHTS[kind].get(field, 0.0) for field in FIELDS] for kind in KINDS])
        own = [statistics.of_document(han=han) for han in (False, True)]
        han = counted.han.astype(np.int64)
        norms = []
        for place, name in enumerate(("average", "concepts")):
            averages = np.array([[getattr(kind, name).get(field, 0.0) for field in FIELDS] for kind in own])[han]
            length = counted.lengths[:, :, place]
            norms.append(norm_of(length, averages).ravel())

        self.worths, self.norms = shares[kinds].ravel(), np.array(norms)

    def worth(self, fields: Numbers, counts: Numbers, concept: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The weighted, saturated count of a term or concept in each of some fields."""
        count = counts.astype(np.float64)
        kind = concept.astype(np.int8)
        worth: NDArray[np.float64] = self.worths[fields] * (count * (K1 + 1) / (count + self.norms[kind, fields]))
        return worth


def write_impacts(
    folder: Path,
    words: Words,
    vocabulary: Vocabulary,
    counted: Counted,
    weighing: Weighing,
    rarities: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    resources: Resources,
) -> NDArray[np.int64]:
    """Write the arrays of a segment and give the number of documents of each term; `rarities` makes rarities of these.

    A weight needs the number of documents that have its term, so the sums over the fields wait on disk until all
    documents were seen.
    """
    spool = folder / "sums.spool"
    try:
        with spool.open("w+b") as sums:
            batches = (_count_terms(batch, vocabulary, counted, weighing) for batch in words.batches())
            starts, terms = _write_terms(folder, batches, sums)
            frequency = np.bincount(terms, minlength=len(vocabulary.terms))
            sums.flush()
            waiting = np.memmap(spool, np.float64, "r") if len(terms) else np.empty(0, np.float64)
            rare = rarities(frequency)
            weights = create(folder, "forward_weights", np.float32, terms.shape)
            for at in range(0, len(terms), BATCH):
                part = slice(at, at + BATCH)
                weights[part] = rare[terms[part]] * waiting[part]
                for array in (weights, terms, waiting):
                    release(array)
    finally:
        spool.unlink(missing_ok=True)
    write_strings(folder, "terms", vocabulary.terms)
    _write_postings(folder, starts, terms, weights, frequency, resources)
    return frequency


def _write_terms(
    folder: Path, batches: Iterable[tuple[Numbers, NDArray[np.int32], NDArray[np.float64]]], sums: IO[bytes]
) -> tuple[Numbers, NDArray[np.int32]]:
    """Write the terms of every document, ascending; give where each document's begin, and the terms. These wait on disk
    until all were counted; the sums over the fields go to `sums`.
    """
    sizes, spool = [np.zeros(1, np.int64)], folder / "terms.spool"
    try:
        with spool.open("w+b") as waiting:
            for own, found, totals in batches:
                totals.tofile(sums)
                found.tofile(waiting)
                sizes.append(own)
            starts = np.cumsum(np.concatenate(sizes))
            terms = create(folder, "forward_terms", np.int32, (int(starts[-1]),))
            waiting.seek(0)
            for at in range(0, len(terms), BATCH):
                terms[at : at + BATCH] = np.fromfile(waiting, np.int32, BATCH)
            release(terms)
    finally:
        spool.unlink(missing_ok=True)
    save(folder, forward_starts=starts)
    return starts, terms


def _count_terms(
    batch: Batch, vocabulary: Vocabulary, counted: Counted, weighing: Weighing
) -> tuple[Numbers, NDArray[np.int32], NDArray[np.float64]]:
    """How many terms each document of a batch has, these ascending, and what each is worth over all fields."""
    span, size = batch.fields, len(vocabulary.terms)
    low, high = np.searchsorted(counted.concept_fields, [span.start, span.stop])
    telling = ~vocabulary.is_stop[batch.sequence]
    fields = np.concatenate([batch.owner[telling], counted.concept_fields[low:high] - span.start])
    named = np.concatenate([vocabulary.term_of[batch.sequence[telling]], counted.concepts[low:high]])
    cells, counts = np.unique(fields * size + named, return_counts=True)
    field, term = np.divmod(cells, size)
    worth = weighing.worth(span.start + field, counts, vocabulary.is_concept[term])
    # Cells ascend by field and bincount adds in order: the fields of a document are added in that of FIELDS.
    rows, row = np.unique(field // len(FIELDS) * size + term, return_inverse=True)
    # Summed with weights it is made of floats, which the stubs of bincount do not know.
    sums: NDArray[np.float64] = np.zeros(len(rows))
    sums += np.bincount(row, worth, len(rows))
    document, term = np.divmod(rows, size)
    sizes = np.bincount(document, minlength=(len(batch.starts) - 1) // len(FIELDS))
    return sizes, term.astype(np.int32), sums


def _write_postings(
    folder: Path,
    starts: Numbers,
    terms: NDArray[np.int32],
    weights: NDArray[np.float32],
    frequency: NDArray[np.int64],
    resources: Resources,
) -> None:
    """Write rows and lists: the transpose of the forward arrays, made for a range of terms at a time."""
    documents = len(starts) - 1
    dense = np.flatnonzero(frequency * DENSE > documents)
    row_of = np.full(len(frequency), -1, np.int32)
    row_of[dense] = np.arange(len(dense), dtype=np.int32)
    greatest = np.zeros(len(frequency), np.float32)
    np.maximum.at(greatest, terms, weights)
    unit = _unit(greatest, dense)
    list_starts = starts_of(np.where(row_of < 0, frequency, 0))
    rows = create(folder, "rows", np.uint8, (len(dense), -(-documents // BLOCK) * BLOCK))
    numbers = create(folder, "list_documents", np.int32, (int(list_starts[-1]),))
    units = create(folder, "list_units", np.uint16, (int(list_starts[-1]),))
    _sort_postings(starts, terms, weights, unit, row_of, rows, list_starts, numbers, units, resources.postings)
    for mapped in (terms, weights, rows, numbers, units):
        release(mapped)
    save(
        folder,
        row_of=row_of,
        list_starts=list_starts,
        most_units=np.ceil(greatest.astype(np.float64) / unit).astype(np.int32),
        unit=np.array([unit]),
    )


def _sort_postings(
    starts: Numbers,
    terms: NDArray[np.int32],
    weights: NDArray[np.float32],
    unit: float,
    row_of: NDArray[np.int32],
    rows: NDArray[np.uint8],
    list_starts: Numbers,
    numbers: NDArray[np.int32],
    units: NDArray[np.uint16],
    most: int,
) -> None:
    """Write every weight into its row or list, for a range of terms of `most` postings at a time."""
    frequency = np.bincount(terms, minlength=len(row_of))
    owner = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    low = 0
    while low < len(frequency):
        high = max(low + 1, int(np.searchsorted(np.cumsum(frequency[low:]), most)) + low)
        entry, term = _sorted_entries(terms, low, high)
        whole = np.ceil(weights[entry].astype(np.float64) / unit).astype(np.uint16)
        document, sparse = owner[entry], row_of[term] < 0
        span = slice(list_starts[low], list_starts[min(high, len(frequency))])
        numbers[span], units[span] = document[sparse], whole[sparse]
        rows[row_of[term[~sparse]], document[~sparse]] = whole[~sparse]
        low = high


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

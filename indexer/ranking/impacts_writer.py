"""Writes the weight of every term in every document, once by document and once by term; for the first stage.

To find, a weight is a whole number of `unit`, rounded up: a byte for each document where a term is frequent (its row),
a number and 16 bits for each document that has it where it is not (its list). To judge, it is the 32-bit float.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS
from indexer.ranking.field_counts import Counted
from indexer.ranking.forward import SHARES
from indexer.ranking.hashing import Numbers, ranges, starts_of, sums_of
from indexer.ranking.mapped import create, release, save, write_strings
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import BATCH, Batch, Words
from indexer.ranking.weighting import K1, Statistics, norm_of

# A term that more than one of so many documents have is a row: adding it whole is faster than walking its list.
DENSE = 16
# Rows are as long as whole blocks of this size (see kernels/finding).
BLOCK = 512
_MOST_BYTE, _MOST_UNITS = 255, 4_095


def write_impacts(
    folder: Path,
    words: Words,
    counted: Counted,
    kinds: NDArray[np.int8],
    statistics: Statistics,
    rarities: Callable[[Numbers], NDArray[np.float64]],
    resources: Resources,
) -> Numbers:
    """Write the arrays of a segment and give the number of documents of each term; `rarities` makes rarities of these.

    A weight needs the number of documents that have its term, so terms and sums over the fields wait on disk until all
    documents were seen.
    """
    worths, norms = worths_and_norms(counted, kinds, statistics)
    size, sizes = len(counted.vocabulary.terms), [np.empty(0, np.int64)]
    with TemporaryFile(dir=folder) as waiting, TemporaryFile(dir=folder) as sums:
        for batch in words.batches():
            own, found, totals = count_terms(batch, counted, worths, norms)
            sizes.append(own)
            found.tofile(waiting)
            totals.tofile(sums)
        starts = starts_of(np.concatenate(sizes))
        terms = create(folder, "forward_terms", np.int32, (int(starts[-1]),))
        weights = create(folder, "forward_weights", np.float32, terms.shape)
        parts = [slice(at, at + BATCH) for at in range(0, len(terms), BATCH)]
        for file in (waiting, sums):
            file.seek(0)
        for part in parts:
            terms[part] = np.fromfile(waiting, np.int32, BATCH)
            release(terms)
        frequency = np.bincount(terms, minlength=size)
        rare = rarities(frequency)
        for part in parts:
            weights[part] = rare[terms[part]] * np.fromfile(sums, np.float64, BATCH)
            for array in (weights, terms):
                release(array)
    save(folder, forward_starts=starts)
    write_strings(folder, "terms", counted.vocabulary.terms)
    _write_postings(folder, starts, terms, weights, frequency, resources.postings)
    return frequency


def worths_and_norms(
    counted: Counted, kinds: NDArray[np.int8], statistics: Statistics
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each field of each document what it is worth, and what its length, in terms and in concepts, adds to a count
    before it saturates.
    """
    worths, han = SHARES[kinds].ravel(), counted.han.astype(np.int8)
    averages = statistics.averages("average"), statistics.averages("concepts")
    return worths, np.array([norm_of(counted.lengths[:, :, n], averages[n][han]).ravel() for n in (0, 1)])


def documents_of_terms(words: Words, counted: Counted) -> Numbers:
    """In how many documents of a segment each term occurs."""
    size = len(counted.vocabulary.terms)
    frequency = np.zeros(size, np.int64)
    for batch in words.batches():
        fields, named = _occurrences(batch, counted)
        frequency += np.bincount(np.unique(fields // len(FIELDS) * size + named) % size, minlength=size)
    return frequency


def _occurrences(batch: Batch, counted: Counted) -> tuple[Numbers, NDArray[np.int32]]:
    """Every term where it occurs in a batch: its field, counted from the first document's first one, and its number."""
    vocabulary, span = counted.vocabulary, batch.fields
    low, high = np.searchsorted(counted.named_fields, [span.start, span.stop])
    telling = vocabulary.counts_alone[batch.sequence]
    fields = np.concatenate([batch.owner[telling], counted.named_fields[low:high] - span.start])
    return fields, np.concatenate([vocabulary.term_of[batch.sequence[telling]], counted.named[low:high]])


def count_terms(
    batch: Batch, counted: Counted, worths: NDArray[np.float64], norms: NDArray[np.float64]
) -> tuple[Numbers, NDArray[np.int32], NDArray[np.float64]]:
    """How many terms each document of a batch has, these ascending, and what each is worth over all fields."""
    vocabulary, span, size = counted.vocabulary, batch.fields, len(counted.vocabulary.terms)
    fields, named = _occurrences(batch, counted)
    cells, times = np.unique(fields * size + named, return_counts=True)
    field, term = np.divmod(cells, size)
    count = times.astype(np.float64)
    norm = norms[vocabulary.is_concept[term].astype(np.int8), span.start + field]
    worth = worths[span.start + field] * (count * (K1 + 1) / (count + norm))
    # Cells ascend by field: those of a document are added in the order of FIELDS.
    rows, row = np.unique(field // len(FIELDS) * size + term, return_inverse=True)
    document, term = np.divmod(rows, size)
    sizes = np.bincount(document, minlength=(len(batch.starts) - 1) // len(FIELDS))
    return sizes, term.astype(np.int32), sums_of(row, worth, len(rows))


def _write_postings(
    folder: Path,
    starts: Numbers,
    terms: NDArray[np.int32],
    weights: NDArray[np.float32],
    frequency: Numbers,
    most: int,
) -> None:
    """Write rows and lists: the transpose of the forward arrays, for a range of terms of `most` postings at a time."""
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
    owner = np.repeat(np.arange(documents, dtype=np.int32), np.diff(starts))
    for low, high in ranges(starts_of(frequency), most):
        entry, term = _sorted_entries(terms, low, high)
        whole = np.ceil(weights[entry].astype(np.float64) / unit).astype(np.uint16)
        document, sparse = owner[entry], row_of[term] < 0
        span = slice(list_starts[low], list_starts[high])
        numbers[span], units[span] = document[sparse], whole[sparse]
        rows[row_of[term[~sparse]], document[~sparse]] = whole[~sparse]
        for mapped in (terms, weights, rows, numbers, units):
            release(mapped)
    save(
        folder,
        row_of=row_of,
        list_starts=list_starts,
        most_units=np.ceil(greatest.astype(np.float64) / unit).astype(np.int32),
        unit=np.array([unit]),
    )


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

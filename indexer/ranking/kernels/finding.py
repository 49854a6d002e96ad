"""The compiled loop of the first stage: sums whole numbers to find candidates, then scores these exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.impacts import FINEST, FULL_LIST, MOST_SUM, SHIFT
from indexer.ranking.kernels.options import kernel

# Documents summed at a time: 16 KB of sums stay in the first-level cache.
_WINDOW = 8192
# Sums are looked through in blocks, and blocks in parts: most hold nothing that could be among the best.
BLOCK = 512
_PART = 16


@kernel
def _keep_best(best: Any, held: Any, value: Any) -> Any:
    """Put a value into a heap of the best ones, the least of them first, in its place if it is full; how many it holds.

    A heap, since of the first thousands of documents each may be among the best.
    """
    if held < len(best):
        at = held
        while at > 0 and best[(at - 1) // 2] > value:
            best[at] = best[(at - 1) // 2]
            at = (at - 1) // 2
        best[at] = value
        return held + 1
    at = 0
    while 2 * at + 1 < held:
        child = 2 * at + 1
        if child + 1 < held and best[child + 1] < best[child]:
            child += 1
        if best[child] >= value:
            break
        best[at] = best[child]
        at = child
    best[at] = value
    return held


@kernel
def _add_window(sums: Any, begin: int, size: int, dense: Any, dense_factor: Any, rows: Any) -> None:
    """Add the rows of frequent terms, four at a time: sums are read and written a quarter as often.

    Without factors they are added as they are. Else a product stays within 16 bits, of which twice as many are computed
    at a time as of 32; the shift is a constant because one that varies is several times slower.
    """
    whole, up, by, at = len(dense_factor) == 0, np.uint16((1 << SHIFT) - 1), np.uint16(SHIFT), 0
    while at + 3 < len(dense):
        a, b = rows[dense[at], begin : begin + size], rows[dense[at + 1], begin : begin + size]
        c, d = rows[dense[at + 2], begin : begin + size], rows[dense[at + 3], begin : begin + size]
        if whole:
            for i in range(size):
                sums[i] += np.uint16(np.uint16(a[i]) + np.uint16(b[i]) + np.uint16(c[i]) + np.uint16(d[i]))
        else:
            e, f, g, h = dense_factor[at], dense_factor[at + 1], dense_factor[at + 2], dense_factor[at + 3]
            for i in range(size):
                one = np.uint16(np.uint16(np.uint16(a[i]) * e + up) >> by)
                two = np.uint16(np.uint16(np.uint16(b[i]) * f + up) >> by)
                three = np.uint16(np.uint16(np.uint16(c[i]) * g + up) >> by)
                four = np.uint16(np.uint16(np.uint16(d[i]) * h + up) >> by)
                sums[i] += np.uint16(np.uint16(one + two) + np.uint16(three + four))
        at += 4
    while at < len(dense):
        a = rows[dense[at], begin : begin + size]
        if whole:
            for i in range(size):
                sums[i] += np.uint16(a[i])
        else:
            e = dense_factor[at]
            for i in range(size):
                sums[i] += np.uint16(np.uint16(np.uint16(a[i]) * e + up) >> by)
        at += 1


@kernel
def _exact(document: int, starts: Any, terms: Any, weights: Any, wanted: Any) -> float:
    score = 0.0
    for at in range(starts[document], starts[document + 1]):
        score += wanted[terms[at]] * np.float64(weights[at])
    return score


@kernel
def _plan(terms: Any, weights: Any, row_of: Any, most_units: Any) -> Any:
    """How sums are made (see Impacts._find): rows and their factors, lists and theirs, and the slack."""
    heaviest, lightest = weights.max(), weights.min()
    highest = 0.0
    for x in range(len(terms)):
        highest += most_units[terms[x]] * (weights[x] / heaviest) + 2
    whole = lightest == heaviest and highest <= MOST_SUM
    scale = 1.0 if whole else min(float(FINEST), MOST_SUM / highest)
    dense, sparse = np.empty(len(terms), np.int64), np.empty(len(terms), np.int64)
    dense_factor, sparse_factor = np.empty(len(terms), np.uint16), np.empty(len(terms), np.int64)
    frequent = rare = 0
    slack = 0.0
    for x in range(len(terms)):
        row, share = row_of[terms[x]], weights[x] / heaviest * scale
        divisor = 1 << SHIFT if row >= 0 else FULL_LIST
        slack += 1.0 if whole else share + 1 + most_units[terms[x]] / divisor
        if row >= 0:
            dense[frequent], dense_factor[frequent] = row, np.uint16(np.ceil(share * divisor))
            frequent += 1
        else:
            sparse[rare], sparse_factor[rare] = terms[x], np.int64(np.ceil(share * divisor))
            rare += 1
    factors = dense_factor[:0] if whole else dense_factor[:frequent]
    return dense[:frequent], factors, sparse[:rare], sparse_factor[:rare], np.int64(np.ceil(slack)) + 1


@kernel
def find(
    terms: Any,
    term_weights: Any,
    limit: int,
    live: Any,
    row_of: Any,
    most_units: Any,
    rows: Any,
    list_starts: Any,
    list_documents: Any,
    list_units: Any,
    forward_starts: Any,
    forward_terms: Any,
    forward_weights: Any,
    wanted: Any,
) -> Any:
    """The best documents and their exact scores (see Impacts.rank); `wanted` has a zero for every term, and has them
    again afterwards.
    """
    dense, dense_factor, sparse, sparse_factor, slack = _plan(terms, term_weights, row_of, most_units)
    documents, padded = len(forward_starts) - 1, rows.shape[1]
    window = np.zeros(_WINDOW, np.uint16)
    found, units = np.empty(documents, np.int32), np.empty(documents, np.uint16)
    best = np.empty(limit, np.int64)
    at, end = np.empty(len(sparse), np.int64), np.empty(len(sparse), np.int64)
    for x in range(len(sparse)):
        at[x], end[x] = list_starts[sparse[x]], list_starts[sparse[x] + 1]
    held = count = begin = 0
    least = 1
    while begin < padded:
        size = min(_WINDOW, padded - begin)
        beyond = begin + size
        for x in range(len(sparse)):
            j, z, factor = at[x], end[x], sparse_factor[x]
            while j < z and list_documents[j] < beyond:
                window[list_documents[j] - begin] += np.uint16((np.int64(list_units[j]) * factor + 65535) >> 16)
                j += 1
            at[x] = j
        _add_window(window, begin, size, dense, dense_factor, rows)
        if len(live):
            for i in range(min(size, documents - begin)):
                window[i] *= np.uint16(live[begin + i])
        for block in range(size // BLOCK):
            low = block * BLOCK
            # The greatest sum is looked for twice, in place: by a function of its own the whole takes a sixth longer.
            most = np.uint16(0)
            for y in range(low, low + BLOCK):
                value = window[y]
                most = max(most, value)
            if most < least:
                continue
            for part in range(BLOCK // _PART):
                first = low + part * _PART
                most = np.uint16(0)
                for y in range(first, first + _PART):
                    value = window[y]
                    most = max(most, value)
                if most < least:
                    continue
                for y in range(first, first + _PART):
                    total = np.int64(window[y])
                    if total >= least:
                        found[count], units[count] = begin + y, total
                        count += 1
                        if held < limit or total > best[0]:
                            held = _keep_best(best, held, total)
                            if held == limit:
                                least = max(least, best[0] - slack + 1)
        for i in range(size):
            window[i] = 0
        begin = beyond
    kept = 0
    numbers, scores = np.empty(count, np.int64), np.empty(count, np.float64)
    for x in range(len(terms)):
        wanted[terms[x]] = term_weights[x]
    for x in range(count):
        if units[x] >= least:
            numbers[kept] = found[x]
            scores[kept] = _exact(found[x], forward_starts, forward_terms, forward_weights, wanted)
            kept += 1
    for term in terms:
        wanted[term] = 0.0
    order = np.argsort(-scores[:kept], kind="mergesort")[:limit]  # stable, and numbers ascend
    return numbers[order], scores[order]

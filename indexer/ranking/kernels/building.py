"""Loops of a build: lists gathered, patterns found, terms counted, postings sorted, tokens counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.kernels.options import kernel


@kernel
def gather(values: Any, starts: Any, rows: Any) -> Any:
    """The values of some lists one after the other (as values[places(starts, rows)])."""
    size = 0
    for row in rows:
        size += starts[row + 1] - starts[row]
    found, at = np.empty(size, values.dtype), 0
    for row in rows:
        for place in range(starts[row], starts[row + 1]):
            found[at] = values[place]
            at += 1
    return found


@kernel
def _first_step(steps: Any, low: int, high: int, word: Any) -> int:
    """The first step of a range with a word, or the one beyond where it would stand: ranges are mostly short."""
    while low < high:
        middle = (low + high) // 2
        if steps[middle] < word:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def find_patterns(
    words: Any, owner: Any, roots: Any, starts: Any, steps: Any, to: Any, ends: Any, gaps: Any, most_gap: int
) -> Any:
    """The places where patterns begin and the patterns, in order, each once at a place (see Matcher.find)."""
    places, patterns, count = np.empty(1024, np.int64), np.empty(1024, np.int64), 0
    stack_at, stack_node = np.empty(1 << 16, np.int64), np.empty(1 << 16, np.int64)
    for first in range(len(words)):
        if roots[words[first]] == roots[words[first] + 1]:
            continue
        stack_at[0], stack_node[0], depth, mark = first, 0, 1, count
        while depth:
            depth -= 1
            at, node = stack_at[depth], stack_node[depth]
            if at >= len(words) or owner[at] != owner[first]:
                continue
            word, high = words[at], starts[node + 1]
            step = np.int64(roots[word]) if node == 0 else _first_step(steps, starts[node], high, word)
            while step < high and steps[step] == word:
                reached = to[step]
                for end in range(ends[reached], ends[reached + 1]):
                    if count == len(places):
                        places, patterns = np.append(places, places), np.append(patterns, patterns)
                    place = count
                    while place > mark and patterns[place - 1] >= end:
                        place -= 1
                    if place < count and patterns[place] == end:
                        continue
                    for later in range(count, place, -1):
                        patterns[later] = patterns[later - 1]
                    places[count], patterns[place] = first, end
                    count += 1
                stack_at[depth], stack_node[depth] = at + 1, reached
                depth += 1
                if gaps[reached] >= 0:
                    for skipped in range(1, most_gap + 1):
                        stack_at[depth], stack_node[depth] = at + 1 + skipped, gaps[reached]
                        depth += 1
                step += 1
    return places[:count], patterns[:count]


@kernel
def _seen(counts: Any, term: int, field: int, terms: Any, at: int) -> int:
    """Count a term in a field; 1 if it is the first time in the document, which then notes it."""
    new = 1
    for other in range(counts.shape[1]):
        if counts[term, other]:
            new = 0
    counts[term, field] += 1
    if new:
        terms[at] = term
    return new


@kernel
def count_terms(
    sequence: Any,
    starts: Any,
    term_of: Any,
    is_stop: Any,
    is_concept: Any,
    concepts: Any,
    concept_starts: Any,
    norms: Any,
    worths: Any,
    saturated: float,
    counts: Any,
    frequency: Any,
) -> Any:
    """Of a batch of documents how many terms each has, these ascending, and their sums over the fields.

    `counts` (terms × fields) is zero before and after; norms are those of words and of concepts.
    """
    fields = counts.shape[1]
    documents = (len(starts) - 1) // fields
    sizes = np.zeros(documents, np.int64)
    most = len(sequence) + len(concepts)
    terms, sums, at = np.empty(most, np.int32), np.empty(most, np.float64), 0
    for document in range(documents):
        begin = at
        for field in range(fields):
            own = document * fields + field
            for place in range(starts[own], starts[own + 1]):
                word = sequence[place - starts[0]]
                if not is_stop[word]:
                    at += _seen(counts, term_of[word], field, terms, at)
            for place in range(concept_starts[own], concept_starts[own + 1]):
                at += _seen(counts, concepts[place], field, terms, at)
        terms[begin:at].sort()
        for place in range(begin, at):
            term, total = terms[place], 0.0
            kind = np.int64(is_concept[term])
            for field in range(fields):
                count = counts[term, field]
                if count:
                    counts[term, field] = 0
                    own = document * fields + field
                    total += worths[own] * (count * saturated / (count + norms[kind, own]))
            sums[place] = total
            frequency[term] += 1
        sizes[document] = at - begin
    return sizes, terms[:at], sums[:at]


@kernel
def write_postings(
    low: int,
    high: int,
    starts: Any,
    terms: Any,
    weights: Any,
    unit: float,
    row_of: Any,
    rows: Any,
    list_at: Any,
    documents: Any,
    units: Any,
) -> None:
    """Write every weight of some documents, from `low` on, into its row or list (see impacts_writer); `list_at` says
    where each list goes on.
    """
    for document in range(low, high):
        for at in range(starts[document], starts[document + 1]):
            term = terms[at]
            whole = np.ceil(np.float64(weights[at]) / unit)
            if row_of[term] >= 0:
                rows[row_of[term], document] = np.uint8(whole)
            else:
                place = list_at[term]
                documents[place], units[place] = document, np.uint16(whole)
                list_at[term] = place + 1


@kernel
def count_tokens(
    sequence: Any,
    starts: Any,
    first: int,
    fields: int,
    gram_starts: Any,
    grams: Any,
    word_keys: Any,
    pair_factor: int,
    word_counts: Any,
    word_last: Any,
    gram_counts: Any,
    gram_last: Any,
) -> Any:
    """Count the documents of each word and gram of a batch, and give the keys of its pairs, once for each document.

    `word_last` and `gram_last` hold the last document, counted from 1, that had each; `first` is the batch's first one.
    """
    size = 1 << 10
    table, stamp = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    pairs, count = np.empty(len(sequence), np.uint64), 0
    for document in range((len(starts) - 1) // fields):
        number = first + document + 1
        low, high = starts[document * fields], starts[(document + 1) * fields]
        while size < 2 * (high - low):
            size *= 2
            table, stamp = np.zeros(size, np.uint64), np.zeros(size, np.int64)
        mask = np.uint64(size - 1)
        for field in range(document * fields, (document + 1) * fields):
            for place in range(starts[field], starts[field + 1]):
                word = sequence[place - starts[0]]
                if word_last[word] != number:
                    word_last[word] = number
                    word_counts[word] += 1
                    for entry in range(gram_starts[word], gram_starts[word + 1]):
                        gram = grams[entry]
                        if gram_last[gram] != number:
                            gram_last[gram] = number
                            gram_counts[gram] += 1
                if place + 1 == starts[field + 1]:
                    continue
                one, other = word_keys[word], word_keys[sequence[place + 1 - starts[0]]]
                if one == np.uint64(0) or other == np.uint64(0):
                    continue
                key = one * pair_factor + other
                at = (key ^ (key >> np.uint64(32))) & mask
                while stamp[at] == number and table[at] != key:
                    at = (at + np.uint64(1)) & mask
                if stamp[at] != number:
                    table[at], stamp[at] = key, number
                    if key != np.uint64(0):
                        pairs[count] = key
                        count += 1
    return pairs[:count]

"""The compiled loop of the second stage: counts bigrams, grams, stops and intents in a few documents.

What is asked for stands in tables; each different word of the documents is looked up there once, whatever it has of
bigrams, grams and stop words, and however often it occurs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.kernels.options import kernel

# What a word may be (see _roles); most are nothing of this.
_FIRST, _SECOND, _COLUMNS = np.uint8(1), np.uint8(2), np.uint8(4)


@kernel
def _slot(keys: Any, key: Any) -> Any:
    """The slot of a table of keys that holds a key, or the free one where it belongs."""
    mask = np.uint64(len(keys) - 1)
    at = (key ^ (key >> np.uint64(32))) & mask
    while keys[at] != np.uint64(0) and keys[at] != key:
        at = (at + np.uint64(1)) & mask
    return np.int64(at)


@kernel
def _table(keys: Any) -> Any:
    """A table of keys, with the place of each among them; 0 stands for none."""
    size = 16
    while size < 4 * len(keys):
        size *= 2
    table, place = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    for x in range(len(keys)):
        if keys[x] != np.uint64(0):
            at = _slot(table, keys[x])
            table[at], place[at] = keys[x], x
    return table, place


@kernel
def _different(numbers: Any, fields: int, sequence: Any, starts: Any, place_of: Any) -> Any:
    """The different words of some documents, and for each word of the documents its place among these; `place_of` then
    has the place of each word that is there, plus one.
    """
    most = 0
    for number in numbers:
        most += starts[(number + 1) * fields] - starts[number * fields]
    places, words, count, at = np.empty(most, np.int32), np.empty(most, np.int32), 0, 0
    for number in numbers:
        for word in sequence[starts[number * fields] : starts[(number + 1) * fields]]:
            if place_of[word] == 0:
                words[count] = word
                count += 1
                place_of[word] = count
            places[at] = place_of[word] - 1
            at += 1
    return words[:count], places


@kernel
def _columns_of(place_of: Any, size: int, grams: Any, stops: Any, gram_words: Any, gram_words_starts: Any) -> Any:
    """The columns of the grams and stop words that each of `size` words has: where those of each begin, and the
    columns.
    """
    most = len(stops)
    for gram in grams:
        if gram >= 0:
            most += gram_words_starts[gram + 1] - gram_words_starts[gram]
    owner, column, count = np.empty(most, np.int32), np.empty(most, np.int32), 0
    begins = np.zeros(size + 1, np.int64)
    for x in range(len(grams)):
        if grams[x] >= 0:
            for word in gram_words[gram_words_starts[grams[x]] : gram_words_starts[grams[x] + 1]]:
                if place_of[word] > 0:
                    owner[count], column[count] = place_of[word] - 1, x
                    count += 1
                    begins[place_of[word]] += 1
    for x in range(len(stops)):
        if stops[x] >= 0 and place_of[stops[x]] > 0:
            owner[count], column[count] = place_of[stops[x]] - 1, len(grams) + x
            count += 1
            begins[place_of[stops[x]]] += 1
    for x in range(size):
        begins[x + 1] += begins[x]
    columns, filled = np.empty(count, np.int32), begins[:size].copy()
    for entry in range(count):
        columns[filled[owner[entry]]] = column[entry]
        filled[owner[entry]] += 1
    return begins, columns


@kernel
def _roles(words: Any, word_terms: Any, bigrams: Any, begins: Any, role_of: Any) -> Any:
    """For each word, as bits: whether its term begins a wanted bigram, ends one, and whether it has a wanted column."""
    for bigram in bigrams:
        if bigram >= 0:
            role_of[bigram >> 32] |= _FIRST
            role_of[bigram & 0xFFFFFFFF] |= _SECOND
    roles = np.empty(len(words), np.uint8)
    for x in range(len(words)):
        roles[x] = role_of[word_terms[words[x]]]
        if begins[x + 1] > begins[x]:
            roles[x] |= _COLUMNS
    for bigram in bigrams:
        if bigram >= 0:
            role_of[bigram >> 32] = role_of[bigram & 0xFFFFFFFF] = 0
    return roles


@kernel
def judge(
    numbers: Any,
    scores: Any,
    exponent: float,
    sequence: Any,
    starts: Any,
    word_terms: Any,
    gram_words: Any,
    gram_words_starts: Any,
    place_of: Any,
    role_of: Any,
    bigrams: Any,
    grams: Any,
    stops: Any,
    intents: Any,
    wanted_intents: Any,
    tells: Any,
    kinds: Any,
    han: Any,
    lengths: Any,
    averages: Any,
    medians: Any,
    shares: Any,
    k1: float,
    b: float,
) -> Any:
    """The scores of some documents in the second stage (see Forward.judge); columns are bigrams, grams, stops, intents.

    What is asked for are numbers of the segment, -1 for what it does not have; bigrams are first term × 2^32 + second.
    `place_of` has a zero for every word and `role_of` for every term, and have them again afterwards; `shares` says
    what each field of a kind counts, `averages` how long it is, `medians` how long a whole document.
    """
    fields, width = shares.shape[1], len(tells)
    words, places = _different(numbers, fields, sequence, starts, place_of)
    begins, columns = _columns_of(place_of, len(words), grams, stops, gram_words, gram_words_starts)
    roles = _roles(words, word_terms, bigrams, begins, role_of)
    for word in words:
        place_of[word] = 0
    bigram_table, bigram_place = _table((bigrams + 1).astype(np.uint64))
    counts, touched = np.zeros((width, fields), np.int32), np.zeros(width, np.bool_)
    result = np.zeros(len(numbers), np.float64)
    first_gram, first_intent = len(bigrams), width - len(wanted_intents)
    norms = np.empty(fields, np.float64)
    at = 0
    for n in range(len(numbers)):
        own, kind, length = int(han[numbers[n]]), kinds[numbers[n]], 1
        for field in range(fields):
            beyond = at + starts[numbers[n] * fields + field + 1] - starts[numbers[n] * fields + field]
            while at < beyond:
                x = places[at]
                at += 1
                if roles[x] == 0:
                    continue
                if roles[x] & _FIRST and at < beyond and roles[places[at]] & _SECOND:
                    one, other = np.uint64(word_terms[words[x]]), np.uint64(word_terms[words[places[at]]])
                    column = bigram_place[_slot(bigram_table, (one << np.uint64(32) | other) + np.uint64(1))]
                    if column >= 0:
                        counts[column, field] += 1
                        touched[column] = True
                for entry in range(begins[x], begins[x + 1]):
                    column = first_gram + columns[entry]
                    counts[column, field] += 1
                    touched[column] = True
            for x in range(len(wanted_intents)):
                if intents[numbers[n], field] >> wanted_intents[x] & 1:
                    counts[first_intent + x, field] += 1
                    touched[first_intent + x] = True
            average = averages[own, field]
            # As weighting.norm_of, term by term: both forms agree to the last bit.
            added = b * lengths[numbers[n], field] / average if average > 0 else b
            norms[field] = k1 * (1 - b + added)
            length += lengths[numbers[n], field]
        said = 0.0
        for column in range(width):
            if touched[column]:
                touched[column] = False
                total = 0.0
                for field in range(fields):
                    count = counts[column, field]
                    if count:
                        counts[column, field] = 0
                        total += shares[kind, field] * (count * (k1 + 1) / (count + norms[field]))
                said += total * tells[column]
        result[n] = (scores[n] + said) * (length / medians[own]) ** exponent
    return result

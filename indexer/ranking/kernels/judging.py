"""The loop that judges: what the finer channels say of a few documents, word by word.

What is asked for stands in tables; each different word of the documents is looked up there once, whatever it has of
pairs, grams and stop words, and however often it occurs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.kernels.options import kernel


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
def _different(numbers: Any, fields: int, sequence: Any, starts: Any, known: Any) -> Any:
    """The different words of some documents, and for each word of the documents its place among these."""
    most = 0
    for number in numbers:
        most += starts[(number + 1) * fields] - starts[number * fields]
    places, words, count, at = np.empty(most, np.int32), np.empty(most, np.int32), 0, 0
    for number in numbers:
        for word in sequence[starts[number * fields] : starts[(number + 1) * fields]]:
            if known[word] == 0:
                words[count] = word
                count += 1
                known[word] = count
            places[at] = known[word] - 1
            at += 1
    for word in words[:count]:
        known[word] = 0
    return words[:count], places


@kernel
def _columns_of(words: Any, grams: Any, stops: Any, word_grams: Any, word_grams_starts: Any, gram_column: Any) -> Any:
    """The columns of the grams and stop words that each word has: where those of each begin, and the columns."""
    for x in range(len(grams)):
        if grams[x] >= 0:
            gram_column[grams[x]] = x + 1
    stop_table, stop_place = _table((stops + 1).astype(np.uint64))
    most = len(words)
    for word in words:
        most += word_grams_starts[word + 1] - word_grams_starts[word]
    begins, columns, count = np.empty(len(words) + 1, np.int64), np.empty(most, np.int32), 0
    for x in range(len(words)):
        begins[x] = count
        for gram in word_grams[word_grams_starts[words[x]] : word_grams_starts[words[x] + 1]]:
            if gram_column[gram] > 0:
                columns[count] = gram_column[gram] - 1
                count += 1
        column = stop_place[_slot(stop_table, np.uint64(words[x] + 1))]
        if column >= 0:
            columns[count] = len(grams) + column
            count += 1
    begins[len(words)] = count
    for gram in grams:
        if gram >= 0:
            gram_column[gram] = 0
    return begins, columns


@kernel
def _sides(words: Any, word_terms: Any, pairs: Any) -> Any:
    """Whether the term of each word is the first, and whether it is the second, of a pair that is asked for."""
    keys = np.zeros((2, len(pairs)), np.uint64)
    for x in range(len(pairs)):
        if pairs[x] >= 0:
            keys[0, x], keys[1, x] = (pairs[x] >> 32) + 1, (pairs[x] & 0xFFFFFFFF) + 1
    firsts, first_place = _table(keys[0])
    seconds, second_place = _table(keys[1])
    leads, follows = np.empty(len(words), np.bool_), np.empty(len(words), np.bool_)
    for x in range(len(words)):
        key = np.uint64(word_terms[words[x]] + 1)
        leads[x] = first_place[_slot(firsts, key)] >= 0
        follows[x] = second_place[_slot(seconds, key)] >= 0
    return leads, follows


@kernel
def judge(
    numbers: Any,
    sequence: Any,
    starts: Any,
    word_terms: Any,
    word_grams: Any,
    word_grams_starts: Any,
    known: Any,
    gram_column: Any,
    pairs: Any,
    grams: Any,
    stops: Any,
    intents: Any,
    wanted_intents: Any,
    tells: Any,
    worths: Any,
    norms: Any,
    saturated: float,
) -> Any:
    """What the finer channels say of some documents (see Forward.judge); columns are pairs, grams, stops, intents.

    What is asked for are numbers of the segment, -1 for what it does not have; pairs are first term × 2^32 + second.
    `known` has a zero for every word and `gram_column` for every gram, and have them again afterwards; `worths` and
    `norms` belong to the fields of the documents.
    """
    fields, width = worths.shape[1], len(tells)
    words, places = _different(numbers, fields, sequence, starts, known)
    begins, columns = _columns_of(words, grams, stops, word_grams, word_grams_starts, gram_column)
    leads, follows = _sides(words, word_terms, pairs)
    pair_table, pair_place = _table((pairs + 1).astype(np.uint64))
    counts, touched = np.zeros((width, fields), np.int32), np.zeros(width, np.bool_)
    result = np.zeros(len(numbers), np.float64)
    first_gram, first_intent = len(pairs), width - len(wanted_intents)
    at = 0
    for n in range(len(numbers)):
        for field in range(fields):
            beyond = at + starts[numbers[n] * fields + field + 1] - starts[numbers[n] * fields + field]
            while at < beyond:
                x = places[at]
                at += 1
                if leads[x] and at < beyond and follows[places[at]]:
                    one, other = np.uint64(word_terms[words[x]]), np.uint64(word_terms[words[places[at]]])
                    column = pair_place[_slot(pair_table, (one << np.uint64(32) | other) + np.uint64(1))]
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
        score = 0.0
        for column in range(width):
            if touched[column]:
                touched[column] = False
                total = 0.0
                for field in range(fields):
                    count = counts[column, field]
                    if count:
                        counts[column, field] = 0
                        total += worths[n, field] * (count * saturated / (count + norms[n, field]))
                score += total * tells[column]
        result[n] = score
    return result

"""The loop that counts in how many documents each word, gram and bigram occurs, once for each full build."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.ranking.kernels.options import kernel


@kernel
def count_tokens(
    sequence: Any,
    starts: Any,
    first: int,
    fields: int,
    gram_starts: Any,
    grams: Any,
    word_keys: Any,
    bigram_factor: int,
    word_counts: Any,
    word_last: Any,
    gram_counts: Any,
    gram_last: Any,
) -> Any:
    """Count the documents of each word and gram of a batch, and give the keys of its bigrams, once for each document.

    `word_last` and `gram_last` hold the last document, counted from 1, that had each; `first` is the batch's first one.
    """
    size = 1 << 10
    table, stamp = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    bigrams, count = np.empty(len(sequence), np.uint64), 0
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
                key = one * bigram_factor + other
                at = (key ^ (key >> np.uint64(32))) & mask
                while stamp[at] == number and table[at] != key:
                    at = (at + np.uint64(1)) & mask
                if stamp[at] != number:
                    table[at], stamp[at] = key, number
                    if key != np.uint64(0):
                        bigrams[count] = key
                        count += 1
    return bigrams[:count]

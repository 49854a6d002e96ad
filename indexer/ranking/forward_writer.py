"""What the second stage reads of each word, and in how many documents each token occurs: made from words at build."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, bare
from indexer.analysis.channels import GRAM, grams_of
from indexer.analysis.wordlists import stop_words
from indexer.ranking.field_counts import Counted, Vocabulary
from indexer.ranking.hashing import BIGRAM, NO_BIGRAM, Keys, Numbers, bigram_keys, expand, key_of, starts_of
from indexer.ranking.token_store import Batch, Words

# Ascending keys, and how many documents have each.
_Counts = tuple[Keys, Numbers]
# Bigrams are counted for so many at a time.
_COUNTED = 1 << 21


class WordKeys(NamedTuple):
    """What the finer channels know of each word: the key of its term, and the numbers of its grams in `gram_keys`."""

    words: Keys
    gram_keys: Keys
    grams: NDArray[np.int32]
    gram_starts: Numbers


class TokenCounts(NamedTuple):
    """In how many documents each word, gram and bigram occurs; `bigram_keys` ascend."""

    words: NDArray[np.int32]
    grams: NDArray[np.int32]
    bigram_keys: Keys
    bigrams: NDArray[np.int32]


def word_keys(words: Sequence[str], terms: Vocabulary) -> WordKeys:
    """The keys of words. Stop words and short ones have no grams, terms beyond ASCII are in no bigram."""
    stops = stop_words()
    lists = [grams_of(own) if len(own) >= GRAM and own not in stops else [] for own in map(bare, words)]
    keys = np.array([key_of(gram) for grams in lists for gram in grams], np.uint64)
    gram_keys, numbers = np.unique(keys, return_inverse=True)
    starts = starts_of(np.array([len(grams) for grams in lists], np.int64))
    term_keys = np.array([key_of(term) if term.isascii() else NO_BIGRAM for term in terms.terms], np.uint64)
    return WordKeys(term_keys[terms.term_of], gram_keys, numbers.astype(np.int32), starts)


def forward_arrays(keys: WordKeys, counted: Counted) -> dict[str, NDArray[Any]]:
    """What the finer channels read beside the words themselves, by name (see Forward)."""
    words = np.repeat(np.arange(len(keys.words), dtype=np.int32), np.diff(keys.gram_starts))
    return {
        "word_terms": counted.vocabulary.term_of,
        "gram_keys": keys.gram_keys,
        "gram_words": words[np.argsort(keys.grams, kind="stable")],
        "gram_words_starts": starts_of(np.bincount(keys.grams, minlength=len(keys.gram_keys))),
        "intents": counted.intents,
        "han": counted.han,
        "lengths": counted.lengths[:, :, 0],
    }


def count_tokens(words: Words, keys: WordKeys, kernels: ModuleType | None) -> TokenCounts:
    """Count in how many documents each word, gram and bigram occurs; `kernels` is the compiled form, or None."""
    size, grams = len(words.words), len(keys.gram_keys)
    word_counts, gram_counts = np.zeros(size, np.int64), np.zeros(grams, np.int64)
    waiting: list[Keys] = []
    parts: list[_Counts] = []
    last = np.zeros(size, np.int64), np.zeros(grams, np.int64)
    for batch in words.batches():
        if kernels:
            fixed = (batch.document, len(FIELDS), keys.gram_starts, keys.grams, keys.words, BIGRAM)
            found = kernels.count_tokens(
                batch.sequence, batch.starts, *fixed, word_counts, last[0], gram_counts, last[1]
            )
        else:
            found = _count_together(batch, keys, word_counts, gram_counts)
        waiting.append(found)
        if sum(map(len, waiting)) > _COUNTED:
            parts.append(np.unique(np.concatenate(waiting), return_counts=True))
            waiting = []
            # Merged when what is new is as much as what is merged, all keys together are looked at a few times.
            if sum(len(keys) for keys, _ in parts[1:]) > len(parts[0][0]):
                parts = [merged(parts)]
    parts.append(np.unique(np.concatenate([*waiting, np.empty(0, np.uint64)]), return_counts=True))
    keys_there, counts = merged(parts)
    return TokenCounts(word_counts.astype(np.int32), gram_counts.astype(np.int32), keys_there, counts.astype(np.int32))


def _count_together(batch: Batch, keys: WordKeys, word_counts: Numbers, gram_counts: Numbers) -> Keys:
    """Add the documents of each word and gram to the counts, and give the keys of bigrams, once for each document."""
    size, grams = len(word_counts), len(gram_counts)
    tokens, document = batch.sequence.astype(np.int64), batch.owner // len(FIELDS)
    inside = np.unique(document * size + tokens)
    word_counts += np.bincount(inside % size, minlength=size)
    entry, owner = expand(keys.gram_starts, inside % size)
    gram = np.unique(inside[owner] // size * grams + keys.grams[entry])
    gram_counts += np.bincount(gram % max(grams, 1), minlength=grams)
    there = np.flatnonzero(batch.owner[1:] == batch.owner[:-1])
    bigrams = bigram_keys(keys.words[tokens[there]], keys.words[tokens[there + 1]])
    return _once_a_document(bigrams, document[there])


def _once_a_document(bigrams: Keys, document: Numbers) -> Keys:
    """The keys of bigrams, each once for every document that has it."""
    order = np.lexsort((bigrams, document))
    bigrams, document = bigrams[order], document[order]
    new = np.ones(len(bigrams), np.bool_)
    new[1:] = (bigrams[1:] != bigrams[:-1]) | (document[1:] != document[:-1])
    once: Keys = bigrams[new & (bigrams != NO_BIGRAM)]
    return once


def merged(parts: Sequence[_Counts]) -> _Counts:
    """The keys of all parts, ascending, each once with its counts together."""
    keys, counts = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(keys, kind="stable")  # merges what is in order already
    keys, counts = keys[order], counts[order]
    if not len(keys):
        return keys, counts
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first], np.add.reduceat(counts, first)

"""Writing forward rows: the words of every document in their order, and how many documents have what they hold."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analysed, written_in_han
from indexer.analysis.channels import GRAM, grams_of
from indexer.analysis.intents import intent_names, intents
from indexer.analysis.terms import stem, stop_words
from indexer.ranking.keys import NO_PAIR, Keys, Numbers, expand, key_of, pair_keys
from indexer.ranking.tables import write_strings

_CHUNK = 1 << 21  # words counted at a time
_NO_BITS = np.zeros((0, len(FIELDS)), np.int32)
_Grams = tuple[Numbers, NDArray[np.int32], int]


class ForwardWriter:
    """Collects the words of each document in the order of their numbers, then writes them."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._bit = {intent: bit for bit, intent in enumerate(intent_names())}
        self._sequence, self._starts, self._intents = array("i"), array("q", [0]), array("i")
        self._han = array("b")

    def add(self, texts: Mapping[str, Analysed]) -> None:
        """Take the next document: its analysed fields."""
        self._han.append(written_in_han(texts.values()))
        for field in FIELDS:
            bits = 0
            if field in texts:
                known = self._words
                self._sequence.extend(known.setdefault(token, len(known)) for token in texts[field].tokens)
                bits = sum(1 << self._bit[intent] for intent in intents(texts[field].tokens))
            self._starts.append(len(self._sequence))
            self._intents.append(bits)

    def write(self, folder: Path) -> None:
        """Write the rows, and how many documents have each word, gram, pair and intent."""
        words = sorted(self._words)
        # Words were numbered as they came; in the arrays they stand in their own order, the same for every build.
        number = np.empty(len(words), np.int32)
        number[[self._words[word] for word in words]] = np.arange(len(words), dtype=np.int32)
        sequence = number[np.frombuffer(self._sequence, np.int32)] if self._sequence else np.empty(0, np.int32)
        starts = np.frombuffer(self._starts, np.int64)
        bits = np.frombuffer(self._intents, np.int32).reshape(-1, len(FIELDS)) if self._intents else _NO_BITS
        write_strings(folder, "words", words)
        grams = _grams_of_words(folder, words)
        stems = [stem(word) for word in words]
        keys = np.array([key_of(term) if term.isascii() else NO_PAIR for term in stems], np.uint64)
        np.save(folder / "word_keys.npy", keys)
        np.save(folder / "sequence.npy", sequence)
        np.save(folder / "sequence_starts.npy", starts)
        np.save(folder / "intents.npy", bits)
        np.save(folder / "han.npy", np.array(self._han, np.bool_))
        whole = np.bitwise_or.reduce(bits, axis=1)
        counts = [int((whole >> bit & 1).sum()) for bit in range(len(intent_names()))]
        np.save(folder / "intent_counts.npy", np.array(counts, np.int32))
        _count(folder, sequence, starts, keys, grams)


def _grams_of_words(folder: Path, words: Sequence[str]) -> _Grams:
    """Write the keys of all grams, in order, and the numbers of each word's grams; return the latter two arrays."""
    stops = stop_words()
    lists = [grams_of(word) if len(word) >= GRAM and word not in stops else [] for word in words]
    keys = np.array([key_of(gram) for grams in lists for gram in grams], np.uint64)
    known, numbers = np.unique(keys, return_inverse=True)
    starts = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(grams) for grams in lists], out=starts[1:])
    np.save(folder / "gram_keys.npy", known)
    np.save(folder / "word_grams.npy", numbers.astype(np.int32))
    np.save(folder / "word_grams_starts.npy", starts)
    return starts, numbers.astype(np.int32), len(known)


def _count(
    folder: Path,
    sequence: NDArray[np.int32],
    starts: Numbers,
    keys: Keys,
    grams: _Grams,
) -> None:
    """Write in how many documents each word, gram and pair occurs."""
    gram_starts, gram_numbers, gram_total = grams
    word_counts, gram_counts = np.zeros(len(keys), np.int64), np.zeros(gram_total, np.int64)
    known_pairs, pair_counts = np.empty(0, np.uint64), np.empty(0, np.int64)
    for tokens, field in _chunks(sequence, starts):
        document = field // len(FIELDS)
        inside = np.unique(document * len(keys) + tokens)
        word_counts += np.bincount(inside % len(keys), minlength=len(keys))
        entry, owner = expand(gram_starts, inside % len(keys))
        gram = np.unique(inside[owner] // len(keys) * gram_total + gram_numbers[entry])
        gram_counts += np.bincount(gram % max(gram_total, 1), minlength=gram_total)
        there = np.flatnonzero(field[1:] == field[:-1])
        pairs = pair_keys(keys[tokens[there]], keys[tokens[there + 1]])
        found = _once_a_document(pairs, document[there])
        merged, place = np.unique(np.concatenate([known_pairs, found]), return_inverse=True)
        times = np.concatenate([pair_counts, np.ones(len(found), np.int64)])
        known_pairs, pair_counts = merged, np.bincount(place, times, len(merged)).astype(np.int64)
    np.save(folder / "word_counts.npy", word_counts.astype(np.int32))
    np.save(folder / "gram_counts.npy", gram_counts.astype(np.int32))
    np.save(folder / "pair_keys.npy", known_pairs)
    np.save(folder / "pair_counts.npy", pair_counts.astype(np.int32))


def _chunks(sequence: NDArray[np.int32], starts: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Whole documents of about _CHUNK words at a time: each word's number, and the number of its field."""
    bounds = starts[:: len(FIELDS)]
    at = 0
    while at < len(bounds) - 1:
        beyond = max(at + 1, int(np.searchsorted(bounds, bounds[at] + _CHUNK, side="right")) - 1)
        fields = np.arange(at * len(FIELDS), beyond * len(FIELDS))
        sizes = starts[fields + 1] - starts[fields]
        yield sequence[bounds[at] : bounds[beyond]].astype(np.int64), np.repeat(fields, sizes)
        at = beyond


def _once_a_document(pairs: Keys, document: Numbers) -> Keys:
    """The keys of pairs, each once for every document that has it."""
    order = np.lexsort((pairs, document))
    pairs, document = pairs[order], document[order]
    new = np.ones(len(pairs), np.bool_)
    new[1:] = (pairs[1:] != pairs[:-1]) | (document[1:] != document[:-1])
    once: Keys = pairs[new & (pairs != NO_PAIR)]
    return once

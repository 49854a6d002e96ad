"""Frequencies: in how many documents each token occurs, frozen at a full build as all statistics are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.terms import stop_words
from indexer.ranking.counting import Counted, Vocabulary
from indexer.ranking.forward_writer import TokenCounts, WordKeys
from indexer.ranking.ids import segment_folders
from indexer.ranking.keys import Keys, counts_of, key_of, pair_keys
from indexer.ranking.tables import Strings, map_array, write_strings
from indexer.ranking.words import Words

FREQUENCIES = "frequencies"
_REMEMBERED = 1 << 16


def write_frequencies(
    folder: Path,
    words: Words,
    known: Vocabulary,
    counted: Counted,
    documents: NDArray[np.int64],
    keys: WordKeys,
    tokens: TokenCounts,
) -> None:
    """Write the frequencies of a full build: `documents` are those of each term."""
    (folder / FREQUENCIES).mkdir()
    stops = [(word, n) for word, n in zip(words.words, tokens.words.tolist(), strict=True) if word in stop_words()]
    asked = np.bitwise_or.reduce(counted.intents, axis=1)
    there = np.flatnonzero(documents)
    write_strings(folder / FREQUENCIES, "terms", [known.terms[n] for n in there.tolist()])
    write_strings(folder / FREQUENCIES, "stops", [word for word, _ in stops])
    for name, array in (
        ("terms", documents[there].astype(np.int32)),
        ("stops", np.array([n for _, n in stops], np.int32)),
        ("intents", np.array([int((asked >> bit & 1).sum()) for bit in range(len(intent_names()))], np.int32)),
        ("grams", tokens.grams),
        ("gram_keys", keys.gram_keys),
        ("pairs", tokens.pairs),
        ("pair_keys", tokens.pair_keys),
    ):
        np.save(folder / FREQUENCIES / f"{name}.npy", array)


def forget_terms(arrays: Path) -> None:
    """Forget the terms that no document of the generation has any more: nothing of a purged text may be left."""
    folder = arrays / FREQUENCIES
    there: set[str] = set()
    for segment in segment_folders(arrays):
        if (segment / "terms.utf8").exists():
            terms = Strings(segment, "terms")
            there.update(terms[n] for n in np.unique(map_array(segment, "forward_terms")).tolist())
    counted = zip(Strings(folder, "terms"), map_array(folder, "terms").tolist(), strict=True)
    kept = [(term, n) for term, n in counted if term in there]
    for name in ("terms.utf8", "terms.offsets.npy", "terms.npy"):
        (folder / name).unlink()  # it is another generation's too
    write_strings(folder, "terms", [term for term, _ in kept])
    np.save(folder / "terms.npy", np.array([n for _, n in kept], np.int32))


class Frequencies:
    """The frequencies of a generation, mapped."""

    def __init__(self, folder: Path) -> None:
        folder = folder / FREQUENCIES
        self._terms = Strings(folder, "terms")
        self._counts = {name: map_array(folder, name) for name in ("terms", "intents", "grams", "pairs")}
        self._stops = dict(zip(Strings(folder, "stops"), map_array(folder, "stops").tolist(), strict=True))
        self._keys: dict[str, Keys] = {name: map_array(folder, f"{name[:-1]}_keys") for name in ("grams", "pairs")}
        self._of_term = lru_cache(_REMEMBERED)(self._find_term)
        self._known: dict[str, dict[str, int]] = {name: {} for name in self._keys}

    def of(self, tokens: Sequence[str], channel: str) -> list[int]:
        """In how many documents each token of a channel occurs; a concept is looked up as a term."""
        if channel not in FINER:
            return [self._of_term(token) for token in tokens]
        if channel == "intents":
            return [int(self._counts[channel][intent_names().index(token)]) for token in tokens]
        if channel == "stops":
            return [self._stops.get(token, 0) for token in tokens]
        known = self._known[channel]
        if new := [token for token in tokens if token not in known]:
            if len(known) > _REMEMBERED:
                known = self._known[channel] = {}
                new = list(tokens)
            wanted = keys_of_pairs(new) if channel == "pairs" else keys_of(new)
            counts = counts_of(self._keys[channel], self._counts[channel], wanted)
            known.update(zip(new, counts.tolist(), strict=True))
        return [known[token] for token in tokens]

    def _find_term(self, term: str) -> int:
        place = self._terms.find(term)
        return int(self._counts["terms"][place]) if place >= 0 else 0


def keys_of(tokens: Sequence[str]) -> Keys:
    """The keys of terms or grams."""
    return np.array([key_of(token) for token in tokens], np.uint64)


def keys_of_pairs(tokens: Sequence[str]) -> Keys:
    """The keys of pairs that are written with a space between their terms."""
    keys = np.array([[key_of(term) for term in token.split(" ")] for token in tokens], np.uint64).reshape(-1, 2)
    return pair_keys(keys[:, 0], keys[:, 1])

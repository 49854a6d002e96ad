"""Stores and looks up in how many documents each token occurs, and gives their rarities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.wordlists import stop_words
from indexer.ranking.field_counts import Counted, statistics_of
from indexer.ranking.forward_writer import TokenCounts, WordKeys, merged
from indexer.ranking.hashing import Keys, bigram_keys, counts_of, key_of, keys_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import Strings, map_array, save, write_strings
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import Statistics

FREQUENCIES = "frequencies"
_REMEMBERED = 1 << 16
_NO_COUNTS = np.empty(0, np.uint64), np.empty(0, np.int64)


class FrequencyCounter:
    """Counts in how many documents of a full build each token occurs, one segment after the other."""

    def __init__(self) -> None:
        self._terms: Counter[str] = Counter()
        self._stops: Counter[str] = Counter()
        self._intents = np.zeros(len(intent_names()), np.int64)
        self._grams, self._bigrams, self._lengths, self._han = _NO_COUNTS, _NO_COUNTS, list[Any](), list[Any]()

    def add(
        self, words: Words, counted: Counted, documents: NDArray[np.int64], keys: WordKeys, tokens: TokenCounts
    ) -> None:
        """Count the documents of a segment; `documents` are those of each term."""
        stop = [(word, n) for word, n in zip(words.words, tokens.words.tolist(), strict=True) if word in stop_words()]
        self._stops.update(dict(stop))
        there = np.flatnonzero(documents)
        named = [counted.vocabulary.terms[n] for n in there.tolist()]
        self._terms.update(dict(zip(named, documents[there].tolist(), strict=True)))
        asked = np.bitwise_or.reduce(counted.intents, axis=1)
        self._intents += [int((asked >> bit & 1).sum()) for bit in range(len(self._intents))]
        self._grams = merged([self._grams, (keys.gram_keys, tokens.grams.astype(np.int64))])
        self._bigrams = merged([self._bigrams, (tokens.bigram_keys, tokens.bigrams.astype(np.int64))])
        self._lengths.append(counted.lengths)
        self._han.append(counted.han)

    def statistics(self) -> Statistics:
        """The statistics of all documents."""
        return statistics_of(np.concatenate(self._lengths), np.concatenate(self._han))

    def write(self, arrays: Path) -> None:
        """Write the frequencies of the full build."""
        folder = arrays / FREQUENCIES
        folder.mkdir()
        counts: dict[str, Any] = {"intents": self._intents}
        for name, own in (("terms", self._terms), ("stops", self._stops)):
            tokens = sorted(own)
            write_strings(folder, name, tokens)
            counts[name] = np.array([own[token] for token in tokens])
        for name, (keys, own_counts) in (("gram", self._grams), ("bigram", self._bigrams)):
            save(folder, **{f"{name}_keys": keys})
            counts[f"{name}s"] = own_counts
        save(folder, **{name: own.astype(np.int32) for name, own in counts.items()})


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
    write_strings(folder, "terms", [term for term, _ in kept])
    save(folder, terms=np.array([n for _, n in kept], np.int32))


class Frequencies:
    """The frequencies of a generation, mapped, and the rarities by its statistics. These are remembered: most tokens of
    a text were asked for before.
    """

    def __init__(self, arrays: Path, statistics: Statistics) -> None:
        folder = arrays / FREQUENCIES
        self._statistics = statistics
        self._remembered: dict[str, dict[str, float]] = {}
        self._terms = Strings(folder, "terms")
        self._counts = {name: map_array(folder, name) for name in ("terms", "intents", "grams", "bigrams")}
        self._stops = dict(zip(Strings(folder, "stops"), map_array(folder, "stops").tolist(), strict=True))
        self._keys: dict[str, Keys] = {name: map_array(folder, f"{name[:-1]}_keys") for name in ("grams", "bigrams")}

    def of(self, tokens: Sequence[str], channel: str) -> list[int]:
        """In how many documents each token of a channel occurs; a concept is looked up as a term."""
        if channel not in FINER:
            return [int(self._counts["terms"][at]) if at >= 0 else 0 for at in map(self._terms.find, tokens)]
        if channel == "intents":
            return [int(self._counts[channel][intent_names().index(token)]) for token in tokens]
        if channel == "stops":
            return [self._stops.get(token, 0) for token in tokens]
        wanted = keys_of_bigrams(tokens) if channel == "bigrams" else keys_of(tokens)
        counts: list[int] = counts_of(self._keys[channel], self._counts[channel], wanted).tolist()
        return counts

    def rarities(self, tokens: Collection[str], channel: str, *, present: bool) -> dict[str, float]:
        """The rarity of each token of a channel, or of each that some document has."""
        rare = list(map(self._remembered.setdefault(channel, {}).get, tokens))
        if None in rare:
            rare = list(map(self._remember(tokens, channel).__getitem__, tokens))
        if present:
            return {token: own for token, own in zip(tokens, rare, strict=True) if own}
        rarest = self._statistics.rarity
        return {token: own or rarest(token, 0) for token, own in zip(tokens, rare, strict=True)}

    def _remember(self, tokens: Collection[str], channel: str) -> dict[str, float]:
        """The rarities that are remembered of a channel, those of these tokens among them."""
        remembered = self._remembered[channel]
        if len(remembered) > _REMEMBERED:
            remembered = self._remembered[channel] = {}
        new = [token for token in tokens if token not in remembered]
        counts = self.of(new, channel)
        # What no document has is kept as 0, which is no rarity.
        rare = zip(new, counts, self._statistics.rarities(new, counts), strict=True)
        remembered.update({token: own if n else 0.0 for token, n, own in rare})
        return remembered


def keys_of_bigrams(tokens: Sequence[str]) -> Keys:
    """The keys of bigrams that are written with a space between their terms."""
    keys = np.array([[key_of(term) for term in token.split(" ")] for token in tokens], np.uint64).reshape(-1, 2)
    return bigram_keys(keys[:, 0], keys[:, 1])

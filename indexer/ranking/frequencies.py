"""Stores and looks up in how many documents each token occurs, and gives their rarities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, FINER
from indexer.analysis.intents import intent_names
from indexer.analysis.wordlists import stop_words
from indexer.ranking.field_counts import Counted, statistics_of
from indexer.ranking.forward_writer import TokenCounts, WordKeys, merged
from indexer.ranking.growing import Growing
from indexer.ranking.hashing import Keys, Numbers, bigram_keys, counts_of, key_of, keys_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import Strings, kept, map_array, save, write_strings
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import Statistics

FREQUENCIES = "frequencies"
_REMEMBERED = 1 << 16
# So many counts are put together at a time.
_TOGETHER = 1 << 21


class FrequencyCounter:
    """Counts in how many documents of a full build each token occurs, one segment after the other."""

    def __init__(self, arrays: Path) -> None:
        """What is counted of each document and each pair of words waits in files without a name in `arrays`, a
        folder.
        """
        self._arrays = arrays
        self._terms: Counter[str] = Counter()
        self._stops: Counter[str] = Counter()
        self._intents = np.zeros(len(intent_names()), np.int64)
        self._keyed: dict[str, list[tuple[Keys, Numbers]]] = {"gram": [], "bigram": []}
        self._lengths, self._han = Growing(arrays, "i"), Growing(arrays, "b")

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
        for name, own, counts in (
            ("gram", keys.gram_keys, tokens.grams),
            ("bigram", tokens.bigram_keys, tokens.bigrams),
        ):
            self._keyed[name].append((kept(self._arrays, own), kept(self._arrays, counts.astype(np.int64))))
        self._lengths.extend(counted.lengths.ravel())
        self._han.extend(counted.han)

    def statistics(self) -> Statistics:
        """The statistics of all documents."""
        han = self._han.all().view(np.bool_)
        return statistics_of(self._lengths.all().reshape(len(han), len(FIELDS), 2), han)

    def write(self) -> None:
        """Write the frequencies of the full build."""
        folder = self._arrays / FREQUENCIES
        folder.mkdir()
        counts: dict[str, Any] = {"intents": self._intents}
        for name, own in (("terms", self._terms), ("stops", self._stops)):
            tokens = sorted(own)
            write_strings(folder, name, tokens)
            counts[name] = np.array([own[token] for token in tokens])
        for name, parts in self._keyed.items():
            keys, numbers = self._put_together(parts)
            save(folder, **{f"{name}_keys": keys})
            counts[f"{name}s"] = numbers
        save(folder, **{name: own.astype(np.int32) for name, own in counts.items()})

    def _put_together(self, parts: Sequence[tuple[Keys, Numbers]]) -> tuple[Keys, NDArray[np.int32]]:
        """The keys of all segments, ascending, each once with its counts together: one range of keys after the other,
        each of which fits into memory.
        """
        keys, counts = Growing(self._arrays, "Q"), Growing(self._arrays, "i")
        shares = 1 + sum(len(own) for own, _ in parts) // _TOGETHER
        bounds = np.array([(share << 64) // shares for share in range(1, shares)], np.uint64)
        cuts = [[0, *np.searchsorted(own, bounds).tolist(), len(own)] for own, _ in parts]
        for share in range(shares):
            within = [slice(*cut[share : share + 2]) for cut in cuts]
            own = merged([(k[there], n[there]) for (k, n), there in zip(parts, within, strict=True)])
            keys.extend(own[0])
            counts.extend(own[1])
        return keys.all(), counts.all()


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

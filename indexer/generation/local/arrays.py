"""Writes the arrays that rank the documents of a segment, from their words; called by every build and update."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.ranking.field_counts import Vocabulary, count, vocabulary
from indexer.ranking.forward_writer import count_tokens, forward_arrays, word_keys
from indexer.ranking.frequencies import Frequencies, write_frequencies
from indexer.ranking.impacts_writer import Weighing, write_impacts
from indexer.ranking.mapped import save
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import Statistics


class Contents(NamedTuple):
    """What a segment is made of: ids in order, the words of their documents, and the kinds (places in KINDS)."""

    ids: list[str]
    words: Words
    kinds: NDArray[np.int8]


def write_arrays(
    arrays: Path, name: str, contents: Contents, analyzer: Analyzer, frozen: Statistics | None, resources: Resources
) -> tuple[Statistics, Vocabulary]:
    """Write the arrays of a segment beside its words, which are there; give its statistics and terms.

    Without `frozen` this is a full build, and its counts become the frequencies of the generation; with the statistics
    of one, its frequencies are there and weigh these documents too.
    """
    folder, words = arrays / name, contents.words
    frequencies = Frequencies(arrays) if frozen else None
    terms = vocabulary(words.words, analyzer)
    counted = count(words, terms, analyzer)
    statistics = frozen or counted.statistics()

    def rarities(documents: NDArray[np.int64]) -> NDArray[np.float64]:
        counts = frequencies.of(terms.terms, "terms") if frequencies else documents.tolist()
        return np.array([statistics.rarity(term, n) for term, n in zip(terms.terms, counts, strict=True)], np.float64)

    weighing = Weighing(counted, contents.kinds, statistics)
    documents = write_impacts(folder, words, terms, counted, weighing, rarities, resources)
    keys = word_keys(words.words, terms)
    tokens = count_tokens(words, keys, resources.kernels)
    save(folder, word_counts=tokens.words, **forward_arrays(terms, keys, counted))
    if frozen is None:
        write_frequencies(arrays, words, terms, counted, documents, keys, tokens)
    return statistics, terms

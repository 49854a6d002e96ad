"""Counts terms, concepts and intents in each field of a segment's documents; the first step of its arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analyzer, is_concept, is_han
from indexer.analysis.intents import intent_entries, intent_names
from indexer.analysis.matching import Matcher
from indexer.analysis.terms import stem, stop_words
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import LEAST_OF_A_KIND, Statistics


class Vocabulary(NamedTuple):
    """The terms of a segment, concepts among them, in order, and which of them are concepts; for each word its term,
    and whether it is a stop word.
    """

    terms: list[str]
    is_concept: NDArray[np.bool_]
    term_of: NDArray[np.int32]
    is_stop: NDArray[np.bool_]


class Counted(NamedTuple):
    """What is counted in the fields of documents, by the terms of `vocabulary`.

    `lengths` are the numbers of terms and of concepts of each field of each document (documents × fields × 2),
    `concept_fields` and `concepts` name the field, counted over all documents, and the term of each concept that is
    named, `intents` holds a bit for each intent of each field, `han` says which documents are written in characters.
    """

    vocabulary: Vocabulary
    lengths: NDArray[np.int32]
    concept_fields: NDArray[np.int32]
    concepts: NDArray[np.int32]
    intents: NDArray[np.int32]
    han: NDArray[np.bool_]

    def statistics(self) -> Statistics:
        """The statistics of these documents: of each kind by itself, where both are many enough."""
        if min(self.han.sum(), (~self.han).sum()) < LEAST_OF_A_KIND:
            return _statistics(self.lengths)
        return replace(_statistics(self.lengths[~self.han]), han=_statistics(self.lengths[self.han]))


def _statistics(lengths: NDArray[np.int32]) -> Statistics:
    """The statistics of documents of one kind, from the lengths of their fields."""
    there = (lengths[:, :, 0] > 0).sum(axis=0)
    terms, concepts = lengths.sum(axis=0, dtype=np.int64).T.tolist()
    fields = sorted(zip(FIELDS, there.tolist(), terms, concepts, strict=True))
    whole = np.sort(1 + lengths[:, :, 0].sum(axis=1))
    middle = (int(whole[(len(whole) - 1) // 2]) + int(whole[len(whole) // 2])) / 2 if len(whole) else 1.0
    return Statistics(
        documents=len(whole),
        average={field: n / documents for field, documents, n, _ in fields if n},
        concepts={field: n / documents for field, documents, _, n in fields if n},
        median=middle,
    )


def _vocabulary(words: Sequence[str], analyzer: Analyzer) -> Vocabulary:
    """The terms of words, and every concept that the analyzer knows."""
    stems, stops = [stem(word) for word in words], stop_words()
    terms = sorted({*stems, *analyzer.concept_names})
    number = {term: n for n, term in enumerate(terms)}
    term_of = np.array([number[term] for term in stems], np.int32)
    is_stop = np.array([word in stops for word in words], np.bool_)
    return Vocabulary(terms, np.array([is_concept(term) for term in terms], np.bool_), term_of, is_stop)


def count(words: Words, analyzer: Analyzer) -> Counted:
    """Count a segment's documents, some at a time."""
    size, terms = len(words.starts) - 1, _vocabulary(words.words, analyzer)
    naming = Matcher(analyzer.concept_entries, terms.terms)
    asking = Matcher(intent_entries(), words.words)
    place = {term: n for n, term in enumerate(terms.terms)}
    concept_of = np.array([place[name] for name in naming.names], np.int32)
    bit_of = np.array([1 << intent_names().index(name) for name in asking.names], np.int32)
    is_character = np.array([is_han(word) for word in words.words], np.bool_)
    lengths, bits = np.zeros((size, 2), np.int32), np.zeros(size, np.int32)
    characters = np.zeros(size, np.int64)
    fields, concepts = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for batch in words.batches():
        span, owner, width = batch.fields, batch.owner, len(batch.starts) - 1
        at, name = naming.find(terms.term_of[batch.sequence], owner)
        fields.append((span.start + owner[at]).astype(np.int32))
        concepts.append(concept_of[name])
        lengths[span, 0] = np.bincount(owner[~terms.is_stop[batch.sequence]], minlength=width)
        lengths[span, 1] = np.bincount(owner[at], minlength=width)
        characters[span] = np.bincount(owner[is_character[batch.sequence]], minlength=width)
        at, name = asking.find(batch.sequence, owner)
        np.bitwise_or.at(bits, span.start + owner[at], bit_of[name])
    totals = np.diff(words.starts).reshape(-1, len(FIELDS)).sum(axis=1)
    return Counted(
        vocabulary=terms,
        lengths=lengths.reshape(-1, len(FIELDS), 2),
        concept_fields=np.concatenate(fields),
        concepts=np.concatenate(concepts),
        intents=bits.reshape(-1, len(FIELDS)),
        han=2 * characters.reshape(-1, len(FIELDS)).sum(axis=1) > totals,
    )

"""Counts terms, compounds, concepts and intents in each field of a segment's documents; the first of its arrays."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, starmap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import FIELDS, Analyzer, bare, is_concept, is_han
from indexer.analysis.compounds import MOST_LISTED, counts_alone, is_number, list_terms, may_be_listed, noun_of
from indexer.analysis.intents import intent_entries, intent_names
from indexer.analysis.matching import Matcher
from indexer.analysis.terms import compound_terms, stem
from indexer.analysis.tokens import TIES
from indexer.analysis.wordlists import LABELS, UNITS, kinds
from indexer.ranking.token_store import Words
from indexer.ranking.weighting import LEAST_OF_A_KIND, Statistics


class Vocabulary(NamedTuple):
    """The terms of a segment in order, those of compounds and concepts among them, and which of them are concepts; for
    each word its term, and whether it counts alone.
    """

    terms: list[str]
    is_concept: NDArray[np.bool_]
    term_of: NDArray[np.int32]
    counts_alone: NDArray[np.bool_]


class Counted(NamedTuple):
    """What is counted in the fields of documents, by the terms of `vocabulary`.

    `lengths` are the numbers of terms and of concepts of each field of each document (documents × fields × 2),
    `named_fields`, ascending, and `named` the field, counted over all documents, and the term of each compound and
    concept, `intents` holds a bit for each intent of each field, `han` says which documents are written in characters.
    """

    vocabulary: Vocabulary
    lengths: NDArray[np.int32]
    named_fields: NDArray[np.int32]
    named: NDArray[np.int32]
    intents: NDArray[np.int32]
    han: NDArray[np.bool_]

    def statistics(self) -> Statistics:
        """The statistics of these documents."""
        return statistics_of(self.lengths, self.han)


def statistics_of(lengths: NDArray[np.int32], han: NDArray[np.bool_]) -> Statistics:
    """The statistics of documents, from their lengths: of each kind by itself, where both are many enough."""
    if min(han.sum(), (~han).sum()) < LEAST_OF_A_KIND:
        return _statistics(lengths)
    return replace(_statistics(lengths[~han]), han=_statistics(lengths[han]))


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


class _Compounds(NamedTuple):
    """The terms of compounds; for each compound of a segment its field, counted over all documents, and the place of
    its term; `parts` says where those of each batch of words end.
    """

    terms: list[str]
    fields: NDArray[np.int32]
    places: NDArray[np.int32]
    parts: list[int]


def _compounds(words: Words) -> _Compounds:
    """The compounds in a segment, as `compound_terms` finds them in each field."""
    tied = np.array([word[-1] in TIES for word in words.words], np.bool_)
    kind, label, number, unit, noun, listed = (
        np.array(list(map(is_, words.words)), np.bool_)
        for is_ in (kinds().__contains__, LABELS.__contains__, is_number, UNITS.__contains__, noun_of, may_be_listed)
    )
    places: dict[str, int] = {}
    known: dict[tuple[object, tuple[int, ...]], list[int]] = {}
    fields, found, parts = array("i"), array("i"), [0]
    for batch in words.batches():
        one, other = batch.sequence[:-1], batch.sequence[1:]
        same = batch.owner[1:] == batch.owner[:-1]
        together = same & (tied[one] | (kind[one] & label[other]) | (number[one] & unit[other]))
        edges = np.diff(together.astype(np.int8), prepend=0, append=0)
        heads = np.flatnonzero(same & noun[one] & listed[other])
        tails = np.minimum(heads + MOST_LISTED, np.searchsorted(batch.owner, batch.owner[heads], side="right"))
        spans = (compound_terms, np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) + 1), (list_terms, heads, tails)
        for terms_of, begins, ends in spans:
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
                name = terms_of, tuple(batch.sequence[begin:end].tolist())
                if name not in known:
                    terms = terms_of([words.words[n] for n in name[1]])
                    known[name] = [places.setdefault(term, len(places)) for term in terms]
                found.extend(known[name])
                fields.extend([batch.fields.start + int(batch.owner[begin])] * len(known[name]))
        parts.append(len(found))
    return _Compounds(list(places), np.array(fields, np.int32), np.array(found, np.int32), parts)


def _vocabulary(words: Sequence[str], compounds: Sequence[str], analyzer: Analyzer) -> Vocabulary:
    """The terms of words and compounds, and every concept that the analyzer knows."""
    stems = [stem(bare(word)) for word in words]
    terms = sorted({*stems, *compounds, *analyzer.concept_names})
    number = {term: n for n, term in enumerate(terms)}
    term_of = np.array([number[term] for term in stems], np.int32)
    alone = np.array([counts_alone(word) for word in words], np.bool_)
    return Vocabulary(terms, np.array([is_concept(term) for term in terms], np.bool_), term_of, alone)


def count(words: Words, analyzer: Analyzer) -> Counted:
    """Count a segment's documents, some at a time."""
    compounds = _compounds(words)
    size, terms = len(words.starts) - 1, _vocabulary(words.words, compounds.terms, analyzer)
    tokens = sorted({bare(word) for word in words.words})
    number = {token: n for n, token in enumerate(tokens)}
    token_of = np.array([number[bare(word)] for word in words.words], np.int32)
    naming, asking = Matcher(analyzer.concept_entries, terms.terms), Matcher(intent_entries(), tokens)
    place = {term: n for n, term in enumerate(terms.terms)}
    concept_of = np.array([place[name] for name in naming.names], np.int32)
    compound_of = np.array([place[term] for term in compounds.terms], np.int32)
    bit_of = np.array([1 << intent_names().index(name) for name in asking.names], np.int32)
    is_character = np.array([is_han(word) for word in words.words], np.bool_)
    lengths, bits = np.zeros((size, 2), np.int32), np.zeros(size, np.int32)
    lengths[:, 0] = np.bincount(compounds.fields, minlength=size)
    characters = np.zeros(size, np.int64)
    nothing = np.empty(0, np.int32)
    fields, named = [nothing], [nothing]
    for batch, own in zip(words.batches(), starmap(slice, pairwise(compounds.parts)), strict=True):
        span, owner, width = batch.fields, batch.owner, len(batch.starts) - 1
        at, name = naming.find(terms.term_of[batch.sequence], owner)
        every = np.concatenate([compounds.fields[own], (span.start + owner[at]).astype(np.int32)])
        order = np.argsort(every, kind="stable")
        fields.append(every[order])
        named.append(np.concatenate([compound_of[compounds.places[own]], concept_of[name]])[order])
        lengths[span, 0] += np.bincount(owner[terms.counts_alone[batch.sequence]], minlength=width).astype(np.int32)
        lengths[span, 1] = np.bincount(owner[at], minlength=width)
        characters[span] = np.bincount(owner[is_character[batch.sequence]], minlength=width)
        at, name = asking.find(token_of[batch.sequence], owner)
        np.bitwise_or.at(bits, span.start + owner[at], bit_of[name])
    totals = np.diff(words.starts).reshape(-1, len(FIELDS)).sum(axis=1)
    return Counted(
        vocabulary=terms,
        lengths=lengths.reshape(-1, len(FIELDS), 2),
        named_fields=np.concatenate(fields),
        named=np.concatenate(named),
        intents=bits.reshape(-1, len(FIELDS)),
        han=2 * characters.reshape(-1, len(FIELDS)).sum(axis=1) > totals,
    )

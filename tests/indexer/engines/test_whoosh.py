"""The Whoosh engine keeps the suite, and agrees with the plain engine on generated corpora."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document
from indexer.analysis import FINER
from indexer.engines import Engine
from indexer.engines.plain import PlainEngine
from indexer.ranking.weighting import SearchWord
from indexer.types import Filter
from tests.documents import ANALYZER, WORDS, corpora
from tests.indexer.engines.suite import EngineSuite
from tests.indexer.engines.written import written_engine

_TERMS = sorted({term for word in WORDS for term in ANALYZER.analyse(word).sequence})
_terms = st.sampled_from(_TERMS)
_phrases = st.lists(st.lists(_terms, min_size=1, max_size=3), max_size=2)
_words = st.lists(
    st.builds(SearchWord, st.integers(1, 9_000), st.lists(_terms, min_size=1, max_size=3, unique=True).map(tuple)),
    max_size=4,
)
_filters = st.builds(
    Filter,
    kind=st.sampled_from([None, "article", "question"]),
    topic=st.sampled_from([None, "Knee"]),
    specialty=st.sampled_from([None, "Radiology"]),
    year=st.sampled_from([None, 2020]),
    answered=st.sampled_from([None, True, False]),
)


class TestWhoosh(EngineSuite):
    """Whoosh on disk, with the arrays beside it."""

    name = "whoosh"


@contextmanager
def both(documents: Sequence[Document], *, compiled: bool = False) -> Iterator[tuple[PlainEngine, Engine]]:
    """The two engines over the same documents."""
    with tempfile.TemporaryDirectory() as name:
        whoosh = written_engine("whoosh", Path(name), documents, ANALYZER, compiled=compiled)
        try:
            yield PlainEngine(documents, ANALYZER), whoosh
        finally:
            whoosh.close()


@settings(max_examples=60)
@given(corpora(), st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.data())
def test_judges_as_the_definition_does(documents: list[Document], text: str, data: st.DataObject) -> None:
    """What the finer channels say of the documents that are ranked is the same, to the last bit."""
    weights = data.draw(st.dictionaries(_terms, st.floats(0.1, 3.0), min_size=1, max_size=6))
    words, limit = data.draw(st.sampled_from([5, 60])), data.draw(st.integers(1, 12))
    bags = ANALYZER.analyse(text).finer
    finer = {channel: {token: 0.3 * count for token, count in bags[channel].items()} for channel in FINER}
    with both(documents, compiled=data.draw(st.booleans())) as (plain, whoosh):
        expected = plain.rank_twice(weights, None, limit, finer, words)
        assert whoosh.rank_twice(weights, None, limit, finer, words) == expected


@settings(max_examples=60)
@given(corpora(), st.data())
def test_ranks_as_the_definition_does(documents: list[Document], data: st.DataObject) -> None:
    """Any weights, among any documents, give the plain engine's documents in its order, with its scores."""
    weights = data.draw(st.dictionaries(_terms, st.floats(0.1, 3.0), max_size=6))
    where = data.draw(st.none() | _filters)
    limit = data.draw(st.integers(1, 12))
    with both(documents, compiled=data.draw(st.booleans())) as (plain, whoosh):
        assert plain.statistics == whoosh.statistics
        expected = plain.rank(weights, None if where is None else plain.allowed(where=where), limit)
        found = whoosh.rank(weights, None if where is None else whoosh.allowed(where=where), limit)
        assert found == expected


@settings(max_examples=60)
@given(corpora(), _phrases, _phrases, _filters, _words, st.booleans())
def test_allows_what_the_definition_does(
    documents: list[Document],
    phrases: list[list[str]],
    without: list[list[str]],
    where: Filter,
    words: list[SearchWord],
    compiled: bool,
) -> None:
    """Any words, phrases, exclusions and filters let the same documents through, in number, order and facets, and what
    each matches counts in its score alike, to the last bit.
    """
    with both(documents, compiled=compiled) as (plain, whoosh):
        conditions = {"words": words, "phrases": phrases, "without": without, "where": where}
        expected, found = plain.allowed(**conditions), whoosh.allowed(**conditions)  # type: ignore[arg-type]
        assert whoosh.newest(found, 100) == plain.newest(expected, 100)
        assert whoosh.count(found) == plain.count(expected)
        assert whoosh.facets(found, 2) == plain.facets(expected, 2)
        ids = plain.newest(expected, 100)
        assert whoosh.titles(ids) == plain.titles(ids)
        weights, finer = dict.fromkeys(_TERMS, 1.0), {channel: {} for channel in FINER}  # type: ignore[var-annotated]
        assert whoosh.rank_twice(weights, found, 9, finer, 1) == plain.rank_twice(weights, expected, 9, finer, 1)


@settings(max_examples=30)
@given(corpora())
def test_knows_the_same_terms_and_words(documents: list[Document]) -> None:
    """Frequencies, words and traits are those of the definition."""
    ids = sorted(document.id for document in documents)
    with both(documents) as (plain, whoosh):
        assert whoosh.frequencies(_TERMS) == plain.frequencies(_TERMS)
        assert whoosh.words("") == plain.words("")
        assert whoosh.traits(ids) == plain.traits(ids)
        assert whoosh.topics(ids) == plain.topics(ids)
        assert whoosh.get(ids) == plain.get(ids)

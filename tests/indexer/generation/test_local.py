"""A generation on disk keeps the suite, and agrees with the definition on generated corpora."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document
from indexer.analysis import FIELDS, FINER, Analyzer
from indexer.generation import FindRequest, Generation
from indexer.ranking.packed import Fetched, Rows, Vocabularies
from indexer.ranking.resources import NUMPY
from indexer.ranking.weighting import SearchWord, length_exponent
from indexer.types import Filter, Sort
from tests.documents import ANALYZER, WORDS, corpora, in_two_scripts
from tests.indexer.generation.made import COMPILED, built, written
from tests.indexer.generation.oracle import check_same
from tests.indexer.generation.suite import GenerationSuite, Made
from tests.indexer.plain import PlainGeneration, boilerplate_of
from tests.long_run import LONG, few

_TERMS = sorted({term for word in WORDS for term in ANALYZER.analyse(word).sequence})
_terms = st.sampled_from(_TERMS)
_tokens = st.sampled_from(sorted({token for word in WORDS for token in ANALYZER.analyse(word).tokens}))
_phrases = st.lists(st.lists(st.lists(_tokens, min_size=1, max_size=3), min_size=1, max_size=2), max_size=2)
_words = st.lists(
    st.builds(
        SearchWord,
        st.integers(1, 9_000),
        st.lists(_terms, min_size=1, max_size=3, unique=True).map(tuple),
        st.just(()) | st.lists(_tokens, min_size=2, max_size=3).map(tuple),
    ),
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
_texts = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
_finer = _texts.map(lambda text: ANALYZER.analyse(text).finer).map(
    lambda bags: {channel: {token: 0.3 * n for token, n in bags[channel].items()} for channel in FINER}
)
Finer = dict[str, dict[str, float]]
_requests = st.builds(
    FindRequest,
    weights=st.dictionaries(_terms, st.floats(0.1, 3.0), max_size=6),
    finer=_finer,
    words=st.sampled_from([5, 60]),
    search_words=_words,
    wanted=st.sampled_from([0, 3_000, 9_000]),
    phrases=_phrases,
    without=_phrases,
    where=st.just(Filter()) | _filters,
    sort=st.sampled_from(Sort),
    limit=st.integers(0, 12),
    facets=st.sampled_from([0, 2]),
    instead=st.just({}),
)


class TestLocal(GenerationSuite):
    """Whoosh on disk, with the arrays beside it."""

    @pytest.fixture(params=[False, True], ids=["numpy", "compiled"])
    def made(self, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Made]:
        """A build in a folder of its own; all are closed afterwards."""
        opened: list[Generation] = []

        def make(documents: Sequence[Document]) -> Generation:
            opened.append(built(tmp_path / str(len(opened)), documents, compiled=request.param))
            return opened[-1]

        yield make
        for generation in opened:
            generation.close()


@contextmanager
def both(documents: Sequence[Document], *, compiled: bool) -> Iterator[tuple[PlainGeneration, Generation]]:
    """The definition and a local generation of the same documents, this without neighbours and pairs."""
    with (
        tempfile.TemporaryDirectory() as name,
        closing(written(Path(name), documents, ANALYZER, COMPILED if compiled else NUMPY)) as local,
    ):
        yield PlainGeneration(documents, ANALYZER), local


@settings(max_examples=150 if LONG else 24)
@given(corpora(), st.lists(_requests, min_size=1, max_size=4), st.booleans(), st.integers(1, 4))
def test_finds_what_the_definition_does(
    documents: list[Document], requests: list[FindRequest], compiled: bool, shown: int
) -> None:
    """Any weights, demands, filters, limits and groups find the same documents, in number, order, scores and facets, to
    the last bit. One in so many documents is shown for those after it.
    """
    with both(documents, compiled=compiled) as (plain, local):
        ids = sorted(document.id for document in documents)
        instead = {id_: ids[n - n % shown] for n, id_ in enumerate(ids) if n % shown}
        for request in requests:
            grouped = request._replace(instead=instead)
            assert local.find(grouped) == plain.find(grouped)


@settings(max_examples=15 if LONG else 8)
@given(corpora(), st.booleans())
def test_says_what_the_definition_does(documents: list[Document], compiled: bool) -> None:
    """Every method of the port gives what the definition gives."""
    with tempfile.TemporaryDirectory() as name, closing(built(Path(name), documents, compiled=compiled)) as local:
        check_same(local, PlainGeneration(documents, Analyzer(boilerplate=boilerplate_of(documents))))


@pytest.mark.parametrize("compiled", few([True, False], 2), ids=str)
def test_says_what_the_definition_does_of_three_hundred_in_two_scripts(tmp_path: Path, *, compiled: bool) -> None:
    """With statistics of each script by itself, and more documents than are weighed again."""
    documents = in_two_scripts(random.Random(int(compiled)), 300)
    analyzer = Analyzer(boilerplate=boilerplate_of(documents))
    with closing(built(tmp_path, documents, compiled=compiled)) as local:
        assert local.statistics.han is not None
        check_same(local, PlainGeneration(documents, analyzer))


@settings(max_examples=60 if LONG else 12)
@given(corpora(), _finer, st.sampled_from([5, 60]))
def test_rows_alone_are_weighed_as_arrays_are(documents: list[Document], finer: Finer, words: int) -> None:
    """An engine that can only fetch the rows of the best gives the scores of the definition in both stages."""
    plain = PlainGeneration(documents, ANALYZER)
    request = FindRequest(weights=dict.fromkeys(_TERMS, 1.0), finer=finer, words=words, limit=20)
    first = plain.rank(request.weights, plain.ids())
    ids = [r.id for r in first]
    with tempfile.TemporaryDirectory() as folder, closing(written(Path(folder), documents, ANALYZER)):
        arrays = Path(folder) / "arrays"
        rows, number = Rows(arrays), {id_: n for n, id_ in enumerate(plain.ids())}
        fetched = Fetched(Vocabularies(arrays, plain.statistics), [rows.of(number[id_]) for id_ in ids])
    assert fetched.weights() == plain.weights(ids)
    for field in FIELDS:
        assert [fetched.words(n, field) for n in range(len(ids))] == plain.words(ids, field)
    scores = np.array([r.score for r in first])
    assert fetched.scores(request.weights).tolist() == scores.tolist()
    again = dict(zip(ids, fetched.judge(scores, finer, length_exponent(words)).tolist(), strict=True))
    assert again == {r.id: r.score for r in plain.find(request).ranked}

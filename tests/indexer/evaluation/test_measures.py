"""Measures, intervals and runs: each against ir-measures, a hand-made case or a plain definition."""

from __future__ import annotations

import random
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import RequestRefused
from indexer.evaluation import measured, read_run, write_run
from indexer.evaluation.evaluate import _auc, by_query, compare
from indexer.evaluation.measures import MEASURES, estimate, randomisation

_IDS = [f"d{n}" for n in range(30)]
_rankings = st.lists(st.sampled_from(_IDS), unique=True, max_size=25)
_grades = st.dictionaries(st.sampled_from(_IDS), st.integers(0, 3), min_size=1, max_size=12)


@given(st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.tuples(_rankings, _grades), min_size=1))
def test_measures_are_those_of_ir_measures(judged: dict[str, tuple[list[str], dict[str, int]]]) -> None:
    """Every measure of every query equals what ir-measures says of the same run and judgments."""
    judged = {query: (ranked, grades) for query, (ranked, grades) in judged.items() if any(grades.values())}
    run = {query: [(id_, 100.0 - place) for place, id_ in enumerate(ranked)] for query, (ranked, _) in judged.items()}
    judgments = {query: grades for query, (_, grades) in judged.items()}
    ours = by_query(run, judgments)
    for name in MEASURES:
        measure = ir_measures.parse_measure(name)
        theirs = ir_measures.iter_calc([measure], judgments, {query: dict(ranked) for query, ranked in run.items()})
        told = {result.query_id: result.value for result in theirs}
        for query in judgments:
            assert ours[name][query] == pytest.approx(told.get(query, 0.0), abs=1e-9), (name, query)


def test_an_interval_holds_its_mean_and_narrows_with_queries() -> None:
    """More queries of the same kind give a narrower interval; no query gives zeros."""
    few, many = estimate([0.0, 1.0] * 10), estimate([0.0, 1.0] * 1_000)
    assert few.low < few.mean == many.mean == 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert estimate([]).mean == 0.0


def test_the_paired_test_tells_a_gain_from_noise() -> None:
    """A gain in almost every query is significant, signs at random are not, no change is 1."""
    rng = random.Random(1)
    assert randomisation([0.1] * 30 + [-0.1] * 3) < 0.01
    assert randomisation([rng.choice((-0.1, 0.1)) for _ in range(60)]) > 0.05
    assert randomisation([0.0] * 10) == 1.0


def test_a_comparison_names_what_gained_and_lost() -> None:
    """The queries that rank better and worse are named, the larger change first."""
    judgments = {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}}
    ours = {"a": [("x", 1.0)], "b": [("y", 2.0), ("x", 1.0)], "c": [("x", 1.0)]}
    theirs = {"a": [("y", 2.0), ("x", 1.0)], "b": [("x", 1.0)], "c": [("x", 1.0)]}
    found = compare(ours, theirs, judgments)
    assert (found.gained, found.lost) == (("a",), ("b",))
    assert found.measures["nDCG@10"].difference.mean == pytest.approx(0.0)


@given(st.dictionaries(st.sampled_from(["q1", "q2"]), _rankings.filter(bool), min_size=1))
def test_a_run_survives_the_disk(tmp_path_factory: pytest.TempPathFactory, ranked: dict[str, list[str]]) -> None:
    """A written run is read back with its documents in their order, and ir-measures reads it too."""
    path = tmp_path_factory.mktemp("run") / "run.trec"
    run = {query: [(id_, float(50 - n)) for n, id_ in enumerate(ids)] for query, ids in ranked.items()}
    write_run(run, path)
    assert read_run(path) == run
    theirs = ir_measures.read_trec_run(str(path))  # type: ignore[no-untyped-call]
    assert len(list(theirs)) == sum(map(len, run.values()))


def test_a_run_that_is_none_is_refused_by_line(tmp_path: Path) -> None:
    """A line that is no run names its file and number; a missing file says so."""
    (tmp_path / "run").write_text("q Q0 d 1 0.5 x\nnonsense\n")
    with pytest.raises(RequestRefused, match="line 2"):
        read_run(tmp_path / "run")
    with pytest.raises(RequestRefused, match="cannot be read"):
        read_run(tmp_path / "none")


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(same: list[int], other: list[int]) -> None:
    """Of all pairs of a same and another score, those in the right order count one, ties a half."""
    wins = sum((a > b) + (a == b) / 2 for a in same for b in other)
    area = _auc([float(a) for a in same], [float(b) for b in other])
    assert area == pytest.approx(wins / (len(same) * len(other)))


def test_the_document_that_is_the_query_does_not_count() -> None:
    """As in BEIR: where queries stand in the corpus, each finds itself first."""
    run = {"1": [("1", 9.0), ("2", 5.0)]}
    assert measured(run, {"1": {"2": 1}})["RR@10"].mean == 1.0

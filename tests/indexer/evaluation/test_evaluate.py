"""Evaluation of an index by its own ranking: measures, the floor, pairs, and agreement with the pages' own lists."""

from __future__ import annotations

from pathlib import Path

import ir_measures
import numpy as np
import pytest

import indexer
from corpus import Document, Link
from indexer import RequestRefused, evaluation
from tests.documents import question

DOCUMENTS: list[Document] = [
    question("k1", "Why does my knee click on the stairs?", listed=(Link(title="Knee clicks, is it cartilage?"),)),
    question("k2", "Knee clicks, is it cartilage?", listed=(Link(title="Nowhere to be found"),)),
    question("h1", "How long does a hip replacement last?"),
    *(question(f"z{n:02d}", f"Something else entirely, number {n}") for n in range(20)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a few questions."""
    path = tmp_path_factory.mktemp("evaluate")
    indexer.build(path, DOCUMENTS)
    return path


def test_an_index_that_ranks_right_measures_one(index: Path) -> None:
    """Two queries whose documents are found first give 1 in every measure."""
    queries = {"a": "my knee clicks on stairs", "b": "hip replacement, how long will it last"}
    result = evaluation.evaluate(index, queries, {"a": {"k1": 1}, "b": {"h1": 1}}, floor=False)
    assert {name: estimate.mean for name, estimate in result.measures.items()} == dict.fromkeys(result.measures, 1.0)
    assert (result.queries, result.hard, len(result.run)) == (2, None, 2)


def test_a_hard_negative_above_the_relevant_one_is_counted(index: Path) -> None:
    """The share of queries for which a look-alike stands first."""
    result = evaluation.evaluate(
        index, {"a": "my knee clicks on stairs"}, {"a": {"k2": 1}}, hard={"a": ("k1",)}, floor=False
    )
    assert result.hard == 1.0


def test_the_floor_hides_what_is_not_alike(index: Path) -> None:
    """With the floor a query about nothing here finds nothing, and is counted as hidden."""
    asked, judged = {"a": "purple umbrellas for the beach"}, {"a": {"k1": 1}}
    hidden = evaluation.evaluate(index, asked, judged)
    assert (hidden.hidden, hidden.run["a"]) == (1.0, [])


def test_a_search_is_measured_as_a_search(index: Path) -> None:
    """By search the ranking is that of the hits, and a search that finds nothing close is hidden by the floor."""
    asked = {"a": "knee clicks", "b": "purple umbrellas for the number"}
    judged = {"a": {"k1": 1, "k2": 1}, "b": {"k1": 1}}
    result = evaluation.evaluate(index, asked, judged, by_search=True)
    with indexer.open_index(index) as opened:
        assert [id_ for id_, _ in result.run["a"]] == [hit.id for hit in opened.search("knee clicks", size=100).hits]
    assert (result.run["b"], result.hidden) == ([], 0.5)


def test_a_query_that_cannot_be_asked_is_named(index: Path) -> None:
    """Of thousands one may be longer than anybody searches with."""
    with pytest.raises(RequestRefused) as told:
        evaluation.evaluate(index, {"q-17": "knee " * 500}, {"q-17": {"k1": 1}}, by_search=True)
    assert told.value.where == "query q-17"


def test_a_run_with_a_blank_in_an_id_is_not_written(tmp_path: Path) -> None:
    """A line of it could not be read again."""
    with pytest.raises(RequestRefused, match="blank"):
        evaluation.write_run({"my query": [("a", 1.0)]}, tmp_path / "run.trec")
    assert not (tmp_path / "run.trec").exists()


def test_a_run_file_says_what_the_report_says(tmp_path: Path) -> None:
    """Scores fall strictly, as 32-bit numbers, where documents tie, so that no reader breaks the ties another way."""
    path = tmp_path / "run.trec"
    tied = [("b", 2.5), ("a", 2.5), ("c", 2.5), ("d", 2.4999999), ("e", 0.0), ("f", 0.0)]
    evaluation.write_run({"q": tied, "r": tied[:1]}, path)
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line[2] for line in lines] == ["b", "a", "c", "d", "e", "f", "b"]
    scores = np.array([line[4] for line in lines], np.float32)
    assert (np.diff(scores[:6]) < 0).all()
    by_score = sorted(lines[:6], key=lambda line: (-float(np.float32(line[4])), line[2]))
    assert [line[2] for line in by_score] == [id_ for id_, _ in tied]
    qrels = [ir_measures.Qrel("q", "b", 1)]
    told = ir_measures.calc_aggregate(
        [ir_measures.RR, ir_measures.nDCG @ 10],
        qrels,
        ir_measures.read_trec_run(str(path)),  # type: ignore[no-untyped-call]  # it ships no types
    )
    ours = evaluation.measured({"q": tied}, {"q": {"b": 1}})
    assert told[ir_measures.nDCG @ 10] == pytest.approx(ours["nDCG@10"].mean) == 1.0


def test_judgments_of_unknown_queries_are_refused(index: Path) -> None:
    """Without one query that has a relevant document there is nothing to measure."""
    with pytest.raises(RequestRefused, match="no query"):
        evaluation.evaluate(index, {"a": "knee"}, {"b": {"k1": 1}})


def test_pairs_of_one_label_are_refused(index: Path) -> None:
    """Pairs that all ask the same cannot tell whether others would be proposed."""
    with pytest.raises(RequestRefused, match="one label"):
        evaluation.evaluate_pairs(index, [("knee", "hip", True)])


def test_pairs_are_told_apart(index: Path) -> None:
    """The same wording is proposed, two strangers are not."""
    quality = evaluation.evaluate_pairs(
        index,
        [("Why does my knee click?", "why does my knee CLICK", True), ("Why does my knee click?", "Hip pain", False)],
    )
    assert (quality.auc, quality.upper.precision, quality.upper.recall) == (1.0, 1.0, 1.0)


def test_agreement_counts_listed_neighbours_by_title(index: Path) -> None:
    """A listed title that is in the index is looked for among the neighbours; one that is not is missing."""
    found = evaluation.agreement(index)
    assert (found.pages, found.compared, found.missing) == (2, 1, 1)
    assert found.panel.mean == found.neighbours.mean == 1.0

"""The commands that measure and list duplicates, as processes see them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.search_app.commands import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A judged test set: two queries, three documents, a hard negative, three pairs."""
    path = tmp_path / "judged"
    (path / "qrels").mkdir(parents=True)
    documents = {"d1": "Why does my knee click?", "d2": "How long does a hip last?", "d3": "Does my elbow click?"}
    lines = [
        json.dumps({"_id": id_, "title": title, "text": "", "kind": "question"}) for id_, title in documents.items()
    ]
    (path / "corpus.jsonl").write_text("\n".join(lines))
    queries = {"q1": "my knee clicks, why", "q2": "lifetime of an artificial hip"}
    (path / "queries.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in queries.items()))
    (path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n")
    (path / "hard_negatives.tsv").write_text("q1\td3\n")
    (path / "pairs.tsv").write_text("q1\td1\t1\nq1\td2\t0\nq2\td1\t0\n")
    return path


def test_evaluate_prints_every_measure(folder: Path) -> None:
    """As text and as JSON: measures with intervals, hard negatives, what the floor hides, pairs."""
    status, told, _ = run("evaluate", str(folder), "--no-floor")
    assert status == 0
    for name in ("nDCG@10", "RR@10", "Success@1", "R@4", "R@10", "hard negative", "floor", "judged pairs"):
        assert name in told
    result = json.loads(run("evaluate", str(folder), "--no-floor", "--json", "--qrels", "test")[1])
    assert {"queries", "measures", "hard", "hidden", "pairs"} <= set(result)
    assert result["measures"]["nDCG@10"]["mean"] == 1.0


def test_relevant_documents_that_are_not_there_are_told(folder: Path) -> None:
    """No ranking finds them, so the figures would be low for no fault of it."""
    (more := folder / "qrels" / "more.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tgone\t1\n")
    told = run("evaluate", str(folder), "--no-floor")[2]
    more.unlink()
    assert "1 of " in told
    assert "not in the corpus" in told


def test_a_run_is_written_and_compared(folder: Path, tmp_path: Path) -> None:
    """A run beside itself: nothing gained, nothing lost."""
    run_file = str(tmp_path / "run.trec")
    assert run("evaluate", str(folder), "--no-floor", "--run", run_file, "--quiet")[0] == 0
    assert len(Path(run_file).read_text().splitlines()[0].split()) == 6
    beside = json.loads(run("evaluate", str(folder), "--no-floor", "--compare", run_file, "--json")[1])["comparison"]
    assert (beside["gained"], beside["lost"]) == ([], [])


def test_synonyms_show_what_they_gain(folder: Path, tmp_path: Path) -> None:
    """A synonym file is compared with the ranking without it; a bad one is refused by line."""
    (tmp_path / "ours.txt").write_text("lifetime => prosthesis\n")
    told = run("evaluate", str(folder), "--no-floor", "--synonyms", str(tmp_path / "ours.txt"))[1]
    assert "gained" in told
    (tmp_path / "bad.txt").write_text("a => b => c\n")
    status, _, error = run("evaluate", str(folder), "--synonyms", str(tmp_path / "bad.txt"))
    assert (status, "line 1" in error) == (2, True)


def test_a_measure_below_the_least_is_exit_1(folder: Path, tmp_path: Path) -> None:
    """So that a site can gate its own judgments; a folder that is none is exit 3, none at all exit 2."""
    assert run("evaluate", str(folder), "--no-floor", "--least", "1.1", "--quiet")[0] == 1
    assert run("evaluate", str(tmp_path / "none"))[0] == 3
    assert run("evaluate")[0] == 2


@pytest.mark.parametrize(
    "given", [["--recorded", "--search"], ["--decisions", "--least", "0.99"], ["--recorded", "--decisions"]]
)
def test_no_option_is_passed_over(given: list[str]) -> None:
    """What is for a judged set is refused where none is measured."""
    status, out, error = run("evaluate", *given)
    assert (status, out) == (2, "")
    assert "give one of them" in error


def test_recorded_tells_agreement(sample_path: Path) -> None:
    """The pages' own lists beside our panels."""
    found = json.loads(run("evaluate", "--recorded", "--index", str(sample_path), "--json")[1])
    assert found["pages"] >= found["compared"] > 0


def test_duplicates_are_listed(sample_path: Path) -> None:
    """As text, as the plan's JSON, and as CSV with a line for each pair."""
    at = ("--index", str(sample_path))
    assert "keep q-" in run("duplicates", *at)[1]
    found = json.loads(run("duplicates", *at, "--json")[1])
    assert {"generation", "total", "clusters"} <= set(found)
    cluster = found["clusters"][0]
    assert {"id", "score", "band", "canonical", "reason", "members", "pairs"} <= set(cluster)
    assert {"a", "b", "score", "differs"} <= set(cluster["pairs"][0])
    rows = list(csv.DictReader(run("duplicates", *at, "--csv")[1].splitlines()))
    assert len(rows) == sum(len(cluster["pairs"]) for cluster in found["clusters"])
    assert json.loads(run("duplicates", *at, "--band", "same wording", "--json")[1])["total"] == 0

"""The speed benchmark: its workers, its arithmetic, its chart, its command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import corpus
from benchmarks.speed import asking, chart, entrants, figures, processes, run, worker
from benchmarks.speed.machine import machine, packages
from benchmarks.speed.report import table
from search_app.cli import bench as command
from search_app.cli import cli
from tests.long_run import long_run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as the benchmark's worker builds it."""
    folder = tmp_path_factory.mktemp("speed")
    lines = [corpus.to_json(document) + "\n" for document in corpus.read(*corpus.sample())]
    (folder / "sample.jsonl").write_text("".join(lines), encoding="utf-8")
    built = processes.build("seealso-numpy", folder / "seealso-numpy", folder / "sample.jsonl")
    assert built["cpu_s"] > 0
    assert built["peak_mb"] > 10
    assert built["disk_mb"] > built["searched_mb"] > built["disk_mb"] / 10
    assert processes.is_built(folder / "seealso-numpy")
    return folder


def test_a_worker_answers_every_method(index: Path) -> None:
    """The process of SeeAlso answers each method with ids and its CPU, and tells its memory where the system does."""
    names = {document.id for document in corpus.read(*corpus.sample())}
    with processes.Worker("seealso-numpy", index / "seealso-numpy") as worker:
        for job, methods in entrants.ENTRANTS["seealso-numpy"].methods.items():
            for method in methods:
                told = worker.ask(method, "q-0039" if job == "see-also" else "cement leakage after kyphoplasty", 10)
                assert told.ids, method
                assert set(told.ids) <= names
                assert told.ns > 0
        private = worker.private_mb()
    assert private is None if sys.platform == "darwin" else private


def test_memory_that_others_can_share_is_not_private() -> None:
    """Clean pages of mapped files do not count, even where this process alone maps them just now."""
    told = "Pss: 900 kB\nShared_Dirty: 70 kB\nPrivate_Clean: 600 kB\nPrivate_Dirty:        40 kB\n"
    assert worker.private_of(told) == 40 * 1024


def test_heavy_methods_are_asked_apart() -> None:
    """Nothing that works for milliseconds stands between the queries of the quick ones; none is left out."""
    for job in entrants.ENTRANTS["tantivy"].methods:
        quick, heavy = ([], *asking.groups(entrants.ENTRANTS, job))[-2:]
        if job != entrants.PAGE:  # whole answers alone, tantivy's, too
            assert asking.Line("tantivy", entrants.ENTRANTS["tantivy"].methods[job][0]) in quick
            assert {"rank", "more_like"} & {line.method for line in quick if line.name == "seealso"}
        assert not {"similar", "related"} & {line.method for line in quick}
        assert len({*quick, *heavy}) == sum(len(entrant.methods.get(job, ())) for entrant in entrants.ENTRANTS.values())


def test_engines_take_turns_within_a_method() -> None:
    """No engine is asked by two methods one after the other, where the second would find its caches warm."""
    (lines,) = asking.groups(entrants.ENTRANTS, entrants.FACETS)
    assert [line.method for line in lines] == ["search", "search", "unfaceted", "unfaceted", "filtered", "filtered"]
    assert [line.name for line in lines] == ["seealso", "seealso-numpy"] * 3


def test_every_line_gets_its_figures(index: Path) -> None:
    """A job tells each line's costs, without ratios where the reference does not take part."""
    own = {"seealso-numpy": entrants.ENTRANTS["seealso-numpy"]}
    with asking.workers(list(own), index) as running:
        rows = asking.asked(running, own, "see-also", ["q-0039", "q-0001"])
    assert list(rows) == ["seealso-numpy more_like", "seealso-numpy neighbours", "seealso-numpy related"]
    asking.for_all(rows, 1_000_000)
    assert rows["seealso-numpy more_like"]["all_documents_s"] > rows["seealso-numpy more_like"]["mean_ms"]
    assert all(set(row) <= {"p50_ms", "p95_ms", "mean_ms", "all_documents_s"} for row in rows.values())


def test_a_search_tells_what_its_facets_cost(index: Path) -> None:
    """Beside the searches without facets and with a filter, a whole search tells its share of counting facets."""
    own = {"seealso-numpy": entrants.ENTRANTS["seealso-numpy"]}
    with asking.workers(list(own), index) as running:
        rows = asking.asked(running, own, entrants.FACETS, ["cement leakage", "hip fracture"])
    assert list(rows) == ["seealso-numpy search", "seealso-numpy unfaceted", "seealso-numpy filtered"]
    assert rows["seealso-numpy search"]["facets_share"] < 1
    assert [line for line, row in rows.items() if "facets_share" in row] == ["seealso-numpy search"]


def test_counting_facets_changes_no_answer(index: Path) -> None:
    """A search finds the same without them, so that nothing else is left out of what is measured."""
    with processes.Worker("seealso-numpy", index / "seealso-numpy") as running:
        told = [running.ask(method, "cement leakage", 10).ids for method in ("search", "unfaceted")]
    assert told[0] == told[1]


@long_run
def test_an_update_is_measured_on_a_copy(index: Path) -> None:
    """It tells CPU, memory, and its part of a build where there was one; the index and its folder stay as they were."""
    own = {name: entrants.ENTRANTS[name] for name in ("tantivy", "seealso-numpy")}
    before = sorted(index.rglob("*"))
    told = run.updates(own, index, index / "sample.jsonl", {"seealso-numpy": {"cpu_s": 0.01}})
    assert list(told) == ["seealso-numpy"]
    assert told["seealso-numpy"]["cpu_s"] > 0
    assert told["seealso-numpy"]["peak_mb"] > 10
    assert told["seealso-numpy"]["of_build"] > 1
    assert told["seealso-numpy"]["one_cpu_s"] > 0
    assert sorted(index.rglob("*")) == before


def test_an_update_of_a_kept_index_is_no_part_of_a_build(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the run did not build the index, it tells no part."""
    monkeypatch.setattr(processes, "update", lambda *_: {"cpu_s": 1.0})
    own = {"seealso-numpy": entrants.ENTRANTS["seealso-numpy"]}
    told = run.updates(own, index, index / "sample.jsonl", {})
    assert told == {"seealso-numpy": {"cpu_s": 1.0, "one_cpu_s": 1.0}}


def test_a_first_answer_counts_the_whole_process(index: Path) -> None:
    """A fresh process costs more than the interpreter's start alone."""
    assert processes.first_answer("seealso-numpy", index / "seealso-numpy", "rank", "kyphoplasty", 10) > 10_000_000


@pytest.mark.parametrize("name", ["tantivy", "bm25s", "sqlite", "whoosh"])
def test_a_peer_finds_what_was_asked(name: str, index: Path) -> None:
    """Each peer builds the sample and answers every job with ids of it."""
    entrant = entrants.ENTRANTS[name]
    if why := entrant.refusal(76):
        pytest.skip(why)
    processes.build(name, index / name, index / "sample.jsonl")
    with processes.Worker(name, index / name) as worker:
        for job in entrant.methods:
            (method,) = entrant.methods[job]
            told = worker.ask(method, "q-0039" if job == "see-also" else "cement leakage after kyphoplasty", 10)
            assert told.ids
            assert "q-0039" not in told.ids or job != "see-also"


def test_ratios_are_medians_over_queries_of_medians_over_rounds() -> None:
    """One disturbed round does not count, and neither does one strange query."""
    times = {"here": [[2, 2, 900], [1, 1, 1], [40, 40, 40]], "there": [[4, 4, 4], [2, 900, 2], [1, 1, 1]]}
    nanoseconds = {line: [[value * 1_000_000 for value in rounds] for rounds in own] for line, own in times.items()}
    answers = {"here": [["a", "b"], ["c"], []], "there": [["b", "c"], ["c"], []]}
    told = figures.compared(nanoseconds, answers, "there")
    assert told["here"]["p50_ms"] == 2
    assert told["here"]["ratio"] == 0.5
    assert told["there"]["ratio"] == 1
    assert told["here"]["overlap"] == 0.75
    assert "ratio" not in figures.compared(nanoseconds, answers, "nobody")["here"]


def test_what_is_saved_is_a_median_over_queries() -> None:
    """One query that got slower without something hides none that got faster."""
    assert figures.saved([10, 20, 1], [9, 15, 2]) == 0.1


def test_an_engine_whose_package_is_missing_says_what_to_install() -> None:
    """The reason names the package and the file to install it from."""
    missing = entrants.Entrant(module="none", methods={}, needs=("no_such_package",))
    assert "no_such_package is not installed" in missing.refusal(1)
    assert "requirements/bench.txt" in missing.refusal(1)
    assert "too slow" in entrants.Entrant(module="none", methods={}, most=10).refusal(11)


def result(documents: int) -> dict[str, Any]:
    rows = {"tantivy search": 0.2, "seealso rank": 0.1 * documents}
    return {
        "date": "2024-06-03",
        "source": "medquad",
        "size": f"{documents}k",
        "documents": documents,
        "machine": machine(),
        "skipped": {"bm25s": "bm25s is not installed"},
        "jobs": {"keyword": {line: {"p50_ms": cost} for line, cost in rows.items()}},
    }


def test_the_chart_is_well_formed() -> None:
    """Two sizes give two dots a row, and every row and size is named."""
    root = ET.fromstring(chart.drawn([result(1), result(20)]))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"tantivy search", "seealso rank", "20", "CPU, ms a query (median)"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2 + 2 * 2
    with pytest.raises(SystemExit, match="asks queries"):
        chart.drawn([])


def test_results_name_the_machine_and_write_none_over(tmp_path: Path) -> None:
    """A second result of a day stands beside the first; the table names what was left out; no path is told."""
    assert [run.written(result(16), tmp_path).name for _ in range(2)] == [
        "2024-06-03-16k.json",
        "2024-06-03-16k-2.json",
    ]
    assert "left out: bm25s" in table(result(16))
    told = json.dumps([machine(), packages()])
    assert "/" not in told.replace("\\/", "")
    assert packages()["numpy"]


def test_the_command_names_its_jobs_and_peers() -> None:
    """Its help names every job and option, and an unknown engine is wrong usage."""
    told = CliRunner().invoke(cli, ["bench", "--help"])
    assert told.exit_code == 0
    assert all(job in told.output for job in entrants.JOBS)
    program = [sys.executable, str(ROOT / "benchmarks" / "speed" / "run.py"), "--peers", "nobody"]
    refused = subprocess.run(program, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "known are tantivy" in refused.stderr


def test_an_installed_package_says_where_to_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the benchmark does not stand beside the code, the command says so and exits with 2."""
    here = tmp_path / "search_app" / "cli" / "bench.py"
    monkeypatch.setattr(command, "__file__", str(here))
    told = CliRunner().invoke(cli, ["bench"])
    assert told.exit_code == 2
    assert "in a checkout: ./seealso bench" in told.stderr


def test_the_lock_is_hashed_and_names_no_host() -> None:
    """The benchmark's lock pins with hashes, names no host, and agrees with the lock of the extra it measures."""
    texts = {name: (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8") for name in ("bench", "fast")}
    assert "://" not in texts["bench"]
    pins = {name: {line for line in text.splitlines() if line[:1].isalnum()} for name, text in texts.items()}
    assert pins["fast"] < pins["bench"]
    assert texts["bench"].count("--hash=sha256:") >= len(pins["bench"])

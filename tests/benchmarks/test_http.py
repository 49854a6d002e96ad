"""The benchmark of serving: its requests, its arithmetic, its servers, its results."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.http import run, serving
from benchmarks.http.serving import Figures

ROOT = Path(__file__).parents[2]


def test_every_load_has_its_requests(sample_path: Path, tmp_path: Path) -> None:
    """One panel, those of all documents, and drafts of 120 to 300 words, of which several differ."""
    files, documents = run.loads(sample_path, tmp_path)
    lines = {name: file.read_text(encoding="utf-8").splitlines() for name, file in files.items()}
    assert list(lines) == ["trivial", "one", "any", "draft"]
    assert len(lines["one"]) == 1
    assert len(set(lines["any"])) == documents == 76
    drafts = [json.loads(line.partition("\t")[2])["text"] for line in lines["draft"]]
    assert len(set(drafts)) > 100
    assert all(120 <= len(draft.split()) <= 300 for draft in drafts)


def test_ratios_are_to_the_trivial_route_of_the_same_round() -> None:
    """A round in which the machine was busy disturbs both and so no ratio."""
    told = run.summary(
        {
            "trivial": [Figures(1000, 1, 2), Figures(100, 10, 20), Figures(1000, 1, 2)],
            "one": [Figures(800, 2, 4), Figures(80, 20, 40), Figures(700, 2, 5)],
        }
    )
    assert told["one"] == {"per_s": 700, "p50_ms": 2, "p99_ms": 5, "per_s_ratio": 0.8, "p99_ratio": 2}
    assert told["trivial"]["per_s_ratio"] == 1


def test_results_are_not_written_over(tmp_path: Path) -> None:
    """A second result of a day stands beside the first."""
    first, second = (run.written({"date": "2024-06-03", "run": number}, tmp_path) for number in (1, 2))
    assert [first.name, second.name] == ["2024-06-03.json", "2024-06-03-2.json"]
    assert json.loads(first.read_text(encoding="utf-8"))["run"] == 1


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without wrk nothing is started, and the sentence says how to get it."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "apt install wrk" in serving.missing()


def test_a_server_that_cannot_answer_is_ended(tmp_path: Path) -> None:
    """Over a folder without an index the run stops with the server's words, and leaves no process behind."""
    with serving.Server(*run.OWN, SEEALSO_INDEX=str(tmp_path)) as server:
        process = server._process
        with pytest.raises(SystemExit, match="answered with 503"):
            server.wait_for("/readyz")
    assert process.poll() is not None


def test_a_run_tells_every_figure(sample_path: Path, tmp_path: Path) -> None:
    """A short run over the sample writes every load's figures, and names no host and no path."""
    if why := serving.missing():
        pytest.skip(why)
    program = [sys.executable, str(ROOT / "benchmarks" / "http" / "run.py"), str(sample_path)]
    done = subprocess.run(
        [*program, "--rounds", "1", "--seconds", "1", "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "out").iterdir()
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["documents"] == 76
    assert set(result["loads"]) == {"trivial", "one", "any", "draft"}
    assert all(row["per_s"] > 0 for row in result["loads"].values())
    assert {"flask", "waitress", "numpy"} <= set(result["packages"])
    assert str(ROOT) not in path.read_text(encoding="utf-8")
    assert "127.0.0.1" not in path.read_text(encoding="utf-8")
    assert "per_s_ratio" in done.stdout

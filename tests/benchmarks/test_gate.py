"""The relevance gate: nothing measured falls through its floor, and a floor never falls by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.relevance import gate, tasks
from indexer.evaluation import Estimate

ROOT = Path(__file__).parents[2]
FOUND = {"set": ("digest", {"nDCG@10": Estimate(mean=0.8, low=0.7, high=0.9)})}


def test_the_samples_panels_keep_their_floors() -> None:
    """The judged panels of the sample rank no worse than when the floors were set."""
    assert gate.faults(gate.load(), {gate.SAMPLE: gate.measured_sample()}) == []


def test_the_samples_searches_keep_their_floors() -> None:
    """What visitors may type of the sample is found no worse than when the floors were set."""
    assert gate.faults(gate.load(), {gate.SEARCHES: gate.measured_searches()}) == []


def test_floors_rise_and_never_fall_by_raising() -> None:
    """A new set gets its floor half an interval below the mean, a better measure lifts it, a worse one leaves it."""
    floors = gate.raised({}, FOUND)
    assert floors["set"]["floors"] == {"nDCG@10": 0.75}
    better = {"set": ("digest", {"nDCG@10": Estimate(mean=0.9, low=0.85, high=0.95)})}
    assert gate.raised(floors, better)["set"]["floors"]["nDCG@10"] > 0.75
    worse = {"set": ("digest", {"nDCG@10": Estimate(mean=0.1, low=0.0, high=0.2)})}
    assert gate.raised(floors, worse) == floors
    assert gate.faults(floors, worse)


def test_a_floor_falls_only_with_a_reason() -> None:
    """Lowering without a reason is refused; with one, the reason stands beside what was and what is."""
    floors = gate.raised({}, FOUND)
    worse = {"set": ("digest", {"nDCG@10": Estimate(mean=0.5, low=0.4, high=0.6)})}
    with pytest.raises(SystemExit, match="no reason"):
        gate.lowered(floors, worse, "set", "nDCG@10", " ")
    changed = gate.lowered(floors, worse, "set", "nDCG@10", "the judgments were corrected")
    assert changed["set"]["floors"]["nDCG@10"] == 0.45
    assert changed["set"]["lowered"][0]["reason"] == "the judgments were corrected"
    assert floors["set"]["floors"]["nDCG@10"] == 0.75


def test_other_data_are_another_set() -> None:
    """A set measured on other data than its floors is told, and its floors are not lifted."""
    floors = gate.raised({}, FOUND)
    other = {"set": ("another", FOUND["set"][1])}
    assert "other data" in gate.faults(floors, other)[0]
    with pytest.raises(SystemExit, match="other data"):
        gate.raised(floors, other)


@pytest.mark.timeout(1800)
def test_every_development_task_keeps_its_floors(tmp_path: Path) -> None:
    """All tasks made from the real data, half B: minutes, so only where they are asked for."""
    if not os.environ.get("SEEALSO_LONG"):
        pytest.skip("measured by ./seealso test --long")
    data = Path(os.environ.get("SEEALSO_DATA") or ROOT.parent / "shared" / "data")
    if not (data / "medical_question_pairs_dev.csv").exists():
        pytest.skip("set SEEALSO_DATA to the folder with medical_question_pairs_dev.csv and the others")
    assert tasks.main([str(data), str(tmp_path)]) == 0
    judged = all((data / name).is_dir() for name in ("visitors", "panels", "duplicates", "nfcorpus"))
    assert gate.faults(gate.load(), gate.results_of(tmp_path, data if judged else None)) == []

"""Two checkouts beside each other: what is alike, and what is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.speed.beside import compare, without_words
from tests.long_run import long_run

ROOT = Path(__file__).parents[2]


@long_run
def test_a_checkout_answers_like_itself(sample_path: Path) -> None:
    """One checkout beside itself is alike in every job, and every job has its cost."""
    found = list(compare([(str(ROOT), str(sample_path))] * 2, searches=6, rounds=1))
    assert [name for name, *_ in found] == [
        f"{form} {job}" for form in ("numpy", "compiled") for job in ("search", "title", "panel", "draft")
    ]
    assert all(alike and before > 0 < after for _, alike, before, after in found)


def test_other_words_are_alike_and_other_facts_are_not() -> None:
    """How a band or a reason is told does not count; a score does."""
    card = {"id": "a", "score": 1.5, "same": "very likely"}
    assert without_words([card]) == without_words([{**card, "same": "very-likely"}])
    assert without_words([card]) != without_words([{**card, "score": 1.25}])


@pytest.mark.parametrize("arguments", [[], ["one", "two", "three"]])
def test_it_says_what_it_wants(arguments: list[str]) -> None:
    """Without two checkouts and their indexes it names what is missing."""
    command = [sys.executable, str(ROOT / "benchmarks" / "speed" / "beside.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stderr

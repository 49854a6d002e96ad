"""Numbers that wait in a file are those that came, whatever of them is in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.ranking import growing
from indexer.ranking.growing import Growing, GrowingFiles

_NUMBERS = st.lists(st.integers(-(2**40), 2**40), max_size=9)


@given(st.lists(_NUMBERS | st.integers(-(2**40), 2**40), max_size=12))
def test_gives_what_came(steps: list[list[int] | int]) -> None:
    """One at a time or several, looked at in between or not: all of them, in their order."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "_HELD", 4)
        numbers, came = Growing(Path(folder), "q", [7]), [7]
        for step in steps:
            if isinstance(step, int):
                numbers.append(step)
                came.append(step)
            else:
                numbers.extend(np.array(step) if len(step) % 2 else step)
                came.extend(step)
                assert numbers.all().tolist() == came
            assert len(numbers) == len(came)
        assert numbers.all().tolist() == came
        assert list(Path(folder).iterdir()) == []


def test_all_files_are_closed_at_once(tmp_path: Path) -> None:
    """Also of numbers that somebody still holds; what they gave stays."""
    files = GrowingFiles(tmp_path)
    one, other = files.numbers("i", [1]), files.numbers("q")
    given = one.all()
    files.close()
    assert given.tolist() == [1]
    for numbers in (one, other):
        numbers.append(2)
        with pytest.raises(ValueError, match="closed"):
            numbers.all()


def test_what_was_given_stays(tmp_path: Path) -> None:
    """Numbers that were given are there when more have come, and when nobody holds the file."""
    numbers = Growing(tmp_path, "d", [0.5])
    before = numbers.all()
    numbers.append(0.25)
    after = numbers.all()
    del numbers
    assert (before.tolist(), after.tolist()) == ([0.5], [0.5, 0.25])

"""Rows that are sorted in a file are sorted as in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.build.sorting import in_order

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(st.lists(st.tuples(_TEXT, st.binary(max_size=3), st.integers(0, 2**40)), unique=True))
def test_sorts_as_python_does(rows: list[tuple[str, bytes, int]]) -> None:
    """Texts by their characters, digests by their bytes; the file is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        assert list(in_order(Path(folder), iter(rows))) == sorted(rows)
        assert list(Path(folder).iterdir()) == []


def test_a_look_at_the_first_leaves_no_file(tmp_path: Path) -> None:
    """Who stops reading leaves nothing behind."""
    rows = in_order(tmp_path, [("b", b"", 1), ("a", b"", 2)])
    assert next(rows) == ("a", b"", 2)
    del rows
    assert list(tmp_path.iterdir()) == []

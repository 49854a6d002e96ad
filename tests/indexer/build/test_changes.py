"""How many documents a generation adds, replaces and takes away, and the stored digests from which it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build, update
from indexer.build.pipeline import Changes
from indexer.generation import store_of
from indexer.generation.local import stored
from tests.documents import question

_DIGESTS = st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from([b"1", b"2"])).map(
    lambda found: dict(sorted(found.items()))
)


@given(_DIGESTS, _DIGESTS)
def test_changes_are_told_as_sets_tell_them(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """What is there alone afterwards was added, what is there alone before deleted, what differs replaced."""
    changes = Changes.between(old, new)
    assert changes.added == len(new.keys() - old.keys())
    assert changes.deleted == len(old.keys() - new.keys())
    assert changes.replaced == sum(old[id_] != new[id_] for id_ in old.keys() & new.keys())


def test_digests_are_read_in_the_order_of_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After updates too, where newer segments hold ids between those of older ones, and dead ones."""
    monkeypatch.setattr(stored, "_TOGETHER", 2)
    build(tmp_path, [question(f"q{n}", f"Knee pain {n}") for n in (1, 3, 5, 7)])
    before = dict(store_of(tmp_path).digests())
    update(tmp_path, [question("q4", "Hip pain"), question("q5", "Sore toe")], delete=["q7"])
    after = store_of(tmp_path).digests()
    assert list(after) == ["q1", "q3", "q4", "q5"]
    assert dict(after.items()) == {id_: after[id_] for id_ in after}
    assert after["q3"] == before["q3"]
    assert after["q5"] != before["q5"]
    assert "q7" not in after

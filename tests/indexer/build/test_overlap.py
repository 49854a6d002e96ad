"""What the arrays say of two questions, against what their profiles say."""

from __future__ import annotations

import tempfile
from contextlib import closing
from itertools import permutations
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from corpus import Document
from indexer.analysis.templates import Templates
from indexer.build.overlap import Overlap
from indexer.duplicates.likelihood import Profile, QuestionPair
from indexer.ranking.mapped import ARRAYS, write_strings
from indexer.ranking.token_store import StoredWords
from tests.documents import ANALYZER, corpora, question
from tests.indexer.generation.made import written

TEMPLATES = Templates(frozenset({("knee",), ("what",)}), frozenset({("is", "pain")}))


def told(documents: list[Document]) -> dict[tuple[str, str], tuple[bool, bool]]:
    """For each two documents whether they are worth comparing, by arrays and by profiles."""
    ids = sorted(document.id for document in documents)
    with tempfile.TemporaryDirectory() as name, closing(written(Path(name), documents, ANALYZER)) as generation:
        for kind, lines in zip(("openings", "frames"), TEMPLATES.lines(), strict=True):
            write_strings(Path(name) / ARRAYS, kind, lines)
        own = StoredWords(Path(name) / ARRAYS)
        overlap = Overlap(generation, own.segments, np.arange(len(ids)), lambda number: TEMPLATES.hold(own.own(number)))
        profiles = [Profile(generation, *own.title_and_body(number)) for number in range(len(ids))]
        return {
            (ids[a], ids[b]): (
                bool(overlap.may_compare(np.array([a]), np.array([b]))[0]),
                QuestionPair(profiles[a], profiles[b]).worth_comparing,
            )
            for a, b in permutations(range(len(ids)), 2)
        }


@settings(max_examples=60)
@given(corpora())
def test_no_pair_that_profiles_would_compare_is_left_out(documents: list[Document]) -> None:
    """What the arrays leave out is in no band."""
    assert all(arrays for arrays, profiles in told(documents).values() if profiles)


def test_another_matter_and_another_slot_are_left_out() -> None:
    """Questions that share a frame alone need no profile, and in templates one word of its own is enough."""
    documents: list[Document] = [
        question("a", "What are the symptoms of jaundice?"),
        question("b", "What are the symptoms of scurvy?"),
        question("c", "Purple tiles crack in the hallway since a week"),
        question("d", "Purple tiles crack in the hallway for two weeks"),
    ]
    found = told(documents)
    assert found["a", "b"] == (False, False)
    assert found["a", "c"] == (False, False)
    assert found["c", "d"] == (True, True)

"""What speaks for keeping a question, as it is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Answer, Question
from corpus.text import clean
from indexer.build.keep_order import KeepOrderWriter
from indexer.ranking.growing import GrowingFiles

_TEXT = st.text(max_size=60) | st.lists(st.sampled_from(["knee", " ", "\n", "\n\n", "\t", "x"]), max_size=30).map(
    "".join
)


@settings(max_examples=60)
@given(st.lists(_TEXT.map(clean).filter(bool), min_size=1, max_size=3))
def test_words_of_answer_are_counted_as_they_stand(texts: list[str]) -> None:
    """Of cleaned texts white space tells how many words there are."""
    with tempfile.TemporaryDirectory() as name:
        writer = KeepOrderWriter(GrowingFiles(Path(name)))
        writer.add(Question(id="q", title="Knee", answers=tuple(Answer(text=text) for text in texts)))
        writer.write(Path(name), np.array([0]))
        written = np.load(Path(name) / "keep_facts.npy")
    assert written[0, 2] == sum(len(text.split()) for text in texts)

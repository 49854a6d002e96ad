"""Where a build says that words stand in a text, against looking at every piece of it."""

from __future__ import annotations

import random
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Question
from indexer import Settings, build, update
from indexer.analysis import field_texts, pieces_at, pieces_with, spots
from indexer.answering.excerpts import Marks, snippet, words_in_common
from indexer.answering.passages import Passage, passages_of
from indexer.generation import store_of
from tests.documents import question

# Plain words, names in one piece and in several, numbers with their units, characters, no word at all, and gaps that no
# byte holds.
_PIECES = st.sampled_from(
    [
        *("pain", "Pain,", "(knees)", "the", "IL-6", "vitamin", "A", "vitamin/A", "B12", "5mg", "5(mg)", "5", "mg"),
        *("hepatitis", "type-2", "T12/L1", "don't", "œdema", "骨水泥很痛", "--", "…", "anti-inflammatory.", "x"),
        *(" " * 300, "\n\n", "-" * 270, "Fever? "),
    ]
)
_TEXT = st.lists(_PIECES, max_size=40).map(" ".join)
_TEXTS = st.tuples(_TEXT, _TEXT, _TEXT, _TEXT)


def _question(number: int, texts: tuple[str, ...]) -> Question:
    title, body, answer, more = texts
    return question(f"q{number}", " ".join(title.split()) or "pain", body, answer.strip() and answer, more=more)


@settings(max_examples=15, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4), st.integers(0, 99))
def test_what_is_looked_at_holds_all_that_is_sought(texts: list[tuple[str, ...]], seed: int) -> None:
    """Snippets and words in common of the pieces that a build names are those of whole texts, in each segment."""
    documents = [_question(n, own) for n, own in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        build(folder, documents[:2], settings=Settings(compiled=False))
        update(folder, documents[2:], settings=Settings(compiled=False))
        with closing(store_of(folder).open(Settings())) as generation:
            said = sorted({spot.term for d in documents for text in field_texts(d).values() for spot in spots(text)})
            terms = dict.fromkeys(random.Random(seed).sample(said, min(3, len(said))), 1.0)
            for document, own in zip(documents, passages_of(generation, documents, terms.keys()), strict=True):
                whole = [Passage(text, None, own[name].weight) for name, text in field_texts(document).items()]
                assert snippet(own.values(), Marks(terms)) == snippet(whole, Marks(terms))
                assert words_in_common([*own.values()], terms, 4) == words_in_common(whole, terms, 4)


def test_few_pieces_are_looked_at(tmp_path: Path) -> None:
    """Of a long text only those pieces are looked at that hold what is sought, or may begin a name of several words."""
    text = " ".join(["Nothing to see here,"] * 500 + ["but the knee"] + ["hurts no more."] * 500)
    document = question("long", "On knees", text)
    build(tmp_path, [document])
    with closing(store_of(tmp_path).open(Settings())) as generation:
        (own,) = passages_of(generation, [document], {"knee"})
    assert [piece for _, piece in pieces_at(own["body"].text, own["body"].begins or ())] == ["knee"]
    assert pieces_with({"knee"}, text.split()) == ["knee"]


def test_boilerplate_is_not_looked_at(tmp_path: Path) -> None:
    """What a site's questions only repeat is neither marked nor named as a word in common, by any engine."""
    greeting = "Hello doctor, thank you for your time."
    documents = [question(f"q{n}", f"Knee pain {n}", f"{greeting} My knee number {n} hurts.") for n in range(12)]
    build(tmp_path, documents)
    with closing(store_of(tmp_path).open(Settings())) as generation:
        assert generation.analyzer.boilerplate.sentences
        (own,) = passages_of(generation, documents[:1], {"doctor", "hurt"})
        assert words_in_common([*own.values()], {"doctor": 1.0, "hurt": 1.0}, 4) == ("hurts",)

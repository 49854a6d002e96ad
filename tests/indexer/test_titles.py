"""What is suggested while somebody types: titles that hold every word, the last one perhaps half typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer
from indexer.decisions import Decided, Decisions, Verdict
from tests.documents import question

_TITLES = {
    "a": "Knee pain after running",
    "b": "Painful knees at night",
    "c": "Knee replacement: when?",
    "d": "Hepatitis B and breast feeding",
    "e": "Hepatitis C and bones",
    "f": "How long does a knee need?",
    "g": "膝蓋很痛怎麼辦",
    "h": "Knee pain after running",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> indexer.Index:
    """Pages that say other words in their texts than in their titles."""
    folder = tmp_path_factory.mktemp("titles")
    indexer.build(folder, [question(id_, title, f"ski boots {id_}") for id_, title in _TITLES.items()])
    return indexer.open_index(folder)


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_as_many_are_suggested_as_are_wanted(index: indexer.Index, limit: int) -> None:
    """The first of those that more would be."""
    more = index.suggest("kne")
    assert (index.suggest("kne", limit=limit), len(more)) == (more[:limit], 4)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("knee p", ["a", "b"]),
        ("pain kn", ["a", "b"]),
        ("kne", ["a", "c", "f", "b"]),
        ("knee repl", ["c"]),
        ("膝", ["g"]),
        ("hepatitis b", ["d", "e"]),
        ("hepatitis c", ["e"]),
        ("how lo", ["f"]),
        ("hepattitis b", ["d", "e"]),
        ("after runing", ["a"]),
        ("hepattitis ski", []),
        ("ski", []),
        ("knee xyz", []),
        ("", []),
        ("?", []),
        ("knee " * 60, []),
    ],
)
def test_titles_hold_every_word(index: indexer.Index, typed: str, found: list[str]) -> None:
    """In any form and order, and where no title does, as the words should be spelled; what a page says beside its title
    finds nothing, and of one title one page is shown.
    """
    told = [suggestion.id for suggestion in index.suggest(typed)]
    assert sorted(told) == sorted(found)
    if typed == "kne":
        assert set(told[:2]) == {"a", "c"}  # those that begin so come first


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="knep aibrsuHC-膝痛.0'", max_size=12))
def test_no_text_is_refused_and_none_is_made_up(index: indexer.Index, typed: str) -> None:
    """Whatever is typed: at most as many as are asked for, each a title of a page that begins some word as typed."""
    for suggestion in index.suggest(typed, limit=3):
        assert suggestion.title == _TITLES[suggestion.id]
    assert len(index.suggest(typed, limit=3)) <= 3


def test_another_name_of_what_is_typed_is_suggested_for(tmp_path: Path) -> None:
    """Where no title has the words: an underactive thyroid is hypothyroidism, and no overactive one."""
    titles = {"low": "Hypothyroidism: what to eat", "high": "Hyperthyroidism and the eyes", "x": "A thyroid scan"}
    indexer.build(tmp_path, [question(id_, title, "An underactive bladder") for id_, title in titles.items()])
    with indexer.open_index(tmp_path) as index:
        assert [suggestion.id for suggestion in index.suggest("underactive thyr")] == ["low"]
        assert [suggestion.id for suggestion in index.suggest("overactive thyroid")] == ["high"]
        assert index.suggest("underactive bladd") == ()


def test_a_word_that_names_something_begins_no_other(tmp_path: Path) -> None:
    """Where no title has it: poo is stool and no pool, while hep is the beginning of hepatitis."""
    titles = ("Verrucas from a pool", "A pool and its chlorine", "Stool that is green", "Hepatitis in a family")
    indexer.build(tmp_path / "index", [question(f"q{n}", title) for n, title in enumerate(titles)])
    with indexer.open_index(tmp_path / "index") as opened:
        assert [found.title for found in opened.suggest("poo")] == ["Stool that is green"]
        assert [found.title for found in opened.suggest("hep")] == ["Hepatitis in a family"]
        assert len(opened.suggest("pool")) == 2


def test_whole_words_come_before_longer_ones(tmp_path: Path) -> None:
    """Who typed chest means a chest before Chester; of longer ones what begins so stands first."""
    titles = ("What is Chester porphyria?", "Pain in my chest", "Chesty cough")
    indexer.build(tmp_path / "index", [question(f"q{n}", title) for n, title in enumerate(titles)])
    with indexer.open_index(tmp_path / "index") as opened:
        found = [own.title for own in opened.suggest("chest")]
    assert found == ["Pain in my chest", "Chesty cough", "What is Chester porphyria?"]


def test_a_half_typed_word_is_what_mostly_follows(tmp_path: Path) -> None:
    """Behind kidney st stands stones, though more pages speak of a stomach; the page on these alone comes first."""
    titles = ("Kidney stones and beer, what now?", "What are kidney stones?", "Kidney stones in a family")
    pages = [question(f"k{n}", title) for n, title in enumerate(titles)]
    pages += [question(f"s{n}", f"Stomach pain after kidney no {n}", "A stomach, and standing") for n in range(9)]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        found = [own.id for own in opened.suggest("kidney st")]
    assert found[0] == "k1"
    assert set(found[:3]) == {"k0", "k1", "k2"}


def test_what_is_asked_around_the_matter_stands_in_few_titles(index: indexer.Index) -> None:
    """Where no title has all words, stop words are done without, unless nothing but the last word is left."""
    assert {found.id for found in index.suggest("why does my knee repl")} == {"c"}
    assert index.suggest("why does it repl") == ()


def test_a_duplicate_is_suggested_as_the_question_that_is_kept(index: indexer.Index) -> None:
    """What an editor settled is one page."""
    a, b = index.wordings(["b", "a"])
    assert a is not None
    assert b is not None
    pair = Decided(Verdict.DUPLICATE, "b", "a", (a, b))
    decided = index.deciding(Decisions(pairs=(pair,)))
    assert [suggestion.id for suggestion in decided.suggest("painful")] == ["a"]

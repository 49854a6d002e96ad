"""What stands first in a short search: the page on the very thing, before those that only say its name more often."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer
from indexer import Index
from indexer.answering.subjects import LOOKED_AT
from tests.documents import question

_OTHERS = ("My cough and my knee", "A cough, and a cough at work", "Thyroid pills in the thyroid gland")
_TITLES = ("What is (are) cough ?", "What is (are) Thyroid Diseases ?", "What is hypertension?", "Is a cough catching?")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages on a thing, and more that speak of it, with their answers; and one that was never answered."""
    folder = tmp_path_factory.mktemp("subjects") / "index"
    pages = [question(f"on{n}", title, "", "It passes.") for n, title in enumerate(_TITLES)]
    pages += [question(f"of{n}", title, title, f"Much {title}") for n, title in enumerate(_OTHERS * 3)]
    indexer.build(folder, [*pages, question("open", "A cough?")])
    return indexer.open_index(folder)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cough", "on0"),
        ("what is a cough", "on0"),
        ("coughing 6 weeks", "on0"),
        ("cough no fever or any pain", "on0"),
        ("thyroid", "on1"),
        ("high blood pressure", "on2"),
        ("is cough catching", "on3"),
    ],
)
def test_the_page_on_the_very_thing_stands_first(index: Index, typed: str, first: str) -> None:
    """By its words or another name, for however long one has it; on diseases of a part where nothing is on it alone."""
    assert index.search(typed).hits[0].id == first


def test_what_one_has_not_counts_little(tmp_path: Path) -> None:
    """Who coughs without a fever is not led to fevers; a fever that is all one speaks of counts as any word."""
    pages = [question(f"f{n}", f"Fever in week {n + 30}", "A fever and again a fever") for n in range(12)]
    pages += [question("c", "My son coughs"), *(question(f"z{n}", f"Stairs and knees, {n}") for n in range(40))]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        for typed in (
            "son coughs, no fever",
            "no pain or fever but coughs",
            "coughs without any fever",
            "coughs, doesn't itch or hurt",
        ):
            assert opened.search(typed).hits[0].id == "c", typed
        assert opened.search("no fever").total == opened.search("fever").total == 12


def test_the_word_that_denies_is_not_marked(tmp_path: Path) -> None:
    """A search for a cough without a fever shows where a page speaks of a cough; one for no fever marks fevers."""
    body = f"No fever at all, and no chill. {'He sat by the window and read the news. ' * 12}Then a cough came."
    pages = [question("c", "My son", body), *(question(f"z{n}", f"Stairs, knees, fever {n}") for n in range(9))]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        for typed, marked in (("cough no fever", ["cough"]), ("no fever", ["fever"])):
            hit = next(hit for hit in opened.search(typed).hits if hit.id == "c")
            assert [text for text, own in hit.snippet if own] == marked


def test_what_one_does_not_feel_counts_little(tmp_path: Path) -> None:
    """Who has a rash that does not itch is led to rashes; who does not sleep is led to sleep."""
    pages = [question(f"r{n}", f"A rash in week {n + 30}, and a night") for n in range(12)]
    pages += [question(f"i{n}", f"An itch in week {n}, itching") for n in range(4)]
    pages += [question("s", "Sleep and sleeping", "To sleep")]
    pages += [question(f"z{n}", f"Stairs and knees, {n}") for n in range(40)]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        for typed in ("rash that doesn't itch", "rash, isn't itchy or sore", "a rash but it is not itching"):
            assert opened.search(typed).hits[0].id[0] == "r", typed
        assert opened.search("doesn't sleep at night").hits[0].id == "s"


def test_whom_one_asks_for_counts_little(tmp_path: Path) -> None:
    """A dad with shingles is led to shingles, not to other dads; who searches for fathers alone finds them."""
    pages = [question("s", "What are shingles?", "", "A rash."), question("d", "My dad, my dad and his knee", "Dad!")]
    pages += [question(f"z{n}", f"Shingles and stairs, {n}", "A shingle, and a stair") for n in range(40)]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        for typed in ("my dad has shingles", "dad shingles", "shingles, and my dad"):
            assert opened.search(typed).hits[0].id == "s", typed
        assert opened.search("my dad").hits[0].id == "d"


def test_three_pages_that_ask_the_same_leave_room_for_others(tmp_path: Path) -> None:
    """Of twelve sources that ask what gout is three stand in their places, the others follow what else is found; by
    date, and beyond the hits looked at, nothing is moved, and no hit is lost.
    """
    pages = [question(f"g{n:02}", "What is gout?", "", "Gout and again gout. " * (n + 1)) for n in range(12)]
    pages += [question(f"o{n:02}", f"A toe and its gout, {n}", "", "A toe.") for n in range(50)]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        kinds = "".join(hit.id[0] for hit in opened.search("gout", size=100).hits)
        assert kinds == "ggg" + "o" * (LOOKED_AT - 12) + "g" * 9 + "o" * 12
        assert sorted(hit.id for n in range(1, 8) for hit in opened.search("gout", page=n).hits) == sorted(
            page.id for page in pages
        )
        assert "gggg" in "".join(hit.id[0] for hit in opened.search("gout", size=100, sort=indexer.Sort.NEWEST).hits)


def test_what_says_more_keeps_its_place(index: Index) -> None:
    """A search for more than a title has, and one in another order than the best first, are as they are ranked."""
    for typed, sort in (("cough of the knee", indexer.Sort.RELEVANCE), ("cough", indexer.Sort.NEWEST)):
        hits = index.search(typed, sort=sort).hits
        assert hits[0].id != "on0"
    scores = [hit.score for hit in index.search("cough").hits]
    assert scores[1:] == sorted(scores[1:], reverse=True)


def test_an_unanswered_page_is_not_put_first(index: Index) -> None:
    """Its title may say nothing else: who searches wants an answer."""
    assert index.search("cough").hits[0].id != "open"
    assert "open" in {hit.id for hit in index.search("cough", size=20).hits}


@given(st.sampled_from(["cough", "thyroid", "high blood pressure", "knee"]), st.integers(1, 5))
def test_pages_hold_each_hit_once(index: Index, typed: str, size: int) -> None:
    """One after the other they are the whole list, whatever was put first."""
    whole = [hit.id for hit in index.search(typed, size=100).hits]
    pages = index.search(typed, size=size).pages
    assert [hit.id for n in range(1, pages + 1) for hit in index.search(typed, page=n, size=size).hits] == whole


def test_a_number_beside_a_matter_is_not_demanded(tmp_path: Path) -> None:
    """Rash 2 days finds the pages on a rash, though some page says 2days; a name with a number is demanded still."""
    pages = [question(f"r{n}", f"A rash on my arm, case {name}") for n, name in enumerate("abcdefghijkl")]
    pages += [question("x", "Sore toe for 2days"), question("v", "Vitamin B12"), question("y", "Fever of 39 at night")]
    pages += [question(f"z{n}", f"Knee pain on {n + 40} stairs") for n in range(60)]
    indexer.build(tmp_path / "index", pages)
    with indexer.open_index(tmp_path / "index") as opened:
        for typed in ("rash 2 days", "rash 2days", "rash 39", "rash 150/95"):
            hits = opened.search(typed, size=50).hits
            assert (hits[0].id[0], sum(hit.id[0] == "r" for hit in hits)) == ("r", 12), typed
        assert [hit.id for hit in opened.search("vitamin b12").hits] == ["v"]

"""Words in common, against a plain definition that walks through every word of the passages."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Spot, spots
from indexer.answering.excerpts import words_in_common
from indexer.answering.passages import Passage
from indexer.ranking.weighting import K1, saturation

PIECES = [
    "cement",
    "Cement,",
    "bone-cement",
    "(bone-cement)",
    "MRI",
    "T12/T12",
    "T12",
    "3",
    "knees",
    "the",
    "骨水泥",
    "x\n",
]
PASSAGE = st.tuples(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.sampled_from([0.5, 1.0, 2.0]))
TERMS = st.dictionaries(
    st.sampled_from(["cement", "bonecement", "bone", "mri", "t12", "12", "3", "knee", "骨", "骨水", "水泥"]),
    st.sampled_from([0.25, 1.0, 3.0]),
)


def plainly(passages: list[tuple[str, float]], terms: dict[str, float], most: int) -> tuple[str, ...]:
    """Every place of every term, in order; the first of each is the one that is written."""
    places: dict[str, tuple[int, Spot]] = {}
    told: dict[str, float] = {}
    for number, (text, weight) in enumerate(passages):
        there = [s for s in spots(text) if s.term in terms and not s.word.isdigit()]
        there = [s for s in there if len(s.word) > 1]
        for spot in there:
            places.setdefault(spot.term, (number, spot))
        for term, count in Counter(spot.term for spot in there).items():
            told[term] = told.get(term, 0.0) + terms[term] * weight * saturation(count, K1)
    words: list[str] = []
    covered: set[tuple[int, int]] = set()
    for term in sorted(told, key=lambda term: (-told[term], term)):
        number, spot = places[term]
        start, end, text = spot.start, spot.end, passages[number][0]
        if spot.word[0] > "\u3000":  # as long as the next pair of characters is wanted too
            while text[start - 1 : start + 1] in terms:
                start -= 1
            while text[end - 1 : end + 1] in terms and len(text[end - 1 : end + 1]) == 2:
                end += 1
        letters = {(number, at) for at in range(start, end)}
        if len(words) < most and not letters & covered:
            covered |= letters
            written = text[start:end]
            words.append(written.lower() if written[1:].islower() and written[1].isalpha() else written)
    return tuple(dict.fromkeys(words))


@given(st.lists(PASSAGE, max_size=3), TERMS, st.integers(1, 5))
def test_words_in_common_are_those_of_the_definition(
    passages: list[tuple[str, float]], terms: dict[str, float], most: int
) -> None:
    """Looking at each piece of text once finds the words that walking through all of them finds."""
    looked_at = [Passage(text, None, weight) for text, weight in passages]
    assert words_in_common(looked_at, terms, most) == plainly(passages, terms, most)

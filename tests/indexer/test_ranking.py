"""Weights, arrays and tables: each against the plain formula."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document
from indexer.analysis import Analyzer
from indexer.ranking import kernels, mapped
from indexer.ranking.ids import Ids, segment_name
from indexer.ranking.impacts import Impacts
from indexer.ranking.mapped import ARRAYS, Strings, write_strings
from indexer.ranking.weighting import length_factor, query_weights, rarity, steepened
from tests.documents import question
from tests.indexer.generation.made import write
from tests.indexer.plain import Length, statistics_of

_WORDS = [f"w{letter}b" for letter in "abcdefghijkl"]


def impacts_of(folder: Path, documents: Sequence[Document], *, compiled: bool = False) -> Impacts:
    """The impacts of one segment."""
    write(folder, documents, Analyzer())
    return Impacts(folder / ARRAYS / "000001", kernels if compiled else None)


def test_an_impact_is_the_formula(tmp_path: Path) -> None:
    """One posting by hand: rarity^1.25 times each field's weight times its saturated count."""
    documents = [question("a", "knee", body="knee knee hurting hurting"), question("b", "hip")]
    _, scores = impacts_of(tmp_path, documents).rank({"knee": 1.0}, None, 1)
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5)) ** 1.25
    title = 1 * 1.8 / (1 + 0.8 * (0.2 + 0.8 * 1 / 1))
    body = 2 * 1.8 / (2 + 0.8 * (0.2 + 0.8 * 4 / 4))
    assert scores[0] == pytest.approx(idf * (2 * title + 1 * body), rel=1e-6)


@pytest.mark.parametrize("compiled", [False, True], ids=["numpy", "compiled"])
@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    weights=st.dictionaries(st.sampled_from(_WORDS), st.floats(0.01, 3) | st.sampled_from([0.5, 1.0, 2.0]), min_size=1),
    limit=st.integers(1, 25) | st.just(100),
    masked=st.booleans(),
)
def test_rank_is_the_sorted_full_sum(
    many_impacts: dict[bool, Impacts],
    compiled: bool,
    seed: int,
    weights: dict[str, float],
    limit: int,
    masked: bool,
) -> None:
    """The best of the array sum are the first of all documents sorted by it, under any mask, to the last bit."""
    impacts = many_impacts[compiled]
    size = 3_000
    mask = np.random.default_rng(seed).random(size) < 0.3 if masked else None
    single = {t: dict(zip(*(a.tolist() for a in impacts.rank({t: 1.0}, None, size)), strict=True)) for t in weights}
    # Term by term, as the definition adds: since Python 3.12 the built-in sum adds more exactly than that.
    sums = [reduce(add, (weights[t] * single[t].get(n, 0.0) for t in sorted(weights)), 0.0) for n in range(size)]
    there = (n for n in range(size) if sums[n] and (mask is None or mask[n]))
    expected = sorted(there, key=lambda n: (-sums[n], n))[:limit]
    numbers, scores = impacts.rank(weights, mask, limit)
    assert numbers.tolist() == expected
    assert scores.tolist() == [sums[n] for n in expected]


@pytest.fixture(scope="module")
def many_impacts(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Impacts]:
    """The impacts of 3,000 documents of words from common to rare, in both forms."""
    rng = random.Random(5)
    documents = [
        question(f"d{n:04d}", " ".join(_WORDS[min(int(rng.expovariate(0.3)), 11)] for _ in range(rng.randint(1, 12))))
        for n in range(3_000)
    ]
    folder = tmp_path_factory.mktemp("impacts")
    return {
        False: impacts_of(folder, documents),
        True: Impacts(folder / ARRAYS / "000001", kernels),
    }


def test_rarity_falls_with_frequency() -> None:
    """The rarest term is one that no document has; the most common still weighs something."""
    values = [rarity(100, n) for n in (0, 1, 10, 100)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


def test_query_weights_grow_with_the_square_root() -> None:
    """A word said four times counts twice."""
    assert query_weights({"a": 1, "b": 4}, "terms", 5) == {"a": 1.0, "b": 2.0}


def test_rare_words_of_a_long_text_count_for_more() -> None:
    """Up to 20 words nothing changes; beyond, the rarer word gains and the sum of what they tell stays."""
    weights, rarities = {"rare": 1.0, "common": 1.0}, {"rare": 4.0, "common": 1.0}
    assert steepened(weights, rarities, 20) == weights
    steep = steepened(weights, rarities, 100)
    assert steep["rare"] > 1.0 > steep["common"]
    assert sum(steep[term] * rarities[term] for term in steep) == pytest.approx(5.0)


def test_length_counts_for_long_texts_alone() -> None:
    """Up to 20 words a document's length changes nothing; beyond, long documents lose and short ones gain."""
    assert length_factor(10.0, 20) == 1.0
    assert length_factor(10.0, 200) < 1.0 < length_factor(0.1, 200)


def test_statistics_leave_empty_fields_out_of_averages() -> None:
    """An average is over the documents that have the field; the median is of whole documents plus one."""
    statistics = statistics_of(
        [{"title": Length(2, 1), "body": Length(10, 0)}, {"title": Length(4, 0)}], [False, False]
    )
    assert statistics.average == {"title": 3.0, "body": 10.0}
    assert statistics.concepts == {"title": 0.5}
    assert statistics.median == 9.0


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), max_size=30))
def test_strings_are_found_by_number_and_by_name(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    """Every string is where it was put; what was not put is nowhere."""
    folder = tmp_path_factory.mktemp("strings")
    write_strings(folder, "names", sorted(names))
    strings = Strings(folder, "names")
    assert list(strings) == strings[:] == sorted(names)
    assert all(strings[strings.find(name)] == name for name in names)
    assert strings.find("not there, too long") == -1


@given(st.integers(0, 150), st.text("0123456789w", max_size=4))
def test_many_strings_are_placed_as_one_search_through_all_does(
    tmp_path_factory: pytest.TempPathFactory, size: int, name: str
) -> None:
    """However many there are, a name's place is how many come before it, and only what was put is found."""
    folder, names = tmp_path_factory.mktemp("strings"), sorted(f"w{n}" for n in range(size))
    write_strings(folder, "names", names)
    strings = Strings(folder, "names")
    assert strings.place(name) == bisect_left(names, name)
    assert strings.find(name) == (names.index(name) if name in names else -1)
    assert [strings.find(own) for own in names] == list(range(size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapped, "_TOGETHER", 7)
        assert list(strings) == names


@given(st.lists(st.sets(st.text("abé", min_size=1, max_size=2), max_size=8), min_size=2, max_size=4))
def test_numbers_ascend_by_their_ids(tmp_path_factory: pytest.TempPathFactory, segments: list[set[str]]) -> None:
    """Over all segments, and of an id that was written again the older number comes first."""
    arrays = tmp_path_factory.mktemp("ids")
    for generation, names in enumerate(segments):
        folder = arrays / segment_name(generation)
        folder.mkdir()
        write_strings(folder, "ids", sorted(names))
    every = [id_ for names in segments for id_ in sorted(names)]
    assert list(Ids(arrays).ascending()) == sorted(range(len(every)), key=lambda n: (every[n], n))


def test_strings_refuse_a_number_out_of_range(tmp_path: Path) -> None:
    """There is no string behind the last one."""
    write_strings(tmp_path, "names", ["a"])
    with pytest.raises(IndexError):
        Strings(tmp_path, "names")[1]


def test_a_second_language_changes_no_weight_of_the_first() -> None:
    """Enough documents in characters have statistics of their own; a few are counted with all others."""
    english, chinese = [{"title": Length(8, 1)}] * 200, [{"title": Length(40, 0)}] * 150
    alone = statistics_of(english, [False] * 200)
    mixed = statistics_of(english + chinese, [False] * 200 + [True] * 150)
    assert replace(mixed, han=None) == alone
    assert mixed.rarity("knee", 3) == alone.rarity("knee", 3)
    assert mixed.of_document(han=True).average == {"title": 40.0}
    assert mixed.rarity("膝", 3) == rarity(150, 3)
    few = statistics_of(english + chinese[:5], [False] * 200 + [True] * 5)
    assert (few.han, few.documents) == (None, 205)

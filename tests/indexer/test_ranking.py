"""Weights, arrays and tables: each against the plain formula."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analysed
from indexer.ranking.impacts import Impacts, ImpactsWriter
from indexer.ranking.tables import Strings, write_strings
from indexer.ranking.weighting import Length, Statistics, length_factor, query_weights, rarity, steepened


def analysed(bag: dict[str, int]) -> Analysed:
    """A text of these terms, without concepts."""
    return Analysed(tokens=list(bag), sequence=list(bag), bag=Counter(bag), concepts=Counter())


def test_an_impact_is_the_formula(tmp_path: Path) -> None:
    """One posting by hand: rarity^1.25 times each field's weight times its saturated count."""
    writer = ImpactsWriter()
    writer.add("question", {"title": analysed({"knee": 1}), "body": analysed({"knee": 2, "hurt": 2})})
    writer.add("question", {"title": analysed({"hip": 1})})
    writer.write(tmp_path)
    _, scores = Impacts(tmp_path, 2).rank({"knee": 1.0}, None, 1)
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5)) ** 1.25
    title = 1 * 1.8 / (1 + 0.8 * (0.2 + 0.8 * 1 / 1))
    body = 2 * 1.8 / (2 + 0.8 * (0.2 + 0.8 * 4 / 4))
    assert scores[0] == pytest.approx(idf * (2 * title + 1 * body), rel=1e-6)


@given(
    st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 4), min_size=1), min_size=1, max_size=20),
    st.dictionaries(st.sampled_from("abcdefg"), st.floats(0.1, 2), min_size=1),
    st.integers(1, 25),
    st.randoms(use_true_random=False),
)
def test_rank_is_the_sorted_full_sum(
    tmp_path_factory: pytest.TempPathFactory,
    bags: list[dict[str, int]],
    weights: dict[str, float],
    limit: int,
    random: object,
) -> None:
    """The best of the array sum are the first of all documents sorted by it, under any mask."""
    folder = tmp_path_factory.mktemp("impacts")
    writer = ImpactsWriter()
    for bag in bags:
        writer.add("question", {"body": analysed(bag)})
    writer.write(folder)
    impacts = Impacts(folder, len(bags))
    mask = np.array([random.random() < 0.7 for _ in bags])  # type: ignore[attr-defined]
    single = {
        term: dict(zip(*(a.tolist() for a in impacts.rank({term: 1.0}, None, len(bags))), strict=True))
        for term in weights
    }
    # Term by term, as the definition adds: since Python 3.12 the built-in sum adds more exactly than that.
    sums = [reduce(add, (weights[t] * single[t].get(n, 0.0) for t in sorted(weights)), 0.0) for n in range(len(bags))]
    expected = sorted((n for n in range(len(bags)) if mask[n] and sums[n]), key=lambda n: (-sums[n], n))[:limit]
    numbers, scores = impacts.rank(weights, mask, limit)
    assert numbers.tolist() == expected
    assert scores.tolist() == [sums[n] for n in expected]


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
    statistics = Statistics.of(
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


def test_strings_refuse_a_number_out_of_range(tmp_path: Path) -> None:
    """There is no string behind the last one."""
    write_strings(tmp_path, "names", ["a"])
    with pytest.raises(IndexError):
        Strings(tmp_path, "names")[1]


def test_a_second_language_changes_no_weight_of_the_first() -> None:
    """Enough documents in characters have statistics of their own; a few are counted with all others."""
    english, chinese = [{"title": Length(8, 1)}] * 200, [{"title": Length(40, 0)}] * 150
    alone = Statistics.of(english, [False] * 200)
    mixed = Statistics.of(english + chinese, [False] * 200 + [True] * 150)
    assert replace(mixed, han=None) == alone
    assert mixed.rarity("knee", 3) == alone.rarity("knee", 3)
    assert mixed.of_document(han=True).average == {"title": 40.0}
    assert mixed.rarity("膝", 3) == rarity(150, 3)
    few = Statistics.of(english + chinese[:5], [False] * 200 + [True] * 5)
    assert (few.han, few.documents) == (None, 205)

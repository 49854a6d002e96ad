"""The sample corpus that ships with the project, and its judgments."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from corpus import Article, Document, Question, kind_of, sample
from tests.corpus.conftest import take


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    documents, rejected = take(*sample())
    assert rejected == []
    return documents


@pytest.fixture(scope="module")
def judgments() -> list[dict[str, str]]:
    with (sample()[0].parent / "judgments.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_files_of_the_sample_exist() -> None:
    """`sample()` names files that are there."""
    assert [path.is_file() for path in sample()] == [True, True]
    assert all(isinstance(path, Path) for path in sample())


def test_the_sample_holds_what_its_description_says(documents: list[Document]) -> None:
    """64 questions and 12 articles with unique ids and addresses, answered and commented as told."""
    assert Counter(map(kind_of, documents)) == {"question": 64, "article": 12}
    assert len({document.id for document in documents}) == len({document.url for document in documents}) == 76
    questions = [d for d in documents if isinstance(d, Question)]
    assert Counter(len(q.answers) for q in questions) == {0: 4, 1: 57, 2: 3}
    assert sum(bool(q.more) for q in questions) == 10
    assert sum(bool(q.listed) for q in questions) == 7
    assert sum(bool(d.comments) for d in documents if isinstance(d, Article)) == 3


def test_every_address_within_the_sample_leads_to_a_document(documents: list[Document]) -> None:
    """What articles link to and questions list by address stands in the sample."""
    known = {document.url for document in documents}
    links = [link for d in documents for link in (d.links if isinstance(d, Article) else d.listed)]
    assert links
    assert [link.url for link in links if link.url and link.url not in known] == []


def test_every_judgment_is_of_documents_of_the_sample(
    documents: list[Document], judgments: list[dict[str, str]]
) -> None:
    """Judged documents exist; a lonely one has no other, the others have another than themselves."""
    known = {document.id for document in documents}
    for row in judgments:
        assert row["document"] in known
        assert (row["other"] == "") if row["judgment"] == "lonely" else (row["other"] in known - {row["document"]})
        assert row["note"]


def test_the_judgments_are_as_many_as_told(judgments: list[dict[str, str]]) -> None:
    """12 duplicates, 12 look-alikes, 6 lonely questions and 73 rows for the panels of 20 questions."""
    counts = Counter(row["judgment"] for row in judgments)
    assert counts == {"duplicate": 12, "different": 12, "lonely": 6, "panel": 73}
    panels = Counter(row["document"] for row in judgments if row["judgment"] == "panel")
    assert len(panels) == 20
    assert set(panels.values()) <= set(range(2, 7))


def test_no_pair_is_judged_twice(judgments: list[dict[str, str]]) -> None:
    """No pair is both a duplicate and a look-alike, and no row stands twice."""
    pairs = [frozenset((r["document"], r["other"])) for r in judgments if r["judgment"] in ("duplicate", "different")]
    assert len(set(pairs)) == 24
    panels = [(r["document"], r["other"]) for r in judgments if r["judgment"] == "panel"]
    assert len(set(panels)) == 73

"""The real corpora, where they are at hand: counts and dates alone, for their texts are others'."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from corpus import Article, Asker, Document, Question, Rejected
from tests.corpus.conftest import take

ROOT = Path(__file__).parents[2]
NAMES = ("seed_question.txt", "seed_article.txt", "medquad.zip")
RECORDS = {
    "questionDoctorQAs.json.gz": "question-doctor",
    "icliniqQAs.json.gz": "icliniq",
    "ehealthforumQAs.json.gz": "ehealthforum",
    "zh_internal_medicine.csv.gz": "chinese-medical",
}
MAPPINGS = [ROOT / "docs" / "examples" / f"{name}.toml" for name in RECORDS.values()]


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get("SEEALSO_DATA") or ROOT.parent / "shared" / "data")
    if missing := [name for name in (*NAMES, *RECORDS) if not (folder / name).exists()]:
        pytest.skip(f"set SEEALSO_DATA to the folder with {', '.join(missing)}")
    return folder


@pytest.fixture(scope="module")
def english(data: Path) -> tuple[list[Document], list[Rejected]]:
    names = [*NAMES, *list(RECORDS)[:3]]
    return take(*(data / name for name in names), mapping=MAPPINGS)


def test_every_document_and_answer_is_read(english: tuple[list[Document], list[Rejected]]) -> None:
    """The English sources give 18,935 documents with ids of their own and 22,723 answers."""
    documents, _ = english
    assert len(documents) == len({document.id for document in documents}) == 18_935
    assert sum(len(d.answers) for d in documents if isinstance(d, Question)) == 22_723


def test_files_of_another_layout_are_all_that_is_rejected(english: tuple[list[Document], list[Rejected]]) -> None:
    """Four XML files of another layout are rejected, each once and as a whole."""
    _, rejected = english
    assert [(item.place, Path(item.source).suffix) for item in rejected] == [("file", ".xml")] * 4
    assert len({item.source for item in rejected}) == 4


def test_the_chinese_questions_are_read(data: Path) -> None:
    """The 3,798 rows of the Chinese table give documents, with an answer each, and no rejection."""
    documents, rejected = take(data / "zh_internal_medicine.csv.gz", mapping=MAPPINGS)
    assert (len(documents), rejected) == (3_798, [])
    assert Counter(len(d.answers) for d in documents if isinstance(d, Question)) == {1: 3_798}


def test_the_seed_question_is_read_whole(data: Path) -> None:
    """Its topics, neighbours, asker, dates and the doctor's reply are found."""
    ((question,), rejected) = take(data / "seed_question.txt")
    assert isinstance(question, Question)
    assert rejected == []
    assert (len(question.topics), len(question.listed), len(question.answers)) == (10, 4, 1)
    assert question.asker == Asker(age="70-79", sex="female")
    assert question.asked == question.answers[0].answered == date(2020, 5, 31)
    assert question.answers[0].author.startswith("Dr. ")
    assert question.specialty == question.answers[0].specialty == "Orthopedics"
    assert {topic.specialty for topic in question.topics} == {"Orthopedics"}
    assert not question.title.endswith("Orthopedics")


def test_the_seed_article_is_read_whole(data: Path) -> None:
    """Its references, links, comments, author and dates are found."""
    ((article,), rejected) = take(data / "seed_article.txt")
    assert isinstance(article, Article)
    assert rejected == []
    assert (len(article.references), len(article.links), len(article.comments)) == (3, 2, 5)
    assert article.published == date(2013, 2, 24)
    assert [comment.posted for comment in article.comments] == [
        *[date(2013, 2, 24)] * 3,
        date(2013, 2, 25),
        date(2014, 3, 13),
    ]
    assert len(article.author.split()) == 2


def test_a_stable_order_gives_stable_ids(data: Path) -> None:
    """Read alone or after others, the seeds have the same ids and contents."""
    seeds = [data / name for name in NAMES[:2]]
    assert take(*seeds)[0] == take(*reversed(seeds))[0][::-1]

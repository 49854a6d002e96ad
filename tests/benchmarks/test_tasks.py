"""The development tasks: what a small made-up data folder becomes, and how large the real ones are."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.relevance import sources, tasks
from corpus import Article, Judged, Question, judged, read

ROOT = Path(__file__).parents[2]
PAIRS = """doctor,question_1,question_2,label
1,How long  does a cold last?,When will my cold be over?,1
1,How long  does a cold last?,How long is a cold catching?,0
2,May I run with a cough?,Does a cough forbid running?,0
2,May I run with a cough?,Is jogging fine while I cough?,1
"""
ICLINIQ = [
    {"question": "Can knees swell overnight?", "question_text": "Hello,\nmine did.", "answer": "They can."},
    {"question": "Is it?", "question_text": "I wonder.", "answer": "Perhaps."},
]
FORUM = [{"question": "my ear rings loudly", "answer": "See somebody."}]
SHORT = [
    {"question": "does ice help bruises", "answer": "It does."},
    {"question": "is tea healthy", "answer": "In measure."},
    {"question": "does ice help bruises", "answer": "For a day."},
]
MEDQUAD = (
    "<Document><QAPairs>"
    "<QAPair><Question>What is gout?</Question><Answer>A pain.</Answer></QAPair>"
    "<QAPair><Question>Who gets gout?</Question><Answer> </Answer></QAPair>"
    "<QAPair><Question>What is gout?</Question><Answer>Crystals.</Answer></QAPair>"
    "</QAPairs></Document>"
)
CHINESE = "department,title,ask,answer\n内,头痛,我头痛,休息\n内,咳嗽,我咳嗽,喝水\n内,头痛,昨天开始,睡觉\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "medical_question_pairs_dev.csv").write_text(PAIRS, "utf-8")
    for name, rows in (("icliniq", ICLINIQ), ("ehealthforum", FORUM), ("questionDoctor", SHORT)):
        (folder / f"{name}QAs.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    with zipfile.ZipFile(folder / "medquad.zip", "w") as archive:
        archive.writestr("1/a.xml", MEDQUAD)
        archive.writestr("readme.txt", "not XML")
    (folder / "zh_internal_medicine.csv.gz").write_bytes(gzip.compress(CHINESE.encode()))
    return folder


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tasks")
    assert tasks.main([str(data), str(out)]) == 0
    return out


def _named(task: Judged) -> dict[str, list[str]]:
    """The texts of each query's relevant documents by the text of the query."""
    texts = {}
    for document in read(task.corpus):
        answers = [answer.text for answer in document.answers] if isinstance(document, Question) else []
        texts[document.id] = " | ".join(part for part in (document.title, document.body, *answers) if part)
    return {task.queries[query]: [texts[place] for place in places] for query, places in task.relevant.items()}


@pytest.mark.parametrize(
    ("name", "wanted", "documents"),
    [
        (
            "pairs",
            {
                "How long does a cold last?": ["When will my cold be over?"],
                "May I run with a cough?": ["Is jogging fine while I cough?"],
            },
            4,
        ),
        (
            "reverse",
            {
                "When will my cold be over?": ["How long does a cold last?"],
                "Is jogging fine while I cough?": ["May I run with a cough?"],
            },
            7,
        ),
        ("long-title", {"Hello, mine did.": ["Can knees swell overnight?"], "I wonder.": ["Is it?"]}, 9),
        (
            "title-answer",
            {"Can knees swell overnight?": ["(untitled) | They can."], "Is it?": ["(untitled) | Perhaps."]},
            7,
        ),
        ("long-answer", {"Hello, mine did.": ["(untitled) | They can."], "I wonder.": ["(untitled) | Perhaps."]}, 7),
        ("forum-answer", {"my ear rings loudly": ["(untitled) | See somebody."]}, 7),
        (
            "short-answer",
            {
                "does ice help bruises": ["(untitled) | It does. For a day."],
                "is tea healthy": ["(untitled) | In measure."],
            },
            7,
        ),
        (
            "chinese",
            {
                "头痛": ["(untitled) | 我头痛 | 休息", "(untitled) | 昨天开始 | 睡觉"],
                "咳嗽": ["(untitled) | 我咳嗽 | 喝水"],
            },
            3,
        ),
    ],
)
def test_each_query_has_its_own_documents(made: Path, name: str, wanted: dict[str, list[str]], documents: int) -> None:
    """A task names for each query the documents that its source gives it, among as many as it should."""
    task = judged(made / name)
    assert _named(task) == wanted
    assert len(list(read(task.corpus))) == documents


def test_bare_questions_are_questions_and_answers_articles(made: Path) -> None:
    """A question is a title without text, an answer a text without title."""
    assert {type(document) for document in read(made / "pairs-6900" / "corpus.jsonl")} == {Question}
    assert {type(document) for document in read(made / "long-answer" / "corpus.jsonl")} == {Article}


def test_the_large_pairs_are_the_pairs_among_more(made: Path) -> None:
    """pairs-6900 asks the same and has the documents of pairs first."""
    small, large = judged(made / "pairs"), judged(made / "pairs-6900")
    assert (small.queries, small.relevant, small.pairs) == (large.queries, large.relevant, large.pairs)
    assert list(read(large.corpus))[:4] == list(read(small.corpus))


def test_pairs_name_look_alikes_and_doctors(made: Path) -> None:
    """Each question has its look-alike, and stands in one pair that is the same and one that is not."""
    task = judged(made / "pairs")
    assert task.hard == {"q0": ("d1",), "q1": ("d2",)}
    assert task.pairs == (
        ("q0", "d0", True, "1"),
        ("q0", "d1", False, "1"),
        ("q1", "d3", True, "2"),
        ("q1", "d2", False, "2"),
    )


def test_the_halves_are_two_files(made: Path) -> None:
    """Doctors part the pairs; of other tasks every second query is in half B."""

    def half(task: str, name: str) -> list[str]:
        rows = (made / task / "qrels" / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
        return [row.split("\t")[0] for row in rows]

    assert (half("pairs", "a"), half("pairs", "b")) == (["q1"], ["q0"])
    assert (half("long-title", "a"), half("long-title", "b")) == (["q0"], ["q1"])
    assert (half("chinese", "a"), half("chinese", "b")) == (["q0", "q0"], ["q1"])


def test_keywords_are_words_of_the_title_in_their_order(made: Path) -> None:
    """Two to four telling words of a title ask for the record they come from; a title without them asks nothing."""
    task = judged(made / "keyword")
    found = _named(task)
    assert len(found) == 4  # "Is it?" has none
    for query, (record,) in found.items():
        title = record.split(" | ")[0].casefold().rstrip("?").split()
        places = [title.index(word) for word in query.split()]
        assert places == sorted(places)
        assert 2 <= len(places) <= 4
        assert " | " in record


def test_the_same_data_give_the_same_bytes(data: Path, made: Path, tmp_path: Path) -> None:
    """Made again, and alone, a task is the same to the byte; no other is made."""
    assert tasks.main([str(data), str(tmp_path), "--only", "keyword"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["keyword"]
    for path in (path for path in (tmp_path / "keyword").rglob("*") if path.is_file()):
        assert path.read_bytes() == (made / path.relative_to(tmp_path)).read_bytes()


def test_a_missing_source_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without the sources is refused with status 2, and nothing is made."""
    with pytest.raises(SystemExit) as caught:
        tasks.main([str(tmp_path), str(tmp_path / "out")])
    assert caught.value.code == 2
    assert "no medical_question_pairs_dev.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_damaged_source_is_told(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source that is not what its name says is one sentence, not a traceback."""
    for name in sources.FILES:
        (tmp_path / name).write_bytes((data / name).read_bytes() if name.endswith("csv") else b"no such thing")
    with pytest.raises(SystemExit) as caught:
        tasks.main([str(tmp_path), str(tmp_path / "out"), "--only", "chinese"])
    assert caught.value.code == 2
    assert "chinese: a source in" in capsys.readouterr().err


def test_it_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    """The file can be run by its path, and --help names every task."""
    command = [sys.executable, str(ROOT / "benchmarks" / "relevance" / "tasks.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env={"COLUMNS": "500"})
    assert all(name in done.stdout for name in tasks.TASKS)


@pytest.fixture(scope="module")
def real() -> sources.Data:
    folder = Path(os.environ.get("SEEALSO_DATA") or ROOT.parent / "shared" / "data")
    if missing := [name for name in sources.FILES if not (folder / name).exists()]:
        pytest.skip(f"set SEEALSO_DATA to the folder with {', '.join(missing)}")
    return sources.Data(folder)


@pytest.mark.parametrize(
    ("name", "queries", "documents", "half_b"),
    [
        ("pairs", 775, 1_550, 388),
        ("pairs-6900", 775, 6_905, 388),
        ("reverse", 775, 6_130, 388),
        ("long-title", 465, 6_905, 232),
        ("title-answer", 465, 6_526, 232),
        ("long-answer", 465, 6_526, 232),
        ("forum-answer", 171, 6_526, 85),
        ("short-answer", 1_890, 6_526, 945),
        ("keyword", 2_521, 2_526, 1_260),
        ("chinese", 3_616, 3_798, 1_808),
    ],
)
def test_the_real_tasks_are_as_large_as_measured(
    real: sources.Data, name: str, queries: int, documents: int, half_b: int
) -> None:
    """The tasks have the sizes of the experiments that set the tuned numbers."""
    task = tasks.TASKS[name](real)
    assert (len(task.queries), len(task.documents), sum(task.half_b)) == (queries, documents, half_b)
    assert len(task.relevant) == len(task.half_b) == queries

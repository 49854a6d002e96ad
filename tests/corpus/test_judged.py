"""Judged test sets: what a folder gives, and what is said where one is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from corpus import CorpusError, judged, read
from corpus.judged import JudgedPair

DOCUMENTS = '{"_id":"d1","title":"","text":"Ice."}\n{"_id":"d2","title":"","text":"Heat."}\n'
QUERIES = '{"_id":"q1","text":"What helps?"}\n{"_id":"q2","title":"Knee","text":"It hurts."}\n{"_id":7,"text":"Why?"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(DOCUMENTS, "utf-8")
    (tmp_path / "queries.jsonl").write_text(QUERIES, "utf-8")
    _qrels(tmp_path, QRELS)
    return tmp_path


def _qrels(folder: Path, text: str, name: str = "test") -> None:
    (folder / "qrels").mkdir(exist_ok=True)
    (folder / "qrels" / f"{name}.tsv").write_text(text, "utf-8")


def _refused(folder: Path, what: str, where: str) -> None:
    """The folder is refused with these words, at this place, and with a next action."""
    with pytest.raises(CorpusError) as caught:
        judged(folder)
    assert what in caught.value.what
    assert caught.value.where == f"{folder}/{where}"
    assert caught.value.next


def test_a_folder_gives_queries_and_grades(folder: Path) -> None:
    """Queries come by id with their title above them; a grade of 0 is kept as judged."""
    found = judged(folder)
    assert found.queries == {"q1": "What helps?", "q2": "Knee\nIt hurts.", "7": "Why?"}
    assert found.relevant == {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}}
    assert (found.hard, found.pairs) == ({}, ())


def test_its_documents_are_read_by_read(folder: Path) -> None:
    """`corpus` is the path of a file that `read` takes."""
    assert [document.id for document in read(judged(str(folder)).corpus)] == ["d1", "d2"]


def test_gzipped_files_are_taken_where_they_stand(folder: Path) -> None:
    """corpus.jsonl.gz and queries.jsonl.gz serve as well."""
    for name in ("corpus.jsonl", "queries.jsonl"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    found = judged(folder)
    assert found.corpus == folder / "corpus.jsonl.gz"
    assert len(found.queries) == 3


def test_several_qrels_are_taken_together(folder: Path) -> None:
    """Train and test judgments are one; of two grades for one document the higher counts."""
    _qrels(folder, "query-id\tcorpus-id\tscore\nq1\td1\t1\n7\td1\t1\n", "train")
    assert judged(folder).relevant == {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}, "7": {"d1": 1}}


@pytest.mark.parametrize("text", ["q1\td1\t1\n", "q1 0 d1 1\n", "q1\t0\td1\t1\n", "q1 0  d1\t1\r\n", "\nq1\td1\t1"])
def test_rows_without_header_and_of_trec_are_read(folder: Path, text: str) -> None:
    """The header may be missing, and TREC's four columns with any white space are a row too."""
    _qrels(folder, text)
    assert judged(folder).relevant == {"q1": {"d1": 1}}


def test_a_query_that_nothing_answers_is_no_task(folder: Path) -> None:
    """Without a positive grade a query is left out of `relevant`, and stays in `queries`."""
    _qrels(folder, "q1\td1\t0\nq1\td2\t-1\nq2\td2\t1\n")
    found = judged(folder)
    assert found.relevant == {"q2": {"d2": 1}}
    assert "q1" in found.queries


@pytest.mark.parametrize("header", ["query-id\tcorpus-id\n", "query_id\tcorpus_id\tnote\n", ""])
def test_hard_negatives_keep_their_order(folder: Path, header: str) -> None:
    """A query may have several; further columns are not read."""
    (folder / "hard_negatives.tsv").write_text(header + "q1\td2\tfar\nq1\td1\nq2\td1\n", "utf-8")
    assert judged(folder).hard == {"q1": ("d2", "d1"), "q2": ("d1",)}


@pytest.mark.parametrize("header", ["a\tb\tlabel\tgroup\n", "a\tb\tlabel\n", ""])
def test_pairs_have_a_label_and_perhaps_a_group(folder: Path, header: str) -> None:
    """1 is the same question, 0 another; without a group it is empty."""
    (folder / "pairs.tsv").write_text(header + "q1\td1\t1\t5\nq1\td2\t0\n", "utf-8")
    assert judged(folder).pairs == (JudgedPair("q1", "d1", True, "5"), JudgedPair("q1", "d2", False, ""))


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """Without documents or queries there is no test set."""
    (folder / name).unlink()
    _refused(folder, "no such file", name)


def test_missing_judgments_are_named(folder: Path) -> None:
    """Without any qrels file there is no test set."""
    (folder / "qrels" / "test.tsv").unlink()
    _refused(folder, "no judgments", "qrels/*.tsv")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("q1\td1\n", "no judgment"),
        ("q1\t\t1\n", "no judgment"),
        ("q1\td1\tgood\n", "'good' is no grade"),
        ("q1\td1\t0.5\n", "'0.5' is no grade"),
        ("q9\td1\t1\n", "no query 'q9'"),
    ],
)
@pytest.mark.parametrize("first", [QRELS, ""], ids=["later", "first"])
def test_a_bad_judgment_is_named_with_its_line(folder: Path, first: str, text: str, what: str) -> None:
    """A row that is wrong is told by file and line, in the first line too: it is not taken for a header."""
    _qrels(folder, first + text)
    _refused(folder, what, f"qrels/test.tsv, line {first.count(chr(10)) + 1}")


def test_a_second_header_is_no_row(folder: Path) -> None:
    """Only the first line may be a header."""
    _qrels(folder, QRELS + QRELS)
    _refused(folder, "'score' is no grade", "qrels/test.tsv, line 5")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ("[]", "list where an object belongs"),
        ('{"text":"Why?"}', "no _id"),
        ('{"_id":"q9"}', "no text"),
        ('{"_id":"q9","text":" "}', "no text"),
        ('{"_id":"q9","text":7}', "no text"),
        ('{"_id":"q1","text":"Why?"}', "a second query 'q1'"),
    ],
)
def test_a_bad_query_is_named_with_its_line(folder: Path, text: str, what: str) -> None:
    """A query that cannot be read is told by file and line."""
    (folder / "queries.jsonl").write_text(QUERIES + text + "\n", "utf-8")
    _refused(folder, what, "queries.jsonl, line 4")


@pytest.mark.parametrize(
    ("text", "what"),
    [("q1\td1\t2\n", "'2' is no label"), ("q1\td1\tyes\n", "'yes' is no label"), ("q1\td1\n", "no pair")],
)
def test_a_bad_pair_is_named_with_its_line(folder: Path, text: str, what: str) -> None:
    """A label is 0 or 1."""
    (folder / "pairs.tsv").write_text(text, "utf-8")
    _refused(folder, what, "pairs.tsv, line 1")


def test_a_bad_hard_negative_is_named_with_its_line(folder: Path) -> None:
    """A row needs a query and a document."""
    (folder / "hard_negatives.tsv").write_text("q1\td1\nq1\n", "utf-8")
    _refused(folder, "no query and document", "hard_negatives.tsv, line 2")


def test_bytes_that_are_no_text_are_named_with_their_line(folder: Path) -> None:
    """A judgment that is not UTF-8 is told by file and line."""
    (folder / "qrels" / "test.tsv").write_bytes(QRELS.encode() + b"q1\t\xff\t1\n")
    _refused(folder, "not UTF-8", "qrels/test.tsv, line 5")


def test_a_stream_that_breaks_off_is_named(folder: Path) -> None:
    """Half a gzip file is refused, not read as half a test set."""
    packed = gzip.compress((folder / "queries.jsonl").read_bytes())
    (folder / "queries.jsonl").unlink()
    (folder / "queries.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    _refused(folder, "breaks off", "queries.jsonl.gz")

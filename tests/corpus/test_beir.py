"""What the reader of BEIR's corpus.jsonl adds to its samples: recognition, long titles, long lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Article, Question
from tests.corpus.conftest import ids, line, take

RECORD = '{"_id":"a","title":"Title","text":"Text."}\n'


def _write(tmp_path: Path, *lines: str, name: str = "corpus.jsonl") -> Path:
    file = tmp_path / name
    file.write_text("".join(lines), "utf-8")
    return file


@pytest.mark.parametrize("name", ["queries.jsonl", "queries-test.jsonl"])
def test_a_file_of_queries_is_no_file_of_documents(tmp_path: Path, name: str) -> None:
    """A test set's queries look like its documents; in a folder they are rejected as a file, by name."""
    _write(tmp_path, RECORD)
    queries = _write(tmp_path, '{"_id":"q","text":"Text","kind":"question"}\n', name=name)
    documents, rejected = take(tmp_path)
    assert ids(documents) == ["a"]
    assert [(item.source, item.place) for item in rejected] == [(str(queries), "file")]


def test_queries_are_read_where_the_format_is_named(tmp_path: Path) -> None:
    """Whoever names the format gets every record of the file."""
    assert ids(take(_write(tmp_path, RECORD, name="queries.jsonl"), format_name="beir")[0]) == ["a"]


def test_a_kind_makes_no_exchange_file_of_it(tmp_path: Path) -> None:
    """A record with `_id` and `kind` is read as BEIR's, not refused as the exchange format's."""
    documents, rejected = take(_write(tmp_path, RECORD.replace("{", '{"kind":"question",', 1), RECORD))
    assert [type(document) for document in documents] == [Question, Article]
    assert rejected == []


def test_an_exchange_file_that_quotes_a_record_stays_one(tmp_path: Path) -> None:
    """`"_id":` within a text is escaped, and tells no format."""
    quoted = line("x").replace('"Title"', r'"What is {\"_id\":7}?"')
    documents, rejected = take(_write(tmp_path, quoted))
    assert (ids(documents), rejected) == (["x"], [])


@pytest.mark.parametrize("kind", ["article", "question"])
@pytest.mark.parametrize("title", ["word " * 300, "w" * 1_500], ids=["words", "one-word"])
def test_a_long_title_is_cut_and_stands_whole_in_the_body(tmp_path: Path, title: str, kind: str) -> None:
    """A title over the model's limit ends in an ellipsis after whole words; the body begins with all of it."""
    record = f'{{"_id":"a","kind":"{kind}","title":"{title}","text":"Text."}}\n'
    ((document,), rejected) = take(_write(tmp_path, record))
    assert rejected == []
    assert 900 < len(document.title) <= 1_000
    assert document.title.endswith(("word…", "w…"))
    assert document.body == f"{title.strip()}\n\nText."


@pytest.mark.parametrize("size", [999, 1_000])
def test_a_title_at_the_limit_is_left_alone(tmp_path: Path, size: int) -> None:
    """A title of 1,000 characters is neither cut nor repeated."""
    ((document,), _) = take(_write(tmp_path, RECORD.replace("Title", "w" * size)))
    assert (document.title, document.body) == ("w" * size, "Text.")


def test_a_line_of_over_16_mb_costs_itself_alone(tmp_path: Path) -> None:
    """A line that is too long is skipped to its end."""
    documents, rejected = take(_write(tmp_path, RECORD, RECORD.replace("Text", "x" * (17 * 1024**2)), RECORD))
    assert ids(documents) == ["a", "a"]
    assert [(item.place, item.reason) for item in rejected] == [("line 2", "a line of over 16 MB")]

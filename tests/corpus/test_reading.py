"""How `read` answers its caller: errors at once, rejections one by one, names of formats."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from corpus import CorpusError, formats, read
from tests.corpus.conftest import ids, line, take


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "a.jsonl"
    file.write_text(line("a"), "utf-8")
    return file


def _refused(*sources: Path | str, **options: Any) -> CorpusError:
    """The error that `read` raises before anything is iterated."""
    with pytest.raises(CorpusError) as caught:
        read(*sources, **options)
    assert caught.value.what
    assert caught.value.next
    return caught.value


def test_a_missing_path_is_refused_at_once(good: Path) -> None:
    """A source that does not exist is named before the first one is read."""
    assert _refused(good, good.with_name("gone")).where == str(good.with_name("gone"))
    assert "gone\0" in _refused("gone\0").where


def test_an_unknown_format_is_refused_at_once(good: Path) -> None:
    """The error names the formats that are known."""
    error = _refused(good, format="pdf")
    assert "pdf" in error.what
    assert all(name in error.next for name in formats())


MAPPINGS = {
    "no-toml": "title =",
    "unknown-key": 'colour = "red"\n[fields]\ntitle = "t"',
    "unknown-kind": 'kind = "poem"\n[fields]\ntitle = "t"',
    "kind-as-list": 'kind = ["question"]\n[fields]\ntitle = "t"',
    "no-title-no-body": '[fields]\nurl = "u"',
    "empty": "",
    "unknown-field": '[fields]\ntitle = "t"\ncolour = "c"',
    "answers-as-column": '[fields]\ntitle = "t"\nanswers = "a"',
    "fields-as-text": 'fields = "t"',
    "column-as-number": "[fields]\ntitle = 1",
    "answer-without-text": '[fields]\ntitle = "t"\n[answer]\nauthor = "d"',
    "answer-of-an-article": 'kind = "article"\n[fields]\ntitle = "t"\n[answer]\ntext = "a"',
    "constant-that-is-none": '[fields]\ntitle = "t"\n[constant]\ntitle = "x"',
    "files-as-number": 'files = 5\n[fields]\ntitle = "t"',
    "files-of-numbers": 'files = [1]\n[fields]\ntitle = "t"',
    "files-as-table": 'files = {a = 1}\n[fields]\ntitle = "t"',
    "join-as-number": 'join = 3\n[fields]\ntitle = "t"',
}


@pytest.mark.parametrize("text", MAPPINGS.values(), ids=MAPPINGS.keys())
def test_a_mapping_that_cannot_be_used_is_refused_at_once(good: Path, text: str) -> None:
    """The error names the file of the mapping."""
    mapping = good.with_name("mapping.toml")
    mapping.write_text(text, "utf-8")
    assert _refused(good, mapping=mapping).where == str(mapping)


def test_a_mapping_that_is_no_text_file_is_refused_at_once(good: Path) -> None:
    """A missing mapping, a folder and bytes that are not UTF-8 are named."""
    mapping = good.with_name("mapping.toml")
    assert _refused(good, mapping=mapping).where == str(mapping)
    assert _refused(good, mapping=good.parent).where == str(good.parent)
    mapping.write_bytes(b'[fields]\ntitle = "\xe4"')
    assert _refused(good, mapping=mapping).where == str(mapping)


def test_rejections_are_logged_where_nobody_takes_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a callback each rejection is one warning and no exception."""
    file = tmp_path / "a.jsonl"
    file.write_text(line("a") + "broken\n" + line("b"), "utf-8")
    with caplog.at_level(logging.WARNING):
        assert ids(list(read(file))) == ["a", "b"]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"{file}, line 2" in record.getMessage()


def test_formats_have_names_and_summaries() -> None:
    """Eight formats are known without a mapping, and the mapping of names is read-only."""
    assert list(formats()) == [
        "jsonl",
        "beir",
        "medquad",
        "web-archive",
        "sql",
        "web-page",
        "question-page",
        "article-page",
    ]
    assert all(formats().values())
    assert not hasattr(formats(), "__setitem__")


def test_the_order_of_the_sources_changes_no_document(tmp_path: Path) -> None:
    """Read in another order, the same sources give the same documents."""
    files = [tmp_path / f"{name}.jsonl" for name in "abc"]
    for file in files:
        file.write_text(line(file.stem) + line(file.stem + "2"), "utf-8")
    samples = sorted((Path(__file__).parent / "samples").glob("*-page/*.txt"))
    forward, _ = take(*files, *samples)
    backward, _ = take(*reversed(samples), *reversed(files))
    assert set(forward) == set(backward)
    assert len(forward) == len(backward)


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    """A file is opened when its first document is asked for, not when `read` is called."""
    file = tmp_path / "a.jsonl"
    file.write_text(line("a"), "utf-8")
    documents = read(file)
    file.write_text(line("b"), "utf-8")
    assert next(documents).id == "b"


def test_of_mappings_for_any_file_each_file_takes_the_one_that_names_its_columns(tmp_path: Path) -> None:
    """In whatever order they are given; a file whose columns none names is told by the first."""
    mappings = [tmp_path / "one.toml", tmp_path / "two.toml"]
    for mapping, column in zip(mappings, ("headline", "subject"), strict=True):
        mapping.write_text(f'[fields]\ntitle = "{column}"\n', "utf-8")
    (tmp_path / "a.json").write_text('[{"subject": "A"}]', "utf-8")
    (tmp_path / "b.csv").write_text("headline\nB\n", "utf-8")
    (tmp_path / "c.csv").write_text("name\nC\n", "utf-8")
    for order in (mappings, mappings[::-1]):
        documents, rejected = take(tmp_path / "a.json", tmp_path / "b.csv", tmp_path / "c.csv", mapping=order)
        assert [document.title for document in documents] == ["A", "B"]
        assert len(rejected) == 1


def test_an_empty_file_is_called_so(tmp_path: Path) -> None:
    """And not one of an unknown format."""
    (tmp_path / "a.jsonl").write_text("\n", "utf-8")
    _, rejected = take(tmp_path / "a.jsonl")
    assert [item.reason for item in rejected] == ["the file is empty"]


def test_the_first_mapping_that_fits_is_used(tmp_path: Path) -> None:
    """Of several mappings each file takes the first whose patterns its name matches."""
    mappings = []
    for name, column in (("one", "a"), ("two", "b")):
        mappings.append(tmp_path / f"{name}.toml")
        mappings[-1].write_text(f'files = ["{name}*.json"]\n[fields]\ntitle = "{column}"\n', "utf-8")
        (tmp_path / f"{name}.json").write_text('[{"a": "A", "b": "B"}]', "utf-8")
    documents, _ = take(tmp_path / "one.json", tmp_path / "two.json", mapping=mappings)
    assert [document.title for document in documents] == ["A", "B"]

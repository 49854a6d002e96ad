"""What the exchange format's reader and writer add to their samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Article, Comment, CorpusError, Document, Question, from_json, read, to_json, without_markup, write
from tests.corpus.conftest import ids, line, take


def _write(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "documents.jsonl"
    file.write_text("".join(lines), "utf-8")
    return file


@pytest.mark.parametrize("first", ['{"id":"x","title":"T"}\n', '{"half\n', "# my questions\n"])
def test_a_broken_first_line_costs_itself_alone(tmp_path: Path, first: str) -> None:
    """A file of documents is recognised as one though its first line is none."""
    documents, rejected = take(_write(tmp_path, first, line("a"), line("b")))
    assert ids(documents) == ["a", "b"]
    assert [item.place for item in rejected] == ["line 1"]


@pytest.mark.parametrize(
    "fields",
    [
        '"url":"http://[::1"',
        '"url":"http://e℀.org/"',
        '"listed":[{"title":"T","url":"http://[::1"}]',
        '"asker":{"age":0}',
        '"asker":{"sex":false}',
        '"topics":[null]',
        '"answers":[7]',
        f'"title":{"[" * 50_000}',
        f'"title":{"9" * 5_000}',
        '"body":"\\ud800"',
    ],
    ids=lambda fields: fields[:30],
)
def test_a_value_that_breaks_the_model_costs_its_line_alone(tmp_path: Path, fields: str) -> None:
    """Whatever a field holds, the lines around are read."""
    broken = f'{{"kind":"question","id":"x","title":"T",{fields}}}\n'
    documents, rejected = take(_write(tmp_path, line("a"), broken, line("b")))
    assert ids(documents) == ["a", "b"]
    assert [item.place for item in rejected] == ["line 2"]


def test_a_line_of_over_16_mb_costs_itself_alone(tmp_path: Path) -> None:
    """A line that is too long is skipped to its end."""
    huge = '{"kind":"question","id":"x","body":"' + "x" * (33 * 1024**2) + '"}\n'
    documents, rejected = take(_write(tmp_path, line("a"), huge, line("b")))
    assert ids(documents) == ["a", "b"]
    assert [(item.place, item.reason) for item in rejected] == [("line 2", "a line of over 16 MB")]


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"kind":null}', '{"kind":"question"}', "{", "\x00"])
def test_from_json_refuses_what_is_no_document(text: str) -> None:
    """A line that is no document raises a CorpusError that says what, where and what next."""
    with pytest.raises(CorpusError) as caught:
        from_json(text)
    assert caught.value.what
    assert caught.value.where
    assert caught.value.next


def test_html_is_read_as_text_in_every_part_of_an_article() -> None:
    """As a program pushes it: comments and references, too."""
    told = without_markup(
        Article(
            id="a",
            title="A",
            body="<p>x</p>",
            comments=(Comment(text="<p>hello &amp; bye</p>"),),
            references=("<i>J</i> 2",),
        )
    )
    assert isinstance(told, Article)
    assert (told.body, told.comments[0].text, told.references) == ("x", "hello & bye", ("J 2",))


def test_empty_fields_are_not_written() -> None:
    """A document's line names only the fields that hold something."""
    assert to_json(Question(id="a", title="T")) == '{"kind":"question","id":"a","title":"T"}'


def test_write_counts_and_takes_an_open_file(tmp_path: Path) -> None:
    """Writing to an open file gives the same lines as writing to a path, and says how many."""
    documents: list[Document] = [Question(id="a", title="Ä"), Article(id="b", title="T")]
    path, opened = tmp_path / "path.jsonl", tmp_path / "opened.jsonl"
    with opened.open("w", encoding="utf-8", newline="\n") as file:
        assert write(documents, file) == 2
    assert write(iter(documents), path) == 2
    assert path.read_bytes() == opened.read_bytes()


def test_writing_over_the_source_loses_nothing(tmp_path: Path) -> None:
    """Documents that are still being read from a file can be written to that file."""
    file = _write(tmp_path, line("a"), line("b"))
    write(read(file), file)
    assert ids(list(read(file))) == ["a", "b"]

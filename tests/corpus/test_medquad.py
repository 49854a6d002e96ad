"""What the MedQuAD reader adds to its samples: ids from folders, hostile XML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus import Question
from tests.corpus.conftest import ids, take
from tests.long_run import few
from tests.memory import PEAK

XML = '<Document source="Example" url="{url}"><Focus>Fever</Focus><QAPairs>{pairs}</QAPairs></Document>'
ROOT = Path(__file__).parents[2]
PAIR = '<QAPair pid="1"><Question>What is it?</Question><Answer>{answer}</Answer></QAPair>'


def _write(file: Path, answer: str = "A fever.", url: str = "", before: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(before + XML.format(url=url, pairs=PAIR.format(answer=answer)), "utf-8")
    return file


def test_files_of_one_name_in_two_folders_have_different_ids(tmp_path: Path) -> None:
    """The folder is part of the id, because collections number their files alike."""
    for folder in ("1 First", "2 Second"):
        _write(tmp_path / folder / "0000001.xml")
    assert ids(take(tmp_path)[0]) == ["1_First/0000001/1", "2_Second/0000001/1"]


def test_markup_within_an_answer_loses_no_words(tmp_path: Path) -> None:
    """Elements within an answer are unwrapped: their words and those behind them are kept."""
    (question,) = take(_write(tmp_path / "a.xml", "Use <b>ice</b> now."))[0]
    assert isinstance(question, Question)
    assert question.answers[0].text == "Use ice now."


@pytest.mark.parametrize("url", ["http://[::1", "http://e℀.org/"])
def test_a_url_that_cannot_be_parsed_costs_its_pairs_alone(tmp_path: Path, url: str) -> None:
    """A malformed address in one file is a rejection; the other files are read."""
    _write(tmp_path / "a.xml", url=url)
    _write(tmp_path / "b.xml")
    documents, rejected = take(tmp_path)
    assert (len(documents), [item.place for item in rejected]) == (1, ["pair 1"])


def test_entities_that_expand_without_end_are_rejected(tmp_path: Path) -> None:
    """A file whose entities multiply to gigabytes costs itself, not the memory."""
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    before = f'<!DOCTYPE Document [<!ENTITY e0 "ha">{nested}]>'
    documents, rejected = take(_write(tmp_path / "a.xml", "&e11;", before=before))
    assert (documents, len(rejected)) == ([], 1)


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    """A file that names another file as an entity gets nothing of it."""
    (tmp_path / "secret").write_text("hidden words", "utf-8")
    before = f'<!DOCTYPE Document [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    documents, rejected = take(_write(tmp_path / "a.xml", "&x;", before=before))
    assert "hidden" not in f"{documents}{rejected}"


def test_a_focus_that_is_too_long_costs_its_pairs_alone(tmp_path: Path) -> None:
    """The pairs of that file are named; those of others are read."""
    long = _write(tmp_path / "a.xml", url="http://e.org/1")
    long.write_text(long.read_text().replace("Fever<", f"{'A' * 1_500}<"))
    _write(tmp_path / "b.xml", url="http://e.org/2")
    documents, rejected = take(tmp_path)
    assert [document.url for document in documents] == ["http://e.org/2"]
    assert [(item.place, "too many" in item.reason) for item in rejected] == [("pair 1", True)]


@pytest.mark.parametrize("piece", few(["<a>", "<a/>", '<a b="c"/>'], 3))
def test_a_file_of_tags_alone_is_read_in_bounds(tmp_path: Path, piece: str) -> None:
    """Eight megabytes of tags, flat or nested, take less than 500 MB; a larger file is refused by name."""
    closed = "</a>" if piece == "<a>" else ""
    times = (8_000_000 - 200) // len(piece + closed)
    answer = piece * times + closed * times
    head, tail = (
        "<Document><Focus>A</Focus><QAPairs><QAPair pid='1'><Answer>",
        "</Answer></QAPair></QAPairs></Document>",
    )
    file = tmp_path / "a.xml"
    program = (
        PEAK + "import corpus\n"
        "told = []\n"
        "list(corpus.read(sys.argv[1], rejected=told.append))\n"
        "print(peak(), [item.reason for item in told])\n"
    )
    for text in (answer, answer + piece * 100_000 + closed * 100_000):
        file.write_text(head + text + tail, "utf-8")
        command = [sys.executable, "-c", program, str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        memory, _, told = done.stdout.partition(" ")
        assert int(memory) < 500
    assert "larger than 8 MB" in told

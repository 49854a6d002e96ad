"""A full build of more than fits into memory: its documents are written in parts, and nothing else differs."""

from __future__ import annotations

import gc
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import indexer
from corpus import Link, Question
from indexer import Settings, build, update
from indexer.build import keep_order, pairs, pipeline
from indexer.generation.folder.store import FolderStore
from indexer.generation.local import stored
from indexer.ranking import frequencies, growing
from indexer.ranking.ids import base_segments, segment_folders
from indexer.ranking.mapped import ARRAYS
from tests.documents import in_two_scripts, question

_FEW = Settings(memory_mb=16, compiled=False)


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment of a build holds about a thousand words."""
    monkeypatch.setattr(pipeline, "_WORDS_OF_A_MB", 64)


def _files(index: Path) -> dict[str, bytes]:
    """What a generation keeps of all documents together, by name."""
    arrays = FolderStore(index).usable()[1] / ARRAYS
    own = [path for path in arrays.rglob("*") if path.is_file() and not path.relative_to(arrays).parts[0].isdigit()]
    return {str(path.relative_to(arrays)): path.read_bytes() for path in own}


def test_parts_are_what_one_segment_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours, scores, closeness, pairs and frequencies of a site in two scripts are those of one segment, to the
    byte, and so are its statistics; also where little is kept in memory at a time.
    """
    listed = tuple(Link(title=title) for title in ("knee pain", "Knee pain!", "nowhere"))
    twice = Question(id="twice", title="knee pain", body="knee pain at night", listed=listed)
    documents = [*in_two_scripts(random.Random(3), 240), twice]
    build(tmp_path / "whole", documents, settings=_FEW)
    for module, name, most in (
        (pipeline, "_WORDS_OF_A_MB", 64),
        (growing, "_HELD", 10),
        (keep_order, "_TOGETHER", 1),
        (pairs, "_OVERLAPPING_IN_A_MB", 2),
        (frequencies, "_TOGETHER", 100),
        (stored, "_TOGETHER", 7),
    ):
        monkeypatch.setattr(module, name, most)
    report = build(tmp_path / "parts", [*documents, documents[-1]], settings=_FEW)
    assert (report.documents, report.merged) == (241, 1)
    assert len(segment_folders(FolderStore(tmp_path / "parts").usable()[1] / ARRAYS)) > 4
    assert _files(tmp_path / "parts") == _files(tmp_path / "whole")
    one, other = (FolderStore(tmp_path / name).manifest() for name in ("whole", "parts"))
    assert other.statistics == one.statistics
    assert other.content["documents"] == one.content["documents"]


def test_parts_answer_as_one_segment_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches, drafts and panels, before and after the same updates, which leave the parts as they are."""
    documents = in_two_scripts(random.Random(4), 110)
    build(tmp_path / "whole", documents[:100], settings=_FEW)
    monkeypatch.setattr(pipeline, "_WORDS_OF_A_MB", 64)
    build(tmp_path / "parts", documents[:100], settings=_FEW)
    parts = base_segments(FolderStore(tmp_path / "parts").usable()[1] / ARRAYS)
    for step in range(2):
        with indexer.open_index(tmp_path / "whole") as one, indexer.open_index(tmp_path / "parts") as other:
            assert parts > 2
            for text in ("knee pain", "hurts at night", "膝蓋很痛", '"knee pain" -night'):
                assert other.search(text) == one.search(text)
                assert other.similar(text) == one.similar(text)
            for id_ in [document.id for document in one.documents()]:
                assert other.related(id_) == one.related(id_)
            assert other.duplicates() == one.duplicates()
        new = documents[100 + step : 103 + step]
        changed = [replace(document, title=f"{document.title} again") for document in documents[10 * step :][:2]]
        for name in ("whole", "parts"):
            update(tmp_path / name, [*new, *changed], settings=_FEW, delete=[documents[60 + step].id])
        arrays = FolderStore(tmp_path / "parts").usable()[1] / ARRAYS
        assert base_segments(arrays) == parts
        assert len(segment_folders(arrays)) == parts + 1


@pytest.mark.usefixtures("few_words")
def test_a_purge_writes_the_parts_anew_that_held_something(tmp_path: Path) -> None:
    """What is forgotten is gone from the part that held it; the others stay as they are."""
    documents = in_two_scripts(random.Random(5), 150)
    secret = question("d040b", "A secretword in the middle", "of the site")
    build(tmp_path, [*documents, secret], settings=_FEW)
    before = segment_folders(FolderStore(tmp_path).usable()[1] / ARRAYS)
    update(tmp_path, delete=["d040b"], purge=True, settings=_FEW)
    folder = FolderStore(tmp_path).usable()[1]
    kept = {path.name for path in segment_folders(folder / ARRAYS)} & {path.name for path in before}
    assert len(kept) == len(before) - 1
    assert not any(b"secretword" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    with indexer.open_index(tmp_path) as index:
        assert [document.id for document in index.documents()] == sorted(document.id for document in documents)


@pytest.mark.skipif(sys.platform != "linux", reason="which files a process holds is read from /proc, which Linux has")
def test_a_build_that_is_done_holds_no_file_without_a_name(tmp_path: Path) -> None:
    """Whether or not the collector of cycles has come: their room on the disk is free."""
    gc.disable()
    try:
        build(tmp_path / "index", in_two_scripts(random.Random(6), 60), settings=_FEW)
        held = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        assert [name for name in held if name.startswith(str(tmp_path)) and name.endswith("(deleted)")] == []
    finally:
        gc.enable()

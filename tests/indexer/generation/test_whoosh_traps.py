"""Twelve traps of Whoosh 2.7.4 and whoosh3, found by running them: each avoided, each shown.

1, 3, 6 and 10 cannot occur, because that part of Whoosh is not used: the last two tests prove it.
"""

from __future__ import annotations

import ast
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
from corpus import Document
from indexer import build
from indexer.answering.query import parse
from indexer.generation import store_of
from indexer.generation.folder import folder as folders
from indexer.generation.folder.folder import IndexFolder
from indexer.generation.local import reader
from indexer.index import Index, open_index, verify
from tests.documents import ANALYZER, question
from tests.indexer.generation.made import write
from tests.indexer.plain import PlainGeneration

KNEE = question("q1", "Knee pain after running", "Since May.", "Rest it.")
BONE = question("q2", "Bone cement leaked", "Is it bad?", "Rarely.")


def found(index: Index, text: str) -> list[str]:
    """The ids that a search finds."""
    return [hit.id for hit in index.search(text).hits]


def test_trap_2_a_moved_reader_never_returns_deleted_documents(tmp_path: Path) -> None:
    """Whoosh's refresh returns deleted documents; a new generation is a new reader, the old one stays as it was."""
    build(tmp_path, [KNEE, BONE])
    with open_index(tmp_path) as old:
        build(tmp_path, [KNEE])
        with old.latest() as new:
            assert found(new, "cement") == []
            assert found(new, "knee") == ["q1"]
            assert found(old, "cement") == ["q2"]
            assert new.latest() is new


def test_trap_4_a_refused_document_leaves_no_words_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that fails halfway would leave its words to the next one; here it ends the build, whole."""
    build(tmp_path, [BONE])

    def failing() -> Iterator[Document]:
        yield KNEE
        raise ValueError("the source broke off")

    with pytest.raises(ValueError, match="broke off"):
        build(tmp_path, failing())
    with open_index(tmp_path) as index:
        assert found(index, "cement") == ["q2"]
    build(tmp_path, [BONE])
    with open_index(tmp_path) as index:
        assert found(index, "knee") == []


def test_trap_4_an_error_in_the_writer_cancels_it(tmp_path: Path) -> None:
    """An error between documents cancels the whole Whoosh writer, so nothing half written is ever committed."""
    statistics = write(tmp_path, [KNEE], ANALYZER)
    from whoosh.filedb.filestore import FileStorage

    def failing(self: object, **fields: object) -> None:
        raise RuntimeError("halfway")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("whoosh.writing.SegmentWriter.add_document", failing)
        with pytest.raises(RuntimeError, match="halfway"):
            write(tmp_path, [BONE], ANALYZER, segment=2, frozen=statistics)
    assert FileStorage(str(tmp_path / "whoosh")).open_index().doc_count() == 1


def test_trap_4_one_id_twice_is_one_document(tmp_path: Path) -> None:
    """Whoosh's update_document twice in one writer gives two documents; an id stands once in an index of ours."""
    other = question("q1", "Another question with the same id")
    refused: list[object] = []
    report = build(tmp_path, [KNEE, other, KNEE], rejected=refused.append)
    assert (report.documents, report.rejected, len(refused)) == (1, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a* b* c* d* e* f* g* h* i* j*",
        "x" * 2_000,
        "(" * 900 + "knee" + ")" * 900,
        '"' * 1_999,
        "-" * 2_000,
        "knee~9 AND (NOT pain^1e9) title:knee [a TO z] ?n*e",
        "\\" * 2_000,
        "'' \" ' -\" \u202e knee \x00",
    ],
)
def test_trap_5_hostile_queries_are_plain_words(text: str, sample_index: Index) -> None:
    """Nothing a visitor types is a wildcard, a range or a tree: it is words, phrases and exclusions, and it ends."""
    query = parse(text, PlainGeneration([], ANALYZER))
    assert len(query.phrases) + len(query.without) <= 8
    sample_index.search(text)


def test_trap_5_a_text_too_long_is_refused_before_it_is_read(sample_index: Index) -> None:
    """A word of 100 kB is a clear refusal."""
    with pytest.raises(indexer.RequestRefused, match="100,000 characters"):
        sample_index.search("w" * 100_000)


def test_trap_7_every_file_reaches_the_disk_before_it_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoosh never calls fsync; publishing does, for every file and folder, before CURRENT names them."""
    steps: list[str] = []
    sync, point_to = folders._sync, IndexFolder.point_to  # the two steps that must stand in this order

    def recorded(path: Path) -> None:
        steps.append(path.name)
        sync(path)

    def pointed(self: IndexFolder, number: int) -> None:
        steps.append("CURRENT")
        point_to(self, number)

    monkeypatch.setattr(folders, "_sync", recorded)
    monkeypatch.setattr(IndexFolder, "point_to", pointed)
    build(tmp_path, [KNEE])
    written = {path.name for path in (tmp_path / "generations" / "000001").rglob("*")}
    assert written <= set(steps[: steps.index("CURRENT")])


def test_trap_7_leftovers_of_a_killed_build_are_swept(tmp_path: Path) -> None:
    """What a build left that was killed, or ran out of disk, is gone after the next one."""
    build(tmp_path, [KNEE])
    leftover = tmp_path / "generations" / ".building-killed"
    (leftover / "whoosh").mkdir(parents=True)
    build(tmp_path, [KNEE])
    assert not leftover.exists()


def test_trap_8_a_forked_child_holds_no_lock(tmp_path: Path) -> None:
    """A child forked during a build does not keep the index locked after its parent is done."""
    folder = IndexFolder(tmp_path)
    read, write = os.pipe()
    with folder.lock():
        child = os.fork()
        if child == 0:  # the child waits for the end of the test, holding whatever it inherited
            os.close(write)
            os.read(read, 1)
            os._exit(0)
    try:
        where = "indexer.generation.folder.folder"
        asked = f"from {where} import IndexFolder\nwith IndexFolder({str(tmp_path)!r}).lock(): pass"
        root = str(Path(__file__).parents[3])
        assert (
            os.spawnve(os.P_WAIT, sys.executable, [sys.executable, "-c", asked], {**os.environ, "PYTHONPATH": root})
            == 0
        )
    finally:
        os.close(read)
        os.close(write)
        os.waitpid(child, 0)


class _Payload:
    def __init__(self, marker: str) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (self.marker,))


def test_trap_9_a_changed_pickle_is_not_opened(tmp_path: Path) -> None:
    """Opening a Whoosh index unpickles its table of contents; one that no build of ours wrote is refused unread."""
    build(tmp_path / "index", [KNEE])
    toc = next((tmp_path / "index").rglob("*.toc"))
    marker = tmp_path / "code ran"
    payload = pickle.dumps(_Payload(str(marker)))
    toc.write_bytes((payload + b"\0" * toc.stat().st_size)[: max(toc.stat().st_size, len(payload))])
    with pytest.raises(indexer.IndexDamaged):
        open_index(tmp_path / "index")
    assert not marker.exists()
    assert [fault.file for fault in verify(tmp_path / "index").faults] == [toc.relative_to(toc.parents[1]).as_posix()]


def test_trap_9_a_folder_without_our_manifest_is_not_opened(tmp_path: Path) -> None:
    """A Whoosh index that somebody put there is no index of ours."""
    write = tmp_path / "generations" / "000001" / "whoosh"
    write.mkdir(parents=True)
    (write / "_MAIN_1.toc").write_bytes(pickle.dumps(_Payload(str(tmp_path / "ran"))))
    with pytest.raises(indexer.IndexMissing):
        open_index(tmp_path)
    (tmp_path / "CURRENT").write_text(f"000001 {'0' * 64}\n")
    with pytest.raises(indexer.IndexDamaged):
        open_index(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_trap_11_a_build_never_empties_the_live_index(tmp_path: Path) -> None:
    """Whoosh's create_in silently empties a folder; a build begins in a folder of its own."""
    build(tmp_path, [KNEE])
    with open_index(tmp_path) as live:
        seen = []

        def look(_: object) -> None:
            seen.append(found(live, "knee"))

        build(tmp_path, [BONE], progress=look)
        assert seen
        assert all(ids == ["q1"] for ids in seen)


def test_trap_11_two_builds_share_their_content_digests(tmp_path: Path) -> None:
    """Whoosh's files differ from build to build; the digests of content do not."""
    first = _content(tmp_path / "a", [KNEE, BONE])
    assert first == _content(tmp_path / "b", [BONE, KNEE])


def _content(path: Path, documents: list[Document]) -> object:

    build(path, documents)
    return store_of(path).usable()[0].content


def test_trap_12_a_deleted_text_is_not_in_the_new_generation(tmp_path: Path) -> None:
    """Whoosh keeps deleted text on disk until it optimises; a generation is written from what it holds alone."""
    secret = question("q9", "Zyxwvut", "A name that must go")
    build(tmp_path, [KNEE, secret])
    build(tmp_path, [KNEE])
    newest = tmp_path / "generations" / "000002"
    for file in newest.rglob("*"):
        if file.is_file():
            assert b"zyxwvut" not in file.read_bytes().lower(), file.name


USED_NOWHERE = {
    "Searcher": "1, 3: search with a limit loses hits; a searcher shared by threads lies",
    "searcher": "1, 3",
    "search": "1",
    "refresh": "2",
    "QueryParser": "5",
    "MultifieldParser": "5",
    "OrGroup": "6: its scoring is broken",
    "Results": "6: its length counts what a filter left out",
    "AsyncWriter": "8",
    "BufferedWriter": "8",
    "StandardAnalyzer": "10: IL-6 becomes il",
    "StemmingAnalyzer": "10: suggestions are stems",
    "NgramWordAnalyzer": "10: fails phrases",
    "suggest": "10",
    "create_in": "11",
    "update_document": "4",
}


def test_traps_1_3_6_10_are_parts_that_are_not_used() -> None:
    """No module of the engine names a part of Whoosh that loses, mixes up or miscounts hits."""
    for module in Path(reader.__file__).parent.glob("*.py"):
        names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(ast.parse(module.read_text()))}
        names |= {
            a.name for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.ImportFrom) for a in n.names
        }
        assert not names & set(USED_NOWHERE), module.name


def test_traps_1_3_6_never_is_a_searcher_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index builds and answers with Whoosh's Searcher, its query parser and its scoring taken away."""
    import whoosh.qparser
    import whoosh.searching

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("this part of Whoosh must not be used")

    monkeypatch.setattr(whoosh.searching.Searcher, "__init__", refuse)
    monkeypatch.setattr(whoosh.qparser.QueryParser, "__init__", refuse)
    build(tmp_path, [KNEE, BONE])
    with open_index(tmp_path) as index:
        assert found(index, '"knee pain" -cement') == ["q1"]
        assert index.similar("pain in my knee after running").cards
        assert index.related("q1").cards == ()

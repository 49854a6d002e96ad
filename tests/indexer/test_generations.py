"""Builds that end well, badly, or at the hand of kill -9: the last good generation is served."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

import corpus
import indexer
from indexer.generation import store_of
from indexer.generation.folder.folder import IndexFolder
from indexer.ranking import mapped
from tests.documents import question
from tests.long_run import LONG, few

OLD = [question("old", "An old question about cement")]
NEW = [question("new", "A new question about cement"), question("more", "One more about a knee")]
ROOT = Path(__file__).parents[2]


def served(path: Path) -> list[str]:
    """The ids that the index answers with."""
    with indexer.open_index(path) as index:
        return sorted(hit.id for hit in index.search("question about cement").hits)


# So many steps of publishing are made to fail, one after the other.
_FAILURES = 105
_KILLED = 20 if LONG else 8


def test_a_build_reports_what_changed(tmp_path: Path) -> None:
    """Added, replaced and deleted are told against the generation before."""
    first = indexer.build(tmp_path, [*OLD, NEW[0]])
    second = indexer.build(tmp_path, [question("old", "An old question, reworded"), NEW[1]])
    assert (first.generation, first.added, first.replaced, first.deleted) == (1, 2, 0, 0)
    assert (second.generation, second.added, second.replaced, second.deleted) == (2, 1, 1, 1)


@pytest.mark.parametrize("step", few(range(_FAILURES), 6))
def test_a_failure_at_any_step_of_publishing_serves_the_last_good_generation(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails at the n-th fsync or rename: readers see the old or the new, whole; then a build works."""
    indexer.build(tmp_path, OLD)
    calls = 0

    def failing(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise OSError(28, "No space left on device")
            return real(*args, **more)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(os.fsync))
        patch.setattr(Path, "rename", failing(Path.rename))
        patch.setattr(Path, "replace", failing(Path.replace))
        try:
            indexer.build(tmp_path, NEW)
            failed = False
        except indexer.SearchError:
            failed = True
    assert served(tmp_path) in (["old"], ["new"])
    assert failed == (calls > step)
    if not failed:
        assert served(tmp_path) == ["new"]
    assert indexer.verify(tmp_path).ok
    indexer.build(tmp_path, NEW)
    assert served(tmp_path) == ["new"]
    assert not list((tmp_path / "generations").glob(".building-*"))


def test_the_steps_of_publishing_are_fewer_than_the_failures_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failures reach past the last step, so every step was tried."""
    calls = 0
    real = os.fsync

    def counted(handle: int) -> None:
        nonlocal calls
        calls += 1
        real(handle)

    monkeypatch.setattr(os, "fsync", counted)
    indexer.build(tmp_path, NEW)
    assert calls + 3 < _FAILURES


def test_killed_at_any_moment_the_last_good_generation_is_served(tmp_path: Path) -> None:
    """kill -9 during a build, many times: the index opens each time, holds one whole generation, and builds again."""
    indexer.build(tmp_path, OLD)
    code = (
        "import sys, corpus, indexer\n"
        f"print('begun', flush=True)\nindexer.build({str(tmp_path)!r}, corpus.read(*corpus.sample()))\nprint('done')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    moments = random.Random(20)
    killed = 0
    for _ in range(_KILLED):
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moments.uniform(0, 1.0))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        with indexer.open_index(tmp_path) as index:
            assert sum(index.info.documents.values()) in (1, 76)
        assert indexer.verify(tmp_path).ok
    assert killed >= _KILLED // 2
    indexer.build(tmp_path, NEW, shrink=True)
    assert served(tmp_path) == ["new"]


@pytest.mark.parametrize("lost", ["generations/000001/manifest.json", "CURRENT"])
def test_a_damaged_index_is_not_taken_for_an_empty_one(
    tmp_path: Path, sample: list[corpus.Document], lost: str
) -> None:
    """A failed export does not take its place; a whole one does, where something tells how many documents it has."""
    indexer.build(tmp_path, sample)
    (tmp_path / lost).write_text("xx")
    with pytest.raises(indexer.SearchError, match="--shrink"):
        indexer.build(tmp_path, NEW)
    indexer.build(tmp_path, sample, shrink=lost == "CURRENT")
    with indexer.open_index(tmp_path) as index:
        assert sum(index.info.documents.values()) == len(sample)


def test_order_and_hash_seed_leave_no_trace(tmp_path: Path, sample: list[corpus.Document]) -> None:
    """Builds of one corpus in any order, under any hash seed, share digests, neighbours and all."""
    code = (
        "import sys, random, corpus, indexer\n"
        "documents = list(corpus.read(*corpus.sample()))\n"
        "random.Random(int(sys.argv[2])).shuffle(documents)\n"
        "indexer.build(sys.argv[1], documents)"
    )
    contents = []
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        path = tmp_path / seed
        subprocess.run([sys.executable, "-c", code, str(path), seed], env=environment, check=True)
        contents.append(store_of(path).usable()[0].content)
    assert contents[0] == contents[1] == contents[2]


def test_one_build_at_a_time(tmp_path: Path) -> None:
    """A second build, in this process or another, is refused at once while one is at work."""
    folder = IndexFolder(tmp_path)
    code = f"import indexer; indexer.build({str(tmp_path)!r}, [])"
    with folder.lock():
        with pytest.raises(indexer.BuildInProgress):
            indexer.build(tmp_path, OLD)
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "BuildInProgress" in run.stderr
    indexer.build(tmp_path, OLD)


def test_a_damaged_old_generation_keeps_no_build_from_its_end(tmp_path: Path) -> None:
    """Whatever was done to the generation before, a build goes through."""
    indexer.build(tmp_path, OLD)
    (tmp_path / "generations" / "000001" / "arrays" / "000001" / "digests.npy").write_bytes(b"")
    assert indexer.build(tmp_path, NEW).generation == 2


def test_only_the_kept_generations_stay(tmp_path: Path) -> None:
    """So many generations stay as the setting says, the newest ones."""
    for _ in range(5):
        indexer.build(tmp_path, OLD, settings=indexer.Settings(keep=2))
    assert IndexFolder(tmp_path).numbers() == [4, 5]


def test_another_analysis_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of another analysis is incompatible, and the error says both."""
    indexer.build(tmp_path, NEW)
    monkeypatch.setattr("indexer.generation.folder.manifest.Analyzer", lambda _: Mock(fingerprint="000000000000"))
    with pytest.raises(indexer.IndexIncompatible) as raised:
        indexer.open_index(tmp_path)
    assert "000000000000" in raised.value.expected


def test_without_an_index_the_error_says_how_to_build_one(tmp_path: Path) -> None:
    """A folder without an index is IndexMissing with the command to run."""
    with pytest.raises(indexer.IndexMissing) as raised:
        indexer.open_index(tmp_path / "none")
    assert "seealso build" in raised.value.next


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The collector of cycles does not run: what is let go is so because nothing holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counting open files needs /proc (Linux)")
def test_a_closed_generation_leaves_no_file_open_or_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_collector: None
) -> None:
    """Generations later as many files are open and mapped as at first, without the help of the collector."""
    monkeypatch.setattr(mapped, "MAPPED", 1)  # or so small an index would be read, and not mapped

    def opened() -> tuple[int, int]:
        maps = Path("/proc/self/maps").read_text()
        return len(list(Path("/proc/self/fd").iterdir())), maps.count(str(tmp_path))

    indexer.build(tmp_path, OLD)
    gc.collect()  # what the build left
    index = indexer.open_index(tmp_path)
    ask_everything(index)
    before = opened()
    assert before[1] > 10
    for _ in range(10 if LONG else 4):
        indexer.build(tmp_path, OLD)
        gc.collect()
        old, index = index, index.latest()
        old.close()
        ask_everything(index)
        assert opened() == before
    index.close()
    assert opened()[1] == 0


def test_an_open_generation_answers_after_it_was_swept(tmp_path: Path) -> None:
    """All its files are opened with it: none is looked for when the folder is gone."""
    indexer.build(tmp_path, OLD)
    with indexer.open_index(tmp_path) as expected:
        answers = ask_everything(expected)
    index = indexer.open_index(tmp_path)
    shutil.rmtree(tmp_path / "generations")
    assert ask_everything(index) == answers
    index.close()


@pytest.mark.parametrize("step", ["delete", "purge", "smaller", "rollback", "replace", "add"])
def test_what_was_published_tells_whether_a_document_may_be_gone(tmp_path: Path, step: str) -> None:
    """So that whoever serves knows whether to answer from the generation before."""
    indexer.build(tmp_path, [*OLD, question("b", "Hip pain")])
    indexer.build(tmp_path, [*OLD, question("b", "Hip pain")])
    with indexer.open_index(tmp_path) as index:
        assert index.newer() is None
        if step == "delete":
            indexer.update(tmp_path, delete=["b"])
        elif step == "purge":
            indexer.update(tmp_path, purge=True)
        elif step == "smaller":
            indexer.build(tmp_path, OLD)
        elif step == "rollback":
            indexer.rollback(tmp_path)
        else:
            indexer.update(tmp_path, [question("b" if step == "replace" else "c", "Knee pain")])
        newer = index.newer()
    assert newer is not None
    assert newer.generation == (1 if step == "rollback" else 3)
    assert newer.withdraws == (step not in ("replace", "add"))


def ask_everything(index: indexer.Index) -> list[object]:
    """What an index answers to each kind of question."""
    ids = [document.id for document in index.documents()]
    found = [index.search(text) for text in ("cement", '"cement leak"', "-cement leak", "")]
    return [*found, index.similar("cement leaked"), index.duplicates(), *map(index.related, ids), *map(index.get, ids)]


def test_a_folder_is_readable_by_whoever_may_read_the_index(tmp_path: Path) -> None:
    """A generation has the permissions of the folder it stands in, not those of a temporary one."""
    indexer.build(tmp_path, OLD)
    generations = tmp_path / "generations"
    assert (generations / "000001").stat().st_mode == generations.stat().st_mode


def test_leftovers_are_swept_before_the_work_begins(tmp_path: Path) -> None:
    """What killed builds left may be what fills the disk: it is gone even if the next build fails."""
    leftover = tmp_path / "generations" / ".building-killed"
    leftover.mkdir(parents=True)

    def failing() -> Iterator[corpus.Document]:
        yield OLD[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(indexer.SearchError, match=r"No space.*make room"):
        indexer.build(tmp_path, failing())
    assert not leftover.exists()


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    """Two names of one folder are one lock."""
    (tmp_path / "index").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "index")
    with IndexFolder(tmp_path / "index").lock(), pytest.raises(indexer.BuildInProgress):
        indexer.build(tmp_path / "link", OLD)

"""Backups: one file that makes the same index elsewhere, and what is refused as none."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import indexer
from indexer import SearchError
from indexer.backups import backup, restore
from tests.documents import question
from tests.long_run import LONG

DOCUMENTS = [question("a", "Knee pain after a fall"), question("b", "Hip pain after a fall"), question("c", "A cough")]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of two segments, with a generation before."""
    indexer.build(tmp_path / "index", DOCUMENTS[:2])
    indexer.update(tmp_path / "index", DOCUMENTS[2:], delete=["b"])
    return tmp_path / "index"


def test_a_restored_backup_answers_as_the_index_did(index: Path, tmp_path: Path) -> None:
    """Same name, same answers, and it can be updated; the generations before are not in it."""
    held = backup(index, tmp_path / "index.tar")
    assert restore(tmp_path / "index.tar", tmp_path / "other") == held
    with indexer.open_index(index) as own, indexer.open_index(tmp_path / "other", serving=True) as other:
        assert own.name == other.name
        assert own.search("pain") == other.search("pain")
        assert list(own.documents()) == list(other.documents())
    assert indexer.verify(tmp_path / "other", every=True).ok
    indexer.update(tmp_path / "other", DOCUMENTS[1:2])
    restore(tmp_path / "index.tar", tmp_path / "third")
    with pytest.raises(SearchError, match="no earlier generation"):
        indexer.rollback(tmp_path / "third")


def test_a_backup_is_for_its_owner_alone(index: Path, tmp_path: Path) -> None:
    """Patients' texts are in it; and nothing else is left in the folder."""
    backup(index, tmp_path / "index.tar")
    backup(index, tmp_path / "index.tar")
    assert (tmp_path / "index.tar").stat().st_mode & 0o77 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "index.tar"]


def test_a_damaged_index_is_not_backed_up(index: Path, tmp_path: Path) -> None:
    """The backup that is there stays: it may be the last whole one."""
    backup(index, tmp_path / "index.tar")
    before = (tmp_path / "index.tar").read_bytes()
    file = next(index.glob("generations/000002/arrays/*/kind.npy"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(indexer.IndexDamaged):
        backup(index, tmp_path / "index.tar")
    assert (tmp_path / "index.tar").read_bytes() == before


def test_a_backup_never_takes_the_place_of_an_index(index: Path, tmp_path: Path) -> None:
    """Whoever restores moves away what is there."""
    backup(index, tmp_path / "index.tar")
    with pytest.raises(SearchError, match="there is an index already"):
        restore(tmp_path / "index.tar", index)


def test_backups_are_whole_while_generations_come_and_go(tmp_path: Path) -> None:
    """Each backup that is taken while an index is updated and swept again and again is one of its generations."""
    index, done = tmp_path / "index", threading.Event()
    indexer.build(index, DOCUMENTS)

    def publish() -> None:
        for number in range(6):
            indexer.update(index, [question("d", f"Pain number {number}")], purge=number % 2 == 0)
        done.set()

    publisher = threading.Thread(target=publish)
    publisher.start()
    taken = 0
    while not done.is_set() or not taken:
        backup(index, tmp_path / f"{taken}.tar")
        taken += 1
    publisher.join()
    for number in range(taken):
        restore(tmp_path / f"{number}.tar", tmp_path / f"restored-{number}")


@settings(max_examples=60 if LONG else 20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), cut=st.booleans())
def test_a_harmed_backup_is_refused_or_whole(at: float, cut: bool, index: Path, tmp_path: Path) -> None:
    """A backup that was cut or in which a byte differs either makes the very index (the byte was padding), or is
    refused by a SearchError, and then no generation is there.
    """
    whole = tmp_path / "whole.tar"
    if not whole.exists():
        backup(index, whole)
    data = whole.read_bytes()
    place = int(at * len(data))
    harmed = tmp_path / "harmed.tar"
    harmed.write_bytes(data[:place] if cut else data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :])
    target = tmp_path / f"{os.urandom(8).hex()}"
    try:
        restore(harmed, target)
    except SearchError:
        assert not list(target.glob("generations/[!.]*"))
    else:
        assert indexer.verify(target, every=True).ok
        with indexer.open_index(index) as own, indexer.open_index(target) as other:
            assert own.name == other.name


@pytest.mark.parametrize("name", ["../outside", "/outside", "whoosh/other"])
def test_an_archive_writes_nothing_beside_its_index(name: str, index: Path, tmp_path: Path) -> None:
    """An archive with a file that the manifest does not have, wherever that points to, is refused."""
    backup(index, tmp_path / "index.tar")
    with tarfile.open(tmp_path / "index.tar") as archive, tarfile.open(tmp_path / "bad.tar", "w") as bad:
        for number, member in enumerate(archive.getmembers()):
            if number == 3:
                bad.addfile(tarfile.TarInfo(name), io.BytesIO())
            bad.addfile(member, archive.extractfile(member))
    with pytest.raises(SearchError, match="no whole backup"):
        restore(tmp_path / "bad.tar", tmp_path / "other")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """A text is told to be none."""
    (tmp_path / "notes.txt").write_text("Not a backup")
    with pytest.raises(SearchError, match="no whole backup") as caught:
        restore(tmp_path / "notes.txt", tmp_path / "other")
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(index: Path, tmp_path: Path) -> None:
    """Nothing is made but the file."""
    with pytest.raises(SearchError, match="no such folder"):
        backup(index, tmp_path / "none" / "index.tar")


def test_a_backup_replaces_files_alone_and_stays_out_of_the_index(index: Path, tmp_path: Path) -> None:
    """Neither a pipe nor a file of the index is written over."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SearchError, match="no file"):
        backup(index, tmp_path / "pipe")
    with pytest.raises(SearchError, match="the index itself"):
        backup(index, index / "generations" / "index.tar")


@pytest.mark.parametrize("manifest", [b"[]", b"[" * 100_000, b"{}", b'{"format": 7}'])
def test_a_manifest_that_is_none_is_refused(manifest: bytes, tmp_path: Path) -> None:
    """Also where its digest is right."""
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        for name, data in (
            ("manifest.json", manifest),
            ("manifest.sha256", hashlib.sha256(manifest).hexdigest().encode()),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    with pytest.raises(SearchError):
        restore(tmp_path / "bad.tar", tmp_path / "other")

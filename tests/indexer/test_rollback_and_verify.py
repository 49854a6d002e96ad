"""Rolling back and verifying: what is made current was seen to be whole, and each fault is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import indexer
from indexer.generation import store_of
from indexer.generation.folder.manifest import digest_of
from tests.documents import question
from tests.indexer.test_generations import NEW, OLD, served


def test_rollback_makes_the_generation_before_current(tmp_path: Path) -> None:
    """Rolled back, the index answers as before; the next build takes a new number."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)
    assert indexer.rollback(tmp_path).generation == 1
    assert served(tmp_path) == ["old"]
    assert indexer.build(tmp_path, NEW).generation == 3
    assert indexer.rollback(tmp_path).generation == 1  # what 3 replaced, not 2, which was rolled back


def test_rollback_to_what_does_not_open_changes_nothing(tmp_path: Path) -> None:
    """A generation that is damaged, or whose manifest was changed, is not made current."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)
    manifest = tmp_path / "generations" / "000001" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"whoosh"', '"plain"', 1))
    with pytest.raises(indexer.IndexDamaged):
        indexer.rollback(tmp_path)
    assert served(tmp_path) == ["new"]


def test_rollback_of_a_folder_without_an_index_leaves_it_alone(tmp_path: Path) -> None:
    """A mistyped folder is not made."""
    with pytest.raises(indexer.IndexMissing):
        indexer.rollback(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_rollback_without_an_earlier_generation_says_so(tmp_path: Path) -> None:
    """There is nothing before the first generation, and the error says what to do."""
    indexer.build(tmp_path, OLD)
    with pytest.raises(indexer.SearchError, match="no earlier generation") as raised:
        indexer.rollback(tmp_path)
    assert raised.value.next


def test_each_fault_is_named(tmp_path: Path) -> None:
    """A file that is missing, cut, changed or foreign is one fault each; all others are well."""
    indexer.build(tmp_path, NEW)
    generation = tmp_path / "generations" / "000001"
    (generation / "arrays" / "near.npy").unlink()
    changed = generation / "arrays" / "000001" / "kind.npy"
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(bytes(data))
    cut = generation / "arrays" / "000001" / "terms.utf8"
    cut.write_bytes(cut.read_bytes()[:-1])
    (generation / "foreign").write_text("x")
    reasons = {fault.file: fault.code for fault in indexer.verify(tmp_path).faults}
    assert reasons["arrays/near.npy"] == "missing"
    assert reasons["arrays/000001/kind.npy"] == "changed"
    assert reasons["arrays/000001/terms.utf8"] == "size"
    assert reasons["foreign"] == "foreign"
    assert len(reasons) == 4


def test_a_changed_manifest_is_damage(tmp_path: Path) -> None:
    """CURRENT names the manifest's digest, so a manifest that was changed is not believed."""
    indexer.build(tmp_path, NEW)
    manifest = tmp_path / "generations" / "000001" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"whoosh"', '"plain"', 1))
    with pytest.raises(indexer.IndexDamaged, match="not what was written"):
        indexer.open_index(tmp_path)
    assert [fault.file for fault in indexer.verify(tmp_path).faults] == ["manifest.json"]


def test_every_missing_file_is_told_when_opening(tmp_path: Path) -> None:
    """Whatever file is gone, opening says IndexDamaged and names it."""
    indexer.build(tmp_path, NEW)
    generation = tmp_path / "generations" / "000001"
    for name in store_of(tmp_path).usable()[0].files:
        data = (generation / name).read_bytes()
        (generation / name).unlink()
        with pytest.raises(indexer.IndexDamaged) as raised:
            indexer.open_index(tmp_path)
        assert name in raised.value.where
        (generation / name).write_bytes(data)


def test_rollback_finds_a_generation_where_current_is_garbage(tmp_path: Path) -> None:
    """Where CURRENT says nothing, rolling back takes the newest generation that is whole."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)
    (tmp_path / "CURRENT").write_text("")
    assert indexer.rollback(tmp_path).generation == 2
    assert served(tmp_path) == ["new"]


@pytest.mark.parametrize("harm", ["changed", "missing", "digest"])
def test_rollback_works_where_the_current_manifest_does_not(tmp_path: Path, harm: str) -> None:
    """Where the current generation cannot tell what it replaced, the newest other one that is whole is current."""
    for documents in (OLD, NEW, NEW, NEW):
        indexer.build(tmp_path, documents, settings=indexer.Settings(keep=4))
    generations = tmp_path / "generations"
    (generations / "000003" / "arrays" / "near.npy").unlink()
    manifest = generations / "000004" / "manifest.json"
    if harm == "changed":
        manifest.write_text("{}")
    elif harm == "missing":
        manifest.unlink()
    else:
        (tmp_path / "CURRENT").write_text("000004 0000")
    with pytest.raises(indexer.IndexDamaged):
        indexer.open_index(tmp_path)
    assert indexer.rollback(tmp_path).generation == 2
    assert served(tmp_path) == ["new"]


def test_a_changed_byte_keeps_a_generation_from_being_current(tmp_path: Path) -> None:
    """Rolling back reads every byte, not the sizes alone."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)
    changed = tmp_path / "generations" / "000001" / "arrays" / "000001" / "kind.npy"
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    with pytest.raises(indexer.IndexDamaged, match="changed"):
        indexer.rollback(tmp_path)
    assert served(tmp_path) == ["new"]


@pytest.mark.parametrize("keep", [2, 3])
def test_what_was_just_replaced_is_not_swept(tmp_path: Path, keep: int) -> None:
    """After two rollbacks and a build, rolling back still leads to what was served before it."""
    settings = indexer.Settings(keep=keep)
    for documents in (OLD, NEW, NEW)[:keep]:
        indexer.build(tmp_path, documents, settings=settings)
    for _ in range(keep - 1):
        indexer.rollback(tmp_path)
    assert served(tmp_path) == ["old"]
    number = indexer.build(tmp_path, NEW, settings=settings).generation
    assert len(store_of(tmp_path).numbers()) == keep
    assert {1, number} <= set(store_of(tmp_path).numbers())
    assert indexer.rollback(tmp_path).generation == 1


def test_what_was_withdrawn_goes_before_what_was_served(tmp_path: Path) -> None:
    """After a rollback and two updates one may still roll back twice, past the first, to what was served at first."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)  # a mistake
    assert indexer.rollback(tmp_path).generation == 1
    for n in range(2):
        indexer.update(tmp_path, [question(f"more{n}", "Knee pain")])
    assert store_of(tmp_path).numbers() == [1, 3, 4]
    assert [indexer.rollback(tmp_path).generation for _ in range(2)] == [3, 1]
    assert served(tmp_path) == ["old"]


def test_the_digest_of_the_manifest_is_verified(tmp_path: Path) -> None:
    """A rollback would rely on it."""
    indexer.build(tmp_path, NEW)
    digest = tmp_path / "generations" / "000001" / "manifest.sha256"
    digest.write_text("0000")
    assert [(fault.file, fault.code) for fault in indexer.verify(tmp_path).faults] == [("manifest.sha256", "changed")]
    digest.unlink()
    assert [(fault.file, fault.code) for fault in indexer.verify(tmp_path).faults] == [("manifest.sha256", "missing")]


def test_every_kept_generation_is_verified(tmp_path: Path) -> None:
    """What one may roll back to is read too, where that is asked for."""
    indexer.build(tmp_path, OLD)
    indexer.build(tmp_path, NEW)
    assert indexer.verify(tmp_path, every=True).ok
    (tmp_path / "generations" / "000001" / "arrays" / "near.npy").unlink()
    assert indexer.verify(tmp_path).ok
    result = indexer.verify(tmp_path, every=True)
    assert (result.generation, result.ok) == (2, False)
    assert [(fault.generation, fault.file) for fault in result.faults] == [(1, "arrays/near.npy")]


def test_a_file_that_was_written_to_is_read_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks once reads no bytes but of what changed since it was published, and meets no answer of damaged
    ones: a changed byte of any file is told, and a copy whose files are newer opens.
    """
    indexer.build(tmp_path / "index", NEW)
    read: list[Path] = []

    def noted(path: Path) -> str:
        read.append(path)
        return digest_of(path)

    monkeypatch.setattr("indexer.generation.folder.verify.digest_of", noted)
    indexer.open_index(tmp_path / "index").close()
    assert {path.suffix for path in read} == {".toc"}
    files = [path for path in (tmp_path / "index" / "generations" / "000001").rglob("*") if path.is_file()]
    for file in files:
        if file.name.startswith("manifest") or not file.stat().st_size:
            continue
        data, times = file.read_bytes(), file.stat()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(indexer.IndexDamaged):
            indexer.open_index(tmp_path / "index")
        file.write_bytes(data)
        indexer.open_index(tmp_path / "index").close()  # newer, and what it was
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

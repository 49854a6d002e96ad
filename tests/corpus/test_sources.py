"""Files, folders, gzip and zip: what is opened, what is left aside, what breaks off."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

import pytest

from tests.corpus.conftest import ids, line, take


def _zip(file: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def _noise(count: int) -> str:
    """Lines that compress badly, so that half of the bytes hold about half of the lines."""
    rng = random.Random(7)
    return "".join(line(f"d{number}-{rng.getrandbits(256):x}") for number in range(count))


@pytest.mark.parametrize("name", ["plain.jsonl", "packed.gz", "no-suffix"])
def test_gzip_is_told_by_content(tmp_path: Path, name: str) -> None:
    """A gzip stream is unpacked and plain text is not, whatever the file is called."""
    file = tmp_path / name
    for content in (line("a").encode(), gzip.compress(line("a").encode())):
        file.write_bytes(content)
        documents, rejected = take(file)
        assert (ids(documents), rejected) == (["a"], [])


@pytest.mark.parametrize("count", [20, 2_000])
def test_a_gzip_that_breaks_off_gives_what_stands_before(tmp_path: Path, count: int) -> None:
    """The documents before the break and one rejection come out of half a gzip file, long or short."""
    text, file = _noise(count), tmp_path / "cut.gz"
    packed = gzip.compress(text.encode())
    file.write_bytes(packed[: len(packed) // 2])
    documents, rejected = take(file)
    assert count // 4 < len(documents) < count
    assert "".join(line(document.id) for document in documents) == text[: sum(len(line(d.id)) for d in documents)]
    assert [item.place for item in rejected] == ["file"]


def test_a_damaged_gzip_costs_itself_alone(tmp_path: Path) -> None:
    """Bytes that gzip cannot unpack are a rejection; the next file is read."""
    packed = bytearray(gzip.compress(_noise(2_000).encode()))
    packed[12:60] = b"\xff" * 48
    (tmp_path / "a.gz").write_bytes(packed)
    (tmp_path / "b.jsonl").write_text(line("b"), "utf-8")
    documents, rejected = take(tmp_path)
    assert ids(documents)[-1] == "b"
    assert rejected


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    """Members are read in order of name, also packed ones; what lies beside content is left aside."""
    members: dict[str, str | bytes] = {
        "b/2.jsonl": line("b"),
        "a/1.gz": gzip.compress(line("a").encode()),
        "README.md": "about",
        "a/LICENSE": "terms",
        ".hidden": "x",
        "__MACOSX/a/1.gz": "x",
        "a/.DS_Store": "x",
    }
    documents, rejected = take(_zip(tmp_path / "some.zip", members))
    assert (ids(documents), rejected) == (["a", "b"], [])


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    """Files below a folder are read in order of name; what lies beside content is left aside."""
    for name in ("b/2.jsonl", "a/1.jsonl", ".git/config", "readme.txt", "a/COPYING", "a/NOTICE.txt", "a/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(line(name.replace("/", "-")), "utf-8")
    documents, rejected = take(tmp_path)
    assert (ids(documents), rejected) == (["a-1.jsonl", "b-2.jsonl"], [])


def test_links_that_lead_in_circles_or_nowhere_are_left_aside(tmp_path: Path) -> None:
    """A folder that links to itself is read once."""
    (tmp_path / "a.jsonl").write_text(line("a"), "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    documents, rejected = take(tmp_path)
    assert (ids(documents), rejected) == (["a"], [])


def test_a_file_of_no_known_format_is_one_rejection(tmp_path: Path) -> None:
    """What no format recognises is rejected by the name of archive and member."""
    file = _zip(tmp_path / "some.zip", {"a.jsonl": line("a"), "photo.png": b"\x89PNG\0\0"})
    documents, rejected = take(file)
    assert ids(documents) == ["a"]
    assert [(item.source, item.place) for item in rejected] == [(f"{file}!photo.png", "file")]


def test_an_encrypted_member_is_one_rejection(tmp_path: Path) -> None:
    """A member that asks for a password is rejected; the others are read."""
    file = _zip(tmp_path / "some.zip", {"a.jsonl": line("a"), "b.jsonl": line("b")})
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(raw)
    documents, rejected = take(file)
    assert (ids(documents), [item.reason for item in rejected]) == (["b"], ["encrypted"])


def _unknown_method(raw: bytearray) -> None:
    raw[raw.index(b"PK\x03\x04") + 8] = raw[raw.index(b"PK\x01\x02") + 10] = 9


def _wrong_checksum(raw: bytearray) -> None:
    raw[raw.index(b"PK\x03\x04") + 14] ^= 255
    raw[raw.index(b"PK\x01\x02") + 16] ^= 255


def _damaged_bytes(raw: bytearray) -> None:
    raw[60:100] = b"\xff" * 40


def _damaged_name(raw: bytearray) -> None:
    raw[7], raw[30] = 8, 255  # it says that it is UTF-8, and is not


@pytest.mark.parametrize("damage", [_unknown_method, _wrong_checksum, _damaged_bytes, _damaged_name])
def test_a_damaged_member_costs_itself_alone(tmp_path: Path, damage: object) -> None:
    """A member that cannot be unpacked is rejected; the next one is read."""
    assert callable(damage)
    file = _zip(tmp_path / "some.zip", {"a.jsonl": _noise(200), "b.jsonl": line("b")})
    raw = bytearray(file.read_bytes())
    damage(raw)
    file.write_bytes(raw)
    documents, rejected = take(file)
    assert ids(documents)[-1] == "b"
    assert rejected


def test_a_member_without_a_name_is_read(tmp_path: Path) -> None:
    """What stands in a zip under an empty name is content like any other."""
    file = _zip(tmp_path / "some.zip", {"x": line("a"), "b.jsonl": line("b")})
    file.write_bytes(file.read_bytes().replace(b"x", b"\0"))  # a name ends at its first zero
    assert sorted(ids(take(file)[0])) == ["a", "b"]


def test_a_damaged_zip_in_a_folder_costs_itself_alone(tmp_path: Path) -> None:
    """The files after a broken archive are read."""
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and nothing else")
    (tmp_path / "b.jsonl").write_text(line("b"), "utf-8")
    documents, rejected = take(tmp_path)
    assert (ids(documents), len(rejected)) == (["b"], 1)


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b", b"\0" * 10_000, "é".encode("utf-16"), b"PK\x03\x04"[:3]], ids=repr
)
def test_a_file_without_content_is_one_rejection(tmp_path: Path, content: bytes) -> None:
    """An empty file, a bare gzip mark, NUL bytes or UTF-16 is rejected once."""
    (tmp_path / "odd").write_bytes(content[:10_000])
    documents, rejected = take(tmp_path / "odd")
    assert (documents, len(rejected)) == ([], 1)


def test_an_index_within_a_folder_is_passed_over(tmp_path: Path) -> None:
    """What an index keeps of documents that were taken out of a folder is not read in again."""
    (tmp_path / "a.jsonl").write_text(line("a"), encoding="utf-8")
    kept = tmp_path / "index" / "generations" / "000001"
    kept.mkdir(parents=True)
    (tmp_path / "index" / "CURRENT").write_text("000001", encoding="utf-8")
    (kept / "documents.jsonl").write_text(line("gone"), encoding="utf-8")
    documents, rejected = take(tmp_path)
    assert (ids(documents), rejected) == (["a"], [])

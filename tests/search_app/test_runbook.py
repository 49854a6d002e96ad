"""The runbook, tried: what goes wrong, seen on a running server, and what docs/reference/runbook.md says to type."""

from __future__ import annotations

import hashlib
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import corpus
import indexer
from indexer.generation.folder.store import FolderStore
from search_app.cli import cli
from tests.documents import question
from tests.search_app.serving import serving, status
from tests.search_app.test_cli import run

ROOT = Path(__file__).parents[2]
FIRST = [question(str(number), f"Knee pain of kind {number}") for number in range(8)]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index of a site is, of two generations."""
    indexer.build(tmp_path / "index", FIRST[:7])
    indexer.build(tmp_path / "index", FIRST)
    return tmp_path / "index"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A file of all documents."""
    corpus.write(FIRST, tmp_path / "export.jsonl")
    return tmp_path / "export.jsonl"


@pytest.fixture
def address(index: Path) -> Iterator[str]:
    """A server that runs all the while, and has opened the index."""
    with serving(index, 1_024) as server:
        assert status(f"{server.address}readyz") == 200
        yield server.address


def ready(address: str) -> dict[str, Any]:
    """What /readyz says."""
    with urllib.request.urlopen(f"{address}readyz", timeout=60) as response:
        return dict(json.load(response))


def becomes(address: str, code: int) -> None:
    """Return when the index is served, or not: it is looked at again after five seconds at most."""
    until = time.monotonic() + 60
    while status(f"{address}readyz") != code:
        assert time.monotonic() < until
        time.sleep(0.1)


def typed(index: Path, *arguments: str, gives: int = 0) -> str:
    """What a command says that ends with this status."""
    done = run(*arguments, "--index", str(index))
    assert done.returncode == gives, done.stderr
    return done.stdout + done.stderr


def harm(index: Path, file: str) -> None:
    """Change the last byte of a file of the newest generation."""
    path, *_ = (index / "generations").glob(f"00000{len(list((index / 'generations').glob('0*')))}/{file}")
    data = path.read_bytes()
    path.unlink()  # it may be linked from another generation
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 255]))


def test_every_command_of_the_runbook_is_one() -> None:
    """Whatever it says to type exists, with its options."""
    told = (ROOT / "docs" / "reference" / "runbook.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?:^|/bin/|(?<!-u)[\s`])seealso ([a-z]+)([^\n`&|;]*)", told, re.MULTILINE)
    assert len(lines) > 15
    for name, rest in lines:
        if name in cli.commands:
            known = {option for parameter in cli.commands[name].params for option in parameter.opts}
            assert set(re.findall(r"(--[a-z]+)", rest)) <= known, (name, rest)
    assert {name for name, _ in lines} <= {*cli.commands}


def test_1_no_index(tmp_path: Path, export: Path) -> None:
    """A server says that there is none, and serves it as soon as it is built."""
    with serving(tmp_path / "none", 1_024) as server:
        assert status(f"{server.address}readyz") == 503
        typed(tmp_path / "none", "build", str(export))
        becomes(server.address, 200)


def test_2_a_damaged_index_is_rolled_back(index: Path) -> None:
    """`verify --all` names file and generation; the server that refused serves the generation before."""
    harm(index, "arrays/*/kind.npy")
    with serving(index, 1_024) as server:
        assert status(f"{server.address}readyz") == 503
        assert "generation 2, arrays/" in typed(index, "verify", "--all", gives=1)
        typed(index, "rollback")
        becomes(server.address, 200)
        assert ready(server.address)["generation"] == 1


def test_2_a_backup_takes_the_place_of_a_damaged_index(index: Path, tmp_path: Path) -> None:
    """Moved there while the server runs."""
    typed(index, "backup", str(tmp_path / "index.tar"))
    harm(index, "arrays/*/kind.npy")
    with serving(index, 1_024) as server:
        assert status(f"{server.address}readyz") == 503
        typed(tmp_path / "restored", "restore", str(tmp_path / "index.tar"))
        index.rename(tmp_path / "damaged")
        (tmp_path / "restored").rename(index)
        becomes(server.address, 200)


def test_3_a_generation_that_does_not_open(index: Path, export: Path, address: str) -> None:
    """The one before serves on; after a rollback and an update the newest is served."""
    indexer.update(index, [question("new", "A new cough")])
    harm(index, "arrays/*/kind.npy")
    assert status(f"{address}search?q=knee") == 200
    told = ready(address)
    assert (told["generation"], told["published"]) == (2, 3)
    assert told["since"]
    typed(index, "verify", gives=1)
    typed(index, "rollback")
    corpus.write([question("new", "A new cough")], export)
    typed(index, "update", str(export))
    until = time.monotonic() + 60
    while status(f"{address}questions/new") != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_info_says_what_servers_serve(index: Path, address: str) -> None:
    """Of each server the generation, the one that was published, and since when they differ; also that none answers."""
    none = "http://127.0.0.1:9/"
    told = json.loads(typed(index, "info", "--json", "--server", address, "--server", none))
    assert told["served"] == {address: {"generation": 2, "published": 2, "since": None}, none: None}
    indexer.build(index, FIRST)
    manifest = index / "generations" / "000003" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-9])
    line, *_ = typed(index, "info", "--server", address, gives=3).splitlines()
    assert "serves generation 2, but 3 was published at 20" in line


def test_what_is_no_address_of_a_server_is_told(index: Path) -> None:
    """It is not taken for a server that does not answer."""
    typed(index, "info", "--server", "127.0.0.1:8001", gives=2)


def test_a_file_in_the_place_of_an_index_is_told(export: Path) -> None:
    """And is not called a damaged index."""
    typed(export, "info", gives=3)
    with pytest.raises(indexer.SearchError, match="a file is where the index belongs"):
        indexer.open_index(export)


def test_4_and_5_a_wrong_export(index: Path, export: Path, address: str) -> None:
    """It is refused as it would lose most documents; published all the same, a rollback brings the pages back."""
    corpus.write(FIRST[:1], export)
    assert "--shrink" in typed(index, "build", str(export), gives=3)
    typed(index, "build", str(export), "--shrink")
    assert status(f"{address}questions/7") == 404
    typed(index, "rollback")
    until = time.monotonic() + 60
    while status(f"{address}questions/7") != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_6_another_build_is_at_work(index: Path, export: Path) -> None:
    """Status 4 while it holds the lock, and 0 as soon as it does not."""
    with FolderStore(index).lock():
        assert "another build holds the lock" in typed(index, "build", str(export), gives=4)
    typed(index, "build", str(export))


def test_7_a_purge_gives_up_the_generations_before(index: Path) -> None:
    """Only the current one is left on the disk."""
    typed(index, "update", "--purge")
    assert len(list((index / "generations").glob("0*"))) == 1


def test_8_records_are_missing(index: Path, export: Path) -> None:
    """Each that was left out is named with its place and its reason."""
    with export.open("a", encoding="utf-8") as file:
        file.write("no record\n")
    typed(index, "build", str(export), "--rejects", str(export.parent / "left-out.jsonl"))
    (left,) = (export.parent / "left-out.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"source", "place", "reason", "remedy"} <= set(json.loads(left))


def test_9_somebody_wants_their_question_gone(index: Path, address: str) -> None:
    """The next request finds it no more."""
    typed(index, "forget", "7")
    assert status(f"{address}questions/7") == 404


def test_12_an_index_of_another_version(index: Path, export: Path, tmp_path: Path) -> None:
    """The server says so; with a link switched to an index that was built beside, a new one serves."""
    (tmp_path / "link").symlink_to(index)
    manifest = index / "generations" / "000002" / "manifest.json"
    record = json.loads(manifest.read_text(encoding="utf-8")) | {"analysis": "another"}
    manifest.write_text(json.dumps(record), encoding="utf-8")
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    manifest.with_name("manifest.sha256").write_text(digest, encoding="ascii")
    (index / "CURRENT").write_text(f"000002 {digest}\n", encoding="ascii")
    with serving(tmp_path / "link", 1_024) as server:
        assert status(f"{server.address}readyz") == 503
        typed(tmp_path / "index-2", "build", str(export))
        (tmp_path / "link").unlink()
        (tmp_path / "link").symlink_to("index-2")
    with serving(tmp_path / "link", 1_024) as server:
        assert status(f"{server.address}readyz") == 200

"""Builds on a disk that fills up, at every stage of them: the cause is named, and the index stays as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import indexer
from tests.documents import question
from tests.search_app.test_cli import SAMPLE, run

PAGE = question("before", "Knee pain")


@contextmanager
def disk(at: Path, kilobytes: int) -> Iterator[Path]:
    """A file system in memory of this size. Skips where none may be mounted."""
    at.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(at)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small disk cannot be mounted: run this as root on Linux")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


@pytest.mark.parametrize("kilobytes", range(600, 3_300, 600))
def test_a_full_disk_is_named_and_costs_nothing(kilobytes: int, tmp_path: Path) -> None:
    """A build ends well or with status 3 and a sentence, never by a signal; the generation before is whole and
    current then, and nothing of the build is left.
    """
    with disk(tmp_path / "small", kilobytes) as small:
        indexer.build(small / "index", [PAGE])
        done = run("build", *SAMPLE, "--index", str(small / "index"), "--quiet")
        assert done.returncode in (0, 3), done.stderr
        assert indexer.verify(small / "index", every=True).ok
        if done.returncode:
            assert "make room on the disk" in done.stderr
            assert done.stderr.count("\n") == 1
            assert [path.name for path in (small / "index" / "generations").iterdir()] == ["000001"]

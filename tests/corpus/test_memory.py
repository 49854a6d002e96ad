"""Memory does not grow with a file."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import read
from tests.long_run import LONG, few

MB = 1024**2
MAPPING = '[fields]\ntitle = "t"\nbody = "b"\nurl = "u"\n\n[answer]\ntext = "a"\n'
COUNT, BODY = 2_000, "x" * 9_000  # 18 MB


def _rows() -> Iterator[tuple[str, str, str, str]]:
    for number in range(COUNT):
        yield f"Title {number}", f"{number} {BODY}", f"http://e.org/{number // 2}", f"Reply {number}"


def _json(file: Path) -> None:
    with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as out:
        for number, row in enumerate(_rows()):
            out.write(("[" if number == 0 else ",\n") + json.dumps(dict(zip("tbua", row, strict=True))))
        out.write("]")


def _lines(file: Path) -> None:
    with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as out:
        out.writelines(json.dumps(dict(zip("tbua", row, strict=True))) + "\n" for row in _rows())


def _csv(file: Path) -> None:
    with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as out:
        out.write("t,b,u,a\n")
        out.writelines(",".join(row) + "\n" for row in _rows())


def _peak(file: Path, mapping: Path) -> tuple[int, int]:
    """How many documents the file gives, and the most memory in MB that Python held meanwhile."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in read(file, mapping=mapping, rejected=lambda _: None))
        return count, tracemalloc.get_traced_memory()[1] // MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("join", few([True, False], 2), ids=["joined", "single"][: 2 if LONG else 1])
@pytest.mark.parametrize("make", [_json, _lines, _csv], ids=["json", "lines", "csv"])
def test_memory_stays_small(tmp_path: Path, make: object, join: bool) -> None:
    """A file of 18 MB is read within 12 MB, its answers joined or not."""
    assert callable(make)
    file, mapping = tmp_path / "records.json.gz", tmp_path / "mapping.toml"
    file = file.with_name("records.csv.gz") if make is _csv else file
    make(file)
    mapping.write_text(('join = "u"\n' if join else "") + MAPPING, "utf-8")
    count, peak = _peak(file, mapping)
    assert count == (COUNT // 2 if join else COUNT)
    assert peak < 12


@pytest.mark.parametrize("name", ["records.json", "records.csv"])
def test_a_line_without_end_is_not_held(tmp_path: Path, name: str) -> None:
    """One line of 60 MB in a table or in JSON lines is refused without being held as a whole."""
    file, mapping = tmp_path / name, tmp_path / "mapping.toml"
    start = "t,b,u,a\nT," if name.endswith("csv") else '{"t": "T", "b": "'
    file.write_text(start + "x" * (60 * MB), "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    count, peak = _peak(file, mapping)
    assert count == 0
    assert peak < 40

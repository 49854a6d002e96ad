"""Harmed files of every format: no exception, in bounded time and memory, and a record that is harmed costs itself."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import Question, to_json
from tests.corpus.conftest import take
from tests.corpus.mutation import cut, flip, put_in, swell
from tests.documents import question
from tests.long_run import LONG

ROOT = Path(__file__).parents[2]
KINDS = "jsonl beir csv records exports medquad question-page article-page web-page web-archive".split()  # noqa: SIM905
COUNT = 20_000 if LONG else 120
RECORDS, ROUNDS = 12, 300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(1_500)
def test_no_harmed_file_ends_a_read(kind: str) -> None:
    """Cut, changed, nested, swollen, in another charset, packed, or made to swell: each file is read or refused, in ten
    seconds and 500 MB.
    """
    command = [sys.executable, "-m", "tests.corpus.mutation", kind, str(COUNT), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["peak"] < 500
    assert told["documents"] > COUNT // 20  # most harms leave something to read


def in_lines(records: list[bytes]) -> bytes:
    """A record a line."""
    return b"\n".join(records)


def in_a_list(records: list[bytes]) -> bytes:
    """A JSON array of them."""
    return b"[\n" + b",\n".join(records) + b"\n]"


def in_a_table(records: list[bytes]) -> bytes:
    """A CSV table, of which they are the rows."""
    return b"\n".join([b"id,title,body", *records])


def row(one: Question) -> bytes:
    """A question as a row of a table."""
    return f'{one.id},"{one.title}","{one.body}"'.encode()


def line(one: Question) -> bytes:
    """A question as a line of JSON."""
    return to_json(one).encode()


@pytest.mark.parametrize(
    ("name", "written", "joined", "reach"),
    [("a.jsonl", line, in_lines, 0), ("a.json", line, in_a_list, 1), ("a.csv", row, in_a_table, 1)],
)
def test_a_harmed_record_costs_itself(
    name: str, written: Callable[[Question], bytes], joined: Callable[[list[bytes]], bytes], reach: int, tmp_path: Path
) -> None:
    """What stands in other records is read as it is; of a list or table the next one may go too, whose beginning cannot
    be told any more.
    """
    whole = [question(f"q{n}", f"Question number {n}", "Some words, and more.") for n in range(RECORDS)]
    records, mapping = [written(one) for one in whole], []
    if reach:
        (tmp_path / "m.toml").write_text('[fields]\nid = "id"\ntitle = "title"\nbody = "body"\n')
        mapping = [tmp_path / "m.toml"]
    lost = []
    for number in range(ROUNDS):
        rng = random.Random(number)
        at = rng.randrange(RECORDS)
        harmed = rng.choice((cut, flip, put_in, swell))(records[at], rng).replace(b"\n", b" ").replace(b"\r", b" ")
        path = tmp_path / name
        path.write_bytes(joined([*records[:at], harmed, *records[at + 1 :]]))
        there, _ = take(path, mapping=mapping)
        missing = {n for n, one in enumerate(whole) if one not in there} - set(range(at, at + reach + 1))
        if missing:
            lost.append((number, at, harmed, missing))
    assert lost == []

"""Reads harmed files of one kind, as many as are asked for, and tells what came of it as JSON: a program of its own, so
that its memory can be measured and its time bounded. Usage: python -m tests.corpus.mutation KIND COUNT SEED
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import random
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from corpus import CorpusError, read, to_json
from tests.corpus.test_web_archive import archive
from tests.memory import PEAK

SAMPLES = Path(__file__).parent / "samples"
SECONDS = 10
# What means something to one of the formats.
TOKENS = (
    *(b"<", b">", b"</p>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<script>", b"&", b"&#0;", b"&half;", b"&#x110000;"),
    *(b'"', b"'", b"{", b"}", b"[", b"]", b":", b",", b";", b"\t", b"\\", b"\\u", b"\\ud800", b"null", b"1e999", b"-"),
    *(b"\n", b"\r\n", b"\n\n", b"\x00", b"\x1a", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"=", b"%"),
    *(b"WARC/1.0\r\n", b"Content-Length: 999999999999\r\n", b"<?xml version='1.0' encoding='hex'?>", b"<!DOCTYPE a ["),
)
NESTS = (b"[", b"{", b'{"a":', b"<a>", b"<div>", b"<blockquote>", b"(", b'"', b"<!--", b"<br>", b"&amp;", b"<a b='")
CHARSETS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "big5", "shift-jis", "utf-7")
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><Document><Focus>&j;</Focus></Document>"
)


def cut(data: bytes, rng: random.Random) -> bytes:
    """Without its end, its beginning, or a piece."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return rng.choice((data[:a], data[a:], data[:a] + data[b:]))


def flip(data: bytes, rng: random.Random) -> bytes:
    """With some bytes changed."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def put_in(data: bytes, rng: random.Random) -> bytes:
    """With something that means something, somewhere."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(TOKENS) + data[at:]
    return data


def nest(data: bytes, rng: random.Random) -> bytes:
    """With the beginning of something, thousands of times."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(NESTS) * rng.choice((50, 1_000, 5_000)) + data[at:]


def swell(data: bytes, rng: random.Random) -> bytes:
    """With a piece of it many times over."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:b] + data[a:b][:500] * rng.choice((10, 300)) + data[b:]


def swap(data: bytes, rng: random.Random) -> bytes:
    """With its lines in another order, or one of them many times."""
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines + [rng.choice(lines)] * rng.choice((0, 0, 50)))


def recode(data: bytes, rng: random.Random) -> bytes:
    """In another charset than it says."""
    return data.decode("utf-8", "replace").encode(rng.choice(CHARSETS), "replace")


def pack(data: bytes, rng: random.Random) -> bytes:
    """Packed, whole or harmed afterwards."""
    packed = gzip.compress(data, 1, mtime=0)
    return rng.choice((packed, cut(packed, rng), flip(packed, rng), packed + data[:100], packed + packed))


def archived(data: bytes, rng: random.Random) -> bytes:
    """In a ZIP, whole or harmed afterwards."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as within:
        for number in range(rng.randint(1, 3)):
            within.writestr(f"{number}.xml", data)
    return rng.choice((file.getvalue(), cut(file.getvalue(), rng), flip(file.getvalue(), rng)))


def bomb(_: bytes, rng: random.Random) -> bytes:
    """What swells when it is opened."""
    return rng.choice((BOMB, gzip.compress(b" " * 30_000_000, 1, mtime=0), gzip.compress(b"[" * 3_000_000, 1, mtime=0)))


HARMS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(cut, cut, flip, flip, flip, put_in, put_in, put_in, nest, swell, swap, recode, pack, archived),
)


def sources(kind: str) -> list[tuple[str, bytes, list[Path]]]:
    """The whole files of a kind: the ending of each, its bytes, and its mappings."""
    if kind == "web-archive":
        return [(".warc", archive(), []), (".warc.gz", archive(packed=True), [])]
    found = []
    for expected in sorted((SAMPLES / kind).glob("*.expected.jsonl")):
        stem = expected.name.removesuffix(".expected.jsonl")
        for path in expected.parent.glob(f"{stem}.*"):
            if path.name.endswith((".expected.jsonl", ".rejected.json", ".toml")):
                continue
            mappings = [p for p in (path.with_suffix(".toml"), path.with_name("mapping.toml")) if p.exists()]
            found.append((path.name.removeprefix(stem), path.read_bytes(), mappings))
    return found


def stop(*_: object) -> NoReturn:
    """It takes too long."""
    raise TimeoutError


def main(kind: str, count: int, seed: int) -> dict[str, object]:
    """Read so many harmed files; what was wrong, the longest in seconds, the most memory in MB, documents in all."""
    whole, wrong, slowest, documents = sources(kind), [], 0.0, 0
    logging.disable()  # each rejection is a line else
    signal.signal(signal.SIGALRM, stop)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            rng = random.Random(f"{kind} {seed} {number}")
            ending, data, mappings = rng.choice(whole)
            for _ in range(rng.choice((1, 1, 2, 3))):
                data = rng.choice(HARMS)(data, rng)
            data = bomb(data, rng) if number % 500 == 499 else data
            path = Path(folder) / f"harmed{ending}"
            path.write_bytes(data)
            began = time.perf_counter()
            signal.alarm(SECONDS)
            try:
                for document in read(path, mapping=mappings):
                    to_json(document)
                    documents += 1
            except CorpusError:
                pass  # the whole file was refused, with what to do
            except Exception:  # noqa: BLE001 (whatever it is, it is what is looked for)
                wrong.append(f"{kind} {seed} {number}: {traceback.format_exc()[-600:]}")
            signal.alarm(0)
            slowest = max(slowest, time.perf_counter() - began)
    space: dict[str, Callable[[], int]] = {}
    exec(PEAK, space)
    return {"wrong": wrong, "slowest": round(slowest, 2), "peak": space["peak"](), "documents": documents}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201 (what it is for)

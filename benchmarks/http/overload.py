"""Overload: how long those wait who are answered while many more ask than can be, beside a steady load.

    python benchmarks/http/overload.py INDEX [--rounds 3] [--seconds 5] [--steady 4] [--many 100]

Needs wrk. Serves the index as `serve` does. A few clients ask for pages of search, each for its next as soon as it has
an answer, also one that refuses it; in each round alone first, and then beside many more that do the same. Figures are
theirs, as JSON on stdout: milliseconds until an answer, answers and refusals a second, and the ratio of the two p99.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote_plus, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.http import serving  # noqa: E402
from benchmarks.http.run import OWN, tell  # noqa: E402
from indexer import open_index  # noqa: E402

_WORDS = 5
_ANSWERED, _REFUSED = 200, 503
# As long as a load may take at most, in seconds.
_LONG = 600


def searches(index: Path) -> list[str]:
    """Addresses of searches for the first words of each document's title."""
    with open_index(index) as opened:
        titles = [document.title for document in opened.documents()]
    return [f"/search?q={quote_plus(' '.join(title.split()[:_WORDS]))}" for title in titles]


async def one_client(host: str, port: int, paths: Sequence[str], until: float) -> list[tuple[int, float]]:
    """The status of each answer and the milliseconds until it was there."""
    told, writer = [], None
    for path in paths:
        began = time.perf_counter()
        if began > until:
            break
        if writer is None:
            reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        told.append((int(head.split()[1]), 1_000 * (time.perf_counter() - began)))
        if b"connection: close" in head:
            writer.close()
            writer = None
    return told


async def all_clients(address: str, paths: Sequence[str], clients: int, seconds: float) -> list[tuple[int, float]]:
    """What so many clients at once are told, each with its own share of the addresses."""
    at, until = urlsplit(address), time.perf_counter() + seconds
    own = [one_client(at.hostname or "", at.port or 0, paths[n::clients] * 50, until) for n in range(clients)]
    return [answer for client in await asyncio.gather(*own) for answer in client]


def load(address: str, paths: Sequence[str], clients: int, seconds: float) -> dict[str, float]:
    """The figures of a load. Raises SystemExit where an answer is neither a page nor a refusal."""
    told = asyncio.run(all_clients(address, paths, clients, seconds))
    answered = [ms for status, ms in told if status == _ANSWERED]
    refused = sum(status == _REFUSED for status, _ in told)
    if len(answered) + refused < len(told) or len(answered) < 2:
        raise SystemExit(f"of {len(told)} answers {len(answered)} are pages and {refused} refusals")
    return {
        "p50_ms": median(answered),
        "p99_ms": quantiles(answered, n=100)[98],
        "answered_per_s": len(answered) / seconds,
        "refused_per_s": refused / seconds,
    }


@contextmanager
def many_more(address: str, paths: Sequence[str], clients: int) -> Iterator[None]:
    """So many clients beside, in a process of their own, until the context ends."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths))
        file.flush()
        with serving.asking(address, Path(file.name), connections=clients, seconds=_LONG, seed=1) as process:
            time.sleep(1)
            try:
                yield
            finally:
                process.kill()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="the folder of an index")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--seconds", type=int, default=5, help="of each load in each round (default: %(default)s)")
    parser.add_argument("--steady", type=int, default=4, help="clients that are measured (default: %(default)s)")
    parser.add_argument("--many", type=int, default=100, help="clients beside these (default: %(default)s)")
    options = parser.parse_args(argv)
    if why := serving.missing():
        parser.error(why)
    paths = searches(options.index)
    rounds: list[tuple[dict[str, float], dict[str, float]]] = []
    with serving.Server(*OWN, SEEALSO_INDEX=str(options.index.resolve())) as server:
        server.wait_for("/readyz")
        for number in range(options.rounds + 1):
            own = paths[number::7]
            steady = load(server.address, own, options.steady, options.seconds)
            with many_more(server.address, paths, options.many):
                over = load(server.address, own, options.steady, options.seconds)
            tell(f"p99 {steady['p99_ms']:.1f} ms alone, {over['p99_ms']:.1f} ms beside {options.many} more")
            if number:  # the first round warms up
                rounds.append((steady, over))
    told: dict[str, Any] = {
        name: {field: round(median(pair[at][field] for pair in rounds), 1) for field in rounds[0][at]}
        for at, name in enumerate(("steady", "overload"))
    }
    told["p99_ratio"] = round(median(over["p99_ms"] / steady["p99_ms"] for steady, over in rounds), 2)
    print(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

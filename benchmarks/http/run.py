"""Serving: SeeAlso beside a Flask route that does nothing, each in one process of waitress, driven in turn by wrk.

    python benchmarks/http/run.py INDEX [--rounds 3] [--seconds 5] [--out DIR]

Needs wrk. Loads: `one` asks for the panel of one document, `any` for those
of all documents in random order, `draft` for the panels of long drafts. Results are written to OUT/DATE.json.
docs/reference/operating.md says what they mean.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.http import serving  # noqa: E402
from benchmarks.speed.corpus import queries  # noqa: E402
from benchmarks.speed.machine import machine, packages  # noqa: E402
from indexer import open_index  # noqa: E402

RESULTS = Path(__file__).with_name("results")
TRIVIAL = "trivial"
# Both by the same server with as many threads.
OWN = ("-m", "search_app", "serve", "--quiet", "--port", "{port}")
OTHER = ("-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=4", "--call", "benchmarks.http.trivial:create_app")
# Documents that drafts are made of: as many as anybody would read through.
_SOURCES = 2_000
_NOTES = (
    "Each round asks every load in turn, the trivial route first; wrk runs on the same cores. per_s is requests a",
    "second, p50_ms and p99_ms are milliseconds until an answer, each the median of its rounds; per_s_ratio and",
    "p99_ratio are the medians of the ratios to the trivial route in the same round. The server keeps 4,096 panels: in",
    "`any` most answers of a larger index are made anew.",
)


def tell(text: str) -> None:
    """Say what is being done; figures alone go to stdout."""
    print(text, file=sys.stderr, flush=True)


def loads(index: Path, folder: Path) -> tuple[dict[str, Path], int]:
    """The requests of each load as a file, and the number of documents."""
    with open_index(index) as opened:
        documents = list(opened.documents())
    panels = [f"/api/v1/related/{quote(document.id, safe='/')}" for document in documents]
    sources = documents[:: max(1, len(documents) // _SOURCES)]
    drafts = [f"/api/v1/similar\t{json.dumps({'text': text})}" for text in queries(sources)["long"]]
    lines = {TRIVIAL: ["/trivial/some-id"], "one": panels[:1], "any": panels, "draft": drafts}
    files = {}
    for name, requests in lines.items():
        files[name] = folder / f"{name}.txt"
        files[name].write_text("\n".join(requests) + "\n", encoding="utf-8")
    return files, len(documents)


def rounds_of(
    files: Mapping[str, Path], addresses: Mapping[str, str], *, rounds: int, seconds: int
) -> dict[str, list[serving.Figures]]:
    """The figures of every load in every round, after one that does not count: it opens the index."""
    told: dict[str, list[serving.Figures]] = {name: [] for name in files}
    for number in range(rounds + 1):
        for name, requests in files.items():
            time.sleep(1)  # what the last load left behind is answered
            figures = serving.asked(addresses[name], requests, seconds=seconds, seed=number)
            tell(f"{name}: {figures.per_s:,.0f} a second, p99 {figures.p99_ms} ms{'' if number else ' (warm-up)'}")
            if number:
                told[name].append(figures)
    return told


def summary(told: Mapping[str, Sequence[serving.Figures]]) -> dict[str, dict[str, float]]:
    """The medians of each load's rounds, and of its ratios to the trivial route in the same round."""
    return {
        name: {
            **{field: round(median(getattr(row, field) for row in own), 2) for field in serving.Figures._fields},
            "per_s_ratio": round(median(a.per_s / b.per_s for a, b in zip(own, told[TRIVIAL], strict=True)), 3),
            "p99_ratio": round(median(a.p99_ms / b.p99_ms for a, b in zip(own, told[TRIVIAL], strict=True)), 3),
        }
        for name, own in told.items()
    }


def measured(index: Path, *, rounds: int, seconds: int) -> dict[str, Any]:
    """Every figure of an index."""
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        files, documents = loads(index, Path(folder))
        with (
            serving.Server(*OWN, SEEALSO_INDEX=str(index.resolve()), SEEALSO_LIMIT="0") as own,
            serving.Server(*OTHER) as other,
        ):
            own.wait_for("/readyz")
            other.wait_for("/trivial/some-id")
            addresses = {name: other.address if name == TRIVIAL else own.address for name in files}
            told = rounds_of(files, addresses, rounds=rounds, seconds=seconds)
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 (the day where it was measured)
        "documents": documents,
        "rounds": rounds,
        "seconds": seconds,
        "connections": serving.CONNECTIONS,
        "machine": about,
        "packages": packages() | {name: importlib.metadata.version(name) for name in ("flask", "waitress")},
        "loads": summary(told),
        "notes": " ".join(_NOTES),
    }


def table(result: Mapping[str, Any]) -> str:
    """The figures of a result for a terminal."""
    columns = list(result["loads"][TRIVIAL])
    lines = [" " * 10 + "".join(f"{column:>14}" for column in columns)]
    for name, row in result["loads"].items():
        lines.append(f"{name:<10}" + "".join(f"{row[column]:>14,}" for column in columns))
    return "\n".join(lines)


def written(result: Mapping[str, Any], out: Path) -> Path:
    """Write a result under its date; one of the same day is not written over."""
    out.mkdir(parents=True, exist_ok=True)
    path, number = out / f"{result['date']}.json", 1
    while path.exists():
        number += 1
        path = out / f"{result['date']}-{number}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="the folder of an index")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--seconds", type=int, default=5, help="of each load in each round (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="default: beside this program")
    options = parser.parse_args(argv)
    if why := serving.missing():
        parser.error(why)
    result = measured(options.index, rounds=options.rounds, seconds=options.seconds)
    print(table(result), flush=True)
    tell(f"written: {written(result, options.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes and reads what was ranked for every query, as TREC's text files hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.errors import RequestRefused

# For each query the ids and scores of its documents, best first.
Run = Mapping[str, Sequence[tuple[str, float]]]
_TAG = "seealso"


def write_run(run: Run, path: Path) -> None:
    """Write a run, a line `query Q0 document rank score tag` for each document.

    Scores fall strictly, as 32-bit numbers too: tools that read a run go by its scores alone, each with an order of its
    own among equal ones, and would measure another ranking.
    """
    with path.open("w", encoding="utf-8") as file:
        for query, ranked in run.items():
            before = np.float32(np.inf)
            for place, (id_, score) in enumerate(ranked, 1):
                before = min(np.float32(score), np.nextafter(before, np.float32(-np.inf)))
                file.write(f"{query} Q0 {id_} {place} {before!s} {_TAG}\n")


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """The run of a file, each query's documents in the order of their ranks. Raises RequestRefused."""
    rows: dict[str, list[tuple[int, str, float]]] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestRefused(f"the run cannot be read: {error}", str(path), "give a file that --run wrote") from error
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        try:
            query, _, id_, rank, score = parts[:5]
            rows.setdefault(query, []).append((int(rank), id_, float(score)))
        except ValueError as error:
            what = "not `query Q0 document rank score tag`"
            raise RequestRefused(what, f"{path}, line {number}", "give a file that --run wrote") from error
    return {query: [(id_, score) for _, id_, score in sorted(ranked)] for query, ranked in rows.items()}

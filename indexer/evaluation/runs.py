"""Writes and reads what was ranked for every query, as TREC's text files hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.errors import RequestRefused
from indexer.settings import read_text

# For each query the ids and scores of its documents, best first.
Run = Mapping[str, Sequence[tuple[str, float]]]
_TAG, _REMEDY = "seealso", "give a file that --run wrote"


def write_run(run: Run, path: Path) -> None:
    """Write a run, a line `query Q0 document rank score tag` for each document. Scores fall strictly, as 32-bit numbers
    too: tools that read a run go by these alone, and by an order of their own among equal ones. Raises RequestRefused
    for an id with a blank, before anything is written: no tool would read it.
    """
    ids = (id_ for query, ranked in run.items() for id_ in (query, *(document for document, _ in ranked)))
    if blank := next((id_ for id_ in ids if len(id_.split()) != 1), None):
        raise RequestRefused(f"the id {blank!r} has a blank", str(path), "give ids without blanks in the judged set")
    with path.open("w", encoding="utf-8") as file:
        for query, ranked in run.items():
            before = np.float32(np.inf)
            for place, (id_, score) in enumerate(ranked, 1):
                before = min(np.float32(score), np.nextafter(before, np.float32(-np.inf)))
                file.write(f"{query} Q0 {id_} {place} {before!s} {_TAG}\n")


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """The run of a file, each query's documents in the order of their ranks. Raises RequestRefused."""
    rows: dict[str, list[tuple[int, str, float]]] = {}
    for number, line in enumerate(read_text(path, "the run", _REMEDY).splitlines(), 1):
        try:
            query, _, id_, rank, score = line.split()[:5]
            rows.setdefault(query, []).append((int(rank), id_, float(score)))
        except ValueError as error:
            what = "not `query Q0 document rank score tag`"
            raise RequestRefused(what, f"{path}, line {number}", _REMEDY) from error
    return {query: [(id_, score) for _, id_, score in sorted(ranked)] for query, ranked in rows.items()}

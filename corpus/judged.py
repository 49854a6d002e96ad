"""Reads a judged test set in BEIR's layout, to measure a search with: queries, what answers them, alike texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from corpus.errors import CorpusError
from corpus.formats import beir
from corpus.formats.format import lines_of, value_of
from corpus.sources import BREAKS, Source

_NUMBER = re.compile(r"-?[0-9]{1,9}")


class JudgedPair(NamedTuple):
    """Two texts, by the ids of queries or documents; whether they ask the same; a group, such as who judged them."""

    a: str
    b: str
    same: bool
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A test set: `corpus` is the file of its documents, to be read with `read`; all else is in memory.

    `relevant` gives for each query with an answer the grade of every judged document, 0 for one that was judged and
    is none; `hard` names documents that look like an answer; `pairs` say which texts ask the same.
    """

    corpus: Path
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]
    hard: Mapping[str, tuple[str, ...]]
    pairs: tuple[JudgedPair, ...]


def judged(folder: str | Path, *, qrels: str | None = None) -> Judged:
    """The test set of a folder. Raises CorpusError, naming file and line, for what is missing or cannot be read.

    Read are `corpus.jsonl` (its path alone) and `queries.jsonl`, each also as `.gz`, every `qrels/*.tsv` or the one
    that `qrels` names (such as `test`), and where they exist `hard_negatives.tsv` and `pairs.tsv`. Whether the
    documents that are named exist is not looked at.
    """
    folder = Path(folder)
    corpus, asked = _file(folder, "corpus.jsonl"), _file(folder, "queries.jsonl")
    queries = _queries(asked)
    return Judged(
        corpus=corpus,
        queries=queries,
        relevant=_relevant(folder / "qrels", qrels or "*", queries),
        hard=_hard(folder / "hard_negatives.tsv"),
        pairs=_pairs(folder / "pairs.tsv"),
    )


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise CorpusError("no such file", str(folder / name), "give a folder with corpus.jsonl, queries.jsonl and qrels/")


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank with where it stands; the first that cannot be read is an error."""
    source = Source(str(path), path, lambda: path.open("rb", buffering=0))
    try:
        for place, line in lines_of(source):
            if isinstance(line, CorpusError):
                raise CorpusError(line.what, f"{path}, {place}", line.next)
            yield f"{path}, {place}", line
    except BREAKS as error:
        source.breaks.append(error)
    for why in source.breaks:
        raise CorpusError(f"breaks off: {why}", str(path), "fetch the file again") from why


def _queries(path: Path) -> dict[str, str]:
    """The text of each query by its id; a title stands above it."""
    queries: dict[str, str] = {}
    for where, line in _lines(path):
        try:
            record = value_of(line)
            if not isinstance(record, dict):
                raise CorpusError(f"{type(record).__name__} where an object belongs", "line", "write one object a line")
            name, parts = beir.id_of(record), [record.get("title") or "", record.get("text") or ""]
            if not all(isinstance(part, str) for part in parts) or not any(part.strip() for part in parts):
                raise CorpusError("no text", "query", 'give "text" as a string')
            if name in queries:
                raise CorpusError(f"a second query {name!r}", "query", "give each query an id of its own")
        except CorpusError as error:
            raise CorpusError(error.what, where, error.next) from error
        queries[name] = "\n".join(part for part in parts if part.strip())
    return queries


def _relevant(folder: Path, name: str, queries: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """The grades of all files of the name together, the higher of two; without the queries that no document answers."""
    grades: dict[str, dict[str, int]] = {}
    files = sorted(folder.glob(f"{name}.tsv"))
    if not files:
        raise CorpusError("no judgments", str(folder / f"{name}.tsv"), "give a file with query-id, corpus-id and score")
    for path in files:
        for number, (where, line) in enumerate(_lines(path)):
            query, document, score = _judgment(line, where)
            if not _NUMBER.fullmatch(score):
                if number == 0 and query not in queries:
                    continue  # the header
                raise CorpusError(f"{score!r} is no grade", where, "give a whole number, 0 for not relevant")
            if query not in queries:
                raise CorpusError(f"no query {query!r}", where, "take the line out, or add the query to queries.jsonl")
            known = grades.setdefault(query, {})
            known[document] = max(int(score), known.get(document, int(score)))
    return {query: known for query, known in grades.items() if max(known.values()) > 0}


def _judgment(line: str, where: str) -> tuple[str, str, str]:
    """Query, document and score of a line in BEIR's three columns or in TREC's four."""
    cells = line.split("\t")
    if len(cells) not in (3, 4):
        cells = line.split()
    if len(cells) == 4:
        del cells[1]  # TREC's iteration, which nothing uses
    query, document, score = (cell.strip() for cell in cells) if len(cells) == 3 else ("", "", "")
    if not query or not document:
        raise CorpusError("no judgment", where, "write query-id, corpus-id and score with tabs between")
    return query, document, score


def _hard(path: Path) -> dict[str, tuple[str, ...]]:
    """The documents that look like an answer, by query and in the order of the file."""
    found: dict[str, list[str]] = {}
    for where, cells in _table(path, ("query-id", "corpus-id")):
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise CorpusError("no query and document", where, "write query-id and corpus-id with a tab between")
        found.setdefault(cells[0], []).append(cells[1])
    return {query: tuple(dict.fromkeys(documents)) for query, documents in found.items()}


def _pairs(path: Path) -> tuple[JudgedPair, ...]:
    pairs = []
    for where, cells in _table(path, ("a", "b", "label")):
        if len(cells) not in (3, 4) or not cells[0] or not cells[1]:
            raise CorpusError("no pair", where, "write a, b, label and group with tabs between")
        if cells[2] not in ("0", "1"):
            raise CorpusError(f"{cells[2]!r} is no label", where, "give 1 for the same question, 0 for another")
        pairs.append(JudgedPair(cells[0], cells[1], cells[2] == "1", cells[3] if len(cells) == 4 else ""))
    return tuple(pairs)


def _table(path: Path, header: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """The cells of each line but the header; nothing where there is no such file."""
    if not path.exists():
        return
    for number, (where, line) in enumerate(_lines(path)):
        cells = [cell.strip() for cell in line.split("\t")]
        if number > 0 or tuple(cell.casefold().replace("_", "-") for cell in cells[: len(header)]) != header:
            yield where, cells

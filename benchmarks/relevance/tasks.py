"""The development tasks for relevance, made from the data folder as test sets in BEIR's layout.

    python benchmarks/relevance/tasks.py DATA OUT [--only NAME]

Each becomes OUT/NAME with corpus.jsonl, queries.jsonl and two judgment files: qrels/a.tsv is the half to tune on,
qrels/b.tsv the half to report. The texts are other people's: OUT must stand outside the repository. The same data
give the same bytes.

NDCG@10 below is that of plain BM25 (k1 1.5, b .75, stop words left out, stems) over a document's whole text, half B.

| task | query → document | queries / documents | BM25 |
|---|---|---|---|
| pairs | question → its rewrite, among rewrites and look-alikes | 775 / 1,550 | .903 |
| pairs-6900 | the same, among the questions of four sites | 775 / 6,905 | .855 |
| reverse | rewrite → its question, among the questions of four sites | 775 / 6,130 | .890 |
| long-title | a patient's long text → its title | 465 / 6,905 | .763 |
| title-answer, long-answer | title, long text → its answer | 465 / 6,526 | .507, .570 |
| forum-answer, short-answer | forum post, short question → its answer | 171, 1,890 / 6,526 | .347, .343 |
| keyword | 2–4 words of a title → its record of title and answer | 2,521 / 2,526 | .802 |
| chinese | title → its question and answer without the title | 3,616 / 3,798 | – |

keyword: 2 to 4 words of a title, drawn with a seed, in their order; words of one or two letters, numbers and the
stop words below are not drawn. The rarest words of a title instead of drawn ones were tried and are too easy (.94).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.relevance.sources import FILES, Data  # noqa: E402

# What no one types as a keyword.
_STOP = frozenset(
    """
    about after all also and any are because been before being but can could did does doing don dont for from get
    getting give given had has have having help her him his how into its just kindly know make may might more most
    much need not now off one only other our out over please really same she should since some still such suggest
    take taking than that the their them then there these they this those too took very want was were what when
    where which while who why will with would you your
    """.split()  # noqa: SIM905 (a list of a hundred strings takes a hundred lines)
)
# What a source raises that is damaged or is another file than its name says.
BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, ET.ParseError, csv.Error)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One test set: the records of documents, the queries' texts, the places of each query's documents, its half."""

    documents: Sequence[Record]
    queries: Sequence[str]
    relevant: Sequence[Sequence[int]]
    half_b: Sequence[bool]
    # for the pairs: each query's look-alike, and who wrote it
    hard: Sequence[int] = ()
    groups: Sequence[int] = ()


def bare(questions: Iterable[str]) -> list[Record]:
    """Questions that are nothing but their one text."""
    return [{"kind": "question", "title": text, "text": ""} for text in questions]


def answers(data: Data) -> list[Record]:
    """Answers without their questions."""
    return [{"title": "", "text": text} for text in data.answers]


def known_item(queries: Sequence[str], documents: Sequence[Record], first: int = 0) -> Task:
    """A task in which the n-th query has one document, the n-th from `first` on."""
    relevant = [[first + number] for number in range(len(queries))]
    return Task(documents=documents, queries=queries, relevant=relevant, half_b=every_second(queries))


def every_second(queries: Sequence[object]) -> list[bool]:
    """Half B of the tasks that no doctor divides."""
    return [number % 2 == 1 for number in range(len(queries))]


def pairs(data: Data) -> Task:
    """Question to its rewrite, among the rewrites and look-alikes of all."""
    return _pairs(data, bare(data.pairs.others))


def pairs_6900(data: Data) -> Task:
    """The same among the questions of four sites."""
    return _pairs(data, bare([*data.pairs.others, *_elsewhere(data)]))


def _elsewhere(data: Data) -> list[str]:
    """The questions of the other sites."""
    return [*_questions(data.short), *(title for title, _, _ in data.icliniq), *data.medquad_questions]


def _pairs(data: Data, documents: Sequence[Record]) -> Task:
    known = data.pairs
    return Task(
        documents=documents,
        queries=known.questions,
        relevant=[[place] for place in known.same],
        half_b=known.half_b,
        hard=known.hard,
        groups=known.doctor,
    )


def reverse(data: Data) -> Task:
    """Rewrite to its question, among the questions of four sites: no look-alike is among the documents."""
    known = data.pairs
    rewrites = [known.others[place] for place in known.same]
    relevant = [[number] for number in range(len(rewrites))]
    return Task(
        documents=bare([*known.questions, *_elsewhere(data)]), queries=rewrites, relevant=relevant, half_b=known.half_b
    )


def long_title(data: Data) -> Task:
    """A patient's long text to its title, among the questions of four sites."""
    titles = [title for title, _, _ in data.icliniq]
    documents = bare([*titles, *_questions(data.short), *data.pairs.others, *data.medquad_questions])
    return known_item([text for _, text, _ in data.icliniq], documents)


def title_answer(data: Data) -> Task:
    """A title to its answer."""
    return known_item([title for title, _, _ in data.icliniq], answers(data))


def long_answer(data: Data) -> Task:
    """A patient's long text to its answer."""
    return known_item([text for _, text, _ in data.icliniq], answers(data))


def forum_answer(data: Data) -> Task:
    """A forum post to its answer."""
    return known_item(_questions(data.forum), answers(data), len(data.icliniq))


def short_answer(data: Data) -> Task:
    """A short question to its answers."""
    return known_item(_questions(data.short), answers(data), len(data.icliniq) + len(data.forum))


def _questions(records: Iterable[tuple[str, str]]) -> list[str]:
    return [question for question, _ in records]


def keyword(data: Data) -> Task:
    """Two to four words of a title, in their order, to the record of title and answer that they were drawn from."""
    records = [(title, answer) for title, _, answer in data.icliniq] + data.short + data.forum
    draw = random.Random(11)  # noqa: S311 (the same each time, not secret)
    queries, relevant = [], []
    for place, (title, _) in enumerate(records):
        found = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])['’](?=[a-z])", "", title.lower()))
        words = list(dict.fromkeys(w for w in found if len(w) > 2 and not w.isdigit() and w not in _STOP))
        if len(words) > 1:
            chosen = draw.sample(range(len(words)), min(draw.randint(2, 4), len(words)))
            queries.append(" ".join(words[number] for number in sorted(chosen)))
            relevant.append([place])
    documents = [{"kind": "question", "title": title, "text": "", "answers": [answer]} for title, answer in records]
    return Task(documents=documents, queries=queries, relevant=relevant, half_b=every_second(queries))


def chinese(data: Data) -> Task:
    """A Chinese title to its question and answer, which stand without it; a title may have several."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(data.chinese):
        places.setdefault(row["title"], []).append(place)
    documents = [
        {"kind": "question", "title": "", "text": row["ask"], "answers": [row["answer"]]} for row in data.chinese
    ]
    queries, relevant = list(places), list(places.values())
    return Task(documents=documents, queries=queries, relevant=relevant, half_b=every_second(queries))


TASKS: dict[str, Callable[[Data], Task]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        pairs,
        pairs_6900,
        reverse,
        long_title,
        title_answer,
        long_answer,
        forum_answer,
        short_answer,
        keyword,
        chinese,
    )
}


def write(task: Task, folder: Path) -> None:
    """Write a task as a folder in BEIR's layout; documents are d0, d1, …, queries q0, q1, …"""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    _jsonl(folder / "corpus.jsonl", [{"_id": f"d{n}", **record} for n, record in enumerate(task.documents)])
    _jsonl(folder / "queries.jsonl", [{"_id": f"q{n}", "text": text} for n, text in enumerate(task.queries)])
    for name, half in (("a", False), ("b", True)):
        rows = [
            (f"q{query}", f"d{place}", 1)
            for query, places in enumerate(task.relevant)
            for place in places
            if task.half_b[query] == half
        ]
        _tsv(folder / "qrels" / f"{name}.tsv", ("query-id", "corpus-id", "score"), rows)
    if task.hard:
        hard = [(f"q{query}", f"d{place}") for query, place in enumerate(task.hard)]
        _tsv(folder / "hard_negatives.tsv", ("query-id", "corpus-id"), hard)
        alike = [
            (f"q{query}", f"d{place}", label, group)
            for query, group in enumerate(task.groups)
            for place, label in ((task.relevant[query][0], 1), (task.hard[query], 0))
        ]
        _tsv(folder / "pairs.tsv", ("a", "b", "label", "group"), alike)


def _jsonl(path: Path, records: Iterable[Record]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _tsv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    lines = ("\t".join(map(str, row)) + "\n" for row in (header, *rows))
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Make the tasks; 0 when they are made, 2 for wrong usage."""
    parser = argparse.ArgumentParser(description="Make the development tasks for relevance in BEIR's layout.")
    parser.add_argument("data", metavar="DATA", type=Path, help="the folder of the sources")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder to make one folder a task in")
    parser.add_argument("--only", metavar="NAME", choices=TASKS, help=f"one task alone: {', '.join(TASKS)}")
    given = parser.parse_args(argv)
    if missing := [name for name in FILES if not (given.data / name).is_file()]:
        parser.error(f"no {', '.join(missing)} in {given.data}; give the folder that holds the sources")
    data = Data(given.data)
    for name in [given.only] if given.only else TASKS:
        try:
            task = TASKS[name](data)
        except BROKEN as error:
            parser.error(f"{name}: a source in {given.data} cannot be read ({error!r:.200}); fetch the sources again")
        write(task, given.out / name)
        b = sum(task.half_b)
        size = (
            f"{len(task.queries):,} queries ({len(task.queries) - b:,} a, {b:,} b), {len(task.documents):,} documents"
        )
        sys.stdout.write(f"{name}: {size}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

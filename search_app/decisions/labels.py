"""What editors decided as judgments: pairs with score and band, and a judged set that `evaluate` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus import Article, Document
from indexer import Band, Index
from indexer.evaluation import JudgedScore
from search_app.decisions.events import VERDICTS, Event
from search_app.decisions.history import History

_GRADES = {"duplicate": 2, "related": 1, "different": 0}


def settled(history: History) -> Iterator[Event]:
    """The verdicts that hold, one for each pair."""
    return (event for event in history.held() if event.action in VERDICTS)


def judged_scores(history: History) -> list[JudgedScore]:
    """Each verdict that holds, with what the program thought of the pair when it was given."""
    return [
        JudgedScore(Band(event.band) if event.band else None, event.score or 0.0, event.action == "duplicate")
        for event in settled(history)
    ]


def write_labels(index: Index, history: History, folder: Path) -> int:
    """Write a judged set in BEIR's layout: every document, the questions that verdicts name as queries, what answers
    them, and pairs; and tell how many verdicts it holds. Those that do not hold in the index are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "qrels").mkdir(exist_ok=True)
    here = index.deciding(history.decisions(datetime.now(UTC))).settled
    lapsed = {(pair.decided.a, pair.decided.b) for pair in here.lapsed()}
    found = [event for event in settled(history) if (event.a, event.b) not in lapsed]
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_line(_record(document)) for document in index.documents())
    asked = sorted({id_ for event in found for id_ in (event.a, event.b)})
    with (folder / "queries.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_line({"_id": id_, "text": index.own_text(id_)}) for id_ in asked)
    grades = [
        (one, other, _GRADES[event.action])
        for event in found
        for one, other in ((event.a, event.b), (event.b, event.a))
    ]
    _table(folder / "qrels" / "decisions.tsv", ("query-id", "corpus-id", "score"), grades)
    pairs = [(event.a, event.b, int(event.action == "duplicate"), event.band or "none") for event in found]
    _table(folder / "pairs.tsv", ("a", "b", "label", "group"), pairs)
    return len(found)


def _record(document: Document) -> dict[str, object]:
    kind = {} if isinstance(document, Article) else {"kind": "question", "answers": [a.text for a in document.answers]}
    return {"_id": document.id, "title": document.title, "text": document.body, "metadata": kind}


def _line(record: dict[str, object]) -> str:
    return f"{json.dumps(record, ensure_ascii=False)}\n"


def _table(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    lines = ["\t".join(map(str, row)) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

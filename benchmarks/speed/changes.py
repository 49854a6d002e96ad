"""What the job `update` changes: documents of a corpus, evenly drawn, to be replaced or deleted, and new ones of these.

No module of the project is imported here: the process of the benchmark's run stays small.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

# As many new ones are added as are replaced.
REPLACED, DELETED = 40, 20
_DRAWN = REPLACED + DELETED

Record = dict[str, Any]


class Changes(NamedTuple):
    """The documents that are given, as lines of a corpus, and the ids of those that are deleted."""

    lines: list[str]
    deleted: list[str]


def drawn(jsonl: Path) -> Changes:
    """The changes of a corpus; the same corpus gives the same ones.

    Raises SystemExit where it holds fewer documents than are drawn.
    """
    records = _evenly(jsonl)
    deleted = records[:: _DRAWN // DELETED]
    kept = [record for record in records if record not in deleted]
    pairs = list(zip(kept, [*kept[1:], kept[0]], strict=True))
    replaced = [_saying(one, f"{_text(one)}\n\n{_text(other)}") for one, other in pairs]
    added = [_new(number, one, other) for number, (one, other) in enumerate(pairs)]
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in [*replaced, *added]]
    return Changes(lines, [record["id"] for record in deleted])


def one_of(changes: Changes) -> Changes:
    """The first document of some changes alone, which is replaced."""
    return Changes(changes.lines[:1], [])


def _evenly(jsonl: Path) -> list[Record]:
    """So many documents of a corpus as are replaced and deleted, from its beginning to its end."""
    with jsonl.open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    if count < _DRAWN:
        raise SystemExit(f"{jsonl.name} holds {count} documents; an update needs {_DRAWN}")
    places = {number * count // _DRAWN for number in range(_DRAWN)}
    with jsonl.open(encoding="utf-8") as lines:
        return [json.loads(line) for place, line in enumerate(lines) if place in places]


def _new(number: int, one: Record, other: Record) -> Record:
    """A document that was not there: both titles in one, the text of the other."""
    return _saying(one, _text(other)) | {"id": f"new/{number:02}", "title": f"{one['title']} {other['title']}"}


def _text(record: Record) -> str:
    """What a document says: its first answer, else its body, else its title."""
    answers = record.get("answers")
    return str(answers[0]["text"] if answers else record.get("body") or record["title"])


def _saying(record: Record, text: str) -> Record:
    """The document with this text in the place of its first answer, else of its body."""
    answers = record.get("answers")
    if not answers:
        return record | {"body": text}
    return record | {"answers": [answers[0] | {"text": text}, *answers[1:]]}

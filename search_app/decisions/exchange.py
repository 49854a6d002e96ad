"""Decisions as lines of JSON, and back: what a file of decisions holds, byte for byte the same after a round trip."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from indexer import Band
from search_app.decisions import events
from search_app.decisions.events import Event
from search_app.decisions.history import History
from search_app.decisions.ledger import Ledger, check
from search_app.decisions.refusals import DecisionRefused

_KINDS: dict[str, tuple[type, ...]] = {
    "id": (int,),
    **dict.fromkeys(("at", "editor", "action", "a", "b", "note"), (str,)),
    **dict.fromkeys(("a_wording", "b_wording", "undoes", "batch"), (int, type(None))),
    "score": (float, int, type(None)),
    "band": (str, type(None)),
}
_LARGEST, _LARGEST_ID, _MOST_NAME = 2**63, 2**53, 60
_YEARS = range(2000, 3000)


def lines(history: Iterable[Event]) -> Iterator[str]:
    """Each event as a line, in order; what is not known is left out."""
    for event in history:
        told = {name: value for name, value in event._asdict().items() if value not in (None, "") or name in ("a", "b")}
        yield json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def take(ledger: Ledger, given: Iterable[str]) -> int:
    """Keep the events of some lines in a file that has none, all or nothing, and tell how many they are.

    Raises DecisionRefused for a file that has some, and for a line that is no event, with its number.
    """
    with ledger.database.writing() as connection:
        if connection.execute("SELECT 1 FROM event LIMIT 1").fetchone():
            what = "the file of decisions has some already"
            raise DecisionRefused(
                what, str(ledger.database.path), "import into a new file, and name that by `decisions`"
            )
        history = History()
        for number, line in enumerate(given, 1):
            if line.strip():
                event = _event(line, number)
                if event.id <= history.last:
                    raise _refused(number, "its id is not above that of the line before")
                try:
                    check(history, event)
                except DecisionRefused as error:
                    raise _refused(number, f"{error.what} ({error.where})") from error
                events.add(connection, event)
                history.take(event)
        return len(history)


def _event(line: str, number: int) -> Event:
    try:
        read: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _refused(number, "it is no JSON") from error
    if not isinstance(read, dict) or set(read) - set(_KINDS) or {"id", "at", "editor", "action", "a", "b"} - set(read):
        raise _refused(number, f"its keys are not those of an event: {', '.join(_KINDS)}")
    for name, value in read.items():
        inside = not isinstance(value, int | float) or -_LARGEST <= value < _LARGEST
        if type(value) not in _KINDS[name] or not inside:
            raise _refused(number, f"its {name} is not what it should be")
    event = Event(**read)
    if (event.action == "undo") != (event.undoes is not None):
        raise _refused(number, "an undo, and nothing else, names what it undoes")
    if not event.editor or len(event.editor) > _MOST_NAME or event.id > _LARGEST_ID:
        raise _refused(number, "no desk gives such a name or number")
    if event.band not in (None, *Band) or not 0 <= (event.score or 0) <= 1:
        raise _refused(number, "its band or score is none")
    if not _is_moment(event.at):
        raise _refused(number, f"its time is none, or not written as 2026-03-02T09:00:00+00:00: {event.at[:40]}")
    return event


def _is_moment(at: str) -> bool:
    """Whether a text is a moment as events hold it, in UTC and to the second."""
    try:
        read = datetime.fromisoformat(at)
        return read.year in _YEARS and read.isoformat(timespec="seconds") == at and read.utcoffset() == timedelta()
    except ValueError:
        return False


def _refused(number: int, what: str) -> DecisionRefused:
    return DecisionRefused(f"line {number} is no event of decisions: {what}", f"line {number}", "export it again")

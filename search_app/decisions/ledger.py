"""Decisions as they are read and added to: what stands, the rules of what may be decided, who was faster."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from search_app.decisions import events
from search_app.decisions.database import Database
from search_app.decisions.events import CARDS, MOST_NOTE, Event, Subject, of_card, of_pair
from search_app.decisions.history import History
from search_app.decisions.refusals import DecidedMeanwhile, DecisionRefused, DecisionsUnavailable

log = logging.getLogger(__name__)
# So many events a pair or card may have; nobody comes near it, but by going back and forth.
_MOST_EVENTS = 100


class Snapshot:
    """What stands at one moment; `name` is another whenever something else does."""

    def __init__(self, file: str, history: History, now: datetime) -> None:
        self.history = history
        self.file = file
        self.until = history.next_return(now)
        self.name = f"{file}-{history.digest}-{self.until.isoformat() if self.until else ''}"
        self.decisions = history.decisions(now)


class Ledger:
    """The decisions in one file; there need not be one yet. Threads may share it."""

    def __init__(self, path: str | Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = Database(path)
        self.clock = clock
        self._lock = threading.Lock()
        self._snapshot = Snapshot("", History(), clock())
        # Which opening of the file was last read from.
        self._opened = 0

    def current(self) -> Snapshot:
        """What stands now, be it decided by another process. Raises DecisionsUnavailable."""
        with self.database.reading() as connection, self._lock:
            known = self._snapshot
            if connection is None and not known.file:
                return known
            if connection is None:
                what, remedy = "the file of decisions is gone", "put it back, or start again without"
                raise DecisionsUnavailable(what, str(self.database.path), remedy)
            name, last = _newest(connection, self.database.path)
            if name != known.file or last != known.history.last or self._opened != self.database.opened:
                history, self._opened = self._followed(connection, name), self.database.opened
                if history is not known.history:
                    return self._renewed(name, history)
            if known.until and known.until <= self.clock():
                return self._renewed(name, known.history)
            return known

    def _followed(self, connection: sqlite3.Connection, name: str) -> History:
        """What is known with what is newer in the file; all anew where that does not begin with what is known."""
        known = self._snapshot.history
        if self._snapshot.file != name or not known.is_of(events.after(connection, known.last - 1)):
            known = History()
        newer = list(events.after(connection, known.last))
        return known.followed_by(newer) if newer or not known.last else known

    def at_hand(self) -> Snapshot:
        """What stands now; where the file cannot be used, what stood when it last could, so that readers are served."""
        try:
            return self.current()
        except Exception as error:  # noqa: BLE001 (whatever stands in the file, readers get their answers)
            why = error.what if isinstance(error, DecisionsUnavailable) else type(error).__name__
            log.error("decisions as they last were: %s", why)  # noqa: TRY400 (a traceback may hold a note)
        return self._snapshot

    def _renewed(self, name: str, history: History) -> Snapshot:
        self._snapshot = Snapshot(name, history, self.clock())
        return self._snapshot

    def add(self, new: Sequence[Event], seen: Mapping[Subject, int] | None = None) -> list[Event]:
        """Keep some events as one action, all or none; they are on the disk when this returns.

        `seen` is the last event on each pair or card that the editor was shown. Raises DecidedMeanwhile where there is
        a newer one, DecisionRefused for what cannot be, DecisionsUnavailable.
        """
        with self.database.writing() as connection:
            name, _ = _newest(connection, self.database.path)
            history = self._followed(connection, name).followed_by(())
            for subject, last in (seen or {}).items():
                _unchanged(history, subject, last)
            kept: list[Event] = []
            for event in new:
                check(history, event)
                dated = event._replace(at=self.clock().isoformat(timespec="seconds"))
                if kept:
                    dated = dated._replace(batch=kept[0].id)
                kept.append(dated._replace(id=events.add(connection, dated)))
                history.take(kept[-1])
        return kept


def _newest(connection: sqlite3.Connection, path: Path) -> tuple[str, int]:
    """The name of the file, and the id of its newest event. Raises DecisionsUnavailable for a file without a name."""
    row = connection.execute("SELECT name, (SELECT max(id) FROM event) FROM file").fetchone()
    if row is None:
        raise DecisionsUnavailable("the file of decisions has lost its name", str(path), "restore it from a backup")
    return row[0], row[1] or 0


def _unchanged(history: History, subject: Subject, last: int) -> None:
    standing = history.standing(subject)
    if standing.last == last:
        return
    if not standing.last:
        raise DecidedMeanwhile("the page shows another history", f"{subject.a} and {subject.b}", "open it again")
    event = history.of(subject)[-1]
    what = f"{event.editor} decided this at {event.at}: {event.action}"
    where, remedy = f"{subject.a} and {subject.b}", "look at it again, then decide"
    raise DecidedMeanwhile(what, where, remedy, code="decided-meanwhile", event=event.id)


def check(history: History, event: Event) -> None:
    """Whether an event may follow a history. Raises DecisionRefused."""
    if event.action not in events.ACTIONS:
        raise DecisionRefused(f"no such action: {event.action[:20]!r}", "action", f"give {', '.join(events.ACTIONS)}")
    if len(event.note) > MOST_NOTE:
        raise DecisionRefused(f"a note of {len(event.note):,} characters", "note", f"write at most {MOST_NOTE}")
    said = f"{event.editor}{event.a}{event.b}{event.note}"
    if "\x00" in said or said.encode("utf-8", "replace").decode() != said:
        raise DecisionRefused("a character that is none", "a, b or note", "leave it out")
    if len(history.of(history.subject(event))) >= _MOST_EVENTS:
        what = f"{_MOST_EVENTS} events on this pair or card already"
        raise DecisionRefused(what, f"{event.a} and {event.b}", "leave it as it stands, and talk about it")
    if event.action == "undo":
        _check_undo(history, event)
    elif event.a == event.b:
        raise DecisionRefused("a question and itself", "b", "name two different ones")
    elif event.action == "pin" and history.standing(of_card(events.EVERYWHERE, event.b)).holds:
        what = f"{event.b} is excluded from every panel, so no page would show it"
        raise DecisionRefused(what, "b", "undo that first")
    else:
        _check_verdict(history, event)


def _check_verdict(history: History, event: Event) -> None:
    """No duplicates in a circle; and a pair of which one leads to the other by others between is one question until one
    of these is undone.
    """
    pair = of_pair(event.a, event.b)
    if event.action == "duplicate" and event.a in history.reached(event.b, without=pair):
        what = f"{event.b} is a duplicate of {event.a} already, by one step or more"
        raise DecisionRefused(what, "b", "undo that first, or point the other way")
    if event.action == "duplicate":
        _check_groups(history, event)
    if event.action in CARDS or event.action == "duplicate":
        return
    common = history.reached(event.a, without=pair) & history.reached(event.b, without=pair)
    if common:
        what = f"both lead to {min(common)} as duplicates by others between, so they are one question"
        raise DecisionRefused(what, "b", "undo one of these first")


def _check_groups(history: History, event: Event) -> None:
    """A duplicate joins two groups, unless it names a further target; none of the one may have been told apart from one
    of the other.
    """
    if set(history.targets(event.a)) - {event.b}:
        return
    own = event.subject
    joined = {history.root(event.a, own), history.root(event.b, own)}
    for a, b in history.apart() if len(joined) > 1 else ():
        if of_pair(a, b) != own and {history.root(a, own), history.root(b, own)} == joined:
            what = f"{a} and {b}, which would be one by this, were judged not to be duplicates"
            raise DecisionRefused(what, "b", "undo that first")


def _check_undo(history: History, event: Event) -> None:
    undone = history.get(event.undoes or 0)
    if undone is None:
        raise DecisionRefused(f"there is no event {event.undoes}", "undoes", "see the history")
    if not history.active(undone):
        raise DecisionRefused("it was undone already", f"event {undone.id}", "see the history")
    newer = history.built_on(undone)
    if newer is not None:
        what = f"{newer.editor} decided anew at {newer.at}: {newer.action}"
        raise DecisionRefused(what, f"event {newer.id}", "undo that first")
    after = history.after_undo(undone)
    if after is not None:
        _check_verdict(history, after)

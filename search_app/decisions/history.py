"""What stands now, derived from the events: the last one on each pair or card that was not undone."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from indexer.decisions import Decided, Decisions, Verdict
from search_app.decisions.events import VERDICTS, WAITS, Event, Subject, of_pair

# After so long a pair that was put off is asked about again.
LATER = timedelta(days=7)
# So many reversals make a pair a contested one.
_CONTESTED = 2


class Standing(NamedTuple):
    """How a pair or card stands: the event that holds (None: nothing does), how often it was reversed, the id of the
    last event on it, 0 where there is none, and of the one since which the same holds.
    """

    holds: Event | None
    reversals: int
    last: int
    since: int

    @property
    def is_contested(self) -> bool:
        """Whether editors went back and forth about it."""
        return self.reversals >= _CONTESTED


_NONE = Standing(None, 0, 0, 0)


class History:
    """All events up to one. Who shares a history does not change it; `followed_by` makes a longer one."""

    def __init__(self) -> None:
        self._events: dict[int, Event] = {}
        self._about: dict[int, Subject] = {}
        self._subjects: dict[Subject, tuple[Event, ...]] = {}
        self._standing: dict[Subject, Standing] = {}
        # By duplicate the questions that it points to, each with the event that says so.
        self._targets: dict[str, dict[str, Event]] = {}
        self.digest = ""
        """What tells this history from every other: of all events, each after the ones before."""

    def followed_by(self, new: Iterable[Event]) -> History:
        """This history with newer events."""
        longer = copy.copy(self)
        for name in ("_events", "_about", "_subjects", "_standing", "_targets"):
            setattr(longer, name, dict(getattr(self, name)))
        for event in new:
            longer.take(event)
        return longer

    def take(self, event: Event) -> None:
        """Take the next event; for who shares this history with nobody."""
        subject = self.subject(event)
        before = self._standing.get(subject, _NONE).holds
        self.digest = hashlib.blake2b(f"{self.digest}{event!r}".encode(), digest_size=12).hexdigest()
        self._events[event.id], self._about[event.id] = event, subject
        self._subjects[subject] = (*self._subjects.get(subject, ()), event)
        self._standing[subject] = _standing(self._subjects[subject])
        after = self._standing[subject].holds
        if before and before.action == "duplicate" and not (after and _same(before, after)):
            self._targets[before.a] = {b: e for b, e in self._targets[before.a].items() if b != before.b}
        if after and after.action == "duplicate":
            self._targets[after.a] = {**self._targets.get(after.a, {}), after.b: after}

    @property
    def last(self) -> int:
        """The id of the newest event, 0 where there is none."""
        return next(reversed(self._events), 0)

    def __iter__(self) -> Iterator[Event]:
        """All events, in order."""
        return iter(self._events.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._events)

    def get(self, id_: int) -> Event | None:
        """An event by its id."""
        return self._events.get(id_)

    def about(self, event: Event) -> Subject:
        """What an event is about."""
        return self._about[event.id]

    def of(self, subject: Subject) -> tuple[Event, ...]:
        """The events on a pair or card, in order."""
        return self._subjects.get(subject, ())

    def standing(self, subject: Subject) -> Standing:
        """How a pair or card stands."""
        return self._standing.get(subject, _NONE)

    def pair(self, a: str, b: str) -> Standing:
        """How two questions stand."""
        return self.standing(of_pair(a, b))

    def __reversed__(self) -> Iterator[Event]:
        """All events, the newest first."""
        return reversed(self._events.values())

    def held(self, *, cards: bool = False) -> Iterator[Event]:
        """What holds on each pair, or on each card, in the order of the first events on them."""
        return (own.holds for subject, own in self._standing.items() if own.holds and subject.is_card == cards)

    def contested(self) -> int:
        """How many pairs editors went back and forth about."""
        pairs = (standing for subject, standing in self._standing.items() if not subject.is_card)
        return sum(standing.is_contested for standing in pairs)

    def undone(self, event: Event) -> Event:
        """What an undo undid, or, of an undo of an undo, did again; of anything else itself."""
        while event.undoes is not None:
            event = self._events[event.undoes]
        return event

    def again(self, event: Event) -> bool:
        """Whether an event is an undo of an undo, which did again what that had undone."""
        undone = self._events.get(event.undoes or 0)
        return undone is not None and undone.undoes is not None and not self.again(undone)

    def active(self, event: Event) -> bool:
        """Whether an event was not undone."""
        return event in _active(self.of(self.about(event)))

    def built_on(self, event: Event) -> Event | None:
        """The newest event on the same that holds beside an event, and so keeps it from being undone."""
        newer = [e for e in _holding(self.of(self.about(event))) if e.id > event.id]
        return newer[-1] if newer else None

    def is_of(self, newest: Iterable[Event]) -> bool:
        """Whether the first of some events is the newest here; a history of none is of any."""
        return not self._events or next(iter(newest), None) == self._events[self.last]

    def after_undo(self, event: Event) -> Event | None:
        """What would hold on the same once an event is undone; None where nothing would, or what holds now."""
        own = self.of(self.about(event))
        holds = _standing((*own, event._replace(id=self.last + 1, action="undo", undoes=event.id))).holds
        return None if holds == self.standing(self.about(event)).holds else holds

    def before(self, event: Event) -> Event | None:
        """What held on the same when an event came, None for nothing."""
        earlier = tuple(e for e in self.of(self.about(event)) if e.id < event.id)
        return _standing(earlier).holds if earlier else None

    def subject(self, event: Event) -> Subject:
        """What an event is about that is not part of this history yet."""
        undone = self._events.get(event.undoes or 0)
        return self._about[undone.id] if undone else event.subject

    def targets(self, id_: str) -> list[str]:
        """The questions to which a duplicate points, as they were named."""
        return list(self._targets.get(id_, ()))

    def root(self, id_: str, without: Subject) -> str:
        """Where the chain of first targets of a question ends, a pair left out."""
        seen = {id_}
        while steps := [b for b, event in self._targets.get(id_, {}).items() if event.subject != without]:
            if steps[0] in seen:
                break
            id_ = steps[0]
            seen.add(id_)
        return id_

    def apart(self) -> Iterator[tuple[str, str]]:
        """The pairs that stand as no duplicates."""
        return ((event.a, event.b) for event in self.held() if event.action == "different")

    def reached(self, start: str, without: Subject) -> set[str]:
        """A question and all to which it leads as a duplicate, by steps, a pair left out."""
        seen, waiting = {start}, [start]
        while waiting:
            steps = self._targets.get(waiting.pop(), {}).items()
            new = [b for b, event in steps if b not in seen and event.subject != without]
            seen.update(new)
            waiting += new
        return seen

    def decisions(self, now: datetime) -> Decisions:
        """What stands, as an index is given it."""
        pairs: list[tuple[int, Decided]] = []
        waiting: set[tuple[str, str]] = set()
        pins: dict[str, list[tuple[int, str]]] = {}
        excluded: dict[str, set[str]] = {}
        for subject, (event, _, _, since) in self._standing.items():
            if event is None:
                continue
            if event.action in VERDICTS:
                said = (event.a_wording or 0, event.b_wording or 0)
                pairs.append((since, Decided(Verdict(event.action), event.a, event.b, said)))
            elif event.action in WAITS and not is_over(event, now):
                waiting.add((subject.a, subject.b))
            elif event.action == "pin":
                pins.setdefault(event.a, []).append((event.id, event.b))
            elif event.action == "exclude":
                excluded.setdefault(event.a, set()).add(event.b)
        return Decisions(
            pairs=tuple(pair for _, pair in sorted(pairs)),
            waiting=frozenset(waiting),
            pins={page: tuple(card for _, card in sorted(cards)) for page, cards in pins.items()},
            excluded={page: frozenset(cards) for page, cards in excluded.items()},
        )

    def next_return(self, now: datetime) -> datetime | None:
        """When the next pair that was put off is asked about again."""
        return min((returns(e) for e in self.held() if e.action == "later" and not is_over(e, now)), default=None)


def returns(event: Event) -> datetime:
    """When a pair that was put off is asked about again."""
    return moment(event.at) + LATER


def moment(at: str) -> datetime:
    """A moment as events hold it."""
    return datetime.fromisoformat(at).astimezone(UTC)


def is_over(event: Event, now: datetime) -> bool:
    """Whether a pair was put off, and its time has come."""
    return event.action == "later" and returns(event) <= now


def _active(events: Iterable[Event]) -> list[Event]:
    """The events that were not undone, in order; an undo that was undone itself undoes nothing."""
    undone: set[int] = set()
    found = []
    for event in reversed(tuple(events)):
        if event.id not in undone:
            found.append(event)
            if event.undoes is not None:
                undone.add(event.undoes)
    return found[::-1]


def _holding(events: Iterable[Event]) -> list[Event]:
    """What editors said and nobody undid, in order: the last of it holds."""
    return [event for event in _active(events) if event.action != "undo"]


def _same(one: Event, other: Event) -> bool:
    return (one.action, one.a, one.b) == (other.action, other.a, other.b)


def _standing(events: tuple[Event, ...]) -> Standing:
    holding = _holding(events)
    run = list(takewhile(lambda event: _same(event, holding[-1]), reversed(holding)))
    return Standing(run[0] if run else None, _reversals(events), events[-1].id, run[-1].id if run else 0)


def _reversals(events: tuple[Event, ...]) -> int:
    """How often what stands was turned into something else: another verdict, or none by another editor's undo. Who
    takes something of their own back reversed nothing, and to wait is no verdict.
    """
    by_id = {event.id: event for event in events}
    said: str | None = None
    found = 0
    for place, event in enumerate(events, 1):
        holding = _holding(events[:place])
        now = holding[-1].action if holding else ""
        if now in WAITS:
            continue
        if event.undoes is not None and by_id[event.undoes].editor == event.editor:
            said = now or None
        else:
            found += said is not None and now != said
            said = now if now or said is not None else None
    return found

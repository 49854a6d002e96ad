"""Two questions side by side, and what an editor decides of them: five verdicts, undo, and on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from corpus import Question
from indexer import DocumentNotFound, Filter, RequestRefused, SearchError
from search_app.decisions.events import MOST_NOTE, VERDICTS, WAITS, Event, of_pair
from search_app.decisions.history import History
from search_app.decisions.ledger import check
from search_app.decisions.refusals import DecidedMeanwhile, DecisionRefused
from search_app.desk.bulk import twins
from search_app.desk.guard import bp, editor, inside
from search_app.desk.queue import asked, kept, to_ask
from search_app.desk.recent import id_in, in_words, just_done, last_own, number_in
from search_app.outside import outside
from search_app.services import index, ledger, renewed, served

_ARTICLES = 3
_MOST_BESIDE = 6
_MOST_ID = 400
# So many kinds of words that decide stand above the texts; what differs besides is folded.
_MOST_DIFFERENT = 4


@bp.get("/pair")
def pair() -> str:
    """Two questions beside each other. Query: a (the one to keep), b, and the filters of the queue."""
    a, b = (_question(request.args, name) for name in ("a", "b"))
    if a.id == b.id:
        raise RequestRefused("a and b are one question", "b", "give the ids of two different questions")
    return _page(a, b)


def _page(a: Question, b: Question, refused: SearchError | None = None) -> str:
    """The page of a pair; with what was typed once more where a verdict was refused."""
    history = ledger().current().history if refused else served().snapshot.history
    beside = index().side_by_side(a.id, b.id)
    asks = to_ask(asked(request.values))
    at = asks.index((a.id, b.id)) if (a.id, b.id) in asks else None
    standing, events = history.pair(a.id, b.id), history.of(of_pair(a.id, b.id))
    holds = standing.holds
    suggested = beside.keep if at is None else a.id  # the queue names first which question of a cluster to keep
    keep = holds.b if holds and holds.action == "duplicate" else suggested
    blind = request.values.get("blind") == "1"
    return render_template(
        "desk/pair.html",
        pair=beside.pair,
        sides=(("A", a, beside.a), ("B", b, beside.b)),
        keep=request.form.get("keep", keep),
        suggested=suggested,
        # What was not shown because a verdict was refused is not taken as seen.
        seen=request.form["seen"] if refused and not isinstance(refused, DecidedMeanwhile) else standing.last,
        standing=standing,
        decided=index().settled.is_decided(a.id, b.id),
        events=[_row(history, event) for event in reversed(events)],
        more=_beside(asks, a.id, b.id),
        group=[(name, len(index().settled.others(one.id)), twins(one.id)) for name, one in (("A", a), ("B", b))],
        place=None if at is None else (at + 1, len(asks)),
        before=_address(asks[at - 1]) if at else None,
        # What is settled is not in the queue any more: from there one goes on to its first pair.
        after=next(map(_address, asks[0 if at is None else at + 1 :]), None),
        articles=index().related(a.id, where=Filter(kind="article"), limit=_ARTICLES).cards,
        told=just_done(),
        last=last_own(),
        kept=kept(),
        blind=blind,
        refused=refused,
        meanwhile=_meanwhile(refused),
        why=request.form.get("why", ""),
        target=request.form.get("target", ""),
        most_note=MOST_NOTE,
        most_different=_MOST_DIFFERENT,
        other_blind=_address((a.id, b.id), blind=None if blind else "1"),
    )


def _row(history: History, event: Event) -> tuple[Event, bool, Event | None, Event | None, bool]:
    """An event, whether it was not undone, what came after, what stood before, and whether it did something again."""
    return event, history.active(event), history.built_on(event), history.before(event), history.again(event)


def _meanwhile(refused: SearchError | None) -> dict[str, Any] | None:
    """What another editor decided first, where that is why a verdict was refused."""
    if not isinstance(refused, DecidedMeanwhile):
        return None
    event = ledger().current().history.get(number_in(str(refused.parameters.get("event", ""))))
    return in_words(event) if event else None


def _beside(asks: Sequence[tuple[str, str]], a: str, b: str) -> list[tuple[str, str]]:
    """What else is asked about the first question: the address and title of some."""
    others = [other for one, other in asks if one == a and other != b]
    known = index().known(others[:_MOST_BESIDE])
    found = [(_address((a, id_)), document.title) for id_, document in known.items()]
    return found + ([("", f"{len(others) - len(found)} more")] if len(others) > len(found) else [])


@bp.post("/pair")
def decide() -> Response | tuple[str, int]:
    """A verdict on a pair, then the next pair. Form: a, b, keep, verdict, target, why, seen, filters of the queue."""
    form = request.form
    a, b = (_question(form, name) for name in ("a", "b"))
    verdict = form.get("verdict", "")
    if verdict not in (*VERDICTS, *WAITS):
        raise RequestRefused(f"verdict is {verdict[:20]!r}", "verdict", f"give one of {', '.join((*VERDICTS, *WAITS))}")
    asks = to_ask(asked(form))
    try:
        one, other = _named(form, a, b, verdict)
        event = event_of(verdict, one, other, editor().editor, form.get("why", ""))
        seen = form.get("seen", "0")
        shown = {of_pair(a.id, b.id): number_in(seen) or (0 if seen == "0" else -1)}
        # What stands on a pair that the page did not show is not overwritten.
        other_pair = ledger().current().history.standing(event.subject)
        (done,) = ledger().add([event], {event.subject: 0 if other_pair.holds else other_pair.last} | shown)
    except (DecisionRefused, DocumentNotFound, RequestRefused) as error:
        return _page(a, b, error), outside(error).http
    return redirect(_next(asks, (a.id, b.id), done))


@bp.post("/undo")
def undo() -> Response:
    """Take an action back, all events of it that can be; back to where it was. Form: event, back."""
    history = ledger().current().history
    known = history.get(number_in(request.form.get("event", "")))
    if known is None:
        raise RequestRefused("there is no such event", "event", "see the history")
    of_action = [event for event in history if known.id in (event.id, event.batch)]
    free, after = [], history.followed_by(())
    for event in of_action:
        new = Event(after.last + 1, "", editor().editor, "undo", event.a, event.b, undoes=event.id)
        with suppress(DecisionRefused):
            check(after, new)
            after.take(new)
            free.append(new._replace(id=0))
    # Where nothing can be, the reason is told.
    done = ledger().add(free or [Event(0, "", editor().editor, "undo", known.a, known.b, undoes=known.id)])
    left = len(of_action) - len(free) or None
    if back := request.form.get("back", ""):
        joint = "&" if "?" in back else "?"
        return redirect(inside(f"{back}{joint}told={done[0].id}" + (f"&left={left}" if left else "")))
    if len(of_action) == 1 and not history.about(known).is_card:
        pair = (known.b, known.a) if known.action == "duplicate" else (known.a, known.b)
        asks = to_ask(asked(request.form))
        return redirect(_address(pair[::-1] if pair[::-1] in asks else pair, told=done[0].id))
    return redirect(url_for("desk.records", told=done[0].id, left=left))


def event_of(verdict: str, one: str, other: str, by: str, note: str) -> Event:
    """The event of a verdict on two questions as they are now, with what the program thinks of them.

    Raises DocumentNotFound.
    """
    pair = index().side_by_side(one, other).pair
    a_wording, b_wording = index().wordings([one, other])
    return Event(
        0, "", by, verdict, one, other, a_wording, b_wording, pair.score, pair.band and pair.band.value, note.strip()
    )


def _named(form: MultiDict[str, str], a: Question, b: Question, verdict: str) -> tuple[str, str]:
    """The two questions of a verdict: of a duplicate that which points and that to which it does, which is the one that
    is kept, or another that the editor named by its id or address.
    """
    if verdict != "duplicate":
        return a.id, b.id
    keep = form.get("keep", a.id)
    if keep not in (a.id, b.id):
        raise RequestRefused("keep is neither of the two", "keep", "give the id of one of them")
    points = b.id if keep == a.id else a.id
    target = form.get("target", "").strip()
    return points, (_question({"target": id_in(target)}, "target").id if target else keep)


def _next(asks: Sequence[tuple[str, str]], at: tuple[str, str], done: Event) -> str:
    """The address of the pair that follows in the queue and is still asked about; at its end the first, and without any
    the queue.
    """
    wanted, place = asked(request.form), asks.index(at) + 1 if at in asks else 0
    following = [asks[n % len(asks)] for n in range(place, place + len(asks))]
    settled = renewed().index.settled
    if wanted.state == "open":
        still = ((settled.kept(a), settled.kept(b)) for a, b in following if not settled.is_decided(a, b))
    else:
        still = (tie for tie in following if tie != at)
    chosen = next(still, None)
    if chosen is None:
        return url_for("desk.queue", **kept(told=done.id, page=None))  # type: ignore[arg-type]
    return _address(chosen, told=done.id)


def _address(tie: tuple[str, str], **changes: str | int | None) -> str:
    return url_for("desk.pair", a=tie[0], b=tie[1], **kept(**changes))  # type: ignore[arg-type]


def _question(args: Any, name: str) -> Question:
    """The question that an address or a form names. Raises RequestRefused without an id or for an article."""
    id_ = args.get(name, "").strip()
    if not id_ or len(id_) > _MOST_ID:
        raise RequestRefused(f"{name} is missing", name, "give the ids of two questions as a and b")
    document = index().get(id_)
    if not isinstance(document, Question):
        raise RequestRefused(f"{name} is an article", name, "give the ids of two questions")
    return document

"""Reports: how right the program is by the verdicts, how the work goes, what is asked most, what readers object to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import render_template

from corpus import Article, Document
from indexer import Filter, evaluation
from indexer.duplicates import ClusterRequest
from search_app.decisions.events import VERDICTS, Event
from search_app.decisions.history import History, moment
from search_app.decisions.labels import judged_scores
from search_app.desk import charts
from search_app.desk.comments import Remark, remarks
from search_app.desk.guard import bp
from search_app.desk.queue import READ
from search_app.present import day
from search_app.services import index, ledger, served

_WEEK = timedelta(days=7)
_WEEKS = 12
_MOST = 10


class Week(NamedTuple):
    """A week: the day on which it began, how many clusters were open at its end, what was settled and undone in it."""

    monday: str
    open: int
    settled: int
    undone: int


@bp.get("/reports")
def reports() -> str:
    """Tables, each with its chart, drawn here."""
    history = served().snapshot.history
    scores = judged_scores(history)
    bands, classes = evaluation.by_band(scores), evaluation.by_score(scores)
    weeks: list[Week] = served().once(_all_weeks)["weeks"]  # type: ignore[assignment]
    open_now = index().clusters(ClusterRequest(bands=READ), size=1)
    found: list[Remark] = served().opened.once(_remarks)["remarks"]  # type: ignore[assignment]
    backlog = [(week.monday, week.open) for week in weeks]
    verdicts = [(week.monday, week.settled) for week in weeks]
    return render_template(
        "desk/reports.html",
        judged=len(scores),
        bands=bands,
        classes=classes,
        band_charts=[charts.shares(bands, width) for width in (charts.NARROW, charts.BROAD)],
        score_charts=[charts.shares(classes, width) for width in (charts.NARROW, charts.BROAD)],
        weeks=weeks,
        backlog_charts=[charts.line(backlog, width) for width in (charts.NARROW, charts.BROAD)],
        verdict_charts=[charts.line(verdicts, width) for width in (charts.NARROW, charts.BROAD)],
        contested=history.contested(),
        repeated=_repeated(),
        specialties=list(open_now.specialties.items())[:_MOST],
        sites=list(open_now.sites.items())[:_MOST],
        open=open_now.total,
        remarks=found,
    )


def _remarks() -> dict[str, object]:
    """What readers object to or ask under the articles of a generation."""
    articles = (d for d in index().documents(Filter(kind="article")) if isinstance(d, Article))
    return {"remarks": list(remarks(articles))}


def _all_weeks() -> dict[str, object]:
    """The last weeks; made once for what is decided."""
    return {"weeks": _weeks(served().snapshot.history, ledger().clock())}


def _weeks(history: History, now: datetime) -> list[Week]:
    """The last weeks, the first first: had the verdicts been those of its end, so much of today's index was open."""
    this = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    found, events, then = [], list(history), History()
    first = moment(events[0].at) if events else now
    for back in range(_WEEKS - 1, -1, -1):
        monday = this - back * _WEEK
        end = min(monday + _WEEK, now)
        if end <= first and back:
            continue
        # By their numbers: a clock may have been set back, and an undo follows what it undoes.
        reached = max((event.id for event in events if moment(event.at) < end), default=0)
        own = [event for event in events if then.last < event.id <= reached]
        for event in own:
            then.take(event)
        own = [event for event in own if moment(event.at) >= monday]
        total = index().deciding(then.decisions(end)).clusters(ClusterRequest(bands=READ), size=1).total
        settled = sum(event.action in VERDICTS for event in own)
        undone = sum(bool(event.undoes) and not _is_redo(history, event) for event in own)
        found.append(Week(day(monday.date()), total, settled, undone))
    return found


def _is_redo(history: History, event: Event) -> bool:
    """Whether an undo undoes an undo."""
    undone = history.get(event.undoes or 0)
    return undone is not None and undone.undoes is not None


def _repeated() -> list[tuple[Document, int]]:
    """The questions that are kept for most duplicates."""
    settled = index().settled
    kept = sorted(set(settled.instead.values()), key=lambda id_: (-len(settled.others(id_)), id_))[:_MOST]
    known: dict[str, Any] = index().known(kept)
    return [(known[id_], len(settled.others(id_))) for id_ in kept]

"""The queue: clusters that may be one question, in the order of what saves readers most, and what became of others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus import Question
from indexer import Band, Filter, RequestRefused
from indexer.duplicates import Cluster, ClusterRequest, ClusterSort
from search_app.decisions.events import MOST_NOTE, VERDICTS, Event
from search_app.decisions.history import is_over, moment
from search_app.decisions.labels import settled
from search_app.desk.guard import bp
from search_app.desk.recent import here, in_words, just_done, last_own
from search_app.pages import Choice
from search_app.present import band_name
from search_app.requests import band_of, number_of
from search_app.services import index, ledger, served

SIZE = 25
# So many of a cluster's other questions are named; a template may have hundreds.
_MOST_NAMED = 12
# What the links of the queue, and of the pairs in it, carry on.
KEPT = ("band", "specialty", "site", "q", "sort", "state", "blind", "page")
# What is read; what is the same word for word is merged in bulk.
READ = (Band.VERY_LIKELY, Band.POSSIBLE)
SORTS = {
    ClusterSort.SEEN: "Surer band, then most pages",
    ClusterSort.SUREST: "Surest first",
    ClusterSort.LARGEST: "Largest first",
    ClusterSort.OLDEST: "Waiting longest first",
}
STATES = {
    "open": "Open",
    "unsure": "Second editor",
    "later": "Later",
    "contested": "Contested",
    "settled": "Settled",
    "dismissed": "Related or different",
    "lapsed": "Text changed",
}


class Asked(NamedTuple):
    """What the address of the queue asks for."""

    state: str
    request: ClusterRequest


def asked(args: Mapping[str, str]) -> Asked:
    """The filters and the order of an address. Raises RequestRefused for what is none."""
    state, sort = args.get("state") or "open", args.get("sort") or ClusterSort.SEEN
    if state not in STATES:
        raise RequestRefused(f"state is {state[:20]!r}", "state", f"give one of {', '.join(STATES)}")
    if sort not in set(ClusterSort):
        raise RequestRefused(f"sort is {sort[:20]!r}", "sort", f"give one of {', '.join(ClusterSort)}")
    band = None if args.get("band") == "all" else band_of(args)
    bands: Sequence[Band] = tuple(Band) if args.get("band") == "all" else (band,) if band else READ
    where = Filter(specialty=args.get("specialty") or None)
    text = args.get("q", "").strip()[:200]
    return Asked(
        state, ClusterRequest(where=where, bands=bands, site=args.get("site", ""), text=text, sort=ClusterSort(sort))
    )


@bp.get("")
def queue() -> str | Response:
    """A page of the queue. Query: state, band, specialty, site, q, sort, page."""
    wanted, page = asked(request.args), number_of(request.args, "page", 1)
    found = index().clusters(wanted.request, page=page, size=SIZE)
    decided = _by_state(wanted.request)
    total = found.total
    if wanted.state == "open":
        if found.total and page > found.pages:
            return redirect(address(page=found.pages))
        rows = [_row(cluster) for cluster in found.clusters]
    else:
        events = decided[wanted.state]
        total = len(events)
        if events and (page - 1) * SIZE >= total:
            return redirect(address(page=-(-total // SIZE)))
        rows = [in_words(event) for event in events[(page - 1) * SIZE : page * SIZE]]
    return render_template(
        "desk/queue.html",
        asked=wanted,
        found=found,
        rows=rows,
        digest=digest_of(found.clusters),
        most_note=MOST_NOTE,
        total=total,
        first=(page - 1) * SIZE + 1,
        page=page,
        pages=-(-total // SIZE),
        everything=found.total or index().duplicates(size=1).total,
        choices=_choices(found.bands, found.specialties, found.sites),
        states=_states(wanted.state, found.total, decided),
        progress=None if filtered(request.args) else _progress(),
        same=index().clusters(ClusterRequest(bands=(Band.SAME,)), size=1).total,
        sorts=[(sort.value, name, sort is wanted.request.sort) for sort, name in SORTS.items()],
        info=index().info,
        kept=kept(),
        told=just_done(),
        last=last_own(),
        here=here(),
        other_blind=address(blind=None if request.args.get("blind") == "1" else "1"),
        address=address,
        to_page=lambda n: address(page=n),
    )


def filtered(args: Mapping[str, str]) -> bool:
    """Whether an address leaves some of the queue out."""
    return any(args.get(name) for name in ("band", "specialty", "site", "q"))


def address(**changes: str | int | None) -> str:
    """The address of the queue as it is, with some parameters changed; the page begins at 1 unless it is given."""
    return url_for("desk.queue", **kept(**{"page": None, **changes}))  # type: ignore[arg-type]


def kept(**changes: str | int | None) -> dict[str, str | int]:
    """The parameters of the queue as they are, in an address or a form, with some changed."""
    values: dict[str, str | int | None] = {name: request.values.get(name) for name in KEPT}
    values.update(changes)
    return {name: value for name, value in values.items() if value}


def digest_of(clusters: Sequence[Cluster]) -> str:
    """What tells a page of clusters from another: what is asked in them, and what was last decided of each two."""
    history = served().snapshot.history
    shown = [(cluster.canonical, cluster.members, index().wordings(cluster.members)) for cluster in clusters]
    decided = [history.pair(*tie).last for cluster in clusters for tie in ties_of(cluster)]
    return hashlib.sha256(repr((shown, decided)).encode()).hexdigest()[:32]


def ties_of(cluster: Cluster) -> list[tuple[str, str]]:
    """The question of a cluster to keep with each other one."""
    return [(cluster.canonical, id_) for id_ in cluster.members if id_ != cluster.canonical]


def is_read_in_list(cluster: Cluster) -> bool:
    """Whether all that tells of a cluster stands in its row: it is very likely one question, nothing that decides
    differs, every member is named and no pair has a past.
    """
    few = len(cluster.members) <= _MOST_NAMED + 1
    return cluster.band is Band.VERY_LIKELY and few and not _kinds(cluster) and not _flags(cluster)


def _kinds(cluster: Cluster) -> dict[str, None]:
    """The kinds of words that decide in which questions of a cluster differ."""
    return dict.fromkeys(differs.kind for pair in cluster.pairs for differs in pair.differs if differs.decides)


def _flags(cluster: Cluster) -> dict[str, None]:
    """What an editor should know of what was decided on the pairs of a cluster before."""
    history, now = served().snapshot.history, ledger().clock()
    flags = []
    for tie in ties_of(cluster):
        standing = history.pair(*tie)
        flags += ["contested"] if standing.is_contested else []
        if standing.holds and is_over(standing.holds, now):
            flags.append("put off until now")
        elif standing.holds and standing.holds.action in VERDICTS:
            flags.append("text changed since it was settled")
    return dict.fromkeys(flags)


def _row(cluster: Cluster) -> dict[str, Any]:
    """A cluster as the queue shows it."""
    others = [id_ for _, id_ in ties_of(cluster)]
    named = [index().get(id_) for id_ in (cluster.canonical, *others[:_MOST_NAMED])]
    keep, *rest = (document for document in named if isinstance(document, Question))
    return {
        "cluster": cluster,
        "keep": keep,
        "others": rest,
        "unnamed": len(others) - len(rest),
        "kinds": _kinds(cluster),
        "settles": is_read_in_list(cluster),
        "flags": _flags(cluster),
        "days": (ledger().clock().date() - cluster.since).days if cluster.since else None,
    }


def to_ask(wanted: Asked) -> list[tuple[str, str]]:
    """The pairs of the queue in its order, each with the question to keep first; of another state than the open one
    those that are in it.
    """
    if wanted.state == "open":
        return index().ties(wanted.request)
    events = _by_state(wanted.request)[wanted.state]
    there = index().told({id_ for event in events for id_ in (event.a, event.b)})
    pairs = ((e.b, e.a) if e.action == "duplicate" else (e.a, e.b) for e in events)
    return [pair for pair in pairs if pair[0] in there and pair[1] in there]


def decisions_on(wanted: Asked) -> list[Event]:
    """The decisions that pass the filters: those of a state, the newest first, or with the open pairs all."""
    if wanted.state != "open":
        return _by_state(wanted.request)[wanted.state]
    return _passing(list(served().snapshot.history.held()), wanted.request)


def _by_state(wanted: ClusterRequest) -> dict[str, list[Event]]:
    """By state the pairs that are in it and pass the filters, by the event that put them there, the newest first."""
    history, now = served().snapshot.history, ledger().clock()
    lapsed = {(pair.decided.a, pair.decided.b) for pair in index().settled.lapsed()}
    found: dict[str, list[Event]] = {state: [] for state in STATES if state != "open"}
    for event in _passing([event for event in history.held() if not is_over(event, now)], wanted):
        own = {"unsure": "unsure", "later": "later", "duplicate": "settled"}.get(event.action, "dismissed")
        found[own].append(event)
        if history.pair(event.a, event.b).is_contested:
            found["contested"].append(event)
        if (event.a, event.b) in lapsed:
            found["lapsed"].append(event)
    return {state: sorted(events, key=lambda event: -event.id) for state, events in found.items()}


def _passing(events: Sequence[Event], wanted: ClusterRequest) -> list[Event]:
    """The events on pairs that pass the filters of the queue, by the band that was chosen and either question."""
    if len(wanted.bands) == 1:
        events = [event for event in events if event.band in wanted.bands]
    if not (wanted.text or wanted.site or wanted.where.specialty):
        return list(events)
    text, told = wanted.text.casefold(), index().told({id_ for event in events for id_ in (event.a, event.b)})
    passing = {
        id_
        for id_, of in told.items()
        if (text in of.title.casefold() or text in id_.casefold())
        and wanted.site in ("", of.site)
        and wanted.where.specialty in (None, of.specialty)
    }
    return [event for event in events if event.a in passing or event.b in passing]


def _progress() -> dict[str, int]:
    """How many pairs are settled, today and in all."""
    today = ledger().clock().date()
    days = [moment(event.at).date() for event in settled(served().snapshot.history)]
    return {"settled": len(days), "today": days.count(today)}


def _states(state: str, total: int, decided: Mapping[str, Sequence[Event]]) -> list[Choice]:
    """The states as links, with how many are in each."""
    counts = {"open": total} | {name: len(events) for name, events in decided.items()}
    return [
        Choice(title, counts[name], address(state=None if name == "open" else name), name == state)
        for name, title in STATES.items()
    ]


def _choices(
    bands: Mapping[str, int], specialties: Mapping[str, int], sites: Mapping[str, int]
) -> list[tuple[str, list[Choice]]]:
    """The filters as links: choosing a value, or removing it where it is chosen."""
    chosen = request.args.get("band") or ""
    rows = [("To read", sum(bands[band] for band in READ), "")]
    rows += [(band_name(band).capitalize(), bands[band], band.value) for band in Band]
    rows += [("All", sum(bands.values()), "all")]
    found = [("Band", [Choice(name, count, address(band=value), value == chosen) for name, count, value in rows])]
    for title, name, counts in (("Specialty", "specialty", specialties), ("Source", "site", sites)):
        own = request.args.get(name)
        values = dict(list(counts.items())[:_MOST_NAMED])
        if own and own not in values:
            values[own] = counts.get(own, 0)
        if values:
            choices = [
                Choice(value, count, address(**{name: None if value == own else value}), value == own)
                for value, count in values.items()
            ]
            found.append((title, choices))
    return found

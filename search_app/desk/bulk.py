"""Questions that are the same word for word: merged in bulk, after a preview of exactly what changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indexer import Band, RequestRefused
from indexer.duplicates import ClusterRequest, ClusterSort
from search_app.decisions.events import MOST_NOTE, Event
from search_app.desk.guard import bp, editor
from search_app.requests import number_of
from search_app.services import index, ledger

SIZE = 50
# One action holds at most so many pairs; a site that has more merges them one source after the other, or twice.
MOST = 5_000
_BANDS = (Band.SAME,)


@bp.get("/same")
def same() -> str:
    """What would be merged, by source; of one source exactly what. Query: site, page."""
    site, page = request.args.get("site", ""), number_of(request.args, "page", 1)
    everything = index().clusters(ClusterRequest(bands=_BANDS), size=1)
    ties = _ties(site) if site in everything.sites or not everything.sites else []
    shown = ties[(page - 1) * SIZE : page * SIZE]
    documents = index().known([id_ for tie in shown for id_ in tie])
    return render_template(
        "desk/same.html",
        sites=everything.sites,
        site=site,
        ties=[(documents[keep], documents[other]) for keep, other in shown],
        total=len(ties),
        kept=len({keep for keep, _ in ties}),
        first=(page - 1) * SIZE + 1,
        page=page,
        pages=-(-len(ties) // SIZE),
        digest=_digest(ties),
        most_note=MOST_NOTE,
        to_page=lambda n: url_for("desk.same", site=site or None, page=n),
    )


@bp.post("/same")
def merge() -> Response:
    """Point every one of a source's pairs of identical wording at the question that is kept. Form: site, digest, why.

    Raises RequestRefused where that is not any more what was shown.
    """
    site = request.form.get("site", "")
    ties = _ties(site)
    if not ties or request.form.get("digest") != _digest(ties):
        raise RequestRefused("this is not any more what the preview showed", "digest", "look at the preview again")
    ids = sorted({id_ for tie in ties for id_ in tie})
    wordings: dict[str, Any] = dict(zip(ids, index().wordings(ids), strict=True))
    by, note = editor().editor, request.form.get("why", "").strip()
    events = [
        Event(0, "", by, "duplicate", other, keep, wordings[other], wordings[keep], 1.0, Band.SAME.value, note)
        for keep, other in ties
    ]
    done = ledger().add(events, {event.subject: 0 for event in events})
    return redirect(url_for("desk.queue", told=done[0].id))


def _ties(site: str) -> list[tuple[str, str]]:
    """The question to keep with each other one of its wording, for the clusters of which that which is kept is of a
    source; those that an editor said something of already are left to be read one by one.
    """
    wanted = ClusterRequest(bands=_BANDS, site=site, sort=ClusterSort.SEEN)
    known = ledger().current().history
    ties = [tie for tie in index().ties(wanted) if not known.pair(*tie).last]
    if site:
        kept = index().known(sorted({keep for keep, _ in ties}))
        ties = [tie for tie in ties if kept[tie[0]].site == site]
    return ties[:MOST]


def _digest(ties: Sequence[tuple[str, str]]) -> str:
    """What tells one preview from another."""
    return hashlib.sha256(repr(ties).encode()).hexdigest()[:32]

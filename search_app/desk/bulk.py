"""Questions that are the same word for word: merged in bulk, after a preview of exactly what changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus import Document, Question, same_address
from indexer import Band, RequestRefused
from indexer.duplicates import ClusterRequest, ClusterSort
from search_app.decisions.events import MOST_NOTE, Event
from search_app.decisions.history import History
from search_app.desk.guard import bp, editor
from search_app.requests import number_of
from search_app.services import index, ledger

# What one preview shows, and one action merges.
SIZE = 500
_SAME = ClusterRequest(bands=(Band.SAME,), sort=ClusterSort.SEEN, telling=True)
# The source of what names none.
_NONE = "(no source)"
# What one page says in several sections is no repetition of it: these are chosen one by one alone.
_SECTION = "another section of one page"


@bp.get("/same")
def same() -> str:
    """What would be merged, by the source of what is kept; of one source exactly what. Query: site, page, empty (none
    was chosen to merge), chosen (`all` but sections of one page, `none`; without it those that have no other reply than
    what is kept).
    """
    site, page = request.args.get("site", ""), number_of(request.args, "page", 1)
    by_site = _ties(ledger().current().history)
    ties = by_site.get(site, [])
    shown = ties[(page - 1) * SIZE : page * SIZE]
    documents = index().known([id_ for tie in shown for id_ in tie])
    return render_template(
        "desk/same.html",
        sites=Counter({name: len(own) for name, own in by_site.items()}).most_common(),
        site=site,
        chosen=request.args.get("chosen", ""),
        ties=[_row(documents[keep], documents[other], request.args.get("chosen", "")) for keep, other in shown],
        total=len(ties),
        kept=len({keep for keep, _ in shown}),
        first=(page - 1) * SIZE + 1,
        page=page,
        pages=-(-len(ties) // SIZE),
        digest=_digest(shown),
        most_note=MOST_NOTE,
        to_page=lambda n: url_for("desk.same", site=site or None, page=n, chosen=request.args.get("chosen") or None),
    )


@bp.post("/same")
def merge() -> Response:
    """Point what was chosen of what was shown at the question that is kept. Form: site, page, digest, take, why.

    Raises RequestRefused where that is not any more what was shown; where nothing is taken, the page says so.
    """
    site, page = request.form.get("site", ""), number_of(request.form, "page", 1)
    history = ledger().current().history
    shown = _ties(history).get(site, [])[(page - 1) * SIZE : page * SIZE]
    if not shown or request.form.get("digest") != _digest(shown):
        raise RequestRefused("this is not any more what the preview showed", "digest", "look at the preview again")
    taken = {number for number in request.form.getlist("take") if number.isascii() and number.isdigit()}
    ties = [tie for number, tie in enumerate(shown) if str(number) in taken]
    if not ties:
        return redirect(url_for("desk.same", site=site or None, page=page, chosen="none", empty=1))
    ids = sorted({id_ for tie in ties for id_ in tie})
    wordings: dict[str, Any] = dict(zip(ids, index().wordings(ids), strict=True))
    by, note = editor().editor, request.form.get("why", "").strip()
    events = [
        Event(0, "", by, "duplicate", other, keep, wordings[other], wordings[keep], 1.0, Band.SAME.value, note)
        for keep, other in ties
    ]
    done = ledger().add(events, {event.subject: history.standing(event.subject).last for event in events})
    return redirect(url_for("desk.queue", told=done[0].id))


def twins(id_: str) -> int:
    """How many other questions of the very wording of one are open."""
    ties = index().ties(_SAME)
    kept = next((keep for keep, other in ties if id_ in (keep, other)), None)
    return sum(keep == kept for keep, _ in ties)


def _ties(history: History) -> dict[str, list[tuple[str, str]]]:
    """By the source of what is kept, that with each other question of its very wording. Pairs that an editor went back
    and forth about are left to be read one by one; what follows from a verdict on another wording is none of these.
    """
    ties = index().ties(_SAME)
    documents = index().known(sorted({keep for keep, _ in ties}))
    found: dict[str, list[tuple[str, str]]] = {}
    for keep, other in ties:
        if not history.pair(keep, other).is_contested:
            found.setdefault(documents[keep].site or _NONE, []).append((keep, other))
    return found


def _row(keep: Document, other: Document, chosen: str) -> tuple[Document, Document, str, bool]:
    """A question that is kept, one that would point to it, what an editor should know of their replies before, and
    whether it is chosen.
    """
    kept, own = (document.answers if isinstance(document, Question) else () for document in (keep, other))
    if not own:
        told = "no reply"
    elif kept and kept[0].text == own[0].text:
        told = ""
    elif kept and keep.url and same_address(keep.url) == same_address(other.url):
        told = _SECTION
    else:
        told = "another reply" if kept else "the kept one has none"
    return keep, other, told, told != _SECTION if chosen == "all" else not chosen and told in ("", "no reply")


def _digest(ties: Sequence[tuple[str, str]]) -> str:
    """What tells one preview from another."""
    return hashlib.sha256(repr(ties).encode()).hexdigest()[:32]

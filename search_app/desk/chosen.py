"""Settles the clusters that an editor chose in the queue, all at once: those where nothing that decides differs."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indexer import RequestRefused
from search_app.desk.compare import event_of
from search_app.desk.guard import bp, editor
from search_app.desk.queue import SIZE, asked, digest_of, is_read_in_list, kept, ties_of
from search_app.requests import number_of
from search_app.services import index, ledger, served


@bp.post("/settle")
def settle() -> Response:
    """Point each other question of the clusters that were chosen at the one to keep, as one action. Form: the filters
    of the queue, page, digest, take (a cluster's place on the page), why.

    Raises RequestRefused where the queue is not any more what was shown; where nothing is chosen, the queue says so.
    """
    page = number_of(request.form, "page", 1)
    shown = index().clusters(asked(request.form).request, page=page, size=SIZE).clusters
    if request.form.get("digest") != digest_of(shown):
        raise RequestRefused("this is not any more what the queue showed", "digest", "look at the queue again")
    taken = request.form.getlist("take")
    chosen = [cluster for n, cluster in enumerate(shown) if str(n) in taken and is_read_in_list(cluster)]
    if not chosen:
        return redirect(url_for("desk.queue", **kept(empty=1)))  # type: ignore[arg-type]
    by, note = editor().editor, request.form.get("why", "")
    ties = [tie for cluster in chosen for tie in ties_of(cluster)]
    events = [event_of("duplicate", other, keep, by, note) for keep, other in ties]
    history = served().snapshot.history
    done = ledger().add(events, {event.subject: history.standing(event.subject).last for event in events})
    return redirect(url_for("desk.queue", **kept(told=done[0].id)))  # type: ignore[arg-type]

"""Which cards stand on a page whatever their score, and which never do: pins and exclusions, with who and why."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indexer import RequestRefused
from search_app.decisions.events import CARDS, EVERYWHERE, MOST_NOTE, Event
from search_app.decisions.refusals import DecisionRefused
from search_app.desk.guard import bp, editor
from search_app.desk.recent import here, id_in, in_words, just_done, number_in
from search_app.services import index, ledger, served

_MOST_CARDS = 20


@bp.get("/cards")
def cards() -> str:
    """All pins and exclusions, or with an id those of a page beside its panel as it is now. Query: id."""
    id_ = id_in(request.args.get("id", ""))
    history = served().snapshot.history
    held = list(history.held(cards=True))
    if not id_:
        rows = [in_words(event) for event in sorted(held, key=lambda event: -event.id)]
        return render_template("desk/cards.html", rows=rows, document=None, told=just_done(), here=here())
    document = index().get(id_)
    own = [in_words(event) for event in held if event.a == id_ or (event.a == EVERYWHERE and event.b == id_)]
    return render_template(
        "desk/cards.html",
        document=document,
        panel=index().related(id_, limit=_MOST_CARDS),
        rows=own,
        nowhere=any(event.a == EVERYWHERE and event.b == id_ for event in held),
        everywhere=EVERYWHERE,
        most_note=MOST_NOTE,
        until=history.last,
        told=just_done(),
        here=here(),
    )


@bp.post("/cards")
def decide_card() -> Response:
    """Pin a card to a page, or keep it from there or from everywhere. Form: action, page, card, why, until (the newest
    event when the page was shown: what was decided since is not overwritten).
    """
    form = request.form
    action, page = form.get("action", ""), form.get("page", "")
    card = id_in(form.get("card", ""))
    if action not in CARDS:
        raise RequestRefused(f"action is {action[:20]!r}", "action", f"give one of {', '.join(CARDS)}")
    if action == "pin" and page == EVERYWHERE:
        raise RequestRefused("a card is pinned to one page", "page", "name the page")
    check_card(action, page, card)
    event = Event(0, "", editor().editor, action, page, card, note=form.get("why", "").strip())
    until, known = number_in(form.get("until", "")) or 0, ledger().current().history.of(event.subject)
    seen = max((earlier.id for earlier in known if earlier.id <= until), default=0)
    (done,) = ledger().add([event], {event.subject: seen})
    return redirect(url_for("desk.cards", id=page or card, told=done.id))


def check_card(action: str, page: str, card: str) -> None:
    """Raise DocumentNotFound for what is not there, and DecisionRefused for a pin on a page of the same group."""
    index().get(card)
    if page != EVERYWHERE or action == "pin":
        index().get(page)
    settled = index().settled
    if action == "pin" and settled.kept(page) == settled.kept(card):
        raise DecisionRefused("the page and the card are one question", "card", "pin another, or undo that first")

"""The panel on pages of other sites: as HTML to include on the server, for the script `see-also.js`, or in a frame."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from indexer import Card, Filter, Notice, Panel
from search_app.api.reading import addressed, panel_elsewhere
from search_app.requests import CARDS, LIMIT, URL, known, number_of
from search_app.services import index

bp = Blueprint("panel", __name__)


@bp.get("/panel")
@bp.get("/panel/<path:id_>")
def fragment(id_: str = "") -> str:
    """The panel of a page as a fragment of HTML, empty where nothing is close. By id, or query: url; limit."""
    return render_template("panel/fragment.html", panel=_panel(id_), public_page_of=public_page_of)


@bp.post("/panel")
def of_text() -> str:
    """The panel of a text as a fragment of HTML. Form: text, limit. The text is neither logged, kept nor echoed."""
    known(request.args, [LIMIT])
    limit = number_of(request.args, "limit", CARDS)
    panel = index().similar(request.form.get("text", ""), limit=limit)
    return render_template("panel/fragment.html", panel=panel, public_page_of=public_page_of)


@bp.get("/frame")
@bp.get("/frame/<path:id_>")
def frame(id_: str = "") -> str:
    """The panel of a page as a page of its own, for an iframe. By id, or query: url; limit."""
    return render_template("panel/frame.html", panel=_panel(id_), public_page_of=public_page_of)


def public_page_of(card: Card | Notice) -> str:
    """Where a card leads on another site: to the page that the document came from, else to its page here; a notice to
    its page here.
    """
    if isinstance(card, Notice):
        return url_for(f"pages.{card.page_kind}", id_=card.page, _external=True)
    return card.url or url_for(f"pages.{card.kind}", id_=card.id, _external=True)


def _panel(id_: str) -> Panel:
    args = known(request.args, [LIMIT] if id_ else [URL, LIMIT])
    return panel_elsewhere(id_ or addressed(args), Filter(), number_of(args, "limit", CARDS)).panel

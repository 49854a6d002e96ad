"""The panel on pages of other sites: as HTML to include on the server, for the script `see-also.js`, or in a frame."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from corpus import same_address
from indexer import Card, Filter, Panel
from search_app.api.reading import addressed
from search_app.requests import CARDS, LIMIT, URL, known, number_of
from search_app.services import index, served

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


def public_page_of(card: Card) -> str:
    """Where a card leads on another site: to the page that the document came from, else to its page here."""
    return card.url or url_for(f"pages.{card.kind}", id_=card.id, _external=True)


def _panel(id_: str) -> Panel:
    """The panel of a page without what stands on that page itself, such as the other questions of a list of them."""
    args = known(request.args, [LIMIT] if id_ else [URL, LIMIT])
    id_, limit = id_ or addressed(args), number_of(args, "limit", CARDS)
    panel = served().panel(id_, Filter(), limit).panel
    own = same_address(index().get(id_).url)
    if not own or all(same_address(card.url) != own for card in panel.cards):
        return panel
    more = served().panel(id_, Filter(), LIMIT.schema["maximum"]).panel
    return replace(more, cards=tuple(card for card in more.cards if same_address(card.url) != own)[:limit])

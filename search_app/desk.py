"""The editors' pages: the list of duplicates and two questions side by side; read only, and off unless set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus import Question
from indexer import Band, Cluster, Clusters, Filter, RequestRefused
from search_app.pages import Choice
from search_app.present import band_name
from search_app.requests import band_of, number_of
from search_app.services import index

bp = Blueprint("desk", __name__, url_prefix="/duplicates")

SIZE = 50
# So many of a cluster's other questions are named; a template may have hundreds.
_MOST_NAMED = 12


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine lists these pages and no cache keeps them."""
    response.headers.update({"X-Robots-Tag": "noindex", "Cache-Control": "no-store"})
    return response


@bp.get("")
def queue() -> str | Response:
    """A page of clusters, the surest first. Query: band, specialty, page."""
    band, page, specialty = band_of(request.args), number_of(request.args, "page", 1), request.args.get("specialty")
    where = Filter(specialty=specialty or None)
    found = index().duplicates(where=where, band=band, page=page, size=SIZE)
    if found.total and page > found.pages:
        return redirect(_address(page=found.pages))
    return render_template(
        "duplicates.html",
        found=found,
        rows=[_row(cluster) for cluster in found.clusters],
        bands=_bands(found, band),
        specialties=_specialties(where.specialty),
        band=band,
        specialty=where.specialty,
        first=(page - 1) * SIZE + 1,
        everything=found.total or index().duplicates(size=1).total,
        info=index().info,
        address=_address,
    )


@bp.get("/pair")
def pair() -> str:
    """Two questions beside each other, with the words that decide. Query: a, b."""
    a, b = (_question(request.args, name) for name in ("a", "b"))
    if a.id == b.id:
        raise RequestRefused("a and b are one question", "b", "give the ids of two different questions")
    beside = index().side_by_side(a.id, b.id)
    sides = (("A", a, beside.a), ("B", b, beside.b))
    return render_template("pair.html", pair=beside.pair, sides=sides)


def _question(args: Mapping[str, str], name: str) -> Question:
    """The question that the address names. Raises RequestRefused without an id or for an article."""
    id_ = args.get(name, "").strip()
    if not id_:
        raise RequestRefused(f"{name} is missing", name, "give the ids of two questions as a and b")
    document = index().get(id_)
    if not isinstance(document, Question):
        raise RequestRefused(f"{name} is an article", name, "give the ids of two questions")
    return document


def _row(cluster: Cluster) -> dict[str, Any]:
    """A cluster as the list shows it: the question to keep, the others that are named and how many are not, and the
    kinds of words that differ. What an index pairs are questions.
    """
    others = [id_ for id_ in cluster.members if id_ != cluster.canonical]
    named = [index().get(id_) for id_ in (cluster.canonical, *others[:_MOST_NAMED])]
    keep, *rest = (document for document in named if isinstance(document, Question))
    kinds = dict.fromkeys(differs.kind for pair in cluster.pairs for differs in pair.differs)
    return {"cluster": cluster, "keep": keep, "others": rest, "unnamed": len(others) - len(rest), "kinds": kinds}


def _bands(found: Clusters, chosen: Band | None) -> list[Choice]:
    """The bands as links with their counts, all of them first."""
    bands = [Choice(band_name(band), found.bands[band], _address(band=band), band is chosen) for band in Band]
    return [Choice("all", sum(found.bands.values()), _address(band=None), chosen is None), *bands]


def _specialties(chosen: str | None) -> list[tuple[str, str, bool]]:
    """The specialties of the questions: name, address (without it for the chosen one), and whether it is chosen."""
    names = list(index().search("", where=Filter(kind="question"), size=1).facets["specialty"])
    if chosen and chosen not in names:
        names.append(chosen)
    return [(name, _address(specialty=None if name == chosen else name), name == chosen) for name in names]


def _address(**changes: str | int | None) -> str:
    """The address of this list with some parameters changed; a change of anything but the page begins at page 1."""
    values: dict[str, str | int | None] = {name: request.args.get(name) for name in ("band", "specialty")}
    values.update(changes)
    return url_for("desk.queue", **{key: value for key, value in values.items() if value})  # type: ignore[arg-type]

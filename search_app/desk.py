"""The editors' pages: the list of duplicates and two questions side by side; read only, and off unless set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus import Question
from indexer import Band, Cluster, Clusters, Filter, RequestRefused
from search_app import present
from search_app.pages import Choice
from search_app.requests import band_of, number_of
from search_app.services import index

bp = Blueprint("desk", __name__, url_prefix="/duplicates")

SIZE = 50
# So many of a cluster's other questions are named; a template may have hundreds.
_MOST_NAMED = 12
_HEADERS = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
# What the pair page says of a band; a pair without one may be looked at all the same.
_WORDS = {
    Band.SAME: "the same wording",
    Band.VERY_LIKELY: "very likely the same question",
    Band.POSSIBLE: "possibly the same question",
    None: "two questions, as far as their words tell",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A cluster as the list shows it: the one to keep, the others that are named, the kinds of words that differ."""

    cluster: Cluster
    keep: Question
    others: tuple[Question, ...]
    unnamed: int
    kinds: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Register the pages; where this is not called their addresses are unknown ones."""
    app.register_blueprint(bp)
    for helper in (present.paragraphs, present.in_words, present.band_name, present.why_kept):
        app.jinja_env.filters[helper.__name__] = helper


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine lists these pages and no cache keeps them."""
    response.headers.update(_HEADERS)
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
        all_page=url_for("desk.queue"),
        previous_page=_address(page=page - 1) if page > 1 else None,
        next_page=_address(page=page + 1) if page < found.pages else None,
    )


@bp.get("/pair")
def pair() -> str:
    """Two questions beside each other, with the words that decide. Query: a, b."""
    a, b = (_question(request.args, name) for name in ("a", "b"))
    if a.id == b.id:
        raise RequestRefused("a and b are one question", "b", "give the ids of two different questions")
    beside = index().side_by_side(a.id, b.id)
    sides = (("A", a, beside.a), ("B", b, beside.b))
    return render_template("pair.html", pair=beside.pair, sides=sides, sure=_WORDS[beside.pair.band])


def _question(args: Mapping[str, str], name: str) -> Question:
    """The question that the address names. Raises RequestRefused without an id or for an article."""
    id_ = args.get(name, "").strip()
    if not id_:
        raise RequestRefused(f"{name} is missing", name, "give the ids of two questions as a and b")
    document = index().get(id_)
    if not isinstance(document, Question):
        raise RequestRefused(f"{name} is an article", name, "give the ids of two questions")
    return document


def _row(cluster: Cluster) -> Row:
    """A cluster with the questions that the list names; what an index pairs are questions."""
    others = [id_ for id_ in cluster.members if id_ != cluster.canonical]
    named = [index().get(id_) for id_ in (cluster.canonical, *others[:_MOST_NAMED])]
    keep, *rest = (document for document in named if isinstance(document, Question))
    kinds = dict.fromkeys(differs.kind for pair in cluster.pairs for differs in pair.differs)
    return Row(cluster, keep, tuple(rest), len(others) - len(rest), tuple(kinds))


def _bands(found: Clusters, chosen: Band | None) -> list[Choice]:
    """The bands as links with their counts, all of them first."""
    everything = Choice("all", sum(found.bands.values()), _address(band=None), chosen is None)
    return [
        everything,
        *(Choice(present.band_name(band), found.bands[band], _address(band=band), band is chosen) for band in Band),
    ]


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

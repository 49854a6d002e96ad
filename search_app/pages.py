"""The visitors' pages: home, search, question, article, topic; each works without scripts."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus import Document, Topic, kind_of
from indexer import Card, DocumentNotFound, Filter, Hit, Notice, Panel, RequestRefused, Results, Sort, Suggestion
from search_app import gaps, present, revalidation
from search_app.api.reading import topics_named
from search_app.decisions.history import moment
from search_app.overload import is_late
from search_app.requests import CARDS, FILTERS, SEARCH, as_typed_of, filter_of, number_of, sort_of, text_of
from search_app.services import index, served
from search_app.words import _, words

log = logging.getLogger(__name__)
bp = Blueprint("pages", __name__)

SIZE = 10
# Nobody reads on from here, and every page costs those before it.
MOST_PAGES = 100
# Of a topic so many articles stand below its questions.
MOST_ARTICLES = 100
HOME_SPECIALTIES = 8
HOME_TOPICS = 9
_FACET_TITLES = {
    "kind": _("Kind"),
    "specialty": _("Specialty"),
    "topic": _("Topic"),
    "year": _("Year"),
    "answered": _("Reply"),
}
_VALUE_NAMES = {
    "kind": {"article": _("Articles"), "question": _("Questions")},
    "answered": {"yes": _("Answered"), "no": _("Waiting for a reply")},
}
_SHOWN_VALUES = 6
# Of a tenth of the results at least a facet tells the value: to choose one would hide the others.
_LEAST_SHARE = 10
_MOST_DROPPED = 6
_MOST_OTHERS = 12
# What of a search's address its links carry on; the page begins anew.
_KEPT = tuple(parameter.name for parameter in SEARCH if parameter.name != "page")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet as a link: choosing it, or removing it where it is chosen."""

    label: str
    count: int
    url: str
    chosen: bool


def init_app(app: Flask) -> None:
    """Register the pages and what all templates use."""
    app.register_blueprint(bp)
    for name in ("band_name", "beyond", "blocks", "callable_numbers", "paragraphs", "site_of", "why_kept", "years_ago"):
        app.jinja_env.filters[name] = getattr(present, name)
    app.jinja_env.globals.update(index=index, page_of=page_of, topic_page=topic_page, settings=app.config["SEEALSO"])


def page_of(item: Hit | Card | Suggestion | Notice | Document) -> str:
    """The address of a document's page."""
    if isinstance(item, Notice):
        return url_for(f"pages.{item.page_kind}", id_=item.page)
    kind = item.kind if isinstance(item, Hit | Card | Suggestion) else kind_of(item)
    return url_for(f"pages.{kind}", id_=item.id)


def topic_page(name: str) -> str:
    """The address of a topic's page; of one whose name no path can hold, the search that filters by it."""
    if any(part in ("", ".", "..") for part in name.split("/")):
        return url_for("pages.search", topic=name)
    return url_for("pages.topic", name=name)


@bp.get("/")
def home() -> str:
    """The one question, then what there is: topics by specialty, the newest answers."""
    return render_template("home.html", info=index().info, **served().once(_overview))


def _overview() -> dict[str, object]:
    """What the home page shows of a generation."""
    answered = index().search("", where=Filter(kind="question", answered=True), sort=Sort.NEWEST, size=5)
    everything = index().search("", size=1)
    specialties, totals = [], index().facets()["topic"]
    for name, count in list(everything.facets["specialty"].items())[:HOME_SPECIALTIES]:
        inside = index().search("", where=Filter(specialty=name), size=1).facets["topic"]
        # Those of most pages there, each with all the pages that it leads to.
        specialties.append((name, count, [(topic, totals[topic]) for topic in list(inside)[:HOME_TOPICS]]))
    filed = sum(count for _, count, _ in specialties)
    return {
        "specialties": specialties if _LEAST_SHARE * filed >= everything.total else [],
        "topics": [] if 2 * filed > everything.total else list(everything.facets["topic"].items()),
        "newest": [hit for hit in answered.hits if hit.date],  # the others are the newest of nothing
    }


@bp.get("/search")
def search() -> str | Response:
    """A page of hits with the filters beside it; what to try where nothing is found."""
    text = text_of(request.args)
    where, sort = filter_of(request.args), sort_of(request.args)
    page = min(number_of(request.args, "page", 1), MOST_PAGES)
    if not text and where == Filter():
        return redirect(url_for("pages.home"))
    results = index().search(text, where=where, sort=sort, page=page, size=SIZE, as_typed=as_typed_of(request.args))
    if results.total and page > results.pages:
        return redirect(_address(page=results.pages))
    if page == 1 and where == Filter() and sort is Sort.RELEVANCE and not as_typed_of(request.args):
        gaps.count_search(text, results)
    if not results.total:
        return render_template(
            "nothing.html",
            text=text,
            results=results,
            shorter=_shorter(text, where),
            topics=index().similar(text).topics,
            info=index().info,
            filtered=where != Filter(),
            unfiltered=index().search(text, size=1).total if where != Filter() else 0,
            address=_address,
        )
    return render_template(
        "search.html",
        text=text,
        results=results,
        alike=_alike(results.hits),
        facets=_choices(results),
        sort=sort.value,
        first=(page - 1) * SIZE + 1,
        address=_address,
    )


def _alike(hits: Iterable[Hit]) -> list[list[Hit]]:
    """The hits of a page by their titles: several sources ask "What is a stroke?", and one look is enough to see it."""
    titled: dict[str, list[Hit]] = {}
    for hit in hits:
        titled.setdefault(hit.title.casefold(), []).append(hit)
    return list(titled.values())


@bp.get("/questions/<path:id_>", endpoint="question")
@bp.get("/articles/<path:id_>", endpoint="article")
def document(id_: str) -> str | Response:
    """A question with its replies and the site's own words, or an article with its readers' comments apart; and what is
    like it.
    """
    found = index().get(id_)
    kind = kind_of(found)
    if request.endpoint != f"pages.{kind}":
        return redirect(page_of(found))
    notice = index().notice(found.title)
    return render_template(f"{kind}.html", document=found, panel=_panel(id_), notice=notice, **_group(id_))


def _group(id_: str) -> dict[str, object]:
    """Of a settled duplicate where it leads in the end and since when, of a kept question those it is kept for."""
    settled = index().settled
    targets = settled.targets(id_)
    signs = [index().get(target) for target in dict.fromkeys(map(settled.kept, targets))]
    held = [served().snapshot.history.pair(id_, target).holds for target in targets]
    others = [index().get(other) for other in settled.others(id_)[:_MOST_OTHERS]]
    return {
        "canonical": index().get(settled.kept(id_)) if signs else None,
        "signs": signs,
        "since": moment(held[0].at).date() if held and held[0] else None,
        "others": others,
        "more_others": len(settled.others(id_)) - len(others),
    }


@bp.get("/topics/<path:name>")
def topic(name: str) -> str | Response:
    """A topic: its questions, those first that most pages list, its articles, the topics that stand with it or whose
    names have its words.
    """
    page = min(number_of(request.args, "page", 1), MOST_PAGES)
    everything = index().search("", where=Filter(topic=name), size=SIZE)
    if not everything.total:
        abort(404)
    # A topic is called as most of its pages call it, in whatever case it was asked for.
    called = {other.casefold(): other for other in everything.facets["topic"]}.get(name.casefold(), name)
    if called != name:
        return redirect(topic_page(called))
    questions = index().search("", where=Filter(topic=name, kind="question"), sort=Sort.LISTED, page=page, size=SIZE)
    if page > max(1, questions.pages):
        return redirect(topic_page(name) + (f"?page={questions.pages}" if questions.pages > 1 else ""))
    articles = index().search("", where=Filter(topic=name, kind="article"), sort=Sort.NEWEST, size=MOST_ARTICLES)
    tags = (tag for hit in everything.hits for tag in hit.topics if tag.name.casefold() == name.casefold())
    return render_template(
        "topic.html",
        topic=Topic(name=name, specialty=next((tag.specialty for tag in tags if tag.specialty), "")),
        questions=questions,
        articles=articles,
        beside=_beside(name, everything.facets["topic"]),
        about=_about(name),
        page=page,
    )


def _about(name: str) -> int:
    """How many pages say a topic's name, as a search for it; 0 for a name that no search takes."""
    try:
        return served().saying(name)
    except RequestRefused:
        return 0


def _beside(name: str, facet: Iterable[str]) -> list[str]:
    """The topics near one: those that its pages are filed under too, and those that have its words."""
    beside = [other for other in facet if other != name][:_SHOWN_VALUES]
    named = (topic.name for topic in topics_named(name))
    return [*beside, *[other for other in named if other not in (name, *beside)][:_SHOWN_VALUES]]


def _panel(id_: str) -> Panel | None:
    """The panel, or None where it fails or is late: the page is worth more than what stands beside it."""
    if is_late():
        revalidation.forgo()
        return None
    try:
        return served().panel(id_, Filter(), CARDS).panel
    except DocumentNotFound:
        raise
    except Exception as error:  # noqa: BLE001 (whatever see-also does, the reader gets the answer to the question)
        log.error("no panel: %s", type(error).__name__)  # noqa: TRY400 (a traceback could hold a patient's text)
        revalidation.forgo()
        return None


def _address(**changes: str | int | None) -> str:
    """The address of this search with some parameters changed; a change of anything but the page begins at page 1."""
    values: dict[str, str | int | None] = {key: value for key, value in request.args.items() if value and key in _KEPT}
    values.update(changes)
    return url_for("pages.search", **{key: value for key, value in values.items() if value})  # type: ignore[arg-type]


def _choices(results: Results) -> list[tuple[str, list[Choice]]]:
    """The facets as links: of each the most frequent values (of years, the newest), and the chosen one. A facet that
    parts nothing, or of which hardly a result has a value, is left out, unless it is chosen.
    """
    facets, said = [], words().text
    for name in [parameter.name for parameter in FILTERS]:
        chosen = request.args.get(name) or None
        counts = list(results.facets.get(name, {}).items())
        counts = (sorted(counts, reverse=True) if name == "year" else counts)[:_SHOWN_VALUES]
        if chosen and name == "topic":  # in whatever case it was asked for
            chosen = next((value for value, _ in counts if value.casefold() == chosen.casefold()), chosen)
        if chosen and chosen not in dict(counts):
            counts.append((chosen, results.total))
        told = sum(results.facets.get(name, {}).values())
        if chosen or (len(counts) > 1 and _LEAST_SHARE * told >= results.total):
            names = _VALUE_NAMES.get(name, {})
            choices = [
                Choice(
                    said(names[value]) if value in names else value,
                    count,
                    _address(**{name: None if value == chosen else value}),
                    value == chosen,
                )
                for value, count in counts
            ]
            facets.append((said(_FACET_TITLES[name]), choices))
    return facets


def _shorter(text: str, where: Filter) -> list[tuple[str, str, int]]:
    """For a search without hits: those with one word less, that word, and their number of hits, most hits first."""
    words = text.split()
    if not 2 <= len(words) <= _MOST_DROPPED:
        return []
    found = []
    for at, word in enumerate(words):
        rest = " ".join(words[:at] + words[at + 1 :])
        try:
            total = index().search(rest, where=where, size=1).total
        except RequestRefused:
            continue
        if total:
            found.append((rest, word, total))
    return sorted(found, key=lambda shorter: -shorter[2])[:3]

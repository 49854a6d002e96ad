"""What search engines, feed readers and browsers read beside the pages: JSON-LD, a sitemap, feeds, how to search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request, url_for

from corpus import Article, Document, Question
from indexer import Sort
from search_app.api.reading import suggestions
from search_app.pages import page_of, topic_page
from search_app.present import opening
from search_app.requests import FILTERS, Q, filter_of, known, text_of
from search_app.services import index, served
from search_app.words import words

bp = Blueprint("findable", __name__)

# Documents of one part of the sitemap: reading them takes a tenth of a second. A part may hold so many addresses
# (sitemaps.org).
PART, MOST_ADDRESSES = 2_000, 50_000
_ENTRIES = 20
_SUGGESTED, _TOPICS = 8, 3
# What of a page search engines show below its title.
_DESCRIBED = 155
_FEED = FILTERS[1:3]


def init_app(app: Flask) -> None:
    """Register the routes, and what the templates ask for."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(described=described, description=description, canonical_of=canonical_of)


def canonical_of(document: Document) -> str:
    """The address at which search engines are to find a document: its page here, or where it comes from."""
    return _source_of(document) or _external(page_of(document))


def _source_of(document: Document) -> str:
    return document.url if current_app.config["SEEALSO"]["canonical"] == "source" else ""


def description(document: Document) -> str:
    """A page in a line: what was asked, in the asker's words, or how an article or the first reply begins."""
    replies = document.answers if isinstance(document, Question) else ()
    said = (document.body, *(answer.text for answer in replies), document.title)
    return opening(next(filter(None, said)), _DESCRIBED)


def described(document: Document) -> list[dict[str, Any]]:
    """A page in the words of schema.org, in which texts are HTML: a question with its replies, or an article; and where
    it stands.
    """
    page = canonical_of(document)
    own = _question(document, page) if isinstance(document, Question) else _article(document, page)
    return [{"@context": "https://schema.org", **_filled(own)}, _crumbs(document, page)]


def _question(question: Question, page: str) -> dict[str, Any]:
    answers = [
        {
            "@type": "Answer",
            "text": escape(answer.text, quote=False),
            "author": {"@type": "Person", "name": answer.author} if answer.author else None,
            "datePublished": _day(answer.answered),
            "url": f"{page}#replied{number}",
        }
        for number, answer in enumerate(question.answers, 1)
    ]
    asked = {
        "@type": "Question",
        "name": escape(question.title, quote=False),
        "text": escape(question.body or question.title, quote=False),
        "datePublished": _day(question.asked),
        "answerCount": len(answers),
        "suggestedAnswer": [*map(_filled, answers)],
        "about": _about(question),
    }
    return {"@type": "QAPage", "url": page, "mainEntity": _filled(asked)}


def _article(article: Article, page: str) -> dict[str, Any]:
    # A site without notices of danger is not about health.
    kind = "Article" if current_app.config["SEEALSO"]["notices"] == "off" else "MedicalWebPage"
    return {
        "@type": kind,
        "url": page,
        "headline": escape(article.title, quote=False),
        "description": escape(description(article), quote=False),
        "author": {"@type": "Person", "name": article.author} if article.author else None,
        "datePublished": _day(article.published),
        "about": _about(article),
    }


def _about(document: Document) -> list[dict[str, str]]:
    return [{"@type": "Thing", "name": topic.name} for topic in document.topics]


def _crumbs(document: Document, page: str) -> dict[str, Any]:
    """Where a page stands, as it says above its title."""
    steps = [(words().text("Home"), url_for("pages.home", _external=True))]
    if document.specialty:
        steps.append((document.specialty, url_for("pages.search", specialty=document.specialty, _external=True)))
    if document.topics:
        steps.append((document.topics[0].name, _external(topic_page(document.topics[0].name))))
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": address}
        for number, (name, address) in enumerate([*steps, (document.title, page)], 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _external(address: str) -> str:
    return request.host_url.rstrip("/") + address


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The parts of the sitemap."""
    parts = range(-(-sum(index().info.documents.values()) // PART))
    return _xml("sitemap-index.xml", parts=parts)


@bp.get("/sitemap/<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """A part of the sitemap: pages with the newest of their dates, but for those whose address is another."""
    documents = index().documents_at(part * PART, PART)
    if not documents:
        abort(404)
    found = [(canonical_of(own), newest_of(own)) for own in documents if not _is_elsewhere(own)]
    # A part must not be empty.
    return _xml("sitemap.xml", pages=found or [(url_for("pages.home", _external=True), None)])


@bp.get("/sitemap/topics.xml")
def sitemap_of_topics() -> Response:
    """The home page and the pages of topics."""
    return _xml("sitemap.xml", pages=[(address, None) for address in _topic_pages()])


def _topic_pages() -> list[str]:
    found = served().once(_topics)["topics"]
    assert isinstance(found, list)
    return [url_for("pages.home", _external=True), *(_external(topic_page(name)) for name in found)]


def _topics() -> dict[str, object]:
    return {"topics": [*index().facets()["topic"]][: MOST_ADDRESSES - 1]}


def _is_elsewhere(document: Document) -> bool:
    """Whether a page names another as the one to be found: a settled duplicate, or one at its source."""
    return bool(_source_of(document)) or document.id in index().settled.instead


def newest_of(document: Document) -> date | None:
    """The newest date that a page shows."""
    if isinstance(document, Article):
        dates = [document.published, *(comment.posted for comment in document.comments)]
    else:
        dates = [document.asked, *(answer.answered for answer in document.answers)]
    return max(filter(None, dates), default=None)


@bp.get("/feed.atom")
def feed() -> Response:
    """The newest questions with a reply as a feed (Atom), of a topic or specialty alone. Query: topic, specialty."""
    args = known(request.args, _FEED)
    where = replace(filter_of(args), kind="question", answered=True)
    hits = [hit for hit in index().search("", where=where, sort=Sort.NEWEST, size=_ENTRIES).hits if hit.date]
    if not hits and args:
        abort(404)
    return _xml("feed.xml", "application/atom+xml", hits=hits, args=args)


@bp.get("/opensearch.xml")
def opensearch() -> Response:
    """How a browser searches here, and is offered what may be meant (OpenSearch 1.1)."""
    return _xml("opensearch.xml", "application/opensearchdescription+xml")


@bp.get("/opensearch/suggest")
def suggest() -> Response:
    """What may be meant by what is typed so far, as browsers ask for it and the field of a page does: topics, few where
    there are titles, and titles, each with what it is and where it stands. Query: q.
    """
    text = text_of(known(request.args, [Q]))
    found, _ = suggestions(text, _SUGGESTED), words().text
    topics = found.topics[: max(_TOPICS, _SUGGESTED - len(found.documents))]
    told = [(topic.name, _("Topic"), topic_page(topic.name)) for topic in topics]
    kinds = {"article": _("Article")}
    told += [(page.title, kinds.get(page.kind, ""), page_of(page)) for page in found.documents]
    first = {name.casefold(): (name, *more) for name, *more in reversed(told)}  # a page may be called as its topic is
    shown = [own for own in told if first[own[0].casefold()] == own][:_SUGGESTED]
    answer = jsonify([text, *([own[n] for own in shown] for n in range(3))])
    answer.mimetype = "application/x-suggestions+json"
    return answer


def _xml(template: str, mimetype: str = "application/xml", **values: object) -> Response:
    return Response(render_template(f"findable/{template}", **values), mimetype=mimetype)

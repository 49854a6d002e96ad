"""The routes of the API that read: search, related, similar, suggestions, topics, documents, and whether a draft is
asked already.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Annotated, Literal, TypedDict, cast

from flask import Blueprint, Response, jsonify, request
from msgspec import Meta, Struct

import corpus
from indexer import Card, DocumentNotFound, Filter, Notice, Panel, RequestRefused, Results, Suggestion
from search_app.api.operations import body_of, operation
from search_app.present import to_json
from search_app.requests import (
    CARDS,
    FILTERS,
    LIMIT,
    PAGE,
    SEARCH,
    SIZE,
    URL,
    Q,
    as_typed_of,
    bounded,
    filter_of,
    number_of,
    sort_of,
    text_of,
)
from search_app.security import ROUTE_OF_API
from search_app.services import KeptPanel, index, served

bp = Blueprint("api", __name__, url_prefix=f"{ROUTE_OF_API}v1")

# So many suggestions where no number is asked for; a topic that is as long as a story is none.
_SUGGESTED, _LONGEST_TOPIC = 8, 60
_TYPED = replace(Q, meaning="What is typed so far.")
_TOPIC_WORDS = replace(Q, meaning="Words that begin words of the topics; without it, all.")

# The bounds are told here and checked by the index, whose words for them people know.
_Text = Annotated[
    str, Meta(description="What is asked, in the asker's words.", extra_json_schema={"maxLength": 20_000})
]
_Cards = Annotated[int, Meta(description="How many cards at most.", extra_json_schema={"minimum": 1, "maximum": 20})]


class Draft(Struct, forbid_unknown_fields=True):
    """A text, such as a question that is still being written, and the filters of search."""

    text: _Text
    limit: _Cards = CARDS
    kind: Literal["article", "question"] | None = None
    specialty: str | None = None
    topic: str | None = None
    year: int | None = None
    answered: Literal["yes", "no"] | None = None

    def __post_init__(self) -> None:
        self.text.encode()  # half a character is no text

    def where(self) -> Filter:
        """Which documents may be on the cards."""
        answered = None if self.answered is None else self.answered == "yes"
        return Filter(kind=self.kind, specialty=self.specialty, topic=self.topic, year=self.year, answered=answered)


class DraftQuestion(Struct, forbid_unknown_fields=True):
    """A question that is still being written, with its title and text."""

    title: Annotated[str, Meta(description="Its title.", max_length=1_000)]
    body: Annotated[str, Meta(description="The text below it.", max_length=18_999)] = ""
    limit: _Cards = CARDS

    def __post_init__(self) -> None:
        f"{self.title}{self.body}".encode()  # half a character is no text


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """Whether a draft is asked already: `same` are the questions that are it, each with its band, `similar` others;
    `notice` is the help that it needs, where it speaks of a danger to life.
    """

    generation: int
    same: tuple[Card, ...]
    similar: tuple[Card, ...]
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic, and how many documents are filed under it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class TopicList:
    """One page of the topics, those of most documents first."""

    generation: int
    total: int
    page: int
    pages: int
    topics: tuple[TopicCount, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant by what is typed so far: topics with a word that begins so, and titles."""

    generation: int
    topics: tuple[TopicCount, ...]
    documents: tuple[Suggestion, ...]


@bp.get("/search")
@operation(Results, *SEARCH)
def search() -> Response:
    """One page of hits. Misspelt words are corrected where it is clear what was meant."""
    args = request.args
    results = index().search(
        text_of(args),
        where=filter_of(args),
        sort=sort_of(args),
        as_typed=as_typed_of(args),
        page=number_of(args, "page", 1),
        size=number_of(args, "size", 10),
    )
    return jsonify(to_json(results))


@bp.get("/suggest")
@operation(Suggestions, _TYPED, bounded(LIMIT, default=_SUGGESTED))
def suggest() -> Response:
    """What may be meant by what is typed so far: topics that have each word, or begin so, and titles."""
    text, limit = text_of(request.args), number_of(request.args, "limit", _SUGGESTED)
    if not 1 <= limit <= LIMIT.schema["maximum"]:
        raise RequestRefused(f"{limit} suggestions", "limit", f"ask for 1 to {LIMIT.schema['maximum']}")
    return jsonify(to_json(suggestions(text, limit)))


def suggestions(text: str, limit: int) -> Suggestions:
    """What may be meant by a text, so many topics and titles at most."""
    documents = index().suggest(text, limit=limit)
    named = (topic for topic in topics_named(text) if len(topic.name) <= _LONGEST_TOPIC) if text else ()
    topics = tuple(islice(named, limit))
    return Suggestions(index().info.generation, topics, documents)


@bp.get("/topics")
@operation(TopicList, _TOPIC_WORDS, FILTERS[0], FILTERS[1], PAGE, SIZE)
def topics() -> Response:
    """The topics by how many documents they have, those of which each word of `q` begins a word, of a kind or specialty
    alone.
    """
    page, size = number_of(request.args, "page", 1), number_of(request.args, "size", 10)
    if not 1 <= size <= SIZE.schema["maximum"] or not 1 <= page <= PAGE.schema["maximum"]:
        raise RequestRefused(
            f"page {page} of {size} topics", "page", f"ask for 1 to {SIZE.schema['maximum']} of a page"
        )
    found = topics_named(text_of(request.args), filter_of(request.args))
    told = tuple(found[(page - 1) * size : page * size])
    return jsonify(to_json(TopicList(index().info.generation, len(found), page, -(-len(found) // size), told)))


def topics_named(text: str, where: Filter | None = None) -> list[TopicCount]:
    """The topics of which each word of a text begins a word, those of most documents first."""
    named = _named(where) if where else cast("_Named", served().once(_everywhere))
    typed = text.casefold().split()
    found: set[int] = set(range(len(named["topics"])))
    for beginning in typed:
        words = named["words"]
        low, high = bisect_left(words, (beginning, -1)), bisect_left(words, (beginning + "\U0010ffff", -1))
        found &= {n for _, n in words[low:high]}
    return [named["topics"][n] for n in sorted(found)]


class _Named(TypedDict):
    """Topics by how many documents they have, and each of their words, in order, with the place of its topic."""

    topics: list[TopicCount]
    words: list[tuple[str, int]]


def _named(where: Filter) -> _Named:
    topics = [TopicCount(name, count) for name, count in index().facets(where)["topic"].items()]
    words = sorted({(word, n) for n, topic in enumerate(topics) for word in topic.name.casefold().split()})
    return _Named(topics=topics, words=words)


def _everywhere() -> dict[str, object]:
    return dict(_named(Filter()))


@bp.get("/related/<path:id_>")
@operation(Panel, LIMIT, *FILTERS)
def related(id_: str) -> Response:
    """The panel of a document: what is like it, and their topics."""
    return _panel(id_)


@bp.get("/related")
@operation(Panel, URL, LIMIT, *FILTERS)
def related_by_address() -> Response:
    """The panel of the document at an address, without what stands on that page itself."""
    id_, limit = addressed(request.args), number_of(request.args, "limit", CARDS)
    return Response(panel_elsewhere(id_, filter_of(request.args), limit).json, mimetype="application/json")


def panel_elsewhere(id_: str, where: Filter, limit: int) -> KeptPanel:
    """The panel of a page of another site, without what stands on that page itself, such as the other questions of a
    list of them, or the same page under another id.
    """
    found = served().panel(id_, where, limit)
    own = corpus.same_address(index().get(id_).url)
    if not own or all(corpus.same_address(card.url) != own for card in found.panel.cards):
        return found
    more = served().panel(id_, where, LIMIT.schema["maximum"]).panel
    cards = [card for card in more.cards if corpus.same_address(card.url) != own]
    return KeptPanel(replace(more, cards=tuple(cards[:limit])))


def _panel(id_: str) -> Response:
    panel = served().panel(id_, filter_of(request.args), number_of(request.args, "limit", CARDS))
    return Response(panel.json, mimetype="application/json")


def addressed(args: Mapping[str, str]) -> str:
    """The id of the document at the address that a request gives as `url`. Raises RequestRefused, DocumentNotFound."""
    if not args.get("url"):
        raise RequestRefused("neither an id nor an address", "address", "give an id in the path, or url=")
    id_ = index().addressed(args["url"])
    if id_ is None:
        raise DocumentNotFound("no document has this address", "url", "check that the page is in the index")
    return id_


@bp.get("/documents/<path:id_>")
@operation(corpus.Document)
def document(id_: str) -> Response:
    """A document as the index has it, in the exchange format; `canonical` where it is a settled duplicate."""
    told = json.loads(corpus.to_json(index().get(id_)))
    kept = index().settled.instead.get(id_)
    return jsonify(told | {"canonical": kept} if kept else told)


@bp.post("/similar")
@operation(Panel, body=Draft)
def similar() -> Response:
    """The panel of a text. The text is neither logged, kept nor echoed."""
    draft = body_of(Draft)
    return jsonify(to_json(index().similar(draft.text, where=draft.where(), limit=draft.limit)))


@bp.post("/duplicates/check")
@operation(DraftCheck, body=DraftQuestion)
def check() -> Response:
    """Whether a question is asked already, before it is sent. The text is neither logged, kept nor echoed."""
    draft = body_of(DraftQuestion)
    text = f"{draft.title}\n{draft.body}"
    panel = index().similar(text, where=Filter(kind="question"), limit=draft.limit)
    same = tuple(card for card in panel.cards if card.same)
    similar = tuple(card for card in panel.cards if not card.same)
    return jsonify(to_json(DraftCheck(panel.generation, same, similar, panel.notice)))

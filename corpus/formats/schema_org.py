"""Reads what a page says of a question or an article in the words of schema.org: texts, names, topics, answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from corpus.markup import plain_text
from corpus.model import MOST_LINE, Answer, Topic
from corpus.text import clean, one_line, parse_date

# A thing with its properties: "@type", and each property's value or values.
Node = dict[str, Any]

# What an answer says.
_ANSWER = ("text", "articleBody", "description")
_PERSONS = re.compile(r"^(Person|Organization|Physician)$")


def types_of(node: Node) -> list[str]:
    """The types of a node, without the address of the vocabulary."""
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return [re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str)]


def of_type(nodes: list[Node], wanted: re.Pattern[str], *, listed: bool = False) -> Iterator[Node]:
    """The nodes of a type, wherever they stand, in the order of the page; what is in one of them is not looked at, nor
    what a list of links leads to, unless it is what the page is about or lists are wanted too (`listed`).
    """
    waiting: list[Any] = [node for node in reversed(nodes) if listed or not _is_list(node)]
    seen: set[tuple[object, ...]] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            if not any(map(wanted.search, types_of(value))):
                within = [item for name, item in value.items() if listed or name == "mainEntity" or not _is_list(item)]
                waiting += reversed(within)
            elif (said := _told_by(value)) not in seen:
                seen.add(said)
                yield value


def _is_list(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_list, value))
    return isinstance(value, dict) and types_of(value) == ["ItemList"]


def _told_by(node: Node) -> tuple[object, ...]:
    """By what a thing is known again that a page describes twice."""
    answers = (text_in(part, *_ANSWER) for part in _answers_in(node))
    return node.get("@id"), text_in(node, "name", "headline", "text")[:200], *answers


def leads_to(node: Node) -> str:
    """The address of the page that a node says it is on; empty where it names none."""
    for name in ("mainEntityOfPage", "url"):
        value = _first(node.get(name))
        value = value.get("@id", value.get("url")) if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return value
    return ""


def _listed(value: object) -> list[Any]:
    if isinstance(value, dict) and "@list" in value:
        value = value["@list"]
    return value if isinstance(value, list) else [value]


def _is_person(node: Node) -> bool:
    return any(map(_PERSONS.search, types_of(node)))


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def text_in(node: Node, *names: str) -> str:
    """The first of some properties that says something, as text in paragraphs."""
    for name in names:
        value = node.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = "\n\n".join(value)
        value = _first(value)
        if isinstance(value, dict):
            value = _first(value.get("@value", value.get("name")))
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        if plain and (said := clean(plain_text(str(value)))):
            return said
    return ""


def names_in(node: Node, *properties: str) -> list[str]:
    """The names in some properties: texts, parted by commas, or things with names."""
    found: list[str] = []
    for name in properties:
        value = node.get(name)
        for item in _listed(value):
            if isinstance(item, dict):
                found.append(text_in(item, "name"))
            elif isinstance(item, str):
                found += plain_text(item).split(",") if name == "keywords" else [plain_text(item)]
    return [name for name in dict.fromkeys(map(one_line, found)) if name and "://" not in name]


def topics_of(node: Node) -> tuple[Topic, ...]:
    """What a node is about, and nobody whom it is about."""
    about = [item for item in _listed(node.get("about")) if not (isinstance(item, dict) and _is_person(item))]
    names = names_in(node | {"about": about}, "keywords", "articleSection", "about")
    return tuple(Topic(name=name) for name in names if len(name) <= MOST_LINE)


def answers_of(node: Node) -> Iterator[Answer]:
    """The accepted answer, then the others, each once. Who asked stays without a name, answering too."""
    found: dict[str, Answer] = {}
    asker = _persons(node, "author", "creator")
    for part in _answers_in(node):
        if text := text_in(part, *_ANSWER):
            day = parse_date(text_in(part, "dateCreated", "datePublished"))
            authors = [] if asker & _persons(part, "author") else names_in(part, "author")
            if text not in found or not found[text].author:
                found[text] = Answer(text=text, author=", ".join(authors)[:MOST_LINE], answered=day)
    yield from found.values()


def _answers_in(node: Node) -> Iterator[Node]:
    for name in ("acceptedAnswer", "suggestedAnswer"):
        for item in _listed(node.get(name)):
            yield item if isinstance(item, dict) else {"text": item}


def _persons(node: Node, *properties: str) -> set[str]:
    """Names and addresses by which persons are known again, in any case."""
    items = [item for name in properties for item in _listed(node.get(name)) if isinstance(item, dict)]
    addresses = [text_in(item, "url", "@id") for item in items]
    return {name.casefold() for name in (*names_in(node, *properties), *addresses) if name}

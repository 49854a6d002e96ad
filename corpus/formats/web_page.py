"""Reads pages of HTML: questions and articles by what a page says of itself for machines, else its main text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import CorpusError, Noticed
from corpus.formats.format import Format, Item, rejected
from corpus.identity import id_from_content, id_from_url
from corpus.model import MOST_LINE, Answer, Article, Comment, Document, Question, Topic
from corpus.sources import Source
from corpus.text import clean, one_line, parse_date, plain_text

_ARTICLES = re.compile(r"(Article|Posting|Report|MedicalWebPage|HowTo)$")
_HTML = re.compile(r"(?si)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta|title)\b")
# Shorter than this it is no text of a page, but what is left of a menu.
_LEAST_TEXT = 80
_ADVICE = "give a mapping for an export of it, or leave the page out"


def read(source: Source) -> Iterator[Item]:
    """The documents of a page: each question it holds, and the article."""
    try:
        from corpus.formats.html_tree import decoded  # noqa: PLC0415 (the extra `sites`)
    except ImportError as error:
        what = CorpusError(f"a page of HTML, and {error.name} is not installed", "page", "pip install seealso[sites]")
        yield rejected(source.name, "page", what)
        return
    try:
        yield from documents(decoded(source.data()), source.name, file=source.path.name)
    except CorpusError as error:
        yield rejected(source.name, "page", error)


def documents(text: str, source: str, place: str = "page", *, url: str = "", file: str = "") -> Iterator[Item]:
    """The documents of a page's text. `url` is the address that it was fetched from, where it names none itself; `file`
    tells pages without an address apart.
    """
    from corpus.formats.html_tree import address_of, described, meta_of, parsed  # noqa: PLC0415 (the extra `sites`)

    try:
        tree = parsed(text)
        page = _Page(tree, address_of(tree) or url, one_line(meta_of(tree, "og:site_name"))[:MOST_LINE], file)
        nodes = described(tree)
        asked = [*_of_type(nodes, _QUESTIONS)]
        about = next(_of_type(nodes, _ARTICLES), None)
        if not asked and about and "DiscussionForumPosting" in _types(about):
            asked = [about | {"suggestedAnswer": about.get("comment")}]
            about = None
        found: list[Document] = list(_forum(page)) if not asked and not about else []
        several = len(asked) > 1 or about is not None
        found += [question for node in asked if (question := _question(page, node, several))]
        if about or not found:
            found.append(_article(page, about or {}))
    except CorpusError as error:
        yield rejected(source, place, error)
        return
    for document in found:
        if not document.url:
            yield Noticed(source=source, place=place, what="identity")
        yield document


class _Page:
    """What all documents of a page share."""

    def __init__(self, tree: Any, url: str, site: str, file: str) -> None:
        self.tree, self.url, self.site, self.file = tree, url, site, file

    def id(self, kind: str, title: str, part: str = "") -> str:
        """The id of the page, or of a part of it; by its title and file where it has no address."""
        if not self.url:
            return id_from_content(kind, title, self.file)
        own = id_from_url(self.url)
        return f"{own}/{hashlib.sha256(part.casefold().encode()).hexdigest()[:8]}" if part else own


_QUESTIONS = re.compile(r"^Question$")


def _types(node: dict[str, Any]) -> list[str]:
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return [re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str)]


def _of_type(nodes: list[dict[str, Any]], wanted: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """The nodes of a type, wherever they stand, in the order of the page; what is in one of them is not looked at."""
    waiting: list[Any] = list(reversed(nodes))
    seen: set[str] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            if not any(map(wanted.search, _types(value))):
                waiting += reversed(value.values())
            elif (name := f"{value.get('@id')} {_text(value, 'name', 'headline', 'text')[:200]}") not in seen:
                seen.add(name)
                yield value


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _text(node: dict[str, Any], *names: str) -> str:
    """The first of some properties that says something, as text in paragraphs."""
    for name in names:
        value = _first(node.get(name))
        if isinstance(value, dict):
            value = _first(value.get("@value", value.get("name")))
        if isinstance(value, str | int | float) and (said := clean(plain_text(str(value)))):
            return said
    return ""


def _names(node: dict[str, Any], *properties: str) -> list[str]:
    """The names in some properties: texts, parted by commas, or things with names."""
    found: list[str] = []
    for name in properties:
        value = node.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found.append(_text(item, "name"))
            elif isinstance(item, str):
                found += plain_text(item).split(",") if name == "keywords" else [plain_text(item)]
    return [name for name in dict.fromkeys(map(one_line, found)) if name and "://" not in name]


def _topics(node: dict[str, Any]) -> tuple[Topic, ...]:
    names = _names(node, "keywords", "articleSection", "about")
    return tuple(Topic(name=name) for name in names if len(name) <= MOST_LINE)


def _answers(node: dict[str, Any]) -> Iterator[Answer]:
    """The accepted answer, then the others, each once."""
    seen: set[str] = set()
    for name in ("acceptedAnswer", "suggestedAnswer"):
        value = node.get(name)
        for item in value if isinstance(value, list) else [value]:
            part = item if isinstance(item, dict) else {"text": item}
            text = _text(part, "text", "articleBody", "description")
            if text and text not in seen:
                seen.add(text)
                day = parse_date(_text(part, "dateCreated", "datePublished"))
                yield Answer(text=text, author=", ".join(_names(part, "author"))[:MOST_LINE], answered=day)


def _question(page: _Page, node: dict[str, Any], several: bool) -> Question | None:
    """A question of the page; None where it asks nothing."""
    title, body = one_line(_text(node, "name", "headline")), _text(node, "text", "articleBody", "description")
    title = title or one_line(body)[:MOST_LINE]
    if not title:
        return None
    own = _text(node, "@id", "url")
    part = own.partition("#")[2] or title if several else ""
    fragment = f"#{own.partition('#')[2]}" if several and "#" in own else ""
    return Question(
        id=page.id("question", title, part),
        title=title[:MOST_LINE],
        body="" if one_line(body).rstrip("?.! ") == title.rstrip("?.! ") else body,
        url=page.url and page.url.partition("#")[0] + fragment,
        site=page.site,
        asked=parse_date(_text(node, "dateCreated", "datePublished")),
        topics=_topics(node),
        answers=tuple(_answers(node)),
    )


def _article(page: _Page, node: dict[str, Any]) -> Document:
    """The article of the page: its text as it is given for machines, else what a library takes for the main text.

    Raises CorpusError where there is none.
    """
    body, title = _text(node, "articleBody"), one_line(_text(node, "headline", "name"))
    author, day = ", ".join(_names(node, "author"))[:MOST_LINE], parse_date(_text(node, "datePublished", "dateCreated"))
    if len(body) < _LEAST_TEXT or not title:
        from trafilatura import bare_extraction  # noqa: PLC0415 (it takes a second to load)

        from corpus.formats.html_tree import meta_of  # noqa: PLC0415 (the extra `sites`)

        main: Any = bare_extraction(page.tree, include_comments=False, with_metadata=True)
        text = _paragraphs((main.text or "") if main else "")
        body = body if len(body) >= len(text) else text
        title = title or one_line((main and main.title) or page.tree.findtext(".//title") or "")
        # The library drops the title of a doctor.
        author = author or one_line(meta_of(page.tree, "author") or (main and main.author) or "")[:MOST_LINE]
        day = day or parse_date((main and main.date) or "")
    if one_line(body.partition("\n")[0]).rstrip("?.! ") == title.rstrip("?.! "):
        body = clean(body.partition("\n")[2])
    if len(body) < _LEAST_TEXT:
        raise CorpusError("no main text: a list of links, a menu, or a page that scripts fill", "page", _ADVICE)
    comments = node.get("comment")
    said = [item for item in (comments if isinstance(comments, list) else [comments]) if isinstance(item, dict)]
    title = (title or body.partition("\n")[0])[:MOST_LINE]
    return Article(
        id=page.id("article", title),
        title=title,
        body=body,
        url=page.url,
        site=page.site,
        author=author,
        published=day,
        topics=_topics(node),
        comments=tuple(
            Comment(text=text, posted=parse_date(_text(item, "dateCreated", "datePublished")))
            for item in said
            if (text := _text(item, "text", "description"))
        ),
    )


def _paragraphs(text: str) -> str:
    """The library's text, a paragraph a line, in paragraphs; the items of a list stay together."""
    lines = [line for line in clean(text).split("\n") if line]
    return "\n\n".join(lines).replace("\n\n- ", "\n- ")


def _forum(page: _Page) -> Iterator[Question]:
    """The topic of a phpBB forum, which describes nothing for machines: the first post asks, the others answer."""
    from corpus.formats.html_tree import text_of  # noqa: PLC0415 (the extra `sites`)

    headings = page.tree.find_class("topic-title")
    posts = [post for post in page.tree.find_class("post") if post.find_class("content")]
    if not headings or not posts:
        return
    title = one_line(text_of(headings[0]))
    texts = [text_of(post.find_class("content")[0]) for post in posts]
    days = [parse_date(next((time.get("datetime", "") for time in post.iter("time")), "")) for post in posts]
    yield Question(
        id=page.id("question", title),
        title=title[:MOST_LINE],
        body=texts[0],
        url=page.url,
        site=page.site,
        asked=days[0],
        answers=tuple(Answer(text=text, answered=day) for text, day in zip(texts[1:], days[1:], strict=True) if text),
    )


FORMAT = Format(
    name="web-page",
    summary="a page of HTML: the questions or the article it describes for machines, else its main text",
    recognises=lambda _name, head: bool(_HTML.match(head)),
    read=read,
)

"""Reads pages of HTML: questions and articles by what a page says of itself for machines, else its main text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from corpus.errors import CorpusError, Noticed
from corpus.formats.format import Format, Item, not_installed, rejected
from corpus.formats.page import Page
from corpus.formats.phpbb import topic_of
from corpus.formats.schema_org import answers_of, leads_to, names_in, of_type, text_in, topics_of, types_of
from corpus.identity import same_address
from corpus.model import MOST_LINE, MOST_TEXT, Article, Comment, Document, Question, Topic
from corpus.sources import Source
from corpus.text import clean, one_line, opening, parse_date, repeats

_ARTICLES = re.compile(r"(Article|BlogPosting|Report|MedicalWebPage|HowTo)$")
# What opens a thread: it asks, its comments answer.
_THREADS = re.compile(r"(DiscussionForum|SocialMedia)Posting$")
_QUESTIONS = re.compile(r"^Question$")
# What a question says.
_ASKED = ("name", "headline", "text", "articleBody", "description")
# A page for one question, of which its text is no article; a page of frequent ones may be both.
_ASKING = re.compile(r"^QAPage$")
_WANTED = re.compile(f"{_ARTICLES.pattern}|{_THREADS.pattern}|{_QUESTIONS.pattern}")
_COMMENT = r"<!--(?:(?!-->).)*-->\s*"
_HTML = re.compile(rf"(?si)\s*(?:<\?xml[^>]*>\s*)?(?:{_COMMENT})*<(?:!doctype html|html|head|body|meta|title)\b")
# A page under such a name is what a failed export left: a sign-in, an error.
_EXPORT = re.compile(r"\.(jsonl?|ndjson|csv|tsv|xml)(\.gz)?$", re.IGNORECASE)
# Shorter than this it is no text of a page, but what is left of a menu.
_LEAST_TEXT = 80
# What a byline says besides names.
_NO_AUTHOR = re.compile(r"\d|\b(?:updated|reviewed|published|posted|edited|checked|modified)\b", re.IGNORECASE)
# How a page without a text of its own is called.
NO_TEXT = "no main text"
_ADVICE = "give a mapping for an export of it, or leave the page out"


def is_page(head: str) -> bool:
    """Whether a file that begins with these characters is a page of HTML."""
    return bool(_HTML.match(head))


def read(source: Source) -> Iterator[Item]:
    """The documents of a page: each question it holds, and the article."""
    try:
        from corpus.formats.html_tree import decoded  # noqa: PLC0415 (the extra `sites`)
    except ImportError as error:
        yield not_installed(source.name, "page", "a page of HTML", error)
        return
    try:
        yield from documents(decoded(source.data()), source.name, file=source.path.name)
    except CorpusError as error:
        yield rejected(source.name, "page", error)


def documents(text: str, source: str, place: str = "page", *, url: str = "", file: str = "") -> Iterator[Item]:
    """The documents of a page's text. `url` is the address that it was fetched from, where it names none itself; `file`
    tells pages without an address apart.
    """
    from corpus.formats.html_tree import address_of, described, meta_of, microdata, parsed  # noqa: PLC0415 (as above)

    try:
        tree = parsed(text)
    except CorpusError as error:
        yield rejected(source, place, error)
        return
    page = Page(tree, address_of(tree) or url, one_line(meta_of(tree, "og:site_name"))[:MOST_LINE], file)
    nodes = described(tree)
    if not any(True for _ in of_type(nodes, _QUESTIONS)):
        # Questions are described by one plugin, and the article that a page is said to be by another.
        if any(True for _ in of_type(nodes, _WANTED)):
            nodes += [node for node in microdata(tree, beside=False) if any(of_type([node], _QUESTIONS))]
        else:
            nodes = microdata(tree) + nodes
    for written, make in _parts(page, nodes):
        try:
            if (document := make()) is None:
                continue
            if not document.url:
                yield Noticed(source=source, place=place, what="identity")
            day = document.asked if isinstance(document, Question) else document.published
            if written and day is None:
                yield Noticed(source=source, place=place, what="date")
            yield document
        except CorpusError as error:
            yield rejected(source, place, error)


def _parts(page: Page, nodes: list[dict[str, Any]]) -> Iterator[tuple[str, Callable[[], Document | None]]]:
    """The day of each document of a page, as written, and what makes it: one that cannot be made costs itself alone."""
    asked = [node for node in of_type(nodes, _QUESTIONS) if text_in(node, *_ASKED)]
    about = _about(page, [*of_type(nodes, _ARTICLES)])
    if asked and any(map(_ASKING.search, (kind for node in nodes for kind in types_of(node)))):
        about = None
    elif not asked and about is None:
        asked = [node for node in of_type(nodes, _QUESTIONS, listed=True) if text_in(node, *_ASKED)]
    if not asked and (thread := next(of_type(nodes, _THREADS), None)):
        asked, about = [thread | {"suggestedAnswer": thread.get("comment")}], None
    several = len(asked) > 1 or about is not None
    for node in asked:
        yield _day_of(node), partial(_question, page, node, several)
    topic = None if asked or about else topic_of(page)
    if topic:
        yield "", topic
    elif about or not (asked or any(of_type(nodes, re.compile("^(QA|FAQ)Page$")))):
        yield _day_of(about or {}), partial(_article, page, about or {})


def _about(page: Page, articles: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The article that a page is about, among those that it describes: teasers lead to other pages."""
    own = same_address(page.url)
    named = (node for node in articles if own and same_address(leads_to(node)) == own)
    return next(named, articles[0] if articles else None)


def _day_of(node: dict[str, Any]) -> str:
    """The day that something was asked or published, as it is written."""
    return text_in(node, "dateCreated", "datePublished")


def _question(page: Page, node: dict[str, Any], several: bool) -> Question | None:
    """A question of the page; None where it asks nothing."""
    title, body = one_line(text_in(node, "name", "headline")), text_in(node, "text", "articleBody", "description")
    title = title or one_line(body)[:MOST_LINE]
    if not title:
        return None
    own = text_in(node, "@id", "url")
    part = own.partition("#")[2] or title if several else ""
    fragment = f"#{own.partition('#')[2]}" if several and "#" in own else ""
    return Question(
        id=page.id("question", title, part),
        title=title[:MOST_LINE],
        body="" if repeats(body, title) else body,
        url=page.url and page.url.partition("#")[0] + fragment,
        site=page.site,
        asked=parse_date(_day_of(node)),
        topics=topics_of(node),
        answers=tuple(answers_of(node)),
    )


def _article(page: Page, node: dict[str, Any]) -> Document:
    """The article of the page: its text as it is given for machines, else what a library takes for the main text.

    Raises CorpusError where there is none.
    """
    from corpus.formats.html_tree import tags_of  # noqa: PLC0415 (the extra `sites`)
    from corpus.formats.main_part import check_readable  # noqa: PLC0415 (as above)

    check_readable(page.tree)
    # Told before the text is looked for, which takes links away.
    topics = topics_of(node) or tuple(Topic(name=name) for name in tags_of(page.tree) if len(name) <= MOST_LINE)
    body, title = text_in(node, "articleBody"), one_line(text_in(node, "headline", "name"))
    author = ", ".join(names_in(node, "author"))[:MOST_LINE]
    day = parse_date(text_in(node, "datePublished", "dateCreated"))
    least = _LEAST_TEXT
    if len(body) < _LEAST_TEXT or not title:
        main = _main(page.tree)
        least = 1 if main.marked else _LEAST_TEXT
        body = body if len(body) >= len(main.text) else main.text
        title, author, day = title or main.title, author or main.author[:MOST_LINE], day or main.day
    if repeats(body.partition("\n")[0], title):
        body = clean(body.partition("\n")[2])
    if len(body) < least:
        raise CorpusError(f"{NO_TEXT}: a list of links, a menu, or a page that scripts fill", "page", _ADVICE)
    title = (title or opening(body))[:MOST_LINE]
    return Article(
        id=page.id("article", title),
        title=title,
        body=body,
        url=page.url,
        site=page.site,
        author=author,
        published=day,
        topics=topics,
        comments=tuple(_comments(node)),
    )


class _Main(NamedTuple):
    """The main text of a page, and what it shows beside it; whether the page itself marks the text."""

    text: str
    title: str
    author: str
    day: date | None
    marked: bool


def _main(tree: Any) -> _Main:
    """What a page shows as its text: the part that it marks as such, else what a library takes for it.

    Raises CorpusError where there is too much of it.
    """
    from trafilatura import bare_extraction  # noqa: PLC0415 (it takes a second to load)

    from corpus.formats.html_tree import meta_of, text_of, without_scripts  # noqa: PLC0415 (the extra `sites`)
    from corpus.formats.main_part import text_part, title_part, without_surroundings  # noqa: PLC0415 (as above)

    named = meta_of(tree, "author")
    tree = without_surroundings(without_scripts(tree))
    if len(tree.text_content()) > MOST_TEXT:
        raise CorpusError(f"over {MOST_TEXT:,} characters", "page", "split it")
    part, heading = text_part(tree), title_part(tree)
    text = "" if part is None else text_of(part)
    title = "" if heading is None else one_line(heading.text_content())
    # Other dates than those marked as such are those of pictures, or of what else is linked.
    dates = {"original_date": True, "extensive_search": False}
    found: Any = bare_extraction(tree, include_comments=False, with_metadata=True, date_extraction_params=dates)
    if found:
        # A page that marks its text and an empty heading has no title, and the library takes any other.
        title = title or ("" if text and heading is not None else one_line(found.title or ""))
        named = named or _authors(found.author or "")  # the library drops the title of a doctor
    marked = bool(text)
    text = text or _paragraphs((found and found.text) or "")
    title = title or ("" if heading is not None else one_line(tree.findtext(".//title") or ""))
    author = "" if "@" in named else one_line(named)
    return _Main(text, title, author, parse_date((found and found.date) or ""), marked)


def _authors(found: str) -> str:
    """The authors that the library found, which takes what stands behind a name for more of them (2.3.1)."""
    return ", ".join(name for name in found.split("; ") if name and not _NO_AUTHOR.search(name))


def _comments(node: dict[str, Any]) -> Iterator[Comment]:
    """What readers wrote under an article, without their names."""
    given = node.get("comment")
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, dict) and (text := text_in(item, "text", "description")):
            yield Comment(text=text, posted=parse_date(text_in(item, "dateCreated", "datePublished")))


def _paragraphs(text: str) -> str:
    """The library's text, a paragraph a line, in paragraphs; the items of a list stay together."""
    lines = [line for line in clean(text).split("\n") if line]
    return "\n\n".join(lines).replace("\n\n- ", "\n- ")


FORMAT = Format(
    name="web-page",
    summary="a page of HTML: the questions or the article it describes for machines, else its main text",
    recognises=lambda name, head: is_page(head) and not _EXPORT.search(name),
    read=read,
)

"""Reads the saved text of an article page: its title, author, date, body, links, references and readers' comments."""

from __future__ import annotations

import re

from corpus.errors import CorpusError
from corpus.formats.format import Format, page_of, reader
from corpus.identity import id_from_content
from corpus.model import Article, Comment, Link
from corpus.text import clean, one_line, paragraphs, parse_date

_DATE = r"[A-Z][a-z]+ \d{1,2}, \d{4}"
# "By February 24, 2013" or "By Jane Roe, February 24, 2013": what stands above the text.
_BYLINE = re.compile(rf"^By (?:(?P<author>.+?),? )?(?P<date>{_DATE})$", re.MULTILINE)
_FOLLOW = re.compile(r"^Follow me on:?.*$", re.MULTILINE)
_RELATED = re.compile(r"^Related: ?(?P<title>.+)$", re.MULTILINE)
# A comment begins with its time on one line and "(3) Name says:" on the next.
_COMMENT = re.compile(rf"^(?P<date>{_DATE}) at \d{{1,2}}:\d\d (?i:[ap]m)\n+\(\d+\) ?.*?says:$", re.MULTILINE)
# What follows the text and its comments: the comment form, the copyright line, the seal.
_END = re.compile(r"^(?:Leave a Comment$|©|.*All rights reserved\.?$|We comply with )", re.MULTILINE)
# How a reference looks: "Lin EP, Ekholm S." or "Long, Suzanne, S." at its beginning, or a place in a journal within.
# "et al." proves nothing: running text says it too.
_REFERENCE = re.compile(
    r"^[A-Z][\w'’-]+(?: [A-Z]{1,3}[,.]|, [A-Z][\w.'’-]*,) |\bdoi:|\bEpub\b"
    r"|\b(?:19|20)\d\d[^.]{0,12};\s?\d+|\b[Vv]ol\.? \d+"
)
_NAME = re.compile(r"^[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]*){1,3}$")


def parse(text: str) -> Article:
    """The article of a saved page. Raises CorpusError where no "By … date" line says that it is one."""
    text = clean(text)
    byline = _BYLINE.search(text)
    if not byline:
        raise CorpusError('no line "By AUTHOR, MONTH DAY, YEAR"', "page", "save the whole page as text")
    above = [line for line in text[: byline.start()].split("\n") if line]
    if not above:
        raise CorpusError("no title above the date", "page", "save the whole page as text")
    title = one_line(above[-1])
    author = one_line(byline["author"] or (above[-2] if len(above) > 1 and _NAME.match(above[-2]) else ""))
    published = parse_date(byline["date"])
    written, *said = _COMMENT.split(_END.split(text[byline.end() :], maxsplit=1)[0])
    # The line with the reader's name is part of what is split at; a comment without words is none.
    comments = ((day, words) for day, part in zip(said[::2], said[1::2], strict=True) if (words := clean(part)))
    body, links, references = _body(_FOLLOW.sub("", written))
    return Article(
        id=id_from_content("article", title, author, published.isoformat() if published else ""),
        title=title,
        body=body,
        author=author,
        published=published,
        references=references,
        links=links,
        comments=tuple(Comment(posted=parse_date(day), text=words) for day, words in comments),
    )


def _body(text: str) -> tuple[str, tuple[Link, ...], tuple[str, ...]]:
    """The article's own paragraphs, its "Related:" links, and the references that close it."""
    links = tuple(Link(title=one_line(found["title"])) for found in _RELATED.finditer(text))
    parts = paragraphs(_RELATED.sub("", text))
    last = len(parts)
    while last > 0 and _REFERENCE.search(parts[last - 1]):
        last -= 1
    return "\n\n".join(parts[:last]), links, tuple(one_line(part) for part in parts[last:])


FORMAT = Format(
    name="article-page",
    summary="the saved text of an article page, with references and readers' comments",
    recognises=lambda _name, head: bool(_BYLINE.search(clean(head))),
    read=reader(parse, page_of),
)

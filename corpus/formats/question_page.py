"""The saved text of a question page: title, the asker's words, replies, more information, similar questions, topics."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from corpus.errors import CorpusError
from corpus.formats.format import Format, page_reader
from corpus.identity import id_from_content
from corpus.model import Answer, Asker, Link, Question, Topic
from corpus.text import clean, one_line, parse_date

# "nickname, 70~79 year old female. Ask Date: 2020/05/31"; age and sex may be missing, the nickname is dropped.
_ASKED = re.compile(
    r"^(?:.*?,\s*)?(?:(?P<age>\d{1,3})(?:\s*[~-]\s*\d{1,3})? year old)?\s*(?P<sex>female|male)?\.?\s*"
    r"Ask Date: ?(?P<date>\d{4}/\d{1,2}/\d{1,2})$"
)
_REPLY = re.compile(r"^(?P<author>Dr\.? .+?) reply (?P<specialty>\S.*)$")
_REPLY_DATE = re.compile(r"^Reply Date: ?(\d{4}/\d{1,2}/\d{1,2})$")
_LISTED = re.compile(r"^\[Read More\] (?P<title>.+)$")
_SPECIALTY = re.compile(r"^\((?P<name>[^()]+)\)$")
_SECTIONS = {"More Info": "more", "Similar Q&A": "listed", "Related FAQ": "topics"}
_CHROME = {"Share to:"}


@dataclass
class _Page:
    """The page's lines, each under the section it stands in."""

    title: str = ""
    specialty: str = ""
    body: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    asker: Asker | None = None
    asked: date | None = None


def parse(text: str) -> Question:
    """The question of a saved page. Raises CorpusError where the page holds none."""
    lines = clean(text).split("\n")
    page = _Page()
    page.title, page.specialty = _title(lines[0], text)
    section, reply, written = "body", None, list[str]()
    topic = ""
    for line in lines[1:]:
        if line in _CHROME:
            continue
        if line in _SECTIONS and section != "reply":
            section = _SECTIONS[line]
        elif section == "body" and (asked := _ASKED.match(line)):
            page.asker, page.asked = _asker(asked["age"], asked["sex"]), parse_date(asked["date"])
            section = "asked"
        elif section in ("asked", "body") and (reply := _REPLY.match(line)):
            section, written = "reply", []
        elif section == "reply" and reply:
            if ended := _REPLY_DATE.match(line):
                page.answers.append(_answer(reply, written, parse_date(ended[1])))
                section = "asked"
            else:
                written.append(line)
        elif section == "listed":
            if found := _LISTED.match(line):
                page.listed.append(one_line(found["title"]))
        elif section == "topics" and line:
            if found := _SPECIALTY.match(line):
                page.topics.append(Topic(name=topic, specialty=found["name"]))
            topic = line
        elif section in ("body", "more"):
            (page.body if section == "body" else page.more).append(line)
    if section == "reply" and reply and clean("\n".join(written)):
        page.answers.append(_answer(reply, written, None))  # the saved text ends within the reply
    if page.asked is None and not page.answers:
        raise CorpusError("neither an ask date nor a reply", "page", "save the whole page as text")
    return _question(page)


def _title(line: str, text: str) -> tuple[str, str]:
    """The title without the site's suffix, and the specialty that the suffix names.

    The suffix counts as one only where the page names the same specialty elsewhere: " - Cement Leakage" is title.
    """
    title, dash, suffix = one_line(line).rpartition(" - ")
    if dash and (f"reply {suffix}" in text or f"({suffix})" in text):
        return title, suffix
    return one_line(line), ""


def _asker(age: str | None, sex: str | None) -> Asker | None:
    low = int(age) // 10 * 10 if age else None
    band = f"{low}-{low + 9}" if low is not None and low < 120 else ""
    return Asker(age=band, sex=sex or "") if band or sex else None


def _answer(reply: re.Match[str], written: list[str], answered: date | None) -> Answer:
    return Answer(
        text=clean("\n".join(written)),
        author=one_line(reply["author"]),
        specialty=one_line(reply["specialty"]),
        answered=answered,
    )


def _question(page: _Page) -> Question:
    body = clean("\n".join(page.body))
    # The site repeats a short form of the title above the asker's words; it is not part of them.
    first, _, rest = body.partition("\n")
    if first and first.casefold().rstrip(".:") in page.title.casefold():
        body = clean(rest)
    asked = page.asked.isoformat() if page.asked else ""
    return Question(
        id=id_from_content("question", page.title, body, asked),
        title=page.title,
        body=body,
        asked=page.asked,
        specialty=page.specialty or (page.answers[0].specialty if page.answers else ""),
        topics=tuple(dict.fromkeys(page.topics)),
        asker=page.asker,
        answers=tuple(page.answers),
        more=clean("\n".join(page.more)),
        listed=tuple(Link(title=title) for title in dict.fromkeys(page.listed)),
    )


FORMAT = Format(
    name="question-page",
    summary="the saved text of a question page, with replies, similar questions and topics",
    recognises=lambda _name, head: bool(re.search(r"^(?:.*Ask Date: ?\d{4}/|Dr\.? .+ reply \S)", head, re.MULTILINE)),
    read=page_reader(parse),
)

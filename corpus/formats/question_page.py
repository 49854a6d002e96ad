"""Reads the saved text of a question page: what was asked, the replies, and the similar questions and topics listed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from corpus.errors import CorpusError
from corpus.formats.format import Format, page_of, reader
from corpus.identity import id_from_content
from corpus.model import Answer, Asker, Link, Question, Topic, age_band
from corpus.text import clean, one_line, parse_date

# "nickname, 70~79 year old female. Ask Date: 2020/05/31". Whatever else stands in this line names the asker: the whole
# line is dropped, and age, sex and date are taken from it where they are found.
_ASK_LINE = re.compile(r"Ask Date:\s*(?P<date>\S*)")
_AGE = re.compile(
    r"\b(?P<age>\d{1,3})(?:\s*[~～-]\s*\d{1,3})?[ -]?(?P<unit>years?|months?|weeks?|days?)[ -]old\b", re.IGNORECASE
)
_SEX = re.compile(r"\b(?P<sex>female|male)\b", re.IGNORECASE)
_REPLY = re.compile(r"^(?P<author>Dr\.? .+?) reply (?P<specialty>\S.*)$")
_REPLY_DATE = re.compile(r"^Reply Date: ?(\d{4}/\d{1,2}/\d{1,2})$")
_LISTED = re.compile(r"^\[Read More\] (?P<title>.+)$")
_SPECIALTY = re.compile(r"^\((?P<name>[^()]+)\)$")
_SECTIONS = {"More Info": "more", "Similar Q&A": "listed", "Related FAQ": "topics"}


@dataclass
class _Page:
    """The lines of a page as they belong together: by section, and by reply with its first line and its date."""

    asker: Asker | None = None
    asked: date | None = None
    sections: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    replies: list[tuple[re.Match[str], list[str], date | None]] = field(default_factory=list)


def parse(text: str) -> Question:
    """The question of a saved page. Raises CorpusError where the page holds none."""
    first, *lines = clean(text).split("\n")
    if _ASK_LINE.search(first):
        raise CorpusError("no title above the asker's line", "page", "save the whole page as text")
    page = _parted(lines)
    answers = tuple(
        Answer(text=words, author=one_line(by["author"]), specialty=one_line(by["specialty"]), answered=day)
        for by, written, day in page.replies
        if (words := clean("\n".join(written)))
    )
    if page.asked is None and not answers:
        raise CorpusError("neither an ask date nor a reply", "page", "save the whole page as text")
    title, specialty = _title(first, lines)
    body = _body(title, page.sections["body"])
    titles = [one_line(found["title"]) for line in page.sections["listed"] if (found := _LISTED.match(line))]
    # A topic stands above its specialty.
    named = pairwise(filter(None, page.sections["topics"]))
    topics = [Topic(name=name, specialty=of["name"]) for name, line in named if (of := _SPECIALTY.match(line))]
    return Question(
        id=id_from_content("question", title, body, page.asked.isoformat() if page.asked else ""),
        title=title,
        body=body,
        asked=page.asked,
        specialty=specialty or (answers[0].specialty if answers else ""),
        topics=tuple(dict.fromkeys(topics)),
        asker=page.asker,
        answers=answers,
        more=clean("\n".join(page.sections["more"])),
        listed=tuple(Link(title=title) for title in dict.fromkeys(titles)),
    )


def _parted(lines: list[str]) -> _Page:
    """The lines of a page, each put where it belongs."""
    page, section = _Page(), "body"
    # What looks like a reply before the asker's line is the asker's own words.
    before_replies = ("asked",) if any(map(_ASK_LINE.search, lines)) else ("asked", "body")
    for line, reply_goes_on in zip(lines, _before_reply_dates(lines), strict=True):
        if line == "Share to:":
            continue
        if asked := _ASK_LINE.search(line):
            if section == "body":
                page.asker, page.asked = _asker(line[: asked.start()]), parse_date(asked["date"])
                section = "asked"
        elif line in _SECTIONS and not (section == "reply" and reply_goes_on):
            section = _SECTIONS[line]
        elif section in before_replies and (reply := _REPLY.match(line)):
            section = "reply"
            page.replies.append((reply, [], None))
        elif section != "reply":
            page.sections[section].append(line)
        elif ended := _REPLY_DATE.match(line):
            page.replies[-1] = (*page.replies[-1][:2], parse_date(ended[1]))
            section = "asked"
        else:
            page.replies[-1][1].append(line)
    return page


def _before_reply_dates(lines: list[str]) -> list[bool]:
    """For each line whether a reply's date follows before another reply begins: a section's name is its own then."""
    found: list[bool] = []
    follows = False
    for line in reversed(lines):
        found.append(follows)
        follows = bool(_REPLY_DATE.match(line)) or (follows and not _REPLY.match(line))
    return found[::-1]


def _title(line: str, lines: list[str]) -> tuple[str, str]:
    """The title without the site's suffix, and the specialty that the suffix names.

    The suffix counts as one only where a line of the page names the same specialty: " - Cement Leakage" is title.
    """
    title, dash, suffix = one_line(line).rpartition(" - ")
    replied = {one_line(reply["specialty"]) for other in lines if (reply := _REPLY.match(other))}
    if dash and (suffix in replied or f"({suffix})" in lines):
        return title, suffix
    return one_line(line), ""


def _asker(line: str) -> Asker | None:
    """Age band and sex from what stands before the ask date; nothing else of it is kept."""
    age, sexes = _AGE.search(line), _SEX.findall(line)
    years = (int(age["age"]) if age["unit"].lower().startswith("year") else 0) if age else None
    band = "" if years is None else age_band(years)
    sex = sexes[-1].lower() if sexes else ""  # a nickname comes first
    return Asker(age=band, sex=sex) if band or sex else None


def _body(title: str, lines: list[str]) -> str:
    """The asker's words without the short form of the title that the site repeats above them."""
    body = clean("\n".join(lines))
    first, _, rest = body.partition("\n")
    words = first.casefold().rstrip(".:?!").split()
    repeated = len(words) > 1 and f" {' '.join(words)} " in f" {' '.join(title.casefold().replace(':', ' ').split())} "
    return clean(rest) if repeated else body


FORMAT = Format(
    name="question-page",
    summary="the saved text of a question page, with replies, similar questions and topics",
    recognises=lambda _name, head: bool(
        _ASK_LINE.search(head) or re.search(r"^Dr\.? .+ reply \S", head, re.MULTILINE) or "\nShare to:" in head
    ),
    read=reader(parse, page_of),
)

"""The saved text of a question page: title, the asker's words, replies, more information, similar questions, topics."""

from __future__ import annotations

import re
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


class _Page:
    """The page, taken line by line; `section` says where the next line belongs."""

    def __init__(self, title: str, specialty: str) -> None:
        self.title, self.specialty = title, specialty
        self.body: list[str] = []
        self.more: list[str] = []
        self.listed: list[str] = []
        self.topics: list[Topic] = []
        self.answers: list[Answer] = []
        self.asker: Asker | None = None
        self.asked: date | None = None
        self._section = "body"
        self._reply: re.Match[str] | None = None
        self._written: list[str] = []
        self._topic = ""

    def take(self, line: str) -> None:
        """Take the next line: what begins a section, or what stands in one."""
        if line in _CHROME:
            return
        if line in _SECTIONS and self._section != "reply":
            self._section = _SECTIONS[line]
        elif self._section in ("asked", "body") and (reply := _REPLY.match(line)):
            self._section, self._reply, self._written = "reply", reply, []
        else:
            getattr(self, f"_in_{self._section}")(line)

    def end(self) -> None:
        """The text is over; a reply that had not ended is kept."""
        if self._section == "reply" and clean("\n".join(self._written)):
            self._replied(None)

    def _in_body(self, line: str) -> None:
        if asked := _ASKED.match(line):
            self.asker, self.asked = _asker(asked["age"], asked["sex"]), parse_date(asked["date"])
            self._section = "asked"
        else:
            self.body.append(line)

    def _in_asked(self, line: str) -> None:
        """Between the asker's line and a reply stands nothing of value."""

    def _in_reply(self, line: str) -> None:
        if ended := _REPLY_DATE.match(line):
            self._replied(parse_date(ended[1]))
            self._section = "asked"
        else:
            self._written.append(line)

    def _in_more(self, line: str) -> None:
        self.more.append(line)

    def _in_listed(self, line: str) -> None:
        if found := _LISTED.match(line):
            self.listed.append(one_line(found["title"]))

    def _in_topics(self, line: str) -> None:
        if line and (found := _SPECIALTY.match(line)) and self._topic:
            self.topics.append(Topic(name=self._topic, specialty=found["name"]))
        self._topic = line or self._topic

    def _replied(self, answered: date | None) -> None:
        assert self._reply is not None
        self.answers.append(
            Answer(
                text=clean("\n".join(self._written)),
                author=one_line(self._reply["author"]),
                specialty=one_line(self._reply["specialty"]),
                answered=answered,
            )
        )


def parse(text: str) -> Question:
    """The question of a saved page. Raises CorpusError where the page holds none."""
    first, *lines = clean(text).split("\n")
    page = _Page(*_title(first, text))
    for line in lines:
        page.take(line)
    page.end()
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

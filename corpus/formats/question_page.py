"""The saved text of a question page: title, the asker's words, replies, more information, similar questions, topics."""

from __future__ import annotations

import re
from datetime import date

from corpus.errors import CorpusError
from corpus.formats.format import Format, page_reader
from corpus.identity import id_from_content
from corpus.model import MOST_AGE, Answer, Asker, Link, Question, Topic
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
_CHROME = {"Share to:"}


class _Page:
    """The page, taken line by line; `section` says where the next line belongs."""

    def __init__(self, title: str, specialty: str, *, has_ask_line: bool) -> None:
        self.title, self.specialty = title, specialty
        # What looks like a reply before the asker's line is the asker's own words.
        self._before_replies = ("asked",) if has_ask_line else ("asked", "body")
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

    def take(self, line: str, reply_goes_on: bool) -> None:
        """Take the next line: what begins a section, or what stands in one.

        `reply_goes_on` says that a reply's date still follows, so that a section's name is a line of the reply.
        """
        if line in _CHROME:
            return
        if asked := _ASK_LINE.search(line):
            if self._section == "body":
                self.asker, self.asked = _asker(line[: asked.start()]), parse_date(asked["date"])
                self._section = "asked"
        elif line in _SECTIONS and not (self._section == "reply" and reply_goes_on):
            self._end_reply(None)
            self._section = _SECTIONS[line]
        elif self._section in self._before_replies and (reply := _REPLY.match(line)):
            self._section, self._reply, self._written = "reply", reply, []
        else:
            getattr(self, f"_in_{self._section}")(line)

    def end(self) -> None:
        """The text is over; a reply that had not ended is kept."""
        self._end_reply(None)

    def _in_body(self, line: str) -> None:
        self.body.append(line)

    def _in_asked(self, line: str) -> None:
        """Between the asker's line and a reply stands nothing of value."""

    def _in_reply(self, line: str) -> None:
        if ended := _REPLY_DATE.match(line):
            self._end_reply(parse_date(ended[1]))
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

    def _end_reply(self, answered: date | None) -> None:
        """Keep the reply that was being taken, if there is one and it says something."""
        text = clean("\n".join(self._written))
        if self._section == "reply" and self._reply and text:
            author, specialty = one_line(self._reply["author"]), one_line(self._reply["specialty"])
            self.answers.append(Answer(text=text, author=author, specialty=specialty, answered=answered))


def parse(text: str) -> Question:
    """The question of a saved page. Raises CorpusError where the page holds none."""
    first, *lines = clean(text).split("\n")
    if _ASK_LINE.search(first):
        raise CorpusError("no title above the asker's line", "page", "save the whole page as text")
    page = _Page(*_title(first, lines), has_ask_line=any(_ASK_LINE.search(line) for line in lines))
    for line, reply_goes_on in zip(lines, _before_reply_dates(lines), strict=True):
        page.take(line, reply_goes_on)
    page.end()
    if page.asked is None and not page.answers:
        raise CorpusError("neither an ask date nor a reply", "page", "save the whole page as text")
    return _question(page)


def _before_reply_dates(lines: list[str]) -> list[bool]:
    """For each line whether a reply's date follows before another reply begins."""
    found: list[bool] = []
    follows = False
    for line in reversed(lines):
        found.append(follows)
        if _REPLY_DATE.match(line):
            follows = True
        elif _REPLY.match(line):
            follows = False
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
    band = f"{years // 10 * 10}-{years // 10 * 10 + 9}" if years is not None and years < MOST_AGE else ""
    sex = sexes[-1].lower() if sexes else ""  # a nickname comes first
    return Asker(age=band, sex=sex) if band or sex else None


def _question(page: _Page) -> Question:
    body = clean("\n".join(page.body))
    # The site repeats a short form of the title above the asker's words; it is not part of them.
    first, _, rest = body.partition("\n")
    words = first.casefold().rstrip(".:?!").split()
    if len(words) > 1 and f" {' '.join(words)} " in f" {' '.join(page.title.casefold().replace(':', ' ').split())} ":
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
    recognises=lambda _name, head: bool(
        _ASK_LINE.search(head) or re.search(r"^Dr\.? .+ reply \S", head, re.MULTILINE) or "\nShare to:" in head
    ),
    read=page_reader(parse),
)

"""Cleans texts and reads dates as files and pages have them; every format does so before it makes a document."""

from __future__ import annotations

import codecs
import re
import unicodedata
from datetime import date

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")
# Control characters but tab and line feed, the byte order mark, and invisible formatting that no reader sees.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\u200b\u2060\u00ad]")
MOST_TITLE = 120
# The standard library's names of months are those of the reader's locale; here they are English.
_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: str(number) for number, full in enumerate(_MONTHS.split(), 1) for name in (full, full[:3])}
_MONTH["sept"] = "9"
# Codecs of text that no file is written in.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
# How a date of three numbers that begins with no year is read, where a mapping says so.
DATE_ORDERS = ("day-first", "month-first")
_ORDERED = re.compile(r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})(?!\d)")
_WEEKDAY = re.compile(r"[A-Za-z]{3,9},\s+(?=\d)")
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})(?!\d)"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})(?!\d)"),
)


def clean(text: str) -> str:
    """The text with its paragraphs kept: NFC, one space between words, one blank line at most, nothing invisible.

    Words are never changed. A single line stays a single line, so this also serves for titles and names.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    return _MANY_BREAKS.sub("\n\n", _BREAKS.sub("\n", text)).strip()


def opening(text: str) -> str:
    """A title for a text that has none: its first words, whole, up to 120 characters."""
    line = one_line(text)
    if len(line) <= MOST_TITLE:
        return line
    space = line.rfind(" ", 0, MOST_TITLE)
    return line[: space if space > 0 else MOST_TITLE].rstrip(",;:-") + "…"


def repeats(line: str, title: str) -> bool:
    """Whether a line says what a title does, but for case, spacing and the mark at the end."""
    return _said(line) == _said(title)


def _said(line: str) -> str:
    return one_line(line).casefold().rstrip("?.! ")


def charset_of(declared: str) -> str:
    """The charset that a file declares, as Python calls it; empty where it is none, or UTF, which is tried anyway."""
    try:
        name = codecs.lookup(declared).name
        "a".encode(name).decode(name, "replace")  # some codecs are of bytes, some take no other errors than their own
    except (LookupError, UnicodeError):
        return ""
    return "" if name.startswith("utf") or name in _NO_CHARSETS else name


def is_unicode(text: str) -> bool:
    """Whether a text holds characters alone: undecodable bytes become lone surrogates, which are none."""
    try:
        text.encode()  # a hundred times faster than looking at each character
    except UnicodeEncodeError:
        return False
    return True


def one_line(text: str) -> str:
    """The text on one line, for titles and names."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a cleaned text: what blank lines part."""
    return [part for part in clean(text).split("\n\n") if part]


def parse_date(text: str, order: str = "") -> date | None:
    """The calendar date that a text begins with: 2020/05/31, February 24, 2013 or 24 February 2013, a weekday before it
    or not; None if none. With an order, one of DATE_ORDERS, 31.05.2020 is one too.

    A date that the calendar does not have, such as 31 February, is None too.
    """
    text = _WEEKDAY.sub("", text.strip(), count=1)
    if order and (numbers := _ORDERED.match(text)):
        day, month = numbers["first"], numbers["second"]
        if order == "month-first":
            day, month = month, day
        return _calendar(numbers["year"], month, day)
    found = next(filter(None, (pattern.match(text) for pattern in _DATES)), None)
    return _calendar(found["year"], found["month"].lower(), found["day"]) if found else None


def _calendar(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(_MONTH.get(month, month)), int(day))
    except ValueError:  # no such month or day
        return None

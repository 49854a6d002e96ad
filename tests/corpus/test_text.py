"""Cleaning and dates."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.markup import plain_text
from corpus.text import clean, one_line, paragraphs, parse_date, repeats

ANY = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n\r\t\u00a0\u200b\u00ad\u0301\u2028e"))


@given(ANY)
@example("e\u200b\u0301")
@example("a\r\u200b\nb")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A clean text is left as it is."""
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_a_clean_text_has_one_blank_line_at_most(text: str) -> None:
    """There are no double spaces, no spaces at line ends and no two blank lines in a row."""
    cleaned = clean(text)
    assert not any(mark in cleaned for mark in ("  ", " \n", "\n ", "\n\n\n", "\r", "\x00", "\ufeff", "\u200b"))
    assert cleaned == cleaned.strip()


@given(ANY)
def test_one_line_is_one_line(text: str) -> None:
    """A title has no line break and the same words."""
    assert "\n" not in one_line(text)
    assert one_line(text).split() == clean(text).split()


@pytest.mark.parametrize(
    "mark", ["\x0b", "\x0c", "\t", "\n", "\u2028", "\u2029", "\x85", "\u3000", "\u00a0"], ids=ascii
)
def test_white_space_of_any_kind_parts_words(mark: str) -> None:
    """A form feed between two pages parts the words like a space does."""
    assert clean(f"end{mark}start").split() == ["end", "start"]


@pytest.mark.parametrize("mark", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\x00", "\x7f"], ids=ascii)
def test_what_no_reader_sees_is_dropped(mark: str) -> None:
    """Invisible characters within a word leave the word whole."""
    assert clean(f"kyp{mark}hosis") == "kyphosis"


def test_marks_that_join_or_turn_letters_are_kept() -> None:
    """Joiners and direction marks change what a reader sees, so they stay."""
    assert clean("می\u200cروم \u200fא") == "می\u200cروم \u200fא"


def test_paragraphs_are_what_blank_lines_part() -> None:
    """Any number of blank lines, with or without spaces, part two paragraphs."""
    assert paragraphs(" one\ntwo \r\n \r\n\n three\n") == ["one\ntwo", "three"]
    assert paragraphs(" \n ") == []


@given(st.dates())
def test_a_date_is_read_in_three_notations(day: date) -> None:
    """Numbers, American and British words give the day they were made from."""
    month, year = calendar.month_name[day.month], f"{day.year:04}"
    for text in (
        f"{year}/{day.month:02}/{day.day:02}",
        f"{year}-{day.month}-{day.day}",
        f"{month} {day.day}, {year}",
        f"{month[:3]}. {day.day}, {year}",
        f"{day.day} {month} {year}",
        f"{day.day}th {month[:3]} {year}, in the evening",
    ):
        assert parse_date(text) == day


def test_september_has_two_short_names() -> None:
    """Newspapers write Sept., programs Sep."""
    for text in ("Sept. 5, 2020", "Sep 5, 2020", "5 Sept 2020"):
        assert parse_date(text) == date(2020, 9, 5)


def test_a_line_repeats_a_title_in_any_case_and_with_any_mark_at_its_end() -> None:
    """Sites without a text of their own put the title there."""
    assert repeats("Is it  safe", "Is It Safe?")
    assert not repeats("Is it safe for me", "Is It Safe?")


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2021/02/30", "0000/01/01", "Smarch 3, 2012", "31/12/2020", "2012", "32 May 2012", "2020/05/311"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """A day that the calendar does not have, or a text that only looks like one, is no date."""
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<o:p></o:p></p>", "one"),
        ("Take <strike>10</strike> <tt>5</tt> mg", "Take 10 5 mg"),
        ("<html><head><title>x</title></head><body><p>Hi</p></body></html>", "Hi"),
        ("<!DOCTYPE html><![CDATA[<p>a</p>]]>", "a"),
        ('<a href="x"title="y">link</a> and <p style="a" ">q</p>', "link and \n\nq"),
        ("Go to <link> & <data>, or <a href='/b'>b</a> <link rel='x'>.", "Go to <link> & <data>, or b \n\n."),
        ("ratio <c:d> and see <https://x.example> &amp; x <y", "ratio <c:d> and see <https://x.example> & x <y"),
    ],
)
def test_html_as_it_is_written(html: str, text: str) -> None:
    """By word processors, old editors and careless templates; what only looks like a tag stays."""
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "CRP <s = 5 mg/l, ESR >20",
            "weight <q (kg) = 70, height >160 cm",
            "p <i = 0,05 and r >0,3",
            "time <m:ss> per km",
        ),
        *(
            "WBC <a 4,000; = low; platelets>150",
            "my <body mass index> is 30",
            "fill in <title> and <body>, <head> and <neck>",
        ),
        *("see <base rate = 5%> here", "mail <jane@x.example>", "vitamin D <20 ng/ml > 10", "a <w:h> ratio"),
    ],
)
def test_what_only_looks_like_html_stays(text: str) -> None:
    """Comparisons, ratios and words in angle brackets, whatever stands between them."""
    assert plain_text(text) == text

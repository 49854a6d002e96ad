"""Values in words, and settings from their four places."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from corpus import Asker, Topic
from indexer import Mark, Progress
from search_app import settings
from search_app.cli.progress import line
from search_app.present import blocks, callable_numbers, day, paragraphs, to_json, years_ago
from search_app.usage import UsageError
from search_app.words import load

ENGLISH = load("en")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Helpline <24> 116 123", ["116123"]),
        ("Samaritans 116 123 (24/7)", ["116123"]),
        ("988 (24 hours)", ["988"]),
        ("13 11 14 24/7", ["131114"]),
        ("+49 800 111", ["+49800111"]),
        ("0800.111.0111", ["08001110111"]),
        ("116\u00a0123", ["116123"]),
        ("112 or 19222", ["112", "19222"]),
        ("+49 (800) 111-0", []),
        ("1-800-273-TALK (8255)", []),
        ("\uff11\uff11\uff19", []),
        ("open 24/7", []),
        ("a friend", []),
    ],
)
def test_numbers_to_call_are_links(text: str, called: list[str]) -> None:
    """Whoever needs one taps it; what is no plain number is none, and what stands around it is escaped."""
    html = callable_numbers(text)
    assert re.findall(r'href="tel:([^"]+)"', html) == called
    assert unescape(re.sub("<[^>]+>", "", html)) == text


def test_of_emergency_numbers_side_by_side_none_is_a_link() -> None:
    """Nobody knows where one ends; one alone is."""
    assert "tel:" not in callable_numbers("110 119", grouped=False)
    assert callable_numbers("112 / 911", grouped=False).count("tel:") == 2
    assert 'href="tel:112"' in callable_numbers("112", grouped=False)


def test_years_are_whole_ones() -> None:
    """A day of less than a year ago, and one that nobody knows, is no year old."""
    today = datetime.now(UTC).date()
    assert years_ago(today - timedelta(days=360)) == 0
    assert years_ago(today - timedelta(days=366)) == 1
    assert years_ago(today - timedelta(days=3660)) == 10
    assert years_ago(None) == 0
    assert years_ago(today + timedelta(days=400)) == 0


def test_days_and_askers_are_words() -> None:
    """Dates are written out; an asker is a band and a sex, as far as they are known."""
    assert day(date(2020, 5, 31)) == "31 May 2020"
    assert day(None) == ""
    assert ENGLISH.who(Asker(age="70-79", sex="female")) == "Woman, 70 to 79"
    assert ENGLISH.who(Asker(age="0-9", sex="male")) == "Boy, 0 to 9"
    assert ENGLISH.who(Asker(age="30-39")) == "30 to 39"
    assert ENGLISH.who(None) == ""


def test_marked_pieces_stand_in_paragraphs() -> None:
    """A blank line within a piece ends a paragraph; marks and single line breaks stay where they are."""
    pieces = [
        Mark("\n\nMy ", ""),
        Mark("left", "side"),
        Mark(" knee.\nIt hurts.\n \n", ""),
        Mark("Why", "shared"),
        Mark("?", ""),
    ]
    found = paragraphs(pieces)
    assert found == [
        [Mark("My ", ""), Mark("left", "side"), Mark(" knee.\nIt hurts.", "")],
        [Mark("", ""), Mark("Why", "shared"), Mark("?", "")],
    ]
    assert paragraphs([]) == []


def test_small_numbers_are_words() -> None:
    """Up to twelve in words, then in figures."""
    assert [ENGLISH.in_words(number) for number in (1, 3, 12, 13, 1000)] == ["one", "three", "twelve", "13", "1,000"]


def test_a_short_line_above_a_text_is_its_heading() -> None:
    """A heading has no full stop and text below it; a list item is none."""
    found = blocks("Causes of it\nOne text.\n\n1. High pressure: it leaks.\nMore.\n\nAlone")
    assert [block.heading for block in found] == ["Causes of it", "", ""]


def test_lists_are_joined_as_people_do() -> None:
    """Commas, then and."""
    assert "".join(a + b for a, b in ENGLISH.listing(["a", "b", "c"])) == "a, b and c"
    assert ENGLISH.listing([]) == []


def test_json_is_the_dataclass() -> None:
    """Dates are ISO strings, tuples are lists, dataclasses are objects."""
    assert to_json({"a": (Topic(name="n", specialty="s"), date(2020, 1, 2), None)}) == {
        "a": [{"name": "n", "specialty": "s"}, "2020-01-02", None]
    }


def test_progress_says_rate_and_rest() -> None:
    """A line of progress has the share, the rate and the time that is left."""
    told = line(Progress(stage="indexing", done=50, total=200), spent=5.0)
    assert told == "indexing  50 of 200 (25 %), 10 a second, 15 s left"


def test_settings_come_from_four_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given goes before the environment, that before seealso.toml, that before the default."""
    (tmp_path / "seealso.toml").write_text("index = 'from-file'\nport = 81\nhost = 'file'\n")
    monkeypatch.setenv("SEEALSO_PORT", "82")
    monkeypatch.setenv("SEEALSO_HOST", "variable")
    values = settings.load({"host": "given"}, tmp_path)
    assert (values["index"], values["port"], values["host"], values["threads"]) == ("from-file", "82", "given", "1")


@pytest.mark.parametrize("text", ["colour = 'red'", "index = ", "\xff", "index = [1]"])
def test_a_wrong_settings_file_is_refused(text: str, tmp_path: Path) -> None:
    """An unknown setting or a file that is no TOML is an error that names the file."""
    (tmp_path / "seealso.toml").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError) as raised:
        settings.load({}, tmp_path)
    assert "seealso.toml" in raised.value.where


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("SEEALSO_ORIGIN", "SEEALSO_ORIGINS"), ("SEEALSO_INDX", "SEEALSO_INDEX"), ("SEEALSO_LIMITS", "SEEALSO_LIMIT")],
)
def test_a_misspelt_variable_is_refused(
    variable: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would silently set nothing; the error names the one that is meant."""
    monkeypatch.setenv(variable, "5")
    with pytest.raises(UsageError, match=f"{variable}.*{meant}"):
        settings.load({}, tmp_path)


@pytest.mark.parametrize("variable", ["SEEALSO_DATA", "SEEALSO_OPENSEARCH", "SEEALSO_SERVER", "MY_SEEALSO_INDX"])
def test_a_variable_of_another_program_is_left_alone(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is like no setting's name, or begins otherwise."""
    monkeypatch.setenv(variable, "5")
    assert settings.load({}, tmp_path)["index"] == "index"

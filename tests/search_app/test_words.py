"""The words of the visitors' pages: complete in each language that ships, replaced by a site's own, never markup."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import search_app
from corpus import Asker
from search_app import create_app
from search_app.outside import ERRORS, NAMES, WORDS
from search_app.usage import UsageError
from search_app.words import load, shipped

ROOT = Path(__file__).parents[2]
ROOM = Path(search_app.__file__).parent
EXAMPLES = sorted((ROOT / "docs" / "examples" / "catalogues").glob("*.po"))
# What the desk says is English.
TEMPLATES = [path for path in sorted((ROOM / "templates").rglob("*.html")) if "desk" not in path.parts]
PLURAL = 'msgid ""\nmsgstr ""\n"Language: {lang}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def lines() -> set[str]:
    """Every line that pages may show, of a plural the first form."""
    found = {outside.title for outside in ERRORS.values()} | {line for pair in WORDS.values() for line in pair}
    found |= set(NAMES.values())
    for path in (*TEMPLATES, *(ROOM / f"{name}.py" for name in ("words", "pages"))):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            for _, message, *_ in extract(method, file, keywords={"_": None, "ngettext": (1, 2)}):
                found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(path: Path) -> Catalog:
    """A catalogue of a file."""
    with path.open("rb") as file:
        return read_po(file)


def test_the_pages_have_their_lines() -> None:
    """The lines are found where they are: in templates, plurals, modules, and the table of errors."""
    assert {"A patient asked", "%(number)s page", "Woman", "Kind", "No such document"} <= lines()
    assert len(lines()) > 120


@pytest.mark.parametrize("lang", shipped())
def test_a_shipped_language_is_complete(lang: str) -> None:
    """Every line has its words, and no line is there that pages do not have."""
    told = {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in catalogue(ROOM / "catalogues" / f"{lang}.po")
        if message.id
    }
    assert sorted(lines() - told.keys()) == []
    assert sorted(told.keys() - lines()) == []
    assert [
        line
        for line, message in told.items()
        if not all(message.string if isinstance(message.string, tuple) else [message.string])
    ] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_names_lines_that_pages_have(path: Path) -> None:
    """A catalogue of a site replaces what it names; what it leaves out falls back."""
    told = [message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(path) if message.id]
    assert sorted(set(told) - lines()) == []
    assert load(str(path)).text("A patient asked") not in ("", "A patient asked")


def test_dates_numbers_and_lists_are_as_the_language_writes_them() -> None:
    """In English and in Traditional Chinese."""
    english, chinese = load("en"), load("zh-Hant")
    assert (english.day(date(2020, 5, 31)), chinese.day(date(2020, 5, 31))) == ("31 May 2020", "2020年5月31日")
    assert (english.number(19011), chinese.number(19011)) == ("19,011", "19,011")
    asker = Asker(age="70-79", sex="female")
    assert (english.who(asker), chinese.who(asker)) == ("Woman, 70 to 79", "女性，70至79歲")
    assert "".join(a + b for a, b in chinese.listing(["甲", "乙", "丙"])) == "甲、乙和丙"


@pytest.mark.parametrize(
    "address", ["/", "/questions/q-0039", "/articles/a-0007", "/search?q=cement", "/search?q=zzxqv", "/none"]
)
def test_pages_are_in_the_language_of_their_words(address: str, sample_path: Path) -> None:
    """`lang` follows, and no English line is left."""
    page = create_app({"index": str(sample_path), "words": "zh-Hant"}).test_client().get(address).text
    assert '<html lang="zh-Hant">' in page
    said, words = re.sub(r"<[^>]*>", "", page), load("zh-Hant")
    for line in ("Skip to the content", "Search", "Topics"):
        assert words.text(line) in said
    for line in lines():
        assert len(line) < 9 or line not in said  # shorter ones may be words of the documents


def test_a_site_has_its_own_words(sample_path: Path, tmp_path: Path) -> None:
    """A line of the site's catalogue stands for ours, as text and not as markup; a blank leaves one out; what is not in
    it comes from the shipped catalogue of its language.
    """
    own = tmp_path / "own.po"
    text = PLURAL.format(lang="zh_Hant") + 'msgid "A patient asked"\nmsgstr "<b>客戶</b>問"\n\n'
    own.write_text(text + 'msgid "In an emergency call %(number)s."\nmsgstr " "\n', "utf-8")
    page = create_app({"index": str(sample_path), "words": str(own)}).test_client().get("/questions/q-0039").text
    assert "&lt;b&gt;客戶&lt;/b&gt;問" in page
    assert load("zh-Hant").text("See also") in page
    assert "112" not in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "no PO file"),
        (b"msgid no", "no PO file"),
        (b'msgid ""\nmsgstr ""\n"Language: klingon9\\n"\n', "klingon9"),
        (b'msgid ""\nmsgstr ""\n"Language: tlh\\n"\n', "Language: tlh"),
        (b'msgid "{characters:,} characters"\nmsgstr "{zeichen} Zeichen"\n', "line 1"),
        (b'msgid "{characters:,} characters"\nmsgstr "{ Zeichen"\n', "line 1"),
        (b'msgid "%(low)s to %(high)s"\nmsgstr "%(low)s bis %(high)s 100 %"\n', "line 1"),
        (b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=1/0;\\n"\n', "header"),
        (b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=n%0;\\n"\n', "header"),
        (b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=rot13\\n"\n', "header"),
        (b'#, python-format\nmsgid "In an emergency call %(number)s."\nmsgstr "Ring %(telephone)s"\n', "line 2"),
        (b'msgid "In an emergency call %(number)s."\nmsgstr "100 % sure: %(number)s"\n', "line 1"),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_told(content: bytes | None, told: str, tmp_path: Path) -> None:
    """Before anybody is served, with the file, the line and what to do."""
    path = tmp_path / "own.po"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        create_app({"words": str(path)})
    assert told in str(error.value)
    assert str(path) in str(error.value)


def test_signs_of_percent_are_such(sample_path: Path, tmp_path: Path) -> None:
    """In a line that names no values; and a language is found however it is written."""
    own = tmp_path / "own.po"
    text = PLURAL.format(lang="zh-hant") + 'msgid "Search"\nmsgstr "100 % %(this)s"\n'
    own.write_text(text, "utf-8")
    page = create_app({"index": str(sample_path), "words": str(own)}).test_client().get("/").text
    assert "100 % %(this)s" in page
    assert '<html lang="zh-Hant">' in page
    assert load("zh-Hant").text("Topics") in page


def test_a_plural_has_its_number(sample_path: Path) -> None:
    """Where the line for one thing names none: "Filter this result", "Filter these 16 results"."""
    client = create_app({"index": str(sample_path)}).test_client()
    page, results = client.get("/search?q=cement").text, client.get("/api/v1/search?q=cement").json
    assert results is not None
    assert f"Filter these {results['total']} results" in page
    assert "%(" not in page

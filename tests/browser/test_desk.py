"""The desk in a real browser: by keyboard alone, on a telephone without scripts, by axe in light and dark."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import corpus
import indexer
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from tests.browser.accessibility import COLOURS, violations
from tests.documents import question
from tests.long_run import LONG, few, long_run
from tests.search_app.serving import serving

pytestmark = pytest.mark.browser

SECRET = "correct horse battery"
# Each pair says the same of another part of the body, so that there are twenty clusters to read.
PARTS = (
    *("knee", "hip", "elbow", "wrist", "ankle", "shoulder", "heel", "thumb", "neck", "jaw", "rib"),
    *("shin", "groin", "toe", "finger", "spine", "pelvis", "collarbone", "kneecap", "tailbone", "breastbone"),
    *("eyelid", "cheek", "palm", "buttock", "hamstring", "earlobe"),
)
PAGES = (
    *("desk", "desk?band=all", "desk?state=settled", "desk?state=later", "desk/same", "desk/same?site=ours"),
    *("desk/pair?a=knee-1&b=knee-2&told=1", "desk/cards", "desk/cards?id=hip-1", "desk/records", "desk/reports"),
    *("desk/gaps", "desk/account", "questions/knee-2", "questions/knee-1"),
)
Scheme = Literal["light", "dark"]


def documents() -> Iterator[corpus.Document]:
    """Two wordings of a question for each part, and one pair word for word the same."""
    for part in PARTS:
        yield question(f"{part}-1", f"How long does a sprained {part} hurt?", "", "Some weeks.", specialty="Surgery")
        yield question(f"{part}-2", f"how long do sprained {part}s hurt?", "", "Longer with age.", site="ours")
    for n in (1, 2):
        yield question(f"same-{n}", "Is gout inherited in my family?", "", "In part.", site="ours")


@pytest.fixture(scope="module")
def two_editors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with such an index, and a file of decisions with two editors."""
    folder = tmp_path_factory.mktemp("desk")
    indexer.build(folder / "index", documents())
    people = Accounts(Database(folder / "decisions.sqlite3"))
    for name in ("Ruth", "Tomas"):
        people.add(name, SECRET)
    return folder


@pytest.fixture
def desk(two_editors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server over them, with decisions of its own."""
    path = tmp_path / "decisions.sqlite3"
    shutil.copy(two_editors / "decisions.sqlite3", path)
    monkeypatch.setenv("SEEALSO_DECISIONS", str(path))
    with serving(two_editors / "index") as running:
        yield running.address


def sign_in(context: BrowserContext, address: str, name: str = "Ruth") -> Page:
    """A page of the queue, signed in without the mouse."""
    page = context.new_page()
    page.goto(f"{address}desk")
    expect(page.locator("input[autofocus]")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(SECRET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("to read", timeout=20_000)
    return page


def ids_of(page: Page) -> tuple[str, str]:
    """The two questions of a pair's page."""
    found = re.search(r"[?&]a=([\w-]+)&b=([\w-]+)", page.url)
    assert found, page.url
    return found[1], found[2]


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_clusters_by_keyboard(browser: Browser, desk: str) -> None:
    """Settled with each verdict, some undone, one contested; the visitor's page, search and API follow at once."""
    with browser.new_context() as context, browser.new_context() as beside:
        page, visitor = sign_in(context, desk), beside.new_page()
        page.keyboard.press("j")
        press(page, "Enter")
        undone = 0
        for n in range(20 if LONG else 4):
            a, b = ids_of(page)
            key = "12131"[n % 5] if n < 15 else "12345"[n % 5]
            press(page, key)
            if key == "1":
                visitor.goto(f"{desk}questions/{b}")
                expect(visitor.get_by_role("heading", name="This question was answered here")).to_be_visible()
                found = visitor.request.get(f"{desk}api/v1/related/{b}").json()
                assert found["canonical"] == a
                visitor.goto(f"{desk}search?q=sprained+{a.partition('-')[0]}")
                expect(visitor.get_by_text("One other question asks the same", exact=False).first).to_be_visible()
            if n in (3, 8, 12):
                press(page, "z")
                assert {*ids_of(page)} == {a, b}
                visitor.goto(f"{desk}questions/{b}")
                expect(visitor.get_by_role("heading", name="This question was answered here")).to_have_count(0)
                undone += 1
                press(page, key)
        assert undone == (3 if LONG else 1)

        contested = f"{desk}desk/pair?a=knee-1&b=knee-2"
        with browser.new_context() as other:
            second = sign_in(other, desk, "Tomas")
            for who, key in ((second, "1"), (page, "3"), (second, "1")):
                who.goto(contested)
                press(who, key)
        page.goto(f"{desk}desk?state=contested")
        expect(page.get_by_role("row", name="sprained knee")).to_have_count(1)


def test_keys_do_not_act_while_typing(browser: Browser, desk: str) -> None:
    """Digits in the note are text, Enter there decides nothing, S swaps what is kept, ? lists the keys."""
    with browser.new_context() as context:
        page = sign_in(context, desk)
        page.goto(f"{desk}desk/pair?a=hip-1&b=hip-2")
        page.keyboard.press("n")
        page.keyboard.type("1 thing")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Why, for the history")).to_have_value("1 thing")
        assert "told" not in page.url
        expect(page.locator("[data-key='1'] span")).to_have_text("Duplicate: A points to B")
        page.keyboard.press("s")
        expect(page.locator("[data-key='1'] span")).to_have_text("Duplicate: B points to A")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("3")
        page.keyboard.press("Escape")
        press(page, "1")
        page.goto(f"{desk}questions/hip-2")
        expect(page.get_by_role("heading", name="This question was answered here")).to_be_visible()


def test_on_a_telephone_without_scripts(browser: Browser, desk: str) -> None:
    """The same by buttons: sign in, open, decide, undo, merge in bulk, pin; nothing scrolls sideways."""
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{desk}desk")
        page.get_by_label("Name").fill("Ruth")
        page.get_by_label("Password").fill(SECRET)
        page.get_by_role("button", name="Sign in").click()
        page.locator("[data-row]").first.click()
        a, b = ids_of(page)
        page.get_by_role("button", name="Duplicate: the other points to the kept one").click()
        expect(page.get_by_text("Settled:", exact=False).first).to_be_visible()
        page.get_by_role("button", name="Undo").first.click()
        expect(page.get_by_text("What stood before stands again")).to_be_visible()
        assert {a, b} == {*ids_of(page)}
        page.get_by_role("button", name="Related").click()
        page.goto(f"{desk}desk/same?site=ours")
        page.get_by_role("button", name="Merge those that are chosen").click()
        expect(page.get_by_text("Is gout inherited in my family?").first).to_be_visible()
        page.goto(f"{desk}desk/cards?id=hip-1")
        page.get_by_label("Another page, by id or address").fill("toe-1")
        page.get_by_role("button", name="Pin here").last.click()
        page.goto(f"{desk}questions/hip-1")
        expect(page.locator(".sa-card").first).to_contain_text("toe")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=long_run)])
def test_axe_finds_nothing_at_the_desk(scheme: Scheme, browser: Browser, desk: str) -> None:
    """WCAG 2.2 AA and best practice on every page of the desk, wide and narrow, and nothing scrolls sideways; the
    console stays empty and no request leaves the site. In the dark only colours can differ.
    """
    options = COLOURS if scheme == "dark" else {}
    found: dict[str, Any] = {}
    said: list[str] = []
    asked: list[str] = []
    for width in (1280, 360) if scheme == "light" and LONG else (1280,):
        with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
            page = sign_in(context, desk)
            page.on("console", lambda message: said.append(message.text))
            page.on("request", lambda request: asked.append(request.url))
            if width == 1280:
                page.goto(f"{desk}desk/pair?a=knee-1&b=knee-2")
                press(page, "1")
            for path in few(PAGES, 2):
                page.goto(desk + path)
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                if broken := violations(page, **options):
                    found[f"{width} {path}"] = broken
            page.context.clear_cookies()
            page.goto(f"{desk}desk/sign-in")
            if broken := violations(page, **options):
                found["sign-in"] = broken
    assert found == {}
    assert said == []
    assert [url for url in asked if not url.startswith(desk)] == []

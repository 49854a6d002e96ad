"""The pages in a real browser: the visitor's way with scripts on and off, light, dark, narrow, by keyboard, by axe."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.browser.accessibility import COLOURS, violations
from tests.long_run import few, long_run

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "topics",
    "ask",
    "search?q=cement",
    "search?q=cement&kind=article",
    "search?q=kyfoplasty",
    "search?q=kyfoplasty+bread&as_typed=yes",
    "search?q=i+want+to+kill+myself",
    "search?q=chest+pain+and+left+arm+numb",
    "questions/q-0039",
    "questions/q-0012",
    "articles/a-0007",
    "topics/Kyphoplasty",
    "nowhere",
)
Scheme = Literal["light", "dark"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts-on", "scripts-off"])
def test_the_visitors_way(scripts: bool, browser: Browser, address: str) -> None:
    """Home, a search, a question, its panel, a neighbour: with scripts and without."""
    with browser.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_label("A symptom, an operation, a medicine").fill("cement leakage after kyphoplasty")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("results for cement leakage", exact=False)).to_be_visible()
        page.get_by_role("link", name="Shooting leg pain since kyphoplasty").first.click()
        expect(page.get_by_role("heading", name="Dr. Ines Falk replied")).to_be_visible()
        card = page.locator(".sa-card").first
        expect(card.get_by_text("In common:")).to_be_visible()
        title = card.locator(".sa-title a").inner_text()
        card.locator(".sa-title a").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize(
    ("scheme", "width", "scripts"),
    [
        ("light", 320, "on"),
        ("dark", 1280, "on"),
        *(
            pytest.param(*own, marks=long_run)
            for own in [("light", 1280, "on"), ("light", 320, "off"), ("dark", 320, "on")]
        ),
    ],
)
def test_axe_finds_nothing(scheme: Scheme, width: int, scripts: str, browser: Browser, address: str) -> None:
    """WCAG 2.2 AA and best practice by axe: no violation on any page, light or dark, wide or narrow, with the site's
    scripts and without, which are withheld then, for axe is a script itself; in the dark only colours can differ.
    """
    options = COLOURS if scheme == "dark" else {}
    found: dict[str, Any] = {}
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        if scripts == "off":
            context.route("**/*.js*", lambda route: route.abort())
        page = context.new_page()
        for path in PAGES if scheme == "light" else few(PAGES, 3):
            page.goto(address + path)
            if width < 992:
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if broken := violations(page, **options):
                found[path] = broken
    assert found == {}


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    """A picture without words and pale words on white are told, with the elements."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<img src="a.png"><p style="color: #ccc; background: #fff">pale</p>')
        found = dict(violations(page))
    assert [name[:4] for name in found["image-alt"]] == ["<img"]
    assert "pale" in found["color-contrast"][0]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways(width: int, browser: Browser, address: str) -> None:
    """No page is wider than its window."""
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_axe_finds_nothing_in_forced_colours(browser: Browser, address: str) -> None:
    """Nor does it where the system sets the colours and wants less motion, on a telephone; nothing moves there."""
    found: dict[str, Any] = {}
    options: dict[str, Any] = {"forced_colors": "active", "reduced_motion": "reduce"}
    with browser.new_context(viewport={"width": 390, "height": 844}, **options) as context:
        page = context.new_page()
        for path in few(PAGES, 2):
            page.goto(address + path)
            # What is read here the system colours.
            if broken := violations(page, rules={"color-contrast": {"enabled": False}}):
                found[path] = broken
            assert page.evaluate("document.getAnimations().length") == 0, path
            assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto", path
    assert found == {}


def test_text_of_twice_the_size_hides_nothing(browser: Browser, address: str) -> None:
    """At 320 pixels: no page is wider than its window, and the field shows what is typed."""
    with browser.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            page.add_style_tag(content="html { font-size: 200% }")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
            field = page.locator('.find input[type="search"]').first
            assert (field.bounding_box() or {"width": 0})["width"] > 200, path


@pytest.mark.parametrize("path", ["", "search?q=cement", "questions/q-0039", "ask"])
def test_nothing_moves_while_a_page_is_loaded(path: str, browser: Browser, address: str) -> None:
    """No layout shift, with scripts, wide and on a telephone."""
    for width in (1280, 390):
        with browser.new_context(viewport={"width": width, "height": 800}) as context:
            page = context.new_page()
            page.add_init_script(
                "window.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries()))"
                ".observe({ type: 'layout-shift', buffered: true })"
            )
            page.goto(address + path, wait_until="networkidle")
            assert page.evaluate("shifts.length") == 0


def test_pages_and_what_they_load_are_small(browser: Browser, address: str) -> None:
    """HTML below 60 kB, stylesheets and scripts of a page below 40 kB, as they are before a proxy packs them."""
    answers: list[Response] = []
    for path in ("", "search?q=cement", "questions/q-0039", "ask"):
        sizes = {"document": 0, "stylesheet": 0, "script": 0}
        answers.clear()
        with browser.new_context() as context:
            page = context.new_page()
            page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 (Playwright marks what it calls)
            page.goto(address + path)
            for answer in answers:
                kind = answer.request.resource_type
                sizes[kind] = sizes.get(kind, 0) + len(answer.body())
        assert 0 < sizes["document"] < 60_000, path
        assert 0 < sizes["stylesheet"] + sizes["script"] < 40_000, path


def test_pages_ask_nobody_else_and_say_nothing(browser: Browser, address: str) -> None:
    """No request leaves the site, no cookie is set, and the console stays empty under the strict policy."""
    requests: list[str] = []
    said: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in PAGES[:-1]:
            page.goto(address + path)
        assert context.cookies() == []
    assert [url for url in requests if not url.startswith(address)] == []
    assert said == []


def test_the_keyboard_reaches_everything(browser: Browser, address: str) -> None:
    """The first stop is the link that skips to the content; every stop after it shows where it is."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}questions/q-0039")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
        for _ in range(12):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Tab")


@pytest.mark.parametrize("path", ["questions/q-0033", "questions/q-0063", "articles/a-0001"])
def test_the_panel_stands_beside_the_reply(path: str, browser: Browser, address: str) -> None:
    """On a wide screen the panel begins beside the first reply, or an article's text, and moves nothing else down; on a
    telephone it follows the first reply at once.
    """
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(address + path)
        label = page.locator(".doctor .label, [aria-labelledby=waiting] .label, [aria-labelledby=art] .label").first
        panel, text = page.locator(".near").bounding_box(), page.locator("h1").bounding_box()
        beside, replies = label.bounding_box(), page.locator(".doctor .text").all()
        assert panel
        assert text
        assert beside
        assert abs(panel["y"] - beside["y"]) < 40
        assert panel["x"] > 700
        below = "text => text.getBoundingClientRect().bottom - text.lastElementChild.getBoundingClientRect().bottom"
        assert all(own.evaluate(below) < 60 for own in replies)
        page.set_viewport_size({"width": 390, "height": 800})
        before = page.locator(".near").evaluate("near => near.previousElementSibling.getAttribute('aria-labelledby')")
        assert before in ("replied1", "waiting", "art", "links", "refs")


def test_the_next_page_begins_at_its_results_and_the_way_back_at_its_place(browser: Browser, address: str) -> None:
    """On a telephone: no header and no filter to scroll past again, and back leads to where one was."""
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}search?q=pain")
        page.get_by_role("link", name="Next page").click()
        expect(page).to_have_url(f"{address}search?q=pain&page=2#results")
        expect(page.locator(".result").first).to_be_in_viewport()
        expect(page.locator(".top")).not_to_be_in_viewport()
        page.locator(".result a").last.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.go_back()
        expect(page.locator(".result").last).to_be_in_viewport()


def test_filters_combine_and_are_undone_one_by_one(browser: Browser, address: str) -> None:
    """Two of them, then without the first, then without the second."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}search?q=pain")
        filters = page.get_by_label("Filters", exact=True)
        filters.get_by_role("link", name="Questions").click()
        filters.get_by_role("link", name="Answered").click()
        chips = page.get_by_label("Filters in use").get_by_role("link")
        expect(chips).to_have_count(2)
        chips.first.click()
        expect(chips).to_have_count(1)
        chips.first.click()
        expect(chips).to_have_count(0)
        expect(page).to_have_url(f"{address}search?q=pain")


def test_of_an_old_reply_one_asks_whether_it_is_still_right(browser: Browser, address: str) -> None:
    """From beside it to a form that asks so."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}questions/q-0039")
        title = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("link", name="Ask whether it is still right").first.click()
        expect(page.get_by_label("In one line")).to_have_value(f"Is this still right? {title}")


def test_on_paper_stands_what_is_read(browser: Browser, address: str) -> None:
    """The question and its reply, and where they come from; no field, no panel, no way to other pages."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}questions/q-0039")
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name="Dr. Ines Falk replied")).to_be_visible()
        for hidden in (".top", ".near", ".crumbs", ".foot nav"):
            expect(page.locator(hidden).first).to_be_hidden()

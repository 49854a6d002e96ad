"""The field of a page suggests topics and titles while somebody types: by mouse, keyboard and screen reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser


def _typed(page: Page, address: str, text: str) -> None:
    """Puts the text into the field at once: a slow machine that types may meet the list of half a word."""
    page.goto(address)
    page.locator("#q").fill(text)


@pytest.mark.parametrize("path", ["", "questions/q-0039"])
def test_an_arrow_chooses_and_enter_goes_there(path: str, browser: Browser, address: str) -> None:
    """The focus stays in the field, which names what is chosen; the number of suggestions is told."""
    with browser.new_context() as context:
        page = context.new_page()
        _typed(page, address + path, "kyphopl")
        field, options = page.get_by_role("combobox"), page.get_by_role("option")
        expect(options.first).to_be_visible()
        expect(field).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status").filter(has_text="Suggestions:")).to_have_text(
            f"Suggestions: {options.count()}"
        )
        field.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", "q-list-0")
        expect(options.first).to_have_attribute("aria-selected", "true")
        expect(field).to_be_focused()
        assert violations(page) == []
        field.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kyphoplasty")


def test_what_is_chosen_stays_so_when_suggestions_come_late(browser: Browser, address: str) -> None:
    """On a slow line the list may come anew after an arrow was pressed: Enter goes where it pointed all the same."""
    with browser.new_context() as context:
        page = context.new_page()
        _typed(page, address, "kyphop")
        expect(page.get_by_role("option").first).to_be_visible()
        with page.expect_response(lambda answer: answer.url.endswith("q=kyphopl")):
            page.locator("#q").press("l")
            page.locator("#q").press("ArrowDown")
            expect(page.get_by_role("combobox")).to_have_attribute("aria-activedescendant", "q-list-0")
        page.locator("#q").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kyphoplasty")


def test_enter_alone_searches_for_what_is_typed(browser: Browser, address: str) -> None:
    """Nothing is chosen by itself; Escape closes the list and keeps the text."""
    with browser.new_context() as context:
        page = context.new_page()
        _typed(page, address, "cement")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(page.locator("#q")).to_have_value("cement")
        page.keyboard.press("Enter")
        expect(page.get_by_text("results for cement", exact=False)).to_be_visible()


def test_a_click_goes_to_the_page(browser: Browser, address: str) -> None:
    """A title leads to its page, on a telephone too, where options are large enough to touch."""
    with browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True) as context:
        page = context.new_page()
        _typed(page, f"{address}topics", "shooting leg")
        option = page.get_by_role("option").filter(has_text="Shooting leg pain since kyphoplasty")
        expect(option).to_be_visible()
        box = option.bounding_box()
        assert box
        assert box["height"] > 43.5
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        option.tap()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Shooting leg pain")


def test_what_is_under_a_finger_is_not_drawn_anew(browser: Browser, address: str) -> None:
    """Whoever presses a suggestion has read it: a list that would come between press and release is not asked for."""
    with browser.new_context() as context:
        page = context.new_page()
        _typed(page, f"{address}topics", "shooting le")
        option = page.get_by_role("option").filter(has_text="Shooting leg pain since kyphoplasty")
        expect(option).to_be_visible()
        option.hover()
        page.locator("#q").press("g")
        page.mouse.down()
        page.wait_for_timeout(400)
        page.mouse.up()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Shooting leg pain")


def test_few_requests_are_made_and_a_late_answer_is_dropped(browser: Browser, address: str) -> None:
    """Fast typing asks once; what is answered for a text that stands there no more is not shown."""
    asked: list[Request] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request) if "suggest?" in request.url else None)
        page.goto(address)
        page.locator("#q").press_sequentially("kyphoplasty", delay=10)
        expect(page.get_by_role("listbox")).to_be_visible()
        assert len(asked) < len("kyphoplasty") / 2
        page.route("**/opensearch/suggest**", lambda route: route.abort())
        page.locator("#q").fill("kyphoplasty xyz")
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_attached()


def test_nothing_is_shown_where_nothing_is_found(browser: Browser, address: str) -> None:
    """No title, no topic: no list."""
    with browser.new_context() as context:
        page = context.new_page()
        _typed(page, address, "cement")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.locator("#q").press_sequentially(" zzqx", delay=10)
        expect(page.get_by_role("listbox")).to_be_hidden()


def test_what_is_like_a_question_appears_while_it_is_written(browser: Browser, address: str) -> None:
    """Below the form, told politely, and the focus stays where it is; help in an emergency stands above at once."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}ask")
        page.get_by_label("In one line").press_sequentially("Leg pain since kyphoplasty", delay=5)
        expect(page.locator("#answered .sa-card").first).to_be_visible()
        expect(page.locator("#told")).to_contain_text("Similar questions below:")
        expect(page.get_by_label("In one line")).to_be_focused()
        assert page.url == f"{address}ask"
        assert violations(page) == []
        page.get_by_label("What happened").press_sequentially(" and chest pain, left arm numb", delay=5)
        expect(page.get_by_text("This can be an emergency")).to_be_visible()
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="See what was answered").click()
        expect(page.get_by_role("heading", name="Go on")).to_be_visible()
        page.get_by_role("button", name="Copy the question").click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").startswith("Leg pain since kyphoplasty\n\nand chest")
        expect(page.get_by_label("In one line")).to_have_value("Leg pain since kyphoplasty")

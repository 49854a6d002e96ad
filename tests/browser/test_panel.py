"""The panel on pages of another origin, in its four ways, in a real browser: the pages of docs/examples/sites."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser

EXAMPLES = ROOT / "docs" / "examples" / "sites" / "plain-html"
# What moved in the window, as the browser tells it, and from where to where.
SHIFTS = """() => new Promise((done) => {
  const moved = [];
  const told = (s) => `${s.node?.nodeName} ${s.previousRect.top} to ${s.currentRect.top}`;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => moved.push(...entry.sources.map(told))))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 300);
})"""
# Who runs a site, and a page of it.
_OWNER, _OWN = (
    '{"@type": "Organization", "@id": "https://o.example/", "url": "https://o.example/"}',
    "https://a.example/1",
)
_INCLUDE = re.compile(r'<!--#include virtual="/seealso(/[^"]+)" -->')


class Host(BaseHTTPRequestHandler):
    """A site of another origin: it serves the examples, and includes what they name as a web server does."""

    seealso = ""

    def do_GET(self) -> None:
        """One of the examples, with the server's address in place of the one that is written."""
        file = EXAMPLES / Path(self.path).name
        if not file.is_file():  # a browser asks for an icon
            self.send_error(404)
            return
        text = file.read_text("utf-8")
        text = text.replace("https://seealso.example", self.seealso)
        body = _INCLUDE.sub(lambda found: _fetched(self.seealso + found[1]), text).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as it is called)
        """Say nothing."""


def _fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


class Site:
    """Another site's pages, and the server whose panels they show."""

    def __init__(self, address: str, server: subprocess.Popen[str]) -> None:
        self.address, self.server = address, server

    def stop_server(self) -> None:
        """The service goes away."""
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(timeout=30)


@pytest.fixture(scope="module", params=["listed"])
def site(sample_path: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site, its origin listed by the server or not; `leaving` is one whose server a test may stop."""
    host, folder = ThreadingHTTPServer(("127.0.0.1", 0), Host), tmp_path_factory.mktemp("site")
    threading.Thread(target=host.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{host.server_port}"
    listed = "https://other.example" if request.param == "unlisted" else origin
    command = [sys.executable, "-m", "search_app", "serve", "--index", str(sample_path), "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEEALSO_ORIGINS": listed}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=folder
    ) as server:
        assert server.stdout is not None
        Host.seealso = json.loads(server.stdout.readline())["address"].rstrip("/")
        found = Site(origin, server)
        try:
            yield found
        finally:
            if server.poll() is None:
                found.stop_server()
            host.shutdown()
            host.server_close()


def opened(browser: Browser, **more: Any) -> tuple[Page, list[str]]:
    """A page, and the errors of its scripts as they come."""
    page, errors = browser.new_page(**more), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page, errors


@pytest.mark.parametrize(
    ("described", "asked"),
    [
        (f'[{_OWNER}, {{"@type": "Article", "url": "{_OWN}"}}]', _OWN),
        (f'{{"@graph": [{_OWNER}, {{"@type": ["QAPage"], "url": "{_OWN}"}}]}}', _OWN),
        (_OWNER, ""),
    ],
    ids=["article", "graph", "owner alone"],
)
def test_a_page_is_known_by_what_describes_it(described: str, asked: str, browser: Browser, site: Site) -> None:
    """Without a canonical link by the page or article in its JSON-LD, never by the site or who runs it."""
    page, errors = opened(browser)
    page.goto(f"{site.address}/json.html")
    with page.expect_request(lambda request: "/panel?" in request.url) as told:
        page.evaluate(
            """([src, described]) => {
              document.querySelectorAll('link[rel~="canonical"], script').forEach((element) => element.remove());
              const block = Object.assign(document.createElement("script"), { type: "application/ld+json" });
              block.textContent = described;
              const script = Object.assign(document.createElement("script"), { type: "module", src });
              document.body.append(block, document.createElement("see-also"), script);
            }""",
            [f"{Host.seealso}/static/see-also.js", described],
        )
    assert parse_qs(urlsplit(told.value.url).query)["url"] == [asked or f"{site.address}/json.html"]
    assert errors == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_script_shows_the_panel_of_the_page_it_stands_on(
    scheme: Any, width: int, browser: Browser, site: Site
) -> None:
    """By the canonical link alone: cards that lead to the site's own pages, in its colours; nothing moves."""
    page, errors = opened(browser, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(f"{site.address}/script.html")
    card = page.locator("see-also .sa-card").first
    expect(card).to_contain_text("In common:")
    assert (card.locator("a").first.get_attribute("href") or "").startswith("https://example.org/")
    assert card.locator("a").first.evaluate("a => getComputedStyle(a).color") == (
        "rgb(178, 34, 34)" if scheme == "light" else "rgb(250, 128, 114)"
    )
    assert page.locator("see-also h2").evaluate("h => getComputedStyle(h).fontVariantCaps") == "small-caps"
    assert page.evaluate(SHIFTS) == []
    assert page.context.cookies() == []
    assert errors == []
    assert violations(page) == []


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"question": "q-0039"}, True),
        ({"url": "https://www.example.org/questions/leg-pain-cement-leaked-into-disc?utm_source=x"}, True),
        ({"text": "My leg hurts since kyphoplasty"}, True),
        ({"question": "none"}, False),
        ({"url": "https://example.org/elsewhere"}, False),
    ],
)
def test_the_element_names_a_page_or_a_text(
    attributes: dict[str, str], shown: bool, browser: Browser, site: Site
) -> None:
    """By id, by address or by text; where nothing is known nothing is shown, and nothing breaks."""
    page, errors = opened(browser)
    page.goto(f"{site.address}/json.html")
    with page.expect_response(lambda answer: "/panel" in answer.url and ".css" not in answer.url):
        page.evaluate(
            """([src, given]) => {
              const script = Object.assign(document.createElement("script"), { type: "module", src });
              const panel = document.createElement("see-also");
              for (const [name, value] of Object.entries(given)) panel.setAttribute(name, value);
              document.body.append(panel, script);
            }""",
            [f"{Host.seealso}/static/see-also.js", attributes],
        )
    expect(page.locator("see-also .sa-card")).to_have_count(4 if shown else 0)
    assert errors == []


@pytest.mark.parametrize("site", ["leaving"], indirect=True)
def test_nothing_is_shown_when_the_service_is_away(browser: Browser, site: Site) -> None:
    """The script was loaded once; the service is gone when it asks."""
    page, errors = opened(browser)
    page.goto(f"{site.address}/script.html")
    expect(page.locator("see-also .sa-card").first).to_be_visible()
    site.stop_server()
    page.evaluate("document.querySelector('see-also').setAttribute('question', 'q-0012')")
    expect(page.locator("see-also .sa-card")).to_have_count(0)
    expect(page.get_by_role("heading", name="First week at home")).to_be_visible()
    assert errors == []


def test_a_server_includes_the_panel(browser: Browser, site: Site) -> None:
    """As HTML within the page: without scripts."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.address}/include.html")
        expect(page.locator(".sa-card")).to_have_count(4)
        expect(page.get_by_role("heading", name="Similar questions")).to_be_visible()


def test_a_script_of_the_site_reads_the_answer(browser: Browser, site: Site) -> None:
    """JSON across origins, for a listed one."""
    page, errors = opened(browser)
    page.goto(f"{site.address}/json.html")
    expect(page.locator("#similar a")).to_have_count(3)
    assert errors == []


def test_a_frame_shows_the_panel(browser: Browser, site: Site) -> None:
    """In an iframe of a listed site; a link in it opens in the window."""
    page, _ = opened(browser)
    page.goto(f"{site.address}/frame.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".sa-card")).to_have_count(4)
    assert frame.locator("base").get_attribute("target") == "_top"


@pytest.mark.parametrize("site", ["unlisted"], indirect=True)
def test_a_site_that_is_not_listed_shows_nothing(browser: Browser, site: Site) -> None:
    """The browser lets neither its scripts read answers nor its frames show them."""
    page, errors = opened(browser)
    page.goto(f"{site.address}/script.html")
    page.wait_for_timeout(500)
    expect(page.locator("see-also .sa-card")).to_have_count(0)
    assert errors == []
    page.goto(f"{site.address}/frame.html")
    page.wait_for_timeout(500)
    expect(page.frame_locator("iframe").locator(".sa-card")).to_have_count(0)


def test_the_script_is_small() -> None:
    """Under 5 kB, and nothing that it depends on but the stylesheet."""
    script = (ROOT / "search_app" / "static" / "see-also.js").read_bytes()
    assert len(script) < 5_000
    assert b"import " not in script

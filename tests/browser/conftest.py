"""A real browser on a real server. Without a browser these tests are skipped, unless SEEALSO_BROWSER=required."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

ROOT = Path(__file__).parents[2]
# The first has no window to draw, and takes half of the time.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "microsoft-edge"),
)
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
ENABLE = "apt install chromium (or: .seealso/env/bin/python -m playwright install chromium)"
# As root, as in containers, Chromium needs no-sandbox; the others keep it from calling home.
ARGUMENTS = [
    *("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"),
    "--disable-gpu",  # there is none: imitating one costs as much as drawing does
]


def launch(playwright: Playwright) -> Browser | None:
    """An installed Chromium, Chrome or Edge, else Playwright's own download, else nothing."""
    installed = [found for name in NAMES if (found := shutil.which(name))] + [
        path for path in MAC if Path(path).exists()
    ]
    for path in [*installed, None]:
        try:
            return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error:
            continue
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser."""
    expect.set_options(timeout=20_000)  # a busy machine is no fault of the code
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            if os.environ.get("SEEALSO_BROWSER") == "required":
                pytest.fail(f"no browser was found and SEEALSO_BROWSER=required; enable with: {ENABLE}")
            pytest.skip(f"no browser was found; enable with: {ENABLE}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(sample_path: Path) -> Iterator[str]:
    """The address of a server process over the sample index."""
    command = [sys.executable, "-m", "search_app", "serve", "--index", str(sample_path), "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["address"]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines how many browser tests were skipped, and the one command that enables them."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "no browser was found" in r.longreprtext]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped; enable them with: {ENABLE}")

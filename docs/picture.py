"""Makes docs/picture.png, the README's picture: the sample's question page, from a real server in a real browser.

.seealso/env/bin/python docs/picture.py
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

import corpus  # noqa: E402
import indexer  # noqa: E402
from search_app.cli.server import Server  # noqa: E402
from tests.browser.conftest import launch  # noqa: E402

PAGE = "questions/q-0044"
SIZE = {"width": 1180, "height": 1720}


def main() -> None:
    """Build, serve, photograph."""
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(folder, corpus.read(*corpus.sample()))
        server = Server({"index": folder, "port": "0"})
        threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            browser = launch(playwright)
            if browser is None:
                sys.exit("picture: no browser was found; install chromium")
            page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a plain dictionary is what it takes
            page.goto(server.address + PAGE)
            page.screenshot(path=ROOT / "docs" / "picture.png", full_page=True)
            browser.close()
        server.stop()
    print(f"docs/picture.png: {(ROOT / 'docs' / 'picture.png').stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

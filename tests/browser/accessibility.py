"""What axe finds wrong on a page that a browser shows."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

COLOURS = {"runOnly": ["color-contrast"]}


def violations(page: Page, **options: Any) -> list[tuple[str, list[str]]]:
    """Each rule of WCAG 2.2 AA and best practice that is broken, with the elements that break it. `options` are axe's;
    what is in order is not listed, which takes half of the time.
    """
    found = Axe().run(page, options={"resultTypes": ["violations"]} | options).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]

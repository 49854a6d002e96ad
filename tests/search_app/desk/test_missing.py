"""Editors see what visitors did not find, and take away what is nobody's business."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from search_app import gaps
from search_app.gaps import Gaps
from tests.search_app.desk.conftest import Desk


def test_a_site_that_does_not_count_says_how(desk: Desk) -> None:
    """The page names the setting."""
    assert "gaps = &#34;gaps.sqlite3&#34;" in desk.get("/desk/gaps") or 'gaps = "gaps' in desk.get("/desk/gaps")


def test_each_kind_stands_under_its_name_and_can_be_forgotten(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that found nothing, nothing close, or that nobody opened a page from; escaped."""
    days = [date(2031, 5, 1)]
    counted = Gaps(tmp_path / "gaps", lambda: days[0])
    monkeypatch.setitem(desk.app.extensions, gaps._KEY, counted)
    assert "Nothing was searched for" in desk.get("/desk/gaps")
    for _ in range(4):
        counted.searched("<b>gourd", nothing=True, far=False)
        counted.searched("far away", nothing=False, far=True)
        counted.searched("unseen", nothing=False, far=False)
        days[0] += timedelta(1)
    page = desk.get("/desk/gaps")
    nothing, far, unopened = (page.index(f'id="{kind}"') for kind in ("nothing", "far", "unopened"))
    assert nothing < page.index("&lt;b&gt;gourd") < far < page.index("far away") < unopened < page.index("unseen")
    assert "<b>gourd" not in page
    assert desk.post("/desk/gaps", text="far away").status_code == 302
    assert "far away" not in desk.get("/desk/gaps")


def test_to_follow_a_gap_is_no_search(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor who looks at the results from the list changes no count."""
    counted = Gaps(tmp_path / "gaps")
    monkeypatch.setitem(desk.app.extensions, gaps._KEY, counted)
    desk.client.get("/search?q=xylophone", headers={"Referer": "http://localhost/desk/gaps"})
    assert counted.days() == []


def test_nobody_else_sees_them(desk: Desk) -> None:
    """Without a session there is the form to sign in."""
    assert desk.app.test_client().get("/desk/gaps").status_code == 401

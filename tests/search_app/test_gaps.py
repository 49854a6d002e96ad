"""Searches that lead nowhere are counted for editors, and no text can be read that did so on fewer than three days."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import build
from search_app import create_app
from search_app import gaps as module
from search_app.gaps import Gap, Gaps
from search_app.refused import GapsUnavailable
from tests.documents import question

_FIRST = date(2031, 5, 1)
_STEPS = st.lists(
    st.tuples(
        st.integers(0, 40),  # the day
        st.sampled_from(["zebrafish rash", "Zebrafish  RASH", "gourd cough"]),
        st.sampled_from(["nothing", "far", "found", "opened"]),
    ),
    max_size=25,
)


class Clock:
    """A day that is set by hand."""

    def __init__(self) -> None:
        self.day = _FIRST

    def __call__(self) -> date:
        return self.day


def _bytes_of(folder: Path) -> bytes:
    """Everything that stands in the files of a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@settings(max_examples=60, deadline=None)
@given(_STEPS)
def test_a_text_is_written_when_it_led_nowhere_on_three_days(steps: list[tuple[int, str, str]]) -> None:
    """Of four weeks, in any case and spacing. On a day it led nowhere if it found nothing, or nothing close, or if no
    page was opened from it and the day is over. Before that no file holds it, and after four weeks none does again.
    """
    clock, counted = Clock(), defaultdict[tuple[str, int], list[str]](list)
    written = set[str]()
    with tempfile.TemporaryDirectory() as folder:
        own = Gaps(Path(folder) / "gaps", clock)
        for day, text, outcome in sorted(steps, key=lambda step: step[0]):
            clock.day, name = _FIRST + timedelta(day), " ".join(text.casefold().split())
            if outcome == "opened":
                own.opened(text)
            else:
                own.searched(text, nothing=outcome == "nothing", far=outcome == "far")
            if outcome != "opened" or counted[name, day]:
                counted[name, day].append(outcome)
            kept = {d: counted[name, d] for d in range(day - 27, day + 1) if counted[name, d]}
            nowhere = [
                d for d, told in kept.items() if {"nothing", "far"} & {*told} or (d != day and "opened" not in told)
            ]
            if outcome != "opened" and len(nowhere) >= 3:
                written.add(name)
            written = {name for name in written if any(counted[name, d] for d in range(day - 27, day + 1))}
            assert {gap.text for gap in own.gaps()} == written
            for one in ("zebrafish rash", "gourd cough"):
                assert (one.encode() in _bytes_of(Path(folder))) == (one in written)


def test_what_is_told_is_what_was_counted(tmp_path: Path) -> None:
    """On how many days, how often, with what outcome; of the days all searches."""
    clock = Clock()
    own = Gaps(tmp_path / "gaps", clock)
    for _ in range(3):
        own.searched("gourd cough", nothing=True, far=False)
        own.searched("gourd cough", nothing=False, far=True)
        own.opened("Gourd cough")
        own.searched("once", nothing=True, far=False)
        clock.day += timedelta(1)
    assert own.gaps() == [Gap("gourd cough", 3, 6, 3, 3, 3), Gap("once", 3, 3, 3, 0, 0)]
    assert [day[1:] for day in own.days()] == [(3, 2, 1, 1)] * 3
    own.forget("once")
    assert [gap.text for gap in own.gaps()] == ["gourd cough"]
    assert b"once" not in _bytes_of(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        *("write to ann@example.org", "ann\uff20example.org", "call 0170 123 45 67", "0912\u2013345\u2013678"),
        *("\uff10\uff19\uff11\uff12\uff0d\uff13\uff14\uff15", "(555)123(4567)", "0170_1234_567", "a" * 81, "  "),
    ],
)
def test_what_may_name_somebody_or_tells_a_story_is_never_written(tmp_path: Path, text: str) -> None:
    """An e-mail address, a telephone number, a long text: each day counts them, and nothing else does."""
    clock = Clock()
    own = Gaps(tmp_path / "gaps", clock)
    for _ in range(4):
        own.searched(text, nothing=True, far=False)
        clock.day += timedelta(1)
    assert own.gaps() == []
    assert [day.nothing for day in own.days()] == [1] * 4


def test_of_very_many_searches_of_a_day_the_number_alone_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends search after search fills no disk."""
    monkeypatch.setattr(module, "_MOST", 3)
    clock = Clock()
    own = Gaps(tmp_path / "gaps", clock)
    for _ in range(3):
        for n in range(6):
            own.searched(f"word{n}", nothing=True, far=False)
        clock.day += timedelta(1)
    assert len(own.gaps()) == 3
    assert own.days()[0].searches == 6


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "gaps").write_bytes(b"not a database" * 99)
    with pytest.raises(GapsUnavailable, match="cannot be counted"):
        Gaps(tmp_path / "gaps").searched("knee", nothing=False, far=False)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A site that counts searches, whose days are told by `site.day`."""
    build(tmp_path / "index", [question(f"q{n}", f"Knee pain {n}", "It hurts when I climb") for n in range(4)])
    app = create_app({"index": str(tmp_path / "index"), "gaps": str(tmp_path / "gaps")})
    monkeypatch.setitem(app.extensions, module._KEY, Gaps(tmp_path / "gaps", Clock()))
    return app.test_client()


def _own(site: FlaskClient) -> Gaps:
    found = site.application.extensions[module._KEY]
    assert isinstance(found, Gaps)
    return found


def _next_day(site: FlaskClient) -> None:
    clock = _own(site)._today
    assert isinstance(clock, Clock)
    clock.day += timedelta(1)


def test_a_search_is_counted_once_and_a_page_that_is_opened_from_it(site: FlaskClient) -> None:
    """Its second page, its filters and its order are no new search; a page opened from elsewhere is none from it."""
    for more in ("", "&page=1", "&kind=question", "&sort=newest", "&as_typed=yes"):
        site.get(f"/search?q=knee+pain{more}")
    site.get("/questions/q1")
    site.get("/questions/q1", headers={"Referer": "http://elsewhere.example/search?q=knee+pain"})
    came = {"Referer": "http://localhost/search?q=knee+pain"}
    answer = site.get("/questions/q1", headers=came)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert [day[1:] for day in _own(site).days()] == [(2, 0, 0, 1)]
    again = site.get("/questions/q1", headers={**came, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    site.head("/search?q=knee+pain")
    assert [day[1:] for day in _own(site).days()] == [(2, 0, 0, 2)]


def test_what_is_old_is_gone_without_another_search(tmp_path: Path) -> None:
    """A look is enough."""
    clock = Clock()
    own = Gaps(tmp_path / "gaps", clock)
    for _ in range(3):
        own.searched("gourd cough", nothing=True, far=False)
        clock.day += timedelta(1)
    assert b"gourd" in _bytes_of(tmp_path)
    clock.day += timedelta(28)
    assert (own.gaps(), own.days()) == ([], [])
    assert b"gourd" not in _bytes_of(tmp_path)


def test_what_nobody_finds_reaches_the_editors_and_what_is_asked_does_not(site: FlaskClient, tmp_path: Path) -> None:
    """A search that finds nothing on three days is written; a draft on /ask, a search by the API, and a search that
    speaks of a danger on no day.
    """
    for _ in range(4):
        site.get("/search?q=xylophone")
        site.post("/ask", data={"title": "Is my theremin broken", "text": "I play the theremin"})
        site.get("/api/v1/search?q=ocarina")
        site.get("/search?q=i+want+to+kill+myself+bassoon")
        _next_day(site)
    assert [gap.text for gap in _own(site).gaps()] == ["xylophone"]
    held = _bytes_of(tmp_path)
    assert not any(word in held for word in (b"theremin", b"ocarina", b"bassoon"))


def test_a_page_is_shown_whatever_becomes_of_counting(
    site: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says that nothing is counted, without what was searched for."""
    (tmp_path / "gaps").write_bytes(b"not a database" * 99)
    assert site.get("/search?q=xylophone").status_code == 200
    assert site.get("/questions/q1", headers={"Referer": "http://localhost/search?q=x"}).status_code == 200
    assert "cannot be counted" in caplog.text
    assert "xylophone" not in caplog.text


def test_a_site_that_sets_nothing_counts_nothing(tmp_path: Path) -> None:
    """No file is made, and no page hears where its visitor comes from."""
    build(tmp_path / "index", [question("q", "Knee pain")])
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    assert client.get("/search?q=knee").headers["Referrer-Policy"] == "no-referrer"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]

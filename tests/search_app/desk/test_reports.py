"""Reports: shares with intervals, weeks, comments that object; charts that hold what the tables say."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, Comment
from indexer import Band
from indexer.evaluation import JudgedScore, by_band, by_score
from search_app import services
from search_app.decisions.events import Event
from search_app.desk import charts
from search_app.desk.comments import remarks
from tests.search_app.desk.conftest import NERVE, Desk, Made


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_an_interval_is_that_of_wilson(said: list[bool]) -> None:
    """It holds the share, lies within 0 and 1, and its ends are the shares that a normal test just bears."""
    (row,) = [row for row in by_band(JudgedScore(Band.POSSIBLE, 0.6, same) for same in said) if row.judged]
    assert row.share is not None
    assert 0 <= row.low <= row.share <= row.high <= 1
    for end in (row.low, row.high):
        if 0 < end < 1:
            assert abs(row.share - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / row.judged), abs=1e-9)


def test_scores_are_put_into_classes() -> None:
    """Of .05 each, the highest first; 1 is in the last, and a bound in the class above it."""
    judged = [JudgedScore(None, score, True) for score in (1.0, 0.95, 0.949, 0.6, 0.0)]
    assert [(row.name, row.judged) for row in by_score(judged)] == [
        ("0.95 to 1.00", 2),
        ("0.90 to 0.95", 1),
        ("0.60 to 0.65", 1),
        ("0.00 to 0.05", 1),
    ]


def test_comments_that_object_or_ask_are_found() -> None:
    """By phrases, typographic apostrophes too; a question that a later comment follows is left out, and thanks are."""
    texts = (
        "Your description is completely wrong.",
        "Can anyone tell me how long it lasts?",
        "It shouldn’t be referenced.",
        "Thank you, this helped.",
        "Is there a list of clinics?",
    )
    article = Article(id="a", title="A", body="B", comments=tuple(Comment(text=text) for text in texts))
    assert [(remark.kind, texts.index(remark.comment.text)) for remark in remarks([article])] == [
        ("objects", 0),
        ("objects", 2),
        ("asks", 4),
    ]


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=16), st.sampled_from([charts.NARROW, charts.BROAD]))
def test_a_line_stays_within_its_chart(counts: list[int], width: int) -> None:
    """A higher count is a higher point; every point and step lies inside; at most six steps."""
    drawn = charts.line([(str(n), count) for n, count in enumerate(counts)], width)
    assert all(0 <= x <= width and 0 <= y <= drawn.height for x, y, _, _ in drawn.points)
    assert 2 <= len(drawn.steps) <= 6
    assert drawn.steps[-1][1] >= max(counts)
    for _, y, _, count in drawn.points:
        assert all(y <= other for _, other, _, less in drawn.points if less <= count)


def test_the_page_tells_what_was_judged(made: Made) -> None:
    """Shares by band and score with charts, weeks with what was settled and undone, what is asked most, comments."""
    article = Article(
        id="a1",
        title="Nerves",
        body="On nerves.",
        comments=(Comment(text="This is misleading.", posted=date(2026, 1, 2)),),
    )
    desk = made([*NERVE, article])
    empty = desk.get("/desk/reports")
    assert "No pair is settled yet" in empty
    assert "This is misleading." in empty
    desk.decide("duplicate", "n0", "n1")
    desk.decide("different", "n0", "n2")
    desk.post("/desk/undo", event=2)
    html = desk.get("/desk/reports")
    assert "1 pair judged by editors" in html
    assert '<circle class="dot"' in html
    assert 'What helps a trapped nerve?</a></th><td class="r num">1</td>' in html
    assert "<dt>Settled</dt><dd>2</dd>" in html
    assert "<dt>Undone</dt><dd>1</dd>" in html


def test_the_backlog_goes_back_week_by_week(desk: Desk) -> None:
    """A week of before shows what was open then, by the verdicts of then."""
    ledger = desk.app.extensions[services._LEDGER]
    now = datetime.now(UTC)
    before, ledger.clock = ledger.clock, lambda: now - timedelta(days=15)
    ledger.add([Event(0, "", "Ruth", "later", "n1", "n0")])
    ledger.clock = before
    html = desk.get("/desk/reports")
    assert html.count('<th scope="row">') >= 3
    assert '<path class="curve"' in html


def test_a_clock_that_is_set_back_costs_no_report(desk: Desk) -> None:
    """An undo that is dated before what it undoes, in another week, follows it all the same."""
    ledger, now = desk.app.extensions[services._LEDGER], datetime.now(UTC)
    before = ledger.clock
    (done,) = ledger.add([Event(0, "", "Ruth", "related", "n1", "n0")])
    ledger.clock = lambda: now - timedelta(days=8)
    ledger.add([Event(0, "", "Ruth", "undo", "n1", "n0", undoes=done.id)])
    ledger.clock = before
    assert "<dt>Settled</dt><dd>1</dd>" in desk.get("/desk/reports")

"""Decisions as lines of JSON and as a judged set: what goes out comes back, and what is no event is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
import indexer
from search_app.decisions.events import ACTIONS, CARDS, Event
from search_app.decisions.exchange import lines, take
from search_app.decisions.labels import judged_scores, write_labels
from search_app.decisions.ledger import Ledger
from search_app.decisions.refusals import DecisionRefused
from tests.documents import question

DOCUMENTS = [question(f"n{n}", title) for n, title in enumerate(("A trapped nerve?", "Trapped nerves?", "Flat feet?"))]


def filled(path: Path, actions: Sequence[tuple[str, str, str]]) -> Ledger:
    """A ledger with some events, those that its rules allow."""
    ledger = Ledger(path)
    for n, (action, a, note) in enumerate(actions):
        undoes = n if action == "undo" and n else None
        given = Event(0, "", "ruth", action, a, "z", 2**62 + n, -n, 0.25, "possible", note, undoes)
        try:
            ledger.add([given])
        except DecisionRefused:
            continue
    return ledger


ACTED = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(["a", "b/ä", "", "c"]), st.text(max_size=20))


@given(st.lists(ACTED, max_size=12))
def test_what_is_exported_is_imported_byte_for_byte(actions: list[tuple[str, str, str]]) -> None:
    """Whatever was done: the export of the import is the export, and what stands is the same."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        first, second = filled(Path(folder) / "one", actions), Ledger(Path(folder) / "two")
        told = [f"{line}\n" for line in lines(first.current().history)]
        assert take(second, told) == len(told)
        assert [f"{line}\n" for line in lines(second.current().history)] == told
        assert second.current().decisions == first.current().decisions
        for ledger in (first, second):
            ledger.database.close()


GOOD = '{"id":1,"at":"2026-03-02T09:00:00+00:00","editor":"ruth","action":"related","a":"q1","b":"q2"}'

NEXT = GOOD.replace('"id":1', '"id":2')


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        GOOD,
        NEXT.replace('"b":"q2"', '"b":"q1"'),
        NEXT.replace("related", "maybe"),
        NEXT.replace('"id":2', '"id":true'),
        NEXT.replace('"id":2', '"id":1e400'),
        NEXT.replace('"id":2', f'"id":{2**64}'),
        NEXT.replace('"id":2', '"id":-1'),
        NEXT.replace("2026-03-02T09:00:00+00:00", "yesterday"),
        NEXT[:-1] + ',"score":NaN}',
        NEXT[:-1] + ',"score":1e999}',
        NEXT[:-1] + ',"score":7}',
        NEXT[:-1] + ',"band":"sure"}',
        NEXT.replace("related", "later").replace("2026", "9999"),
        NEXT.replace("2026-03-02T09:00:00+00:00", "2026-W01-1"),
        NEXT.replace("+00:00", "+14:00"),
        NEXT.replace('"id":2', f'"id":{2**63 - 1}'),
        NEXT.replace("ruth", ""),
        NEXT.replace("q1", "q\\u0000"),
        NEXT[:-1] + ',"undoes":1}',
        NEXT[:-1] + ',"more":1}',
        NEXT[:-1] + f',"note":"{"x" * 501}"}}',
        NEXT.replace("related", "undo")[:-1] + ',"undoes":7}',
        "[" * 100_000,
        NEXT[:-1] + ',"note":"\\ud800"}',
    ],
)
def test_what_is_no_event_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    """And nothing of the file is taken."""
    ledger = Ledger(tmp_path / "decisions")
    with pytest.raises(DecisionRefused, match="line 2"):
        take(ledger, [GOOD, line])
    assert len(ledger.current().history) == 0


def test_a_file_that_has_events_takes_none(tmp_path: Path) -> None:
    """Two histories are not mixed."""
    ledger = Ledger(tmp_path / "decisions")
    assert take(ledger, [GOOD]) == 1
    with pytest.raises(DecisionRefused, match="has some already"):
        take(ledger, [GOOD])


def test_a_circle_is_not_imported(tmp_path: Path) -> None:
    """The rules of the desk hold for what is imported, too."""
    told = [
        GOOD.replace("related", "duplicate"),
        GOOD.replace("related", "duplicate")
        .replace('"id":1', '"id":2')
        .replace('"a":"q1","b":"q2"', '"a":"q2","b":"q3"'),
        GOOD.replace("related", "duplicate")
        .replace('"id":1', '"id":3')
        .replace('"a":"q1","b":"q2"', '"a":"q3","b":"q1"'),
    ]
    with pytest.raises(DecisionRefused, match="line 3"):
        take(Ledger(tmp_path / "decisions"), told)


def test_verdicts_become_a_judged_set(tmp_path: Path) -> None:
    """Every document, the questions of verdicts as queries, grades 2, 1 and 0, pairs; `evaluate` reads it."""
    indexer.build(tmp_path / "index", DOCUMENTS)
    ledger = Ledger(tmp_path / "decisions")
    with indexer.open_index(tmp_path / "index") as index:
        said = dict(zip(("n0", "n1", "n2", "gone"), index.wordings(["n0", "n1", "n2", "gone"]), strict=True))
        for action, a, b, band in (
            ("duplicate", "n0", "n1", "very-likely"),
            ("different", "n0", "n2", "possible"),
            ("related", "n1", "gone", None),
        ):
            ledger.add([Event(0, "", "ruth", action, a, b, said[a], said[b] or 7, 0.9, band)])
        # Of another text than that of today.
        ledger.add([Event(0, "", "ruth", "related", "n2", "n1", 1, 2, 0.9, "possible")])
        assert write_labels(index, ledger.current().history, tmp_path / "judged") == 2
    judged = corpus.judged(tmp_path / "judged")
    assert judged.relevant == {"n0": {"n1": 2, "n2": 0}, "n1": {"n0": 2}}
    assert [(pair.a, pair.b, pair.same, pair.group) for pair in judged.pairs] == [
        ("n0", "n1", True, "very-likely"),
        ("n0", "n2", False, "possible"),
    ]
    assert len(list(corpus.read(judged.corpus, format="beir"))) == 3
    scores = [(pair.band, pair.same) for pair in judged_scores(ledger.current().history)]
    assert scores[:3] == [
        ("very-likely", True),
        ("possible", False),
        (None, False),
    ]


def test_lines_leave_out_what_is_not_known(tmp_path: Path) -> None:
    """A pin has no score; its line does not say so."""
    ledger = Ledger(tmp_path / "decisions")
    ledger.add([Event(0, "", "ruth", "exclude", "", "q2")])
    (line,) = lines(ledger.current().history)
    assert set(json.loads(line)) == {"id", "at", "editor", "action", "a", "b"}
    assert CARDS == ("pin", "exclude")

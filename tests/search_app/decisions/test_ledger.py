"""What may be decided and undone, what stands then, and that none of it is ever lost or rewritten."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.decisions import Decided, Verdict
from search_app.decisions.events import ACTIONS, CARDS, EVERYWHERE, VERDICTS, Event, of_pair
from search_app.decisions.history import LATER, History
from search_app.decisions.ledger import Ledger, check
from search_app.decisions.refusals import DecidedMeanwhile, DecisionRefused, DecisionsUnavailable
from tests.search_app.decisions.conftest import NOW, Clock


def event(action: str, a: str = "q1", b: str = "q2", editor: str = "ruth", **more: object) -> Event:
    """An event that is not kept yet."""
    return Event(0, "", editor, action, a, b, **more)  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(tmp_path / "decisions.sqlite3", clock)


def undo(ledger: Ledger, id_: int, editor: str = "ruth") -> Event:
    undone = ledger.current().history.get(id_)
    assert undone
    return ledger.add([event("undo", undone.a, undone.b, editor, undoes=id_)])[0]


def test_no_file_is_no_decisions(ledger: Ledger) -> None:
    """Before anything is decided there is no file, and reading makes none."""
    assert ledger.current().decisions.pairs == ()
    assert not ledger.database.path.exists()


def test_what_was_decided_stands(ledger: Ledger) -> None:
    """Every action becomes what an index is given; another one of the same file sees it, as a process does."""
    ledger.add([event("duplicate", a_wording=1, b_wording=2)])
    ledger.add([event("related", "q3", "q4"), event("different", "q5", "q6")])
    ledger.add([event("unsure", "q8", "q7"), event("later", "q9", "q10")])
    ledger.add(
        [
            event("pin", "q1", "a2"),
            event("pin", "q1", "a1"),
            event("exclude", "q1", "a3"),
            event("exclude", EVERYWHERE, "a4"),
        ]
    )
    found = Ledger(ledger.database.path, ledger.clock).current().decisions
    assert found.pairs[0] == Decided(Verdict.DUPLICATE, "q1", "q2", (1, 2))
    assert [pair.verdict for pair in found.pairs] == ["duplicate", "related", "different"]
    assert found.waiting == {("q7", "q8"), ("q10", "q9")}
    assert found.pins == {"q1": ("a2", "a1")}
    assert found.excluded == {"q1": frozenset({"a3"}), "": frozenset({"a4"})}


def test_only_its_owner_may_read_the_file(ledger: Ledger) -> None:
    """It holds names and digests of passwords."""
    ledger.add([event("related")])
    assert ledger.database.path.stat().st_mode & 0o777 == 0o600


def test_a_snapshot_has_a_name_of_its_own(ledger: Ledger, clock: Clock) -> None:
    """Tags of answers go by it: another after each event, after the return of what was put off, and of what a backup
    brought back.
    """
    names = [ledger.current().name]
    ledger.add([event("later")])
    names.append(ledger.current().name)
    assert ledger.current().name == names[-1]
    clock.now += LATER
    names.append(ledger.current().name)
    ledger.add([event("related", "q3", "q4")])
    names.append(ledger.current().name)
    assert len(set(names)) == 4


def put_in_place(ledger: Ledger, copy: Path) -> None:
    """A backup in the place of the file, as the runbook says, but under a ledger that goes on."""
    for file in copy.parent.glob("decisions.sqlite3*"):
        file.unlink()
    copy.rename(ledger.database.path)


def backup_of(ledger: Ledger) -> Path:
    """A copy of the file as it is now."""
    copy = ledger.database.path.with_name("copy")
    with closing(sqlite3.connect(ledger.database.path)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    return copy


def test_a_backup_that_was_put_in_place_is_what_stands(ledger: Ledger) -> None:
    """With fewer events, or as many others: the ledger tells those of the file, by another name."""
    ledger.add([event("related", "q1", "q2")])
    copy = backup_of(ledger)
    ledger.add([event("duplicate", "q3", "q4")])
    before = ledger.current()
    put_in_place(ledger, copy)
    assert [pair.a for pair in ledger.current().decisions.pairs] == ["q1"]
    ledger.add([event("related", "q5", "q6")])
    assert [pair.a for pair in ledger.current().decisions.pairs] == ["q1", "q5"]
    assert ledger.current().history.last == before.history.last
    assert ledger.current().name != before.name


def test_what_stood_serves_on_without_a_file(ledger: Ledger) -> None:
    """A file that is gone, or has lost its name, costs readers nothing; whoever would decide is told."""
    ledger.add([event("related")])
    assert ledger.current().decisions.pairs
    with closing(sqlite3.connect(ledger.database.path)) as connection:
        connection.execute("DELETE FROM file")
        connection.commit()
    with pytest.raises(DecisionsUnavailable, match="lost its name"):
        ledger.add([event("related", "q3", "q4")])
    assert ledger.at_hand().decisions.pairs
    for file in ledger.database.path.parent.iterdir():
        file.unlink()
    with pytest.raises(DecisionsUnavailable, match="is gone"):
        ledger.current()
    assert ledger.at_hand().decisions.pairs


def test_no_reader_waits_for_a_writer(ledger: Ledger) -> None:
    """While somebody holds the file to write, and a writer of this process waits for that, what stands is told."""
    ledger.add([event("related")])
    with closing(sqlite3.connect(ledger.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=ledger.add, args=([event("related", "q3", "q4")],))
        waiting.start()
        time.sleep(0.1)
        began = time.monotonic()
        assert len(ledger.current().history) == 1
        assert time.monotonic() - began < 1
        other.execute("ROLLBACK")
        waiting.join()
    assert len(ledger.current().history) == 2


def test_an_undo_brings_back_nothing_that_cannot_be(ledger: Ledger) -> None:
    """Neither a circle, nor two that are apart while others make them one."""
    for action, a, b in (
        ("duplicate", "1", "2"),
        ("related", "1", "2"),
        ("duplicate", "2", "3"),
        ("duplicate", "3", "1"),
    ):
        ledger.add([event(action, a, b)])
    with pytest.raises(DecisionRefused, match="already"):
        undo(ledger, 2)
    for action, a, b in (
        *(("different", "11", "13"), ("duplicate", "11", "13"), ("duplicate", "11", "12"), ("duplicate", "12", "13")),
    ):
        ledger.add([event(action, a, b)])
    with pytest.raises(DecisionRefused, match="by others between"):
        undo(ledger, 6)


def test_later_returns_in_a_week(ledger: Ledger, clock: Clock) -> None:
    """A pair that was put off waits for seven days, and no longer."""
    ledger.add([event("later")])
    clock.now += LATER - timedelta(seconds=1)
    assert ledger.current().decisions.waiting
    clock.now += timedelta(seconds=1)
    assert not ledger.current().decisions.waiting


def test_undo_brings_back_what_stood_before(ledger: Ledger) -> None:
    """The verdict before holds again; an undo is undone like anything else; nothing is undone twice."""
    ledger.add([event("related")])
    (second,) = ledger.add([event("different")])
    undone = undo(ledger, second.id, "tomas")
    assert [pair.verdict for pair in ledger.current().decisions.pairs] == ["related"]
    with pytest.raises(DecisionRefused, match="already"):
        undo(ledger, second.id)
    undo(ledger, undone.id)
    assert [pair.verdict for pair in ledger.current().decisions.pairs] == ["different"]
    with pytest.raises(DecisionRefused, match="no event 99"):
        ledger.add([event("undo", undoes=99)])


def test_what_something_newer_builds_on_is_not_undone(ledger: Ledger) -> None:
    """It is told who decided anew, and what to undo first; then it can be undone, long afterwards too."""
    (first,) = ledger.add([event("related")])
    (second,) = ledger.add([event("different", editor="tomas")])
    with pytest.raises(DecisionRefused, match="tomas decided anew"):
        undo(ledger, first.id)
    undo(ledger, second.id)
    undo(ledger, first.id)
    assert ledger.current().decisions.pairs == ()


def test_a_duplicate_is_never_of_itself_nor_in_a_circle(ledger: Ledger) -> None:
    """By one step or by several, nor by undoing an undo; to turn a pair around is no circle."""
    with pytest.raises(DecisionRefused, match="itself"):
        ledger.add([event("duplicate", "q1", "q1")])
    (first,) = ledger.add([event("duplicate", "q1", "q2")])
    ledger.add([event("duplicate", "q2", "q3")])
    with pytest.raises(DecisionRefused, match="already, by one step or more"):
        ledger.add([event("duplicate", "q3", "q1")])
    again = undo(ledger, first.id)
    ledger.add([event("duplicate", "q3", "q1")])
    with pytest.raises(DecisionRefused, match="already"):
        undo(ledger, again.id)
    ledger.add([event("duplicate", "q2", "q1"), event("duplicate", "q3", "q2")])


def test_several_targets_are_allowed(ledger: Ledger) -> None:
    """A question may be a duplicate of two; the first that was named comes first."""
    ledger.add([event("duplicate", "q1", "q3")])
    ledger.add([event("duplicate", "q1", "q2")])
    assert [pair.b for pair in ledger.current().decisions.pairs] == ["q3", "q2"]


def test_what_is_one_by_others_is_not_told_apart(ledger: Ledger) -> None:
    """q1 is q2 and q2 is q3: to say that q1 and q3 differ, one of these is undone first."""
    ledger.add([event("duplicate", "q1", "q2"), event("duplicate", "q2", "q3")])
    with pytest.raises(DecisionRefused, match="by others between"):
        ledger.add([event("different", "q3", "q1")])


def test_the_second_of_two_editors_is_told(ledger: Ledger) -> None:
    """Who was shown an older state decides nothing, and learns who decided what."""
    (first,) = ledger.add([event("related", editor="tomas")], {of_pair("q1", "q2"): 0})
    with pytest.raises(DecidedMeanwhile, match=r"tomas decided this at .*: related"):
        ledger.add([event("pin", "q7", "q8"), event("different")], {of_pair("q2", "q1"): 0})
    assert len(ledger.current().history) == 1
    ledger.add([event("different")], {of_pair("q1", "q2"): first.id})


def test_an_action_of_several_is_whole_or_not_at_all(ledger: Ledger) -> None:
    """Where one event cannot be, none is kept; kept ones name the first of them."""
    with pytest.raises(DecisionRefused):
        ledger.add([event("related"), event("duplicate", "q3", "q3")])
    assert len(ledger.current().history) == 0
    kept = ledger.add([event("related"), event("related", "q3", "q4")])
    assert [e.batch for e in kept] == [None, kept[0].id]


def test_two_reversals_make_a_pair_contested(ledger: Ledger) -> None:
    """Another verdict, or an undo by another editor, reverses; to take one's own verdict back does not, nor to wait."""
    (first,) = ledger.add([event("duplicate")])
    undo(ledger, first.id)
    ledger.add([event("related")])
    ledger.add([event("unsure")])
    ledger.add([event("duplicate", "q2", "q1")])
    assert not ledger.current().history.pair("q1", "q2").is_contested
    ledger.add([event("different", editor="tomas")])
    assert ledger.current().history.pair("q1", "q2").is_contested
    (other,) = ledger.add([event("duplicate", "q8", "q9")])
    undo(ledger, other.id, "tomas")
    ledger.add([event("duplicate", "q8", "q9")])
    assert ledger.current().history.pair("q8", "q9").is_contested


def test_redo_and_undo_by_two_editors_contest(ledger: Ledger) -> None:
    """Each time that what stands is turned into something else by another hand counts; to take one's own reversal back
    and say the same again does not.
    """
    (first,) = ledger.add([event("duplicate")])
    for _ in range(2):
        done = undo(ledger, first.id, "tomas")
        undo(ledger, done.id)
    assert ledger.current().history.pair("q1", "q2").is_contested
    ledger.add([event("duplicate", "q3", "q4")])
    (other,) = ledger.add([event("different", "q3", "q4", "tomas")])
    undo(ledger, other.id, "tomas")
    ledger.add([event("duplicate", "q3", "q4", note="Still")])
    assert ledger.current().history.pair("q3", "q4").reversals == 1


def test_the_first_target_stays_the_first(ledger: Ledger) -> None:
    """To say the same again, with a note, moves no address."""
    ledger.add([event("duplicate", "q1", "q2")])
    ledger.add([event("duplicate", "q1", "q3")])
    ledger.add([event("duplicate", "q1", "q2", note="Once more")])
    assert [pair.b for pair in ledger.current().decisions.pairs] == ["q2", "q3"]


def test_what_was_told_apart_is_not_joined_by_others_between(ledger: Ledger) -> None:
    """Whichever comes first: q1 is not q3, so q1 is q2 and q2 is q3 cannot both be; a further target joins nothing."""
    ledger.add([event("different", "q1", "q3"), event("duplicate", "q1", "q2")])
    with pytest.raises(DecisionRefused, match="q1 and q3, which would be one by this"):
        ledger.add([event("duplicate", "q2", "q3")])
    ledger.add([event("duplicate", "q4", "q1"), event("duplicate", "q4", "q3")])
    ledger.add([event("duplicate", "q3", "q1")])


def test_who_may_not_write_reads(ledger: Ledger) -> None:
    """A file that is for reading alone, in such a folder, tells what stands; whoever would decide is told why not."""
    ledger.add([event("related")])
    ledger.database.close()
    path = ledger.database.path
    uid, code = (
        65_534,
        (
            "import sys\n"
            "from search_app.decisions.ledger import Ledger\n"
            "from search_app.decisions.events import Event\n"
            "ledger = Ledger(sys.argv[1])\n"
            "print(len(ledger.current().history))\n"
            "try:\n"
            "    ledger.add([Event(0, '', 'ruth', 'related', 'a', 'b')])\n"
            "except Exception as error:\n"
            "    print(type(error).__name__)\n"
        ),
    )
    if os.getuid() != 0:
        pytest.skip("only root can become another user: run the tests as root to see what one who may not write sees")
    path.chmod(0o644)
    for folder in (path.parent, *path.parent.parents[:3]):
        folder.chmod(0o755)
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, user=uid, env={"PYTHONPATH": root, "PATH": os.defpath}
    )
    if "Permission denied" in done.stderr or "No module" in done.stderr:
        pytest.skip(
            "another user may not read this checkout or its Python: run the tests from a folder that all may read"
        )
    assert done.stdout.split() == ["1", "DecisionsUnavailable"], done.stderr


def test_sisters_are_not_told_apart(ledger: Ledger) -> None:
    """Two duplicates of one question are one question."""
    ledger.add([event("duplicate", "q1", "q0"), event("duplicate", "q2", "q0")])
    with pytest.raises(DecisionRefused, match="both lead to q0"):
        ledger.add([event("different", "q1", "q2")])


def test_events_are_never_rewritten(ledger: Ledger) -> None:
    """The file itself refuses it, whoever opens it."""
    ledger.add([event("related")])
    connection = sqlite3.connect(ledger.database.path)
    try:
        for statement in ("UPDATE event SET editor = 'x'", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)
    finally:
        connection.close()


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at", b""])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    """What is no database is refused with its path, and readers are served on; an empty file is a new one."""
    path = tmp_path / "decisions.sqlite3"
    path.write_bytes(content)
    ledger = Ledger(path)
    if content:
        with pytest.raises(DecisionsUnavailable) as refused:
            ledger.add([event("related")])
        assert str(path) in refused.value.where
        assert ledger.at_hand().decisions.pairs == ()
    else:
        ledger.add([event("related")])
    ledger.database.close()


def test_a_file_of_a_newer_version_is_refused(ledger: Ledger) -> None:
    """Steps that this version does not know were taken on it."""
    ledger.add([event("related")])
    connection = sqlite3.connect(ledger.database.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DecisionsUnavailable, match="newer version"):
        Ledger(ledger.database.path).add([event("related")])


def test_the_first_to_open_a_file_wait_for_each_other(ledger: Ledger) -> None:
    """A file is made by whoever comes first; another who comes while that writes waits, and is not refused."""
    with closing(sqlite3.connect(ledger.database.path, isolation_level=None)) as other:
        other.execute("CREATE TABLE anything (a)")
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=ledger.add, args=([event("related")],))
        waiting.start()
        time.sleep(0.2)
        assert waiting.is_alive()
        other.execute("ROLLBACK")
        waiting.join()
    assert len(ledger.current().history) == 1


def test_writers_at_once_lose_nothing(ledger: Ledger) -> None:
    """Threads and connections of their own: each acknowledged event is there once, in one order."""
    others = [Ledger(ledger.database.path, ledger.clock) for _ in range(4)]

    def write(own: Ledger, name: int) -> None:
        for n in range(20):
            own.add([event("related", f"a{name}-{n}", f"b{n}")])

    threads = [threading.Thread(target=write, args=(own, name)) for name, own in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.id for e in ledger.current().history] == list(range(1, 81))


IDS = st.sampled_from(["p", "q", "r", "s"])
STEPS = st.tuples(st.sampled_from(ACTIONS), IDS, IDS, st.sampled_from(["ruth", "tomas"]), st.integers(1, 12))


@given(st.lists(STEPS, max_size=14))
def test_the_present_is_derived_from_the_events(steps: list[tuple[str, str, str, str, int]]) -> None:
    """Whatever is done and undone: what stands is what obviously right loops over all events say; no circle comes to
    be; a history grown event by event is that of all at once.
    """
    history = History()
    for action, a, b, editor, undoes in steps:
        new = Event(
            history.last + 1, NOW.isoformat(), editor, action, a, b, undoes=undoes if action == "undo" else None
        )
        try:
            check(history, new)
        except DecisionRefused:
            continue
        history = history.followed_by([new])
    everything = list(history)
    assert list(History().followed_by(everything)) == everything

    def is_undone(id_: int) -> bool:
        return any(e.undoes == id_ and not is_undone(e.id) for e in everything)

    last: dict[object, Event] = {}
    for e in everything:
        if e.action != "undo" and not is_undone(e.id):
            last[e.subject] = e
    assert {history.about(e): e for cards in (False, True) for e in history.held(cards=cards)} == last
    arrows = {(e.a, e.b) for e in last.values() if e.action == "duplicate"}
    for _ in range(4):
        arrows |= {(a, d) for a, b in arrows for c, d in arrows if b == c}
    assert all(a != b for a, b in arrows)
    decided = history.decisions(NOW)
    assert {(pair.a, pair.b) for pair in decided.pairs} == {(e.a, e.b) for e in last.values() if e.action in VERDICTS}
    cards = {(e.a, e.b) for e in last.values() if e.action in CARDS}
    shown = [(page, card) for part in (decided.pins, decided.excluded) for page, own in part.items() for card in own]
    assert set(shown) == cards


def test_what_no_page_shows_is_pinned_on_none(ledger: Ledger) -> None:
    """A card that is excluded from every panel is refused as a pin, until that is undone; going back and forth about
    one makes no pair contested.
    """
    (excluded,) = ledger.add([event("exclude", EVERYWHERE, "a1")])
    with pytest.raises(DecisionRefused, match="excluded from every panel"):
        ledger.add([event("pin", "q1", "a1")])
    undo(ledger, excluded.id)
    for action in ("pin", "exclude") * 3:
        ledger.add([event(action, "q1", "a1", editor={"pin": "ruth", "exclude": "sam"}[action])])
    assert ledger.current().history.contested() == 0

"""The commands of editors and decisions, as processes see them; and what the other commands say of decisions."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

import corpus
import indexer
from search_app.decisions import accounts
from search_app.decisions.accounts import Accounts
from search_app.decisions.events import Event
from search_app.decisions.ledger import Ledger
from search_app.settings import load
from tests.documents import question
from tests.search_app.commands import run

DOCUMENTS: list[corpus.Document] = [
    question("n0", "What helps a trapped nerve?", "", "Rest."),
    question("n1", "What helps trapped nerves?", "", "Warmth."),
    question("f1", "Flat feet in a child of four"),
]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index, where commands find a file of decisions."""
    monkeypatch.setattr(accounts, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    monkeypatch.chdir(tmp_path)
    indexer.build(tmp_path / "index", DOCUMENTS)
    return tmp_path


def decide(verdict: str, a: str, b: str, note: str = "") -> None:
    """A verdict on two questions as they are now."""
    with indexer.open_index("index") as index:
        one, other = index.wordings([a, b])
    Ledger("decisions.sqlite3").add([Event(0, "", "ruth", verdict, a, b, one, other, 0.9, "very-likely", note)])


def test_editors_are_added_listed_and_removed(at: Path) -> None:
    """The password comes from standard input; each command says what it did, in words or as JSON."""
    assert run("editor", "list")[1] == "no editors yet: seealso editor add NAME\n"
    assert run("editor", "add", "ruth", typed="correct horse battery\n")[1] == "ruth may sign in at /desk\n"
    assert Accounts(Ledger("decisions.sqlite3").database).sign_in("ruth", "correct horse battery", "::1")
    assert stat.S_IMODE((at / "decisions.sqlite3").stat().st_mode) == 0o600
    assert run("editor", "add", "ruth", typed="another long one\n")[0] == 2
    assert run("editor", "add", "tomas", typed="short\n")[0] == 2
    assert run("editor", "password", "ruth", typed="another long one\n")[0] == 0
    assert Accounts(Ledger("decisions.sqlite3").database).sign_in("ruth", "another long one", "::1")
    assert run("editor", "remove", "ruth")[0] == 0
    (known,) = json.loads(run("editor", "list", "--json")[1])["editors"]
    assert (known["name"], bool(known["removed"])) == ("ruth", True)
    assert "password" not in known


def test_keys_are_told_once(at: Path) -> None:
    """What `add` prints opens the API; the list has names alone."""
    key = run("key", "add", "site-admin")[1].strip()
    assert Accounts(Ledger("decisions.sqlite3").database).named_by(key, "desk") == "site-admin"
    assert key not in run("key", "list")[1]
    assert run("key", "remove", "site-admin")[0] == 0
    assert Accounts(Ledger("decisions.sqlite3").database).named_by(key, "desk") is None
    assert run("key", "remove", "none")[0] == 2


def test_decisions_go_out_and_come_back(at: Path) -> None:
    """Export, import into another file, export: the same bytes; a backup is a file that works."""
    assert run("decisions", "export")[0] == 2
    decide("duplicate", "n1", "n0", "Only the plural")
    text = run("decisions", "export")[1]
    assert json.loads(text)["action"] == "duplicate"
    Path("told.jsonl").write_text(text, encoding="utf-8")
    assert run("decisions", "import", "told.jsonl", "--decisions", "second.sqlite3")[1] == "1 events\n"
    assert run("decisions", "export", "--decisions", "second.sqlite3")[1] == text
    status, _, error = run("decisions", "import", "told.jsonl")
    assert (status, "has some already" in error) == (2, True)
    assert run("decisions", "backup", "copy.sqlite3")[0] == 0
    assert run("decisions", "export", "--decisions", "copy.sqlite3")[1] == text
    assert not list(at.glob("copy.sqlite3-*"))
    assert not list(at.glob("*.part"))
    assert stat.S_IMODE((at / "copy.sqlite3").stat().st_mode) == 0o600
    Path("none.jsonl").write_bytes(b"\xff\xfe")
    assert run("decisions", "import", "none.jsonl", "--decisions", "third.sqlite3")[0] == 2


def test_commands_answer_by_what_is_decided(at: Path) -> None:
    """Search, panels and lists of duplicates follow; CSV has titles and verdicts."""
    assert json.loads(run("search", "trapped nerve", "--json")[1])["total"] == 2
    assert json.loads(run("duplicates", "--json")[1])["total"] == 1
    decide("duplicate", "n1", "n0", "Only the plural")
    found = json.loads(run("search", "trapped nerve", "--json")[1])
    assert [(hit["id"], hit["others"]) for hit in found["hits"]] == [("n0", 1)]
    assert json.loads(run("related", "n1", "--json")[1])["canonical"] == "n0"
    assert json.loads(run("duplicates", "--json")[1])["total"] == 0
    (row,) = csv.DictReader(run("duplicates", "--csv")[1].splitlines())
    assert (row["a_title"], row["b_title"], row["verdict"], row["canonical"]) == (
        "What helps trapped nerves?",
        "What helps a trapped nerve?",
        "duplicate",
        "n0",
    )


def test_info_tells_what_lost_its_documents(at: Path) -> None:
    """A verdict of which a document is gone or changed is named; in JSON by kind."""
    decide("duplicate", "n1", "n0")
    assert "1 pair settled by editors" in run("info")[1]
    assert json.loads(run("info", "--json")[1])["decisions"] == {"pairs": 1, "lost": [], "changed": []}
    indexer.update("index", [question("n0", "What helps against a trapped nerve in the leg?")])
    told = json.loads(run("info", "--json")[1])["decisions"]
    assert told["changed"] == [{"verdict": "duplicate", "a": "n1", "b": "n0", "ids": ["n0"]}]
    indexer.update("index", delete=["n1"])
    assert json.loads(run("info", "--json")[1])["decisions"]["lost"][0]["ids"] == ["n1"]
    assert "duplicate: n1 and n0 does not hold, n1 is gone" in run("info")[1]


def test_forget_tells_what_decisions_keep(at: Path) -> None:
    """The id and a digest, and an editor's notes: how many, and where to read them."""
    decide("different", "n1", "n0", "Said by phone")
    status, text, _ = run("forget", "n1")
    assert status == 0
    assert "stand in 1 of the editors' decisions" in text
    assert "/desk/records?id=n1" in text
    assert "decisions" not in run("forget", "f1")[1]


def test_verdicts_measure(at: Path) -> None:
    """`evaluate --decisions` tells shares with intervals; labels are a judged set that `evaluate` reads."""
    assert "no pair is settled yet" in run("evaluate", "--decisions")[1]
    decide("duplicate", "n1", "n0")
    decide("different", "n1", "f1")
    told = json.loads(run("evaluate", "--decisions", "--json")[1])
    by_band = {row["name"]: row for row in told["by_band"]}
    assert told["judged"] == 2
    assert (by_band["very-likely"]["same"], by_band["very-likely"]["judged"]) == (1, 2)
    assert by_band["possible"]["share"] is None
    assert "1 of 2" in run("evaluate", "--decisions")[1]
    assert run("decisions", "labels", "judged")[0] == 0
    status, text, error = run("evaluate", "judged", "--json")
    assert status == 0, error
    assert json.loads(text)["queries"] == 2


def test_the_file_is_a_setting(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By option, environment and seealso.toml, as every other one."""
    monkeypatch.setenv("SEEALSO_DECISIONS", "elsewhere.sqlite3")
    assert load()["decisions"] == "elsewhere.sqlite3"
    run("editor", "add", "ruth", typed="correct horse battery\n")
    assert (at / "elsewhere.sqlite3").exists()

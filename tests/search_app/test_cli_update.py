"""`seealso update` over a real index: what it changes, tells and refuses, and the statuses it ends with."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import corpus
from indexer import BuildReport, open_index
from indexer.generation.folder.store import FolderStore
from tests.documents import question
from tests.search_app import commands
from tests.search_app.test_cli import on_a_terminal

# The sample has 76 documents; four of them are more than 5 %.
NEW = [{"kind": "question", "id": f"new-{n}", "title": f"Is my knee brace number {n} too tight?"} for n in range(4)]


@pytest.fixture
def index(sample_path: Path, tmp_path: Path) -> Path:
    """An index of the sample that a test may change."""
    path = tmp_path / "index"
    shutil.copytree(sample_path, path)
    return path


def lines(path: Path, records: list[dict[str, str]]) -> str:
    """A file of records in the exchange format."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


def run(index: Path, *arguments: str, command: str = "update") -> tuple[int, str, str]:
    """As commands.run, of a command on an index."""
    return commands.run(command, "--index", str(index), *arguments)


def answer(index: Path, *arguments: str, command: str = "update") -> dict[str, Any]:
    """The one JSON object that a command prints."""
    status, out, err = run(index, *arguments, "--json", command=command)
    assert (status, err) == (0, "")
    value: dict[str, Any] = json.loads(out)
    return value


def refused(index: Path, status: int, *arguments: str) -> str:
    """An update is refused with a status, in words and as JSON, and changes nothing; what it says is wrong."""
    ended, out, err = run(index, *arguments)
    assert (ended, out, err.count("\n")) == (status, "", 1)
    assert err.startswith("seealso: ")
    ended, out, err = run(index, *arguments, "--json")
    assert (ended, out) == (status, "")
    error: dict[str, str] = json.loads(err)["error"]
    assert all(error[key] for key in ("type", "what", "where", "next"))
    assert open_index(index).info.generation == 1
    return error["what"]


def test_documents_are_added_replaced_and_deleted(index: Path, tmp_path: Path) -> None:
    """The JSON is the build's, counts what changed, and the index then holds just that."""
    changed = {"kind": "question", "id": "q-0039", "title": "A title of its own"}
    source = lines(tmp_path / "in.jsonl", [*NEW[:2], changed])
    report = answer(index, source, "--delete", "q-0001", "--delete", "q-0002")
    assert list(report) == [*(field.name for field in fields(BuildReport)), "undated", "unnamed"]
    counts = {name: report[name] for name in ("generation", "documents", "added", "replaced", "deleted", "rejected")}
    assert counts == {"generation": 2, "documents": 76, "added": 2, "replaced": 1, "deleted": 2, "rejected": 0}
    with open_index(index) as opened:
        ids = {document.id for document in opened.documents()}
        assert opened.get("q-0039").title == "A title of its own"
    assert {"new-0", "new-1"} <= ids
    assert not {"q-0001", "q-0002"} & ids
    assert answer(index, command="verify")["ok"]


def test_people_are_told_what_changed(index: Path, tmp_path: Path) -> None:
    """Without --json one line says what changed; with --quiet nothing is said."""
    source = lines(tmp_path / "in.jsonl", NEW[:1])
    status, out, err = run(index, source, "--delete", "q-0001")
    assert (status, err) == (0, "")
    assert out.startswith("generation 2: 76 documents (1 added, 0 replaced, 1 deleted), 0 left out, ")
    assert out.count("\n") == 1
    assert run(index, "--delete", "q-0002", "--quiet") == (0, "", "")


def test_an_update_of_nothing_is_wrong_usage(index: Path) -> None:
    """Neither a source, nor an id to delete, nor --purge: status 2, and what may be given is said."""
    assert refused(index, 2) == "nothing to do"
    assert "SOURCE" in run(index)[2]


def test_ids_that_cannot_be_deleted_are_wrong_usage(index: Path, tmp_path: Path) -> None:
    """An id that is not there, and one that is given too, are named with status 2."""
    source = lines(tmp_path / "in.jsonl", NEW)
    assert "'nobody'" in refused(index, 2, source, "--delete", "nobody")
    given = lines(tmp_path / "again.jsonl", [{"kind": "question", "id": "q-0001", "title": "Another title"}])
    assert "'q-0001'" in refused(index, 2, given, "--delete", "q-0001")


def test_a_page_is_named_by_its_address(index: Path, tmp_path: Path) -> None:
    """`--delete` and `forget` take the address of the site's page, in any form of it; one that no page has is told."""
    url, other = "https://www.knees.example/ask/17", "https://www.knees.example/ask/18"
    answer(index, lines(tmp_path / "in.jsonl", [NEW[0] | {"url": url}, NEW[1] | {"url": other}]))
    assert answer(index, "--delete", "http://knees.example/ask/17/")["deleted"] == 1
    assert answer(index, f"{other}#top", command="forget")["forgotten"] == "new-1"
    status, _, err = run(index, "--delete", url)
    assert (status, "no document has the address" in err) == (2, True)


def test_sources_that_cannot_be_used_are_status_3(index: Path, tmp_path: Path) -> None:
    """A source or mapping that is missing, a file that nothing recognises, and a folder with nothing in it."""
    source = lines(tmp_path / "in.jsonl", NEW)
    (tmp_path / "what.bin").write_bytes(b"\x00\x01")
    (tmp_path / "nothing").mkdir()
    assert "no such file" in refused(index, 3, source, str(tmp_path / "gone"))
    refused(index, 3, source, "--mapping", str(tmp_path / "gone.toml"))
    assert "no format recognises it" in refused(index, 3, str(tmp_path / "what.bin"))
    assert "no file is in it" in refused(index, 3, str(tmp_path / "nothing"), "--delete", "q-0001")


def test_a_source_that_yields_nothing_is_told(index: Path, tmp_path: Path) -> None:
    """Beside one with documents an empty source is named on stderr, and the others are taken; so does a build."""
    source = lines(tmp_path / "in.jsonl", NEW[:1])
    (tmp_path / "nothing").mkdir()
    told = f"left out: {tmp_path / 'nothing'}, folder: no file is in it; check the path\n"
    for command, more in (("update", []), ("build", ["--shrink"])):
        status, _, err = run(index, source, str(tmp_path / "nothing"), *more, command=command)
        assert (status, err) == (0, told)


def test_a_build_that_would_lose_most_documents_is_refused(index: Path, tmp_path: Path) -> None:
    """Status 3, with both numbers; the index stays as it is; --shrink goes on. From half on nothing is asked."""
    few, empty = lines(tmp_path / "few.jsonl", NEW), lines(tmp_path / "empty.jsonl", [])
    status, out, err = run(index, few, "--json", command="build")
    assert (status, out) == (3, "")
    assert "4 documents in place of 76" in err
    assert "--shrink" in err
    assert run(index, empty, command="build")[0] == 3
    assert "documents   76:" in run(index, command="info")[1]
    assert run(index, few, "--shrink", command="build")[0] == 0
    assert run(index, lines(tmp_path / "half.jsonl", NEW[:2]), command="build")[0] == 0


def test_a_failed_export_is_told_by_what_it_is(index: Path, tmp_path: Path) -> None:
    """A page in place of records, a table without its header or without rows, a page without a mapping."""
    mapping, export = tmp_path / "map.toml", tmp_path / "export.csv"
    mapping.write_text('kind = "question"\n[fields]\ntitle = "title"\nbody = "ask"\n', encoding="utf-8")
    for text, told in (
        ("<!doctype html><title>502</title>", "a page or XML where records belong"),
        ("Why?,My knee hurts\n", "no header: the first line has none of the columns ask, title"),
        ("title,ask\n", "a header and no row below it"),
    ):
        export.write_text(text, encoding="utf-8")
        assert told in run(index, str(export), "--mapping", str(mapping), command="build")[2]
    assert "an HTML page where an export belongs" in run(index, _page(tmp_path), command="build")[2]
    assert "documents   76:" in run(index, command="info")[1]


def _page(folder: Path) -> str:
    """An HTML page under the name of an export."""
    path = folder / "export.jsonl"
    path.write_text("<!DOCTYPE html><html><body>Sign in</body></html>", encoding="utf-8")
    return str(path)


def test_a_build_says_where_it_wins_little(index: Path, tmp_path: Path) -> None:
    """Repeats, dates that are none and records without id or address are counted, in JSON and for people."""
    mapping, export = tmp_path / "map.toml", tmp_path / "export.csv"
    fields_ = 'title = "title"\nbody = "ask"\nasked = "day"\n'
    mapping.write_text(f'kind = "question"\n[fields]\n{fields_}', encoding="utf-8")
    rows = ["Why?,My knee hurts,soon", "Why?,My knee hurts,soon", "How?,My hip hurts,2020-01-02", "Who?,My toe hurts,"]
    export.write_text("\n".join(["title,ask,day", *rows]), encoding="utf-8")
    report = answer(index, str(export), "--mapping", str(mapping))
    assert (report["merged"], report["undated"], report["unnamed"]) == (1, 2, 4)
    told = run(index, str(export), "--mapping", str(mapping), "--shrink", command="build")[1]
    assert "\n  1 given twice, taken once\n  2 with a date that could not be read\n" in told
    assert "  4 without id or address, called by their content" in told


def test_an_index_that_is_missing_is_status_3(tmp_path: Path) -> None:
    """Without an index there is nothing to update; no folder is made."""
    status, out, err = run(tmp_path / "none", "--purge", "--json")
    assert (status, out) == (3, "")
    assert json.loads(err)["error"]["type"] == "IndexMissing"
    assert not (tmp_path / "none").exists()


def test_a_held_lock_is_status_4(index: Path) -> None:
    """While another build or update holds the index an update is refused."""
    with FolderStore(index).lock():
        assert refused(index, 4, "--delete", "q-0001") == "another build holds the lock"


def test_what_was_left_out_is_named_and_strict_fails(index: Path, tmp_path: Path) -> None:
    """A bad record costs itself: it is named or written to --rejects, and --strict ends with 1 after the update."""
    source = lines(tmp_path / "in.jsonl", [NEW[0], {"kind": "question"}])
    status, out, err = run(index, source)
    assert (status, "1 left out" in out, "line 2" in err) == (0, True, True)
    assert answer(index, source)["rejected"] == 1
    status, _, err = run(index, source, "--strict", "--rejects", str(tmp_path / "rejects"))
    assert (status, err) == (1, "")
    assert json.loads((tmp_path / "rejects").read_text())["place"] == "line 2"
    with open_index(index) as opened:
        assert opened.get("new-0")


def test_two_documents_of_one_id_are_one_left_out(index: Path, tmp_path: Path) -> None:
    """Of two different documents of one id one is taken and the other counted and named."""
    source = lines(tmp_path / "in.jsonl", [NEW[0], {**NEW[1], "id": "new-0"}])
    status, out, err = run(index, source)
    assert (status, "1 added" in out, "1 left out" in out) == (0, True, True)
    assert "another document has this id" in err


def test_a_mapping_and_a_format_are_used(index: Path, tmp_path: Path) -> None:
    """--mapping and --format mean what they mean for a build."""
    (tmp_path / "in.csv").write_text("id,question\nrow-1,Is my brace too tight?\n")
    (tmp_path / "map.toml").write_text('kind = "question"\n[fields]\nid = "id"\ntitle = "question"\n')
    report = answer(index, str(tmp_path / "in.csv"), "--mapping", str(tmp_path / "map.toml"))
    assert (report["added"], report["rejected"]) == (1, 0)
    assert answer(index, lines(tmp_path / "plain", NEW), "--format", "jsonl")["added"] == len(NEW)


def test_a_purge_leaves_nothing_and_says_so(index: Path, tmp_path: Path) -> None:
    """After --purge a deleted word is in no file, and a rollback is refused; --purge alone is an update."""
    secret = {"kind": "question", "id": "secret", "title": "My name is Zwetschgenbaum", "body": "Zwetschgenbaum's knee"}
    answer(index, lines(tmp_path / "in.jsonl", [secret]))
    answer(index, "--delete", "secret")
    status, out, _ = run(index, "--purge")
    assert status == 0
    assert "nothing that was deleted is left on the disk" in out
    files = [path for path in index.rglob("*") if path.is_file()]
    assert [path for path in files if b"zwetschgen" in path.read_bytes().lower()] == []
    assert run(index, command="rollback")[0] == 3


def test_forget_removes_a_document_and_says_where_it_is_named(index: Path, tmp_path: Path) -> None:
    """Nothing of it is left: status 0; another document records it: status 1; an unknown id: status 2."""
    secret = {"kind": "question", "id": "secret", "title": "Zwetschgenbaum asks", "body": "Zwetschgenbaum's knee"}
    named = {"kind": "question", "id": "named", "title": "Quittenbaum asks"}
    other = question("o", "A knee", listed=(corpus.Link(title="Quittenbaum asks"),))
    answer(index, lines(tmp_path / "in.jsonl", [secret, named, json.loads(corpus.to_json(other))]))
    assert run(index, "none", command="forget")[0] == 2
    status, out, _ = run(index, "secret", command="forget")
    assert (status, "nothing of secret is left" in out) == (0, True)
    assert not [path for path in index.rglob("*") if path.is_file() and b"zwetschgen" in path.read_bytes().lower()]
    status, out, _ = run(index, "named", command="forget")
    assert (status, out) == (1, "left: document o names it\n")
    assert run(index, "secret", command="forget")[0] == 2  # it was done, and is no repetition of one that was killed


def test_forget_that_was_killed_is_done_by_repeating_it(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that the purge is done, and not that it looked for what it no longer has."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "sweep", killed)
        run(index, "q-0001", command="forget")
    status, out, _ = run(index, "q-0001", command="forget")
    assert (status, "a purge that was killed is done" in out) == (0, True)
    assert len(FolderStore(index).numbers()) == 1


def test_a_drift_above_5_percent_advises_a_rebuild(index: Path, tmp_path: Path) -> None:
    """Up to 5 % of changed documents nothing is advised; above, `update` and `info` say how many, and what to do."""
    advice = "5.3 % of the documents changed since the last full build: build anew"
    assert advice not in run(index, lines(tmp_path / "three.jsonl", NEW[:3]))[1]
    assert "drift       4.0 %\n" in run(index, command="info")[1]
    assert advice not in run(index, command="info")[1]
    assert advice in run(index, lines(tmp_path / "four.jsonl", NEW))[1]
    told = run(index, command="info")[1]
    assert "drift       5.3 %\n" in told
    assert f"advice      {advice}" in told
    assert answer(index, command="info")["drift"] == 0.0526
    assert advice not in run(index, lines(tmp_path / "again.jsonl", NEW), "--shrink", command="build")[1]
    assert "drift       0.0 %\n" in run(index, command="info")[1]


def test_progress_is_shown_on_a_terminal(index: Path, tmp_path: Path) -> None:
    """On a terminal an update shows its stages and clears the line at the end."""
    said, status = on_a_terminal(["update", "--index", str(index), lines(tmp_path / "in.jsonl", NEW)], until="")
    assert status == 0
    assert "indexing  4 of 4 (100 %)" in said
    assert "\x1b[Kgeneration 2" in said

"""The command line in a process of its own: output, JSON, exit statuses, silence."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import corpus
from tests.search_app.serving import serving

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "demo",
    "test",
    "build",
    "update",
    "check",
    "mapping",
    "search",
    "related",
    "similar",
    "serve",
    "info",
    "verify",
    "rollback",
    "warm",
    "backup",
    "restore",
    "forget",
)
SAMPLE = [str(path) for path in corpus.sample()]


def run(*arguments: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "search_app", *arguments]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, env=environment, cwd=cwd, timeout=120
    )


def answer(*arguments: str, text: str = "") -> dict[str, object]:
    """The one JSON object that a command prints; nothing else may be printed."""
    done = run(*arguments, "--json", text=text)
    assert (done.returncode, done.stderr) == (0, "")
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def test_without_arguments_the_commands_are_listed() -> None:
    """`seealso` alone lists every command of the plan with a line each."""
    told = run()
    for command in COMMANDS:
        assert f"  {command} " in told.stdout + told.stderr


@pytest.mark.parametrize("command", [*COMMANDS, "bench"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    """--help says what a command does and shows one call."""
    told = run(command, "--help")
    assert told.returncode == 0
    assert f"Example: seealso {command}" in told.stdout


def test_build_then_ask(tmp_path: Path) -> None:
    """Build, info, search, related, similar, verify and rollback, as JSON, on one index."""
    at = ("--index", str(tmp_path / "index"))
    built = answer("build", *at, *SAMPLE)
    assert {k: built[k] for k in ("generation", "documents", "added", "replaced", "deleted", "rejected")} == {
        "generation": 1,
        "documents": 76,
        "added": 76,
        "replaced": 0,
        "deleted": 0,
        "rejected": 0,
    }
    info = answer("info", *at)
    assert info["documents"] == {"article": 12, "question": 64}
    found = answer("search", *at, "bone cement", "--kind", "question", "--size", "3")
    assert found["hits"]
    panel = answer("related", *at, "q-0039", "--limit", "2")
    assert panel["cards"]
    assert answer("similar", *at, "-", text="cement leaked after my kyphoplasty")["cards"]
    assert answer("search", *at, "zzxqv")["total"] == 0
    answer("build", *at, *SAMPLE)
    assert answer("verify", *at) == {"generation": 2, "ok": True, "faults": []}
    assert answer("rollback", *at)["generation"] == 1


def test_text_is_for_people(sample_path: Path) -> None:
    """Without --json hits and cards are readable text, matches in brackets."""
    at = ("--index", str(sample_path))
    found = run("search", *at, "cement leakage")
    assert "[cement]" in found.stdout
    panel = run("related", *at, "q-0039")
    assert "in common: " in panel.stdout
    assert run("similar", *at, "zzxqv").stdout == "nothing is close enough\n"
    assert "for: kyphoplasty (--as-typed" in run("search", *at, "kyfoplasty").stdout
    assert "did you mean: kyphoplasty" in run("search", *at, "kyfoplasty", "--as-typed").stdout


def test_a_pipe_is_silent_but_for_the_result(tmp_path: Path) -> None:
    """Progress is for terminals: in a pipe stderr is empty and stdout one line; --quiet prints nothing."""
    done = run("build", "--index", str(tmp_path), *SAMPLE)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    quiet = run("build", "--index", str(tmp_path), *SAMPLE, "--quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full (Linux)")
def test_rejects_that_find_no_room_end_the_build(tmp_path: Path) -> None:
    """A list of what was left out is not lost silently: the build ends with what is wrong, and no index is made."""
    (tmp_path / "in.jsonl").write_text('{"kind":"question","id":"a","title":"Knee"}\n{"kind":"question"}\n')
    done = run("build", "--index", str(tmp_path / "index"), str(tmp_path / "in.jsonl"), "--rejects", "/dev/full")
    assert done.returncode == 2
    assert "--rejects /dev/full" in done.stderr
    assert "make room" in done.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_rejects_are_listed_and_strict_fails(tmp_path: Path) -> None:
    """What was left out is named, written to --rejects, and --strict makes it exit status 1; the rest is built."""
    (tmp_path / "in.jsonl").write_text('{"kind":"question","id":"a","title":"Knee"}\n{"kind":"question"}\n')
    at = ("--index", str(tmp_path / "index"))
    done = run("build", *at, str(tmp_path / "in.jsonl"))
    assert done.returncode == 0
    assert "line 2" in done.stderr
    strict = run("build", *at, str(tmp_path / "in.jsonl"), "--strict", "--rejects", str(tmp_path / "rejects"))
    assert strict.returncode == 1
    assert json.loads((tmp_path / "rejects").read_text())["place"] == "line 2"
    assert answer("info", *at)["generation"] == 2
    (tmp_path / "other.jsonl").write_text('{"kind":"question"}\n')
    both = (str(tmp_path / "in.jsonl"), str(tmp_path / "other.jsonl"), "--rejects", str(tmp_path / "rejects"))
    assert f"all of its 1 records were left out: {both[1]}" in run("build", *at, *both).stderr


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (2, ["no-such-command"]),
        (2, ["build", "x", "--rejects", "/no/such/folder/file"]),
        (2, ["search"]),
        (2, ["info", "--index", ""]),
        (2, ["serve", "--port", "\u00b2"]),
        (2, ["serve", "--host", "no.such.host.invalid"]),
        (3, ["build", "--index", "/dev/null", SAMPLE[0]]),
        (2, ["search", "x", "--size", "0"]),
        (2, ["search", "x", "--colour", "red"]),
        (2, ["update"]),
        (3, ["update", "--purge"]),
        (3, ["search", "x"]),
        (3, ["info"]),
        (3, ["verify"]),
        (3, ["rollback"]),
        (3, ["build", "no-such-file"]),
        (3, ["build", ".", "--mapping", "no-such-mapping"]),
    ],
)
def test_exit_statuses_are_the_plans(status: int, arguments: list[str], tmp_path: Path) -> None:
    """Wrong usage is 2, a source or an index that cannot be used is 3; never a traceback."""
    done = run(*arguments, "--json", cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    if status == 3 or "--json" in arguments:
        error = json.loads(done.stderr)["error"]
        assert all(error[key] for key in ("type", "what", "where", "next"))
        plain = run(*arguments, cwd=tmp_path)
        assert plain.stderr.startswith("seealso: ")
        assert plain.stderr.count("\n") == 1


def test_a_held_lock_is_status_4(tmp_path: Path) -> None:
    """While another build holds the index a build is refused with 4."""
    from indexer.generation.folder.folder import IndexFolder

    with IndexFolder(tmp_path).lock():
        done = run("build", "--index", str(tmp_path), *SAMPLE)
    assert done.returncode == 4
    assert "another build" in done.stderr


def test_verify_fails_with_1_and_names_the_file(tmp_path: Path) -> None:
    """A changed file is exit status 1 and named."""
    run("build", "--index", str(tmp_path), *SAMPLE)
    (tmp_path / "generations" / "000001" / "arrays" / "000001" / "kind.npy").write_bytes(b"x")
    done = run("verify", "--index", str(tmp_path))
    assert done.returncode == 1
    assert "arrays/000001/kind.npy" in done.stdout


def test_a_taken_port_is_one_sentence(sample_path: Path) -> None:
    """Serving on a port that is taken says so and what to do, with exit status 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--index", str(sample_path), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "--port 0" in done.stderr
    assert done.stderr.count("\n") == 1


def test_serve_answers_over_http_and_stops(sample_path: Path) -> None:
    """The real server serves a page, logs no query, and ends when it is told to."""
    with serving(sample_path, logged=True) as (address, server):
        try:
            with urllib.request.urlopen(f"{address}search?q=quuxitis", timeout=30) as response:
                assert "quuxitis" in response.read().decode()
        finally:
            server.send_signal(signal.SIGINT)
            _, log = server.communicate(
                timeout=30
            )  # a shell's background job ignores SIGINT, and so does what it starts
    assert "quuxitis" not in log
    assert "/search" in [json.loads(line).get("route") for line in log.splitlines()]


def test_demo_without_a_terminal_shows_and_stops() -> None:
    """The demo prints a panel, a search and the address, and ends with 0."""
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("See also", "in common: ", "Search: cement leakage", "http://127.0.0.1:"):
        assert part in done.stdout


def test_settings_file_is_read(tmp_path: Path, sample_path: Path) -> None:
    """A seealso.toml beside the command names the index."""
    (tmp_path / "seealso.toml").write_text(f"index = {str(sample_path)!r}\n")
    assert run("info", cwd=tmp_path.parent).returncode == 3
    assert "12 articles" in run("info", cwd=tmp_path).stdout


def on_a_terminal(arguments: list[str], until: str, then: bytes = b"") -> tuple[str, int]:
    """Run a command on a pseudo-terminal; once `until` is printed, type `then`; all output and the exit status."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(
            sys.executable, [sys.executable, "-m", "search_app", *arguments], {**os.environ, "PYTHONPATH": str(ROOT)}
        )
    said = b""
    with contextlib.suppress(OSError):  # Linux says EIO where the other side is closed
        while piece := os.read(terminal, 4096):
            said += piece
            if then and until.encode() in said:
                os.write(terminal, then)
                then = b""
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return said.decode(), os.waitstatus_to_exitcode(status)


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal a build shows stage, share, rate and what is left, and clears the line at the end."""
    said, status = on_a_terminal(["build", "--index", str(tmp_path / "index"), *SAMPLE], until="")
    assert status == 0
    assert "neighbours  76 of 76 (100 %)" in said
    assert "a second, 0 s left" in said
    assert "\x1b[Kgeneration 1" in said


def test_demo_on_a_terminal_serves_until_ctrl_c() -> None:
    """On a terminal the demo serves on, and Ctrl-C ends it with 0."""
    said, status = on_a_terminal(["demo"], until="until Ctrl-C", then=b"\x03")
    assert "Serving on http://127.0.0.1:" in said
    assert status == 0


def test_warm_leaves_nothing_for_a_server_to_compile(tmp_path: Path) -> None:
    """After it another index is built and served by the compiled loops without any being compiled."""
    if not os.environ.get("SEEALSO_LONG"):
        pytest.skip("compiled anew by ./seealso test --long")
    if importlib.util.find_spec("numba") is None:
        pytest.skip("the extra `fast` is not installed: pip install 'seealso[fast]'")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path / "compiled")}
    command = [sys.executable, "-m", "search_app", "warm", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["seconds"] > 0
    kept = {path.name for path in (tmp_path / "compiled").rglob("*.nb*")}
    program = (
        "import sys, indexer\n"
        "from tests.documents import question\n"
        "wanted = indexer.Settings(compiled=True)\n"
        "indexer.build(sys.argv[1], [question(str(n), f'Knee pain {n}') for n in range(40)], settings=wanted)\n"
        "indexer.update(sys.argv[1], [question('new', 'Knee pain')])\n"
        "with indexer.open_index(sys.argv[1], settings=wanted, serving=True) as index:\n"
        "    index.search('knee', where=indexer.Filter(kind='question'))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "index")], check=True, env=environment, timeout=120)
    assert {path.name for path in (tmp_path / "compiled").rglob("*.nb*")} == kept


def test_sources_are_checked_and_mapped_before_a_build(tmp_path: Path) -> None:
    """A mapping is proposed, the check reads by it what a build would; 1 where that is nothing."""
    (tmp_path / "a.csv").write_text("question,details,answer\nHoarse?,For three days,Tea.\n")
    (tmp_path / "m.toml").write_text(run("mapping", "a.csv", cwd=tmp_path).stdout)
    told = run("check", "a.csv", "--mapping", "m.toml", cwd=tmp_path)
    assert told.returncode == 0
    assert "1 document (1 question)" in told.stdout
    assert "reply: Tea." in told.stdout
    assert "* 1 documents have neither id nor address" in told.stdout
    found = json.loads(run("check", "a.csv", "--mapping", "m.toml", "--json", cwd=tmp_path).stdout)
    assert (found["documents"], found["unnamed"], found["missing"]["date"]) == (1, 1, 1)
    none = run("check", "a.csv", cwd=tmp_path)
    assert none.returncode == 1
    assert "no format recognises it" in none.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "m.toml"]

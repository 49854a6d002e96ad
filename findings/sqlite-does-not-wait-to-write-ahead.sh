#!/usr/bin/env bash
# SQLite 3.54.1 (here by apsw 3.54.1.0): `PRAGMA journal_mode = WAL` on a file that is not in that mode yet fails at once with
# "database is locked" while another connection has begun to write, though a busy timeout is set. `BEGIN IMMEDIATE` at the same
# moment waits that time out, and so does the pragma while the other connection only reads. So of two processes that make a
# file at the same moment, each with a generous timeout, one is refused now and then; who wants to wait says the pragma again.
# Exits with 1 once this is no longer so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check 'apsw==3.54.1.0'
cat > "$work/waiting.py" <<'PYTHON'
import pathlib
import sys
import time

import apsw


def waited(name, held, statement):
    """Seconds until a statement is refused, while another connection holds what it holds."""
    path = str(pathlib.Path(sys.argv[1]) / name)
    other, own = apsw.Connection(path), apsw.Connection(path)
    other.execute("CREATE TABLE note (text); INSERT INTO note VALUES ('one')")
    for step in held:
        other.execute(step).fetchall()
    own.set_busy_timeout(2_000)
    began = time.monotonic()
    try:
        own.execute(statement).fetchall()
    except apsw.BusyError as error:
        print(f"{name:<22} {statement:<27} {error}, after {time.monotonic() - began:.1f} s")
    return time.monotonic() - began


WRITES, READS = ["BEGIN IMMEDIATE"], ["BEGIN", "SELECT * FROM note"]
print("SQLite", apsw.sqlite_lib_version())
at_once = waited("while another writes", WRITES, "PRAGMA journal_mode = WAL")
begin = waited("while one writes, too", WRITES, "BEGIN IMMEDIATE")
reading = waited("while another reads", READS, "PRAGMA journal_mode = WAL")
sys.exit(not (at_once < 0.5 and begin > 1.5 and reading > 1.5))
PYTHON
"$work/env/bin/python" "$work/waiting.py" "$work"

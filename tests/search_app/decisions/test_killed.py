"""Writers are killed at random moments: what was acknowledged is there, whole, and others go on."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from search_app.decisions.ledger import Ledger

ROOT = Path(__file__).parents[3]
# 200 rounds where SEEALSO_LONG is set; the short run has as many as take two seconds.
ROUNDS = 200 if os.environ.get("SEEALSO_LONG") else 12
# Each action has two events, and is told once it is kept.
WRITER = """
import sys
from search_app.decisions.events import Event
from search_app.decisions.ledger import Ledger
ledger, n = Ledger(sys.argv[1]), 0
print("ready", flush=True)
while True:
    n += 1
    a, b = f"{sys.argv[2]}-{n}", f"{sys.argv[2]}-{n}b"
    kept = ledger.add([Event(0, "", "ruth", "related", a, b), Event(0, "", "ruth", "pin", a, b)])
    print(kept[0].id, kept[1].id, flush=True)
"""


def writer(path: Path, name: str) -> subprocess.Popen[str]:
    """A process that decides on and on, and tells the ids of what it has kept."""
    command = [sys.executable, "-c", WRITER, str(path), name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_no_acknowledged_verdict_is_lost(tmp_path: Path) -> None:
    """Two writers each round, killed at random moments: what they told is in the file, actions are whole, and the file
    is sound.
    """
    path, chance = tmp_path / "decisions.sqlite3", random.Random(17)
    acknowledged: set[int] = set()
    for n in range(ROUNDS):
        writers = [writer(path, f"{n}{name}") for name in "xy"]
        for process in writers:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.05))
        for process in writers:
            process.send_signal(signal.SIGKILL)
        for process in writers:
            told = process.communicate(timeout=30)[0].splitlines(keepends=True)
            acknowledged.update(int(id_) for line in told if line.endswith("\n") for id_ in line.split())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    ledger = Ledger(path)
    kept = list(ledger.current().history)
    assert len(acknowledged) > ROUNDS
    assert acknowledged <= {event.id for event in kept}
    assert sum(event.action == "related" for event in kept) == sum(event.action == "pin" for event in kept)
    ledger.database.close()

"""The desk's speed at two processes: the queue, a verdict, the next pair, and a visitor's page right after it.

    python benchmarks/http/desk.py INDEX [--verdicts 60] [--settled 0] [--band all]

Serves the index twice, over one file of decisions, as a site does. An editor opens the queue, then settles pair after
pair, each request to the other process; with `--settled N` after so many verdicts that are there already. Figures are
milliseconds, as JSON on stdout; no verdict may take 50, nor the queue 300. `--band all` shows every band.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.http.serving import Server  # noqa: E402
from indexer import open_index  # noqa: E402
from indexer.duplicates import ClusterRequest  # noqa: E402
from search_app.decisions.accounts import Accounts  # noqa: E402
from search_app.decisions.events import Event  # noqa: E402
from search_app.decisions.ledger import Ledger  # noqa: E402

_WARM = 5


def filled(index: Path, file: Path, settled: int) -> Mapping[str, str]:
    """A file of decisions with so many verdicts and an editor; the cookie and the token of a session."""
    ledger = Ledger(file)
    with open_index(index) as opened:
        ties = opened.ties(ClusterRequest())[:settled]
        ids = sorted({id_ for tie in ties for id_ in tie})
        said = dict(zip(ids, opened.wordings(ids), strict=True))
    if ties:
        ledger.add([Event(0, "", "ruth", "duplicate", b, a, said[b], said[a], 1.0, "same-wording") for a, b in ties])
    people = Accounts(ledger.database)
    people.add("ruth", "correct horse battery")
    session = people.sign_in("ruth", "correct horse battery", "::1")
    ledger.database.close()
    return {"cookie": f"seealso_desk={session.id}", "token": session.token}


def asked(
    address: str, path: str, session: Mapping[str, str], fields: Mapping[str, str] | None = None
) -> tuple[float, str, str]:
    """The milliseconds of an answer, its text, and where it leads. Raises SystemExit for an error."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.connect()
    body = urlencode({**fields, "token": session["token"]}) if fields is not None else None
    headers = {"Cookie": session["cookie"], "Content-Type": "application/x-www-form-urlencoded"}
    began = time.perf_counter()
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    spent = 1_000 * (time.perf_counter() - began)
    connection.close()
    if answer.status >= 400:
        raise SystemExit(f"{path}: {answer.status} {text[:300]}")
    return spent, text, answer.getheader("Location", "")


def measured(servers: list[str], session: Mapping[str, str], verdicts: int, band: str) -> dict[str, list[float]]:
    """The milliseconds of each kind of request."""
    times: dict[str, list[float]] = {"queue": [], "pair": [], "verdict": [], "visitor": []}
    for address in servers:  # the first one reads what is kept afterwards
        times.setdefault("queue, first", []).append(asked(address, f"/desk?band={band}", session)[0])
    turn = cycle(servers)
    _, page, _ = asked(next(turn), f"/desk?band={band}", session)
    place = html.unescape(re.findall(r'href="(/desk/pair[^"]+)"', page)[0])
    for n in range(verdicts):
        spent, page, _ = asked(next(turn), place, session)
        times["pair"].append(spent)
        a, b, seen = (
            html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0]) for name in ("a", "b", "seen")
        )
        fields = {"a": a, "b": b, "seen": seen, "keep": a, "band": band}
        fields["verdict"] = ("duplicate", "different", "related")[n % 3]
        spent, _, place = asked(next(turn), "/desk/pair", session, fields)
        times["verdict"].append(spent)
        times["visitor"].append(asked(next(turn), f"/questions/{quote(b)}", session)[0])
        times["queue"].append(asked(next(turn), f"/desk?band={band}", session)[0])
    return times


def main() -> None:
    """Serve, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--verdicts", type=int, default=60)
    parser.add_argument("--settled", type=int, default=0)
    parser.add_argument("--band", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seealso-desk-") as folder:
        file = Path(folder) / "decisions.sqlite3"
        session = filled(given.index, file, given.settled)
        command = ("-m", "search_app", "serve", "--quiet", "--index", str(given.index.resolve()), "--port", "{port}")
        with Server(*command, SEEALSO_DECISIONS=str(file)) as one, Server(*command, SEEALSO_DECISIONS=str(file)) as two:
            for server in (one, two):
                server.wait_for("/readyz")
            time.sleep(_WARM)  # a process reads ahead what the queue shows, as soon as its loops are ready
            times = measured([one.address, two.address], session, given.verdicts, given.band)
    told = {
        name: {"median": round(median(own), 1), "most": round(max(own), 1), "requests": len(own)}
        for name, own in times.items()
    }
    print(json.dumps({"settled": given.settled, "ms": told}))


if __name__ == "__main__":
    main()

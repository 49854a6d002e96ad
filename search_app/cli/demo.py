"""The demo: the sample corpus, a real server, one page over HTTP, one search."""

from __future__ import annotations

import html
import json
import os
import secrets
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import click

import corpus
import indexer
from indexer import Settings
from search_app.cli.ask import shown, told
from search_app.cli.common import Output, encoder_place, meaning_option, shared
from search_app.cli.progress import Teller
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from search_app.settings import load

_SEARCH = "cement leakage after kyphoplasty"
_IN_OTHER_WORDS = "walking makes my legs heavy but leaning on a cart helps"
_TIMEOUT = 30
_EDITOR = "editor"


@click.command(epilog="Example: seealso demo --port 8080")
@click.option("--port", default="0", metavar="PORT", help="The port to serve on; without it a free one.")
@meaning_option
@shared
def demo(port: str, meaning: bool, output: Output) -> None:
    """Build the sample index, serve it, show one page's panel and one search; then serve on, on a terminal. With
    --meaning also show what a text finds by its words alone, and with its meaning.
    """
    with tempfile.TemporaryDirectory(prefix="seealso-demo-") as folder:
        path, decisions = str(Path(folder) / "index"), str(Path(folder) / "decisions.sqlite3")
        password = secrets.token_urlsafe(12)
        Accounts(Database(decisions)).add(_EDITOR, password)
        tell = Teller(output.quiet or output.json)
        place = encoder_place(load(), asked=meaning)
        report = indexer.build(path, corpus.read(*corpus.sample()), settings=Settings(meaning=place), progress=tell)
        tell.done()
        # The server as it is run elsewhere, in a process of its own; --json makes it tell its address.
        serve = [sys.executable, "-m", "search_app", "serve", "--index", path, "--port", port, "--json", "--quiet"]
        environment = {**os.environ, "SEEALSO_DECISIONS": decisions}
        with subprocess.Popen(
            [*serve, "--host", "127.0.0.1"], stdout=subprocess.PIPE, text=True, env=environment
        ) as server:
            assert server.stdout is not None
            told = server.stdout.readline()
            if not told:
                sys.exit(server.wait())  # it has said why
            try:
                address = json.loads(told)["address"]
                _show(path, address, report.documents, output)
                if meaning and not (output.json or output.quiet):
                    click.echo(f"\nA question in other words: {_IN_OTHER_WORDS}")
                    for way, own in (("by words alone", "off"), ("and by its meaning", place)):
                        with indexer.open_index(path, settings=Settings(meaning=own)) as index:
                            click.echo(f"\n{way}\n{shown(index.similar(_IN_OTHER_WORDS))}")
                if sys.stdout.isatty() and not output.json:
                    click.echo(
                        f"\nServing on {address} until Ctrl-C.\n"
                        f"The editors' desk: {address}desk, name {_EDITOR}, password {password} (for this demo alone)"
                    )
                    server.wait()
            except KeyboardInterrupt:
                pass
            finally:
                server.terminate()


def _show(path: str, address: str, documents: int, output: Output) -> None:
    """Fetch what a visitor would see, and print it."""
    with indexer.open_index(path) as index:
        results = index.search(_SEARCH, size=3)
        asked = next(hit for hit in results.hits if hit.kind == "question")
        panel = index.related(asked.id)
    where = f"{address}questions/{urllib.parse.quote(asked.id)}"
    page = _fetch(where)
    missing = [card.title for card in panel.cards if html.escape(card.title) not in page.replace("&#39;", "&#x27;")]
    if missing:
        raise indexer.SearchError(f"the page does not show the card {missing[0]!r}", where, "run: seealso test")
    found = json.loads(_fetch(f"{address}api/v1/search?{urllib.parse.urlencode({'q': _SEARCH})}"))
    result: dict[str, Any] = {"address": address, "page": where, "panel": panel, "search": found}
    output.result(
        result,
        lambda: (
            f"{documents} documents of the sample corpus.\n\n"
            f"{asked.title}\n{where}\n\nSee also\n\n{shown(panel)}\n\n"
            f"Search: {_SEARCH}\n{told(results)}\n\nAddress: {address}"
        ),
    )


def _fetch(address: str) -> str:
    """A page over HTTP, from the server that runs here."""
    with urllib.request.urlopen(address, timeout=_TIMEOUT) as response:  # noqa: S310 (our own address)
        body: bytes = response.read()
    return body.decode()

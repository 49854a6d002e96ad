"""Commands that run and look after an index: serve, warm, info, verify, rollback,
backup, restore."""

from __future__ import annotations

import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

import corpus
import indexer
from indexer import Info, OpenSearchIndex, Settings, backups, open_index
from indexer.decisions import Decided, Lapsed
from search_app import inbox, settings
from search_app.cli.common import Output, as_built, decided, drifted, index_path, many, setting_option, shared
from search_app.present import remedy_of
from search_app.usage import UsageError

# Seconds until a server that does not answer is given up.
_PATIENCE = 5
# So many decisions that do not hold are named.
_NAMED = 10
_WORDS_ALONE = ", which is not there, or off: words alone answer (see the setting `meaning`)"


@click.command(epilog="Example: seealso serve --port 8080")
@setting_option("index")
@setting_option("decisions")
@setting_option("host")
@setting_option("port")
@setting_option("threads")
@shared
def serve(
    index: str | None, decisions: str | None, host: str | None, port: str | None, threads: str | None, output: Output
) -> None:
    """Serve the pages and the API until Ctrl-C; a new generation is served from the next request on."""
    from search_app.cli import server  # noqa: PLC0415 (no other command needs Flask)

    given = {"index": index, "decisions": decisions, "host": host, "port": port, "threads": threads}
    running = server.Server(given)
    running.stop_at_signals()
    server.log_to_stderr(quiet=output.quiet)
    index_there = settings.index_of(settings.load(given))
    at, lacks = str(index_there), ""
    if not isinstance(index_there, OpenSearchIndex):
        at = str(Path(at).resolve())
        lacks = "" if Path(at, "CURRENT").exists() else "; no index is there yet: pages answer 503 until one is built"
    output.result({"address": running.address}, lambda: f"serving {at} on {running.address}, Ctrl-C stops{lacks}")
    sys.stdout.flush()
    running.run()


@click.command(epilog="Example: seealso warm")
@shared
def warm(output: Output) -> None:
    """Compile the loops of the extra `fast` for this machine, so that no server and no build takes the time.

    What was compiled is kept beside the program, or where NUMBA_CACHE_DIR says.
    """
    began, settings = time.monotonic(), Settings(compiled=True)
    with tempfile.TemporaryDirectory(prefix="seealso-warm-") as folder:
        indexer.build(folder, corpus.read(*corpus.sample()), settings=settings)
        with open_index(folder, settings=settings, serving=True):
            spent = round(time.monotonic() - began, 1)
    output.result({"seconds": spent}, lambda: f"the compiled loops are ready ({spent} s)")


@click.command(epilog="Example: seealso info --server http://127.0.0.1:8001")
@setting_option("index")
@click.option(
    "--server", "servers", multiple=True, metavar="URL", help="A server that runs: which generation it serves."
)
@shared
def info(index: str | None, servers: Sequence[str], output: Output) -> None:
    """Say what the index holds, when and with what it was built, and what servers serve of it; and which decisions of
    editors do not hold in it, because a document is gone or says something else.
    """
    for address in servers:
        if not address.startswith(("http://", "https://")):
            raise UsageError("no address of a server", address, f"give one such as http://{address}")
    served = {address: _served(address) for address in servers}
    if not (output.json or output.quiet):  # told also where the index is damaged
        for address, told in served.items():
            click.echo(f"{address}  {_in_words(told)}")
    settled, waits = decided().decisions, inbox.told(settings.load()["inbox"])
    with open_index(index_path(index), settings=as_built(), decisions=settled) as opened:
        held, lapsed, pairs = opened.info, opened.settled.lapsed(), len(settled.pairs)
    lost = [pair for pair in lapsed if pair.gone]
    decisions = {
        "pairs": pairs,
        "lost": [_lapsed(pair.decided, pair.gone) for pair in lost],
        "changed": [_lapsed(pair.decided, pair.changed) for pair in lapsed if not pair.gone],
    }
    output.result(
        {**asdict(held), "served": served, "decisions": decisions, "inbox": waits},
        lambda: "\n".join((described(held), *_decided(pairs, lapsed), *_in_inbox(waits))),
    )


def _in_inbox(waits: dict[str, object] | str) -> list[str]:
    if isinstance(waits, str):
        return [f"inbox       {waits}"]
    return [f"inbox       {waits['items']:,} documents wait, since {waits['since']}"] if waits["items"] else []


def _lapsed(decided: Decided, ids: Sequence[str]) -> dict[str, object]:
    return {"verdict": decided.verdict, "a": decided.a, "b": decided.b, "ids": list(ids)}


def _decided(pairs: int, lapsed: Sequence[Lapsed]) -> list[str]:
    """How many verdicts there are, and which do not hold here."""
    lines = [f"decisions   {many(pairs, 'pair')} settled by editors"] if pairs else []
    for pair in lapsed[:_NAMED]:
        why = f"{', '.join(pair.gone)} is gone" if pair.gone else f"the text of {', '.join(pair.changed)} changed"
        lines.append(f"            {pair.decided.verdict}: {pair.decided.a} and {pair.decided.b} does not hold, {why}")
    return lines + ([f"            and {len(lapsed) - _NAMED:,} more"] if len(lapsed) > _NAMED else [])


def _served(address: str) -> dict[str, object] | None:
    """What a server says of itself at /readyz; None where none answers."""
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/readyz", timeout=_PATIENCE) as response:  # noqa: S310
            told: dict[str, object] = json.load(response)
    except (OSError, ValueError):
        return None
    return {name: told.get(name) for name in ("generation", "published", "since")}


def _in_words(told: dict[str, object] | None) -> str:
    if told is None:
        return "no server answers, or it has no index: see its log"
    since = f", but {told['published']} was published at {told['since']}: see its log" if told["since"] else ""
    return f"serves generation {told['generation']}{since}"


@click.command(epilog="Example: seealso verify")
@setting_option("index")
@click.option("--all", "every", is_flag=True, help="Every generation that is kept, not the current one alone.")
@shared
def verify(index: str | None, every: bool, output: Output) -> None:
    """Read every byte of the index and compare it with what was written; exit 1 if something differs."""
    result = indexer.verify(index_path(index), every=every)
    faults = [(fault, fault.said, remedy_of(fault.code)) for fault in result.faults]
    lines = [f"generation {fault.generation}, {fault.file}: {reason}; {remedy}" for fault, reason, remedy in faults]
    told = [{**asdict(fault), "reason": reason, "remedy": remedy} for fault, reason, remedy in faults]
    whole = "every generation" if every else f"generation {result.generation}"
    output.result(
        {"generation": result.generation, "ok": result.ok, "faults": told},
        lambda: "\n".join(lines) or f"{whole} is what was written",
    )
    if not result.ok:
        sys.exit(1)


@click.command(epilog="Example: seealso rollback")
@setting_option("index")
@shared
def rollback(index: str | None, output: Output) -> None:
    """Make the generation before the current one current again."""
    held = indexer.rollback(index_path(index))
    output.result(held, lambda: f"generation {held.generation} is current again\n{described(held)}")


@click.command(epilog="Example: seealso backup /backups/index.tar")
@click.argument("file", type=click.Path(dir_okay=False))
@setting_option("index")
@shared
def backup(file: str, index: str | None, output: Output) -> None:
    """Write the index into FILE, a tar archive, every byte verified; builds, updates and servers run on.

    It holds what patients wrote: keep it as you keep the index. A FILE that is there is replaced once the new one is
    whole.
    """
    held = backups.backup(index_path(index), file)
    output.result({**asdict(held), "file": file}, lambda: f"{file} is a backup of\n{described(held)}")


@click.command(epilog="Example: seealso restore /backups/index.tar --index index")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@setting_option("index")
@shared
def restore(file: str, index: str | None, output: Output) -> None:
    """Make an index of a backup, in a folder that has none; one that is damaged you move away first.

    Restore your own backups alone: an index is code, and opening it runs what somebody may have put there.
    """
    held = backups.restore(file, index_path(index))
    output.result(held, lambda: f"restored\n{described(held)}")


def described(held: Info) -> str:
    """What an index holds, as text."""
    documents = sum(held.documents.values())
    questions, articles = (many(held.documents[kind], kind) for kind in ("question", "article"))
    return "\n".join(
        (
            f"generation  {held.generation}, built {held.built}",
            f"documents   {documents:,}: {questions} with {many(held.answers, 'answer')}, {articles}",
            f"engine      {held.engine}, format {held.format}, analysis {held.analysis}",
            *([f"meaning     {held.encoder}{'' if held.semantic else _WORDS_ALONE}"] if held.encoder else []),
            f"size        {held.bytes / 1e6:,.1f} MB",
            f"drift       {100 * held.drift:.1f} %",
            *([f"advice      {advice}"] if (advice := drifted(held)) else []),
            *(["note        it holds no document: build it from a source that does"] if not documents else []),
        )
    )

"""The command for what was decided: export, import, backup, labels."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TextIO

import click

from indexer import open_index
from search_app import settings
from search_app.cli.common import WORDS_ALONE, Output, index_path, setting_option, shared
from search_app.decisions.exchange import lines, take
from search_app.decisions.labels import write_labels
from search_app.decisions.ledger import Ledger
from search_app.decisions.refusals import DecisionRefused
from search_app.usage import UsageError


def _ledger(decisions: str | None, *, needed: bool = True) -> Ledger:
    ledger = Ledger(settings.load({"decisions": decisions})["decisions"])
    if needed and not ledger.database.path.exists():
        what, remedy = "there is no file of decisions", "add an editor, or name the file by `decisions`"
        raise UsageError(what, str(ledger.database.path), remedy)
    return ledger


@click.group()
def decisions() -> None:
    """Take what editors decided out, bring it in, back it up: export, import, backup, labels."""


@decisions.command(epilog="Example: seealso decisions export > decisions.jsonl")
@setting_option("decisions")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=False), default="-")
@shared
def export(file: TextIO, decisions: str | None, output: Output) -> None:
    """Write every event as a line of JSON, in order, to FILE or standard output: ids and digests, no texts.

    `import` makes the same file of decisions of it, byte for byte the same export. Editors are not among it.
    """
    history = _ledger(decisions).current().history
    file.writelines(f"{line}\n" for line in lines(history))
    if file.name not in ("-", "<stdout>"):
        output.result({"events": len(history), "file": file.name}, lambda: f"{len(history):,} events")


@decisions.command(name="import", epilog="Example: seealso decisions import decisions.jsonl")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@setting_option("decisions")
@shared
def import_lines(file: TextIO, decisions: str | None, output: Output) -> None:
    """Take the events of FILE, which `export` wrote, into a file of decisions that has none yet; all or nothing."""
    try:
        count = take(_ledger(decisions, needed=False), file)
    except UnicodeDecodeError as error:
        raise DecisionRefused("it is not UTF-8", str(getattr(file, "name", "-")), "export it again") from error
    output.result({"events": count}, lambda: f"{count:,} events")


@decisions.command(epilog="Example: seealso decisions labels judged/ && seealso evaluate judged/")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@setting_option("index")
@setting_option("decisions")
@shared
def labels(folder: Path, index: str | None, decisions: str | None, output: Output) -> None:
    """Write what editors decided as a judged set into FOLDER, for `evaluate`: every document of the index, queries,
    judgments and pairs. It holds what patients wrote: keep it as you keep the index.
    """
    history = _ledger(decisions).current().history
    with open_index(index_path(index), settings=WORDS_ALONE) as opened:
        count = write_labels(opened, history, folder)
    output.result({"verdicts": count, "folder": str(folder)}, lambda: f"{folder} is a judged set of {count:,} verdicts")


@decisions.command(epilog="Example: seealso decisions backup /backups/decisions.sqlite3")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@setting_option("decisions")
@shared
def backup(file: Path, decisions: str | None, output: Output) -> None:
    """Copy the file of decisions to FILE while servers run, whole and checked. To restore it, stop the servers, remove
    what ends in -wal and -shm beside the file, and put the copy in its place.

    It holds editors and digests of their passwords: keep it as you keep those.
    """
    ledger = _ledger(decisions)
    beside = file.with_name(f"{file.name}.part")
    beside.unlink(missing_ok=True)
    beside.touch(0o600)
    try:
        with ledger.database.reading() as connection, closing(sqlite3.connect(beside)) as copy:
            assert connection is not None
            connection.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            checked = copy.execute("PRAGMA integrity_check").fetchone()[0]
            events = copy.execute("SELECT count(*) FROM event").fetchone()[0]
        if checked != "ok":
            raise DecisionRefused(f"the copy is not whole: {checked}", str(file), "see that the disk is")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    output.result({"events": events, "file": str(file)}, lambda: f"{file} is a backup of {events:,} events")

"""Commands that change what an index holds: build and update."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TextIO

import click

import indexer
from indexer import BuildReport, OpenSearchIndex, SearchError, Settings, open_index
from search_app import settings
from search_app.cli.common import (
    WORDS_ALONE,
    Output,
    as_built,
    decided,
    drifted,
    encoder_place,
    index_path,
    meaning_option,
    setting_option,
    shared,
)
from search_app.cli.given import Reading, reading, wait_beside
from search_app.cli.progress import Teller
from search_app.decisions.events import Event
from search_app.usage import UsageError


@click.command(epilog="Example: seealso build pages/ medquad.zip forum.json.gz --mapping forum.toml")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@setting_option("index")
@reading
@setting_option("synonyms")
@click.option("--shrink", is_flag=True, help="Take less than half of the documents that the index has, or none.")
@click.option("--engine", type=click.Choice(["whoosh"]), hidden=True, expose_value=False)  # of older versions
@meaning_option
@click.option(
    "--memory-mb",
    type=int,
    default=Settings().memory_mb,
    show_default=True,
    help="About how much memory is taken to sort postings; a build of more than 400,000 words for each is parted.",
)
@shared
def build(
    sources: tuple[str, ...],
    index: str | None,
    format_: str | None,
    mapping: tuple[str, ...],
    rejects: TextIO | None,
    strict: bool,
    synonyms: str | None,
    meaning: bool,
    memory_mb: int,
    shrink: bool,
    output: Output,
) -> None:
    """Build an index of exactly these sources: files, folders and zip archives.

    The index before stays until the new one is complete, and stays on disk for rollback. Sources without a document, or
    with less than half of those that the index has, are a failed export: they are refused, unless --shrink is given.
    """
    path = index_path(index)
    wait_beside(path)
    taken = Reading(sources, format_, mapping, rejects)
    known = settings.load({"synonyms": synonyms})
    place = encoder_place(known, asked=meaning)
    before = "" if place not in ("", "off") or output.json or output.quiet else _encoder_of(path)
    report = taken.through(
        lambda tell: indexer.build(
            path,
            taken.documents(may_be_none=shrink),
            settings=Settings(synonyms=known["synonyms"] or None, memory_mb=memory_mb, meaning=place),
            progress=tell,
            rejected=taken.reject,
            shrink=shrink,
        ),
        output,
    )
    output.result({**asdict(report), **taken.counts}, lambda: _told(report, taken.counts))
    if before:
        click.echo(
            f"the index before was also found by meaning ({before}), this one is not: build with --meaning", err=True
        )
    if strict and report.rejected:
        sys.exit(1)


def _encoder_of(path: str | OpenSearchIndex) -> str:
    """The sentence encoder of the index that is there, if it has one."""
    try:
        with open_index(path, settings=WORDS_ALONE) as opened:
            return opened.info.encoder
    except SearchError:
        return ""


@click.command(epilog="Example: seealso update new.jsonl --delete q-0817 --delete q-0818")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@setting_option("index")
@click.option("--delete", multiple=True, metavar="ID", help="Delete the document of this id or address. Repeatable.")
@click.option(
    "--purge",
    is_flag=True,
    help="Take every byte of what was ever deleted or replaced off the disk, and with it the generations before.",
)
@reading
@shared
def update(
    sources: tuple[str, ...],
    index: str | None,
    delete: tuple[str, ...],
    purge: bool,
    format_: str | None,
    mapping: tuple[str, ...],
    rejects: TextIO | None,
    strict: bool,
    output: Output,
) -> None:
    """Add the documents of some sources to the index, replace those whose id is there, and delete those of some ids.

    It costs what changed, not what is there. Weights keep the statistics of the last full build; `seealso info` says
    when it is time to build anew.
    """
    if not (sources or delete or purge):
        raise UsageError("nothing to do", "update", "name a SOURCE, an id with --delete ID, or --purge")
    path = index_path(index)
    wait_beside(path)
    taken = Reading(sources, format_, mapping, rejects)
    report = taken.through(
        lambda tell: indexer.update(
            path,
            taken.documents(),
            delete=_ids_of(path, delete),
            purge=purge,
            settings=as_built(),
            progress=tell,
            rejected=taken.reject,
        ),
        output,
    )

    def told() -> str:
        gone = "nothing that was deleted is left on the disk, and no generation before to roll back to" if purge else ""
        gone = _left(report) or gone
        with open_index(path, settings=WORDS_ALONE) as opened:
            return "\n".join(filter(None, (_told(report, taken.counts), gone, drifted(opened.info))))

    output.result({**asdict(report), **taken.counts}, told)
    if strict and report.rejected:
        sys.exit(1)


@click.command(epilog="Example: seealso forget q-0817")
@click.argument("id_", metavar="ID")
@setting_option("index")
@shared
def forget(id_: str, index: str | None, output: Output) -> None:
    """Remove a person's question, or an article, from the index and every file of it, and prove that it is gone.

    It is deleted and purged, with the generations before; then all that is left is looked through for its id, address,
    title and own words. Exit 1 if another document still names it: export that one anew, and update.
    """
    tell, path = Teller(output.quiet or output.json), index_path(index)
    (id_,) = _ids_of(path, [id_])
    try:
        done = indexer.update(path, delete=[id_], purge=True, settings=as_built(), progress=tell)
    finally:
        tell.done()
    gone = f"nothing of {id_} is left in any file of the index"
    if not done.deleted:
        gone = f"a purge that was killed is done; {id_} had been deleted by it"
    named = [event for event in decided().history if id_ in (event.a, event.b)]
    output.result(
        {
            "generation": done.generation,
            "forgotten": id_,
            "traces": list(done.traces),
            "decisions": [event.id for event in named],
        },
        lambda: "\n".join((_left(done) or f"generation {done.generation}: {gone}", *_decided(id_, named))),
    )
    if done.traces:
        sys.exit(1)


def _ids_of(path: str | OpenSearchIndex, named: Sequence[str]) -> list[str]:
    """The ids of documents, some of which are named by their addresses."""
    if not any("://" in own for own in named):
        return list(named)
    with open_index(path, settings=WORDS_ALONE) as opened:
        return [own if opened.known([own]) else opened.addressed(own) or own for own in named]


def _decided(id_: str, named: Sequence[Event]) -> list[str]:
    """What the history of decisions, which is never rewritten, still says of a document."""
    if not named:
        return []
    notes = sum(bool(event.note) for event in named)
    what = f"its id and a digest stand in {len(named):,} of the editors' decisions, no text of it"
    return [f"{what}; read the notes of {notes:,} of these at /desk/records?id={id_}" if notes else what]


def _left(report: BuildReport) -> str:
    """Where something of what was purged is left, a place a line."""
    return "\n".join(f"left: {trace}" for trace in report.traces)


def _told(report: BuildReport, counts: Mapping[str, int]) -> str:
    """What a build or an update did, as text, with what was won little by."""
    little = {
        "given twice, taken once": report.merged,
        "with a date that could not be read": counts["undated"],
        "without id or address, called by their content": counts["unnamed"],
    }
    noted = "".join(f"\n  {count:,} {what}" for what, count in little.items() if count)
    return (
        f"generation {report.generation}: {report.documents:,} documents ({report.added:,} added, "
        f"{report.replaced:,} replaced, {report.deleted:,} deleted), {report.rejected:,} left out, "
        f"{report.bytes / 1e6:,.1f} MB, {report.seconds:,.1f} s{noted}"
    )

"""Commands that change what an index holds: build and update."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

import click

import corpus
import indexer
from corpus import CorpusError, Document, Noticed, Rejected
from indexer import BuildReport, OpenSearchIndex, Progress, Settings, open_index
from search_app import settings
from search_app.cli.common import Command, Output, decided, drifted, index_path, setting_option, shared
from search_app.cli.progress import Teller
from search_app.decisions.events import Event
from search_app.usage import UsageError

_NAMED = 5


def reading(command: Command) -> Command:
    """Give a command the options that say how sources are read and what becomes of what cannot be."""
    for option in (
        click.option(
            "--strict", is_flag=True, help="Exit with 1 if a record was left out; the others are taken all the same."
        ),
        click.option(
            "--rejects",
            type=click.File("w", encoding="utf-8", lazy=False),
            help="Write what was left out here, as JSON lines.",
        ),
        click.option(
            "--mapping", multiple=True, help="A TOML file that says which columns JSON or CSV records have. Repeatable."
        ),
        click.option(
            "--format", "format_", type=click.Choice(list(corpus.formats())), help="The format of all sources."
        ),
    ):
        command = option(command)
    return command


@click.command(epilog="Example: seealso build pages/ medquad.zip forum.json.gz --mapping forum.toml")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@setting_option("index")
@reading
@setting_option("synonyms")
@click.option("--shrink", is_flag=True, help="Take less than half of the documents that the index has, or none.")
@click.option("--engine", type=click.Choice(["whoosh"]), hidden=True, expose_value=False)  # of older versions
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
    memory_mb: int,
    shrink: bool,
    output: Output,
) -> None:
    """Build an index of exactly these sources: files, folders and zip archives.

    The index before stays until the new one is complete, and stays on disk for rollback. Sources without a document, or
    with less than half of those that the index has, are a failed export: they are refused, unless --shrink is given.
    """
    path = index_path(index)
    _wait_beside(path)
    taken = _Reading(sources, format_, mapping, rejects)
    report = taken.through(
        lambda tell: indexer.build(
            path,
            taken.documents(may_be_none=shrink),
            settings=Settings(synonyms=settings.load({"synonyms": synonyms})["synonyms"] or None, memory_mb=memory_mb),
            progress=tell,
            rejected=taken.reject,
            shrink=shrink,
        ),
        output,
    )
    output.result({**asdict(report), **taken.counts}, lambda: _told(report, taken.counts))
    if strict and report.rejected:
        sys.exit(1)


@click.command(epilog="Example: seealso update new.jsonl --delete q-0817 --delete q-0818")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@setting_option("index")
@click.option("--delete", multiple=True, metavar="ID", help="Delete the document of this id. Repeatable.")
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
    _wait_beside(path)
    taken = _Reading(sources, format_, mapping, rejects)
    report = taken.through(
        lambda tell: indexer.update(
            path, taken.documents(), delete=delete, purge=purge, progress=tell, rejected=taken.reject
        ),
        output,
    )

    def told() -> str:
        gone = "nothing that was deleted is left on the disk, and no generation before to roll back to" if purge else ""
        gone = _left(report) or gone
        with open_index(path) as opened:
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
    tell = Teller(output.quiet or output.json)
    try:
        done = indexer.update(index_path(index), delete=[id_], purge=True, progress=tell)
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


def _wait_beside(index: str | OpenSearchIndex) -> None:
    """Let the records that wait to be joined, patients' texts among them, wait on the disk of the index, or here where
    it is on a cluster, not in the system's temporary folder.
    """
    path = Path(str(index)).resolve()
    os.environ.setdefault("SQLITE_TMPDIR", str(next(folder for folder in (path, *path.parents) if folder.is_dir())))


class _Reading:
    """The sources of a command, and what was left out of them."""

    def __init__(
        self, sources: Sequence[str], format_: str | None, mapping: Sequence[str], rejects: TextIO | None
    ) -> None:
        self._rejects, self._rejected, self._empty = rejects, list[Rejected](), list[str]()
        self._noticed = Counter[str]()
        database = settings.load()["database"]
        # Each is looked at here, so that a wrong path or mapping is told before anything is read.
        self._sources = [
            (
                source,
                corpus.read(
                    source,
                    format=format_,
                    mapping=mapping or None,
                    database=database,
                    rejected=self.reject,
                    noticed=self._notice,
                ),
            )
            for source in sources
        ]

    @property
    def counts(self) -> dict[str, int]:
        """How many records were taken without a date that could be read, and without id or address."""
        return {"undated": self._noticed["date"], "unnamed": self._noticed["identity"]}

    def _notice(self, item: Noticed) -> None:
        self._noticed[item.what] += 1

    def reject(self, item: Rejected) -> None:
        """Note what was left out."""
        self._rejected.append(item)
        if self._rejects is not None:
            try:
                self._rejects.write(json.dumps(asdict(item)) + "\n")
                self._rejects.flush()
            except OSError as error:
                remedy = "make room, or name another file; the index stays as it is"
                raise UsageError(error.strerror or str(error), f"--rejects {self._rejects.name}", remedy) from error

    def documents(self, *, may_be_none: bool = False) -> Iterator[Document]:
        """The documents of all sources. An error where every record was left out, since an index of nothing would take
        the place of a full one; and where there is none, unless there may be: whoever names a source means something.
        """
        count = 0
        for source, documents in self._sources:
            before = count + len(self._rejected)
            for document in documents:
                count += 1
                yield document
            if count + len(self._rejected) == before:
                self._empty.append(source)
        if not count and self._rejected:
            first = self._rejected[0]
            what = f"none of {len(self._rejected):,} records could be read; the first: {first.reason}"
            raise CorpusError(what, f"{first.source}, {first.place}", first.remedy)
        if self._sources and not count and not may_be_none:
            remedy = "check the sources; the index stays as it is, unless you build with --shrink"
            raise CorpusError("no document is there", ", ".join(self._empty), remedy)

    def through(self, work: Callable[[Callable[[Progress], object]], BuildReport], output: Output) -> BuildReport:
        """Work with progress on the terminal; then tell what was left out."""
        tell = Teller(output.quiet or output.json)
        try:
            report = work(tell)
        finally:
            tell.done()
        if not (output.quiet or output.json):
            for source in self._empty:
                click.echo(f"nothing is in it: {source}", err=True)
            for item in self._rejected[:_NAMED] if not self._rejects else ():
                click.echo(f"left out: {item.source}, {item.place}: {item.reason}; {item.remedy}", err=True)
            if len(self._rejected) > _NAMED and not self._rejects:
                click.echo(f"left out: {len(self._rejected) - _NAMED:,} more; --rejects FILE lists all", err=True)
        return replace(report, rejected=len(self._rejected))


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

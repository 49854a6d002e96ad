"""Reads the sources of a command: its options, what was left out of them, and progress meanwhile."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

import click

import corpus
from corpus import CorpusError, Document, Noticed, Rejected
from indexer import BuildReport, OpenSearchIndex, Progress
from search_app import settings
from search_app.cli.common import (
    Command,
    Output,
)
from search_app.cli.progress import Teller
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


class Reading:
    """The sources of a command, and what was left out of them."""

    def __init__(
        self, sources: Sequence[str], format_: str | None, mapping: Sequence[str], rejects: TextIO | None
    ) -> None:
        self._rejects, self._rejected, self._empty = rejects, list[Rejected](), dict[str, int]()
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
            before, refused = count, len(self._rejected)
            for document in documents:
                count += 1
                yield document
            if count == before:
                self._empty[source] = len(self._rejected) - refused
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
            named = not self._rejects and len(self._rejected) <= _NAMED
            for source, refused in self._empty.items():
                said = f"all of its {refused:,} records were left out" if refused else "nothing is in it"
                if not (refused and named):  # or each is told below
                    click.echo(f"{said}: {source}", err=True)
            for item in self._rejected[:_NAMED] if not self._rejects else ():
                click.echo(f"left out: {item.source}, {item.place}: {item.reason}; {item.remedy}", err=True)
            if len(self._rejected) > _NAMED and not self._rejects:
                click.echo(f"left out: {len(self._rejected) - _NAMED:,} more; --rejects FILE lists all", err=True)
        return replace(report, rejected=len(self._rejected))


def wait_beside(index: str | OpenSearchIndex) -> None:
    """Let the records that wait to be joined, patients' texts among them, wait on the disk of the index, or here where
    it is on a cluster, not in the system's temporary folder.
    """
    path = Path(str(index)).resolve()
    os.environ.setdefault("SQLITE_TMPDIR", str(next(folder for folder in (path, *path.parents) if folder.is_dir())))

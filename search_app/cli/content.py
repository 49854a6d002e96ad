"""Commands that change what an index holds: build."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TextIO

import click

import corpus
import indexer
from corpus import CorpusError, Document, Rejected
from indexer import Settings
from search_app import settings
from search_app.cli.common import Output, index_path, setting_option, shared
from search_app.cli.progress import Teller

_NAMED = 5


@click.command(epilog="Example: seealso build pages/ medquad.zip forum.json.gz --mapping forum.toml")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@setting_option("index")
@click.option("--format", "format_", type=click.Choice(list(corpus.formats())), help="The format of all sources.")
@click.option(
    "--mapping", multiple=True, help="A TOML file that says which columns JSON or CSV records have. Repeatable."
)
@click.option(
    "--rejects", type=click.File("w", encoding="utf-8", lazy=False), help="Write what was left out here, as JSON lines."
)
@click.option("--strict", is_flag=True, help="Exit with 1 if a record was left out; the index is built all the same.")
@setting_option("synonyms")
@click.option("--engine", type=click.Choice(["whoosh", "plain"]), default="whoosh", help="Where documents are kept.")
@shared
def build(
    sources: tuple[str, ...],
    index: str | None,
    format_: str | None,
    mapping: tuple[str, ...],
    rejects: TextIO | None,
    strict: bool,
    synonyms: str | None,
    engine: str,
    output: Output,
) -> None:
    """Build an index of exactly these sources: files, folders and zip archives.

    The index before stays until the new one is complete, and stays on disk for rollback.
    """
    rejected: list[Rejected] = []

    def reject(item: Rejected) -> None:
        rejected.append(item)
        if rejects is not None:
            rejects.write(json.dumps(asdict(item)) + "\n")

    tell = Teller(output.quiet or output.json)
    try:
        documents = corpus.read(*sources, format=format_, mapping=mapping or None, rejected=reject)
        report = indexer.build(
            index_path(index),
            _some(documents, rejected),
            settings=Settings(engine=engine, synonyms=settings.load({"synonyms": synonyms})["synonyms"] or None),
            progress=tell,
            rejected=reject,
        )
    finally:
        tell.done()
    report = replace(report, rejected=len(rejected))
    if rejected and not (output.quiet or output.json or rejects):
        for item in rejected[:_NAMED]:
            click.echo(f"left out: {item.source}, {item.place}: {item.reason}; {item.remedy}", err=True)
        if len(rejected) > _NAMED:
            click.echo(f"left out: {len(rejected) - _NAMED:,} more; --rejects FILE lists all", err=True)
    output.result(
        report,
        lambda: (
            f"generation {report.generation}: {report.documents:,} documents ({report.added:,} added, "
            f"{report.replaced:,} replaced, {report.deleted:,} deleted), {report.rejected:,} left out, "
            f"{report.bytes / 1e6:,.1f} MB, {report.seconds:,.1f} s"
        ),
    )
    if strict and rejected:
        sys.exit(1)


def _some(documents: Iterator[Document], rejected: list[Rejected]) -> Iterator[Document]:
    """The documents; where every record was left out, an error instead of an empty index in the place of a full one."""
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007 (read after the loop)
        yield document
    if not count and rejected:
        first = rejected[0]
        what = f"none of {len(rejected):,} records could be read; the first: {first.reason}"
        raise CorpusError(what, f"{first.source}, {first.place}", first.remedy)

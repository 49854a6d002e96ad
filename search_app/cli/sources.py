"""Commands that look at sources before anything is built of them: check and mapping."""

from __future__ import annotations

import sys

import click

import corpus
from corpus import Article, Check, Document
from indexer import Progress
from search_app import settings
from search_app.cli.common import Output, many, shared
from search_app.cli.progress import Teller

_FILES, _REASONS, _IDS = 12, 8, 3
_WIDTH = 90
# From this share of repeated paragraphs on, or of documents that lack something, it is told what to do.
_MUCH = 0.2


@click.command(epilog="Example: seealso check pages/ forum.json --mapping forum.toml")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--format", "format_", type=click.Choice(list(corpus.formats())), help="The format of all sources.")
@click.option(
    "--mapping", multiple=True, help="A TOML file that says which columns records have, or a shipped one. Repeatable."
)
@shared
def check(sources: tuple[str, ...], format_: str | None, mapping: tuple[str, ...], output: Output) -> None:
    """Say what a build would read of the sources, and what it would leave out; nothing is built.

    It shows the first documents as they would be, counts what is missing or repeated, and says what to do about it.
    Exit status 1: no document would be read.
    """
    tell = Teller(output.quiet or output.json)

    def progress(count: int) -> None:
        tell(Progress(stage="read", done=count))

    try:
        found = corpus.check(
            *sources,
            format=format_,
            mapping=mapping or None,
            database=settings.load()["database"],
            progress=lambda count: tell(Progress(stage="read", done=count)),
        )
    finally:
        tell.done()
    output.result(found, lambda: _told(found))
    if not found.documents:
        sys.exit(1)


@click.command(epilog="Example: seealso mapping tickets.json > tickets.toml")
@click.argument("source")
@shared
def mapping(source: str, output: Output) -> None:
    """Propose a mapping for a file of JSON, CSV or XML records, to be corrected by hand."""
    proposed = corpus.propose(source)
    output.result({"mapping": proposed}, proposed.rstrip)


def _told(found: Check) -> str:
    """What the sources hold, as text."""
    parts = [_files(found), *(_examples(name, documents) for name, documents in found.first.items())]
    if found.reasons:
        parts.append(_left_out(found))
    if found.documents:
        parts.append(_counted(found))
    fine = "Nothing stands in the way of a build." if found.documents else "Nothing could be read: a build would fail."
    parts.append("\n".join(f"* {line}" for line in _advice(found)) or fine)
    return "\n\n".join(parts)


def _files(found: Check) -> str:
    kinds = " and ".join(many(count, kind) for kind, count in found.kinds.items())
    lines = [f"{many(found.documents, 'document')} ({kinds})" if found.documents else "no document"]
    shown = sorted(found.files, key=lambda file: (-file.documents, -file.rejected))[:_FILES]
    for file in shown:
        left = f", {file.rejected:,} left out" if file.rejected else ""
        lines.append(f"  {file.documents:>8,}  {file.name}: {file.format or 'no format'}{left}")
    if len(found.files) > len(shown):
        lines.append(f"            and {len(found.files) - len(shown):,} more files")
    return "\n".join(lines)


def _examples(name: str, documents: list[Document]) -> str:
    """The first documents of a format, as they would be."""
    return "\n".join([f"From {name}, as they would be:", *map(_shown, documents)])


def _shown(document: Document) -> str:
    is_article = isinstance(document, Article)
    date = document.published if isinstance(document, Article) else document.asked
    replies = () if isinstance(document, Article) else document.answers
    facts = ["article" if is_article else "question", document.id, date.isoformat() if date else "no date"]
    facts += [", ".join(topic.name for topic in document.topics)] if document.topics else []
    texts = [("text", document.body)]
    texts += [(f"reply by {reply.author}" if reply.author else "reply", reply.text) for reply in replies]
    lines = [f"  {document.title}", f"    {' | '.join(facts)}"]
    lines += [f"    {name}: {_short(text)}" for name, text in texts if text]
    return "\n".join(lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH].rstrip()}…"


def _left_out(found: Check) -> str:
    lines = [f"{many(sum(count for _, count in found.reasons), 'record')} would be left out:"]
    for example, count in found.reasons[:_REASONS]:
        lines.append(
            f"  {count:>8,}  {example.reason}; {example.remedy} (the first: {example.source}, {example.place})"
        )
    return "\n".join(lines)


def _counted(found: Check) -> str:
    letters, languages = (
        ", ".join(f"{name} {count:,}" for name, count in counts.items()) for counts in (found.letters, found.languages)
    )
    missing = ", ".join(f"{name} {count:,}" for name, count in found.missing.items()) or "nothing"
    own = f"Paragraphs that are a document's own: {found.own:.0%}; the others stand in many"
    return f"Letters: {letters}\nLanguages: {languages}\nLacking: {missing}\n{own}"


def _advice(found: Check) -> list[str]:
    """What to do before a build."""
    return [*_harmed(found), *_lacking(found)]


def _harmed(found: Check) -> list[str]:
    """What would be wrong in the index."""
    said = []
    if broken := [reason for reason, _ in found.reasons if reason.reason.startswith("breaks off")]:
        said.append(f"{broken[0].source} breaks off, and what follows would be missing: {broken[0].remedy}")
    left = sum(count for _, count in found.reasons)
    if found.documents and left > _MUCH * (left + found.documents):
        said.append(
            f"{left:,} of {many(left + found.documents, 'record')} would be left out: mend what is told of them above"
        )
    if found.repeated:
        named = ", ".join(list(found.repeated)[:_IDS])
        said.append(
            f"{many(len(found.repeated), 'id')} stand for different documents ({named}): one of each would be taken; "
            "name a column that tells them apart"
        )
    if found.unnamed:
        said.append(
            f"{found.unnamed:,} documents have neither id nor address: an edited one becomes a second document; "
            "name id or url in the mapping, or give pages a canonical link"
        )
    if found.undated:
        said.append(
            f'{found.undated:,} dates could not be read: say dates = "day-first" or "month-first" in the mapping'
        )
    if found.numbered > _MUCH * found.documents:
        said.append(
            f"{found.numbered:,} documents have a number as a topic or an author, perhaps keys of another table: leave "
            "that column out, or ask the database for the name"
        )
    if found.tagged:
        said.append(
            f"{found.tagged:,} documents hold HTML, which readers would see with its tags: read these by a mapping, "
            "which makes text of them"
        )
    if found.shared:
        said.append(
            f"{found.shared:,} addresses are those of several documents, each of which would stand on the panel of the "
            "others: give each its own, such as PAGE#PART"
        )
    return said


def _lacking(found: Check) -> list[str]:
    """What readers would miss."""
    said = []
    if found.own < 1 - _MUCH:
        often = _short(found.boilerplate[0][0])
        said.append(f"much stands on many pages, such as “{often}”: leave it out of the export")
    if (missing := found.missing.get("url", 0)) > _MUCH * found.documents:
        said.append(
            f"{missing:,} of {found.documents:,} documents have no address: a panel on your pages asks by it, and its "
            "cards lead there; give pages a canonical link, or write address = ... into the mapping"
        )
    asked = found.kinds.get("question", 0)
    if found.missing.get("reply", 0) > _MUCH * asked and asked:
        said.append(
            f"{found.missing['reply']:,} of {asked:,} questions have no reply: is one in another column or file?"
        )
    if found.missing.get("text", 0) > _MUCH * found.documents:
        said.append(
            f"{found.missing['text']:,} of {found.documents:,} documents are a title alone: name the column of the "
            "text as body"
        )
    return said

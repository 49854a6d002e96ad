"""Commands that ask an index: search, related, similar, duplicates."""

from __future__ import annotations

import csv
import sys
import textwrap
from typing import Any

import click

from indexer import Band, Filter, Notice, Panel, Results, Settings, Sort, open_index
from indexer.duplicates import Clusters
from search_app import settings
from search_app.cli.common import WORDS_ALONE, Output, as_built, decided, index_path, setting_option, shared
from search_app.present import band_name, day, why_kept
from search_app.spreadsheet import rows
from search_app.usage import UsageError

_WIDTH = 100
_HELP = {
    "suicide": "If you think of ending your life, talk to a person now: a friend, your doctor, a crisis line.",
    "emergency": "If this is happening now, call the emergency number and do not wait for an answer here.",
}

_limit = click.option("--limit", type=click.IntRange(1, 20), default=4, show_default=True, help="Cards at most.")


class BandChoice(click.Choice[str]):
    """The name of a band; one with a blank was taken once."""

    def __init__(self) -> None:
        super().__init__([band.value for band in Band])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it is written now."""
        return super().convert(value.replace(" ", "-"), param, ctx)


@click.command(epilog='Example: seealso search "cement leakage after kyphoplasty" --kind question')
@click.argument("text")
@setting_option("index")
@click.option("--kind", type=click.Choice(["article", "question"]), help="Only this kind of document.")
@click.option("--specialty", help="Only documents of this specialty.")
@click.option("--topic", help="Only documents with this topic.")
@click.option("--year", type=click.IntRange(1, 9999), help="Only documents of this year.")
@click.option("--answered/--waiting", default=None, help="Only answered documents, or only questions that wait.")
@click.option(
    "--sort", type=click.Choice([sort.value for sort in Sort]), default="relevance", help="The order of hits."
)
@click.option("--as-typed", is_flag=True, help="Correct no word, however clear it is what was meant.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of hits.")
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True, help="Hits a page.")
@shared
def search(
    text: str, index: str | None, sort: str, as_typed: bool, page: int, size: int, output: Output, **where: Any
) -> None:
    """Search for TEXT: words, "phrases in quotes", -without. Write -- before a TEXT that begins with -."""
    known = settings.load({"index": index})
    settled = decided().decisions
    own = Settings(notices=known["notices"] or None, meaning=known["meaning"])
    with open_index(settings.index_of(known), settings=own, decisions=settled) as opened:
        results = opened.search(text, where=Filter(**where), sort=Sort(sort), page=page, size=size, as_typed=as_typed)
    output.result(results, lambda: told(results))


@click.command(epilog="Example: seealso related q-0039 --limit 4")
@click.argument("id")
@setting_option("index")
@_limit
@shared
def related(id: str, index: str | None, limit: int, output: Output) -> None:  # noqa: A002 (what a document calls it)
    """Show the panel of the document ID, or of the one at an address: what is most like it."""
    with open_index(index_path(index), settings=as_built(), decisions=decided().decisions) as opened:
        at = opened.addressed(id) if id.startswith(("http://", "https://")) else None
        panel = opened.related(at or id, limit=limit)
    output.result(panel, lambda: shown(panel))


@click.command(epilog='Example: seealso similar "my leg is numb since the operation on my spine"')
@click.argument("text")
@setting_option("index")
@_limit
@shared
def similar(text: str, index: str | None, limit: int, output: Output) -> None:
    """Show what is most like TEXT, such as a question that was not sent yet; - reads it from standard input."""
    with open_index(index_path(index), settings=as_built(), decisions=decided().decisions) as opened:
        panel = opened.similar(_piped() if text == "-" else text, limit=limit)
    output.result(panel, lambda: _help_first(panel.notice) + shown(panel))


@click.command(epilog="Example: seealso duplicates --band possible --csv > duplicates.csv")
@setting_option("index")
@click.option("--band", type=BandChoice(), help="Only clusters of this band.")
@click.option("--specialty", help="Only clusters with a question of this specialty.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of clusters.")
@click.option("--size", type=click.IntRange(1, 200), default=50, show_default=True, help="Clusters a page.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every pair of all pages as a line of CSV.")
@setting_option("decisions")
@shared
def duplicates(
    index: str | None,
    band: str | None,
    specialty: str | None,
    page: int,
    size: int,
    as_csv: bool,
    decisions: str | None,
    output: Output,
) -> None:
    """List the questions that may be the same question, in clusters, the surest first; what is decided is not asked.

    With --csv all that was decided follows what is open.
    """
    where, chosen = Filter(specialty=specialty), Band(band) if band else None
    snapshot = decided(decisions)
    with open_index(index_path(index), settings=WORDS_ALONE, decisions=snapshot.decisions) as opened:
        found = opened.duplicates(where=where, band=chosen, page=page, size=size)
        if as_csv:
            pages = (opened.duplicates(where=where, band=chosen, page=n, size=size) for n in range(1, found.pages + 1))
            clusters = (cluster for one in pages for cluster in one.clusters)
            csv.writer(sys.stdout).writerows(rows(opened, clusters, snapshot.history.held()))
            return
    output.result(found, lambda: listed(found))


def listed(found: Clusters) -> str:
    """A page of clusters as text."""
    if not found.total:
        return "no questions that may be the same"
    bands = ", ".join(f"{count:,} {band_name(Band(name))}" for name, count in found.bands.items())
    lines = [f"{found.total:,} clusters ({bands}), page {found.page} of {found.pages}"]
    for cluster in found.clusters:
        lines += ["", f"{cluster.score:.2f}  {band_name(cluster.band)}: keep {cluster.canonical} ({why_kept(cluster)})"]
        for pair in cluster.pairs:
            if cluster.canonical in (pair.a, pair.b):
                other = pair.b if pair.a == cluster.canonical else pair.a
                kinds = ", ".join(dict.fromkeys(d.kind for d in pair.differs)) or "nothing that decides"
                lines.append(f"      {other}  differs in {kinds}")
    return "\n".join(lines)


def _piped() -> str:
    """The text of standard input; bytes that are not UTF-8 become replacement characters."""
    if sys.stdin is None:
        raise UsageError("standard input is closed", "similar -", "give the text as an argument")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _help_first(notice: Notice | None) -> str:
    """What stands above what is found for a text that speaks of a danger to life."""
    return f"{_HELP[notice.kind]}\n\n" if notice else ""


def told(results: Results) -> str:
    """A page of hits as text; help first where a search speaks of a danger to life."""
    help_first = _help_first(results.notice)
    count = "1 hit" if results.total == 1 else f"{results.total:,} hits"
    hint = f"; did you mean: {results.did_you_mean}" if results.did_you_mean else ""
    if results.respelled:
        hint = f" for: {results.did_you_mean} (--as-typed searches for what was typed)"
    if not results.hits:
        return help_first + (count if not results.total else f"{count}, none on page {results.page}") + hint
    lines = [f"{help_first}{count}, page {results.page} of {results.pages}{hint}"]
    for hit in results.hits:
        facts = ", ".join(part for part in (hit.kind, hit.by, hit.specialty, day(hit.date)) if part)
        snippet = "".join(f"[{piece}]" if matched else piece for piece, matched in hit.snippet)
        lines += ["", f"{hit.title}  ({hit.id})", f"  {facts}", textwrap.indent(textwrap.fill(snippet, _WIDTH), "  ")]
    return "\n".join(lines)


def shown(panel: Panel) -> str:
    """A panel as text."""
    if not panel.cards:
        return "nothing is close enough"
    lines: list[str] = []
    for card in panel.cards:
        lines += [f"{card.title}  ({card.id})"]
        if card.excerpt:
            lines.append(textwrap.indent(textwrap.fill(card.excerpt, _WIDTH), "  "))
        if card.reply:
            by = ", ".join(part for part in (card.reply.author, card.reply.specialty) if part) or "reply"
            lines.append(textwrap.indent(textwrap.fill(f"{by}: {card.reply.excerpt}", _WIDTH), "  | "))
        common = f"in common: {', '.join(card.matched)}"
        lines += [f"  in other words: {card.in_other_words}" if card.in_other_words else f"  {common}", ""]
    topics = ", ".join(topic.name for topic in panel.topics)
    return "\n".join(lines) + (f"topics: {topics}" if topics else "").rstrip()

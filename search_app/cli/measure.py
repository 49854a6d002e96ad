"""Commands that measure: evaluate."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

import corpus
import indexer
from corpus import CorpusError, Judged, Rejected
from indexer import Settings, evaluation, open_index
from indexer.evaluation import Agreement, Comparison, Evaluation, PairQuality, Share
from search_app import settings
from search_app.cli.common import (
    WORDS_ALONE,
    Output,
    decided,
    encoder_place,
    index_path,
    meaning_option,
    setting_option,
    shared,
)
from search_app.cli.progress import Teller
from search_app.decisions.labels import judged_scores
from search_app.usage import UsageError

_NAMED = 20


@click.command(
    epilog="Example: seealso evaluate judged/ --run before.trec; seealso evaluate judged/ --compare before.trec"
)
@click.argument("folder", required=False)
@click.option("--qrels", metavar="NAME", help="Only the judgments of qrels/NAME.tsv, such as test.")
@click.option("--search", "by_search", is_flag=True, help="Rank by `search`, as what visitors type, not by `similar`.")
@click.option("--no-floor", is_flag=True, help="Rank without the floor, which hides what is not alike enough.")
@click.option(
    "--run", "run_path", type=click.Path(dir_okay=False, path_type=Path), help="Write a TREC run of 100 here."
)
@click.option("--compare", type=click.Path(dir_okay=False, path_type=Path), help="Compare with a run that --run wrote.")
@click.option("--synonyms", help="Try a synonym file: compare the ranking with it to that without.")
@meaning_option
@click.option("--least", type=float, help="Exit with 1 if nDCG@10 is below this.")
@click.option(
    "--decisions",
    "by_verdicts",
    is_flag=True,
    help="Instead of FOLDER: how right bands and scores are, by what editors decided in the file of decisions.",
)
@click.option("--recorded", is_flag=True, help="Instead of FOLDER: how far --index agrees with the pages' own lists.")
@setting_option("index")
@shared
def evaluate(
    folder: str | None,
    qrels: str | None,
    by_search: bool,
    no_floor: bool,
    run_path: Path | None,
    compare: Path | None,
    synonyms: str | None,
    meaning: bool,
    least: float | None,
    by_verdicts: bool,
    recorded: bool,
    index: str | None,
    output: Output,
) -> None:
    """Measure the ranking of `similar`, or of `search`, on FOLDER, a judged test set in BEIR's layout.

    FOLDER holds corpus.jsonl, queries.jsonl and qrels/*.tsv, and may hold hard_negatives.tsv and pairs.tsv. A scratch
    index is built of it and removed afterwards; no index of yours is touched.
    """
    if recorded or by_verdicts:
        given = (folder, qrels, by_search, no_floor, run_path, compare, synonyms, meaning, least is not None)
        if any(given) or (recorded and by_verdicts):
            what = "--recorded or --decisions with what is for a FOLDER, or with each other"
            raise UsageError(what, "evaluate", "give one of them, without other options of measuring")
    if recorded:
        agreement = evaluation.agreement(index_path(index))
        output.result(agreement, lambda: _agreed(agreement))
        return
    if by_verdicts:
        scores = judged_scores(decided().history)
        shares = {"by_band": evaluation.by_band(scores), "by_score": evaluation.by_score(scores)}
        output.result({"judged": len(scores), **shares}, lambda: _shares(len(scores), shares))
        return
    if folder is None:
        raise UsageError(
            "no FOLDER", "evaluate", "name the folder of a judged test set, or give --recorded or --decisions"
        )
    if sum(map(bool, (compare, synonyms, meaning))) > 1:
        raise UsageError("two comparisons at once", "--compare, --synonyms and --meaning", "give one of them")
    own = Settings(synonyms=synonyms, meaning=encoder_place(settings.load(), asked=True) if meaning else "")
    judged = corpus.judged(folder, qrels=qrels)
    tell = Teller(output.quiet or output.json)
    try:
        evaluated = partial(_evaluated, judged, tell=tell, floor=not no_floor, by_search=by_search)
        plain = evaluated(Settings())
        result = evaluated(own) if synonyms or meaning else plain
    finally:
        tell.done()
    other = plain.ranking.run if result is not plain else evaluation.read_run(compare) if compare else None
    beside = evaluation.compare(result.ranking.run, other, judged.relevant) if other is not None else None
    if run_path:
        evaluation.write_run(result.ranking.run, run_path)
    output.result(_told(result, beside), lambda: "\n".join(_lines(result, beside)))
    if least is not None and result.ranking.measures["nDCG@10"].mean < least:
        sys.exit(1)


def _shares(count: int, shares: Mapping[str, Sequence[Share]]) -> str:
    if not count:
        return "no pair is settled yet: editors do that at /desk"
    lines = [f"{count:,} pairs settled by editors; share that is the same question, and 95 % interval"]
    for name, rows in shares.items():
        lines.append(f"  {name.replace('_', ' ')}")
        for row in rows:
            part = "  –  " if row.share is None else f"{row.share:.3f}"
            told = f"  [{row.low:.3f}, {row.high:.3f}]" if row.judged else ""
            lines.append(f"    {row.name:<14} {row.same:>6,} of {row.judged:<6,} {part}{told}")
    return "\n".join(lines)


class _Result(NamedTuple):
    ranking: Evaluation
    pairs: PairQuality | None


def _evaluated(judged: Judged, settings: Settings, *, tell: Teller, floor: bool, by_search: bool) -> _Result:
    """An evaluation over a scratch index of the documents."""
    rejected: list[Rejected] = []
    with tempfile.TemporaryDirectory(prefix="seealso-evaluate-") as scratch:
        documents = corpus.read(judged.corpus, format="beir", rejected=rejected.append)
        report = indexer.build(scratch, documents, settings=settings, progress=tell, rejected=rejected.append)
        if rejected and not report.documents:
            first = rejected[0]
            raise CorpusError(f"no document could be read; the first: {first.reason}", first.place, first.remedy)
        if rejected:
            click.echo(f"left out: {len(rejected):,} documents; the first: {rejected[0].reason}", err=True)
        wanted = {id_ for grades in judged.relevant.values() for id_, grade in grades.items() if grade > 0}
        with open_index(scratch, settings=WORDS_ALONE) as opened:
            lacking = len(wanted) - len(opened.known(sorted(wanted)))
        if lacking:
            told = f"{lacking:,} of {len(wanted):,} relevant documents are not in the corpus, and no ranking finds them"
            click.echo(f"{told}: check the ids", err=True)
        ranking = evaluation.evaluate(
            scratch,
            judged.queries,
            judged.relevant,
            hard=judged.hard,
            floor=floor,
            by_search=by_search,
            settings=settings,
            progress=tell,
        )
        texts = list(_texts(judged, scratch)) if judged.pairs else []
        pairs = evaluation.evaluate_pairs(scratch, texts, settings=settings) if texts else None
        return _Result(ranking, pairs)


def _texts(judged: Judged, index: str) -> Iterator[tuple[str, str, bool]]:
    """The judged pairs as texts; an id is that of a query, else of a document."""
    with open_index(index, settings=WORDS_ALONE) as opened:
        for pair in judged.pairs:
            a, b = (judged.queries.get(id_) or opened.own_text(id_) for id_ in (pair.a, pair.b))
            yield a, b, pair.same


def _told(result: _Result, beside: Comparison | None) -> dict[str, object]:
    """The JSON of an evaluation."""
    ranking = result.ranking
    told: dict[str, object] = {name: getattr(ranking, name) for name in ("queries", "measures", "hard", "hidden")}
    return told | ({"pairs": result.pairs} if result.pairs else {}) | ({"comparison": beside} if beside else {})


def _lines(result: _Result, beside: Comparison | None) -> list[str]:
    lines = _measured(result.ranking) + (_paired(result.pairs) if result.pairs else [])
    return lines + (_compared(beside) if beside else [])


def _paired(pairs: PairQuality) -> list[str]:
    lines = [f"{pairs.pairs:,} judged pairs: area under the curve {pairs.auc:.3f}"]
    for name, band in (("the two upper bands", pairs.upper), ("any band", pairs.proposed)):
        precision = "none" if band.precision is None else f"{band.precision:.3f}"
        lines.append(f"  {name}: {band.proposed:,} proposed, precision {precision}, recall {band.recall:.3f}")
    return lines


def _measured(result: Evaluation) -> list[str]:
    lines = [f"{result.queries:,} queries; mean and 95 % interval"]
    lines += [f"  {name:<10} {e.mean:.3f}  [{e.low:.3f}, {e.high:.3f}]" for name, e in result.measures.items()]
    if result.hard is not None:
        lines.append(f"  hard negative above the relevant one: {result.hard:.3f}")
    return [*lines, f"  the floor hides everything: {result.hidden:.3f}"]


def _compared(beside: Comparison) -> list[str]:
    lines = ["compared: this run, the other, difference and its 95 % interval, p"]
    lines += [
        f"  {name:<10} {d.ours.mean:.3f}  {d.theirs.mean:.3f}  {d.difference.mean:+.3f} "
        f"[{d.difference.low:+.3f}, {d.difference.high:+.3f}]  {d.p:.3f}"
        for name, d in beside.measures.items()
    ]
    for name, queries in (("gained", beside.gained), ("lost", beside.lost)):
        more = f" and {len(queries) - _NAMED:,} more" if len(queries) > _NAMED else ""
        lines.append(f"  {name}: {len(queries):,}" + (f" ({', '.join(queries[:_NAMED])}{more})" if queries else ""))
    return lines


def _agreed(agreement: Agreement) -> str:
    if not agreement.compared:
        return "no page of the index lists a neighbour that the index has"
    panel, near = agreement.panel, agreement.neighbours
    return (
        f"{agreement.pages:,} pages list neighbours, {agreement.compared:,} of them some that the index has "
        f"({agreement.missing:,} listed ones it does not have)\n"
        f"  in the first four   {panel.mean:.3f}  [{panel.low:.3f}, {panel.high:.3f}]\n"
        f"  among all stored    {near.mean:.3f}  [{near.low:.3f}, {near.high:.3f}]"
    )

"""Evaluation: an index's own `similar` over judged queries, and two of its runs compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from indexer.answering.closeness import DRAFT_FLOOR, draft_closeness
from indexer.answering.neighbours import neighbours_of
from indexer.answering.search import search
from indexer.answering.weighing import weigh
from indexer.errors import RequestRefused
from indexer.evaluation.measures import MEASURES, Grades
from indexer.evaluation.results import Comparison, Difference, Estimate, Evaluation
from indexer.evaluation.runs import Run
from indexer.evaluation.significance import estimate, randomisation
from indexer.generation import Generation, store_of
from indexer.ranking.weighting import RESCORED
from indexer.settings import Settings
from indexer.types import Progress, Search

Judgments = Mapping[str, Grades]


def evaluate(
    index: str | Path,
    queries: Mapping[str, str],
    judgments: Judgments,
    *,
    hard: Mapping[str, tuple[str, ...]] | None = None,
    floor: bool = True,
    by_search: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> Evaluation:
    """How well an index ranks judged documents for the queries that have one, by the ranking of `similar`, or by that
    of `search`: what a visitor types is one, what a patient asks the other.

    `hard` names for a query documents that look like an answer and are none. With the floor, documents below it are
    not in the ranking, as they are in no panel; one card for each wording is a matter of display and not applied.
    """
    asked = [query for query in judgments if query in queries and any(g > 0 for g in judgments[query].values())]
    if not asked:
        raise RequestRefused("no query has a relevant document", "judgments", "name queries by the ids they have")
    run, best = {}, {}
    with closing(store_of(index).open(Settings())) as generation:
        for done, query in enumerate(asked, 1):
            whole, close = (found if by_search else rank)(generation, queries[query])
            run[query] = close if floor else whole
            best[query] = bool(close)
            if progress:
                progress(Progress(stage="ranking", done=done, total=len(asked)))
    return Evaluation(
        queries=len(asked),
        measures=measured(run, judgments),
        hard=_hard_above(run, judgments, hard or {}),
        hidden=sum(not shown for shown in best.values()) / len(asked),
        run=run,
    )


def rank(generation: Generation, text: str) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The best hundred for a text: all of them, and those above the floor."""
    draft = generation.analyzer.draft(text).text
    ranked = neighbours_of(generation, weigh(generation, draft), most=RESCORED)[0].ranked
    closeness = draft_closeness(generation, draft, [r.id for r in ranked])
    whole = [(r.id, r.score) for r in ranked]
    return whole, [own for own, close in zip(whole, closeness, strict=True) if close >= DRAFT_FLOOR]


def found(generation: Generation, text: str) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The first hundred hits of a search, and again: none of them where it says that nothing is close."""
    results = search(generation, Search(text=text, size=RESCORED))
    hits = [(hit.id, hit.score) for hit in results.hits]
    return hits, hits if results.close else []


def measured(run: Run, judgments: Judgments) -> dict[str, Estimate]:
    """The measures of a run over judged queries."""
    return {name: estimate(list(values.values())) for name, values in by_query(run, judgments).items()}


def by_query(run: Run, judgments: Judgments) -> dict[str, dict[str, float]]:
    """Each measure's value for each judged query; a query that the run lacks counts as one that found nothing."""
    asked = [query for query, grades in judgments.items() if any(grade > 0 for grade in grades.values())]
    ranked = {query: [id_ for id_, _ in run.get(query, ())] for query in asked}
    return {
        name: {query: measure(ranked[query], judgments[query]) for query in asked} for name, measure in MEASURES.items()
    }


def compare(run: Run, other: Run, judgments: Judgments) -> Comparison:
    """Two runs over the same judgments: how each measure differs, and the queries that gained and lost in nDCG@10.

    The difference is `run` less `other`.
    """
    ours, theirs = by_query(run, judgments), by_query(other, judgments)
    differences = {name: {query: ours[name][query] - theirs[name][query] for query in ours[name]} for name in MEASURES}
    changes = differences["nDCG@10"]
    ordered = sorted(changes, key=lambda query: (-abs(changes[query]), query))
    return Comparison(
        measures={
            name: Difference(
                ours=estimate(list(ours[name].values())),
                theirs=estimate(list(theirs[name].values())),
                difference=estimate(list(values.values())),
                p=randomisation(list(values.values())),
            )
            for name, values in differences.items()
        },
        gained=tuple(query for query in ordered if changes[query] > 0),
        lost=tuple(query for query in ordered if changes[query] < 0),
    )


def _hard_above(run: Run, judgments: Judgments, hard: Mapping[str, tuple[str, ...]]) -> float | None:
    """The share of queries with hard negatives for which one of these stands above every relevant document."""
    wrong = asked = 0
    for query, ranked in run.items():
        if not hard.get(query):
            continue
        asked += 1
        kinds = (
            "relevant" if judgments[query].get(id_, 0) > 0 else "hard" if id_ in hard[query] else ""
            for id_, _ in ranked
        )
        wrong += next((kind for kind in kinds if kind), "") == "hard"
    return wrong / asked if asked else None

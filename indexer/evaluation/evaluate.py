"""Evaluation: an index's `similar` or `search` over judged queries and pairs, and two of its runs compared."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing

from corpus import Question, same_address
from indexer.analysis import wording
from indexer.answering.closeness import DRAFT_FLOOR, draft_closeness
from indexer.answering.neighbours import RAW, neighbours_of
from indexer.answering.search import search
from indexer.answering.settled import Settled
from indexer.answering.weighing import vector_of_text, weigh_text
from indexer.decisions import Decisions
from indexer.duplicates.likelihood import Profile, QuestionPair
from indexer.errors import RequestRefused
from indexer.evaluation.measures import MEASURES, Grades, estimate, randomisation
from indexer.evaluation.results import (
    Agreement,
    BandQuality,
    Comparison,
    Difference,
    Estimate,
    Evaluation,
    PairQuality,
)
from indexer.evaluation.runs import Run
from indexer.generation import SHOWN, Generation, store_of
from indexer.index import open_index
from indexer.ranking.vectors import Vector, cosines
from indexer.ranking.weighting import RESCORED
from indexer.settings import IndexPlace, Settings
from indexer.types import Band, Progress, Search

Judgments = Mapping[str, Grades]


def evaluate(  # noqa: PLR0913 (each is a choice of whoever measures)
    index: IndexPlace,
    queries: Mapping[str, str],
    judgments: Judgments,
    *,
    hard: Mapping[str, tuple[str, ...]] | None = None,
    floor: bool = True,
    by_search: bool = False,
    settings: Settings = Settings(),
    progress: Callable[[Progress], object] | None = None,
) -> Evaluation:
    """How well an index ranks judged documents for the queries that have one, by the ranking of `similar`, or by that
    of `search`: what a visitor types is one, what a patient asks the other.

    `hard` names for a query documents that look like an answer and are none. With the floor, documents below it are
    not in the ranking, as they are in no panel; one card for each wording is a matter of display and not applied.
    """
    asked = [query for query, grades in judgments.items() if query in queries and max(grades.values(), default=0) > 0]
    if not asked:
        raise RequestRefused("no query has a relevant document", "judgments", "name queries by the ids they have")
    run, hidden = {}, 0
    with closing(store_of(index).open(settings)) as generation:
        for done, query in enumerate(asked, 1):
            try:
                whole, close = (found if by_search else rank)(generation, queries[query])
            except RequestRefused as error:
                raise RequestRefused(error.what, f"query {query}", error.next) from error
            run[query] = close if floor else whole
            hidden += not close
            if progress:
                progress(Progress(stage="ranking", done=done, total=len(asked)))
    return Evaluation(
        queries=len(asked),
        measures=measured(run, judgments),
        hard=_hard_above(run, judgments, hard or {}),
        hidden=hidden / len(asked),
        run=run,
    )


def rank(generation: Generation, text: str) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The best hundred for a text: all of them, and those above the floor."""
    draft = generation.analyzer.draft(text).text
    weighed = weigh_text(generation, text, draft)
    ranked = neighbours_of(generation, weighed, most=RESCORED).ranked
    closeness = draft_closeness(generation, draft, [r.id for r in ranked], weighed.meant)
    whole = [(r.id, r.score) for r in ranked]
    return whole, [own for own, close in zip(whole, closeness, strict=True) if close >= DRAFT_FLOOR]


def found(generation: Generation, text: str) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The first hundred hits of a search, and again: none of them where it says that nothing is close."""
    results = search(generation, Search(text=text, size=RESCORED), Settled(generation, Decisions()))
    hits = [(hit.id, hit.score) for hit in results.hits]
    return hits, hits if results.close else []


def measured(run: Run, judgments: Judgments) -> dict[str, Estimate]:
    """The measures of a run over judged queries."""
    return {name: estimate(list(values.values())) for name, values in by_query(run, judgments).items()}


def by_query(run: Run, judgments: Judgments) -> dict[str, dict[str, float]]:
    """Each measure's value for each judged query; a query that the run lacks counts as one that found nothing."""
    asked = [query for query, grades in judgments.items() if max(grades.values(), default=0) > 0]
    # As BEIR does, the document that is the query itself is left out.
    ranked = {query: [id_ for id_, _ in run.get(query, ()) if id_ != query] for query in asked}
    return {
        name: {query: measure(ranked[query], judgments[query]) for query in asked} for name, measure in MEASURES.items()
    }


def compare(run: Run, other: Run, judgments: Judgments) -> Comparison:
    """Two runs over the same judgments: each measure of `run` less `other`, and who gained and lost in nDCG@10."""
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
    asked = [query for query in run if hard.get(query)]
    wrong = 0
    for query in asked:
        grades = judgments[query]
        judged = (grades.get(id_, 0) > 0 for id_, _ in run[query] if grades.get(id_, 0) > 0 or id_ in hard[query])
        wrong += not next(judged, True)
    return wrong / len(asked) if asked else None


def evaluate_pairs(
    index: IndexPlace, pairs: Iterable[tuple[str, str, bool]], *, settings: Settings = Settings()
) -> PairQuality:
    """How well an index tells pairs of texts that ask the same from those that do not; rarities are the index's."""
    judged: list[tuple[float, Band | None, bool]] = []
    with closing(store_of(index).open(settings)) as generation:
        for a, b, same in pairs:
            one, other = (generation.analyzer.draft(text) for text in (a, b))
            ours, theirs = (Profile(generation, draft.text.words, []) for draft in (one, other))
            vectors = [vector_of_text(generation, *said) for said in ((a, one.text), (b, other.text))]
            compared = QuestionPair(ours, theirs, _cosine(*vectors))
            found = Band.SAME if one.wording == other.wording else compared.band
            judged.append((1.0 if found is Band.SAME else compared.score, found, same))
    if len({same for _, _, same in judged}) < 2:
        raise RequestRefused("the pairs are all of one label", "pairs", "give pairs that ask the same and others")
    return PairQuality(
        pairs=len(judged),
        auc=_auc([score for score, _, same in judged if same], [score for score, _, same in judged if not same]),
        upper=_quality([(found in (Band.SAME, Band.VERY_LIKELY), same) for _, found, same in judged]),
        proposed=_quality([(found is not None, same) for _, found, same in judged]),
    )


def _cosine(one: Vector | None, other: Vector | None) -> float | None:
    """The cosine of what two texts mean, None where no encoder tells."""
    return None if one is None or other is None else float(cosines(one, other[None])[0])


def _auc(same: Sequence[float], other: Sequence[float]) -> float:
    """The chance that a pair which asks the same scores higher than one that does not; ties count half."""
    ordered = sorted(other)
    twice_below = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in same)
    return twice_below / (2 * len(same) * len(other))


def _quality(judged: Sequence[tuple[bool, bool]]) -> BandQuality:
    proposed = sum(found for found, _ in judged)
    right = sum(found and same for found, same in judged)
    return BandQuality(
        proposed=proposed,
        precision=right / proposed if proposed else None,
        recall=right / sum(same for _, same in judged),
    )


def agreement(index: IndexPlace) -> Agreement:
    """How far the neighbours of an index agree with those that the site's own pages list.

    A listed neighbour is known by its URL, else by its title's wording. A list by another program is no judgment: low
    agreement asks for a look, not for a change.
    """
    shown, near, missing, pages = [], [], 0, 0
    with open_index(index, settings=Settings(meaning="off")) as opened:
        by_url: dict[str, str] = {}
        by_title: dict[int, str] = {}
        documents = list(opened.documents())
        for document in documents:
            by_title.setdefault(wording(document.title), document.id)
            if document.url:
                by_url.setdefault(same_address(document.url), document.id)
        for document in documents:
            if not isinstance(document, Question) or not document.listed:
                continue
            pages += 1
            found = [
                by_url.get(same_address(link.url)) or by_title.get(wording(link.title)) for link in document.listed
            ]
            wanted = {id_ for id_ in found if id_ and id_ != document.id}
            missing += sum(id_ is None for id_ in found)
            if wanted:
                ours = opened.neighbours(document.id)
                shown.append(len(wanted & set(ours[:SHOWN])) / min(len(wanted), SHOWN))
                near.append(len(wanted & set(ours[:RAW])) / len(wanted))
    return Agreement(
        pages=pages, missing=missing, compared=len(shown), panel=estimate(shown), neighbours=estimate(near)
    )

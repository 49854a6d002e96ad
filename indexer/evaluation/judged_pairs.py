"""How good the duplicates are: judged pairs of texts against the score and the bands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from indexer.duplicates.likelihood import Profile, QuestionPair
from indexer.errors import RequestRefused
from indexer.evaluation.results import BandQuality, PairQuality
from indexer.generation import store_of
from indexer.settings import Settings
from indexer.types import Band


def evaluate_pairs(index: str | Path, pairs: Iterable[tuple[str, str, bool]]) -> PairQuality:
    """How well an index tells pairs of texts that ask the same from those that do not; rarities are the index's."""
    judged: list[tuple[float, Band | None, bool]] = []
    with closing(store_of(index).open(Settings())) as generation:
        for a, b, same in pairs:
            one, other = (generation.analyzer.draft(text) for text in (a, b))
            compared = QuestionPair(*(Profile(generation, draft.text.tokens, []) for draft in (one, other)))
            found = Band.SAME if one.wording == other.wording else compared.band
            judged.append((1.0 if found is Band.SAME else compared.likelihood, found, same))
    if len({same for _, _, same in judged}) < 2:
        raise RequestRefused("the pairs are all of one label", "pairs", "give pairs that ask the same and others")
    return PairQuality(
        pairs=len(judged),
        auc=_auc([score for score, _, same in judged if same], [score for score, _, same in judged if not same]),
        upper=_quality([(found in (Band.SAME, Band.VERY_LIKELY), same) for _, found, same in judged]),
        proposed=_quality([(found is not None, same) for _, found, same in judged]),
    )


def _auc(same: list[float], other: list[float]) -> float:
    """The chance that a pair which asks the same scores higher than one that does not; ties count half."""
    ordered = sorted([(score, True) for score in same] + [(score, False) for score in other])
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += sum(label for _, label in ordered[at:end]) * (at + end + 1) / 2
        at = end
    return (ranks - len(same) * (len(same) + 1) / 2) / (len(same) * len(other))


def _quality(judged: list[tuple[bool, bool]]) -> BandQuality:
    proposed = sum(found for found, _ in judged)
    right = sum(found and same for found, same in judged)
    return BandQuality(
        proposed=proposed,
        precision=right / proposed if proposed else None,
        recall=right / sum(same for _, same in judged),
    )

"""How good an index is: judged queries and pairs against it, two runs compared. The second public face of indexer."""

from indexer.evaluation.evaluate import agreement, compare, evaluate, evaluate_pairs, measured
from indexer.evaluation.results import (
    Agreement,
    BandQuality,
    Comparison,
    Difference,
    Estimate,
    Evaluation,
    PairQuality,
    Share,
)
from indexer.evaluation.runs import read_run, write_run
from indexer.evaluation.verdicts import JudgedScore, by_band, by_score

__all__ = [
    "Agreement",
    "BandQuality",
    "Comparison",
    "Difference",
    "Estimate",
    "Evaluation",
    "JudgedScore",
    "PairQuality",
    "Share",
    "agreement",
    "by_band",
    "by_score",
    "compare",
    "evaluate",
    "evaluate_pairs",
    "measured",
    "read_run",
    "write_run",
]

"""Everything about finding: build an index, open it, search it, see what is alike. Knows no web."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from indexer.answering.notices import read_notices
from indexer.errors import (
    BuildInProgress,
    DocumentNotFound,
    IndexDamaged,
    IndexIncompatible,
    IndexMissing,
    RequestRefused,
    SearchError,
    WouldShrink,
)
from indexer.generations.folder import published
from indexer.index import Index, current, open_index, verify
from indexer.settings import Settings
from indexer.types import (
    Band,
    BuildReport,
    Card,
    Cluster,
    Clusters,
    Differs,
    DuplicatePair,
    Fault,
    Filter,
    Hit,
    Info,
    Mark,
    Notice,
    Panel,
    Progress,
    Reply,
    Results,
    Side,
    SideBySide,
    Sort,
    TopicName,
)

if TYPE_CHECKING:
    from indexer.building import build, rollback
    from indexer.evaluation.evaluate import compare, evaluate, measured
    from indexer.evaluation.pairs import evaluate_pairs
    from indexer.evaluation.recorded import agreement
    from indexer.evaluation.results import (
        Agreement,
        BandQuality,
        Comparison,
        Difference,
        Estimate,
        Evaluation,
        PairQuality,
    )
    from indexer.evaluation.runs import read_run, write_run
    from indexer.updating import update

# Who only asks loads neither what builds nor what measures: it is found by name when it is needed.
_LATER = {
    "indexer.building": ("build", "rollback"),
    "indexer.updating": ("update",),
    "indexer.evaluation.evaluate": ("compare", "evaluate", "measured"),
    "indexer.evaluation.pairs": ("evaluate_pairs",),
    "indexer.evaluation.recorded": ("agreement",),
    "indexer.evaluation.results": (
        "Agreement",
        "BandQuality",
        "Comparison",
        "Difference",
        "Estimate",
        "Evaluation",
        "PairQuality",
    ),
    "indexer.evaluation.runs": ("read_run", "write_run"),
}


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Agreement",
    "Band",
    "BandQuality",
    "BuildInProgress",
    "BuildReport",
    "Card",
    "Cluster",
    "Clusters",
    "Comparison",
    "Difference",
    "Differs",
    "DocumentNotFound",
    "DuplicatePair",
    "Estimate",
    "Evaluation",
    "Fault",
    "Filter",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexIncompatible",
    "IndexMissing",
    "Info",
    "Mark",
    "Notice",
    "PairQuality",
    "Panel",
    "Progress",
    "Reply",
    "RequestRefused",
    "Results",
    "SearchError",
    "Settings",
    "Side",
    "SideBySide",
    "Sort",
    "TopicName",
    "WouldShrink",
    "agreement",
    "build",
    "compare",
    "current",
    "evaluate",
    "evaluate_pairs",
    "measured",
    "open_index",
    "published",
    "read_notices",
    "read_run",
    "rollback",
    "update",
    "verify",
    "write_run",
]

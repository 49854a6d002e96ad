"""Everything about finding: build an index, open it, search it, see what is alike. Knows no web."""

from indexer.build import build, rollback
from indexer.errors import (
    BuildInProgress,
    DocumentNotFound,
    IndexDamaged,
    IndexIncompatible,
    IndexMissing,
    RequestRefused,
    SearchError,
)
from indexer.evaluation.evaluate import compare, evaluate
from indexer.evaluation.recorded import agreement
from indexer.evaluation.runs import read_run, write_run
from indexer.index import Index, current, open_index, verify
from indexer.settings import Settings
from indexer.types import (
    Agreement,
    BuildReport,
    Card,
    Comparison,
    Difference,
    Estimate,
    Evaluation,
    Fault,
    Filter,
    Hit,
    Info,
    Panel,
    Progress,
    Reply,
    Results,
    Sort,
    TopicName,
)

__all__ = [
    "Agreement",
    "BuildInProgress",
    "BuildReport",
    "Card",
    "Comparison",
    "Difference",
    "DocumentNotFound",
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
    "Panel",
    "Progress",
    "Reply",
    "RequestRefused",
    "Results",
    "SearchError",
    "Settings",
    "Sort",
    "TopicName",
    "agreement",
    "build",
    "compare",
    "current",
    "evaluate",
    "open_index",
    "read_run",
    "rollback",
    "verify",
    "write_run",
]

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
from indexer.index import Index, current, open_index, verify
from indexer.settings import Settings
from indexer.types import (
    BuildReport,
    Card,
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
    "BuildInProgress",
    "BuildReport",
    "Card",
    "DocumentNotFound",
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
    "build",
    "current",
    "open_index",
    "rollback",
    "verify",
]

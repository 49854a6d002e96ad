"""Everything about finding: build an index, open it, search it, see what is alike. Knows no web."""

from indexer.answering.notices import read_notices
from indexer.build.build import build
from indexer.build.update import update
from indexer.duplicates.answers import Mark
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
from indexer.index import Index, open_index, rollback, verify
from indexer.settings import OpenSearchIndex, Settings
from indexer.types import Band, BuildReport, Card, Filter, Hit, Info, Notice, Panel, Progress, Results, Sort, Suggestion

__all__ = [
    "Band",
    "BuildInProgress",
    "BuildReport",
    "Card",
    "DocumentNotFound",
    "Filter",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexIncompatible",
    "IndexMissing",
    "Info",
    "Mark",
    "Notice",
    "OpenSearchIndex",
    "Panel",
    "Progress",
    "RequestRefused",
    "Results",
    "SearchError",
    "Settings",
    "Sort",
    "Suggestion",
    "WouldShrink",
    "build",
    "open_index",
    "read_notices",
    "rollback",
    "update",
    "verify",
]

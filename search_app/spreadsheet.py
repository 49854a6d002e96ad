"""Pairs of questions as rows of a spreadsheet: what is proposed, what was decided, with titles and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus import Document
from indexer import Index
from indexer.duplicates import Cluster
from search_app.decisions.events import Event

COLUMNS = (
    *("cluster", "canonical", "band", "score", "a", "b", "a_title", "b_title", "a_url", "b_url"),
    *("differs", "verdict", "editor", "at", "note"),
)
# What begins a formula, in full width too.
_FORMULAS = tuple("=+-@|＝＋－＠")


def rows(index: Index, clusters: Iterable[Cluster], events: Iterable[Event]) -> Iterator[list[str]]:
    """The names of the columns; every pair of some clusters that is open; the pairs of some decisions.

    A cell that begins like a formula is shown as text.
    """
    yield list(COLUMNS)
    for cluster in clusters:
        known = index.known(cluster.members)
        for pair in cluster.pairs:
            differs = "; ".join(f"{d.kind}: {d.a or 'not said'} / {d.b or 'not said'}" for d in pair.differs)
            first = (cluster.id, cluster.canonical, pair.band or "", f"{pair.score:.2f}", pair.a, pair.b)
            yield _safe([*first, *_named(known, pair.a, pair.b), differs, "", "", "", ""])
    for event in events:
        yield _safe(_decided(index, event))


def _decided(index: Index, event: Event) -> list[str]:
    score = "" if event.score is None else f"{event.score:.2f}"
    canonical = index.settled.kept(event.b) if event.action == "duplicate" else ""
    named = _named(index.known([event.a, event.b]), event.a, event.b)
    last = ("", event.action, event.editor, event.at, event.note)
    return ["", canonical, event.band or "", score, event.a, event.b, *named, *last]


def _named(known: dict[str, Document], a: str, b: str) -> list[str]:
    """The titles and addresses of two documents, empty where the index has none."""
    found = [known.get(id_) for id_ in (a, b)]
    return [*(d.title if d else "" for d in found), *(d.url if d else "" for d in found)]


def _safe(cells: list[str]) -> list[str]:
    return [f"'{cell}" if cell.lstrip()[:1] in _FORMULAS or cell[:1] in ("\t", "\r", "\n") else cell for cell in cells]

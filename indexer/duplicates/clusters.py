"""Clusters: pairs of questions as stars, in which every member is tied to the canonical one itself.

A chain of weak links is no cluster: where a is like b and b like c, but a not like c, one of a and c stays outside or
b is the one that all are tied to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from indexer.types import Band

ORDER = (Band.SAME, Band.VERY_LIKELY, Band.POSSIBLE)


class Edge(NamedTuple):
    """Two documents, by number, that may ask the same; a is lower than b."""

    a: int
    b: int
    score: float
    band: Band


class Star(NamedTuple):
    """A cluster: the canonical document, all members in order, and every edge among them."""

    canonical: int
    members: tuple[int, ...]
    edges: tuple[Edge, ...]

    @property
    def weakest(self) -> Edge:
        """The weakest of the ties to the canonical document."""
        ties = (edge for edge in self.edges if self.canonical in (edge.a, edge.b))
        return max(ties, key=lambda edge: (ORDER.index(edge.band), -edge.score))


def clusters(edges: Iterable[Edge], merit: Mapping[int, Sequence[int]]) -> list[Star]:
    """The stars of some edges, the surest first; `merit` sorts documents, the best to keep highest.

    The upper bands form their clusters first; what is left, with one document for each of these, forms those of
    possible ones, so that a doubtful tie never widens a sure cluster.
    """
    edges = sorted(edges)
    sure = [edge for edge in edges if edge.band is not Band.POSSIBLE]
    stars = _stars(sure, merit)
    inside = {member for star in stars for member in star.members if member != star.canonical}
    doubtful = [edge for edge in edges if edge.band is Band.POSSIBLE and not {edge.a, edge.b} & inside]
    stars += _stars(doubtful, merit)
    return sorted(stars, key=lambda star: (ORDER.index(star.weakest.band), -star.weakest.score, star.members))


def _stars(edges: Sequence[Edge], merit: Mapping[int, Sequence[int]]) -> list[Star]:
    """Greedy stars, again and again until every tie is in one: no pair is lost, and few documents stand in two."""
    stars: list[Star] = []
    left = list(edges)
    while left:
        found = _round(left, merit)
        inside = {edge for star in found for edge in star.edges}
        left = [edge for edge in left if edge not in inside]
        stars += found
    return stars


def _round(edges: Sequence[Edge], merit: Mapping[int, Sequence[int]]) -> list[Star]:
    """The document with most ties takes all its free neighbours, then the next one."""
    ties: dict[int, dict[int, Edge]] = {}
    for edge in edges:
        ties.setdefault(edge.a, {})[edge.b] = edge
        ties.setdefault(edge.b, {})[edge.a] = edge
    free, stars = set(ties), []
    for centre in sorted(ties, key=lambda n: (-len(ties[n]), n)):
        around = {n for n in ties[centre] if n in free} if centre in free else set()
        if around:
            members = around | {centre}
            stars.append(_star(members, ties, merit))
            free -= members
    return stars


def _star(members: set[int], ties: Mapping[int, Mapping[int, Edge]], merit: Mapping[int, Sequence[int]]) -> Star:
    """The star of members of which at least one is tied to all others: the best such one is canonical."""
    tied = [n for n in members if members <= ties[n].keys() | {n}]
    canonical = max(tied, key=lambda n: (*merit[n], -n))
    edges = {edge for n in members for other, edge in ties[n].items() if other in members}
    return Star(canonical, tuple(sorted(members)), tuple(sorted(edges)))

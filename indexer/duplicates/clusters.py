"""Groups pairs of questions into clusters, each member tied to the canonical one by a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from indexer.generation import Pair
from indexer.types import Band

# The surest band first.
_BANDS = tuple(Band)


class Star(NamedTuple):
    """A cluster: the canonical document, all members in order, and every pair among them."""

    canonical: str
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def weakest(self) -> Pair:
        """The weakest of the ties to the canonical document."""
        ties = (pair for pair in self.pairs if self.canonical in (pair.a, pair.b))
        return max(ties, key=lambda pair: (_BANDS.index(pair.band), -pair.score))


def clusters(
    pairs: Iterable[Pair], keep_order: Mapping[str, tuple[int, ...]], is_decided: Callable[[str, str], bool]
) -> list[Star]:
    """The stars of some pairs, the surest first; `keep_order` sorts documents, the best to keep highest. Two of which
    all is decided are never asked about by way of others.

    Each band forms its clusters after the surer one, whose clusters take part by the question that is kept, so that a
    doubtful tie never widens a sure cluster.
    """
    pairs = sorted(pairs)
    stars: list[Star] = []
    kept: dict[str, str] = {}
    for band in _BANDS:
        ties = between((pair for pair in pairs if pair.band is band), kept)
        own = _stars([pair for pair in ties if not is_decided(pair.a, pair.b)], keep_order)
        known = {star.canonical for star in own}
        kept |= {id_: star.canonical for star in own for id_ in star.members if id_ not in known and id_ not in kept}
        stars += own
    return sorted(stars, key=lambda star: (_BANDS.index(star.weakest.band), -star.weakest.score, star.members))


def between(pairs: Iterable[Pair], kept: Mapping[str, str]) -> list[Pair]:
    """Some pairs as pairs of the questions that are kept for theirs, the surest of each two, ascending."""
    found: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        a, b = sorted((_last(pair.a, kept), _last(pair.b, kept)))
        best = found.get((a, b))
        if a != b and (best is None or _sureness(pair) < _sureness(best)):
            found[a, b] = Pair(a, b, pair.score, pair.band)
    return [found[key] for key in sorted(found)]


def _last(id_: str, kept: Mapping[str, str]) -> str:
    """The question that is kept for one, by one step or more."""
    while id_ in kept:
        id_ = kept[id_]
    return id_


def _sureness(pair: Pair) -> tuple[int, float]:
    return _BANDS.index(pair.band), -pair.score


def _stars(pairs: Sequence[Pair], keep_order: Mapping[str, tuple[int, ...]]) -> list[Star]:
    """Greedy stars: the document with most ties takes all its free neighbours, then the next one; and again until every
    pair is in one: no pair is lost, and few documents stand in two.
    """
    stars: list[Star] = []
    while pairs:
        ties: dict[str, dict[str, Pair]] = {}
        for pair in pairs:
            ties.setdefault(pair.a, {})[pair.b] = pair
            ties.setdefault(pair.b, {})[pair.a] = pair
        free = set(ties)
        for centre in sorted(ties, key=lambda id_: (-len(ties[id_]), id_)):
            members = free & {centre, *ties[centre]}
            if centre in members and len(members) > 1:
                stars.append(_star(sorted(members), ties, keep_order))
                free -= members
        inside = {pair for star in stars for pair in star.pairs}
        pairs = [pair for pair in pairs if pair not in inside]
    return stars


def _star(
    members: Sequence[str], ties: Mapping[str, Mapping[str, Pair]], keep_order: Mapping[str, tuple[int, ...]]
) -> Star:
    """The star of members, ascending, of which at least one is tied to all others: the best such one is canonical."""
    tied = [id_ for id_ in members if ties[id_].keys() | {id_} >= set(members)]
    canonical = max(tied, key=keep_order.__getitem__)  # the first of the best
    pairs = {pair for id_ in members for other, pair in ties[id_].items() if other in members}
    return Star(canonical, tuple(members), tuple(sorted(pairs)))

"""Decisions as they hold in one generation: which question stands for which others, what was judged to be apart.

A verdict holds while both documents are there and say what they said when it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence

from indexer.decisions import Decided, Decisions, Lapsed, Verdict
from indexer.generation import Generation, Ranked


def tie(a: str, b: str) -> tuple[str, str]:
    """Two ids as a pair, ascending."""
    return (a, b) if a < b else (b, a)


class Settled:
    """Made once for a generation and some decisions. A group is a question that is kept and its duplicates."""

    def __init__(
        self, generation: Generation, decisions: Decisions, known: MutableMapping[str, int | None] | None = None
    ) -> None:
        """`known` keeps the digests of texts of the generation, for the next decisions on it."""
        self._decisions = decisions
        self._now: MutableMapping[str, int | None] = {} if known is None else known
        named = {id_ for pair in decisions.pairs for id_ in (pair.a, pair.b)}.union(*decisions.pins.values())
        new = sorted(named.difference(self._now))
        if new:
            self._now.update(zip(new, generation.wordings(new), strict=True))
        held = [pair for pair in decisions.pairs if self._holds(pair)]
        self._targets: dict[str, list[str]] = {}
        for pair in held:
            if pair.verdict is Verdict.DUPLICATE:
                self._targets.setdefault(pair.a, []).append(pair.b)
        # Of each duplicate the question that is shown in its place; of no other.
        self.instead = {id_: kept for id_ in self._targets if (kept := self._last(id_)) != id_}
        self._members: dict[str, list[str]] = {}
        for id_, kept in sorted(self.instead.items()):
            self._members.setdefault(kept, []).append(id_)
        self._related: dict[str, list[str]] = {}
        self._apart: set[tuple[str, str]] = set()
        # Pairs that were said to be one, by name: of several targets only the first is where the group is.
        self._one: set[tuple[str, str]] = set()
        for pair in held:
            if pair.verdict is Verdict.DUPLICATE:
                self._one.add(tie(pair.a, pair.b))
                continue
            self._apart.add(self._between(pair.a, pair.b))
            if pair.verdict is Verdict.RELATED:
                a, b = self.kept(pair.a), self.kept(pair.b)
                self._related.setdefault(a, []).append(b)
                self._related.setdefault(b, []).append(a)
        self._waiting = {self._between(*pair) for pair in decisions.waiting}

    def _holds(self, pair: Decided) -> bool:
        return (self._now[pair.a], self._now[pair.b]) == pair.wordings

    def _last(self, id_: str) -> str:
        """Where the chain of first targets ends; where it begins, if it comes back to itself, which it never should."""
        at, seen = id_, {id_}
        while at in self._targets:
            at = self._targets[at][0]
            if at in seen:
                return id_
            seen.add(at)
        return at

    def _between(self, a: str, b: str) -> tuple[str, str]:
        return tie(self.kept(a), self.kept(b))

    def kept(self, id_: str) -> str:
        """The question that is shown for one: that which it is a duplicate of, else itself."""
        return self.instead.get(id_, id_)

    def others(self, kept: str) -> Sequence[str]:
        """The duplicates that a kept question stands for, ascending."""
        return self._members.get(kept, ())

    def targets(self, id_: str) -> Sequence[str]:
        """The questions that a duplicate points to, as they were named; the first is where its group is."""
        return self._targets.get(id_, ())

    def is_decided(self, a: str, b: str) -> bool:
        """Whether there is nothing to ask about two questions: they are in one group, or their groups were judged."""
        between = self._between(a, b)
        one = between[0] == between[1] or tie(a, b) in self._one
        return one or between in self._apart or between in self._waiting

    def are_apart(self, a: str, b: str) -> bool:
        """Whether an editor said of two questions, or of their groups, that they are not the same."""
        return tie(a, b) not in self._one and self._between(a, b) in self._apart

    def lapsed(self) -> list[Lapsed]:
        """The verdicts that do not hold."""
        found = []
        for pair in self._decisions.pairs:
            sides = list(zip((pair.a, pair.b), pair.wordings, strict=True))
            gone = tuple(id_ for id_, _ in sides if self._now[id_] is None)
            changed = tuple(id_ for id_, said in sides if self._now[id_] not in (None, said))
            if gone or changed:
                found.append(Lapsed(pair, gone, changed))
        return found

    def folded(self, ranked: Iterable[Ranked]) -> list[Ranked]:
        """One for each group, by the score of its best member."""
        best: dict[str, float] = {}
        for r in ranked:
            kept = self.kept(r.id)
            best[kept] = max(r.score, best.get(kept, r.score))
        return [Ranked(kept, score) for kept, score in best.items()]

    def put_first(self, page: str) -> list[str]:
        """What stands first on the panel of a page whatever its score: what is pinned there, then what is related."""
        pages = (page, *self.others(page))
        pinned = [id_ for own in pages for id_ in self._decisions.pins.get(own, ()) if self._now[id_] is not None]
        never = self._never(page)
        first = dict.fromkeys(map(self.kept, [*pinned, *self._related.get(self.kept(page), ())]))
        return [id_ for id_ in first if id_ not in never]

    def shown(self, page: str, ranked: Iterable[Ranked]) -> list[Ranked]:
        """The neighbours that a page, or a draft without an id, may show: one for each group, but for its own group
        and what was excluded.
        """
        never = self._never(page)
        return [r for r in self.folded(ranked) if r.id not in never]

    def _never(self, page: str) -> set[str]:
        """What stands on the panel of a page in no case: its own group, what was excluded from it or from all."""
        pages = ("", page, *self.others(page))
        return {self.kept(id_) for own in pages for id_ in (own, *self._decisions.excluded.get(own, ()))}

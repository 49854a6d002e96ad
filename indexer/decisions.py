"""What editors decided, as data: which questions are one, which are not, which cards are pinned. A public face.

Whoever keeps decisions gives them to `open_index`; they are applied as answers are made, and no index holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Decided", "Decisions", "Lapsed", "Verdict"]


class Verdict(StrEnum):
    """What was decided of two questions."""

    DUPLICATE = "duplicate"
    RELATED = "related"
    DIFFERENT = "different"


class Decided(NamedTuple):
    """Two questions and the verdict on them; of a duplicate `a` points to `b`, which is kept.

    `wordings` are the digests of their texts when it was given (`Index.wordings`). It holds while both still say that.
    """

    verdict: Verdict
    a: str
    b: str
    wordings: tuple[int, int]


class Lapsed(NamedTuple):
    """A verdict that does not hold in a generation: the ids that it does not have, and those whose text changed."""

    decided: Decided
    gone: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided. `pairs` are in the order in which they were; no chain of duplicates may be a circle.

    `waiting` are pairs, ids ascending, that are not proposed for now. `pins` are by page the documents that stand first
    on its panel, `excluded` those that never do, on the page "" those that are on no panel at all.
    """

    pairs: tuple[Decided, ...] = ()
    waiting: frozenset[tuple[str, str]] = frozenset()
    pins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)

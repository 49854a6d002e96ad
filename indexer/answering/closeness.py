"""Closeness: one number that tells "the same matter" from "nothing here", and the floor that it must reach."""

from __future__ import annotations

import math

from indexer.answering.neighbours import Neighbourhood
from indexer.engines import Engine, Ranked
from indexer.ranking.weighting import rarity

# Of 775 questions whose rewrite by a doctor is among 1,550 / 6,905 documents the floor keeps .91 / .83, and it shows
# .20 / .18 once nothing on the subject is left (docs/why/the-floor.md). Longer texts match in more words that say
# less, so it falls with their length.
FLOOR, FLOOR_SLOPE, FLOOR_FROM, FLOOR_LEAST = 2.3, 0.7, 20, 1.45
# Between share of the possible (1) and bare score (0); AUC .785, .784 at .4, .781 at .3, .780 at .5 (6,905 documents).
_POSSIBLE_POWER = 0.45


def closeness(engine: Engine, near: Neighbourhood) -> list[float]:
    """The closeness of each neighbour: score / (possible^.45 · rarest^.55).

    A sum of matches grows with the number of terms, what chance adds to it more slowly; `rarest`, the rarity of a term
    that no document has, takes out the size of the index.
    """
    if near.possible <= 0:
        return [0.0] * len(near.ranked)
    rarest = rarity(engine.statistics.documents, 0)
    scale = near.possible**_POSSIBLE_POWER * rarest ** (1 - _POSSIBLE_POWER)
    return [ranked.score / scale for ranked in near.ranked]


def floor(words: int) -> float:
    """The closeness that a neighbour of a text of so many words must reach to be shown."""
    return max(FLOOR_LEAST, FLOOR - FLOOR_SLOPE * math.log(max(words, FLOOR_FROM) / FLOOR_FROM))


def close_enough(engine: Engine, near: Neighbourhood) -> list[Ranked]:
    """The neighbours that reach the floor."""
    least = floor(near.words)
    return [ranked for ranked, close in zip(near.ranked, closeness(engine, near), strict=True) if close >= least]

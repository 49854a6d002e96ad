"""Neighbours: the documents most like a text, best first, before any policy says which of them are shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indexer.answering.weighing import Weighed
from indexer.generation import Generation, Neighbours, Ranked
from indexer.generation.port import NO_GROUPS
from indexer.ranking.weighting import RESCORED
from indexer.types import EVERYTHING, Filter

# So many are stored for each document: enough for never-itself, one card per wording and the floor to choose four from.
RAW = 24


def neighbours_of(
    generation: Generation,
    text: Weighed,
    *,
    where: Filter = EVERYTHING,
    without: str = "",
    most: int = RAW,
    instead: Mapping[str, str] = NO_GROUPS,
) -> Neighbours:
    """The documents most like a text, `without` (its own document) left out, at most RESCORED, of each group one."""
    # One more than wanted, for its own document.
    limit = min(most + 1, RESCORED)
    found = generation.find(text.request._replace(where=where, limit=limit, instead=instead))
    scores = np.array([r.score for r in found.ranked], np.float32).tolist()
    kept = [Ranked(r.id, score) for r, score in zip(found.ranked, scores, strict=True) if r.id != without]
    return Neighbours(kept[:most], text.possible)

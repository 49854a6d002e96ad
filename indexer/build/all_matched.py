"""Stores where the words stand that the cards of each panel have in common with its page: nobody looks for them later.

The same as `spans_in_common` (answering/panel.py) of the cards that are shown as long as editors decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import numpy as np

from indexer.analysis import FIELDS
from indexer.answering.closeness import JUDGED, page_floor
from indexer.answering.panel import MOST_MATCHED, close_ones, one_per_wording, spans_in_common
from indexer.answering.related import statistics_of, telling
from indexer.build.all_closeness import CLOSENESS
from indexer.generation import SHOWN, Ranked
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import map_array, release, reopen

# Of each document: the numbers of its neighbours that are shown (-1: none), and of each of these the words in common,
# most telling first: the place of the field among FIELDS, start and end in the text of that (all 0: none).
SHOWN_CARDS = "near_shown"
MATCHED_ROWS: dict[str, tuple[tuple[int, ...], type]] = {
    SHOWN_CARDS: ((SHOWN,), np.int32),
    "near_matched": ((SHOWN, MOST_MATCHED, 3), np.uint16),
}
# After so many documents it is told how far this is; so many cards are remembered: the next pages often show the same.
_TOLD, _REMEMBERED = 512, 128


def write_matched(
    arrays: Path, generation: LocalGeneration, numbers: Numbers, tell: Callable[[int], object] = lambda _: None
) -> None:
    """Store the words in common of the cards of some documents, whose neighbours and closeness are stored; nothing
    changes where the same cards are shown as before.
    """
    near, closeness = map_array(arrays, "near"), map_array(arrays, CLOSENESS)
    shown, matched = (reopen(arrays, name) for name in MATCHED_ROWS)
    read = lru_cache(_REMEMBERED)(lambda id_: generation.get([id_])[0])
    for done, n in enumerate(map(int, numbers), 1):
        others = [m for m in near[n, :JUDGED].tolist() if m >= 0]
        id_, *named = generation.named([n, *others])
        floor = page_floor(statistics_of(generation, id_))
        close = close_ones(list(map(Ranked, named, repeat(0.0))), closeness[n, : len(others)].tolist(), floor)
        facts = dict(zip(ids := [r.id for r in close], generation.facts(ids), strict=True))
        cards = [r.id for r in one_per_wording(facts, close)[:SHOWN]]
        row = [others[named.index(card)] for card in cards] + [-1] * (SHOWN - len(cards))
        if row != shown[n].tolist():
            shown[n], matched[n] = row, 0
            spans = spans_in_common(generation, list(map(read, cards)), telling(generation, id_)) if cards else {}
            for at, card in enumerate(cards):
                if words := spans[card]:
                    matched[n, at, : len(words)] = [(FIELDS.index(field), start, end) for field, start, end in words]
        if done % _TOLD == 0 or done == len(numbers):
            for array in (near, closeness, shown, matched):
                release(array)
            generation.release()
            tell(done)

"""Stores where the words stand that the cards of each panel have in common with its page: nobody looks for them later.

The same as `spans_in_common` (answering/panel.py) of the cards that are shown as long as editors decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import repeat

import numpy as np

from indexer.analysis import FIELDS
from indexer.answering.closeness import JUDGED, page_floor
from indexer.answering.panel import MOST_MATCHED, close_ones, one_per_wording, spans_in_common
from indexer.answering.related import statistics_of, telling
from indexer.build.all_closeness import CLOSENESS
from indexer.build.workers import Share, Staged, on_all_cores
from indexer.generation import SHOWN, Ranked
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import stored_analyzer
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import ARRAYS, map_array, release, reopen

# Of each document: the numbers of its neighbours that are shown (-1: none), and of each of these the words in common,
# most telling first: the place of the field among FIELDS, start and end in the text of that (all 0: none).
SHOWN_CARDS = "near_shown"
MATCHED_ROWS: dict[str, tuple[tuple[int, ...], type]] = {
    SHOWN_CARDS: ((SHOWN,), np.int32),
    "near_matched": ((SHOWN, MOST_MATCHED, 3), np.uint16),
}
# So many cards are remembered.
_REMEMBERED = 128


def write_matched(staged: Staged, numbers: Numbers, tell: Callable[[int], object] = lambda _: None) -> None:
    """Store the words in common of the cards of some documents, whose neighbours and closeness are stored; nothing
    changes where the same cards are shown as before. On all cores, where the documents are many.
    """
    first = map_array(staged.folder / ARRAYS, "near")[numbers, 0]
    # Those that have one neighbour first have other cards in common, too, which need to be read once.
    on_all_cores(match_share, staged, numbers[np.argsort(first, kind="stable")], tell)


def match_share(staged: Staged, share: Share, tell: Callable[[int], object]) -> None:
    """Store the words in common of the cards of a worker's share of the documents."""
    arrays, done = staged.folder / ARRAYS, 0
    near, closeness = map_array(arrays, "near"), map_array(arrays, CLOSENESS)
    shown, matched = (reopen(arrays, name) for name in MATCHED_ROWS)
    analyzer = stored_analyzer(arrays, staged.synonyms)
    with closing(LocalGeneration(staged.folder, staged.statistics, analyzer)) as generation:
        read = lru_cache(_REMEMBERED)(lambda id_: generation.get([id_])[0])
        for batch in share.batches():
            for n in batch:
                others = [m for m in near[n, :JUDGED].tolist() if m >= 0]
                id_, *named = generation.named([n, *others])
                cards = _shown(generation, id_, named, closeness[n, : len(others)].tolist())
                row = [others[named.index(card)] for card in cards] + [-1] * (SHOWN - len(cards))
                if row != shown[n].tolist():
                    shown[n], matched[n] = row, 0
                    own = list(map(read, cards))
                    spans = spans_in_common(generation, own, telling(generation, id_)) if own else {}
                    for at, card in enumerate(cards):
                        if words := [(FIELDS.index(field), start, end) for field, start, end in spans[card]]:
                            matched[n, at, : len(words)] = words
            for array in (near, closeness, shown, matched):
                release(array)
            generation.release()
            tell(done := done + len(batch))


def _shown(generation: LocalGeneration, id_: str, others: Sequence[str], closeness: Sequence[float]) -> list[str]:
    """Those neighbours of a document that its panel shows, of some that are so close."""
    floor = page_floor(statistics_of(generation, id_))
    close = close_ones(list(map(Ranked, others, repeat(0.0))), closeness, floor)
    facts = dict(zip(ids := [r.id for r in close], generation.facts(ids), strict=True))
    return [r.id for r in one_per_wording(facts, close)[:SHOWN]]

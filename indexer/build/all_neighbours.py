"""Ranks the neighbours of every document at build, in batches on all cores (workers.py); an update ranks a few again.

Each worker ranks its batches by the same calls as `similar`, and fills its rows of arrays that the build has laid out.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.answering.closeness import JUDGED
from indexer.answering.neighbours import RAW
from indexer.answering.weighing import weigh
from indexer.build.all_closeness import CLOSENESS
from indexer.build.all_matched import MATCHED_ROWS, SHOWN_CARDS
from indexer.build.query_weights import QueryWeights, gathered
from indexer.build.workers import Share, Staged, batches_of, on_all_cores
from indexer.generation.local.finder import SecondStage
from indexer.generation.local.reader import LocalGeneration
from indexer.generation.local.stored import stored_analyzer
from indexer.ranking.hashing import Numbers, key_of
from indexer.ranking.ids import segment_folders
from indexer.ranking.mapped import ARRAYS, create, map_array, reopen
from indexer.ranking.resources import Resources
from indexer.ranking.token_store import StoredWords
from indexer.ranking.vectors import Vector, has_vectors
from indexer.ranking.weighting import NEAREST, RESCORED
from indexer.settings import Settings

# So many documents win back the second that compiled loops take to load.
_WORTH_LOADING = 400
# What is kept of each document: neighbours, what measures them, and by what an update knows what it touches (Bounds).
_ROWS: dict[str, tuple[tuple[int, ...], type]] = {
    "near": ((RAW,), np.int32),
    "near_scores": ((RAW,), np.float32),
    "near_least": ((), np.float64),
    "near_floor": ((), np.float64),
    "near_below": ((), np.int32),
    "near_beyond": ((), np.int32),
    CLOSENESS: ((JUDGED,), np.float32),
    "possible": ((), np.float64),
    **MATCHED_ROWS,
}
# Those that name documents by their numbers, -1 for none.
_NAMING = frozenset({"near", SHOWN_CARDS})
# With vectors also the cosine from which another is among the nearest by meaning (0: every one is).
NEAR_COSINE = "near_cosine"
_MEANT_ROWS: dict[str, tuple[tuple[int, ...], type]] = {NEAR_COSINE: ((), np.float64)}
# So many look at a time for what is nearest to them: each takes four bytes a document.
_TOGETHER = 64

# What a worker keeps of the weights by which its documents look for neighbours.
_SPOOL = "query.{}.spool"
_NOTHING = np.empty(0, np.int64), np.empty(0, np.float64)


class Bounds(NamedTuple):
    """Of each document, which others are in the second stage when its neighbours are ranked: those whose first score is
    at least `least` (0: all that share a term), but for the lowest ones where these are `beyond` what the stage holds
    (below 0: so many it could hold more). All its neighbours that are there by their words alone have at least `floor`;
    so many others are `below` that.
    """

    least: NDArray[np.float64]
    floor: NDArray[np.float64]
    below: NDArray[np.int32]
    beyond: NDArray[np.int32]

    @classmethod
    def of(cls, arrays: Path) -> Bounds:
        """Those of a generation."""
        return cls(*(map_array(arrays, f"near_{name}") for name in cls._fields))

    def write(self, arrays: Path, numbers: Numbers) -> None:
        """Keep those of some documents."""
        for name, values in self._asdict().items():
            reopen(arrays, f"near_{name}")[numbers] = values[numbers]


def lay_out(arrays: Path, documents: int) -> None:
    """Make the rows of so many documents, without a neighbour."""
    for name, (shape, dtype) in _rows_of(arrays).items():
        empty = -1 if name in _NAMING else math.nan if name == CLOSENESS else 0
        create(arrays, name, dtype, (documents, *shape))[...] = empty


def _rows_of(arrays: Path) -> dict[str, tuple[tuple[int, ...], type]]:
    return _ROWS | _MEANT_ROWS if has_vectors(segment_folders(arrays)[0]) else _ROWS


def move_rows(old: Path, arrays: Path, moved: Numbers, documents: int) -> None:
    """Lay out the rows of so many documents, with those of an older generation where `moved` says: the new number of
    each old document, -1 for one that is gone.
    """
    lay_out(arrays, documents)
    kept = np.flatnonzero(moved >= 0)
    for name in _rows_of(arrays):
        rows = map_array(old, name)[kept]
        if name in _NAMING:
            rows = np.where(rows >= 0, moved[rows], -1)
        reopen(arrays, name)[moved[kept]] = rows


def rank_neighbours(staged: Staged, numbers: Numbers, tell: Callable[[int], object]) -> QueryWeights:
    """Rank the neighbours of documents and fill their rows; give the weights by which each looks for them."""
    arrays = staged.folder / ARRAYS
    try:
        workers = on_all_cores(rank_share, staged, numbers, tell)
        return gathered(arrays, [arrays / _SPOOL.format(worker) for worker in range(workers)], batches_of(numbers))
    finally:
        for spool in arrays.glob(_SPOOL.format("*")):
            spool.unlink()


def rank_share(staged: Staged, share: Share, tell: Callable[[int], object]) -> None:
    """Rank the neighbours of a worker's share of the documents."""
    arrays = staged.folder / ARRAYS
    analyzer = stored_analyzer(arrays, staged.synonyms)
    own = StoredWords(arrays)
    rows = {name: reopen(arrays, name) for name in _rows_of(arrays)}
    done = 0
    with ExitStack() as stack:
        # Where the index is of a size that has loops compiled, some hundred lists win back what loading them takes.
        documents = len(rows["near"]) if len(share.todo) >= _WORTH_LOADING else 0
        resources = Resources.of(Settings(compiled=staged.compiled), documents)
        opened = LocalGeneration(staged.folder, staged.statistics, analyzer, resources)
        generation = stack.enter_context(closing(opened))
        spool = stack.enter_context((arrays / _SPOOL.format(share.worker)).open("wb"))
        for batch in share.batches():
            sizes, keys, weights = array("q"), array("Q"), array("f")
            for n, (vector, near) in zip(batch, _nearest(generation, batch), strict=True):
                weighed = weigh(generation, analyzer.analyse_words(own.own(n)), vector=vector)
                found, cosines = near if weighed.meant else _NOTHING
                for name, value in _row(generation.second_stage(weighed.request, found), n, found).items():
                    rows[name][n] = value
                if NEAR_COSINE in rows:
                    rows[NEAR_COSINE][n] = cosines[-1] if len(cosines) == NEAREST else 0.0
                rows["possible"][n] = weighed.possible
                sizes.append(len(weighed.weights))
                keys.extend(map(key_of, weighed.weights))
                weights.extend(weighed.weights.values())
            for part in (sizes, keys, weights):
                np.save(spool, np.array(part))
            done += len(sizes)
            tell(done)
            generation.release()


def _nearest(
    generation: LocalGeneration, numbers: Sequence[int]
) -> Iterator[tuple[Vector | None, tuple[Numbers, NDArray[np.float64]]]]:
    """Of each of some documents its vector, and what is nearest to it by meaning, with the cosines."""
    vectors = generation.vectors
    for low in range(0, len(numbers), _TOGETHER):
        part = numbers[low : low + _TOGETHER]
        if vectors is None:
            yield from ((None, _NOTHING) for _ in part)
        else:
            own = vectors.of(np.array(part))
            yield from zip(own, vectors.nearest(own, generation.live, NEAREST), strict=True)


def _row(stage: SecondStage, number: int, by_meaning: Numbers) -> dict[str, Any]:
    """The neighbours of a document, its own self left out, and the bounds of its second stage, as they are kept;
    `by_meaning` are those that are in the stage by what they mean, whatever comes by words.
    """
    others = np.flatnonzero(stage.numbers != number)[:RAW]
    near, scores = np.full(RAW, -1), np.zeros(RAW)
    near[: len(others)], scores[: len(others)] = stage.numbers[others], stage.scores[others]
    floor = stage.first[others[~np.isin(stage.numbers[others], by_meaning)]].min(initial=np.inf)
    return {
        "near": near,
        "near_scores": scores,
        "near_least": stage.least,
        "near_floor": floor,
        "near_below": np.count_nonzero(stage.first[stage.by_words] < floor),
        "near_beyond": np.count_nonzero(stage.by_words) - RESCORED,
    }

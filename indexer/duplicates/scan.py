"""The scan: every pair of questions of an index that may be the same question, found at build and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Question
from indexer.analysis import Analyzer, own_text, wording
from indexer.answering.closeness import close_enough
from indexer.answering.neighbours import Neighbourhood, StoredNeighbours
from indexer.duplicates.clusters import ORDER, Edge
from indexer.duplicates.pairs import POSSIBLE, STORY, Profile, Profiles, band, likelihood
from indexer.duplicates.templates import Templates, find_templates
from indexer.engines import Engine
from indexer.ranking.tables import ARRAYS, map_array
from indexer.types import Band

# A panel shows so many cards; two long stories that each show the other are worth a look.
_PANEL = 4
# Among so many questions of one wording every pair is named; of more, each with the best of them alone.
_ALL_PAIRS = 20
# A neighbour that earns less of what is possible has not half of the telling words in common.
_LEAST_SHARE = 0.5
_KEPT = 1 << 13

Merit = tuple[int, int, int, int, int]


class Survey:
    """What a first pass over the documents finds: wordings, templates, and what speaks for keeping a document."""

    def __init__(self, documents: Iterable[Document], analyzer: Analyzer) -> None:
        self.groups: dict[int, list[int]] = {}
        self._merit: list[tuple[int, int, int, int]] = []
        self._names: list[tuple[str, int]] = []
        self._listed: Counter[str | int] = Counter()
        self.templates: Templates = find_templates(self._wordings(documents, analyzer))

    def _wordings(self, documents: Iterable[Document], analyzer: Analyzer) -> Iterator[Sequence[str]]:
        for n, document in enumerate(documents):
            self._names.append((document.url, wording(document.title)))
            if not isinstance(document, Question):
                self._merit.append((0, 0, 0, 0))
                continue
            text = own_text(document)
            self.groups.setdefault(wording(text), []).append(n)
            self._listed.update(link.url or wording(link.title) for link in document.listed)
            words = sum(len(answer.text.split()) for answer in document.answers)
            named = any(answer.author for answer in document.answers)
            # An older question keeps its address; one without a date counts as the newest.
            day = -document.asked.toordinal() if document.asked else -(1 << 30)
            self._merit.append((bool(document.answers), named, words, day))
            yield analyzer.analyse(text).tokens

    def merit(self) -> list[Merit]:
        """What speaks for keeping each document: answered, by a named doctor, listed so often, words of answer, age."""
        times = [self._listed[url] or self._listed[title] for url, title in self._names]
        return [(m[0], m[1], n, m[2], m[3]) for m, n in zip(self._merit, times, strict=True)]


def write_pairs(
    folder: Path,
    engine: Engine,
    ids: Sequence[str],
    documents: Iterable[Document],
    tell: Callable[[int], object],
) -> None:
    """Find the pairs among questions, which come in the order of `ids`, and write them beside the neighbours.

    Candidates are identical wordings and each question's own neighbours: a second join would find templates.
    """
    survey = Survey(documents, engine.analyzer)
    merit = survey.merit()
    same = list(_same(survey.groups, merit))
    profiles = Profiles(engine, survey.templates)
    wordings = {n: key for key, group in survey.groups.items() for n in group}
    edges = sorted({*same, *_alike(folder, engine, ids, wordings, profiles, tell)})
    arrays = folder / ARRAYS
    survey.templates.write(arrays)
    rows = [(edge.a, edge.b, ORDER.index(edge.band)) for edge in edges]
    np.save(arrays / "pairs.npy", np.array(rows, np.int32).reshape(-1, 3))
    np.save(arrays / "pair_scores.npy", np.array([edge.score for edge in edges], np.float32))
    np.save(arrays / "merit.npy", np.array(merit, np.int64).reshape(-1, 5))


def read_pairs(folder: Path) -> list[Edge]:
    """The pairs that `write_pairs` wrote."""
    arrays = folder / ARRAYS
    rows, scores = map_array(arrays, "pairs").tolist(), map_array(arrays, "pair_scores").tolist()
    return [Edge(a, b, score, ORDER[place]) for (a, b, place), score in zip(rows, scores, strict=True)]


def read_merit(folder: Path) -> NDArray[np.int64]:
    """What speaks for keeping each document, a row of numbers each (see Survey.merit)."""
    return map_array(folder / ARRAYS, "merit").astype(np.int64, copy=False)


def _same(groups: Mapping[int, Sequence[int]], merit: Sequence[Merit]) -> Iterator[Edge]:
    """The pairs of identical wording."""
    for group in groups.values():
        best = max(group, key=lambda n: (*merit[n], -n))
        for a, b in combinations(group, 2):
            if len(group) <= _ALL_PAIRS or best in (a, b):
                yield Edge(a, b, 1.0, Band.SAME)


def _alike(
    folder: Path,
    engine: Engine,
    ids: Sequence[str],
    wordings: Mapping[int, int],
    profiles: Profiles,
    tell: Callable[[int], object],
) -> Iterator[Edge]:
    """The pairs of different wordings among stored neighbours that are in a band."""
    near, number = StoredNeighbours(folder), {id_: n for n, id_ in enumerate(ids)}

    @lru_cache(maxsize=_KEPT)
    def profiled(n: int) -> Profile:
        return profiles.of(engine.get([ids[n]])[0])

    panels: dict[int, set[int]] = {}
    told: set[tuple[int, int]] = set()
    for done, n in enumerate(sorted(wordings), 1):
        found = near.of(ids[n])
        if found is None:
            continue
        panels[n] = _panel(engine, found, number) if found.words > STORY else set()
        for ranked in found.ranked:
            m = number[ranked.id]
            if m not in wordings or wordings[m] == wordings[n]:
                continue
            if ranked.score >= _LEAST_SHARE * found.possible:
                a, b = min(n, m), max(n, m)  # one order: found from both sides, a pair is one pair
                score = likelihood(profiled(a), profiled(b))
                if kind := band(profiled(a), profiled(b), score):
                    told.add((a, b))
                    yield Edge(a, b, score, kind)
        tell(done)
    for n, shown in panels.items():
        mutual = (
            m for m in shown if n < m and n in panels.get(m, ()) and (n, m) not in told and wordings[m] != wordings[n]
        )
        yield from (Edge(n, m, POSSIBLE, Band.POSSIBLE) for m in mutual)


def _panel(engine: Engine, found: Neighbourhood, number: Mapping[str, int]) -> set[int]:
    """The documents of a panel, before any policy."""
    return {number[ranked.id] for ranked in close_enough(engine, found)[:_PANEL]}

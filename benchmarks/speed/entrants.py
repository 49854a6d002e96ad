"""Who takes part: each engine with its peer file, what it needs, and what it is asked in which job."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Ratios are to this one's cost of the same query.
REFERENCE = "tantivy"
# The jobs that ask queries; `queries.json` has the texts of the first three, `see-also` asks by id, `page` and `facets`
# what `keyword` asks.
PAGE, FACETS = "page", "facets"
ASKED = ("keyword", "free", "long", "see-also", PAGE, FACETS)
JOBS = (*ASKED, "build", "update", "first")
# What a trial on the sample does; the first answers of bm25s alone take half a minute.
TRIAL = (*ASKED, "build", "update")

_SEARCH = {"keyword": ("search",), "free": ("search",)}
_SEEALSO = {
    "keyword": ("rank", "search"),
    "free": ("rank", "search", "similar"),
    "long": ("rank", "similar"),
    "see-also": ("more_like", "neighbours", "related"),
    PAGE: ("page",),
    FACETS: ("search", "unfaceted", "filtered"),
}
_WHOLE = ("search", "similar", "neighbours", "related", "page", "unfaceted", "filtered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """An engine of the benchmark.

    `methods` are what it is asked in each job, `heavy` those of them that work for milliseconds: they are asked apart,
    or else they would push what the others read out of the processor's caches. `needs` are the packages it imports,
    `searched` the files of its index that ranking reads, `most` how many documents it can take in a reasonable time.
    `updates` says whether its index takes changes, so that the job `update` measures them.
    """

    module: str
    methods: Mapping[str, Sequence[str]]
    heavy: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    searched: str = "*"
    most: int = 1_000_000
    updates: bool = False
    options: Mapping[str, bool] = field(default_factory=dict)

    def refusal(self, documents: int) -> str:
        """Why it cannot take part; empty where it can."""
        missing = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if missing:
            remedy = "pip install --require-hashes -r requirements/bench.txt"
            return f"{', '.join(missing)} is not installed; install it: {remedy}"
        if documents > self.most:
            return f"too slow for more than {self.most:,} documents"
        return ""


ENTRANTS: Mapping[str, Entrant] = {
    "tantivy": Entrant(
        module="tantivy",
        needs=("tantivy",),
        methods=_SEARCH | {"long": ("search",), "see-also": ("more_like",), PAGE: ("page",)},
        heavy=("page",),
    ),
    "bm25s": Entrant(module="bm25s", needs=("bm25s", "numba", "Stemmer"), methods=_SEARCH),
    "sqlite": Entrant(module="sqlite", methods=_SEARCH, heavy=("search",)),
    "whoosh": Entrant(
        module="whoosh",
        needs=("whoosh",),
        methods=_SEARCH | {"see-also": ("more_like",)},
        heavy=("search", "more_like"),
        most=20_000,
    ),
    "seealso": Entrant(
        module="seealso",
        needs=("numba", "isal"),
        methods=_SEEALSO,
        heavy=_WHOLE,
        searched="arrays/**/*",
        updates=True,
        options={"compiled": True},
    ),
    "seealso-numpy": Entrant(
        module="seealso",
        methods=_SEEALSO,
        heavy=_WHOLE,
        searched="arrays/**/*",
        updates=True,
        options={"compiled": False},
    ),
}  # fmt: skip

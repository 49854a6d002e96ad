"""What a caller may choose about an index."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.errors import RequestRefused

ENGINES = ("whoosh", "plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`engine` holds the documents: `whoosh` on disk, or `plain`, the definition in memory, for small corpora and
    tests. `keep` is how many generations stay on disk for rollback, the live one included (at least 2).
    """

    engine: str = "whoosh"
    keep: int = 3

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise RequestRefused(f"no engine {self.engine!r}", "Settings.engine", f"known are {', '.join(ENGINES)}")
        if self.keep < 2:
            raise RequestRefused(f"keep is {self.keep}", "Settings.keep", "keep 2 or more generations")

"""What an open index holds on to: the generation, which other decisions share, and how it was opened."""

from __future__ import annotations

from typing import NamedTuple

from indexer.answering.notices import Notices
from indexer.duplicates.listing import Questions
from indexer.generation import Generation
from indexer.settings import Settings


class Opening(NamedTuple):
    """How an index was opened, and the next generation of it will be."""

    settings: Settings
    notices: Notices
    serving: bool


class Held:
    """A generation that is open, and what is read of it once; the indexes that share it differ in decisions."""

    def __init__(self, generation: Generation) -> None:
        self.generation: Generation | None = generation
        self.questions = Questions()
        # The digests of texts by which decisions know them, as far as they were asked for.
        self.wordings: dict[str, int | None] = {}

    def close(self) -> None:
        """Let go of the files, which nothing else holds."""
        if self.generation is not None:
            self.generation.close()
            self.generation = None

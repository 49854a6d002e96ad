"""The definition keeps the suite of generations."""

from __future__ import annotations

import pytest

from indexer.analysis import Analyzer
from tests.indexer.generation.suite import GenerationSuite, Made
from tests.indexer.plain import PlainGeneration, boilerplate_of


class TestPlain(GenerationSuite):
    """The definition itself."""

    @pytest.fixture
    def made(self) -> Made:
        """A generation in memory."""
        return lambda documents: PlainGeneration(documents, Analyzer(boilerplate=boilerplate_of(documents)))

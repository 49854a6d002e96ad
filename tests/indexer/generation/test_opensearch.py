"""A generation on a real cluster keeps the suite, and agrees with the definition to the last bit."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from corpus import Document
from indexer import OpenSearchIndex, Settings, build
from indexer.generation import Generation, store_of
from tests.documents import in_two_scripts
from tests.indexer.generation.nodes import Nodes, running, what_is_missing
from tests.indexer.generation.oracle import check_same, frozen_frequencies
from tests.indexer.generation.suite import GenerationSuite, Made
from tests.indexer.plain import PlainGeneration

if missing := what_is_missing():
    if os.environ.get("SEEALSO_CLUSTER") == "required":
        raise RuntimeError(missing)
    pytest.skip(missing, allow_module_level=True)

# Of how many shards an index is; one is enough to wait for in the short run.
SHARDS = [1, 3] if os.environ.get("SEEALSO_LONG") else [3]
_NAMES = count()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """One node."""
    with running(tmp_path_factory.mktemp("cluster")) as one:
        yield one


@pytest.fixture(params=SHARDS)
def place(cluster: Nodes, request: pytest.FixtureRequest) -> OpenSearchIndex:
    """An index that is not there yet."""
    return OpenSearchIndex(f"opensearch+http://{cluster.hosts}/test-{next(_NAMES)}", shards=request.param, replicas=0)


class TestOpenSearch(GenerationSuite):
    """The suite of generations."""

    @pytest.fixture
    def made(self, place: OpenSearchIndex) -> Iterator[Made]:
        """A generation on the cluster, closed after the test."""
        opened: list[Generation] = []

        def make(documents: list[Document]) -> Generation:
            build(place, documents, settings=Settings(compiled=False), shrink=True)
            opened.append(store_of(place).open(Settings()))
            return opened[-1]

        yield make  # type: ignore[misc]  # it takes any sequence
        for generation in opened:
            generation.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_cluster_says_what_the_definition_does(place: OpenSearchIndex, seed: int) -> None:
    """Everything that the port has, of more documents than are weighed again, in two scripts."""
    documents = in_two_scripts(random.Random(seed), 250)
    build(place, documents, settings=Settings(compiled=False))
    with closing(store_of(place).open(Settings())) as there:
        frozen = there.statistics, frozen_frequencies(there), there.templates
        check_same(there, PlainGeneration(documents, there.analyzer, *frozen), seed)

"""What many tests share: the sample corpus, and an index of it built once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import corpus
import indexer
from tests.long_run import LONG

ROOT = Path(__file__).parents[1]
# A busy machine is no fault of the code; and the same examples on every machine make a failure one that can be shown.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    print_blob=False,
    database=None,
    max_examples=200 if LONG else 15,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith("SEEALSO_") and name not in KEPT]:
        monkeypatch.delenv(name)


KEPT = ("SEEALSO_BROWSER", "SEEALSO_CLUSTER", "SEEALSO_DATA", "SEEALSO_JAVA", "SEEALSO_LONG", "SEEALSO_OPENSEARCH")


@pytest.fixture(scope="session")
def sample() -> list[corpus.Document]:
    """The documents of the sample corpus."""
    return list(corpus.read(*corpus.sample()))


@pytest.fixture(scope="session")
def sample_path(sample: list[corpus.Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the sample corpus; tests must not change it."""
    path = tmp_path_factory.mktemp("sample") / "index"
    indexer.build(path, sample)
    return path


@pytest.fixture(scope="session")
def sample_index(sample_path: Path) -> Iterator[indexer.Index]:
    """The open index of the sample corpus."""
    with indexer.open_index(sample_path) as index:
        yield index

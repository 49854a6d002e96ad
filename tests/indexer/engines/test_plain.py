"""The plain engine keeps the suite."""

from tests.indexer.engines.suite import EngineSuite


class TestPlain(EngineSuite):
    """The definition itself."""

    name = "plain"

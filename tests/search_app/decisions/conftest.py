"""A clock that tests of decisions move."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """It stands until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at NOW."""
    return Clock()

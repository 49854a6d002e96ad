"""What the short run of the tests leaves out: `./seealso test --long` takes all of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

LONG = bool(os.environ.get("SEEALSO_LONG"))
# A test, or one of its cases, that the short run skips.
long_run = pytest.mark.skipif(not LONG, reason="run by ./seealso test --long")
_Value = TypeVar("_Value")


def few(values: Sequence[_Value], every: int) -> Sequence[_Value]:
    """All values in the long run, in the short one the first of every so many."""
    return values if LONG else values[::every]

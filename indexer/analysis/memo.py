"""A bounded cache of what a function makes of short texts; for what is asked millions of times in a build."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

# What longer texts give is made each time: a page of data without spaces must not stay in memory.
MOST_KEY = 40
_Value = TypeVar("_Value")


class Memo(dict[str, _Value]):
    """What `make` makes of each text; emptied when it is full. A look-up costs what one in a dictionary does, half of
    functools' caches; threads may share it, and at worst make a value twice.
    """

    def __init__(self, make: Callable[[str], _Value], most: int) -> None:
        """`most` is how many are kept."""
        self._make, self._most = make, most

    def __missing__(self, key: str) -> _Value:
        made = self._make(key)
        if len(key) <= MOST_KEY:
            if len(self) >= self._most:
                self.clear()
            self[key] = made
        return made

"""Finds what a mapping names in a record: a column, or a field within others such as `fields.title.rendered`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from corpus.errors import CorpusError

Record = dict[str, Any]

_PART = re.compile(r"([^.\[\]]+)|\[(-?\d+)\]|\[(?:(\d+):)?(\d*)\]")
# A name that a mapping may leave out of a record ends with this.
_OPTIONAL = "?"
_LIST = re.compile(r"\[(?:\d+:\d*)?\]\.?")
_MISSING = object()


def find(record: Mapping[str, Any], column: str) -> object:
    """The value of a column, or of a field by its path: `a.b` is b within a, `a[0]` the first of a list, `a[].b` the b
    of each, `a[1:].b` of each but the first. A name that ends with `?` may be missing: None.

    Raises CorpusError for a column that is missing.

    >>> find({"title": {"rendered": "Hoarse"}, "tags": [{"name": "ear"}, {"name": "throat"}]}, "tags[].name")
    ['ear', 'throat']
    """
    name = column.removesuffix(_OPTIONAL)
    found = record[name] if name in record else _follow(record, _steps(name))
    if found is not _MISSING:
        return found
    if column.endswith(_OPTIONAL):
        return None
    raise CorpusError(f"no column {column!r}", "record", f"it has {', '.join(map(str, record))[:200]}")


def as_text(value: object) -> str:
    """A value as text, by which records are told apart: nothing for none, `true` and `false` as JSON has them."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()


def parted(path: str) -> tuple[str, str]:
    """A path parted behind the first list that it goes through: the list, and what stands in each of its members; no
    list and the whole path where it goes through none.

    >>> parted("tickets[].subject")
    ('tickets[]', 'subject')
    """
    found = _LIST.search(path)
    return (path[: found.end()].rstrip("."), path[found.end() :]) if found else ("", path)


@cache
def _steps(path: str) -> tuple[str | int | slice, ...]:
    steps: list[str | int | slice] = []
    for name, index, start, stop in _PART.findall(path):
        if name:
            steps.append(name)
        elif index:
            steps.append(int(index))
        else:
            steps.append(slice(int(start or 0), int(stop) if stop else None))
    return tuple(steps)


def _follow(value: object, steps: tuple[str | int | slice, ...]) -> object:
    for number, step in enumerate(steps):
        if value is None:
            return None
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return _MISSING
            value = value[step]
            continue
        items = value if isinstance(value, list) else [value]  # XML writes a list of one like a value
        if isinstance(step, slice):
            found = (_follow(item, steps[number + 1 :]) for item in items[step])
            return [item for item in found if item is not _MISSING]
        if not -len(items) <= step < len(items):
            return _MISSING
        value = items[step]
    return value

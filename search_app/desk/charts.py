"""Charts as places in a drawing: of shares with their intervals, and of counts week by week. Templates draw them.

Each chart is drawn twice, for a narrow and a broad page, so that letters keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from indexer.evaluation import Share

_ROW, _TOP = 40, 30
NARROW, BROAD = 360, 800
_LEFT, _RIGHT = 116, 170


class Bar(NamedTuple):
    """A row of a chart of shares: its name, where its interval begins and ends, where the share is, and its height."""

    row: Share
    low: float
    high: float
    at: float
    y: float


class Shares(NamedTuple):
    """A chart of shares: its width and height, the places of 0, 25, 50, 75 and 100 %, and its rows."""

    width: int
    height: int
    grid: list[tuple[float, int]]
    bars: list[Bar]


def shares(rows: Sequence[Share], width: int) -> Shares:
    """The chart of some shares of which something was judged."""
    right = _RIGHT if width == BROAD else 46
    span = width - _LEFT - right

    def place(part: float) -> float:
        return round(_LEFT + span * part, 1)

    known = [row for row in rows if row.share is not None]
    bars = [
        Bar(row, place(row.low), place(row.high), place(row.share or 0.0), _TOP + n * _ROW + _ROW / 2)
        for n, row in enumerate(known)
    ]
    grid = [(place(part / 100), part) for part in (0, 25, 50, 75, 100)]
    return Shares(width, _TOP + _ROW * len(known) + 24, grid, bars)


class Line(NamedTuple):
    """A chart of counts: width, height, its line as the path of an SVG, the places of its steps of height, and each
    point with its name and count.
    """

    width: int
    height: int
    path: str
    steps: list[tuple[float, int]]
    points: list[tuple[float, float, str, int]]


def line(counts: Sequence[tuple[str, int]], width: int) -> Line:
    """The chart of counts, each with its name, in order."""
    left, right, top, bottom = 40, 56, 24, 190
    most = max((count for _, count in counts), default=0) or 1
    step = _step(most)
    roof = -(-most // step) * step

    def height(count: int) -> float:
        return round(bottom - (bottom - top) * count / roof, 1)

    wide = (width - left - right) / max(1, len(counts) - 1)
    points = [(round(left + n * wide, 1), height(count), name, count) for n, (name, count) in enumerate(counts)]
    path = "M" + " L".join(f"{x} {y}" for x, y, _, _ in points) if points else ""
    steps = [(height(at), at) for at in range(0, roof + 1, step)]
    return Line(width, bottom + 30, path, steps, points)


def _step(most: int) -> int:
    """The distance of the lines behind a chart: 1, 2 or 5 times a power of ten, of which at most five reach the top."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * factor * size:
                return factor * size
        size *= 10

"""A chart of results: what a query of each job costs each engine, at every size measured; SVG without any package.

    python benchmarks/speed/chart.py RESULT.json... OUT.svg

Each job is a panel, each engine and method a row, each size a dot: the smaller, the paler. The axis
is logarithmic. SeeAlso's own rows are blue. The colours are legible on white and on black.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

WIDTH = 720
_LEFT, _RIGHT, _ROW, _HEAD, _FOOT, _TOP = 180, 24, 20, 34, 18, 30
_JOBS = {
    "keyword": "Two to four words",
    "free": "A patient’s question, 20–60 words",
    "long": "A draft, 120–300 words",
    "see-also": "Most like a document",
}
_STYLE = (
    "text{font:12px sans-serif;fill:#6b7280}.job{font-weight:bold}.own{fill:#2f7fd1}.peer{fill:#8a8f98}"
    "line{stroke:#8a8f98;stroke-width:1}.tick{stroke-opacity:.25}.row{stroke-opacity:.5}.row.own{stroke:#2f7fd1}"
)

# The size's number of documents, and what the row costs there in milliseconds.
Row = list[tuple[int, float]]
Panels = dict[str, dict[str, Row]]


class Axis(NamedTuple):
    """A logarithmic axis from one power of ten to another."""

    low: int
    high: int

    def place(self, value: float) -> float:
        """Where a value stands, in pixels from the left."""
        return _LEFT + (math.log10(value) - self.low) / (self.high - self.low) * (WIDTH - _LEFT - _RIGHT)


def panels(results: Sequence[Mapping[str, Any]]) -> Panels:
    """The rows of each job, with a dot for every size in which they were measured."""
    told: Panels = {}
    for result in sorted(results, key=lambda result: int(result["documents"])):
        for job in (job for job in _JOBS if job in result["jobs"]):
            for line, figures in result["jobs"][job].items():
                dot = (int(result["documents"]), float(figures["p50_ms"]))
                told.setdefault(job, {}).setdefault(line, []).append(dot)
    return told


def axis_of(told: Panels) -> Axis:
    """The powers of ten around every value."""
    values = [cost for rows in told.values() for row in rows.values() for _, cost in row]
    low = math.floor(math.log10(min(values)))
    return Axis(low, max(low + 1, math.ceil(math.log10(max(values)))))


def drawn(results: Sequence[Mapping[str, Any]]) -> str:
    """The whole picture. Raises SystemExit where no result asked a query."""
    told = panels(results)
    if not told:
        raise SystemExit("no result holds a job that asks queries")
    sizes = sorted({size for rows in told.values() for row in rows.values() for size, _ in row})
    axis, top, parts = axis_of(told), _TOP, [_legend(sizes)]
    for job, rows in told.items():
        parts.append(_panel(job, rows, axis, sizes, top))
        top += _HEAD + _ROW * len(rows) + _FOOT
    parts.append(f'<text x="{(WIDTH + _LEFT) / 2}" y="{top + 8}" text-anchor="middle">CPU, ms a query (median)</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + 20}" viewBox="0 0 {WIDTH} {top + 20}" '
        f'role="img"><title>CPU a query by job, engine and size</title><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )


def _legend(sizes: Sequence[int]) -> str:
    parts = ['<text x="0" y="16">documents:</text>']
    for place, size in enumerate(sizes):
        x = 84 + place * 90
        parts.append(f'{_dot(x, 12, size, sizes, "peer")}<text x="{x + 9}" y="16">{size:,}</text>')
    return "".join(parts)


def _dot(x: float, y: float, size: int, sizes: Sequence[int], kind: str) -> str:
    full = (sizes.index(size) + 1) / len(sizes)
    colour = "#2f7fd1" if kind == "own" else "#8a8f98"
    return f'<circle cx="{x:.1f}" cy="{y}" r="4.5" class="{kind}" fill-opacity="{full:.2f}" stroke="{colour}"/>'


def _panel(job: str, rows: Mapping[str, Row], axis: Axis, sizes: Sequence[int], top: int) -> str:
    bottom = top + _HEAD + _ROW * len(rows) - 6
    parts = [f'<text x="0" y="{top + 14}" class="job">{escape(_JOBS[job])}</text>']
    for power in range(axis.low, axis.high + 1):
        x = axis.place(10.0**power)
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{top + 22}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 12}" text-anchor="middle">{10.0**power:g}</text>')
    for number, (line, row) in enumerate(rows.items()):
        y, kind = top + _HEAD + number * _ROW, "own" if line.startswith("seealso") else "peer"
        ends = [axis.place(cost) for _, cost in row]
        parts.append(f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end" class="{kind}">{escape(line)}</text>')
        parts.append(f'<line class="row {kind}" x1="{min(ends):.1f}" x2="{max(ends):.1f}" y1="{y}" y2="{y}"/>')
        parts += [_dot(x, y, size, sizes, kind) for x, (size, _) in zip(ends, row, strict=True)]
    return "".join(parts)


def main(argv: Sequence[str] | None = None) -> int:
    """Draw from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="+", metavar="RESULT.json")
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    options = parser.parse_args(argv)
    results = [json.loads(path.read_text(encoding="utf-8")) for path in options.results]
    options.out.write_text(drawn(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

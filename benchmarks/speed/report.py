"""A result as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(result: Mapping[str, Any]) -> str:
    """Every figure of a result, one block a job."""
    about = result["machine"]
    machine = f"{about['processor']}, {about['cores']} cores, {about['python']}"
    lines = [f"{result['documents']:,} documents ({result['source']}); {machine}"]
    for job, rows in result["jobs"].items():
        columns = list(dict.fromkeys(column for row in rows.values() for column in row))
        lines += ["", f"{job:<26}" + "".join(f"{column:>17}" for column in columns)]
        for name, row in rows.items():
            lines.append(f"  {name:<24}" + "".join(f"{_cell(row.get(column)):>17}" for column in columns))
    lines += [f"\nleft out: {name}: {why}" for name, why in result["skipped"].items()]
    return "\n".join(lines) + "\n"


def _cell(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if value >= 100 else f"{value:.3g}"

"""What the figures were measured on: processor, memory, Python and packages; no names of hosts, no paths."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sqlite3
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("numpy", "numba", "isal", "whoosh", "PyStemmer", "tantivy", "bm25s")


def machine() -> dict[str, str | int | float]:
    """The machine and its Python; `load` is how busy it was when the run began."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2),
    }


def packages() -> dict[str, str]:
    """The versions of what takes part; what is not installed is left out."""
    told = {"seealso": _own_version(), "sqlite": sqlite3.sqlite_version}
    for name in _PACKAGES:
        try:
            told[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return told


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _own_version() -> str:
    # Importing search_app would load the web framework.
    text = (ROOT / "search_app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found[1] if found else ""

"""The way forward if a Python breaks Whoosh 2.7.4: the engine's suite on whoosh3, in an environment of its own."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "whoosh3.txt"
# Where Whoosh is asked for something; a cluster and the definition know nothing of it, nor do three tests of arrays.
WITH_WHOOSH = ("test_blocks.py", "test_local.py", "test_scarce.py", "test_whoosh_traps.py")
WITHOUT = ("-k", "not finds_what_the_definition_does and not rows_alone and not three_hundred")


def environment() -> Path:
    """The Python of an environment with whoosh3 in the place of Whoosh, made once for each lock file."""
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    home = ROOT / ".seealso" / f"whoosh3-{digest}"
    ready = home / "ready"
    if not ready.exists():
        venv.create(home, with_pip=False, clear=True)
        pip = [sys.executable, "-m", "pip", "--python", str(home), "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-compile", "--require-hashes", "-r", str(LOCK)], check=True)
        ready.touch()
    return home / "bin" / "python"


def test_the_suite_of_generations_passes_on_whoosh3() -> None:
    """Every test of generations, traps included, passes with whoosh3 3.54.0 as with Whoosh 2.7.4."""
    if not os.environ.get("SEEALSO_LONG"):
        pytest.skip("run on another engine by ./seealso test --long")
    python = environment()
    owners = "*sorted(set(m.packages_distributions()['whoosh']))"
    code = f"import importlib.metadata as m; print({owners}, m.version('whoosh3'))"
    told = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["whoosh3", "3.54.0"]
    done = subprocess.run(
        [python, "-m", "pytest", "-q", *(f"tests/indexer/generation/{name}" for name in WITH_WHOOSH), *WITHOUT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) > 60

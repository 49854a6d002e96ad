"""The one command for every check of a checkout: ruff, mypy, import-linter, pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

_STEPS = (
    # Or each process of pytest would compile them for itself.
    ("compiled loops", ("-m", "search_app", "warm")),
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("import-linter", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
)


@click.command(epilog="Example: seealso test -k panel", context_settings={"ignore_unknown_options": True})
@click.option("--long", "thorough", is_flag=True, help="Measure the relevance gate on real data too: minutes.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENT]...")
def test(thorough: bool, arguments: tuple[str, ...]) -> None:
    """Run every check of a checkout; arguments go to pytest."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "tests").is_dir():
        click.echo("seealso: this is an installed package; run the checks in a checkout: ./seealso test", err=True)
        sys.exit(2)
    environment = {**os.environ, "SEEALSO_LONG": "1"} if thorough else dict(os.environ)
    steps = [
        (name, subprocess.Popen([sys.executable, *command], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        for name, command in (_STEPS if not arguments else ())
    ]
    failed = []
    for name, step in steps:
        told, _ = step.communicate()
        click.echo(f"== {name}\n{told.decode(errors='replace')}", nl=False)
        sys.stdout.flush()
        if step.returncode:
            failed.append(name)
    click.echo("== pytest")
    sys.stdout.flush()
    # All of them by two processes more than there are cores, since many wait; some alone, for their order and output.
    chosen = arguments or ("-n", str((os.cpu_count() or 1) + 2), "--dist", "loadfile", "--no-loadscope-reorder")
    tests = subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=root, check=False, env=environment)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
    sys.exit(1 if failed or tests.returncode else 0)

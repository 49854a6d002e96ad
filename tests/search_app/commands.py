"""Commands as their own process would run them, within that of the tests: sooner, and with the same output."""

from __future__ import annotations

from click.testing import CliRunner

from search_app.cli import cli


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    """A command's exit status, stdout and stderr; `typed` is what its standard input holds."""
    result = CliRunner().invoke(cli, arguments, input=typed)
    return result.exit_code, result.stdout, result.stderr

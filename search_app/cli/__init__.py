"""The command line: every command, its options, and the exit statuses."""

from __future__ import annotations

import click

from search_app.cli import ask, checks, content, demo, operate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="seealso", message="%(version)s")
def cli() -> None:
    """Search, similar questions and duplicates for a health site's questions and articles.

    Begin with: seealso demo

    Exit status: 0 done (no hits is done), 1 a check failed, 2 wrong usage, 3 a source or the index cannot be used,
    4 another build holds the lock.
    """


for command in (
    demo.demo,
    content.build,
    ask.search,
    ask.related,
    ask.similar,
    operate.serve,
    operate.info,
    operate.verify,
    operate.rollback,
    checks.test,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    cli(prog_name="seealso")

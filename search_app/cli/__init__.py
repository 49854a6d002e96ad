"""The command line: every command, its options, and the exit statuses."""

from __future__ import annotations

import io
import signal
import sys

import click

import search_app
from search_app.cli import ask, bench, checks, content, deciding, demo, editors, follow, measure, operate, sources
from search_app.cli.common import fail
from search_app.usage import UsageError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(search_app.__version__, message="%(version)s")
def cli() -> None:
    """Search and similar questions for a health site's questions and articles.

    Begin with: seealso demo

    Exit status: 0 done (no hits is done), 1 a check failed, 2 wrong usage, 3 a source or the index cannot be used,
    4 another build holds the lock.
    """


for module in (ask, bench, checks, content, demo, follow, measure, operate, sources):
    for command in vars(module).values():
        if isinstance(command, click.Command):
            cli.add_command(command)
for group in (editors.editor, editors.key, deciding.decisions):
    cli.add_command(group)


def main() -> None:
    """Run the command line. Wrong usage is exit status 2, told as JSON where JSON was asked for."""
    if not sys.argv[1:]:
        sys.argv.append("--help")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was begun is cleaned up, as after Ctrl-C
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows another
    try:
        sys.exit(cli.main(prog_name="seealso", standalone_mode=False) or 0)
    except click.Abort:
        sys.exit(130)  # as a shell says of what Ctrl-C ended
    except click.ClickException as error:
        if "--json" not in sys.argv:
            error.show()
            sys.exit(2)
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "seealso"
        fail(UsageError(error.format_message(), command, f"see {command} --help"), as_json=True)

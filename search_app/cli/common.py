"""What every command shares: options, settings, output as text or JSON, errors as exit statuses."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn, TypeVar

import click

from corpus import CorpusError
from indexer import Info, OpenSearchIndex, SearchError, Settings
from search_app import settings
from search_app.decisions.ledger import Ledger, Snapshot
from search_app.outside import outside, words_of
from search_app.present import to_json

Command = TypeVar("Command", bound=Callable[..., Any])
# The share of changed documents from which a rebuild pays: at 5 % nine lists of ten still hold the same documents.
_MOST_DRIFT = 0.05
_MEANING = "SEEALSO_MEANING"
# For a command that asks an index nothing by a text.
WORDS_ALONE = Settings(meaning="off")


class Output(NamedTuple):
    """Where a command says what: `json` for machines, `quiet` for nothing but errors."""

    json: bool
    quiet: bool

    def result(self, value: object, text: Callable[[], str]) -> None:
        """Print a result: as one JSON object, or as text that is made only if it is shown."""
        if self.json:
            click.echo(json.dumps(to_json(value), ensure_ascii=False))
        elif not self.quiet:
            click.echo(text())


def shared(command: Command) -> Command:
    """Give a command --json and --quiet (as `output`), and its errors their exit status.

    Errors go to stderr: a sentence, or with --json the object {"error": {"type", "what", "where", "next"}}.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--quiet", is_flag=True, help="Print nothing but errors.")
    @functools.wraps(command)
    def run(*args: Any, as_json: bool, quiet: bool, **options: Any) -> Any:
        try:
            return command(*args, output=Output(as_json, quiet), **options)
        except (SearchError, CorpusError) as error:
            fail(error, as_json)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read our output has read enough
            sys.exit(0)
        except OSError as error:
            what = error.strerror or str(error)
            remedy = "check the path, its permissions and the space on the disk"
            fail(SearchError(what, str(error.filename or "the disk"), remedy), as_json)

    return run  # type: ignore[return-value]  # a decorated command is a command


def fail(error: SearchError | CorpusError, as_json: bool) -> NoReturn:
    """Say what was wrong, where, and what to do; leave with the status of the one table."""
    what, next_ = words_of(error)
    if as_json:
        told = {"type": type(error).__name__, "what": what, "where": error.where, "next": next_}
        click.echo(json.dumps({"error": told}, ensure_ascii=False), err=True)
    else:
        click.echo(f"seealso: {what} ({error.where}); {next_}", err=True)
    sys.exit(outside(error).exit)


def setting_option(name: str) -> Callable[[Command], Command]:
    """An option for a setting of the one table; without it the environment, seealso.toml and the default count."""
    known = next(setting for setting in settings.SETTINGS if setting.name == name)
    text = f"{known.help[0].upper()}{known.help[1:]}. [{known.variable}; default: {known.default}]"
    return click.option(f"--{name.replace('_', '-')}", name, metavar=name.upper(), help=text)


def meaning_option(command: Command) -> Command:
    """An option for the sentence encoder of the setting `meaning`, or the packaged one where that names none."""
    text = "Also find what says the same in other words, by the sentence encoder of the setting `meaning`, or that"
    return click.option("--meaning", is_flag=True, help=f"{text} of the extra `meaning`. [{_MEANING}]")(command)


def encoder_place(known: Mapping[str, str], *, asked: bool) -> str:
    """Where the encoder of a build is: as the settings say, else the packaged one if it is asked for."""
    place = known["meaning"]
    return "packaged" if asked and place in ("", "off") else place


def as_built() -> Settings:
    """How an index is asked or updated by a text: with the encoder that it was built with, or as the settings say."""
    return Settings(meaning=settings.load()["meaning"])


def index_path(given: str | None) -> str | OpenSearchIndex:
    """The folder of the index, or where it is on a cluster."""
    return settings.index_of(settings.load({"index": given}))


def decided(given: str | None = None) -> Snapshot:
    """What stands in the file of decisions; nothing where there is none."""
    return Ledger(settings.load({"decisions": given})["decisions"]).current()


def many(count: int, noun: str) -> str:
    """So many of something: 1 question, 2 questions."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def drifted(held: Info) -> str:
    """The advice to build anew, once more has changed than the statistics of the last full build bear; else nothing."""
    if held.drift <= _MOST_DRIFT:
        return ""
    return f"{100 * held.drift:.1f} % of the documents changed since the last full build: build anew when it suits"

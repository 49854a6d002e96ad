"""Commands for who may decide: editor and key."""

from __future__ import annotations

import sys

import click

from search_app import settings
from search_app.cli.common import Output, setting_option, shared
from search_app.decisions.accounts import SCOPES, Accounts, ApiKey, Editor
from search_app.decisions.ledger import Ledger


def _accounts(decisions: str | None) -> Accounts:
    return Accounts(Ledger(settings.load({"decisions": decisions})["decisions"]).database)


def _password() -> str:
    """A password as it is typed, twice and unseen, or as a line of standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _since(one: Editor | ApiKey) -> str:
    """Since when there is an editor or a key, and until when there was."""
    return f"since {one.added}" + (f", removed {one.removed}" if one.removed else "")


@click.group()
def editor() -> None:
    """Say who may decide about duplicates: add, list, remove, password.

    An editor signs in at /desk with a name and a password. There is none before the first `add`.
    """


@editor.command(epilog="Example: seealso editor add ruth")
@click.argument("name")
@setting_option("decisions")
@shared
def add(name: str, decisions: str | None, output: Output) -> None:
    """Add the editor NAME. The password is asked for, or read from standard input: ten characters or more."""
    _accounts(decisions).add(name, _password())
    output.result({"added": name}, lambda: f"{name} may sign in at /desk")


@editor.command(name="list", epilog="Example: seealso editor list")
@setting_option("decisions")
@shared
def list_editors(decisions: str | None, output: Output) -> None:
    """List the editors; those who were removed stay in it, as their decisions do."""
    found = _accounts(decisions).editors()
    lines = [f"{one.name}  {_since(one)}" for one in found]
    told = [one._asdict() for one in found]
    output.result({"editors": told}, lambda: "\n".join(lines) or "no editors yet: seealso editor add NAME")


@editor.command(epilog="Example: seealso editor remove ruth")
@click.argument("name")
@setting_option("decisions")
@shared
def remove(name: str, decisions: str | None, output: Output) -> None:
    """Take NAME's access away, at once and in every browser. What NAME decided stays."""
    _accounts(decisions).remove(name)
    output.result({"removed": name}, lambda: f"{name} may not sign in any more; what {name} decided stays")


@editor.command(epilog="Example: seealso editor password ruth")
@click.argument("name")
@setting_option("decisions")
@shared
def password(name: str, decisions: str | None, output: Output) -> None:
    """Set a new password for NAME, and sign NAME out everywhere."""
    _accounts(decisions).set_password(name, _password())
    output.result({"password": name}, lambda: f"{name} has a new password and is signed out everywhere")


@click.group()
def key() -> None:
    """Make keys for programs that read, push documents, or read and write decisions, by the API: add, list, remove."""


@key.command(name="add", epilog="Example: seealso key add site-admin")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    default="desk",
    show_default=True,
    help="What it opens: `content` to push documents, `desk` decisions, `read` neither, where reading asks for a key.",
)
@setting_option("decisions")
@shared
def add_key(name: str, scope: str, decisions: str | None, output: Output) -> None:
    """Make a key called NAME, and print it: it is not kept, and cannot be printed again."""
    made = _accounts(decisions).add_key(name, scope)
    output.result({"name": name, "scope": scope, "key": made}, lambda: made)


@key.command(name="list", epilog="Example: seealso key list")
@setting_option("decisions")
@shared
def list_keys(decisions: str | None, output: Output) -> None:
    """List the keys by name; what they are is not kept."""
    found = _accounts(decisions).api_keys()
    lines = [f"{one.name}  {one.scope}, {_since(one)}" for one in found]
    told = [one._asdict() for one in found]
    output.result({"keys": told}, lambda: "\n".join(lines) or "no keys: seealso key add NAME")


@key.command(name="remove", epilog="Example: seealso key remove site-admin")
@click.argument("name")
@setting_option("decisions")
@shared
def remove_key(name: str, decisions: str | None, output: Output) -> None:
    """Let the key NAME open nothing from now on."""
    _accounts(decisions).remove_key(name)
    output.result({"removed": name}, lambda: f"the key {name} opens nothing any more")

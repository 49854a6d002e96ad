"""Lets programs in by a key of the API: `Authorization: Bearer KEY`, never in the address, where logs would keep it."""

from __future__ import annotations

from flask import request

from search_app.decisions.accounts import Accounts
from search_app.refused import KeyNeeded
from search_app.services import ledger


def accounts() -> Accounts:
    """Who may decide, and which keys open what."""
    return Accounts(ledger().database, ledger().clock)


def admitted(scope: str) -> str:
    """The name of the key of a scope that came with this request; any key may `read`. Raises KeyNeeded."""
    name = bearer_of(scope)
    if name is None:
        what = f"no key of scope {scope} came with the request"
        raise KeyNeeded(what, "Authorization", "send Authorization: Bearer KEY; see seealso key add")
    return name


def bearer_of(scope: str) -> str | None:
    """The name of the key of a scope that came with this request, None where none did."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return accounts().named_by(key.strip(), scope) if scheme.lower() == "bearer" else None

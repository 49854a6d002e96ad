"""The description of the API, and the API against it: whatever may be asked by it is answered as it says."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from search_app import create_app
from search_app.api.openapi import describe
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from tests.long_run import LONG

DESCRIBED = describe(create_app())
OPERATIONS = [(path, method) for path, methods in DESCRIBED["paths"].items() for method in methods]
EXAMPLES = 1_000 if LONG else 12
# No schema tells that the last page depends on the size of all, nor what the lines of a text hold.
BEYOND_SCHEMAS = ("/api/v1/search", "/api/v1/documents")


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: object, value: object) -> bytes:
    """A text as it is."""
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def site(sample_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site with files of its own, that limits nobody."""
    folder = tmp_path_factory.mktemp("site")
    files = {name: str(folder / f"{name}.sqlite3") for name in ("decisions", "inbox")}
    return create_app({"index": str(sample_path), **files, "limit": "0"})


@pytest.fixture(scope="module")
def keys(site: Flask) -> dict[str, str]:
    """A key for each scope that asks for one, by the tag of its operations."""
    accounts = Accounts(Database(site.config["SEEALSO"]["decisions"]))
    return {"Content": accounts.add_key("site", "content"), "Decisions": accounts.add_key("admin", "desk")}


@pytest.fixture(scope="module")
def described(site: Flask) -> schemathesis.BaseSchema:
    """The description that the site serves, but for the keys, which the test itself sends."""
    told = copy.deepcopy(describe(site))
    for methods in told["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    site.extensions["seealso.openapi"] = lambda: told
    refusals = {"expected-statuses": ["4xx"]}  # 413 for what is far too long, too
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": refusals}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site, config=config)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_api_is_as_it_is_described(
    path: str, method: str, mode: GenerationMode, described: schemathesis.BaseSchema, keys: dict[str, str]
) -> None:
    """Status, type and shape of every answer, to what may be asked (positive) and to what may not (negative)."""
    operation = described[path][method]
    skipped: list[Any] = [positive_data_acceptance] if path in BEYOND_SCHEMAS else []
    key = keys.get(operation.tags[0]) if operation.tags else None

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        # 5.0 is an integer to JSON Schema; nobody writes one so into an address.
        whole = {name: int(value) for name, value in case.query.items() if isinstance(value, float) and value % 1 == 0}
        case.query.update(whole)
        headers = {"Authorization": f"Bearer {key}"} if key else None
        case.call_and_validate(headers=headers, excluded_checks=skipped)

    ask()

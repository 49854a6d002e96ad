#!/usr/bin/env bash
# schemathesis 4.32.5 with pytest 9.2.0: a test that takes its schema from a fixture (`schemathesis.pytest.from_fixture`, as
# the documentation shows for an application that a fixture makes) is not run: making its parameters raises AttributeError.
# The strategy of each operation (`operation.as_strategy()`) works, in tests that parametrize themselves.
# Exits with 1 once this is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check schemathesis==4.32.5 pytest==9.2.0 flask==3.1.2 >/dev/null 2>&1
cat >"$folder/test_api.py" <<'PY'
import pytest
import schemathesis
from flask import Flask
from hypothesis import given

app = Flask("ward")
SPECIFICATION = {
    "openapi": "3.1.0",
    "info": {"title": "Beds", "version": "1"},
    "paths": {"/beds": {"get": {"responses": {"200": {"description": "How many are free"}}}}},
}


@app.get("/beds")
def beds():
    return {"free": 3}


@app.get("/openapi.json")
def described():
    return SPECIFICATION


@pytest.fixture
def beds_schema():
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


schema = schemathesis.pytest.from_fixture("beds_schema")


@schema.parametrize()
def test_by_fixture(case):
    case.call_and_validate()


def test_by_strategy(beds_schema):
    @given(case=beds_schema["/beds"]["get"].as_strategy())
    def ask(case):
        case.call_and_validate()

    ask()
PY
cd "$folder"
env/bin/python -m pytest -q -p no:cacheprovider test_api.py >told 2>&1 && status=0 || status=$?
env/bin/python -c "import pytest, schemathesis; print('schemathesis', schemathesis.__version__, 'pytest', pytest.__version__)"
grep -E "AttributeError|passed|failed" told
test "$status" -eq 1
grep -q "has no attribute '_nodeid'" told
grep -q "1 failed, 1 passed" told

"""Signing in, and what is refused to who is not: cookies, tokens, other sites, addresses elsewhere."""

from __future__ import annotations

import html as markup
import http.client
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from search_app import create_app
from search_app.decisions import accounts
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from search_app.decisions.refusals import DecisionsUnavailable
from tests.search_app.desk.conftest import SCRYPT, SECRET, Desk, token_of
from tests.search_app.serving import serving

PAGES = (
    *("/desk", "/desk/pair?a=n0&b=n1", "/desk/same", "/desk/cards", "/desk/records", "/desk/reports", "/desk/gaps"),
    *("/desk/export.csv", "/desk/account"),
)
WRITES = ("/desk/pair", "/desk/undo", "/desk/same", "/desk/cards", "/desk/sign-out")


def sign_in(client: FlaskClient, name: str = "Ruth", password: str = SECRET, **more: str):  # type: ignore[no-untyped-def]
    """The answer to the form to sign in."""
    token = token_of(client.get("/desk/sign-in").text)
    fields = {"token": token, "name": name, "password": password, **more}
    return client.post("/desk/sign-in", data=fields)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_shown_without_signing_in(address: str, desk: Desk) -> None:
    """Each page is the form to sign in, with 401, and leads to what was wanted afterwards."""
    client = desk.app.test_client()
    answer = client.get(address)
    assert answer.status_code == 401
    assert "Sign in to the desk" in answer.text
    assert "trapped" not in answer.text
    token = token_of(answer.text)
    assert f'name="next" value="{markup.escape(address)}"' in answer.text
    done = client.post("/desk/sign-in", data={"token": token, "name": "Ruth", "password": SECRET, "next": address})
    assert (done.status_code, done.headers["Location"]) == (302, address)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", WRITES)
def test_nothing_is_written_without_signing_in(address: str, desk: Desk) -> None:
    """Neither by who has no session, nor by who has one but not the token of its form."""
    client = desk.app.test_client()
    fields = {"a": "n0", "b": "n1", "verdict": "related", "event": "1", "action": "pin", "page": "n0", "card": "f1"}
    answer = client.post(address, data=fields)
    assert answer.status_code == 401
    assert "nothing was decided: sign in" in answer.text
    token = token_of(client.get("/desk").text)
    assert client.post(address, data={**fields, "token": token}).status_code == 401
    assert desk.client.post(address, data=fields).status_code == 403
    assert desk.client.post(address, data={**fields, "token": token}).status_code == 403
    assert desk.client.post(address, data={**fields, "token": "ä"}).status_code == 403
    assert len(desk.history) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_decides_nothing(headers: dict[str, str], desk: Desk) -> None:
    """Even with cookie and token; from a page of its own it is done."""
    fields = {"token": desk.token, "a": "n0", "b": "n1", "verdict": "related"}
    assert desk.client.post("/desk/pair", data=fields, headers=headers).status_code == 403
    assert len(desk.history) == 0
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert desk.client.post("/desk/pair", data=fields, headers=own).status_code == 302


def test_the_cookie_is_for_the_desk_alone(desk: Desk) -> None:
    """HttpOnly, SameSite=Lax, for /desk only, with an end; Secure where the visitor came by TLS."""
    answer = sign_in(desk.app.test_client())
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("seealso_desk="))
    for part in ("HttpOnly", "SameSite=Lax", "Path=/desk", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie
    client = desk.app.test_client()
    token = token_of(client.get("/desk").text)
    fields = {"token": token, "name": "Ruth", "password": SECRET}
    answer = client.post("/desk/sign-in", data=fields, environ_overrides={"wsgi.url_scheme": "https"})
    assert answer.status_code == 302
    assert all("Secure" in c for c in answer.headers.getlist("Set-Cookie") if c.startswith("seealso_desk="))


def test_a_session_begins_anew_at_each_sign_in(desk: Desk) -> None:
    """What the browser had before is not what it has after: nobody can give an editor a session that they know."""
    client = desk.app.test_client()
    client.set_cookie("seealso_desk", "chosen-by-somebody-else", path="/desk")
    answer = sign_in(client)
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("seealso_desk="))
    assert "chosen-by-somebody-else" not in cookie
    first = cookie.partition(";")[0]
    (other,) = (
        c for c in sign_in(desk.app.test_client()).headers.getlist("Set-Cookie") if c.startswith("seealso_desk=")
    )
    assert other.partition(";")[0] != first


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/desk",
        "/\\elsewhere.example",
        "/desk\\..",
        "/deskelsewhere",
        "/questions/n0",
        "javascript:alert(1)",
        "/desk\n/x",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(wanted: str, desk: Desk) -> None:
    """An address that is none of the desk's leads to its first page."""
    assert sign_in(desk.app.test_client(), next=wanted).headers["Location"] == "/desk"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("value", ["http://[x", "//[", "\\", "http://localhost@elsewhere.example"])
def test_an_address_that_is_none_is_no_fault_of_ours(header: str, value: str, desk: Desk) -> None:
    """Headers that no browser sends are refused or ignored."""
    client = desk.app.test_client()
    assert client.post("/desk/sign-in", data={"x": "1"}, headers={header: value}).status_code == 403
    assert client.post("/desk/pair", data={"x": "1"}, headers={header: value}).status_code in (401, 403)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where the file of decisions cannot be made, signing in and adding say so."""
    path = tmp_path / "none" / "decisions.sqlite3"
    client = create_app({"index": str(tmp_path / "none"), "decisions": str(path)}).test_client()
    assert sign_in(client).status_code == 401
    with pytest.raises(DecisionsUnavailable, match="No such file"):
        Accounts(Database(path)).add("Ruth", SECRET)


def test_behind_a_proxy_each_client_counts(tmp_path: Path, sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes from a proxy on this machine for whom it asks, so that a guesser locks out nobody else; and that
    it was asked by TLS.
    """
    path = tmp_path / "decisions.sqlite3"
    monkeypatch.setattr(accounts, "_SCRYPT", SCRYPT)
    Accounts(Database(path)).add("Ruth", SECRET)
    monkeypatch.setenv("SEEALSO_DECISIONS", str(path))

    def posted(address: str, client: str, password: str) -> tuple[int, str]:
        headers = {"X-Forwarded-For": client, "X-Forwarded-Proto": "https"}
        form = http.client.HTTPConnection(running.address.removeprefix("http://").strip("/"), timeout=30)
        form.request("GET", "/desk/sign-in", headers=headers)
        answer = form.getresponse()
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        body = urlencode({"token": token_of(answer.read().decode()), "name": "Ruth", "password": password})
        kind = "application/x-www-form-urlencoded"
        form.request("POST", address, body, {**headers, "Cookie": cookie, "Content-Type": kind})
        answer = form.getresponse()
        answer.read()
        form.close()
        return answer.status, " ".join(answer.headers.get_all("Set-Cookie") or [])

    with serving(sample_path) as running:
        told = [posted("/desk/sign-in", "203.0.113.1", "wrong")[0] for _ in range(6)]
        assert told == [401] * 5 + [429]
        status, cookie = posted("/desk/sign-in", "203.0.113.2", SECRET)
    assert status == 302
    assert "Secure" in cookie


def test_a_wrong_name_is_told_as_a_wrong_password(desk: Desk) -> None:
    """The same page but for the name that was typed; after some attempts both are told to wait."""
    client = desk.app.test_client()
    answers = [sign_in(client, name=name, password="wrong") for name in ("Ruth", "Rufus")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text == answers[1].text.replace("Rufus", "Ruth")
    assert "do not belong together" in answers[0].text
    for _ in range(4):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    assert sign_in(client, name="Tomas").status_code == 302


def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    """The cookie opens nothing afterwards; everywhere is every browser of the editor, and nobody else's."""
    other, tomas = Desk(desk.app, "Ruth"), Desk(desk.app, "Tomas")
    cookie = desk.client.get_cookie("seealso_desk", path="/desk")
    assert cookie
    assert desk.post("/desk/sign-out").status_code == 302
    desk.client.set_cookie("seealso_desk", cookie.value, path="/desk")
    assert desk.client.get("/desk").status_code == 401
    third = Desk(desk.app, "Ruth")
    other.post("/desk/sign-out", everywhere="1")
    assert third.client.get("/desk").status_code == 401
    assert tomas.client.get("/desk").status_code == 200


def test_without_editors_the_form_says_how_to_add_one(tmp_path: Path) -> None:
    """There is no default account; the file of decisions is not even made by looking."""
    path = tmp_path / "decisions.sqlite3"
    client = create_app({"index": str(tmp_path / "none"), "decisions": str(path)}).test_client()
    answer = client.get("/desk")
    assert answer.status_code == 401
    assert "seealso editor add NAME" in answer.text
    assert not path.exists()
    assert sign_in(client, name="admin", password="admin").status_code == 401


def test_under_a_prefix_the_desk_is_whole(desk: Desk) -> None:
    """Where the site mounts it elsewhere, cookie and addresses follow."""
    client = desk.app.test_client()
    token = token_of(client.get("/desk", environ_overrides={"SCRIPT_NAME": "/qa"}).text)
    client.set_cookie("seealso_form", token, path="/desk")
    fields = {"token": token, "name": "Ruth", "password": SECRET, "next": "/qa/desk?state=later"}
    answer = client.post("/desk/sign-in", data=fields, environ_overrides={"SCRIPT_NAME": "/qa"})
    assert answer.headers["Location"] == "/qa/desk?state=later"
    assert any("Path=/qa/desk" in c for c in answer.headers.getlist("Set-Cookie"))

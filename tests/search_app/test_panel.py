"""The panel on other sites: fragments and frames, which sites may show and read what, what stays out of their reach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import indexer
from search_app import create_app
from search_app.usage import UsageError
from tests.documents import question

SITE = "https://clinic.example"


@pytest.fixture
def abroad(sample_path: Path) -> FlaskClient:
    """A client of an application that lists one other site."""
    return create_app({"index": str(sample_path), "origins": f"{SITE} https://other.example:8443"}).test_client()


def test_a_fragment_is_the_panel_and_nothing_else(abroad: FlaskClient) -> None:
    """One section with its cards, whose links lead to where the documents came from."""
    answer = abroad.get("/panel/q-0039?limit=2")
    assert answer.status_code == 200
    assert answer.text.strip().startswith("<section")
    assert answer.text.strip().endswith("</section>")
    assert answer.text.count("<li ") == 2
    assert 'href="https://example.org/' in answer.text
    assert "<html" not in answer.text


def test_a_fragment_of_what_is_like_nothing_is_empty(abroad: FlaskClient) -> None:
    """Nothing at all is put into the other page."""
    assert abroad.post("/panel", data={"text": "zzzz"}).text.strip() == ""


def test_help_stands_above_the_panel_of_a_text_that_needs_it(tmp_path: Path) -> None:
    """With the page on it here by its whole address; the panel of a page has none."""
    pages = [question("s", "Stroke: what to do", "A stroke needs help at once.", "Call an ambulance.")]
    pages += [question(f"k{n}", f"Knee pain after fall number {n}", "It hurts.") for n in range(20)]
    indexer.build(tmp_path / "index", pages)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    danger = client.post(
        "/panel", data={"text": "his face is drooping on one side"}, base_url="https://seealso.example"
    )
    assert "This can be an emergency" in danger.text
    assert 'href="https://seealso.example/questions/s"' in danger.text
    assert "emergency" not in client.get("/panel/k1").text
    texts: dict[str, tuple[str, dict[str, str]]] = {
        "suicide": ("similar", {"text": "i want to die"}),
        "emergency": ("duplicates/check", {"title": "chest pain", "body": "my left arm is numb"}),
    }
    for kind, (route, body) in texts.items():
        said = client.post(f"/api/v1/{route}", json=body).get_json()
        assert said["notice"]["kind"] == kind
    assert client.get("/api/v1/related/k1").get_json()["notice"] is None


def test_a_document_without_an_address_leads_to_its_page_here(tmp_path: Path) -> None:
    """By its whole address, since it stands on another site; what a document says is escaped."""
    near = [question(f"q{n}", f"Cement <i>leaks</i> {word}", "bone cement") for n, word in enumerate("abc")]
    indexer.build(tmp_path / "index", near)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    text = client.get("/panel/q0", base_url="https://seealso.example").text
    assert 'href="https://seealso.example/questions/q1"' in text
    assert "<i>leaks" not in text


@pytest.mark.parametrize(
    ("address", "status"), [("/panel/none", 404), ("/panel?url=https://x.example/--%3E", 404), ("/panel", 400)]
)
def test_an_error_is_a_comment_that_readers_do_not_see(address: str, status: int, abroad: FlaskClient) -> None:
    """With what to do, and nothing of what was asked, which might end the comment."""
    answer = abroad.get(address)
    assert answer.status_code == status
    assert answer.text.startswith("<!-- SeeAlso: ")
    assert answer.text.count("-->") == 1
    assert answer.text.endswith(" -->\n")


def test_a_page_is_not_similar_to_itself(tmp_path: Path) -> None:
    """The same page under another id, as when one was read from a file and one was pushed: no card leads to it."""
    url = "https://x.example/a"
    near = [question(f"q{n}", f"Cement leaks {word}", "bone cement") for n, word in enumerate("abc")]
    twice = [replace(near[0], url=url), replace(near[1], url=f"{url}/"), near[2]]
    indexer.build(tmp_path / "index", twice)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    for address in ("/panel/q0", f"/panel?url={url}", f"/api/v1/related?url={url}"):
        text = client.get(address).text
        assert "Cement leaks c" in text
        assert "Cement leaks b" not in text


def test_by_address_is_by_id(abroad: FlaskClient) -> None:
    """The panel, the frame and the API."""
    url = "url=https://www.example.org/questions/leg-pain-cement-leaked-into-disc/%23top"
    for route in ("/panel", "/frame", "/api/v1/related"):
        assert abroad.get(f"{route}?{url}").data == abroad.get(f"{route}/q-0039").data


def test_listed_sites_may_read(abroad: FlaskClient) -> None:
    """The API and panels, errors too; an origin that is not listed is told nothing, and no cookie let through."""
    for address in ("/api/v1/search?q=cement", "/api/v1/related/none", "/panel/q-0039", "/panel/none"):
        listed = abroad.get(address, headers={"Origin": SITE})
        assert listed.headers["Access-Control-Allow-Origin"] == SITE
        assert "Origin" in listed.headers["Vary"]
        for origin in ("https://evil.example", "null", f"{SITE}.evil.example", "http://clinic.example"):
            other = abroad.get(address, headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in other.headers
            assert "Origin" in other.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in listed.headers


def test_a_kept_answer_is_still_for_the_listed_site(abroad: FlaskClient) -> None:
    """304 carries the header too, or else the browser would keep the script from the answer it has."""
    tag = abroad.get("/panel/q-0039").headers["ETag"]
    again = abroad.get("/panel/q-0039", headers={"If-None-Match": tag, "Origin": SITE})
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == SITE
    assert again.headers["Cache-Control"] == "max-age=0, stale-while-revalidate=60"


def test_a_draft_of_a_listed_site_is_asked_for_first(abroad: FlaskClient) -> None:
    """What a browser asks before it posts JSON."""
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = abroad.options("/api/v1/similar", headers=asked)
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_pages_may_be_framed_by_listed_sites_and_the_desk_by_none(abroad: FlaskClient) -> None:
    """The policy goes by what is asked for; nor does the desk answer scripts of other sites."""
    for address in ("/", "/questions/q-0039", "/frame/q-0039"):
        policy = abroad.get(address).headers["Content-Security-Policy"]
        assert f"frame-ancestors {SITE} https://other.example:8443" in policy
    for address in ("/desk", "/desk/sign-in", "/api/v1/decisions", "/api/v1/duplicates", "/metrics"):
        answer = abroad.get(address, headers={"Origin": SITE})
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_the_setting_nobody_may(client: FlaskClient) -> None:
    """As it was before there was one; the script alone may be loaded by any site."""
    answer = client.get("/panel/q-0039", headers={"Origin": SITE})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "frame-ancestors 'none'" in client.get("/frame/q-0039").headers["Content-Security-Policy"]
    assert client.get("/static/see-also.js", buffered=True).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/static/desk.js", buffered=True).headers


@pytest.mark.parametrize("origin", ["*", "clinic.example", "https://clinic.example/", "https://a.example;script-src *"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """Where the application is made, before anybody is served."""
    with pytest.raises(UsageError, match="write origins such as"):
        create_app({"index": "none", "origins": origin})


def test_a_page_of_several_questions_is_not_on_its_own_panel(tmp_path: Path) -> None:
    """Its other questions stand on it already, and their cards would lead to where the reader is."""
    page, other = "https://clinic.example/faq", "https://clinic.example/other"
    words = ["How long does a cast stay on", "When is a cast taken off", "Why does a cast itch", "May a cast get wet"]
    made = [question(f"f{n}", f"{text}?", url=f"{page}#{n}") for n, text in enumerate(words)]
    made += [question("o", "How long does a cast stay on the arm?", url=other)]
    made += [question(f"x{n}", f"Something else entirely, number {n}?") for n in range(30)]
    indexer.build(tmp_path / "index", made)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    shown = client.get(f"/panel?url={page}%230").text
    assert other in shown
    assert page not in shown
    assert f"{page}#" in client.get("/api/v1/related/f0").text

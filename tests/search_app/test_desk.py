"""The editors' pages: off unless set; what the list and the comparison show, refuse and keep from the world."""

from __future__ import annotations

import html as markup
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import corpus
import indexer
from corpus import Answer, Question
from indexer import Band
from search_app import create_app, desk
from search_app.errors import UsageError
from search_app.present import band_name, in_words
from tests.documents import question
from tests.search_app.test_pages import NASTY, page

PAIR = "/duplicates/pair?a=q-0037&b=q-0041"
ADDRESSES = ("/duplicates", "/duplicates?band=possible", PAIR)
ROOT = Path(__file__).parents[2]


def rows(html: str) -> list[str]:
    """The clusters of a list, each as its HTML."""
    return re.findall(r"<tr>.*?</tr>", html.partition("<tbody>")[2], re.DOTALL)


def opened(path: Path, documents: list[corpus.Document]) -> FlaskClient:
    """A client with the editors' pages, over an index of its own."""
    indexer.build(path, documents)
    return create_app({"index": str(path), "duplicates": "on"}).test_client()


@pytest.mark.parametrize("address", [*ADDRESSES, "/duplicates/", "/duplicates/none"])
def test_off_unless_set_on(address: str, client: FlaskClient, sample_path: Path) -> None:
    """Without the setting the addresses are unknown ones, whatever the method."""
    assert "There is no page at this address" in page(client, address, 404)
    assert client.post(address).status_code == 404
    page(create_app({"index": str(sample_path), "duplicates": "off"}).test_client(), address, 404)


@pytest.mark.parametrize("value", ["yes", "ON", "1", " on"])
def test_the_setting_is_on_or_off(value: str) -> None:
    """Any other value is refused, with the ones that are known."""
    with pytest.raises(UsageError, match="duplicates is") as refused:
        create_app({"duplicates": value})
    assert "off, on" in refused.value.next


def test_the_environment_may_set_it(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is read as every other one."""
    monkeypatch.setenv("SEEALSO_DUPLICATES", "on")
    page(create_app({"index": str(sample_path)}).test_client(), "/duplicates")


def test_the_routes_are_documented(editor: FlaskClient) -> None:
    """Each address of the editors' pages stands in the reference."""
    told = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    routes = [rule.rule for rule in editor.application.url_map.iter_rules() if rule.rule.startswith("/duplicates")]
    assert routes
    assert [route for route in routes if f"`{route}`" not in told] == []


@pytest.mark.parametrize("address", [*ADDRESSES, "/duplicates?band=x", "/duplicates/pair?a=q-0037&b=none"])
def test_no_search_engine_and_no_cache_keeps_them(address: str, editor: FlaskClient) -> None:
    """Header and meta element say noindex, and nothing is stored; a refusal says so too."""
    response = editor.get(address)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    if response.status_code == 200:
        assert '<meta name="robots" content="noindex">' in response.text


def test_they_are_read_only(editor: FlaskClient) -> None:
    """No method but reading is taken, no form and no script is on them."""
    for address in ADDRESSES:
        assert editor.post(address).status_code == 405
        html = page(editor, address)
        for forbidden in ("<form", "<script", "<button", " style="):
            assert forbidden not in html
        assert not re.search(r" on\w+=", html)


def test_no_visitors_page_leads_there(editor: FlaskClient) -> None:
    """Where they are on the visitors' pages say nothing of them."""
    for address in ("/", "/search?q=hip", "/search?q=zzz", "/questions/q-0037", "/articles/a-0007", "/topics/Gout"):
        assert "duplicates" not in page(editor, address)
    assert "duplicates" not in page(editor, "/nowhere", 404)
    assert "X-Robots-Tag" not in editor.get("/").headers


def test_the_list_shows_each_cluster(editor: FlaskClient, sample_index: indexer.Index) -> None:
    """A look-alike is listed with score, band, both titles, the kind of words that differ, and why which is kept."""
    html = page(editor, "/duplicates")
    found = sample_index.duplicates()
    assert f"<h1>{found.total} clusters that may be one question</h1>" in html
    assert len(rows(html)) == found.total
    (row,) = (row for row in rows(html) if "Started allopurinol for gout" in row)
    assert "new uric acid pills" in row
    assert '<span class="flag quiet">dose</span>' in row
    assert re.search(r"a=q-0011&amp;b=q-0063", row)
    assert "Suggested to keep: answered by Dr. L" in row
    assert "possible" in row
    assert re.search(r"0\.\d\d<svg", row)


def test_every_member_of_a_cluster_is_reached(tmp_path: Path) -> None:
    """Each member is compared with the one to keep by a link of its own."""
    asked = ["What helps a trapped nerve?", "What helps trapped nerves?", "what helps the trapped nerve", "Flat feet"]
    client = opened(tmp_path, [question(f"n{n}", title) for n, title in enumerate(asked)])
    html = page(client, "/duplicates")
    assert len(rows(html)) == 1
    for other in ("n1", "n2"):
        assert f"/duplicates/pair?a=n0&amp;b={other}" in html
    assert "and 1 more" in html


def test_a_large_cluster_names_some(tmp_path: Path) -> None:
    """Of a template with many questions some are named, and the others counted."""
    same: list[corpus.Document] = [question(f"q{n:02}", "Is gout inherited in my family?") for n in range(20)]
    client = opened(tmp_path, [*same, question("z", "Knee pain on the stairs")])
    (row,) = rows(page(client, "/duplicates"))
    assert "same wording" in row
    assert "nothing that decides" in row
    assert "and 18 more" in row
    assert "and 7 that are not named here" in row


@pytest.mark.parametrize("band", list(Band))
def test_a_band_is_a_filter(band: Band, editor: FlaskClient, sample_index: indexer.Index) -> None:
    """Each band has its count, and lists its own clusters."""
    number = sample_index.duplicates(band=band).total
    html = page(editor, f"/duplicates?band={band}")
    assert len(rows(html)) == number
    chosen = re.search(r'aria-current="true">([^<]+) <span class="num">(\d+)', html)
    assert chosen
    assert chosen.groups() == (band_name(band).capitalize(), str(number))


def test_a_specialty_is_a_filter(editor: FlaskClient, sample_index: indexer.Index) -> None:
    """A specialty lists the clusters with a question of it, keeps the band, and can be removed."""
    where = indexer.Filter(specialty="Rheumatology")
    html = page(editor, "/duplicates?specialty=Rheumatology&band=possible")
    assert len(rows(html)) == sample_index.duplicates(where=where, band=Band.POSSIBLE).total > 0
    assert "remove this filter" in html
    assert 'href="/duplicates?band=possible&amp;specialty=Rehabilitation"' in html
    assert 'href="/duplicates?band=possible"' in html


def test_an_empty_list_says_why(editor: FlaskClient, tmp_path: Path) -> None:
    """None with these filters leads to all; none in the index says how many questions were compared."""
    html = page(editor, "/duplicates?band=very+likely&specialty=None+such")
    assert "No cluster passes these filters" in html
    assert "with a question of None such" in html
    assert re.search(r'<a href="/duplicates">Show all \d+ without filters</a>', html)
    client = opened(tmp_path, [question("a", "Knee pain on the stairs"), question("b", "Gout at night, what to eat?")])
    for address in ("/duplicates", "/duplicates?band=possible"):
        assert "No duplicates in this index" in page(client, address)
        assert "2 questions were compared" in page(client, address)


def test_the_list_has_pages(editor: FlaskClient, sample_index: indexer.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer list has a next page and a previous one, and a page behind the last leads to the last."""
    total = sample_index.duplicates(band=Band.POSSIBLE).total
    monkeypatch.setattr(desk, "SIZE", total - 1)
    assert 'href="/duplicates?page=2">Next page' in page(editor, "/duplicates")
    second = page(editor, "/duplicates?band=possible&page=2")
    assert 'href="/duplicates?band=possible&amp;page=1">Previous page' in second
    assert f"{total} to {total} of {total}" in second
    assert "Next page" not in second
    assert editor.get("/duplicates?page=9&band=possible").headers["Location"].endswith("?band=possible&page=2")


@pytest.mark.parametrize("query", ["band=sure", "page=0", "page=x", "page=1234567", "band=%00"])
def test_what_the_list_does_not_know_is_refused(query: str, editor: FlaskClient) -> None:
    """A band that is none and a page that is none are a page that says what to give."""
    assert "What to do: " in page(editor, f"/duplicates?{query}", 400)


def test_side_by_side_marks_what_decides(editor: FlaskClient, sample_index: indexer.Index) -> None:
    """The deciding words stand in the table and in both texts, with their kind; what is shared is marked otherwise."""
    html = page(editor, PAIR)
    table = html.partition('<table class="decide">')[2].partition("</table>")[0]
    number = len(sample_index.side_by_side("q-0037", "q-0041").pair.differs)
    assert f"<caption>{in_words(number).capitalize()} kinds of words differ</caption>" in table
    side = table.partition(">Side</th>")[2].partition("</tr>")[0]
    assert re.findall(r'<mark class="decides">(left|right)\b[^<]*</mark>', side) == ["left", "right"]
    marked = re.findall(r'<mark class="decides">(left|right)\b[^<]* <small>side</small></mark>', html)
    assert list(dict.fromkeys(marked)) == ["left", "right"]
    assert '<mark class="shared">stick</mark>' in html
    assert re.search(r"Score <strong[^>]*>0\.\d\d</strong>: two questions, as far", html)


def test_side_by_side_shows_both_questions_and_replies(editor: FlaskClient) -> None:
    """A whole before B: who asked and when, the asker's words, the reply; with links to the list and both pages."""
    html = page(editor, PAIR)
    a, b = html.split('<article class="qa"')[1:]
    for side, id_, asker, doctor in (
        (a, "q-0037", "Man, 60 to 69", "Dr. Ebba Lindqvist-Roy"),
        (b, "q-0041", "Woman, 60 to 69", "Dr. Saskia Moerland"),
    ):
        assert f'<a href="/questions/{id_}">Question {id_}</a>' in side
        assert asker in side
        assert doctor in side
    assert "With the left hip and an automatic, your braking leg was not operated on" in a
    assert '<a href="/duplicates">' in html


def test_a_side_that_says_nothing_is_not_said(tmp_path: Path) -> None:
    """Where one question has no word of a kind the table says so."""
    client = opened(tmp_path, [question("a", "Can I bear weight?"), question("b", "Why can I not bear weight?")])
    html = page(client, "/duplicates/pair?a=a&b=b")
    assert "<caption>Two kinds of words differ</caption>" in html
    assert re.search(r">Asked</th><td>not said</td>", html)
    assert re.search(r'>Negation</th><td>not said</td><td>.*<mark class="decides">not</mark>', html)


def test_where_no_word_decides_it_says_so(sample: list[corpus.Document], tmp_path: Path) -> None:
    """Two questions without a deciding word have no table; blank lines of the body are paragraphs; no reply is told."""
    text = "My shoulder is stiff in the morning.\n\nWhat helps?\nExercise?"
    same: list[corpus.Document] = [question(f"q{n}", "Stiff shoulder, what helps?", body=text) for n in (1, 2)]
    html = page(opened(tmp_path, [*sample, *same]), "/duplicates/pair?a=q1&b=q2")
    assert "No deciding word differs" in html
    assert "<table" not in html
    assert html.count('<p class="own">') == 4
    assert html.count("No doctor has replied to this question yet.") == 2


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "a is missing"),
        ("a=q-0037", 400, "b is missing"),
        ("b=q-0037", 400, "a is missing"),
        ("a=+&b=q-0037", 400, "a is missing"),
        ("a=q-0037&b=q-0037", 400, "a and b are one question"),
        ("a=q-0037&b=a-0007", 400, "b is an article"),
        ("a=q-0037&b=none", 404, "No such document"),
        ("a=%00&b=q-0037", 404, "No such document"),
    ],
)
def test_what_is_no_pair_is_refused(query: str, status: int, said: str, editor: FlaskClient) -> None:
    """A missing id, one id twice and an article are refused; an unknown id is not found."""
    assert said in page(editor, f"/duplicates/pair?{query}", status)


def test_ids_of_any_form_are_linked(tmp_path: Path) -> None:
    """An id made from a URL leads from the list to the comparison and on to the question."""
    id_ = "example.org/qa/knee?id=7&x=%20"
    client = opened(tmp_path, [question(id_, "Knee pain on the stairs"), question("b", "knee pain on the stairs!")])
    link = re.search(r'href="(/duplicates/pair[^"]+)"', page(client, "/duplicates"))
    assert link
    html = page(client, markup.unescape(link[1]))
    to_question = re.search(r'href="(/questions/example[^"]+)"', html)
    assert to_question
    page(client, markup.unescape(to_question[1]))


def test_everything_is_escaped(tmp_path: Path) -> None:
    """No text of a question, a filter or an id is markup or a template."""
    documents: list[corpus.Document] = [
        Question(
            id=f"q{n}{NASTY.replace(' ', '')}",
            title=f"Knee pain on {stairs} {NASTY}",
            body=f"My knee <script> hurts on the stairs {NASTY}",
            specialty=f"S {NASTY}",
            answers=(Answer(text=f"Answer {NASTY}", author=f"Dr. {NASTY}", specialty=NASTY),),
        )
        for n, stairs in enumerate(("stair", "stairs"))
    ]
    client = opened(tmp_path, documents)
    html = page(client, "/duplicates")
    (link,) = re.findall(r'href="(/duplicates/pair[^"]+)"', html)
    for text in (
        html,
        page(client, markup.unescape(link)),
        client.get("/duplicates", query_string={"specialty": NASTY}).text,
        client.get("/duplicates", query_string={"band": NASTY}).text,
        client.get("/duplicates/pair", query_string={"a": NASTY, "b": NASTY}).text,
    ):
        assert "<script" not in text
        assert "49" not in text


def test_a_card_says_that_it_is_the_same_question(sample: list[corpus.Document], tmp_path: Path) -> None:
    """In the panel a question that is the same one is said to be it; those that are only alike are not."""
    original = next(document for document in sample if document.id == "q-0039")
    assert isinstance(original, Question)
    html = page(opened(tmp_path, [*sample, replace(original, id="again")]), "/questions/again")
    assert html.count("The same question") == 1
    first = html.partition('class="sa-card"')[2].partition("</li>")[0]
    assert "/questions/q-0039" in first
    assert '<p class="sa-same">The same question</p>' in first

"""The queue: what is listed in which order, how it is filtered, and why it is empty."""

from __future__ import annotations

import csv
import html as markup
import re
from dataclasses import replace
from pathlib import Path

import pytest

import corpus
from corpus import Answer, Question
from indexer import Band
from indexer.duplicates import ClusterRequest
from search_app import services
from search_app.desk import compare, queue
from tests.documents import question
from tests.search_app.desk.conftest import NERVE, Desk, Made
from tests.search_app.test_pages import NASTY

ROOT = Path(__file__).parents[3]


def rows(html: str) -> list[str]:
    """The rows of a list, each as its HTML."""
    return re.findall(r"<tr>.*?</tr>", html.partition("<tbody>")[2], re.DOTALL)


@pytest.fixture
def sampled(made: Made, sample: list[corpus.Document]) -> Desk:
    """The desk over the sample."""
    return made(sample)


def test_the_routes_are_documented(desk: Desk) -> None:
    """Each address of the desk stands in the reference."""
    told = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    routes = {rule.rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.startswith(("desk.", "desk_api."))}
    assert len(routes) > 10
    assert [route for route in routes if f"`{route}`" not in told and f" {route}`" not in told] == []


@pytest.mark.parametrize("address", ["/desk", "/desk/pair?a=n0&b=n1", "/desk?band=x", "/desk/pair?a=n0&b=none"])
def test_no_search_engine_and_no_cache_keeps_them(address: str, desk: Desk) -> None:
    """Header and meta element say noindex, and nothing is stored; a refusal says so too; the only script is our own."""
    response = desk.client.get(address)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert re.findall(r"script-src[^;]*", response.headers["Content-Security-Policy"]) == ["script-src 'self'"]
    if response.status_code == 200:
        assert '<meta name="robots" content="noindex">' in response.text
        scripts = re.findall(r"<script[^>]*>", re.sub(r"\?v=[0-9a-f]{12}", "", response.text))
        assert scripts == ['<script src="/static/desk.js" defer>']
        assert not re.search(r" on\w+=| style=", response.text)


def test_no_visitors_page_leads_there(sampled: Desk) -> None:
    """The visitors' pages say nothing of the desk, run no script of it and set no cookie."""
    for address in ("/", "/search?q=hip", "/search?q=zzz", "/questions/q-0037", "/articles/a-0007", "/topics/Gout"):
        response = sampled.client.get(address)
        assert "/desk" not in response.text
        scripts = re.findall(r"<script[^>]*src[^>]*>", re.sub(r"\?v=[0-9a-f]{12}", "", response.text))
        assert scripts == ['<script type="module" src="/static/suggest.js">']
        assert re.findall(r"script-src[^;]*", response.headers["Content-Security-Policy"]) == ["script-src 'self'"]
        assert "Set-Cookie" not in response.headers
        assert "X-Robots-Tag" not in response.headers


def test_the_queue_shows_each_cluster(sampled: Desk) -> None:
    """A look-alike is listed with score, band, both titles, the kind of words that differ, and why which is kept."""
    html = sampled.get("/desk")
    (row,) = (row for row in rows(html) if "Started allopurinol for gout" in row)
    assert "new uric acid pills" in row
    assert "possible" in row
    assert re.search(r"a=q-0011&amp;b=q-0063", row)
    assert "Suggested to keep: answered by Dr. L" in row
    assert "Rheumatology" in row
    assert re.search(r"\d+ days", row)
    assert re.search(r"0\.\d\d<svg", row)
    assert re.search(r"\d+<span class=\"unit\"> pages", row)


def test_what_is_word_for_word_the_same_is_one_proposal(desk: Desk) -> None:
    """It is not among what is read, but told above, with a preview; by its band it can be read one by one."""
    html = desk.get("/desk")
    assert "<strong>1 cluster is</strong> the same word for word" in html
    assert len(rows(html)) == 1
    assert len(rows(desk.get("/desk?band=same-wording"))) == 1
    assert len(rows(desk.get("/desk?band=all"))) == 2


def test_every_member_of_a_cluster_is_reached(desk: Desk) -> None:
    """Each member is compared with the one to keep by a link of its own."""
    html = desk.get("/desk")
    keep = re.search(r"/desk/pair\?a=(n\d)", html)
    assert keep
    assert keep[1] in ("n0", "n1")
    assert len(set(re.findall(r"/desk/pair\?a=n\d&amp;b=n\d", html))) >= 2


def test_a_large_cluster_names_some(made: Made) -> None:
    """Of a template with many questions some are named, and the others counted."""
    same: list[corpus.Document] = [question(f"q{n:02}", "Is gout inherited in my family?") for n in range(20)]
    (row,) = rows(made([*same, question("z", "Knee pain on the stairs")]).get("/desk?band=all"))
    assert "nothing that decides" in row
    assert "and 18 more" in row
    assert "and 7 that are not named here" in row


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("specialty=Surgery", 1),
        ("specialty=None+such", 0),
        ("site=theirs", 1),
        ("site=nowhere", 0),
        ("q=TRAPPED", 1),
        ("q=n2", 1),
        ("q=gout", 0),
        ("band=possible", 0),
        ("sort=oldest", 1),
        ("sort=surest&q=nerve&site=ours", 1),
    ],
)
def test_filters_leave_out(desk: Desk, query: str, count: int) -> None:
    """By specialty, source, text and band; the links of the page keep what is chosen, and what passes none says so."""
    html = desk.get(f"/desk?{query}")
    assert len(rows(html)) == count
    if not count:
        assert "None passes these filters" in html
        assert '<a href="/desk">Show all without filters</a>' in html
    else:
        name = query.partition("=")[0]
        assert re.search(rf'href="/desk/pair\?a=[^"]*{name}=', html)


def test_an_empty_queue_says_why(made: Made) -> None:
    """None in the index says how many questions were compared; each other state says what it is for."""
    desk = made([question("a", "Knee pain on the stairs"), question("b", "Gout at night, what to eat?")])
    assert "2 questions were compared" in desk.get("/desk")
    for state, said in (("unsure", "No pair waits"), ("later", "after a week"), ("lapsed", "Every verdict holds")):
        assert said in desk.get(f"/desk?state={state}")


def test_the_queue_has_pages(made: Made, sample: list[corpus.Document], monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer list has a next page and a previous one, and a page behind the last leads to the last."""
    monkeypatch.setattr(queue, "SIZE", 1)
    desk = made(sample)
    first = desk.get("/desk?q=e&sort=surest")
    assert 'href="/desk?q=e&amp;sort=surest&amp;page=2">Next page' in first
    second = desk.get("/desk?q=e&sort=surest&page=2")
    assert 'href="/desk?q=e&amp;sort=surest&amp;page=1">Previous page' in second
    last = desk.client.get("/desk?page=99&band=possible").headers["Location"]
    assert re.fullmatch(r"/desk\?band=possible&page=\d+", last)


def test_what_is_surer_is_read_first(made: Made, sample: list[corpus.Document]) -> None:
    """A very likely cluster stands before those that are only possible, on however many pages these are."""
    nerve = question("n0", "What helps a trapped nerve?"), question("n1", "What helps trapped nerves?")
    first, second, *_ = rows(made([*sample, *nerve]).get("/desk"))
    assert "very likely" in first
    assert "trapped nerve" in first
    assert "possible" in second


@pytest.mark.parametrize("query", ["band=sure", "page=0", "page=x", "state=x", "sort=x", "band=%00", "told=x&page=-1"])
def test_what_the_queue_does_not_know_is_refused(query: str, desk: Desk) -> None:
    """A band, page, state or order that is none is a page that says what to give."""
    assert "What to do: " in desk.get(f"/desk?{query}", 400)


def test_states_hold_what_was_decided(desk: Desk) -> None:
    """A pair moves to the state of its verdict, with who, why and an undo, and out of the open ones."""
    for verdict, state in (
        ("unsure", "unsure"),
        ("later", "later"),
        ("duplicate", "settled"),
        ("related", "dismissed"),
    ):
        desk.decide(verdict, "n0", "n1", why="Both ask for help")
        html = desk.get(f"/desk?state={state}")
        (row,) = rows(html)
        assert "Both ask for help" in row
        assert "Ruth" in row
        assert ">Undo<" in row
        assert f'aria-current="true">{queue.STATES[state]} <span class="num">1</span>' in html
    assert "1 pair settled, 1 of them today" in html


def test_ids_of_any_form_are_linked(made: Made) -> None:
    """An id made from a URL leads from the queue to the comparison and on to the question."""
    id_ = "example.org/qa/knee?id=7&x=%20"
    desk = made([question(id_, "Knee pain on the stairs"), question("b", "knee pain on the stairs!")])
    link = re.search(r'href="(/desk/pair[^"]+)"', desk.get("/desk?band=all"))
    assert link
    to_question = re.search(r'href="(/questions/example[^"]+)"', desk.get(markup.unescape(link[1])))
    assert to_question
    desk.get(markup.unescape(to_question[1]))


def test_everything_is_escaped(made: Made) -> None:
    """No text of a question, a note, a filter or an id is markup or a template."""
    documents: list[corpus.Document] = [
        Question(
            id=f"q{n}{NASTY.replace(' ', '')}",
            title=f"Knee pain on {stairs} {NASTY}",
            body=f"My knee <script> hurts on the stairs {NASTY}",
            specialty=f"S {NASTY}",
            site=NASTY,
            answers=(Answer(text=f"Answer {NASTY}", author=f"Dr. {NASTY}", specialty=NASTY),),
        )
        for n, stairs in enumerate(("stair", "stairs"))
    ]
    desk = made(documents)
    a, b = (document.id for document in documents)
    pages = ["/desk?band=all", f"/desk/cards?id={markup.escape(a)}"]
    desk.decide("duplicate", a, b, why=NASTY)
    desk.post("/desk/cards", action="pin", page=a, card=b, why=NASTY)
    pages += ["/desk?state=settled", "/desk/records", "/desk/cards", "/desk/reports", "/desk/gaps"]
    texts = [desk.client.get(page).text for page in pages]
    for address, query in (
        ("/desk/pair", {"a": a, "b": b, "told": "1"}),
        ("/desk/pair", {"a": NASTY, "b": NASTY}),
        ("/desk", {"specialty": NASTY, "site": NASTY, "q": NASTY}),
        ("/desk", {"band": NASTY}),
        ("/desk/same", {"site": NASTY}),
        ("/desk/records", {"editor": NASTY, "id": NASTY}),
        ("/desk/sign-in", {"next": NASTY}),
        (f"/questions/{b}", {}),
        (f"/questions/{a}", {}),
    ):
        texts.append(desk.client.get(address, query_string=query).text)
    for text in texts:
        assert "<script>" not in text
        assert "62710561" not in re.sub(r'name="token" value="[^"]+"', "", text)


def test_the_export_has_titles_addresses_and_verdicts(desk: Desk) -> None:
    """What is open and what was decided, as CSV; a cell that begins like a formula is text."""
    desk.decide("different", "n0", "n2", why="=1+1")
    response = desk.client.get("/desk/export.csv?band=all")
    assert response.mimetype == "text/csv"
    read = list(csv.DictReader(response.text.splitlines()))
    decided = [row for row in read if row["verdict"]]
    assert [(row["a_title"], row["verdict"], row["note"], row["editor"]) for row in decided] == [
        ("What helps a trapped nerve?", "different", "'=1+1", "Ruth")
    ]
    assert {row["band"] for row in read} == {Band.SAME.value, Band.VERY_LIKELY.value}


def test_the_export_is_filtered_as_the_queue_is(desk: Desk) -> None:
    """Of a state the pairs in it alone; a text leaves out what neither question has, decided or not."""

    def exported(query: str) -> list[tuple[str, str, str]]:
        read = csv.DictReader(desk.get(f"/desk/export.csv?{query}").splitlines())
        return [(row["a"], row["b"], row["verdict"]) for row in read]

    desk.decide("different", "n0", "n2")
    desk.decide("related", "n3", "f1")
    desk.decide("duplicate", "n0", "n4")
    assert exported("state=settled") == [("n4", "n0", "duplicate")]
    assert sorted(exported("state=dismissed")) == [("n0", "n2", "different"), ("n3", "f1", "related")]
    assert exported("q=flat+feet") == [("n3", "f1", "related")]
    assert exported("state=settled&band=possible") == []
    assert exported("state=settled&band=same-wording") == [("n4", "n0", "duplicate")]


def test_the_queue_needs_an_index(tmp_path: Path) -> None:
    """Without an index the desk says so, and how to build one."""
    from search_app import create_app

    client = create_app({"index": str(tmp_path / "none"), "decisions": str(tmp_path / "d")}).test_client()
    assert client.get("/desk").status_code == 401
    assert len(NERVE) == 6


def test_a_question_that_others_point_to_is_compared_by_its_own_words(desk: Desk) -> None:
    """What was likely of one question is not said of another that an editor keeps for it."""
    desk.decide("duplicate", "f1", "n1")
    with desk.app.test_request_context():
        found = services.index().clusters(ClusterRequest(), size=50).clusters
        own = [pair for cluster in found for pair in cluster.pairs if "f1" in (pair.a, pair.b)]
        assert own
        for pair in own:
            assert pair.score == services.index().side_by_side(pair.a, pair.b).pair.score
            assert pair.band is Band.POSSIBLE


def test_the_pair_suggests_the_question_that_the_queue_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that a cluster keeps, also where the other is the better one of the two by itself."""
    for asked, kept in (([("n2", "n0")], "n2"), ([], "n0")):
        monkeypatch.setattr(compare, "to_ask", lambda _, own=asked: own)
        html = desk.get("/desk/pair?a=n2&b=n0")
        assert re.findall(r'name="keep" value="(n\d)"[^>]* checked', html) == [kept]


def test_a_page_is_named_by_its_address_too(made: Made) -> None:
    """The address of a page here, or on its own site, finds what was decided of it."""
    documents = [replace(d, url=f"https://nerves.example/{d.id}") if d.id == "n1" else d for d in NERVE]
    desk = made(documents)
    desk.decide("different", "n0", "n1")
    for named in ("n1", "http://localhost/questions/n1", "https://nerves.example/n1"):
        html = desk.get(f"/desk/records?id={named}")
        assert 'href="/desk/pair?a=n0&amp;b=n1">n0 and n1</a>' in html, named

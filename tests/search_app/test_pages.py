"""The pages: what each shows, escapes and does where something fails."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import corpus
import indexer
import search_app
from corpus import Answer, Article, Comment, Link, Question, Topic
from search_app import create_app
from tests.documents import question

NASTY = "<script>alert(1)</script>\"'&{{ 7919*7919 }}"


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    """A page's HTML."""
    response = client.get(address)
    assert response.status_code == status, response.text[:500]
    return response.text


def test_home_says_what_there_is(client: FlaskClient) -> None:
    """The home page counts documents, lists topics by specialty and the newest questions."""
    html = page(client, "/")
    assert "64 questions with 63 replies, and 12 articles" in html
    assert 'href="/topics/Kyphoplasty"' in html
    assert "Newest questions" in html


def test_results_mark_what_matched(client: FlaskClient) -> None:
    """Hits are listed with marked words, doctor, date and replies; articles are marked beside questions."""
    html = page(client, "/search?q=cement+leakage+after+kyphoplasty")
    assert "<mark>" in html
    assert "Dr. Ines Falk" in html
    assert "<span>1 reply</span>" in html
    assert "<strong>Article</strong>" in html
    assert "Question</strong>" not in html
    assert re.search(r"<strong>\d+ results</strong> for cement leakage after kyphoplasty", html)


def test_results_of_one_title_stand_together(tmp_path: Path) -> None:
    """The best of them is shown, the others are folded beneath it, each told by what it says; all can be reached."""
    documents = [
        question(f"s{n}", ("What is gout?", "what is GOUT?")[n % 2], "", f"Gout {n} comes back.") for n in range(3)
    ]
    indexer.build(tmp_path, [*documents, question("other", "Can gout be cured?", "", "Gout can be held off.")])
    html = page(create_app({"index": str(tmp_path)}).test_client(), "/search?q=gout")
    assert html.count('<li class="result">') == 2
    assert "Two more pages with this title" in html
    assert len(set(re.findall(r'href="/questions/(s\d)"', html))) == 3
    assert re.search(r'<li><a href="/questions/s\d">Gout \d comes back\.</a>', html)


def test_results_have_pages(client: FlaskClient) -> None:
    """A search of more hits than fit has a next page, and that one a previous."""
    assert "Next page" in page(client, "/search?q=pain")
    second = page(client, "/search?q=pain&page=2")
    assert "Previous page" in second
    assert '<ol class="results" start="11">' in second


def test_a_page_behind_the_last_leads_to_the_last(client: FlaskClient) -> None:
    """A page number that is too high, of hits or of a topic's questions."""
    for number in (90, 101, 1_000):
        assert client.get(f"/search?q=cement&page={number}").headers["Location"].endswith("page=2")
    assert client.get("/topics/Rib?page=9").headers["Location"].endswith("/topics/Rib")


def test_filters_narrow_and_can_be_removed(client: FlaskClient) -> None:
    """A chosen filter counts fewer hits and is shown as a chip that removes it."""
    html = page(client, "/search?q=cement&kind=article")
    assert "remove this filter" in html
    assert "<strong>Article</strong>" not in html  # all of them are


def test_hits_of_several_sites_tell_theirs(tmp_path: Path) -> None:
    """A hit says which site it stands on where another one beside it stands elsewhere."""
    own = [question(f"q{n}", f"Knee pain {n}", url=f"https://www.site{n % 2}.example/{n}") for n in range(4)]
    for documents, told in ((own, 2), (own[::2], 0)):
        indexer.build(tmp_path / str(told), documents)
        app = create_app({"index": str(tmp_path / str(told))})
        html = page(app.test_client(), "/search?q=knee")
        assert html.count("<span>site0.example</span>") == told


def test_a_corrected_search_says_so_and_leads_back(client: FlaskClient) -> None:
    """The page says that the hits are for the corrected words, and has a link to what was typed."""
    html = page(client, "/search?q=kyfoplasty&sort=newest")
    assert "The spelling was corrected" in html
    assert "/search?q=kyfoplasty&amp;sort=newest&amp;as_typed=yes" in html


def test_nothing_found_offers_a_way_on(client: FlaskClient) -> None:
    """Without a hit the page says what was looked for, a likelier spelling, and searches with fewer words."""
    html = page(client, "/search?q=kyfoplasty&as_typed=yes")
    assert "kyphoplasty</a>?" in html
    html = page(client, "/search?q=gout+-gout")
    assert "without “-gout”" in html
    html = page(client, "/search?q=cement&year=1999")
    assert "Without the filters" in html


def test_an_address_cannot_steer_the_links(client: FlaskClient) -> None:
    """Parameters that are none of a search's reach no link of the page."""
    for key in ("endpoint", "_external", "_scheme", "_anchor", "_method"):
        html = page(client, f"/search?q=pain&{key}=evil")
        assert "evil" not in html, key


def test_a_topic_that_no_path_can_hold_is_a_filter(tmp_path: Path) -> None:
    """A topic named like a path that leads elsewhere is linked as a search by it."""
    indexer.build(tmp_path, [question("a", "Knee", topics=(corpus.Topic(name=".."), corpus.Topic(name="/x")))])
    client = create_app({"index": str(tmp_path)}).test_client()
    html = page(client, "/questions/a")
    assert 'href="/search?topic=.."' in html
    assert "1 result" in page(client, "/search?topic=/x")


def test_a_topic_has_one_page_in_whatever_case(tmp_path: Path) -> None:
    """It is called as most of its pages call it, has no neighbour of its own name, and is chosen as a filter."""
    written = ["Knee Pain", "knee pain", "Knee Pain"]
    indexer.build(
        tmp_path,
        [
            *(question(f"q{n}", f"Hurts {n}", topics=(corpus.Topic(name=name),)) for n, name in enumerate(written)),
            question("q9", "Hurts again", topics=(corpus.Topic(name="knee pain"), corpus.Topic(name="Hip"))),
            question("q8", "It hurts"),
        ],
    )
    client = create_app({"index": str(tmp_path)}).test_client()
    (called,) = re.findall(r"/topics/(\w+)%20(\w+)\"", page(client, "/topics"))
    path = f"/topics/{'%20'.join(called)}"
    html = page(client, path)
    assert html.count(f"<h1>{' '.join(called)}</h1>") == 1
    assert html.count('<p class="t">') == 4
    assert re.findall(r'href="(/topics/[^"]+)"', html.partition("Nearby")[2]) == ["/topics/Hip"]
    for other in ("KNEE PAIN", "kNEE pAIN"):
        assert client.get(f"/topics/{other}").headers["Location"].endswith(path)
    chosen = page(client, "/search?q=hurts&topic=KNEE+PAIN")
    assert re.findall(r'aria-current="true">([^<]+)<', chosen) == [" ".join(called)]


def test_ways_on_keep_the_filters(tmp_path: Path) -> None:
    """Where filters leave nothing, the page says so, and what it counts is what its links lead to."""
    indexer.build(
        tmp_path, [question("q1", "Knee pain"), question("q2", "Hernia"), Article(id="a", title="Knee", body="x")]
    )
    client = create_app({"index": str(tmp_path)}).test_client()
    html = page(client, "/search?q=knee+hernia&kind=article&answered=yes&year=")
    if "Search results" not in html:
        assert "No page that passes these filters has enough of those words" in html
        assert "You searched for <strong>knee hernia</strong>, with filters." in html
    for link, count in re.findall(r'<p class="t"><a href="([^"]+)">[^<]+</a></p><p class="meta">(\d+) page', html):
        results = client.get("/api/v1" + link.replace("&amp;", "&")).json
        assert results is not None
        assert results["total"] == int(count)


def test_an_empty_search_goes_home(client: FlaskClient) -> None:
    """Searching for nothing leads to the home page."""
    assert client.get("/search?q=++").headers["Location"] == "/"


def test_a_question_page_has_every_voice(client: FlaskClient) -> None:
    """Title, the patient's words, the doctor's reply, more information, topics and the panel."""
    html = page(client, "/questions/q-0039")
    for part in ("A patient asked", "Woman, 70 to 79", "Dr. Ines Falk replied", "More information", "See also"):
        assert part in html
    assert 'class="sa-card"' in html
    assert "In common:" in html


def test_a_panel_on_the_page_is_the_indexs_panel(client: FlaskClient, sample_index: indexer.Index) -> None:
    """The cards on the page are those of the index, in their order."""
    titles = re.findall(
        r'class="sa-title">.*?<a href="/(?:questions|articles)/([^"]+)"', page(client, "/questions/q-0039")
    )
    assert titles == [card.id for card in sample_index.related("q-0039").cards]


def test_an_unanswered_question_says_so(client: FlaskClient, sample: list[corpus.Document]) -> None:
    """Where no doctor replied the page says it; where no page is close either, no heading stands over nothing."""
    waiting = next(d for d in sample if isinstance(d, Question) and not d.answers)
    html = page(client, f"/questions/{waiting.id}")
    assert "No doctor has replied to this question yet" in html
    assert "No other page here is close to this one yet." in html
    assert re.search(r'<a href="/search\?q=[^"]+">Search with the words of its title</a>', html)
    assert "See also" not in html


def test_an_articles_comments_stand_apart(client: FlaskClient, sample: list[corpus.Document]) -> None:
    """Comments come after the article under their own title, as readers' words."""
    article = next(d for d in sample if isinstance(d, Article) and d.comments)
    html = page(client, f"/articles/{article.id}")
    assert html.index("no part of the article") > html.index("References")
    assert html.count("Reader’s comment ") == len(article.comments)


def test_a_document_under_the_wrong_kind_is_led_right(client: FlaskClient) -> None:
    """An article's id under /questions/ leads to the article, and the other way round."""
    assert client.get("/questions/a-0007").headers["Location"] == "/articles/a-0007"
    assert client.get("/articles/q-0039").headers["Location"] == "/questions/q-0039"


def test_a_topic_lists_its_documents(client: FlaskClient) -> None:
    """A topic page has its questions, its articles and the topics nearby."""
    html = page(client, "/topics/Kyphoplasty")
    assert "<h1>Kyphoplasty</h1>" in html
    assert "the newest first" in html
    assert "Nearby topics" in html


def test_a_topic_has_first_what_most_pages_list(tmp_path: Path) -> None:
    """Then the newest; with the topics whose names have its words, and all pages that say it."""
    topics = (Topic(name="Asthma"),)
    listing = tuple(Link(title=title) for title in ("Asthma in winter", "Asthma in spring"))
    documents = [
        replace(question("new", "Asthma in summer", topics=topics), asked=date(2020, 5, 1)),
        replace(question("old", "Asthma in winter", topics=topics), asked=date(2010, 5, 1)),
        replace(question("older", "Asthma in spring", topics=topics), asked=date(2009, 5, 1)),
        replace(question("a", "Cough at night", topics=(Topic(name="Allergic asthma"),)), listed=listing),
        replace(question("b", "Cough of asthma"), listed=listing[:1]),
    ]
    indexer.build(tmp_path / "index", documents)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    html = page(client, "/topics/Asthma")
    titles = re.findall(r'<p class="t"><a href="/questions/(\w+)">', html)
    assert titles == ["old", "older", "new"]
    assert '<a href="/topics/Allergic%20asthma">Allergic asthma</a>' in html
    assert '<a href="/search?q=Asthma">All 4 pages that say “Asthma”</a>' in html
    assert "Most listed first" in page(client, "/search?q=asthma&sort=listed")
    found = client.get("/api/v1/search?topic=Asthma&sort=listed&size=2").get_json()
    assert [hit["id"] for hit in found["hits"]] == ["old", "older"]


@pytest.mark.parametrize(("filed", "offered"), [(2, False), (5, True)])
def test_a_specialty_that_few_pages_have_is_no_way_in(tmp_path: Path, filed: int, offered: bool) -> None:
    """Where hardly one of ten pages is filed under any, neither results nor the home page offer specialties, since to
    choose one would hide the others; one that was chosen can be taken back all the same.
    """
    documents = [
        question(f"q{n}", f"Knee pain {n}", specialty=("Surgery", "Rheumatology")[n % 2] if n < filed else "")
        for n in range(40)
    ]
    indexer.build(tmp_path / "index", documents)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    for html in (page(client, "/"), page(client, "/search?q=knee")):
        assert ("specialty=Surgery" in html) is offered
    assert 'aria-current="true">Surgery' in page(client, "/search?q=knee&specialty=Surgery")


def test_a_topic_whose_name_no_search_takes_has_its_page(tmp_path: Path) -> None:
    """Only the way to all pages that say it is left out."""
    name = " ".join(f"-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    indexer.build(tmp_path / "index", [question("q", "Knee pain", topics=(Topic(name=f"Care {name}"),))])
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    assert "Knee pain" in page(client, f"/topics/Care {name}")


def test_results_are_reached_past_the_filters_and_say_how_to_search(client: FlaskClient) -> None:
    """The first link of results leads to them; below them, and where nothing is found, stands how phrases are asked
    for.
    """
    html = page(client, "/search?q=cement")
    assert '<a class="skip" href="#results">' in html
    assert 'id="results"' in html
    for own in (html, page(client, "/search?q=zzzqqq")):
        assert "&#34;chest pain&#34; -cough" in own


@pytest.mark.parametrize("address", ["/nowhere", "/questions/none", "/articles/none", "/topics/none", "/questions//"])
def test_unknown_addresses_are_a_404_page(address: str, client: FlaskClient) -> None:
    """What is not there is a page that says so and leads on."""
    html = page(client, address, 404)
    assert "Error 404" in html
    assert "Topics by specialty" in html


def test_every_page_has_the_standing_line(client: FlaskClient) -> None:
    """No medical advice, and the emergency number, on every page, errors included."""
    for address in ("/", "/search?q=cement", "/search?q=zzz", "/questions/q-0039", "/articles/a-0007", "/topics/Gout"):
        assert "no medical advice" in page(client, address)
        assert 'In an emergency call <a href="tel:112">112</a>' in page(client, address)
    assert 'In an emergency call <a href="tel:112">112</a>' in page(client, "/nowhere", 404)


def test_the_emergency_number_is_a_setting(sample_path: Path) -> None:
    """A site in another country shows its own number."""
    client = create_app({"index": str(sample_path), "emergency": "999"}).test_client()
    assert 'In an emergency call <a href="tel:999">999</a>' in page(client, "/")


def test_a_page_that_speaks_of_a_danger_has_help_first(tmp_path: Path) -> None:
    """As a search for its title has: above its text, the number a link; a page that only reads of it has none."""
    indexer.build(
        tmp_path / "index",
        [
            question("d", "I want to die, is this normal?", "", "It is not."),
            question("s", "Suicide statistics of Europe", "", "Fewer."),
        ],
    )
    client = create_app({"index": str(tmp_path / "index"), "crisis": "Samaritans 116 123"}).test_client()
    html = page(client, "/questions/d")
    assert html.index('Samaritans <a href="tel:116123">116 123</a>') < html.index("<p>It is not.</p>")
    assert "116 123" not in page(client, "/questions/s")


def test_cards_say_when_and_from_which_site(tmp_path: Path) -> None:
    """When it was asked, where that is known; the site, where there are several."""
    asked = date(2014, 10, 21)
    documents = [
        replace(question(f"q{n}", "Knee pain at night", f"It hurts {word}"), asked=asked, url=f"https://{site}/{n}")
        for n, (word, site) in enumerate([("always", "a.example"), ("often", "a.example"), ("a lot", "b.example")])
    ]
    indexer.build(tmp_path / "index", documents)
    client = create_app({"index": str(tmp_path / "index")}).test_client()
    (when,) = set(re.findall(r'<p part="when" class="meta dots">(.*?)</p>', page(client, "/questions/q2")))
    assert when == '<span><time datetime="2014-10-21">21 October 2014</time></span>'
    assert "<span>b.example</span>" in page(client, "/questions/q0")


def test_a_page_renders_without_its_panel(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where see-also fails the question and its reply are shown all the same."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the panel is broken")

    monkeypatch.setattr(indexer.Index, "related", broken)
    client = create_app({"index": str(sample_path)}).test_client()  # one that keeps no panel yet
    html = page(client, "/questions/q-0039")
    assert "Dr. Ines Falk replied" in html
    assert "cannot be shown at the moment" in html


def test_an_internal_error_is_a_page_without_details(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks inside is a 500 page with a reference, and nothing of what broke."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(indexer.Index, "search", broken)
    html = page(client, "/search?q=cement", 500)
    assert "reference" in html
    assert "secret detail" not in html


def test_without_an_index_the_pages_say_what_to_do(empty_client: FlaskClient) -> None:
    """Before the first build every page says that there is no index, and which command makes one."""
    html = page(empty_client, "/", 503)
    assert "There is no index yet" in html
    assert "seealso build" in html


def test_pages_without_a_date_are_not_the_newest(tmp_path: Path) -> None:
    """The home page lists as newest what says when it was asked, and nothing where no page does."""
    undated, dated = question("a", "Knee pain", answer="Rest."), question("b", "Hip pain", answer="Rest.")
    for pages, listed in (([undated], False), ([undated, replace(dated, asked=date(2026, 1, 2))], True)):
        indexer.build(tmp_path, pages)
        html = page(create_app({"index": str(tmp_path)}).test_client(), "/")
        assert ('id="new"' in html, "Hip pain" in html, "Knee pain" in html) == (listed, listed, False)


def test_a_visitor_is_not_told_to_mend_the_index(tmp_path: Path) -> None:
    """Where it is damaged, pages ask to come again; what to do is for whoever runs the site, in the API and the log."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    (tmp_path / "generations" / "000001" / "manifest.json").write_text("{")
    client = create_app({"index": str(tmp_path)}).test_client()
    html = page(client, "/search?q=knee", 503)
    assert "come again" in html
    assert "roll back" not in html
    assert "damaged" not in html
    assert "roll back" in client.get("/api/v1/search?q=knee").get_json()["next"]


def test_an_empty_index_is_a_quiet_home(tmp_path: Path) -> None:
    """An index without documents has a home page of zeros."""
    indexer.build(tmp_path, [])
    client = create_app({"index": str(tmp_path)}).test_client()
    assert "0 questions" in page(client, "/")


def _without_data(html: str) -> str:
    """A page without what it says for machines, in which no tag can begin, as no browser runs it, and without the only
    script.
    """
    html, found = re.subn(r'<script type="module" src="/static/suggest\.js\?v=[0-9a-f]{12}"></script>', "", html)
    assert found == 1
    return re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", html)


def test_everything_is_escaped(tmp_path: Path) -> None:
    """No text of a document, a query or an address is markup or a template."""
    document = Question(
        id="q1",
        title=f"Title {NASTY}",
        body=f"Body {NASTY}",
        specialty=f"S {NASTY}",
        topics=(corpus.Topic(name=f"T {NASTY}"),),
        answers=(Answer(text=f"Answer {NASTY}", author=f"Dr. {NASTY}"),),
        more=f"More {NASTY}",
    )
    article = Article(id="a1", title=f"Title {NASTY}", body=NASTY, comments=(Comment(text=NASTY),), references=(NASTY,))
    indexer.build(tmp_path, [document, article])
    client = create_app({"index": str(tmp_path)}).test_client()
    addresses = ["/", "/questions/q1", "/articles/a1", f"/topics/T {NASTY}", "/search?q=title", f"/search?q={NASTY}%26"]
    for address in addresses:
        html = _without_data(page(client, address))
        assert "<script" not in html, address
        assert "62710561" not in html, address


def test_ids_with_slashes_have_pages(tmp_path: Path) -> None:
    """An id made from a URL, slashes, question mark and all, is found under its address."""
    id_ = "example.org/qa/knee?id=7&x=%20"
    indexer.build(tmp_path, [question(id_, "Knee pain"), question("other", "Knee pain again, in the left knee")])
    client = create_app({"index": str(tmp_path)}).test_client()
    link = re.search(r'href="(/questions/example[^"]+)"', page(client, "/search?q=knee"))
    assert link
    assert "<h1>Knee pain</h1>" in page(client, link[1].replace("&amp;", "&"))


def test_pages_hold_no_script_and_no_inline_style(client: FlaskClient) -> None:
    """Nothing needs what the policy forbids; the only script is a file of the site's own."""
    for address in ("/", "/search?q=cement", "/questions/q-0039", "/articles/a-0007", "/topics/Gout"):
        html = _without_data(page(client, address))
        assert "<script" not in html
        assert " style=" not in html
        assert not re.search(r" on\w+=", html)


def test_the_stylesheet_has_no_class_that_no_page_uses() -> None:
    """Every class of the stylesheets stands in some template."""
    folder = Path(search_app.__file__).parent
    sheets = " ".join(path.read_text(encoding="utf-8") for path in (folder / "static").glob("*.css"))
    css = re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)
    templates = " ".join(path.read_text(encoding="utf-8") for path in (folder / "templates").rglob("*.html"))
    words = set(re.findall(r"[\w-]+", templates))
    assert sorted(set(re.findall(r"\.([a-zA-Z][\w-]*)", css)) - words) == []

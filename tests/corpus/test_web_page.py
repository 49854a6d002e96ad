"""Pages of HTML, beside their samples: charsets, blocks and references that are broken, what is not installed."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus import Article, Document, Question, Rejected, read, to_json

Node = dict[str, Any]
QUESTION = '{"@type": "Question", "name": "What is this?", "acceptedAnswer": {"@type": "Answer", "text": "A cyst."}}'


def taken(path: Path, page: str | bytes) -> tuple[list[Document], list[Rejected]]:
    """What is read of a page, and what is not."""
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    rejected: list[Rejected] = []
    return list(read(path, rejected=rejected.append)), rejected


def page(*blocks: str, head: str = "", body: str = "") -> str:
    """A page with blocks of JSON-LD."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!DOCTYPE html><html><head><title>t</title>{head}{scripts}</head><body>{body}</body></html>"


@pytest.mark.parametrize("bad", ["", "<!-- -->", "{", "[1, 2", "null", "7", '"text"', "[" * 50_000, '{"@type": {}}'])
def test_a_broken_block_loses_itself_alone(bad: str, tmp_path: Path) -> None:
    """The good blocks beside an empty, cut or senseless one are read."""
    documents, rejected = taken(tmp_path / "a.html", page(bad, QUESTION, bad))
    assert [d.title for d in documents] == ["What is this?"]
    assert rejected == []


def test_microdata_beside_a_broken_block_is_read(tmp_path: Path) -> None:
    """A page whose only block is broken still has its microdata."""
    body = '<div itemscope itemtype="https://schema.org/Question"><h1 itemprop="name">Is it a cyst?</h1></div>'
    documents, _ = taken(tmp_path / "a.html", page("{", body=body))
    assert [d.title for d in documents] == ["Is it a cyst?"]


@pytest.mark.parametrize(
    "block",
    [
        QUESTION.replace('"Question"', '["Question", "Thing"]'),
        QUESTION.replace('"Question"', '"https://schema.org/Question"'),
        QUESTION.replace('"Question"', '"schema:Question"'),
        f"[{QUESTION}]",
        f'{{"@graph": [{QUESTION}]}}',
        f'{{"@type": "QAPage", "mainEntity": [{QUESTION}]}}',
        f"<![CDATA[{QUESTION}]]>",
        f"//<![CDATA[\n{QUESTION}\n//]]>",
        f"/* <![CDATA[ */ {QUESTION} /* ]]> */",
        f"<!--\n{QUESTION}\n-->",
        f"{QUESTION};",
        QUESTION.replace("A cyst.", "A\tcyst."),
    ],
)
def test_a_question_is_read_however_its_block_is_written(block: str, tmp_path: Path) -> None:
    """Lists of types, full names, arrays, graphs, comments and CDATA around, a tab within a string."""
    (document,), rejected = taken(tmp_path / "a.html", page(block))
    assert isinstance(document, Question)
    assert (document.title, document.answers[0].text) == ("What is this?", "A cyst.")
    assert rejected == []


def test_references_in_a_circle_end(tmp_path: Path) -> None:
    """Two nodes that name each other."""
    graph = (
        '{"@graph": [{"@type": "QAPage", "@id": "#p", "mainEntity": {"@id": "#q"}}, {"@type": "Question", "@id": "#q",'
        ' "name": "Round?", "isPartOf": {"@id": "#p"}, "acceptedAnswer": {"@id": "#a"}},'
        ' {"@type": "Answer", "@id": "#a", "text": "Yes.", "parentItem": {"@id": "#q"}}]}'
    )
    (document,), _ = taken(tmp_path / "a.html", page(graph))
    assert isinstance(document, Question)
    assert [answer.text for answer in document.answers] == ["Yes."]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "骨水泥?"),
        ("big5", "骨水泥?"),
        ("gb2312", "骨水泥?"),
        ("shift_jis", "骨セメント?"),
        ("euc-kr", "골시멘트?"),
        ("windows-1251", "Что это?"),
        ("iso-8859-1", "Qué “es” esto?"),
        ("utf-16", "骨水泥?"),
    ],
)
def test_the_charset_that_a_page_declares_is_used(charset: str, text: str, tmp_path: Path) -> None:
    """As browsers do: windows-1252 for iso-8859-1, GB 18030 for gb2312; the mark of byte order goes before."""
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    written = page(QUESTION.replace("What is this?", text), head=head)
    documents, _ = taken(tmp_path / "a.html", written.encode("cp1252" if charset == "iso-8859-1" else charset))
    assert [d.title for d in documents] == [text]


@pytest.mark.parametrize(
    ("entity", "character"), [("&half;", "½"), ("&nbsp;", " "), ("&Zcaron;", "Ž"), ("&amp;", "&"), ("&#8804;", "≤")]
)
def test_entities_are_characters_whatever_the_parser_knows(entity: str, character: str, tmp_path: Path) -> None:
    """In JSON-LD, in microdata and in running text, with none dropped: 5½ mg never becomes 5 mg."""
    item = f'<p itemscope itemtype="http://schema.org/Question"><b itemprop="name">Take 5{entity} mg?</b></p>'
    running = f"<article><h1>On doses</h1><p>{f'One takes 5{entity} mg of it in the morning. ' * 5}</p></article>"
    for name, text in (
        ("a", page(QUESTION.replace("What is this?", f"Take 5{entity} mg?"))),
        ("b", page(body=item)),
        ("c", page(body=running)),
    ):
        (document,), _ = taken(tmp_path / f"{name}.html", text)
        assert " ".join(f"5{character} mg".split()) in f"{document.title} {document.body}"


def test_the_canonical_address_is_the_identity(tmp_path: Path) -> None:
    """By the link, by og:url, by what a base makes of a short one; without any by title and file."""
    for head, id_ in (
        ('<link rel="canonical" href="https://www.c.example/a/?utm_source=x">', "c.example/a"),
        ('<meta property="og:url" content="https://c.example/b">', "c.example/b"),
        ('<base href="https://c.example/x/"><link href="y" rel="shortlink canonical">', "c.example/x/y"),
        ('<link rel="canonical" href="javascript:alert(1)">', ""),
    ):
        (document,), _ = taken(tmp_path / "a.html", page(QUESTION, head=head))
        assert document.id == id_ or (not id_ and document.id.startswith("question-") and not document.url)


def test_a_page_of_links_is_told(tmp_path: Path) -> None:
    """Nothing is made of it."""
    documents, rejected = taken(tmp_path / "a.html", page(body='<ul><li><a href="b">Wards</a></li></ul>'))
    assert documents == []
    assert [item.reason.partition(":")[0] for item in rejected] == ["no main text"]


def test_what_is_not_installed_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a page is left out, and the line says how to get it."""
    monkeypatch.delitem(sys.modules, "corpus.formats.html_tree", raising=False)
    monkeypatch.setitem(sys.modules, "lxml", None)
    documents, rejected = taken(tmp_path / "a.html", page(QUESTION))
    assert documents == []
    assert [(item.reason, item.remedy) for item in rejected] == [
        ("a page of HTML, and lxml is not installed", "pip install seealso[sites]")
    ]


JANE: Node = {"@type": "Person", "name": "Jane Roe"}
DOCTOR: Node = {"text": "Drops.", "author": {"name": "Dr. B"}}
SAID: list[Node] = [{"text": "Thanks", "author": JANE}, DOCTOR]
QUOTE = "<blockquote><cite>Jane Roe wrote:</cite>ow</blockquote>"


@pytest.mark.parametrize(
    "block",
    [
        {"@type": "Question", "name": "Ear?", "author": JANE, "suggestedAnswer": SAID},
        {"@type": "DiscussionForumPosting", "headline": "Ear?", "text": "It hurts", "author": JANE, "comment": SAID},
        {"@type": "Question", "name": "Ear?", "about": [JANE, {"name": "Ear"}], "acceptedAnswer": DOCTOR},
        {"@type": "SocialMediaPosting", "headline": "Ear?", "author": JANE, "comment": DOCTOR},
        {"@type": "Question", "name": "Ear?", "text": QUOTE, "acceptedAnswer": DOCTOR},
    ],
    ids=["question", "forum", "about", "posting", "quote"],
)
def test_who_asks_is_never_named(block: Node, tmp_path: Path) -> None:
    """Not as the author of an answer of theirs, not as a topic, not where software says who is quoted; a doctor is."""
    head = '<meta name="author" content="Jane Roe">'
    documents, _ = taken(tmp_path / "a.html", page('{"@type": "NewsArticle"}', json.dumps(block), head=head))
    assert [document.title for document in documents] == ["Ear?"]
    assert "Jane" not in to_json(documents[0])
    assert '"Dr. B"' in to_json(documents[0])


def test_microdata_counts_where_the_blocks_say_nothing_of_it(tmp_path: Path) -> None:
    """A block about the site alone hides no question; words that look like tags stay words."""
    scope = "itemscope itemtype=https://schema.org"
    answer = f"<div itemprop=acceptedAnswer {scope}/Answer><p itemprop=text>Yes, &lt;b&gt; and &amp;lt;</p></div>"
    asked = f"<div itemprop=mainEntity {scope}/Question><h1 itemprop=name>Is &lt;b&gt; a tag?</h1>{answer}</div>"
    body = f"<div {scope}/QAPage>{asked}</div>"
    (document,), _ = taken(tmp_path / "a.html", page('{"@graph": [{"@type": "WebSite", "name": "x"}]}', body=body))
    assert isinstance(document, Question)
    assert (document.title, document.answers[0].text) == ("Is <b> a tag?", "Yes, <b> and &lt;")


def test_a_question_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    """Half a character in one answer of three."""
    asked = [f'{{"@type": "Question", "name": "Q{n}?", "acceptedAnswer": {{"text": "A{n}%s"}}}}' for n in range(3)]
    block = f'{{"@type": "FAQPage", "mainEntity": [{asked[0] % ""}, {asked[1] % chr(92)}ud83d, {asked[2] % ""}]}}'
    block = block.replace(f'A1{chr(92)}"}}}}ud83d', f'A1{chr(92)}ud83d"}}}}')
    documents, rejected = taken(tmp_path / "a.html", page(block))
    assert [document.title for document in documents] == ["Q0?", "Q2?"]
    assert len(rejected) == 1


def test_questions_of_one_fragment_have_ids_of_their_own(tmp_path: Path) -> None:
    """Two parts that a page calls by one name."""
    asked = ", ".join(f'{{"@type": "Question", "@id": "https://c.example/a#faq", "name": "Q{n}?"}}' for n in range(2))
    head = '<link rel="canonical" href="https://c.example/a">'
    documents, _ = taken(tmp_path / "a.html", page(f'{{"@type": "FAQPage", "mainEntity": [{asked}]}}', head=head))
    assert len({document.id for document in documents}) == 2


def _node(number: int) -> Node:
    """A question that refers to the next one twice."""
    following = {"@id": f"#{number + 1}"}
    return {"@id": f"#{number}", "@type": "Question", "name": "q", "a": following, "b": following}


@pytest.mark.parametrize(
    "text",
    [
        "<!-- a -->" * 500 + "<div>",
        page(json.dumps({"@graph": [_node(n) for n in range(60)]})),
        page(body='<div itemscope itemprop="a b" itemtype="http://schema.org/Question">' * 60),
        page("{}" + ";" * 300_000),
        page('{"@type": "Article", "headline": "h", "articleBody": "<p>x' + "<!--" * 100_000 + '"}'),
        page(body="<p>" * 300_000),
    ],
    ids=["comments", "references", "items", "semicolons", "open-comments", "elements"],
)
def test_a_page_that_is_made_to_last_ends(text: str, tmp_path: Path) -> None:
    """What doubles or rescans with each part; pytest's own limit of time tells where it does not end."""
    taken(tmp_path / "a.html", text)


def test_a_control_character_is_white_space(tmp_path: Path) -> None:
    """As old editors end a file: the page is read as it is without."""
    words = "<p>Ice and rest help a sprained ankle in the first two days, and walking soon does no harm.</p>" * 3
    text = page(body=f"<article><h1>A sprained ankle</h1><script>x()</script>\x1a{words}</article>")
    (tmp_path / "a.html").write_text(text, "utf-8")
    (document,) = read(tmp_path / "a.html")
    assert "Ice and rest" in document.body
    assert "\x1a" not in document.body


def test_a_page_is_filed_under_what_it_says(tmp_path: Path) -> None:
    """By its meta elements, and by links that are marked as tags."""
    head = '<meta property="article:section" content="Knee"><meta property="article:tag" content="Sprain">'
    words = "<p>Ice and rest help a sprained ankle in the first two days, and walking soon does no harm.</p>" * 3
    tags = '<a href="/t" rel="category tag">Ankle</a><a href="/t" rel="tag">Sprain</a><a href="/u">Elsewhere</a>'
    text = page(head=head, body=f"<article><h1>A sprained ankle</h1>{words}</article><footer>{tags}</footer>")
    (tmp_path / "a.html").write_text(text, "utf-8")
    (document,) = read(tmp_path / "a.html")
    assert [topic.name for topic in document.topics] == ["Knee", "Sprain", "Ankle"]


AROUND = """
<header class="site-header"><p class="site-title">Two Lamps Clinic</p><p>Night and day</p></header>
<nav><a href="/">Home</a><a href="/2019/03/">March 2019</a></nav>
<main><article><h1 class="entry-title">{title}</h1>
<div class="entry-content">{text}
<figure><img src="/2018/07/a.jpg"><figcaption>A lamp</figcaption></figure>
<div class="sharedaddy"><h3>Share this:</h3><a>Click to share (opens in new window)</a></div>
<section class="see-also"><h2>Similar questions</h2><p>Something else altogether.</p></section></div>
<footer class="entry-footer">Posted <time class="entry-date published" datetime="2024-05-06">6 May</time> in
<a rel="category tag" href="/c">Lamps</a> by <a rel="author" href="/a">Ada Fry</a></footer></article>
<div id="comments"><h2>One thought</h2><ol class="comment-list"><li><b class="fn">Zed Reader</b>
<time datetime="2025-11-12">12 November</time><p>I have two lamps as well.</p></li></ol>
<div id="respond"><h3>Leave a Reply</h3></div></div></main>
<aside class="widget-area"><section class="widget">Recent comments: Ivy Other on Lamps</section></aside>
<footer>Two Lamps Clinic, all rights reserved</footer>
"""


@pytest.mark.parametrize("text", ["<p>Look straight ahead.</p>", "<p>Look ahead.</p>" + "<p>Do not blink.</p>" * 30])
def test_a_post_is_its_own_text_alone(text: str, tmp_path: Path) -> None:
    """Short or long: without the site's name, captions, share buttons, comments, panel or what it is filed under."""
    (post,), rejected = taken(tmp_path / "a.html", page(body=AROUND.format(title="Under the lamp", text=text)))
    assert isinstance(post, Article)
    assert rejected == []
    assert post.body == text.replace("</p><p>", "\n\n").removeprefix("<p>").removesuffix("</p>")
    assert (post.title, post.author, post.published) == ("Under the lamp", "Ada Fry", date(2024, 5, 6))
    assert [topic.name for topic in post.topics] == ["Lamps"]


def test_who_comments_is_no_author_and_no_date(tmp_path: Path) -> None:
    """A page without a byline or a day has none, whoever wrote below it and whatever it links."""
    body = AROUND.format(title="About", text="<p>Two lamps, one chair.</p>")
    body = body[: body.index('<footer class="entry-footer">')] + body[body.index("</article>") :]
    (post,), _ = taken(tmp_path / "a.html", page(body=body))
    assert isinstance(post, Article)
    assert (post.author, post.published) == ("", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<body class="single"><form class="post-password-form"><p>Enter your password.</p></form>', "a password"),
        ('<body class="archive category"><h1>Category: Lamps</h1><p>' + "Words of a post. " * 20, "a list of posts"),
    ],
)
def test_pages_of_wordpress_that_are_no_posts_are_told(body: str, reason: str, tmp_path: Path) -> None:
    """What stands behind a password, and lists by topic or day."""
    head = '<head><title>t</title><meta name="generator" content="WordPress 6.1.9"></head>'
    documents, (rejected,) = taken(tmp_path / "a.html", f"<!DOCTYPE html><html>{head}{body}</body></html>")
    assert documents == []
    assert reason in rejected.reason


_CANONICAL = '<link rel="canonical" href="https://c.example/a">'
_TEXT = "It is long enough to be taken for the text of a page, in one sentence or two."


def _article(title: str, url: str) -> str:
    said = {"@type": "NewsArticle", "headline": title, "articleBody": f"{title}. {_TEXT}", "url": url}
    return json.dumps(said)


def test_a_teaser_is_not_the_article_of_its_page(tmp_path: Path) -> None:
    """Of several articles the one that names the page's address; a list of links to others counts for nothing."""
    teaser, own = _article("Other", "https://c.example/b"), _article("Own", "https://c.example/a/")
    in_list = f'{{"@type": "ItemList", "itemListElement": [{{"@type": "ListItem", "item": {_article("Third", "")}}}]}}'
    for blocks in ((teaser, own), (in_list, own), (in_list, teaser, own)):
        (document,), _ = taken(tmp_path / "a.html", page(*blocks, head=_CANONICAL))
        assert (document.id, document.title) == ("c.example/a", "Own")


def test_an_article_beside_the_text_is_not_the_pages(tmp_path: Path) -> None:
    """Microdata of a teaser in an aside before the article itself."""
    scope = "itemscope itemtype=https://schema.org/BlogPosting"
    teaser, own = (
        f"<article {scope}><h2 itemprop=headline>{title}</h2><p itemprop=articleBody>{title}. {_TEXT}</p></article>"
        for title in ("Other", "Own")
    )
    (document,), _ = taken(tmp_path / "a.html", page(head=_CANONICAL, body=f"<aside>{teaser}</aside>{own}"))
    assert document.title == "Own"


def test_related_questions_of_a_list_are_other_pages(tmp_path: Path) -> None:
    """A question page that lists others keeps its own id and has one question."""
    related = '{"@type": "Question", "name": "Other?", "url": "https://c.example/b"}'
    in_list = f'{{"@type": "ItemList", "itemListElement": [{{"@type": "ListItem", "item": {related}}}]}}'
    asked = f'{{"@type": "QAPage", "mainEntity": {QUESTION}}}'
    (document,), _ = taken(tmp_path / "a.html", page(in_list, asked, head=_CANONICAL))
    assert (document.id, document.title) == ("c.example/a", "What is this?")
    listed = f'{{"@type": "FAQPage", "mainEntity": {{"@type": "ItemList", "itemListElement": [{QUESTION}]}}}}'
    (document,), _ = taken(tmp_path / "a.html", page(listed, head=_CANONICAL))
    assert document.title == "What is this?"


def test_a_question_in_microdata_goes_before_an_article_in_a_block(tmp_path: Path) -> None:
    """One plugin says article of every page, another describes its question: the asker is no author."""
    scope = "itemscope itemtype=https://schema.org"
    answer = f"<div itemprop=suggestedAnswer {scope}/Answer><p itemprop=text>It is a cyst.</p></div>"
    asked = f"<div itemprop=mainEntity {scope}/Question><h1 itemprop=name>What is it?</h1>{answer}</div>"
    block = '{"@type": "Article", "headline": "What is it?", "author": {"@type": "Person", "name": "patient jane"}}'
    (document,), _ = taken(tmp_path / "a.html", page(block, head=_CANONICAL, body=f"<div {scope}/QAPage>{asked}</div>"))
    assert isinstance(document, Question)
    assert [answer.text for answer in document.answers] == ["It is a cyst."]
    assert "jane" not in to_json(document)


def test_questions_of_one_name_are_told_apart_by_their_answers(tmp_path: Path) -> None:
    """The side effects of two drugs; what is described twice is one."""
    asked = [QUESTION.replace("A cyst.", text) for text in ("Nausea.", "A rash.", "Nausea.", "Sleep.")]
    documents, _ = taken(tmp_path / "a.html", page(f"[{','.join(asked)}]", head=_CANONICAL))
    assert len({document.id for document in documents}) == len(documents) == 3


def test_who_asked_is_known_again_however_written(tmp_path: Path) -> None:
    """In other letters, or by the address of a profile; of two equal answers the one with a name stays."""
    person = '{"@type": "Person", "name": "Jane Roe", "url": "https://c.example/u/1"}'
    names = ['{"name": "JANE ROE"}', '{"name": "J.", "url": "https://c.example/u/1"}', '{"name": "Dr. B"}']
    answers = [f'{{"text": "A{n}", "author": {name}}}' for n, name in enumerate(names)]
    answers += ['{"text": "Same"}', '{"text": "Same", "author": "Dr. C"}']
    block = f'{{"@type": "Question", "name": "Q?", "author": {person}, "suggestedAnswer": [{",".join(answers)}]}}'
    (document,), _ = taken(tmp_path / "a.html", page(block))
    assert isinstance(document, Question)
    assert [answer.author for answer in document.answers] == ["", "", "Dr. B", "Dr. C"]


@pytest.mark.parametrize("name", ["yarpp-related", "author-box", "newsletter-signup", "user-comments", "related-posts"])
def test_what_plugins_put_into_a_text_is_left_out(name: str, tmp_path: Path) -> None:
    """Lists of related posts, the author's own box, sign-ups and comments within the marked text."""
    text = f"<p>{_TEXT}</p><div class='{name}'><p>Ten foods to avoid.</p></div><p>It goes on behind.</p>"
    body = f"<h1 class=entry-title>Own</h1><div class=entry-content>{text}</div>"
    (document,), _ = taken(tmp_path / "a.html", page(head=_CANONICAL, body=body))
    assert document.body == f"{_TEXT}\n\nIt goes on behind."


def test_a_question_that_is_only_mentioned_takes_no_article_away(tmp_path: Path) -> None:
    """By a block, by microdata in an aside, or by a page that asks nothing."""
    own = json.loads(_article("Own", "https://c.example/a"))
    mentions = json.dumps(own | {"mentions": {"@type": "QAPage", "mainEntity": json.loads(QUESTION)}})
    scope = "itemscope itemtype=https://schema.org"
    asked = f"<div itemprop=mainEntity {scope}/Question><h1 itemprop=name>Widget?</h1></div>"
    empty = '{"@type": "QAPage", "mainEntity": {"@type": "Question", "name": ""}}'
    for blocks, body in (
        ([mentions], ""),
        ([json.dumps(own)], f"<aside><div {scope}/QAPage>{asked}</div></aside>"),
        ([empty, json.dumps(own)], ""),
    ):
        documents, _ = taken(tmp_path / "a.html", page(*blocks, head=_CANONICAL, body=body))
        assert "Own" in [document.title for document in documents]


def test_questions_in_a_list_alone_are_the_pages(tmp_path: Path) -> None:
    """Where a page describes nothing else, and where it is both a page of questions and their list."""
    in_list = f'{{"@type": "ItemList", "itemListElement": [{{"@type": "ListItem", "item": {QUESTION}}}]}}'
    both = f'{{"@type": ["FAQPage", "ItemList"], "mainEntity": [{QUESTION}]}}'
    for block in (in_list, both):
        (document,), _ = taken(tmp_path / "a.html", page(block, head=_CANONICAL))
        assert document.title == "What is this?"


def test_the_first_article_is_the_pages_where_none_names_it(tmp_path: Path) -> None:
    """Its address is that of another form of the page; a related one has none."""
    mobile, related = _article("Own", "https://m.c.example/a"), _article("Other", "")
    (document,), _ = taken(tmp_path / "a.html", page(mobile, related, head=_CANONICAL))
    assert document.title == "Own"


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("By Ida Moe, 3 May 2024", "Ida Moe"),
        ("By Ida Moe, MD, reviewed 3 May 2024", "Ida Moe, MD"),
        ("Written by Ida Moe, last updated: May 3, 2024", "Ida Moe"),
    ],
)
def test_an_author_is_a_name(byline: str, author: str, tmp_path: Path) -> None:
    """And nothing else of a byline, such as that a page was reviewed."""
    text = "".join(f"<p>{_TEXT} {n}</p>" for n in range(4))
    body = f"<article><h1>Own</h1><p class=byline>{byline}</p>{text}</article>"
    (document,), _ = taken(tmp_path / "a.html", page(head=_CANONICAL, body=body))
    assert isinstance(document, Article)
    assert document.author == author

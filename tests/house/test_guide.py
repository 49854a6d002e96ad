"""docs/guides/your-site.md, followed: what sites have is built by its lines, and pages show panels by address."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import indexer
from search_app import create_app

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "corpus" / "samples" / "exports"
SITE = "https://clinic.example"
# What is asked about, in words of its own, so that pages on one matter find each other and no others.
PARTS = ("ankle", "knee", "hip", "wrist", "elbow", "shoulder", "neck", "jaw", "heel", "thumb")
TROUBLES = ("sprain", "fracture", "numbness", "swelling", "stiffness")
MATTERS = [f"{trouble} of the {part}" for part in PARTS for trouble in TROUBLES]
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Clinic</title>
<link rel="canonical" href="{url}">{head}</head><body><header><nav><a href="/">Home</a></nav></header>
<main>{body}</main><aside>Subscribe to our newsletter and win a voucher</aside><footer>All rights reserved</footer>
</body></html>"""


def described(about: object) -> str:
    """A block of JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(about)}</script>'


def asked(matter: str, url: str) -> str:
    """A page of one question, which machines are told of."""
    question = {
        "@type": "Question",
        "name": f"How long does a {matter} last?",
        "acceptedAnswer": {"@type": "Answer", "text": f"A {matter} lasts three weeks.", "author": {"name": "Dr. B"}},
    }
    head = described({"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question})
    return FRAME.format(title=matter, url=url, head=head, body=f"<h1>{matter}</h1>")


def listed(matter: str, url: str) -> str:
    """A page of two frequent questions."""
    questions = [
        {"@type": "Question", "name": text, "acceptedAnswer": {"@type": "Answer", "text": f"With a {matter}, rest."}}
        for text in (f"May I work with a {matter}?", f"Who treats a {matter}?")
    ]
    head = described(
        {"@graph": [{"@type": "WebSite", "name": "Clinic"}, {"@type": "FAQPage", "mainEntity": questions}]}
    )
    return FRAME.format(title=matter, url=url, head=head, body=f"<h1>{matter}</h1>")


def written(matter: str, url: str) -> str:
    """An article, which describes nothing for machines."""
    text = f"<p>A {matter} comes after a fall more often than not, and most people are well again by themselves.</p>"
    more = f"<p>Who has had a {matter} twice should have it looked at, and train the muscles around it for a while.</p>"
    head = '<meta name="author" content="Dr. A. Writer"><meta property="article:published_time" content="2024-05-06">'
    body = f"<article><h1>All about {matter}</h1>{text * 2}{more}</article>"
    return FRAME.format(title=f"All about {matter}", url=url, head=head, body=body)


def threaded(matter: str, url: str) -> str:
    """A topic of a phpBB forum."""
    post = '<div class="post"><p class="author"><time datetime="2024-05-06">6 May</time></p>{}</div>'
    words = (f"My {matter} does not go away. What else can I do?", f"For a {matter} I was given exercises.")
    posts = "".join(post.format(f'<div class="content">{text}</div>') for text in words)
    body = f'<h2 class="topic-title"><a href="#">Tired of my {matter}</a></h2>{posts}'
    return FRAME.format(title=matter, url=url, head="", body=body)


def seealso(*arguments: str, folder: Path, **settings: str) -> str:
    """What a line of the guide prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "search_app", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def panel(folder: Path, url: str) -> str:
    """The panel of a page, by its address."""
    answer = create_app({"index": str(folder / "index")}).test_client().get(f"/panel?url={quote(url, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_folder_of_saved_pages(tmp_path: Path) -> None:
    """200 pages in four layouts, 50 of a question, of two, of an article, of a forum's topic: no menu and no footer is
    in a text, and the panels of those that ask lead to pages on the same matter.
    """
    for layout in (asked, listed, written, threaded):
        (tmp_path / "pages" / layout.__name__).mkdir(parents=True)
        for number, matter in enumerate(MATTERS):
            url = f"{SITE}/{layout.__name__}/{number}"
            (tmp_path / "pages" / layout.__name__ / f"{number}.html").write_text(layout(matter, url), "utf-8")
    told = seealso("build", "pages/", folder=tmp_path)
    assert "250 documents" in told
    assert " 0 left out" in told
    checked = json.loads(seealso("check", "pages/", "--json", folder=tmp_path))
    assert checked["kinds"] == {"question": 200, "article": 50}
    assert not {"url", "reply", "text"} & {name for name, count in checked["missing"].items() if count > 150}
    for word in ("newsletter", "voucher", "reserved"):
        assert seealso("search", word, folder=tmp_path).startswith("0 hits")
    for layout in (asked, listed, threaded):
        shown = panel(tmp_path, f"{SITE}/{layout.__name__}/3")
        on_it = {one.__name__ for one in (asked, listed, written, threaded) if f"{SITE}/{one.__name__}/3" in shown}
        assert on_it
        assert layout.__name__ not in on_it


def test_an_export_of_wordpress(tmp_path: Path) -> None:
    """One line, and a page is asked for by its address."""
    shutil.copy(SAMPLES / "wordpress.xml", tmp_path / "site.WordPress.xml")
    assert "1 document" in seealso("build", "site.WordPress.xml", folder=tmp_path)
    panel(tmp_path, "https://clinic.example/after/")


def test_a_dump_of_stack_exchange(tmp_path: Path) -> None:
    """With one line before a copy of the mapping, which says where its pages stand."""
    shutil.copy(SAMPLES / "Posts.xml", tmp_path)
    shipped = (ROOT / "corpus" / "formats" / "shipped" / "stack-exchange.toml").read_text("utf-8")
    (tmp_path / "forum.toml").write_text(f'address = "https://forum.example/questions/{{Id}}"\n{shipped}', "utf-8")
    seealso("build", "Posts.xml", "--mapping", "forum.toml", folder=tmp_path)
    with indexer.open_index(tmp_path / "index") as index:
        (first, *_) = index.documents()
    assert first.url == f"https://forum.example/questions/{first.id}"
    panel(tmp_path, first.url)


def test_the_guide_is_followed_to_the_letter() -> None:
    """The lines that are tried here, and the mapping of the template tag's site, are those of the guide."""
    guide = (ROOT / "docs" / "guides" / "your-site.md").read_text("utf-8")
    for line in ("./seealso build pages/", "./seealso build site.WordPress.xml", "--mapping forum.toml"):
        assert line in guide
    assert """'address = "https://forum.example/questions/{Id}"'""" in guide

"""Ids: the same page has the same one, different pages have different ones."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Question
from corpus.identity import id_from_content, id_from_url, same_address

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
# Parts of a path as they stand in addresses: any characters that do not end the path, no dot segments.
PART = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/?#\\"), min_size=1, max_size=6)
PARTS = st.lists(PART.filter(lambda part: part.strip() == part and part not in (".", "..")), max_size=4)
QUERY = st.lists(
    st.tuples(st.sampled_from(["id", "page", "q"]), st.text("abc /&ä", min_size=1, max_size=5)), max_size=2
)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Host, path and query, without a scheme; `www.` is added by the test."""
    host = ".".join(draw(st.lists(LABEL, min_size=1, max_size=3))) + ".org"
    query = urlencode(draw(QUERY))
    return f"{host}/{'/'.join(draw(PARTS))}" + (f"?{query}" if query else "")


@given(addresses())
def test_every_way_to_write_an_address_gives_one_id(address: str) -> None:
    """Scheme, `www.`, fragment, closing slash and tracking parameters make no difference."""
    path, _, query = address.partition("?")
    own = id_from_url(f"https://{address}")
    for scheme in ("http://", "HTTPS://", "https://www."):
        for slash in ("", "/"):
            for tracking in ("", "utm_source=x&utm_medium=y", "fbclid=1", "gclid=2"):
                tail = "&".join(part for part in (query, tracking) if part)
                url = f"{scheme}{path.rstrip('/')}{slash}" + (f"?{tail}" if tail else "")
                assert id_from_url(url) == own
                assert id_from_url(f" {url}#top ") == own


@given(addresses())
def test_the_id_of_an_address_is_a_valid_id(address: str) -> None:
    """Whatever stands in an address of the web, its id can stand in a document."""
    made = id_from_url(f"http://{address}")
    assert Question(id=made, title="T").id == made


@given(addresses())
def test_the_id_of_an_id_is_itself(address: str) -> None:
    """An id that is taken for an address stays as it is."""
    made = id_from_url(f"http://{address}")
    assert id_from_url(f"http://{made}") == made


@pytest.mark.parametrize(
    "url",
    [
        "http://e.org/a/../b",
        "http://e.org/a/./b",
        "http://e.org/../a",
        f"http://e.org/{'x' * 400}",
        "http://[::1]/a",
        "http://e.org:8080/a",
        "http://user:word@e.org/a",
        "http://e.org/?q=/../",
        "http://e.org",
    ],
    ids=lambda url: url[:30],
)
def test_an_unusual_address_gives_a_valid_id_too(url: str) -> None:
    """Dot segments, long paths, ports and literal addresses give an id that a document can have."""
    assert Question(id=id_from_url(url), title="T")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://e.org/topic?12345", "http://e.org/topic?67890"),
        ("http://e.org/topic?new", "http://e.org/topic"),
        ("http://e.org/?id=1", "http://e.org/?id=2"),
        ("http://e.org/A", "http://e.org/a"),
        ("http://e.org:8080/", "http://e.org/"),
    ],
)
def test_different_pages_have_different_ids(one: str, other: str) -> None:
    """What tells two pages apart stays in the id, a bare word in the query too."""
    assert id_from_url(one) != id_from_url(other)


def test_a_password_in_an_address_is_in_no_id() -> None:
    """User and password of an address are dropped."""
    assert id_from_url("http://user:word@e.org/a") == "e.org/a"


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_the_id_of_a_content_is_valid_and_its_own(texts: list[str]) -> None:
    """The digest is stable, valid, and another for a text more or another kind."""
    made = id_from_content("question", *texts)
    assert Question(id=made, title="T")
    assert made == id_from_content("question", *texts)
    assert made != id_from_content("question", *texts, "")
    assert made != id_from_content("article", *texts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/caf%c3%a9", "https://example.org/café"),
        ("https://example.org/caf%C3%A9", "https://example.org/caf%c3%a9"),
        ("https://example.org:443/a", "http://example.org:80/a"),
        ("https://example.org/%7Ejane/%61", "https://example.org/~jane/a"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ],
)
def test_what_the_standard_calls_one_address_is_one(one: str, other: str) -> None:
    """RFC 3986, section 6.2: escapes, default ports, dot segments; hosts in both of their forms."""
    assert id_from_url(one) == id_from_url(other) == same_address(one)


@given(st.text("abz~._-é/%:", max_size=12))
def test_escaping_what_needs_none_changes_no_id(path: str) -> None:
    """Every letter may be written as its escape, in either case."""
    escaped = "".join(
        f"%{ord(c):02x}" if c.isascii() and (c.isalnum() or c in "~._-") else c for c in path.replace("%", "")
    )
    assert id_from_url(f"https://a.example/{escaped}") == id_from_url(f"https://a.example/{path.replace('%', '')}")


def test_another_escape_is_another_address() -> None:
    """A slash that is escaped parts nothing."""
    assert id_from_url("https://example.org/a%2Fb") != id_from_url("https://example.org/a/b")

"""Finds what the author of a page wrote, where the page does not say it for machines: leaves out what stands around it
on every page, comments and sidebars, and finds the part that the page's software marks as its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from corpus.errors import CorpusError
from corpus.formats.html_tree import meta_of

# Classes and ids, as software for sites names them.
_AROUND = frozenset(
    {
        *("comments", "comments-area", "comment-list", "commentlist", "comment-respond", "respond"),
        *("wp-block-comments", "wp-block-latest-comments", "wp-block-latest-posts", "screen-reader-text", "see-also"),
        *("sidebar", "secondary", "widget", "widget-area", "post-navigation", "nav-links", "breadcrumb", "breadcrumbs"),
        *("sharedaddy", "share-buttons", "social-share", "addtoany_share_save_container", "jp-relatedposts", "yarpp"),
        *("yarpp-related", "related-posts", "relatedposts", "rp4wp-related-posts", "crp_related", "user-comments"),
        *("author-box", "author-bio", "saboxplugin-wrap", "wp-block-post-author", "disqus_thread", "cookie-banner"),
        *("newsletter-signup", "mc4wp-form", "ez-toc-container", "lwptoc"),
    }
)
_TEXTS = frozenset({"entry-content", "wp-block-post-content", "post-content", "article-content", "e-content"})
_TITLES = frozenset({"entry-title", "wp-block-post-title", "post-title", "p-name"})
_LISTS = frozenset({"archive", "blog", "search-results", "error404"})
_WITHIN = frozenset({"article", "main"})


def check_readable(tree: Any) -> None:
    """Raises CorpusError for a page behind a password, and a list of posts as WordPress makes them, by day or topic."""
    if any("post-password-form" in _names(form) for form in tree.iter("form")):
        raise CorpusError("behind a password", "page", "leave it out, or save it as its readers see it")
    body = tree.find("body")
    is_list = body is not None and not _LISTS.isdisjoint(_names(body))
    if is_list and meta_of(tree, "generator").startswith("WordPress"):
        raise CorpusError("a list of posts", "page", "give the posts themselves")


def without_surroundings(tree: Any) -> Any:
    """The tree without comments, sidebars, navigation, share buttons, captions, and headers and footers of the site."""
    for element in list(tree.iter("nav", "button", "select", "textarea", "figcaption")):
        _drop(element)
    for element in list(_where(tree, lambda names: not _AROUND.isdisjoint(names))):
        if element.tag not in ("html", "body", "main", "article"):
            _drop(element)
    for element in list(tree.iter("header", "footer")):
        if all(outer.tag not in _WITHIN for outer in element.iterancestors()) and element.find(".//h1") is None:
            _drop(element)
    return tree


def text_part(tree: Any) -> Any:
    """The element that a page marks as its text; None where it marks none, or several, as lists of posts do."""
    marked = [
        element
        for element in _where(tree, lambda names: not _TEXTS.isdisjoint(names))
        if all(_TEXTS.isdisjoint(_names(outer)) for outer in element.iterancestors())
    ]
    return marked[0] if len(marked) == 1 else None


def title_part(tree: Any) -> Any:
    """The heading that a page marks as its title; None where it marks none, or several."""
    marked = [element for element in tree.iter("h1", "h2") if not _TITLES.isdisjoint(_names(element))]
    return marked[0] if len(marked) == 1 else None


def _where(tree: Any, wanted: Callable[[set[str]], bool]) -> Iterator[Any]:
    return (element for element in tree.iter() if isinstance(element.tag, str) and wanted(_names(element)))


def _names(element: Any) -> set[str]:
    return {*(element.get("class") or "").lower().split(), (element.get("id") or "").lower()}


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()

"""Parses a page of HTML: its charset, its tree, its address, its data as JSON-LD or microdata, the text of a part."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from corpus.errors import CorpusError
from corpus.formats.schema_org import Node
from corpus.markup import numeric_entities, plain_text
from corpus.text import charset_of, clean, one_line

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MOST_TAGS = 50
_TAGGED = ("article:section", "article:tag")
# What lxml reads, and then refuses to move: control characters, and what is no character.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
# What browsers read in place of what is declared (WHATWG Encoding Standard, section 4.2).
_INSTEAD = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "latin-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
_BLOCK_EDGES = re.compile(
    r"^\s*(?:<!--|(?://\s*|/\*\s*)?<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)\s*$"
)
# A comment around CDATA around the block.
_EDGES = 3
_LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "iframe": "src", "source": "src", "embed": "src"}
_BESIDE = frozenset({"aside", "nav", "footer"})
_DEEPEST = 60
# More than these a page has only by mistake: elements, things that references lead to, text of properties.
_MOST_ELEMENTS, _MOST_REFERRED, _MOST_SAID = 150_000, 5_000, 2_000_000


def decoded(data: bytes) -> str:
    """The text of a page: by its mark of byte order, as UTF-8 where it is that, by what it declares, else as guessed.

    Bytes that the charset does not have become U+FFFD.
    """
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return data.decode(charset, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data, 0, 4096)
    if name := charset_of(declared[1].decode("ascii", "replace")) if declared else "":
        return data.decode(_INSTEAD.get(name, name), "replace")
    from charset_normalizer import from_bytes  # noqa: PLC0415 (few pages declare nothing that holds)

    best = from_bytes(data[:65_536]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def parsed(text: str) -> Any:
    """The tree of a page. Raises CorpusError where there is none."""
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        text = _NO_TEXT.sub(" ", numeric_entities(text))
        tree = html.document_fromstring(text.encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise CorpusError(f"no page of HTML: {str(error)[:80]}", "page", "save the page again") from error
    if tree is None:
        raise CorpusError("an empty page", "page", "save the page again")
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise CorpusError(f"over {_MOST_ELEMENTS:,} elements", "page", "give a mapping for an export of it")
    return tree


def without_scripts(tree: Any) -> Any:
    """The tree without what no reader sees or what stands for it where scripts are off; what was read of it is gone."""
    for element in list(tree.iter("script", "style", "noscript", "template", "svg")):
        element.drop_tree()
    return tree


def text_of(element: Any) -> str:
    """What a reader sees of an element, in paragraphs."""
    written = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return clean(plain_text(f"<p>{written}"))


def address_of(tree: Any) -> str:
    """The address that a page calls its own, by its canonical link or `og:url`; empty where it names none."""
    found = [link.get("href", "") for link in tree.iter("link") if "canonical" in link.get("rel", "").lower().split()]
    found += [meta.get("content", "") for meta in tree.iter("meta") if meta.get("property") == "og:url"]
    base = next((element.get("href", "") for element in tree.iter("base")), "")
    for given in found:
        try:
            url = str(urljoin(base, given.strip()))
            if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname:
                return url
        except ValueError:
            continue
    return ""


def meta_of(tree: Any, name: str) -> str:
    """What a meta element says, by its name or property; empty where there is none."""
    for meta in tree.iter("meta"):
        if name in (meta.get("name"), meta.get("property")) and (said := meta.get("content", "").strip()):
            return str(said)
    return ""


def tags_of(tree: Any) -> list[str]:
    """What a page is filed under, by its meta elements and links (rel="tag", as WordPress and microformats have it)."""
    said = [meta.get("content", "") for meta in tree.iter("meta") if meta.get("property") in _TAGGED]
    links = [(link, (link.get("rel") or "").lower().split()) for link in tree.iter("a")]
    said += [link.text_content() for link, rel in links if "tag" in rel and "author" not in rel]
    return list(dict.fromkeys(name for text in said if (name := one_line(text))))[:_MOST_TAGS]


def described(tree: Any) -> list[Node]:
    """The things that the JSON-LD blocks of a page describe. A block that is broken loses itself alone."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
            found += _block(script.text or "")
    by_id: dict[str, Node] = {}
    for node in _all(found):
        if isinstance(node.get("@id"), str) and len(node) > 1:
            by_id.setdefault(node["@id"], node)
    graph = _Graph(by_id)
    return [graph.resolved(node, (), 0) for node in found]


def _block(text: str) -> list[Node]:
    for _ in range(_EDGES):
        text = _BLOCK_EDGES.sub("", text).strip().rstrip(";")
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    tops = value if isinstance(value, list) else [value]
    nodes = [node for node in tops if isinstance(node, dict)]
    within = [node for top in nodes for node in _listed(top.get("@graph")) if isinstance(node, dict)]
    return [node for node in nodes if "@type" in node or "@graph" not in node] + within


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _all(nodes: list[Node]) -> Iterator[Node]:
    """Each node, and each within another."""
    waiting: list[Any] = list(nodes)
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


class _Graph:
    """Nodes that refer to each other by `{"@id": …}`."""

    def __init__(self, by_id: dict[str, Node]) -> None:
        self._by_id, self._left = by_id, _MOST_REFERRED

    def resolved(self, value: Any, within: tuple[str, ...], depth: int) -> Any:
        """A value with each reference replaced by its node; a circle ends where it closes."""
        if depth > _DEEPEST:
            return None
        if isinstance(value, list):
            return [self.resolved(item, within, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        name = value.get("@id")
        node = self._by_id.get(name) if isinstance(name, str) and value.keys() <= {"@id", "@type"} else None
        if node is not None and name not in within and self._left > 0:
            self._left -= 1
            value, within = node, (*within, str(name))
        return {key: self.resolved(item, within, depth + 1) for key, item in value.items()}


def microdata(tree: Any, *, beside: bool = True) -> list[Node]:
    """The items of a page that stand in no other one, those beside its text last, or not at all."""
    tops = [element for element in tree.iter() if isinstance(element.tag, str) and element.get("itemscope") is not None]
    items = _Items()
    alone = [top for top in tops if all(outer.get("itemscope") is None for outer in top.iterancestors())]
    placed = [(any(outer.tag in _BESIDE for outer in top.iterancestors()), top) for top in alone]
    placed = [(is_beside, top) for is_beside, top in placed if beside or not is_beside]
    return [items.item(top, 0) for _, top in sorted(placed, key=lambda one: one[0])]


class _Items:
    """Makes nodes of items; so much text is read of a page and no more, since properties may stand in each other."""

    def __init__(self) -> None:
        self._left = _MOST_SAID

    def item(self, element: Any, depth: int) -> Node:
        """An item with its properties."""
        node: Node = {"@type": (element.get("itemtype") or "").split()}
        if element.get("itemid"):
            node["@id"] = element.get("itemid")
        waiting = list(reversed(element))
        while waiting:
            child = waiting.pop()
            if not isinstance(child.tag, str):
                continue
            names = (child.get("itemprop") or "").split()
            if child.get("itemscope") is None:
                for name in names:
                    node.setdefault(name, []).append(self._said(child))
                waiting += reversed(child)
            elif names and depth < _DEEPEST:
                node.setdefault(names[0], []).append(self.item(child, depth + 1))
        return node

    def _said(self, element: Any) -> str:
        """The value of a property, as HTML has it in JSON-LD."""
        for attribute in ("content", "datetime", _LINKS.get(element.tag, "")):
            if attribute and element.get(attribute) is not None:
                return str(element.get(attribute))
        if self._left <= 0:
            return ""
        text = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        self._left -= len(text)
        return f"<p>{text}"

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
from corpus.text import clean, numeric_entities, plain_text

# A thing with its properties, as schema.org describes it: "@type", and each property's value or values.
Node = dict[str, Any]

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
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
_LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "iframe": "src", "source": "src", "embed": "src"}
_DEEPEST = 60


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
    try:
        name = codecs.lookup(declared[1].decode("ascii", "replace")).name if declared else ""
        if name and not name.startswith("utf"):
            return data.decode(_INSTEAD.get(name, name), "replace")
    except LookupError:
        pass
    from charset_normalizer import from_bytes  # noqa: PLC0415 (few pages declare nothing that holds)

    best = from_bytes(data[:65_536]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def parsed(text: str) -> Any:
    """The tree of a page. Raises CorpusError where there is none."""
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = html.document_fromstring(numeric_entities(text).encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise CorpusError(f"no page of HTML: {str(error)[:80]}", "page", "save the page again") from error
    if tree is None:
        raise CorpusError("an empty page", "page", "save the page again")
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


def described(tree: Any) -> list[Node]:
    """The things that a page describes for machines: those of its JSON-LD blocks, else those of its microdata.

    A block that is broken loses itself alone.
    """
    found: list[Node] = []
    for script in tree.iter("script"):
        if script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
            found += _block(script.text or "")
    by_id: dict[str, Node] = {}
    for node in _all(found):
        if isinstance(node.get("@id"), str) and len(node) > 1:
            by_id.setdefault(node["@id"], node)
    return [_resolved(node, by_id, 0) for node in found] or list(_microdata(tree))


def _block(text: str) -> list[Node]:
    while (bare := _BLOCK_EDGES.sub("", text).strip().removesuffix(";")) != text:
        text = bare
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


def _resolved(value: Any, by_id: dict[str, Node], depth: int) -> Any:
    """A value with each reference to a node, `{"@id": …}`, replaced by that node."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_resolved(item, by_id, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    name = value.get("@id")
    if value.keys() <= {"@id", "@type"} and isinstance(name, str) and name in by_id:
        # A circle of references ends where it closes.
        value, by_id = by_id[name], {known: node for known, node in by_id.items() if known != name}
    return {key: _resolved(item, by_id, depth + 1) for key, item in value.items()}


def _microdata(tree: Any) -> Iterator[Node]:
    """The items of a page that are no property of another one."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get("itemscope") is not None and element.get("itemprop") is None:
            yield _item(element, 0)


def _item(element: Any, depth: int) -> Node:
    node: Node = {"@type": (element.get("itemtype") or "").split()}
    if element.get("itemid"):
        node["@id"] = element.get("itemid")
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if not isinstance(child.tag, str):
            continue
        is_item = child.get("itemscope") is not None
        for name in (child.get("itemprop") or "").split():
            if not is_item:
                node.setdefault(name, []).append(_said(child))
            elif depth < _DEEPEST:
                node.setdefault(name, []).append(_item(child, depth + 1))
        if not is_item:
            waiting += reversed(child)
    return node


def _said(element: Any) -> str:
    """The value of a property of microdata."""
    for attribute in ("content", "datetime", _LINKS.get(element.tag, "")):
        if attribute and element.get(attribute) is not None:
            return str(element.get(attribute))
    return text_of(element)

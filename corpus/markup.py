"""Makes plain text of HTML, as columns and texts of sites hold it, and takes the shortcodes of WordPress out."""

from __future__ import annotations

import re
from html.entities import html5
from html.parser import HTMLParser

# Tags of HTML, with attributes as these are written, and entities; what only looks like a tag (x <y and z> 2) is text.
_TAGS = (
    "p|br|div|span|a|b|i|u|s|em|strong|ul|ol|li|dl|dt|dd|h[1-6]|table|t[rdh]|tbody|thead|tfoot|blockquote|pre|code|kbd|img"
    "|figure|hr|font|center|small|big|su[bp]|abbr|del|ins|wbr|script|style|iframe|section|article|header|footer|main|nav"
    "|aside|mark|cite|q|button|details|summary|figcaption|address|time|label|svg|use|path|picture|source|video|audio"
    "|noscript|template|form|input|select|option|textarea|dfn|var|samp|ruby|r[tp]|col|colgroup|caption|strike|tt|nobr"
    "|acronym|bd[io]|marquee|embed|fieldset|legend|hgroup|dialog|canvas|math"
    "|o:p|(?:w|v|st\\d|svg|fb):[a-z]{4,}|m:omath"  # as word processors write
)
# Those that say nothing without attributes; alone they may stand for something that was taken out.
_WITH_ATTRIBUTES = "data|object|param|map|area|output|menu|track|meta|link|base"
# Attributes as they should be written, or in any other way without brackets.
_ATTRIBUTES = r"(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?)*\s*/?>|\s[^<>=]*=\s*[\"'][^<>]*>"
_RARE_TAG = rf"(?:{_WITH_ATTRIBUTES})\s+[\w:-]+=[^\s<>][^<>]*>|/(?:{_WITH_ATTRIBUTES})>"
_TAG = rf"(?:/?(?:{_TAGS})(?:{_ATTRIBUTES})|{_RARE_TAG})"
_MARKUP = re.compile(rf"<{_TAG}|&(?:#\d{{1,7}}|#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,30}});", re.IGNORECASE)
_NO_TAG = re.compile(rf"<(?!{_TAG})", re.IGNORECASE)
# A text that is a whole document, and what frames it.
_DOCUMENT = re.compile(r"\s*(?:<!doctype\s[^<>]*>\s*)?<(?:html|head|body)\b|\s*<!doctype\s", re.IGNORECASE)
_FRAME = re.compile(r"</?(?:html|body)\b[^<>]*>|<!doctype\s[^<>]*>", re.IGNORECASE)
# What proves a text to be HTML that need not be: it begins with an element, or marks its paragraphs or lines.
_ELEMENT = re.compile(rf"\s*<{_TAG}.*</", re.IGNORECASE | re.DOTALL)
_LINES = re.compile(r"</p>|<br\s*/?>", re.IGNORECASE)
# Tags within a line; any other begins and ends one.
INLINE_TAGS = frozenset(
    {
        *("a", "b", "i", "u", "s", "em", "strong", "span", "font", "sub", "sup", "small", "big", "code", "kbd", "abbr"),
        *("mark", "del", "ins", "wbr", "img", "cite", "q", "time", "label", "dfn", "var", "samp", "strike", "tt"),
        *("nobr", "acronym", "bdi", "bdo", "data", "math"),
    }
)
# A shortcode of WordPress, `[name key="value"]` or `[/name]`; values in quotes, whose brackets are theirs; and names of
# those that stand alone without saying more, or begin so.
_VALUE = r"\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[”“″][^”“″]*[”“″]|[^\s\"'\[\],”“″]+)"
_SHORTCODE = re.compile(
    rf"(?:(?<![\w\[])\[|\[(?P<ends>/))(?P<name>[A-Za-z][\w-]{{0,60}})(?P<said>(?:{_VALUE})*)\s*/?\]"
)
_QUOTED = re.compile(r"=[\"'”“″]")
# A picture with its caption, which is no text of the author.
_CAPTION = re.compile(r"\[caption\b[^\]]{0,500}\](?:(?!\[/?caption\b).){0,2000}\[/caption\]", re.DOTALL)
_ENDS = re.compile(r"\[/([A-Za-z][\w-]{0,60})\]")
_SHORTCODES = frozenset({"gallery", "playlist", "contact-form", "contact-form-7", "toc", "see_also"})
_BUILDERS = ("woocommerce_", "vc_", "et_pb_", "fusion_", "su_", "wpforms")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_CODE = frozenset({"script", "style", "svg", "template"})
_UNSEEN_TAGS = frozenset({"script", "style", "svg", "template", "button", "select", "textarea", "figcaption"})
# Elements that are left out where they are of one of these classes: pages that WordPress embeds, quotes of other posts
# in Discourse and phpBB, and our own panel.
_NO_CLASSES: frozenset[str] = frozenset()
_LEFT_OUT = {
    "figure": frozenset({"wp-block-embed"}),
    "aside": frozenset({"quote"}),
    "blockquote": frozenset({"uncited"}),
    "section": frozenset({"see-also"}),
}


def plain_text(text: str) -> str:
    """The text of what may be HTML, as columns of WordPress, phpBB and Stack Exchange hold it: blocks become
    paragraphs, entities characters; anything else stays as it is.
    """
    if _DOCUMENT.match(text):
        text = _FRAME.sub("", _without_head(text))
    if not _MARKUP.search(text):
        return text
    reader = _Markup()
    reader.feed(_NO_TAG.sub("&lt;", _without_cdata(_without_comments(text))))
    reader.close()
    return "".join(reader.found).strip()


def is_html(text: str) -> bool:
    """Whether a text that need not be HTML is: it begins with an element, or marks its paragraphs or lines. A text on
    HTML may name tags.
    """
    return bool(_ELEMENT.match(text) or _LINES.search(text))


def numeric_entities(text: str) -> str:
    """The text with each named entity of HTML that XML does not have as a number, since parsers know different ones."""
    return _NAMED.sub(lambda found: _number_of(found[1]) or found[0], text)


def _number_of(name: str) -> str:
    characters = "" if name in {"amp", "lt", "gt", "quot", "apos"} else html5.get(f"{name};", "")
    return "".join(f"&#{ord(character)};" for character in characters)


def without_shortcodes(text: str) -> str:
    """The text without the shortcodes of WordPress, which its plugins fill in when a page is shown: those with a value
    in quotes, those that end (`[box]…[/box]`, what is between stays unless it is a caption), and some that stand alone.
    Other words in brackets stay, such as `[sic]`, `[Hb = 12.1]` and `x[0]`.
    """
    if "[" not in text:
        return text
    text = _CAPTION.sub("", text)
    paired = {found["name"] for found in _SHORTCODE.finditer(text) if not found["ends"]} & set(_ENDS.findall(text))

    def kept(found: re.Match[str]) -> str:
        name, said = found["name"], found["said"] or ""
        alone = name in _SHORTCODES or name.startswith(_BUILDERS)
        return "" if name in paired or (not found["ends"] and (alone or _QUOTED.search(said))) else found[0]

    return _SHORTCODE.sub(kept, text)


def _without_comments(text: str) -> str:
    """The text without comments of HTML; one that does not end is text."""
    kept, at = [], 0
    while (begins := text.find("<!--", at)) >= 0 and (ends := text.find("-->", begins)) >= 0:
        kept.append(text[at:begins])
        at = ends + 3
    return "".join((*kept, text[at:]))


def _without_head(text: str) -> str:
    """A document without what its head says."""
    lower = text.lower()
    begins, ends = lower.find("<head"), lower.find("</head>")
    return text if not 0 <= begins < ends else text[:begins] + text[ends + len("</head>") :]


def _without_cdata(text: str) -> str:
    """The text with what stands in sections of CDATA as it is; one that does not end is text."""
    begin, end, kept, at = "<![CDATA[", "]]>", [], 0
    while (begins := text.find(begin, at)) >= 0 and (ends := text.find(end, begins)) >= 0:
        kept += [text[at:begins], text[begins + len(begin) : ends]]
        at = ends + len(end)
    return "".join((*kept, text[at:]))


class _Markup(HTMLParser):
    """Gathers what a reader sees of HTML, but for what is no text of its author: captions and credits of pictures,
    embedded pages, and quotes of other posts as forums make them, marked, or with their author named first.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        # The element that is left out, how often one of its name is open within it, and what it said: where it does not
        # end, its end was forgotten, and what stands behind it is the author's.
        self._left_out, self._depth = "", 0
        self._held: list[str] = []
        self._naming = False
        # Of each quote that is open whether it has said anything yet.
        self._quotes: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        kind = (dict(attrs).get("class") or "").split()
        names = tag == "cite" or (tag == "div" and "title" in kind)
        if self._left_out:
            self._depth += tag == self._left_out
            self._naming |= names
            self._held += [] if tag in INLINE_TAGS else ["\n\n"]
            return
        if names and self._quotes and not self._quotes[-1]:
            # It opens the quote: the rest is the other's, up to where the quote ends.
            self._quotes.pop()
            self._left_out, self._depth, self._naming = "blockquote", 1, True
            return
        if tag in _UNSEEN_TAGS or (names and self._quotes) or not _LEFT_OUT.get(tag, _NO_CLASSES).isdisjoint(kind):
            self._left_out, self._depth = tag, 1
            return
        if tag == "blockquote":
            self._quotes.append(False)
        if tag == "sup" and self.found and self.found[-1][-1:].isdigit():
            self.found.append("^")  # 10<sup>9</sup> is not 109
        elif tag not in INLINE_TAGS:
            self.found.append("\n" if tag in {"br", "li", "tr"} else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if self._left_out:
            self._depth -= tag == self._left_out
            self._naming &= tag not in {"cite", "div"}
            if not self._depth:
                self._left_out, self._held = "", []
            return
        if tag == "blockquote" and self._quotes:
            self._quotes.pop()
        if tag not in INLINE_TAGS and tag != "br":
            self.found.append("\n" if tag in {"li", "tr"} else "\n\n")

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if self._left_out:
            self._held += [] if self._naming else [data]
            return
        self.found.append(data)
        if self._quotes and data.strip():
            self._quotes[-1] = True

    def close(self) -> None:
        """See HTMLParser."""
        super().close()
        if self._left_out not in _CODE:
            self.found += self._held

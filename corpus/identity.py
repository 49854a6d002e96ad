"""Makes the id of a document that came without one: from its URL, or from its content where it has no URL either."""

from __future__ import annotations

import hashlib
import posixpath
import re
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from corpus.errors import CorpusError

# Parameters that campaigns add to a link: the page is the same without them.
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id)$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
# What needs no escape (RFC 3986, section 2.3).
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# A longer one is kept up to here and told apart by a digest of the rest.
_LONGEST = 240


def id_from_url(url: str) -> str:
    """The id of a page by its canonical URL: no scheme, `www.`, fragment, tracking parameter or closing slash; what RFC
    3986 (section 6.2) calls the same is one: escapes in either case or written out, the scheme's own port, a host in
    its own letters or in Punycode.

    Raises CorpusError where the text is no URL.

    >>> id_from_url("HTTPS://www.Example.org/qa/knee/?utm_source=x#top")
    'example.org/qa/knee'
    """
    try:
        parts = urlsplit(url.strip())
        host = unquote(parts.hostname or "").lower().rstrip(".").removeprefix("www.")
        port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
        if not host:
            raise ValueError("no host")
    except ValueError as error:
        raise CorpusError(f"no URL: {error}", ascii(url)[:80], "give the page's address") from error
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    escaped = _ESCAPE.sub(_unescaped, quote(parts.path, safe="/%:@!$&'()*+,;=~-._"))
    path = posixpath.normpath("/" + escaped).strip("/")
    # Escapes of another encoding than UTF-8 stay what they are.
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted((pair for pair in pairs if not _TRACKING.match(pair[0])), key=itemgetter(0))
    query = urlencode(kept, errors="surrogateescape")
    whole = f"{quote(host, safe=':[]-._')}{port}/{path}".rstrip("/") + (f"?{query}" if query else "")
    if len(whole) > _LONGEST:
        return f"{whole[:_LONGEST].rstrip('/.')}~{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
    return whole


@lru_cache(maxsize=1 << 14)
def same_address(value: str) -> str:
    """A value by which addresses are compared: the id of one, any other text as it is."""
    with suppress(CorpusError, UnicodeError):
        return id_from_url(value) if "://" in value else value
    return value


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if _UNRESERVED.match(character) else escape[0].upper()


def id_from_content(kind: str, *texts: str) -> str:
    """The id of a document that has no other: its kind and 16 hexadecimal digits of a digest of its texts.

    Give the texts that make the document what it is (title, the asker's words, date), not what a site changes
    around it (the list of similar pages); its replies only where two records may differ in these alone.
    """
    digest = hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}-{digest[:16]}"

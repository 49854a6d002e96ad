"""Stable ids: from a site's URL where it has one, from the content where it has nothing else."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

# Parameters that campaigns add to a link: the page is the same without them.
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id)$")


def id_from_url(url: str) -> str:
    """The id of a page by its canonical URL: no scheme, `www.`, fragment, tracking parameter or closing slash.

    >>> id_from_url("HTTPS://www.Example.org/qa/knee/?utm_source=x#top")
    'example.org/qa/knee'
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port else ""
    path = re.sub(r"/{2,}", "/", quote(parts.path, safe="/%:@!$&'()*+,;=~-._")).rstrip("/")
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query) if not _TRACKING.match(k)))
    return f"{host}{port}{path}" + (f"?{query}" if query else "")


def id_from_content(kind: str, *texts: str) -> str:
    """The id of a document that has no other: its kind and 16 hexadecimal digits of a digest of its texts.

    Give the texts that make the document what it is (title, the asker's words, date), not what a site changes
    around it (replies that come later, the list of similar pages).
    """
    digest = hashlib.sha256("\x1f".join(texts).encode()).hexdigest()
    return f"{kind}-{digest[:16]}"

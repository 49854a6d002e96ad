"""What all documents of a page of HTML share: its tree, its address, the name of its site, and the ids of its parts."""

from __future__ import annotations

import hashlib
from typing import Any

from corpus.identity import id_from_content, id_from_url


class Page:
    """What all documents of a page share."""

    def __init__(self, tree: Any, url: str, site: str, file: str) -> None:
        self.tree, self.url, self.site, self.file = tree, url, site, file
        self._parts: set[str] = set()

    def id(self, kind: str, title: str, part: str = "") -> str:
        """The id of the page, or of a part of it, by its title where two have one name; by title and file without an
        address.
        """
        if not self.url:
            return id_from_content(kind, title, self.file)
        own = id_from_url(self.url)
        part = title if part in self._parts else part
        part = f"{title} {len(self._parts)}" if part in self._parts else part
        self._parts.add(part)
        return f"{own}/{hashlib.sha256(part.casefold().encode()).hexdigest()[:8]}" if part else own

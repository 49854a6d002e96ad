"""The errors of the index: each says what is wrong, where, and what to do next."""

from __future__ import annotations


class SearchError(Exception):
    """Anything that keeps the index from answering.

    `code` names what is wrong and `parameters` hold its numbers and names, for whoever tells it in words of their own;
    `what`, `where` and `next` say it for a programmer.
    """

    code = "index-unusable"

    def __init__(self, what: str, where: str, next: str, *, code: str = "", **parameters: object) -> None:  # noqa: A002 (the key that the JSON of an error has)
        super().__init__(what, where, next)
        self.what, self.where, self.next = what, where, next
        self.code, self.parameters = code or self.code, parameters

    def __str__(self) -> str:
        return f"{self.what} ({self.where}); {self.next}"


class IndexMissing(SearchError):
    """There is no index in the folder."""

    code = "index-missing"


class IndexIncompatible(SearchError):
    """The index was made by another format or analysis than this program has."""

    code = "index-incompatible"

    def __init__(self, found: str, expected: str, where: str) -> None:
        super().__init__(
            f"the index has {found}, this program reads {expected}",
            where,
            "build the index again",
            found=found,
            expected=expected,
        )
        self.found, self.expected = found, expected
        self.args = (found, expected, where)  # what it is made of again, in another process


class IndexDamaged(SearchError):
    """A file of the index is missing or is not what was written."""

    code = "index-damaged"


class BuildInProgress(SearchError):
    """Another build or rollback holds the lock of this index."""

    code = "build-in-progress"


class WouldShrink(SearchError):
    """A build would take away more than half of the documents, as a failed export does."""

    code = "would-shrink"


class DocumentNotFound(SearchError):
    """No document has this id."""

    code = "document-not-found"


class RequestRefused(SearchError):
    """A request out of bounds: a text too long, a page too far, a size too large."""

    code = "request-refused"


def no_earlier(place: str) -> SearchError:
    """That there is no generation to go back to."""
    remedy = "what is served stays; build the index again to replace it"
    return SearchError("no earlier generation is left", place, remedy)


def not_found(id_: str) -> DocumentNotFound:
    """What to say of an id that no document has."""
    return DocumentNotFound(f"no document has the id {id_!r}", "id", "search for its title", id=id_)

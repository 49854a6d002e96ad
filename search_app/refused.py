"""What a request is refused for before it is answered; the table of `outside` says how each shows."""

from __future__ import annotations

from indexer import SearchError


class KeyNeeded(SearchError):
    """A route of the API that only who has a key may use."""


class TooManySearches(SearchError):
    """A client asked more often than the site lets it; after `wait` seconds it may again."""

    def __init__(self, wait: int) -> None:
        super().__init__("too many searches from one client", "the client", f"wait {wait} seconds, then search again")
        self.wait = wait


class SiteUnavailable(SearchError):
    """The site that announced a change could not be asked for it; it may announce it again."""


class GapsUnavailable(SearchError):
    """The file in which searches are counted cannot be used."""


class Overloaded(SearchError):
    """More requests came at once than the machine can answer soon."""

    def __init__(self) -> None:
        super().__init__("more requests came than can be answered now", "the server", "try again in some seconds")

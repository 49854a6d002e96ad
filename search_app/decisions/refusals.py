"""Why something is not decided, or not done by whoever asks: the errors of decisions and of signing in."""

from __future__ import annotations

from indexer import SearchError


class DecisionsUnavailable(SearchError):
    """The file of decisions cannot be used."""


class DecisionRefused(SearchError):
    """A decision that cannot be: of a question and itself, in a circle, against what stands."""


class DecidedMeanwhile(DecisionRefused):
    """Somebody decided the same since the page was shown; nothing was overwritten."""


class NotSignedIn(SearchError):
    """Only for editors who are signed in."""


class NotAllowed(SearchError):
    """A write that did not come from a page of this site."""


class TooManyAttempts(SearchError):
    """So many failed attempts to sign in that the next must wait."""

"""The error of a setting or an option that cannot be used, which is told before anything is done."""

from __future__ import annotations

from corpus import CorpusError


class UsageError(CorpusError):
    """A setting or an option that cannot be used, such as a port that is taken."""

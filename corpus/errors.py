"""The errors and reports of reading: CorpusError for the caller, Rejected and Noticed for a single record."""

from __future__ import annotations

from dataclasses import dataclass


class CorpusError(Exception):
    """A source cannot be read at all, or a value breaks the document model.

    `what` says what is wrong, `where` names the file, field or setting, `next` what to do about it.
    """

    def __init__(self, what: str, where: str, next: str) -> None:  # noqa: A002 (the key that the JSON of an error has)
        super().__init__(what, where, next)
        self.what, self.where, self.next = what, where, next

    def __str__(self) -> str:
        return f"{self.what} ({self.where}); {self.next}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that a record was taken without: `what` is `date`, one that could not be read, or `identity`, a record
    without id or address, which is called by its content; or `passed`, records of which the mapping means none.
    """

    source: str
    place: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One record that was left out: `source` and `place` say where it stands, `remedy` what would let it in."""

    source: str
    place: str
    reason: str
    remedy: str

"""Notices: whether a search speaks of suicide or of an emergency, so that help stands above its results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.analysis import is_han
from indexer.analysis.phrases import Phrases, readings
from indexer.analysis.tables import Line, lines, shipped
from indexer.analysis.tokens import words_of
from indexer.errors import RequestRefused

_TABLE = "notices.txt"
# A table of the site's own takes the place of the shipped one; this instead of its name switches notices off.
OFF = "off"
_KINDS = ("suicide", "emergency")
_NOT = "not"


class Notices:
    """The phrases by which a search is one that needs help, each with its kind and what the best page is about."""

    def __init__(self, table: Iterable[Line]) -> None:
        """Raises RequestRefused for a line that cannot be used."""
        patterns: list[tuple[str, tuple[str, ...]]] = []
        self._anywhere: list[tuple[str, str]] = []
        for line in table:
            name, colon, phrases = line.text.partition(":")
            if not colon or not phrases.strip() or name.split("/")[0].split()[-1] not in (*_KINDS, _NOT):
                known = ", ".join(_KINDS)
                raise line.refuse("no notice", f"write `kind/subject: phrase, phrase`; kinds are {known}, `not`")
            for phrase in map(str.strip, phrases.split(",")):
                if is_han(phrase):
                    self._anywhere.append((name, phrase))
                else:
                    patterns += [(name, reading) for reading in readings(phrase)]
        self._phrases = Phrases(sorted(set(patterns)))

    def of(self, text: str) -> tuple[str, str] | None:
        """The kind of notice that a search needs, and the subject of the best page; None for most."""
        said = [*self._phrases.find(words_of(text)), *(name for name, phrase in self._anywhere if phrase in text)]
        if _NOT in said:
            return None
        for name in sorted(said, key=lambda name: not name.startswith(_KINDS[0])):
            kind, slash, subject = name.partition("/")
            if slash and f"{_NOT} {kind}" not in said:
                return kind, subject
        return None


def read_notices(given: str | Path | None) -> Notices:
    """The notices of a site's own file, of the shipped table without one, none for OFF. Raises RequestRefused."""
    if given is None:
        return Notices(shipped(_TABLE))
    if str(given) == OFF:
        return Notices(())
    try:
        return Notices(lines(Path(given).read_text(encoding="utf-8"), str(given)))
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"give a text file in UTF-8, or {OFF}"
        raise RequestRefused(f"the notices cannot be read: {error}", str(given), remedy) from error

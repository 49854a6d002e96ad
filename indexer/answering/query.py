"""Parses what a visitor typed: words to rank by, phrases to hold, words and phrases to do without."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from indexer.analysis import Analysed, Analyzer, sequence, spots
from indexer.errors import RequestRefused

# A patient may paste a paragraph and an editor quote a title; nobody types more phrases or exclusions than this.
MOST_CHARACTERS = 2_000
MOST_PARTS = 8
MOST_HELD = 60
# In a text of so many words quotes only quote what somebody said; in fewer they ask for the very words. Of 102
# descriptions of medical videos (NFCorpus) nDCG@10 is .346 so, and .333 where every quote is a demand.
QUOTING = 16
_PART = re.compile(
    r'(?P<sign>(?<!\S)[-\u2212])?"(?P<phrase>[^"]+)"|(?<!\S)[-\u2212](?P<without>\w[^\s"]*)|(?P<words>[^\s"]+)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`text` is what is wanted, analysed, the words of phrases too: none of them is demanded. `wanted` and `unwanted`
    are what was typed for these, and for the exclusions.
    """

    text: Analysed
    wanted: str = ""
    unwanted: str = ""
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()

    @property
    def words(self) -> Counter[str]:
        """How often each wanted term is named."""
        return self.text.bag

    @property
    def hollow(self) -> bool:
        """Whether something was typed, such as stop words alone, that asks for nothing."""
        return bool(self.wanted.strip()) and not (self.words or self.phrases or self.without)


def parse(text: str, analyzer: Analyzer) -> Query:
    """The query of a visitor's text: words, "phrases in quotes", -without, -"without this". Never a syntax error.
    Raises RequestRefused for a text, or a number of phrases, that nobody types.
    """
    if len(text) > MOST_CHARACTERS:
        size = {"characters": len(text), "most": MOST_CHARACTERS}
        what, remedy = f"{len(text):,} characters", f"search with at most {MOST_CHARACTERS:,}"
        raise RequestRefused(what, "search text", remedy, code="text-too-long", **size)
    wanted: list[str] = []
    unwanted: list[str] = []
    phrases: list[tuple[str, ...]] = []
    without: list[tuple[str, ...]] = []
    for part in _PART.finditer(text):
        excluded = part["without"] is not None or bool(part["sign"])
        (unwanted if excluded else wanted).append(part[0])
        held = part["phrase"] if part["phrase"] is not None else part["without"]
        # Stop words alone are in almost every document: to look for them is dear and tells nothing.
        if held and spots(held):
            (without if excluded else phrases).append(tuple(sequence(held)))
    if len(phrases) + len(without) > MOST_PARTS or sum(map(len, (*phrases, *without))) > MOST_HELD:
        what = f"more than {MOST_PARTS} phrases and exclusions, or of more than {MOST_HELD} words together"
        bounds = {"parts": MOST_PARTS, "words": MOST_HELD}
        raise RequestRefused(what, "search text", "search with fewer or shorter ones", code="too-many-parts", **bounds)
    analysed = analyzer.analyse(" ".join(wanted))
    if len(analysed.sequence) >= QUOTING:
        phrases = []
    return Query(
        text=analysed,
        wanted=" ".join(wanted),
        unwanted=" ".join(unwanted),
        phrases=tuple(phrase for phrase in phrases if len(phrase) > 1),
        without=tuple(without),
    )

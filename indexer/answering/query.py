"""The visitor's text as a query: words to rank by, phrases to hold, words and phrases to do without."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from indexer.analysis import analyse, bag, sequence
from indexer.errors import RequestRefused

# A patient may paste a paragraph and an editor quote a title; nobody types more phrases or exclusions than this.
MOST_CHARACTERS = 2_000
MOST_PARTS = 8
MOST_PHRASE = 60
_PART = re.compile(
    r'(?P<sign>(?<!\S)[-\u2212])?"(?P<phrase>[^"]+)"|(?<!\S)[-\u2212](?P<without>\w[^\s"]*)|(?P<words>[^\s"]+)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`words` counts the terms to rank by (those of phrases too); `least` is how many of them a hit must have."""

    words: Counter[str]
    length: int
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()

    @property
    def least(self) -> int:
        """All of one or two words, all but one of up to five, 60 % of up to eleven, 30 % of more.

        Nobody's long question stands anywhere in full, and two words are too few to do without one.
        """
        count = len(self.words)
        if count <= 2:
            return count
        if count <= 5:
            return count - 1
        return count * 6 // 10 if count < 12 else count * 3 // 10

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for: no word, no phrase, nothing to do without."""
        return not (self.words or self.phrases or self.without)


def parse(text: str) -> Query:
    """The query of a visitor's text: words, "phrases in quotes", -without, -"without this". Never a syntax error.

    Raises RequestRefused for a text, or a number of phrases, that nobody types.
    """
    if len(text) > MOST_CHARACTERS:
        raise RequestRefused(f"{len(text):,} characters", "search text", f"search with at most {MOST_CHARACTERS:,}")
    phrases: list[tuple[str, ...]] = []
    without: list[tuple[str, ...]] = []
    wanted: list[str] = []
    for part in _PART.finditer(text):
        if part["phrase"] is not None:
            terms = tuple(sequence(part["phrase"]))
            if terms:
                (without if part["sign"] else phrases).append(terms)
            if not part["sign"]:
                wanted.append(part["phrase"])
        elif part["without"] is not None:
            if terms := tuple(sequence(part["without"])):
                without.append(terms)
        else:
            wanted.append(part["words"])
    if len(phrases) + len(without) > MOST_PARTS or any(len(p) > MOST_PHRASE for p in (*phrases, *without)):
        what = f"more than {MOST_PARTS} phrases and exclusions, or one of more than {MOST_PHRASE} words"
        raise RequestRefused(what, "search text", "search with fewer or shorter ones")
    words = bag(" ".join(wanted))
    return Query(
        words=words,
        length=len(analyse(text).sequence),
        phrases=tuple(phrase for phrase in phrases if len(phrase) > 1),
        without=tuple(without),
    )

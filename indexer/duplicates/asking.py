"""Tells what a question's title asks (a treatment, a cause) and about what, by its words as written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from indexer.analysis import stop_words
from indexer.analysis.intents import intents

# Words that only say what is asked; what they ask is told by the intents.
_FRAME = re.compile(
    "treat|cure|caus|symptom|sign|diagnos|prevent|inherit|heredit|genetic|outlook|prognos|inform|question|help|mean|affect"
    "|defin|doctor|advi[cs]e|suggest|kindly|hello|please|risk|sir$|madam$"
)
# Whoever asks for anything else asks what it is, too ("what is the treatment of …").
_WHAT = "definition"
_SHORTEST = 4


class Asking(NamedTuple):
    """What a title asks; the stop words with which it opens; how often it says each word that only asks; and the words
    of its subject, each by its form without endings.
    """

    intents: frozenset[str]
    opening: frozenset[str]
    frame: Counter[str]
    subject: Counter[str]
    words: Mapping[str, str]

    def alike(self, other: Asking) -> bool:
        """Whether two titles ask the same, whatever about. A word that one says twice is part of a name there ("What
        causes Causes of Diabetes?").
        """
        frame = self.frame.keys() & other.frame.keys()
        return self.intents == other.intents and all(self.frame[word] == other.frame[word] for word in frame)


def asking(title: Sequence[str]) -> Asking:
    """What the folded words of a title ask, and about what."""
    stops, wanted = stop_words(), intents(title)
    telling = [word for word in title if word not in stops]
    words = {bare(word): word for word in telling if not _FRAME.match(word)}
    return Asking(
        intents=wanted - {_WHAT} or wanted,
        opening=frozenset(takewhile(stops.__contains__, title)),
        frame=Counter(bare(word) for word in telling if _FRAME.match(word)),
        subject=Counter(bare(word) for word in telling if not _FRAME.match(word)),
        words=words,
    )


def bare(word: str) -> str:
    """A folded word without the endings of number and tense: less than its stem loses, for a stem joins what decides
    ("occupation" and "occupational", "Tietz" and "Tietze").
    """
    if word.endswith("ies") and len(word) > _SHORTEST:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "zes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) >= _SHORTEST:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) >= len(ending) + _SHORTEST:
            word = word.removesuffix(ending)
    return word

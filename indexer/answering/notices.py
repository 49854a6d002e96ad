"""Sees whether a search speaks of suicide or of an emergency, so that help stands above its results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from indexer.analysis import bare, is_han
from indexer.analysis.phrases import GAP, MOST_GAP, Phrases, readings
from indexer.analysis.terms import sequence, telling_terms
from indexer.analysis.tokens import words_of
from indexer.analysis.wordlists import Line, lines, shipped
from indexer.answering.spelling import misspellings
from indexer.settings import read_text

_TABLE = "notices.txt"
# A table of the site's own takes the place of the shipped one; this instead of its name switches notices off.
OFF = "off"
_KINDS = ("suicide", "emergency")
# Lines of phrases that only name a subject, anywhere or as the whole search; what tells that a search is to read of it.
_ABOUT, _ALONE, _NOT = "about", "alone", "not"
# Between phrases that stand anywhere in a search, in any order.
_AND = " + "
# What says that a sign is not there, where it stands before it, perhaps with some of the others between: no signs of a
# stroke, he did not pass out. A phrase that has such a word of its own (not breathing, rash that does not fade) is one
# that is meant.
_DENYING = frozenset(
    (
        *("no", "not", "never", "without", "nor", "neither", "dont", "doesnt", "didnt", "isnt", "wasnt", "arent"),
        *("werent", "hasnt", "havent", "hadnt", "denies", "denied"),
    )
)
_BETWEEN = frozenset(
    (
        *("a", "an", "the", "any", "my", "his", "her", "their", "of", "or", "other", "more", "really"),
        *("actually", "ever", "had", "have", "been", "being", "having", "feel", "feeling", "felt", "sign"),
        *("signs", "trouble", "difficulty", "problems", "thoughts", "thought", "about", "in"),
        *("pain", "pains", "swelling", "numbness", "weakness"),
    )
)
# Of what speaks of suicide that alone can be denied which begins so: who asks why he should not kill himself does not.
_SUICIDE = "suicide/"
_DENIABLE = frozenset(
    (
        *("suicidal", "suicide", "thoughts", "thinking", "thought", "harming", "hurting", "self", "ending"),
        *("want", "wants", "wanted"),
    )
)
# A name of phrases that nothing before them denies begins so.
_MEANT = "="
# Where a sentence ends.
_END = re.compile(r"[.!?](?:\s+|$)|[\n。！？]")
_NAME = re.compile(rf"({_ABOUT} |{_ALONE} )?({'|'.join(_KINDS)})/.+|{_NOT}( ({'|'.join(_KINDS)}))?")


class Notices:
    """The phrases by which a search is one that needs help, each with its kind and what the best page is about."""

    def __init__(self, table: Iterable[Line]) -> None:
        """Raises RequestRefused for a line that cannot be used."""
        self._anywhere: list[tuple[str, re.Pattern[str]]] = []
        self._together: list[tuple[str, list[str]]] = []
        patterns: list[tuple[str, tuple[str, ...]]] = []
        for line in table:
            name, colon, phrases = line.text.partition(":")
            if not colon or not phrases.strip() or not _NAME.fullmatch(name):
                known = ", ".join(_KINDS)
                raise line.refuse("no notice", f"write `kind/subject: phrase, phrase`; kinds are {known}, `not`")
            for phrase in map(str.strip, phrases.split(",")):
                parts = phrase.split(_AND)
                meant = _MEANT if _withholds(phrase) or (len(parts) > 1 and _SUICIDE in name) else ""
                if len(parts) > 1:
                    self._together.append((name, [f"{meant}{part}" for part in parts]))
                for part in parts:
                    patterns += self._patterns(line, f"{meant}{name if part == phrase else part}", part)
        self._phrases = Phrases(sorted(set(patterns)))

    def _patterns(self, line: Line, name: str, phrase: str) -> list[tuple[str, tuple[str, ...]]]:
        """The patterns of words behind a phrase; one in characters is looked for as it stands instead."""
        if is_han(phrase):
            parts = map(re.escape, map(str.strip, phrase.split(GAP)))
            self._anywhere.append((name, re.compile(f".{{0,{MOST_GAP}}}".join(parts))))
            return []
        try:
            return [(name, reading) for reading in readings(phrase)]
        except ValueError as error:
            raise line.refuse(f"{error} of {phrase!r}", "write it as two phrases") from error

    def of(self, text: str) -> tuple[str, str] | None:
        """The kind of notice that a search needs, and the subject of the best page; None for most."""
        sentences = [(own, self._said(own)) for own in map(str.strip, _END.split(text)) if own]
        for kind in _KINDS:
            # Who tells of the past in one sentence may be in danger in the next one.
            left = [(own, said) for own, said in sentences if f"{_NOT} {kind}" not in said]
            said = left[0][1] if len(left) == 1 else self._said(" ".join(own for own, _ in left))
            for name in sorted(filter(_NAME.fullmatch, said)):
                line, slash, subject = name.partition("/")
                *only, told = line.split()
                if slash and told == kind and not (only == [_ABOUT] and _NOT in said):
                    return kind, subject
        return None

    def _said(self, text: str) -> set[str]:
        """The names of the lines of which a text has a phrase."""
        said = set(self._parts_said(text))
        whole = said.union(name for name, parts in self._together if said.issuperset(parts))
        return {name.removeprefix(_MEANT) for name in whole}

    def _parts_said(self, text: str) -> Iterator[str]:
        """The names of the lines, and the parts of phrases, that a text has."""
        words = [misspellings().get(word, word) for word in map(bare, words_of(text))]
        for name, start, end in self._phrases.places(words):
            if name.removeprefix(_MEANT).startswith(_ALONE) and end - start < len(words):
                continue
            meant = name.startswith((_MEANT, _NOT)) or (_SUICIDE in name and words[start] not in _DENIABLE)
            if meant or not (_is_denied(words, start) or _is_denied(words, end - 1)):
                yield name
        for name, phrase in self._anywhere:
            if phrase.fullmatch(text) if name.startswith(_ALONE) else phrase.search(text):
                yield name


def _withholds(phrase: str) -> bool:
    """Whether a phrase of the table says itself what is not there."""
    return not _DENYING.isdisjoint(phrase.replace("?", " ").replace("/", " ").split())


def _is_denied(words: Sequence[str], at: int) -> bool:
    """Whether what stands at a place is said not to be there."""
    while at > 0 and words[at - 1] in _BETWEEN:
        at -= 2 if words[at - 1] == "or" else 1  # no swelling of the lips or tongue
    if at > 0 and words[at - 1] == "never" and "like" in words:
        return False  # never had a pain like this
    return at > 0 and words[at - 1] in _DENYING


def titled(subject: str, titles: Sequence[str]) -> int | None:
    """The place of the title that says least besides a subject, of those that begin with it; None where none does: who
    is in danger is not sent to a page that only mentions the word, such as "How to prevent stroke". Of a subject of one
    telling word a title has the others too: AIDS is not first aid.
    """
    wanted, words = _stems(subject), set(sequence(subject))
    begun = {at: said for at, title in enumerate(titles) if (said := _stems(title)) and said[0] in wanted}
    if len(wanted) == 1:
        begun = {at: said for at, said in begun.items() if words.issubset(sequence(titles[at]))}
    return min(begun, key=lambda at: len(set(begun[at]).difference(wanted)), default=None)


def _stems(text: str) -> list[str]:
    """The words of a text in their order, without those that hardly mean anything, as stems."""
    return list(telling_terms(words_of(text)))


def read_notices(given: str | Path | None) -> Notices:
    """The notices of a site's own file, of the shipped table without one, none for OFF. Raises RequestRefused."""
    if given is None:
        return _shipped_notices()
    if str(given) == OFF:
        return Notices(())
    return Notices(lines(read_text(given, "the notices", f"give a text file in UTF-8, or {OFF}"), str(given)))


@cache
def _shipped_notices() -> Notices:
    """Those of the shipped table; a server opens an index again for each generation."""
    return Notices(shipped(_TABLE))

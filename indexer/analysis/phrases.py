"""Finds which phrases of a table occur in a sequence of words, in one pass over the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product

from indexer.analysis.memo import Memo
from indexer.analysis.wordlists import shipped

# `...` in a pattern stands for one to so many words.
GAP, MOST_GAP = "...", 6
_MOST_READINGS = 2_000
_REMEMBERED = 1 << 15
# No word is empty.
_ANY = ""
# The words of a pattern after its first one, and its name.
_Pattern = tuple[Sequence[str], str]


class Phrases:
    """Patterns of words, each with a name. A word is itself, a `prefix*`, or `*` for any; a `...` is a short gap."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._words: dict[str, list[_Pattern]] = {}
        self._prefixes: dict[str, list[_Pattern]] = {}
        for name, pattern in entries:
            first, rest = pattern[0], tuple(pattern[1:])
            beginnings = self._prefixes if first.endswith("*") else self._words
            beginnings.setdefault(first.removesuffix("*"), []).append((rest, name))
        self._shortest = min(map(len, self._prefixes), default=0)
        self._longest = max(map(len, self._prefixes), default=-1)
        self._beginning = Memo(self._find_beginning, _REMEMBERED).__getitem__

    def find(self, words: Sequence[str]) -> Iterator[str]:
        """The name of every pattern at every place where it begins, in the order of the places."""
        return (name for name, _, _ in self.places(words))

    def places(self, words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """As `find`, with the places of the first word and of the one after the last."""
        for at, patterns in enumerate(map(self._beginning, words)):
            if patterns is None:
                continue  # as for almost all words
            second = words[at + 1] if at + 1 < len(words) else ""
            for rest, name in patterns.get(second) or patterns[_ANY]:
                if (end := _end(rest, words, at + 1)) > at:
                    yield name, at, end

    def _find_beginning(self, word: str) -> dict[str, tuple[_Pattern, ...]] | None:
        """The patterns that begin with a word, by the word that must follow; those of _ANY are under all others."""
        patterns = [*self._words.get(word, ())]
        for size in range(self._shortest, min(len(word), self._longest) + 1):
            patterns += self._prefixes.get(word[:size], ())
        if not patterns:
            return None
        plain = {rest[0] for rest, _ in patterns if rest and rest[0] != GAP and not rest[0].endswith("*")}
        return {
            second: tuple(p for p in patterns if not p[0] or p[0][0] == second or p[0][0] not in plain)
            for second in (*plain, _ANY)
        }


@cache
def phrases_of(table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The name and the words of every phrase of a shipped table, `name: phrase, phrase` a line, in its order."""
    parted = (line.text.partition(":") for line in shipped(table))
    found = ((name.strip(), words) for name, _, said in parted for one in said.split(",") for words in readings(one))
    return tuple(dict.fromkeys(found))


def readings(pattern: str) -> Iterator[tuple[str, ...]]:
    """The patterns behind one with `a/b` for either word and `?word` for one that may be missing. Raises ValueError."""
    choices = []
    for part in pattern.split():
        options = part.removeprefix("?").split("/")
        choices.append([*options, ""] if part.startswith("?") else options)
    for count, chosen in enumerate(product(*choices)):
        if count == _MOST_READINGS:
            raise ValueError(f"more than {_MOST_READINGS:,} readings")
        yield tuple(word for word in chosen if word)


def _end(pattern: Sequence[str], words: Sequence[str], at: int) -> int:
    """The place after the last word, where the words from `at` on are as the pattern says; 0 where they are not."""
    for place, wanted in enumerate(pattern):
        if wanted == GAP:
            ends = (_end(pattern[place + 1 :], words, at + skipped) for skipped in range(1, MOST_GAP + 1))
            return next((end for end in ends if end), 0)
        if at >= len(words) or not (words[at].startswith(wanted[:-1]) if wanted.endswith("*") else words[at] == wanted):
            return 0
        at += 1
    return at

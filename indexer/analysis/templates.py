"""Templates: frames that a site fills with one name after the other ("What are the symptoms of …?"), found at build."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from sys import intern
from typing import NamedTuple

from indexer.analysis.tokens import bare

# So many different questions at least, and so large a share of all, use a template.
_LEAST, _SHARE = 30, 0.002
# After an opening that is filled no word follows more often than this; natural openings go on in few ways.
_DIVERSE = 0.2
_LONGEST = 10


class Templates(NamedTuple):
    """The openings, and the pairs of first and last word ("Is … inherited?"), that a corpus uses as templates."""

    openings: frozenset[tuple[str, ...]]
    frames: frozenset[tuple[str, str]]

    def hold(self, words: Sequence[str]) -> bool:
        """Whether a question of these words is written in a template; ties are no part of one."""
        words = list(map(bare, words))
        opened = any(tuple(words[:size]) in self.openings for size in range(1, min(len(words), _LONGEST + 1)))
        return opened or (len(words) > 2 and (words[0], words[-1]) in self.frames)

    def lines(self) -> tuple[list[str], list[str]]:
        """The openings and the frames, each as a line of words, in order; `of_lines` makes them again."""
        return tuple(sorted(map(" ".join, kind)) for kind in self)  # type: ignore[return-value]

    @classmethod
    def of_lines(cls, openings: Iterable[str], frames: Iterable[str]) -> Templates:
        """The templates that `lines` gave."""
        pairs = (frame.split(" ") for frame in frames)
        return cls(frozenset(tuple(o.split(" ")) for o in openings), frozenset((first, last) for first, last in pairs))


def find_templates(questions: Iterable[Sequence[str]]) -> Templates:
    """The templates among questions, given as their words; questions of one wording count once.

    Without one of the 19,000 questions' templates, 7,700 of 13,000 candidate pairs of MedQuAD would be very likely.
    """
    # The first words, the last one and whether there are more than two say all that is needed.
    bared = (list(map(bare, words)) for words in questions if len(words) > 2)
    heads = {tuple(map(intern, words[: _LONGEST + 1])): intern(words[-1]) for words in bared}
    least = max(_LEAST, _SHARE * len(heads))
    openings: set[tuple[str, ...]] = set()
    alive: set[tuple[str, ...]] = {()}
    for size in range(1, _LONGEST + 1):
        following = defaultdict[tuple[str, ...], Counter[str]](Counter)
        for head in heads:
            if len(head) > size and head[: size - 1] in alive:
                following[head[:size]][head[size]] += 1
        alive = {opening for opening, words in following.items() if words.total() >= least}
        openings |= {o for o in alive if max(following[o].values()) <= _DIVERSE * following[o].total()}
    frames = Counter((head[0], last) for head, last in heads.items())
    return Templates(frozenset(openings), frozenset(frame for frame, count in frames.items() if count >= least))

"""Make the table of health words that have several names, from WordNet.

    python benchmarks/relevance/names.py WORDNET > indexer/analysis/data/names.txt
    python benchmarks/relevance/names.py WORDNET --words > indexer/analysis/data/words.txt

WORDNET is a folder with WordNet 3.0's data.noun and index.noun, index.verb, index.adj, index.adv (Debian:
wordnet-base). A group is a set of synonyms below one of the roots: illness, symptom, injury, part of the body,
medicine, procedure, state or process of the body, specialty. A single word is taken where this is its first of at
most two meanings and it is no verb or adjective too; slang, Latin anatomy and what only animals and plants have are
left out.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from indexer.analysis import known_words  # noqa: E402
from indexer.analysis.terms import sequence, stop_terms  # noqa: E402
from indexer.answering.spelling import misspellings  # noqa: E402

_ROOTS = ("ill health", "pathological state", "symptom", "body part", "medicine", "medical procedure", "injury")
_MORE_ROOTS = ("bodily process", "physiological state", "medical specialty")
_APART = ("animal disease", "plant disease", "intoxicant", "plant part", "animal tissue")
# Of a name with several meanings the one that is meant is told by the file of WordNet in which it stands.
_FILES = {"symptom": 26, "medicine": 6}
_LATIN = re.compile(
    "(arteriae?|venae?|musculus|nervus|plexus|sutura|truncus|systema|canalis|os|articulatio|glandula|ligamentum|sinus) "
)
_REGISTER = re.compile("slang|informal|chiefly")
# What WordNet calls alike and is not: another drug or operation, a kind or a wider class (Augmentin is amoxicillin with
# another drug).
_WRONG = frozenset(
    {
        *("augmentin", "sodium thiopental", "keflin", "mefoxin", "sudafed", "triavil", "adenomyosis", "seminoma"),
        *("inflammatory bowel disease", "enterotomy", "tracheotomy", "neurilemoma", "spastic paralysis"),
        *("gastrointestinal disorder", "eye infection", "throat infection", "streptococcus tonsilitis"),
    }
)
_SHORTEST, _MOST_MEANINGS = 4, 2
# Bodies, processes, states, substances.
_LEAST_WORD, _WORDS_FILES = 4, frozenset({8, 22, 26, 27})
_INDEXES = ("index.noun", "index.verb", "index.adj", "index.adv")
_WORDS_HEADER = """\
# Right words of health and of everyday, from WordNet 3.0 by benchmarks/relevance/names.py: none is a misspelling.
#
"""
_HEADER = """\
# Names of one thing, from WordNet 3.0 by benchmarks/relevance/names.py: illnesses, symptoms, parts of the body,
# medicines, procedures. Lines are as in concepts.txt.
#
"""


class Meaning(NamedTuple):
    """A set of synonyms: the file it stands in, its names, what it is a kind of, and its gloss."""

    file: int
    names: list[str]
    kinds_of: list[str]
    gloss: str


def meanings(path: Path) -> dict[str, Meaning]:
    """The meanings of data.noun by their offsets, as wndb(5) describes the file."""
    found = {}
    for line in _rows(path):
        head, _, gloss = line.partition("|")
        parts = head.split()
        count = int(parts[3], 16)
        names = [parts[4 + 2 * n].replace("_", " ") for n in range(count)]
        first = 5 + 2 * count
        pointers = [parts[first + 4 * n : first + 4 * n + 3] for n in range(int(parts[first - 1]))]
        above = [offset for sign, offset, kind in pointers if sign.startswith("@") and kind == "n"]
        found[parts[0]] = Meaning(int(parts[1]), names, above, gloss)
    return found


def below(known: dict[str, Meaning], roots: Iterable[str]) -> set[str]:
    """The meanings of some names, and all kinds of these."""
    kinds = defaultdict(list)
    for offset, meaning in known.items():
        for above in meaning.kinds_of:
            kinds[above].append(offset)
    waiting = [
        offset
        for offset, meaning in known.items()
        for root in roots
        if root in meaning.names and meaning.file == _FILES.get(root, meaning.file)
    ]
    seen: set[str] = set()
    while waiting:
        if (offset := waiting.pop()) not in seen:
            seen.add(offset)
            waiting += kinds[offset]
    return seen


def groups(folder: Path) -> Iterator[list[str]]:
    """The names of each thing that has several."""
    known = meanings(folder / "data.noun")
    senses = {}
    for line in _rows(folder / "index.noun"):
        parts = line.split()
        senses[parts[0]] = parts[6 + int(parts[3]) :]
    elsewhere = {line.split()[0] for name in ("index.verb", "index.adj") for line in _rows(folder / name)}
    for offset in sorted(below(known, (*_ROOTS, *_MORE_ROOTS)) - below(known, _APART)):
        meaning, names = known[offset], dict[tuple[str, ...], str]()
        if _REGISTER.search(meaning.gloss):
            continue
        for name in meaning.names:
            called = name.lower().replace("'", "")
            terms = tuple(sequence(called))
            if len(called) < _SHORTEST or re.search(r"[\d.]", called) or _LATIN.match(called) or called in _WRONG:
                continue
            if " " not in called and "-" not in called:
                own = senses.get(name.lower(), [""])
                if own[0] != offset or len(own) > _MOST_MEANINGS or called in elsewhere or terms[0] in stop_terms():
                    continue
            names.setdefault(terms, called)
        if len(names) > 1:
            yield list(names.values())


def words(folder: Path) -> Iterator[str]:
    """The single words among the names of all things below the roots, and of WordNet's bodies, states, substances and
    processes, and those of everyday, which WordNet's readers met in texts: who types one means it.
    """
    for row in chain.from_iterable(_rows(folder / name) for name in _INDEXES):
        called, _, _, pointers, *more = row.split()
        tagged = int(more[int(pointers) + 1])
        if tagged and _is_plain(called):
            yield called
    known = meanings(folder / "data.noun")
    inside = {offset for offset, meaning in known.items() if meaning.file in _WORDS_FILES}
    for offset in below(known, (*_ROOTS, *_MORE_ROOTS)) | inside:
        for name in known[offset].names:
            called = name.lower()
            if _is_plain(called):
                yield called


def _is_plain(word: str) -> bool:
    """Whether a word may be corrected at all."""
    return len(word) >= _LEAST_WORD and word.isascii() and word.isalpha()


def _rows(path: Path) -> Iterator[str]:
    """The lines of a file of WordNet below its licence."""
    return (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  "))


def licence(path: Path) -> Iterator[str]:
    """The lines of WordNet's licence, which each of its files begins with and every copy must hold, as comments."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            return
        yield f"# {line.split(maxsplit=1)[-1].strip() if len(line.split()) > 1 else ''}".rstrip()


def main(folder: Path, *, alone: bool = False) -> None:
    """Print the table of names, or of words alone."""
    if alone:
        told = [*licence(folder / "data.noun"), "", *sorted(set(words(folder)) - known_words() - misspellings().keys())]
        sys.stdout.write(_WORDS_HEADER + "\n".join(told) + "\n")
        return
    lines = [*licence(folder / "data.noun"), "", *(", ".join(names) for names in sorted(groups(folder)))]
    sys.stdout.write(_HEADER + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), alone="--words" in sys.argv)

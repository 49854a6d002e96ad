"""Spelling: the likely word behind one that no document has."""

from __future__ import annotations

from difflib import get_close_matches

from indexer.analysis import tokenize
from indexer.analysis.terms import stem, stop_words
from indexer.engines import Engine

# Of two words of ten letters, .8 lets two letters differ; lower values propose other words, not other spellings.
_ALIKE = 0.8
_SHORTEST = 4
# A word of one document alone is as likely a misspelling itself.
_DOCUMENTS = 2
# Each unknown word is compared with thousands; a text with more of them is another language.
_MOST_UNKNOWN = 3


def respell(engine: Engine, text: str) -> str | None:
    """The text with every word that no document has replaced by one that it may stand for, or left out where there is
    none; None if no word was replaced.

    Candidates begin with the same letter: almost all misspellings keep it (Pollock and Zamora 1984: 92 %).
    """
    pieces, at, changed, unknown = [], 0, False, 0
    for word, start, end in tokenize(text):
        if start < at or len(word) < _SHORTEST or not word.isalpha() or word in stop_words():
            continue
        if engine.rarities([stem(word)], known=True):
            continue
        unknown += 1
        if unknown > _MOST_UNKNOWN:
            return None
        near = {
            candidate: count
            for candidate, count in engine.words(word[0]).items()
            if abs(len(candidate) - len(word)) <= 2 and count >= _DOCUMENTS
        }
        if found := get_close_matches(word, near, n=1, cutoff=_ALIKE):
            changed = True
        pieces += [text[at:start], found[0] if found else ""]
        at = end
    return " ".join("".join([*pieces, text[at:]]).split()) if changed else None

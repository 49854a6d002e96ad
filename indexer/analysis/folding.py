"""Folds a word to the one form under which it is looked up, whatever its case, width or Latin accents."""

from __future__ import annotations

import re
import unicodedata

# Latin letters that no normal form decomposes. Marks on other scripts are letters and stay (Hindi, Thai).
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
_LATIN_MARKS = re.compile("([a-z])[\u0300-\u036f]+")


def fold(word: str) -> str:
    """NFKC, case folding, Latin accents dropped: `Ménière` and `MENIERE` become `meniere`, `Ⅻ` becomes `xii`.

    Case folding comes again after decomposition, because `İ` folds to an i with a dot above.
    """
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFKC", word).casefold().translate(_LETTERS)
    # Some characters stand for whole phrases, others for a space with a mark; a term holds no white space.
    word = "".join(unicodedata.normalize("NFKD", word).split())
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub(r"\1", word))

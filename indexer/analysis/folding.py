"""Folds a text so that spellings of one character are one: width, case, accents, marks, digits; before it is cut.

docs/reference/formats.md lists what is folded in which script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Latin letters that no normal form decomposes, other forms of Arabic letters, and signs in one form.
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ی": "ي",
        "ى": "ي",
        "ک": "ك",
        "ٱ": "ا",
        "\u2044": "/",
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "’": "'",
        "ʼ": "'",
        "٫": ".",
        "٬": ",",
    }
)
# Radicals of Chinese characters, as PDF files give them, that no normal form takes for the character (U+2E80 to
# U+2EF3; Unicode 14, EquivalentUnifiedIdeograph.txt).
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼"
    "⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉"
    "𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
# What a reader does not see: hyphens and spaces of no width, joiners, directions, variants, the stretch of Arabic.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u0640\u180b-\u180e\u200b-\u200f\u20e3\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# Marks that are left out when one types, by what they stand on: Latin, Greek, ё, alef, the stress of Cyrillic vowels;
# vowels of Arabic and Hebrew.
_DROPPED = re.compile(
    "(?<=[a-zα-ω])[\u0300-\u036f]+|(?<=[аеиіоуыэюяє\u0308])[\u0300\u0301]|(?<=е)\u0308|(?<=ا)[\u0653-\u0655]|[\u064b-\u0652\u0670\u06d6-\u06ed\u0591-\u05bd\u05bf-\u05c7]"
)
# Characters that belong to the one before them though they are no marks: half-width voice marks, parts of syllables.
_FOLLOWING = re.compile("[\uff9e\uff9f\u1160-\u11ff]")
_REMEMBERED = 1 << 14


class Folded(NamedTuple):
    """A folded text, and for each of its characters where the written one begins and ends; nothing where all characters
    stand where they stood.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the written text of a part of the folded one."""
        return (self.starts[start], self.ends[end - 1]) if self.starts else (start, end)


def folded(text: str) -> Folded:
    """A text in the form in which it is cut and compared, with the places of the written characters: `Ménière` and
    `MENIERE` become `meniere`, `Ⅻ` `xii`, `B₁₂` `b12`, `½` `1/2`, `ё` `е`.
    """
    if text.isascii():
        return Folded(text.lower(), [], [])
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = _fold_cluster(text[start:end])
        if pieces and pieces[-1][-1:].isdigit() and piece[:1].isdigit() and _raised(text[start]):
            piece = " " + piece  # the 9 of 10⁹ and the ½ of 2½ are no digits of the number before them
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    return Folded("".join(pieces), starts, ends)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The places of each character with the marks that follow it."""
    at = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not (_FOLLOWING.match(text, place) or unicodedata.category(text[place])[0] == "M"):
            yield at, place
            at = place


@lru_cache(maxsize=_REMEMBERED)
def _fold_cluster(cluster: str) -> str:
    if cluster.isascii() or cluster.isspace():
        return cluster.lower() if cluster.isascii() else " "
    text = unicodedata.normalize("NFKC", cluster.translate(_RADICALS)).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text))
    text = unicodedata.normalize("NFC", _DROPPED.sub("", text)).translate(_LETTERS)
    # Some characters stand for a phrase, others for a space with a mark; a mark alone says nothing.
    while text and (text[0].isspace() or unicodedata.category(text[0])[0] == "M"):
        text = text[1:]
    return " ".join("".join([str(unicodedata.decimal(c, c)) for c in text]).split())


def _raised(character: str) -> bool:
    """Whether a character is a fraction, or a digit above the line."""
    return unicodedata.decomposition(character).startswith(("<super>", "<fraction>"))

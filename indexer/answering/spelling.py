"""Corrects words that hardly a document has, by the words that documents have; asked before each search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from indexer.analysis import known_words, tokenize
from indexer.analysis.terms import american, stem
from indexer.analysis.wordlists import shipped, stop_words
from indexer.generation import Generation

_SHORTEST = 4
# A word of one document alone is as likely a misspelling itself.
_DOCUMENTS = 2
# A word of at most so many documents may be one, too, where so many times more have the right one.
_MISSPELT, _OFTENER = 10, 20
# Words of at least so many letters may differ by two: of shorter ones too many are alike.
_LONG = 7
# Of shorter words too many are one letter apart ("exema" and "edema"): only slight slips of these are clear; and of
# those below the second length too many are two ("malleus" and "males").
_SURE, _SURE_TWICE = 6, 9
# A slip makes a word so many times less likely to be meant than one that is as frequent.
_SLIP = 50.0
# A correction is clear where it is so many times as likely as the next one that is another word.
_CLEAR = 5
# Each unknown word is compared with thousands; a text with more of them is another language.
_MOST_UNKNOWN = 5
# Letters that sound alike at the beginning of a word; almost all other misspellings keep the first letter (Pollock and
# Zamora 1984: 92 %).
_SOUNDS = ("c k s", "f ph", "n pn kn", "s ps", "r rh", "x z", "e ae oe", "i y", "j g")
# Words that begin so and are alike from there on are opposites.
_OPPOSITES = (
    *(("hyper", "hypo"), ("inter", "intra"), ("macro", "micro"), ("ante", "anti"), ("pre", "pro"), ("ad", "ab")),
    *(("endo", "exo"), ("eso", "exo"), ("en", "ex"), ("ecto", "endo"), ("peri", "pre"), ("in", "de")),
)
# Endings by which words of medicine are built: who writes one whole means it.
_ENDING = re.compile(
    "(?:itis|osis|oma|emia|uria|algia|ectomy|otomy|ostomy|opathy|plegia|plasty|scopy|penia|trophy|phasia|phagia|phonia"
    "|tonia|tocia|plasia|opia|oxia|phoria|tropia|cardia|pnea|sone|sol)$"
)
# Endings of drugs: two of one class differ by a few letters, so that only slight slips are taken for some.
_DRUG = re.compile(
    "(?:dipine|pril|olol|statin|caine|azole|mycin|cillin|oxin|sone|lone|zepam|zolam|afil|sartan|prazole|vir|mab|nib|tidine"
    "|triptan|oxetine|azine|astine|idine|oxacin|cycline|parin|gliptin|formin|barbital|codone|morphone|profen)$"
)
_VOWELS = frozenset("aeiouy")
# What a slip costs that hardly changes the sound: a letter doubled or not, a vowel for another, two changed over.
_SLIGHT = 0.6


class Respelled(NamedTuple):
    """A text with its unknown words corrected; `clear` where no other words come into question."""

    text: str
    clear: bool


def respell(generation: Generation, text: str) -> Respelled | None:
    """The text with words that hardly a document has replaced by those that they may stand for, or parted into two that
    documents write side by side; None if no word was.

    A word of the shipped tables is spelled as it should be, whether a document has it or not, and a misspelling of the
    shipped table is none; any other that some document has may be right, so its correction is never clear.
    """
    pieces, at, clear, unknown = list[str](), 0, True, 0
    for word, start, end in _simple_words(text):
        if right := misspellings().get(word):
            pieces += [text[at:start], right]
            at = end
            continue
        known = {*_forms(word), american(word)} & known_words()
        if len(word) < _SHORTEST or word in stop_words() or known:
            continue
        (there,) = generation.frequencies([stem(word)])
        if there <= _MISSPELT:  # those are of the last full build, a word may be of today
            there = max(there, generation.vocabulary(word).get(word, 0))
        if there > _MISSPELT:
            continue
        unknown += 1
        if unknown > _MOST_UNKNOWN:
            return None
        if meant := _meant(generation, word, there):
            pieces += [text[at:start], meant.text]
            clear, at = clear and meant.clear, end
    respelled = "".join([*pieces, text[at:]])
    return Respelled(respelled, clear) if respelled.casefold() != text.casefold() else None


@cache
def misspellings() -> dict[str, str]:
    """The right word for each misspelling of the shipped table: documents may hold it often."""
    parted = (line.text.partition(":") for line in shipped("misspellings.txt"))
    return {wrong.strip(): right for right, _, wrongs in parted for wrong in wrongs.split(",")}


@cache
def _indecent() -> frozenset[str]:
    """Words that nobody is asked whether they meant."""
    return frozenset(line.text for line in shipped("indecent.txt"))


def _forms(word: str) -> tuple[str, ...]:
    return word, word.removesuffix("s"), word.removesuffix("es")


def _simple_words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of plain letters and their places; a compound is a name, and no name is corrected."""
    return ((word, start, end) for word, start, end in tokenize(text) if word.isascii() and word.isalpha())


def _meant(generation: Generation, word: str, there: int) -> Respelled | None:
    """What a word that so many documents have stands for most likely: how many have another, over what the slips to it
    cost (the noisy channel of Kernighan, Church and Gale 1990).
    """
    most = _SLIGHT if _DRUG.search(word) else 2.0 if len(word) >= _LONG and not there else 1.0
    least = max(_DOCUMENTS, there * _OFTENER)
    likely = {} if there else dict(_parted(generation, word))
    for prefix in _beginnings(word):
        for candidate, count in generation.vocabulary(prefix, least).items():
            if _may_be(word, candidate, most):
                cost = distance(word, candidate, most)
                if cost <= most:
                    likely[candidate] = count * _SLIP**-cost
    if not likely:
        return None
    best = max(likely, key=lambda candidate: (likely[candidate], candidate))
    others = (likely[candidate] for candidate in likely if stem(american(candidate)) != stem(american(best)))
    cost = distance(word, best, most)
    surely = not there and (cost <= _SLIGHT or len(word) >= (_SURE if cost <= 1 else _SURE_TWICE))
    return Respelled(best, surely and likely[best] >= _CLEAR * max(others, default=0.0))


def _beginnings(word: str) -> set[str]:
    """The first letters with which a word may be meant to begin."""
    alike = {word[0]}
    for sounds in _SOUNDS:
        letters = sounds.split()
        if any(word.startswith(letter) for letter in letters):
            alike.update(letters)
    return {letters for letters in alike if not any(letters != other and letters.startswith(other) for other in alike)}


def _may_be(word: str, candidate: str, most: float) -> bool:
    """Whether two words may be a small number of slips apart, and one may be meant by the other: an opposite is not,
    nor what is built otherwise (the epiglottis by epiglottitis). A look that costs little.
    """
    most = max(most, 1.0)  # a slight slip is a letter, too
    if abs(len(word) - len(candidate)) > most or not candidate.isascii() or not candidate.isalpha():
        return False
    if (_letters(word) ^ _letters(candidate)).bit_count() > 2 * most or not _indecent().isdisjoint(_forms(candidate)):
        return False
    if (ending := _ENDING.search(word)) and not candidate.endswith(ending[0]) and not _by_a_vowel(word, candidate):
        return False
    return not any(word.startswith(a) and candidate.startswith(b) for pair in _OPPOSITES for a, b in (pair, pair[::-1]))


def _by_a_vowel(word: str, candidate: str) -> bool:
    """Whether two words differ by one vowel for another, as the endings of psoriosis and psoriasis do."""
    differ = [{a, b} for a, b in zip(word, candidate, strict=False) if a != b]
    return len(word) == len(candidate) and len(differ) == 1 and differ[0] <= _VOWELS


@cache
def _letters(word: str) -> int:
    """The letters of a word as bits."""
    return sum(1 << ord(letter) - ord("a") for letter in set(word))


def distance(a: str, b: str, most: float) -> float:
    """How many slips make one word of the other: letters lost, added, replaced, or two changed over (optimal string
    alignment, Damerau 1964), those that hardly change the sound at _SLIGHT each. Above `most` it is some higher number.
    """
    before, row = [0.0] * (len(b) + 1), [float(n) for n in range(len(b) + 1)]
    for i, letter in enumerate(a, 1):
        before, last, row = row, before, [float(i)] + [0.0] * len(b)
        for j, other in enumerate(b, 1):
            lost = _SLIGHT if i > 1 and letter == a[i - 2] else 1
            added = _SLIGHT if j > 1 and other == b[j - 2] else 1
            replaced = 0.0 if letter == other else _SLIGHT if {letter, other} <= _VOWELS else 1
            row[j] = min(before[j] + lost, row[j - 1] + added, before[j - 1] + replaced)
            if i > 1 and j > 1 and letter == b[j - 2] and other == a[i - 2] and letter != other:
                row[j] = min(row[j], last[j - 2] + _SLIGHT)
        if min(row) > most:
            return min(row)
    return row[-1]


def _parted(generation: Generation, word: str) -> Iterator[tuple[str, float]]:
    """The ways to part a word into two that documents write side by side ("hay fever"), with how likely each is."""
    places = range(3, len(word) - 2)
    counts = generation.frequencies([f"{stem(word[:at])} {stem(word[at:])}" for at in places], "bigrams")
    for at, count in zip(places, counts, strict=True):
        if count >= _DOCUMENTS:
            yield f"{word[:at]} {word[at:]}", count * _SLIP**-_SLIGHT

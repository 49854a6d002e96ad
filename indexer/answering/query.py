"""Parses what a visitor typed: words to rank by, phrases to hold, words and phrases to do without."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from indexer.analysis import Analysed, Place
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import telling_terms
from indexer.analysis.tokens import words_of
from indexer.analysis.wordlists import DOSE_UNITS, LABELS, kinds
from indexer.answering.joining import readings, tied_as_written, written_apart, written_together
from indexer.answering.weighing import is_amount
from indexer.errors import RequestRefused
from indexer.generation import Generation

# A patient may paste a paragraph and an editor quote a title; nobody types more phrases or exclusions than this.
MOST_CHARACTERS = 2_000
MOST_PARTS = 8
MOST_HELD = 60
# In a text of so many words quotes only quote what somebody said; in fewer they ask for the very words. Of 102
# descriptions of medical videos (NFCorpus) nDCG@10 is .346 so, and .333 where every quote is a demand.
QUOTING = 16
# Telephones and word processors put these in place of straight quotes and hyphens.
_WRITTEN = str.maketrans(
    dict.fromkeys("“”„‟«»‹›❝❞″＂「」『』〝〞", '"') | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63－", "-")
)
# A minus before a number is its sign ("T-score -2.5"), before a dose or a name such as 5-FU it excludes as before any
# word; "-ve" says negative.
_NAMED = rf"\.?\d[\d.,]*(?:\s?(?:{DOSE_UNITS})(?!\w)|-?[^\W\d_][^\s\"]*)"
_PART = re.compile(
    r'(?P<sign>(?<!\S)[-—―])?"(?P<phrase>[^"]+)"'
    rf'|(?<!\S)[-—―](?P<without>(?!\d+\.\d+d(?!\w)){_NAMED}|(?!ve(?!\w))[^\W\d_][^\s"]*)|(?P<words>[^\s"]+)',
    re.IGNORECASE,
)
# What a search says that one has not, behind these: cough no fever, rash but no itching or pain. No period is a matter.
_DENYING, _GOING_ON = frozenset({"no", "without", "nor"}), frozenset({"or", "nor", "any", "other"})
_SIGN = re.compile(
    "bleeding|blood|burning|cough(ing)?|diarrho?ea|discharge|dizziness|fever|headaches?|infection|injury|itch(ing|y)?|lumps?"
    "|nausea|pains?|rash|redness|swelling|swollen|symptoms?|temperature|vomiting"
)
# Behind these only what is felt is such a sign, as in a rash that doesn't itch.
_NEGATED = frozenset({"not", "doesnt", "dont", "didnt", "isnt", "arent", "wasnt"})
_FELT = re.compile("itch(y|ing)?|hurt(ing)?|pain(ful)?|sore|tender|ach(e|ing)|burn(ing)?|swollen")
# Whom a search is about, where it begins so or behind these: my dad forgets names.
_KIN = re.compile(
    "(grand)?(mother|father)|(grand)?(mom|mum|ma|pa|dad)|mummy|daddy|nan|gran(ny)?|wife|husband|(boy|girl)?friend|partner"
    "|fianc[eé]e?|brother|sister|uncle|aunt|cousin"
)
_OWN = frozenset({"my", "our", "his", "her", "their"})
# Each way in which documents write a phrase.
Readings = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`text` is what is wanted, analysed, the words of phrases too: none of them is demanded; `places` are its words,
    each once. `together` are the terms by which some document writes two of its words as one, with the terms of these;
    `apart` the words that documents write as two, with these; `aside` the terms that stand beside the matter: amounts,
    signs that one has not, and whom one asks for; `denying` those of them that say that one has not. `wanted` and
    `unwanted` are what was typed for these, and for the exclusions.
    """

    text: Analysed
    places: Sequence[Place] = ()
    wanted: str = ""
    unwanted: str = ""
    together: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    denying: frozenset[str] = frozenset()
    phrases: tuple[Readings, ...] = ()
    without: tuple[Readings, ...] = ()

    @property
    def words(self) -> Counter[str]:
        """How often each wanted term is named."""
        return self.text.bag

    @property
    def hollow(self) -> bool:
        """Whether something was typed, such as stop words alone, that asks for nothing."""
        return bool(self.wanted.strip()) and not (self.words or self.phrases or self.without)


def parse(text: str, generation: Generation) -> Query:
    """The query of a visitor's text: words, "phrases in quotes", -without, -"without this". Never a syntax error.
    Raises RequestRefused for a text, or a number of phrases, that nobody types.
    """
    if len(text) > MOST_CHARACTERS:
        size = {"characters": len(text), "most": MOST_CHARACTERS}
        what, remedy = f"{len(text):,} characters", f"search with at most {MOST_CHARACTERS:,}"
        raise RequestRefused(what, "search text", remedy, code="text-too-long", **size)
    typed = _read(text)
    if len(typed.phrases) + len(typed.without) > MOST_PARTS or typed.held > MOST_HELD:
        what = f"more than {MOST_PARTS} phrases and exclusions, or of more than {MOST_HELD} words together"
        bounds = {"parts": MOST_PARTS, "words": MOST_HELD}
        raise RequestRefused(what, "search text", "search with fewer or shorter ones", code="too-many-parts", **bounds)
    words = tied_as_written(generation, typed.words)
    analysed = generation.analyzer.analyse_words(words)
    places = generation.analyzer.places(analysed)
    together = dict(written_together(generation, words))
    apart = written_apart(generation, words)
    quoted = tuple(readings(generation, phrase) for phrase in typed.phrases if len(words) < QUOTING and len(phrase) > 1)
    ways = [*apart.values(), *(way for every in quoted for way in every)]
    also = [*together, *telling_terms([word for way in ways for word in way if len(word) > 1 or word.isdigit()])]
    return Query(
        text=replace(
            analysed, bag=analysed.bag + Counter([term for term in dict.fromkeys(also) if term not in analysed.bag])
        ),
        wanted=" ".join(typed.wanted),
        unwanted=" ".join(typed.unwanted),
        together=together,
        apart=apart,
        places=places,
        aside=_aside(places, analysed),
        denying=frozenset(denying for denying, _ in _denied(analysed)),
        phrases=quoted,
        without=tuple(readings(generation, phrase) for phrase in typed.without),
    )


def _aside(places: Sequence[Place], text: Analysed) -> frozenset[str]:
    """The terms of a search that stand beside its matter; none where nothing else is said."""
    beside = {*chain.from_iterable(_denied(text)), *_kin(text)}
    aside = frozenset(place.term for place in places if place.term in beside or is_amount(place))
    return aside if len(aside) < len(places) else frozenset()


def _kin(text: Analysed) -> Iterator[str]:
    """The terms of whom a text says it is about."""
    for before, word, term in zip(["my", *text.tokens], text.tokens, text.sequence, strict=False):
        if before in _OWN and _KIN.fullmatch(word):
            yield term


def _denied(text: Analysed) -> Iterator[tuple[str, str]]:
    """The term of a word that says one has not a sign, and that of the sign, for each of these in a text."""
    denying, signs = "", _SIGN
    for word, term in zip(text.tokens, text.sequence, strict=True):
        if denying and signs.fullmatch(word):
            yield denying, term
        elif word not in _GOING_ON or word in _DENYING:
            signs = _FELT if word in _NEGATED else _SIGN
            denying = term if word in _DENYING or word in _NEGATED else ""


@dataclass(frozen=True, slots=True)
class _Typed:
    """The parts of a search as they were typed, and their folded words: those that are wanted, in order, and those of
    each phrase and exclusion.
    """

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    phrases: list[list[str]] = field(default_factory=list)
    without: list[list[str]] = field(default_factory=list)

    @property
    def held(self) -> int:
        """How many words all phrases and exclusions have."""
        return sum(map(len, (*self.phrases, *self.without)))


def _read(text: str) -> _Typed:
    """A search in its parts. Stop words alone are in almost every document: to look for them is dear and tells nothing;
    but a letter behind a noun names one of a kind (hepatitis -A).
    """
    typed = _Typed()
    for part in _PART.finditer(text.translate(_WRITTEN)):
        excluded = part["without"] is not None or bool(part["sign"])
        (typed.unwanted if excluded else typed.wanted).append(part[0])
        words = words_of(next(said for said in (part["phrase"], part["without"], part["words"]) if said is not None))
        if excluded and typed.words and typed.words[-1] in kinds() and len(words) == 1 and words[0] in LABELS:
            words = [typed.words[-1], *words]
        if not excluded:
            typed.words.extend(words)
        if part["words"] is None and any(map(counts_alone, words)):
            (typed.without if excluded else typed.phrases).append(words)
    return typed

"""Finds pages by what is typed of their titles so far: every word stands there, and the last one begins a word."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from itertools import chain

from corpus import Document, kind_of
from indexer.analysis import Analysed, Place, bare
from indexer.analysis.compounds import counts_alone
from indexer.analysis.terms import read_word, stem
from indexer.analysis.tokens import words_of
from indexer.answering.settled import Settled
from indexer.answering.spelling import respell
from indexer.answering.subjects import BESIDE
from indexer.answering.weighing import weigh
from indexer.generation import FindRequest, Generation
from indexer.ranking.weighting import SearchWord
from indexer.types import Suggestion

# Who types more than so much will not find it in a title.
_LONGEST = 200
# So many words may be meant by one that is half typed, of so many most frequent ones; and of so many pages titles are
# read.
_COMPLETIONS, _LIKELY, _LOOKED_AT = 12, 60, 40
# Where so many pages have the likeliest word, no other is looked for.
_ENOUGH = 8
# Of a last word of fewer letters nobody knows yet what it is to be.
_LEAST = 3
# So many times as many pages are read at most as are shown: some have the same title.
_SPARE = 2


def titled_so(generation: Generation, text: str, limit: int, settled: Settled) -> tuple[Suggestion, ...]:
    """The pages whose titles hold what is typed so far, those first that name nothing else; where none does, what is
    typed as it should be spelled or without stop words, else what other names it has (an underactive thyroid is
    hypothyroidism). A last word that names something is no beginning of longer ones (poo, pool) where no title has it.
    None for a longer text.
    """
    typed = list(map(bare, words_of(text[: _LONGEST + 1])))
    if not typed or len(text) > _LONGEST:
        return ()
    held = _holding(generation, typed, settled)
    found = list(held.values())
    if not found:
        meant = respell(generation, text)
        spelled = [list(map(bare, words_of(meant.text)))] if meant else []
        telling = [word for word in typed[:-1] if counts_alone(word)]
        # What is asked around the matter stands in few titles: why do i keep getting hiccups.
        spelled += [[*telling, typed[-1]]] if telling and len(telling) + 1 < len(typed) else []
        held_so = (list(_holding(generation, words, settled).values()) for words in spelled)
        named_so = (_naming(generation, words, settled) for words in (typed, *spelled))
        found = next(filter(None, chain(held_so, named_so)), [])
    elif typed[-1] not in chain.from_iterable(held) and _names_another(generation, typed[-1]):
        found = _naming(generation, typed, settled) or found
    return _suggestions(generation, found, limit, settled)


def _holding(generation: Generation, typed: Sequence[str], settled: Settled) -> dict[tuple[str, ...], str]:
    """The titles that hold what is typed as it is, in words, those with the likeliest last word first; each with the
    best page of it.
    """
    *whole, begun = typed
    meant = _completions(generation, whole, begun)
    held: dict[tuple[str, ...], str] = {}
    for last in (meant[:1], meant):
        ids = [] if len(held) >= _ENOUGH else _candidates(generation, whole, last, settled)
        titles = [tuple(map(bare, words)) for words in generation.words(ids, "title")]
        found = [own for own in zip(titles, ids, strict=True) if _says(own[0], whole, begun)]
        for title, id_ in sorted(found, key=lambda own: _order(own[0], whole, begun)):
            held.setdefault(title, id_)
    return held


def _order(title: Sequence[str], whole: Sequence[str], begun: str) -> tuple[bool, int, bool, int]:
    """What a title that holds what is typed is ordered by: it has the last word whole, in any form; it names nothing
    beside, or only that this is a disease; it begins so; and how little it names beside.
    """
    words, typed = list(map(stem, title)), {*whole, *map(stem, whole)}
    beside = {
        own for word, own in zip(title, words, strict=True) if counts_alone(word) and not word.startswith(begun)
    } - typed
    tier = bool(beside) + (not beside <= BESIDE)
    return stem(begun) not in words, tier, not _begins(title, whole, begun), len(beside)


def _names_another(generation: Generation, word: str) -> bool:
    """Whether a word has a name that it does not begin: stool is one of poo, hepatitis none of hep."""
    places = generation.analyzer.places(generation.analyzer.analyse_words([word]))
    names = {first for place in places for name in place.names for first, *_ in generation.analyzer.names_of(name)}
    return not all(name.startswith(word) for name in names - {stem(word)})


def _naming(generation: Generation, typed: Sequence[str], settled: Settled) -> list[str]:
    """The pages whose titles have each word that is typed, or another name of what it stands in; the last word is what
    it names, else what most pages have of those that it may become.
    """
    *whole, begun = typed
    counts = generation.vocabulary(begun) if len(begun) >= _LEAST else {}
    if not counts:
        return []
    meant = begun if _names_another(generation, begun) else min(counts, key=lambda word: (-counts[word], word))
    text = generation.analyzer.analyse_words([*whole, meant])
    places = generation.analyzer.places(text)
    if not any(place.names for place in places):
        return []
    ids = _having(generation, text, [SearchWord(1, (place.term, *place.names)) for place in places], settled)
    titles = [set(map(stem, map(bare, words))) for words in generation.words(ids, "title")]
    ways = [[{place.term}, *_other_names(generation, place)] for place in places]
    return [
        id_
        for id_, title in zip(ids, titles, strict=True)
        if all(any(name <= title for name in names) for names in ways)
    ]


def _other_names(generation: Generation, place: Place) -> list[set[str]]:
    """The names of what a word stands in, each as its terms."""
    return [set(name) for concept in place.names for name in generation.analyzer.names_of(concept)]


def _suggestions(generation: Generation, ids: Sequence[str], limit: int, settled: Settled) -> tuple[Suggestion, ...]:
    """Some pages as suggestions, those that are kept, of one title the first."""
    kept = list(dict.fromkeys(map(settled.kept, ids)))[: _SPARE * limit]
    titled = dict[str, Document]()
    for part in (kept[:limit], kept[limit:]):
        for document in generation.get(part) if len(titled) < limit else ():
            titled.setdefault(document.title.casefold(), document)
    return tuple(map(_suggestion, titled.values()))[:limit]


def _candidates(generation: Generation, whole: Sequence[str], last: Sequence[str], settled: Settled) -> list[str]:
    """The pages that have each word and one of those that the last one may be."""
    text = generation.analyzer.analyse_words([*whole, *last])
    words = [
        SearchWord(1, (term,)) for term in dict.fromkeys(read.term for read in map(read_word, whole) if read.alone)
    ]
    words.append(SearchWord(1, tuple(dict.fromkeys(stem(bare(word)) for word in last))))
    return _having(generation, text, words, settled) if last else []


def _completions(generation: Generation, whole: Sequence[str], begun: str) -> list[str]:
    """What a half typed word is to be: what most pages have behind the word before it, then what most have."""
    counts = generation.vocabulary(begun)
    words = nsmallest(_LIKELY, counts, key=lambda word: (-counts[word], word))
    pairs = [f"{stem(whole[-1])} {stem(bare(word))}" for word in words] if whole else []
    behind = dict(zip(words, generation.frequencies(pairs, "bigrams"), strict=False))
    return nsmallest(_COMPLETIONS, words, key=lambda word: -behind.get(word, 0))


def _having(generation: Generation, text: Analysed, words: Sequence[SearchWord], settled: Settled) -> list[str]:
    """The best pages for a text that have all of some words."""
    request = FindRequest(
        weights=weigh(generation, text).weights,
        search_words=words,
        wanted=len(words),
        limit=_LOOKED_AT,
        instead=settled.instead,
    )
    return [ranked.id for ranked in generation.find(request).ranked] if request.weights else []


def _says(title: Sequence[str], whole: Sequence[str], begun: str) -> bool:
    """Whether a title has each word, in any form, and one that begins so."""
    if not any(word.startswith(begun) for word in title):
        return False
    terms = {*title, *map(stem, title)} if whole else ()
    return all(word in terms or stem(word) in terms for word in whole)


def _begins(title: Sequence[str], whole: Sequence[str], begun: str) -> bool:
    """Whether a title begins as it is typed."""
    return list(title[: len(whole)]) == list(whole) and "".join(title[len(whole) : len(whole) + 1]).startswith(begun)


def _suggestion(document: Document) -> Suggestion:
    return Suggestion(id=document.id, kind=kind_of(document), title=document.title, url=document.url)

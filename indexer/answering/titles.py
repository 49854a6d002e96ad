"""Finds pages by what is typed of their titles so far: every word stands there, and the last one begins a word."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from itertools import chain

from corpus import Document, kind_of
from indexer.analysis import Analysed, Place, bare
from indexer.analysis.terms import read_word, stem
from indexer.analysis.tokens import words_of
from indexer.answering.settled import Settled
from indexer.answering.spelling import respell
from indexer.answering.weighing import weigh
from indexer.generation import FindRequest, Generation
from indexer.ranking.weighting import SearchWord
from indexer.types import Suggestion

# Who types more than so much will not find it in a title.
_LONGEST = 200
# So many words may be meant by one that is half typed, the most frequent ones; and of so many pages titles are read.
_COMPLETIONS, _LOOKED_AT = 12, 60
# Of a last word of fewer letters nobody knows yet what it is to be.
_LEAST = 3
# So many times as many pages are read at most as are shown: some have the same title.
_SPARE = 2


def titled_so(generation: Generation, text: str, limit: int, settled: Settled) -> tuple[Suggestion, ...]:
    """The pages whose titles hold what is typed so far, those first that begin so; where none does, what is typed as it
    should be spelled, else what other names it has (an underactive thyroid is hypothyroidism). A last word that names
    something is no beginning of longer ones (poo, pool) where no title has it. None for a longer text.
    """
    typed = list(map(bare, words_of(text[: _LONGEST + 1])))
    if not typed or len(text) > _LONGEST:
        return ()
    held = _holding(generation, typed, settled)
    found = list(held)
    if not found:
        meant = respell(generation, text)
        spelled = [list(map(bare, words_of(meant.text)))] if meant else []
        ways = [*((_holding, words) for words in spelled), *((_naming, words) for words in (typed, *spelled))]
        found = next((own for look, words in ways if (own := list(look(generation, words, settled)))), [])
    elif typed[-1] not in chain.from_iterable(held.values()) and _names_another(generation, typed[-1]):
        found = _naming(generation, typed, settled) or found
    return _suggestions(generation, found, limit, settled)


def _holding(generation: Generation, typed: Sequence[str], settled: Settled) -> dict[str, list[str]]:
    """The pages whose titles hold what is typed as it is, each with the words of its title: those first that begin so,
    then those that have the last word whole.
    """
    *whole, begun = typed
    ids = _candidates(generation, whole, begun, settled)
    titles = [list(map(bare, words)) for words in generation.words(ids, "title")]
    there = [(id_, title) for id_, title in zip(ids, titles, strict=True) if _says(title, whole, begun)]
    there.sort(key=lambda own: (not _begins(own[1], whole, begun), begun not in own[1]))
    return dict(there)


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


def _candidates(generation: Generation, whole: Sequence[str], begun: str, settled: Settled) -> list[str]:
    """The pages that have each word and one of those that may be meant by the last, which is half typed."""
    counts = generation.vocabulary(begun)
    meant = [word for _, word in nsmallest(_COMPLETIONS, ((-count, word) for word, count in counts.items()))]
    text = generation.analyzer.analyse_words([*whole, *meant])
    telling = [read.term for read in map(read_word, whole) if read.alone]
    words = [SearchWord(1, (term,)) for term in dict.fromkeys(telling)]
    words.append(SearchWord(1, tuple(dict.fromkeys(stem(bare(word)) for word in meant))))
    return _having(generation, text, words, settled) if meant else []


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

"""Finds pages by what is typed of their titles so far: every word stands there, and the last one begins a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from corpus import Document, kind_of
from indexer.analysis import bare
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
# So many times as many pages are read as are shown: some have the same title.
_SPARE = 2


def titled_so(generation: Generation, text: str, limit: int, settled: Settled) -> tuple[Suggestion, ...]:
    """The pages whose titles hold what is typed so far, those first that begin so; where none does, what is typed as it
    should be spelled. None for a longer text.
    """
    found = _titled(generation, text, limit, settled)
    if not found and len(text) <= _LONGEST and (meant := respell(generation, text)):
        return _titled(generation, meant.text, limit, settled)
    return found


def _titled(generation: Generation, text: str, limit: int, settled: Settled) -> tuple[Suggestion, ...]:
    """The pages whose titles hold a text as it is."""
    typed = list(map(bare, words_of(text[: _LONGEST + 1])))
    if not typed or len(text) > _LONGEST:
        return ()
    *whole, begun = typed
    ids = _candidates(generation, whole, begun, settled)
    titles = [list(map(bare, words)) for words in generation.words(ids, "title")]
    there = [(id_, title) for id_, title in zip(ids, titles, strict=True) if _says(title, whole, begun)]
    there.sort(key=lambda own: not _begins(own[1], whole, begun))
    kept = list(dict.fromkeys(settled.kept(id_) for id_, _ in there))
    documents = generation.get(kept[: _SPARE * limit])
    titled = {document.title.casefold(): document for document in reversed(documents)}  # of one title the first
    return tuple(_suggestion(own) for own in documents if titled[own.title.casefold()] is own)[:limit]


def _candidates(generation: Generation, whole: Sequence[str], begun: str, settled: Settled) -> list[str]:
    """The pages that have each word and one of those that may be meant by the last, which is half typed."""
    counts = generation.vocabulary(begun)
    meant = sorted(counts, key=lambda word: (-counts[word], word))[:_COMPLETIONS]
    text = generation.analyzer.analyse_words([*whole, *meant])
    telling = [read.term for read in map(read_word, whole) if read.alone]
    words = [SearchWord(1, (term,)) for term in dict.fromkeys(telling)]
    words.append(SearchWord(1, tuple(dict.fromkeys(stem(bare(word)) for word in meant))))
    weights = weigh(generation, text).weights
    request = FindRequest(
        weights=weights, search_words=words, wanted=len(words), limit=_LOOKED_AT, instead=settled.instead
    )
    return [ranked.id for ranked in generation.find(request).ranked] if meant and weights else []


def _says(title: Sequence[str], whole: Sequence[str], begun: str) -> bool:
    """Whether a title has each word, in any form, and one that begins so."""
    terms = set(chain(title, map(stem, title)))
    return all(word in terms or stem(word) in terms for word in whole) and any(w.startswith(begun) for w in title)


def _begins(title: Sequence[str], whole: Sequence[str], begun: str) -> bool:
    """Whether a title begins as it is typed."""
    return list(title[: len(whole)]) == list(whole) and "".join(title[len(whole) : len(whole) + 1]).startswith(begun)


def _suggestion(document: Document) -> Suggestion:
    return Suggestion(id=document.id, kind=kind_of(document), title=document.title, url=document.url)

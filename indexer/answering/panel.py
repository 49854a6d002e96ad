"""Makes the panel of a page or draft: which neighbours become cards, what a card shows, which topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from corpus import Article, Document, Topic, kind_of
from indexer.analysis import field_texts, is_concept, story_terms
from indexer.analysis.boilerplate import sentences_of
from indexer.answering.excerpts import common_words, excerpt, named
from indexer.answering.passages import Passage, passages_of
from indexer.answering.settled import Settled
from indexer.encoder import Encoder
from indexer.generation import NO_CARDS, NO_SPANS, Facts, Generation, Ranked, Span
from indexer.ranking.columns import date_of, is_answered
from indexer.ranking.vectors import Vector, cosines, quantised
from indexer.types import Card, Panel, Reply

MOST_MATCHED = 4
# So many sentences of a body and of a reply are looked through where a card has no word in common, each for 5 to 10 ms.
MOST_SENTENCES = 3
# Topics: the first VOTERS neighbours vote with their scores; a topic needs two voters and a third of all votes.
VOTERS, LEAST_VOTERS, TOPIC_SHARE, MOST_TOPICS = 8, 2, 1 / 3, 6


def one_per_wording(facts: Mapping[str, Facts], ranked: Sequence[Ranked]) -> list[Ranked]:
    """One neighbour for each wording, the answered one; answered ones first among equal scores."""
    ordered = sorted(ranked, key=lambda r: (-r.score, not facts[r.id].answered, r.id))
    chosen: dict[int, Ranked] = {}
    for r in ordered:
        kept = chosen.setdefault(facts[r.id].wording, r)
        if facts[r.id].answered and not facts[kept.id].answered:
            chosen[facts[r.id].wording] = Ranked(r.id, kept.score)
    return list(chosen.values())


def close_ones(ranked: Sequence[Ranked], closeness: Sequence[float], floor: float) -> list[Ranked]:
    """The neighbours that reach the floor, each with its closeness as its score."""
    return [Ranked(r.id, close) for r, close in zip(ranked, closeness, strict=True) if close >= floor]


class PanelText(NamedTuple):
    """The text that a panel is for: how much each of its terms and concepts tells, asked for where words in common are
    sought; its vector, if an encoder made one; and where such words stand, by the ids of cards for which that is kept.
    """

    telling: Callable[[], Mapping[str, float]]
    vector: Vector | None = None
    matched: Mapping[str, Sequence[Span]] = NO_SPANS


def make_panel(
    generation: Generation,
    text: PanelText,
    close: Sequence[Ranked],
    limit: int,
    settled: Settled,
    first: Sequence[str] = (),
    kept: Mapping[str, Card] = NO_CARDS,
) -> Panel:
    """The panel of a text: at most `limit` cards, those that an editor put `first` and then the closest, and the topics
    that the close ones share. `kept` are cards of the text that are made already.
    """
    scores = {r.id: r.score for r in close}
    ids = list(dict.fromkeys([*scores, *first]))
    facts = dict(zip(ids, generation.facts(ids), strict=True))
    said = {facts[id_].wording for id_ in first}
    ranked = [Ranked(id_, scores.get(id_, 0.0)) for id_ in first]
    ranked += one_per_wording(facts, [r for r in close if facts[r.id].wording not in said])
    shown = ranked[:limit]
    new = [r.id for r in shown if r.id not in kept]
    made = {**kept, **_cards(generation, new, text)} if new else kept
    cards = [
        replace(made[r.id], score=round(r.score, 4), others=len(settled.others(r.id)), chosen=r.id in first)
        for r in shown
    ]
    near = [r for r in ranked if r.id in scores]
    topics = _topics([(facts[r.id].topics, r.score) for r in near[:VOTERS]])
    return Panel(generation=generation.info.generation, cards=tuple(cards), topics=topics)


def _cards(generation: Generation, ids: Sequence[str], text: PanelText) -> dict[str, Card]:
    """The cards of some documents beside a text, by id."""
    documents = generation.get(ids)
    sought = [document for document in documents if document.id not in text.matched]
    spans = {**text.matched, **(spans_in_common(generation, sought, text.telling()) if sought else NO_SPANS)}
    made = {document.id: _card(document, spans[document.id]) for document in documents}
    encoder, vector = generation.encoder, text.vector
    if encoder is not None and vector is not None:
        for document in documents:
            if not made[document.id].matched:
                said = _in_other_words(encoder, document, vector)
                made[document.id] = replace(made[document.id], in_other_words=said)
    return made


def spans_in_common(
    generation: Generation, documents: Sequence[Document], telling: Mapping[str, float]
) -> dict[str, list[Span]]:
    """Where the words stand that some documents have in common with a text, most telling first, by id; `telling` says
    how much each term and concept of the text tells.
    """
    terms = _told(generation, telling)
    passages = passages_of(generation, documents, terms.keys())
    return {
        document.id: _spans(own, common_words([*own.values()], terms, MOST_MATCHED))
        for document, own in zip(documents, passages, strict=True)
    }


def _spans(passages: Mapping[str, Passage], words: Sequence[tuple[int, str]]) -> list[Span]:
    """Where words stand first that some passages write, each given with the number of its passage."""
    fields = list(passages)
    starts = [passages[fields[number]].text.index(word) for number, word in words]
    return [Span(fields[n], start, start + len(word)) for (n, word), start in zip(words, starts, strict=True)]


def _in_other_words(encoder: Encoder, document: Document, vector: Vector) -> str:
    """What a document says that is nearest to a text by meaning: its title, or one of the first sentences of its body
    and first reply.
    """
    answers = () if isinstance(document, Article) else document.answers[:1]
    texts = [document.body, *(answer.text for answer in answers)]
    said = [document.title, *(sentence.strip() for text in texts for sentence in sentences_of(text)[:MOST_SENTENCES])]
    rows = quantised(encoder.encode(said))
    near = cosines(vector, rows)
    return excerpt(said[int(np.argmax(near))]) if near.any() else ""


def _told(generation: Generation, telling: Mapping[str, float]) -> dict[str, float]:
    """The terms that may be named as words in common, with how much each tells: those of the text, and other names of
    the concepts that it names. Words that only tell a story (months, thanks) are left out.
    """
    others = {
        name[0]: telling[concept]
        for concept in telling
        if is_concept(concept)
        for name in generation.analyzer.names_of(concept)
        if len(name) == 1
    }
    return {term: told for term, told in {**others, **telling}.items() if term not in story_terms()}


def _card(document: Document, spans: Sequence[Span]) -> Card:
    reply, texts = None, field_texts(document)
    if not isinstance(document, Article) and document.answers:
        first = document.answers[0]
        reply = Reply(author=first.author, specialty=first.specialty, excerpt=excerpt(first.text))
    return Card(
        id=document.id,
        kind=kind_of(document),
        title=document.title,
        url=document.url,
        date=date_of(document),
        answered=is_answered(document),
        excerpt=excerpt(document.body),
        reply=reply,
        score=0.0,
        matched=named(texts[field][start:end] for field, start, end in spans),
    )


def _topics(named: Sequence[tuple[tuple[Topic, ...], float]]) -> tuple[Topic, ...]:
    """The topics that two neighbours, given with their scores, and a third of their votes name, most votes first. Those
    that differ in case count together, under the name that comes first.
    """
    votes: dict[tuple[str, str], float] = {}
    names: dict[tuple[str, str], Topic] = {}
    voters: Counter[tuple[str, str]] = Counter()
    for topics, score in named:
        for topic in topics:
            key = topic.name.casefold(), topic.specialty.casefold()
            votes[key] = votes.get(key, 0.0) + score
            voters[key] += 1
            names.setdefault(key, topic)
    needed = TOPIC_SHARE * sum(score for _, score in named)
    ordered = sorted(votes, key=lambda key: (-votes[key], key))
    return tuple(names[key] for key in ordered if votes[key] >= needed and voters[key] >= LEAST_VOTERS)[:MOST_TOPICS]

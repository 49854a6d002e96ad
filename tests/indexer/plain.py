"""The definition: a generation in memory, of loops that are obviously right. What it says, every other one must say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from corpus import Document, Question, kind_of, same_address
from indexer.analysis import (
    FIELDS,
    FINER,
    Analysed,
    Analyzer,
    Boilerplate,
    Templates,
    field_texts,
    in_han,
    is_concept,
    own_text,
    wording,
)
from indexer.analysis.boilerplate import is_fact, sentences_of
from indexer.analysis.templates import find_templates
from indexer.analysis.terms import alike, stem
from indexer.analysis.tokens import words_of
from indexer.answering.closeness import page_closeness, page_floor
from indexer.answering.neighbours import neighbours_of
from indexer.answering.settled import Settled
from indexer.answering.weighing import own_analysed, weigh
from indexer.build.encoding import vector_of
from indexer.decisions import Decisions
from indexer.duplicates import compare
from indexer.duplicates.differences import contradicting, missing_in_title
from indexer.duplicates.likelihood import ALIKE, LEAST_SHARE, POSSIBLE, STORY, Profile, QuestionPair, profiles
from indexer.encoder import Encoder
from indexer.generation import NO_SPANS, Facts, FindRequest, Found, Neighbours, Pair, Ranked, Span
from indexer.ranking.columns import FACETS, date_of, is_answered, specialty_of, topics_of
from indexer.ranking.vectors import Vector
from indexer.ranking.weighting import (
    FIELD_WEIGHTS,
    LEAST_OF_A_KIND,
    NEAREST,
    RESCORED,
    SearchWord,
    Statistics,
    least_share,
    length_factor,
    norm,
    saturation,
)
from indexer.types import Band, Card, Filter, Info, Sort

# What no editor decided.
NOTHING = Settled(None, Decisions())  # type: ignore[arg-type]  # it asks a generation of nothing

# By channel, in how many documents each token occurs: those of the last full build.
Frequencies = Mapping[str, Counter[str]]
# More questions of one wording than these are paired with the best of them alone.
_ALL_PAIRS = 20
# How much closer than the floor two long stories are that may be one.
_ABOVE_FLOOR = 0.2


class Length(NamedTuple):
    """The length of a field of a document, in terms and in concepts."""

    terms: int
    concepts: int


def boilerplate_of(documents: Iterable[Document]) -> Boilerplate:
    """The sentences that the bodies of questions repeat, but for facts."""
    questions = [document for document in documents if isinstance(document, Question)]
    said = {wording(sentence): words_of(sentence) for q in questions for sentence in sentences_of(q.body)}
    found = Boilerplate.of((wording(own_text(q)), {wording(s) for s in sentences_of(q.body)}) for q in questions)
    return Boilerplate(d for d in found.sentences if not is_fact(said[d], Analyzer().concepts_of))


def fields_of(document: Document, analyzer: Analyzer) -> dict[str, Analysed]:
    """The fields of a document that have text, each in terms, without the site's boilerplate."""
    repeated = analyzer.boilerplate.sentences
    if isinstance(document, Question) and document.body and repeated:
        own = "".join(sentence for sentence in sentences_of(document.body) if wording(sentence) not in repeated)
        document = replace(document, body=own)
    return {field: analyzer.analyse(text) for field, text in field_texts(document).items()}


def statistics_of(lengths: Sequence[Mapping[str, Length]], han: Sequence[bool]) -> Statistics:
    """The statistics of documents whose fields have these lengths; `han` says which are written in characters."""
    latin, chinese = ([fields for fields, h in zip(lengths, han, strict=True) if h is kind] for kind in (False, True))
    if min(len(latin), len(chinese)) < LEAST_OF_A_KIND:
        return _statistics_of(lengths)
    return replace(_statistics_of(latin), han=_statistics_of(chinese))


def _statistics_of(lengths: Sequence[Mapping[str, Length]]) -> Statistics:
    average, concepts = {}, {}
    for name in sorted(FIELDS):
        there = [fields[name] for fields in lengths if name in fields and fields[name].terms]
        if there:
            average[name] = sum(length.terms for length in there) / len(there)
        if sum(length.concepts for length in there):
            concepts[name] = sum(length.concepts for length in there) / len(there)
    whole = sorted(1 + sum(length.terms for length in fields.values()) for fields in lengths)
    middle = (whole[(len(whole) - 1) // 2] + whole[len(whole) // 2]) / 2 if whole else 1.0
    return Statistics(documents=len(whole), average=average, concepts=concepts, median=middle)


class PlainGeneration:
    """Every document's terms and weights in dictionaries; every answer by looking at every document."""

    name = "plain"

    def __init__(
        self,
        documents: Iterable[Document],
        analyzer: Analyzer,
        statistics: Statistics | None = None,
        frequencies: Frequencies | None = None,
        templates: Templates | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        """Statistics, frequencies and templates are those of the last full build; without them these documents are
        one.
        """
        self.analyzer, self.encoder = analyzer, encoder
        self._documents = {document.id: document for document in sorted(documents, key=lambda d: d.id)}
        self._vectors = {id_: vector_of(encoder, d) for id_, d in self._documents.items()} if encoder else {}
        self._fields = {id_: fields_of(document, analyzer) for id_, document in self._documents.items()}
        self._tokens_in = {i: {name: text.tokens for name, text in own.items()} for i, own in self._fields.items()}
        self._bags = {i: {f: text.terms_and_concepts() for f, text in own.items()} for i, own in self._fields.items()}
        self._finer = {i: {field: text.finer for field, text in own.items()} for i, own in self._fields.items()}
        self._lengths = {
            id_: {field: Length(text.bag.total(), text.concepts.total()) for field, text in own.items()}
            for id_, own in self._fields.items()
        }
        self._han = {
            id_: in_han([token for text in own.values() for token in text.tokens]) for id_, own in self._fields.items()
        }
        self.statistics = statistics or statistics_of(list(self._lengths.values()), list(self._han.values()))
        self.frequencies_by_channel = frequencies or {
            "terms": Counter(term for id_ in self._documents for term in self._terms(id_)),
            **{c: Counter(token for id_ in self._documents for token in self._tokens(id_, c)) for c in FINER},
        }
        self._frequency = self.frequencies_by_channel["terms"]
        self._weights = {id_: {term: self._weight(id_, term) for term in self._terms(id_)} for id_ in self._documents}
        questions = [id_ for id_, document in self._documents.items() if isinstance(document, Question)]
        words = ([*title, *body] for title, body in zip(*(self.words(questions, f) for f in FIELDS[:2]), strict=True))
        self.templates = find_templates(words) if templates is None else templates

    def _terms(self, id_: str) -> set[str]:
        return {term for bag in self._bags[id_].values() for term in bag}

    def _statistics_of(self, id_: str) -> Statistics:
        return self.statistics.of_document(han=self._han[id_])

    def _tokens(self, id_: str, channel: str) -> set[str]:
        return {token for bags in self._finer[id_].values() for token in bags[channel]}

    def _weight(self, id_: str, term: str) -> float:
        """The weight of a term or concept in a document: its rarity times its weighted, saturated counts in the
        fields.
        """
        place = 1 if is_concept(term) else 0
        own = self._statistics_of(id_)
        averages = own.concepts if is_concept(term) else own.average
        lengths = {field: length[place] for field, length in self._lengths[id_].items()}
        counts = {field: bag[term] for field, bag in self._bags[id_].items()}
        total = self._sum_over_fields(id_, counts, lengths, averages)
        # Weights are kept in 32 bits everywhere, so that engines agree to the last bit.
        return float(np.float32(self.statistics.rarity(term, self._frequency[term]) * total))

    def _sum_over_fields(
        self, id_: str, counts: Mapping[str, int], lengths: Mapping[str, int], averages: Mapping[str, float]
    ) -> float:
        """The weighted, saturated counts of a token in the fields of a document."""
        weights, total = FIELD_WEIGHTS[kind_of(self._documents[id_])], 0.0
        for field in FIELDS:
            if counts.get(field) and field in weights:
                # A field that no document of the full build had has no average length: each is of the usual one.
                own = norm(lengths[field], averages[field]) if field in averages else norm(1, 1.0)
                total += weights[field] * saturation(counts[field], own)
        return total

    def _holds(self, id_: str, readings: Sequence[Sequence[str]]) -> bool:
        return any(
            all(stem(a) == stem(b) and alike(a, b) for a, b in zip(tokens[at:], reading, strict=False))
            for tokens in self._tokens_in[id_].values()
            for reading in readings
            for at in range(len(tokens) - len(reading) + 1)
        )

    def _matches(self, id_: str, word: SearchWord) -> bool:
        if not word.parts or not self._terms(id_).isdisjoint(word.names):
            return not self._terms(id_).isdisjoint(word.names)
        anywhere = {stem(part) for part in word.parts} <= self._terms(id_)
        return anywhere if word.loose else self._holds(id_, [word.parts])

    @property
    def info(self) -> Info:
        """See Generation."""
        kinds = Counter(kind_of(document) for document in self._documents.values())
        return Info(
            generation=1,
            built="",
            engine="plain",
            documents={"article": kinds["article"], "question": kinds["question"]},
            answers=sum(len(d.answers) for d in self._documents.values() if isinstance(d, Question)),
            analysis=self.analyzer.fingerprint,
            format=0,
            drift=0.0,
            bytes=0,
            semantic=self.encoder is not None,
            encoder=self.encoder.name if self.encoder else "",
        )

    def ids(self) -> Sequence[str]:
        """See Generation."""
        return list(self._documents)

    def get(self, ids: Sequence[str]) -> list[Document]:
        """See Generation."""
        return [self._documents[id_] for id_ in ids if id_ in self._documents]

    def facts(self, ids: Sequence[str]) -> list[Facts]:
        """See Generation."""
        return [
            Facts(
                kind=kind_of(document),
                date=date_of(document),
                answered=is_answered(document),
                wording=wording(own_text(document)),
                topics=topics_of(document),
            )
            for document in self.get(ids)
        ]

    def wordings(self, ids: Sequence[str]) -> list[int | None]:
        """See Generation."""
        there = self._documents
        return [wording(own_text(there[id_])) if id_ in there else None for id_ in ids]

    def addressed(self, url: str) -> str | None:
        """See Generation."""
        there = [d.id for d in self._documents.values() if d.url and same_address(d.url) == same_address(url)]
        return min(there, default=None)

    def shown(self, ids: Sequence[str]) -> list[int]:
        """See Generation."""
        panels = [self.neighbours(id_) or Neighbours([], 0.0) for id_ in self._documents]
        return [sum(any(r.id == id_ for r in near.ranked[:4]) for near in panels) for id_ in ids]

    def words(self, ids: Sequence[str], field: str) -> list[list[str]]:
        """See Generation."""
        return [list(self._fields[id_][field].words) if field in self._fields[id_] else [] for id_ in ids]

    def begins(self, ids: Sequence[str], terms: Collection[str]) -> None:
        """See Generation."""

    def weights(self, ids: Sequence[str]) -> list[dict[str, float]]:
        """See Generation."""
        return [self._weights[id_] for id_ in ids]

    def find(self, request: FindRequest) -> Found:
        """See Generation."""
        chosen, instead = self._chosen(request), request.instead
        shown = list(dict.fromkeys(instead.get(id_, id_) for id_ in chosen))
        facets = self._facets(shown, request.facets) if request.facets else {}
        if request.sort is Sort.NEWEST:
            newest = sorted(shown, key=lambda id_: (-_day(self._documents[id_]), id_))
            return Found([Ranked(id_, 0.0) for id_ in newest[: request.limit]], len(shown), facets)
        ranked = self.rank(request.weights, chosen)
        near, first = [id_ for id_ in self._near(request) if id_ in chosen], ranked[:RESCORED]
        known = {found.id for found in first}
        scores = dict(self.rank(request.weights, set(near) - known))
        first += [Ranked(id_, scores.get(id_, 0.0)) for id_ in near if id_ not in known]
        rest = [found for found in ranked[RESCORED:] if found.id not in near]
        again = []
        for id_, score in first:
            length = (1 + sum(own.terms for own in self._lengths[id_].values())) / self._statistics_of(id_).median
            judged = (score + self._judge(id_, request.finer)) * length_factor(length, request.words)
            cosine = self.cosines(request.meant.vector, [id_])[0] if request.meant else 0.0
            meant = request.meant.weight * cosine if request.meant and not math.isnan(cosine) else 0.0
            again.append(Ranked(id_, judged * chosen[id_] + meant))
        of_groups: dict[str, Ranked] = {}
        for found in [*sorted(again, key=_best_first), *rest]:
            of_groups.setdefault(instead.get(found.id, found.id), found)
        best = list(of_groups.values())[: request.limit]
        return Found(best, len(shown), facets)

    def rank(self, weights: Mapping[str, float], among: Collection[str]) -> list[Ranked]:
        """All documents of these that share a term, by the sum of weight × weight; ids ascending among equals."""
        ranked = []
        for id_ in among:
            score = 0.0
            for term in sorted(weights):
                score += weights[term] * self._weights[id_].get(term, 0.0)
            if score != 0:
                ranked.append(Ranked(id_, score))
        return sorted(ranked, key=_best_first)

    def _judge(self, id_: str, finer: Mapping[str, Mapping[str, float]]) -> float:
        """What the finer channels say of a document."""
        score, averages = 0.0, self._statistics_of(id_).average
        lengths = {field: length.terms for field, length in self._lengths[id_].items()}
        for channel in FINER:
            for token in finer[channel]:
                counts = {field: bags[channel][token] for field, bags in self._finer[id_].items()}
                score += finer[channel][token] * self._sum_over_fields(id_, counts, lengths, averages)
        return score

    def _chosen(self, request: FindRequest) -> dict[str, float]:
        """The documents that a request lets through, and the share of its words that each matches."""
        words = request.search_words
        demanded = self._demanded(request)
        if not words:
            return {id_: 1.0 for id_ in demanded if self._passes(id_, request)}
        near, whole = self._near(request), sum(word.share for word in words)
        enough = {id_ for id_ in near if request.meant and near[id_] >= request.meant.least}
        shares = {id_: sum(word.share for word in words if self._matches(id_, word)) for id_ in demanded}
        least = least_share(shares.values(), request.wanted)
        return {
            id_: share / whole
            for id_, share in shares.items()
            if (share >= least or id_ in enough) and self._passes(id_, request)
        }

    def _demanded(self, request: FindRequest) -> list[str]:
        """The documents that hold the phrases of a request, and none of those that it does without."""
        return [
            id_
            for id_ in self._documents
            if all(self._holds(id_, phrase) for phrase in request.phrases)
            and not any(self._holds(id_, phrase) for phrase in request.without)
        ]

    def _passes(self, id_: str, request: FindRequest) -> bool:
        """Whether the filter lets pass what is shown for a document."""
        shown = request.instead.get(id_, id_)
        unwanted = any(self._holds(shown, phrase) for phrase in request.without)
        return not unwanted and _passes(self._documents[shown], request.where)

    def _near(self, request: FindRequest) -> dict[str, float]:
        """The documents nearest by meaning of those that a request lets through, whatever their words, with cosines."""
        if request.meant is None:
            return {}
        there = [id_ for id_ in self._demanded(request) if self._passes(id_, request)]
        cosines = dict(zip(there, self.cosines(request.meant.vector, there), strict=True))
        nearest = sorted((id_ for id_ in there if cosines[id_] > 0), key=lambda id_: (-cosines[id_], id_))[:NEAREST]
        return {id_: cosines[id_] for id_ in nearest}

    def vector(self, id_: str) -> Vector | None:
        """See Generation."""
        own = self._vectors.get(id_)
        return own if own is not None and own.any() else None

    def cosines(self, vector: Vector, ids: Sequence[str]) -> list[float]:
        """See Generation."""
        own = vector.tolist()
        return [cosine_of(own, self._numbers[id_]) if any(self._numbers.get(id_, ())) else math.nan for id_ in ids]

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        return {id_: vector.tolist() for id_, vector in self._vectors.items()}

    @cached_property
    def _topic_names(self) -> dict[str, str]:
        """By folded case, what most documents call a topic."""
        counts = Counter(topic.name for document in self._documents.values() for topic in topics_of(document))
        ordered = sorted(counts, key=lambda name: (-counts[name], name.isupper(), name.islower(), name), reverse=True)
        return {name.casefold(): name for name in ordered}

    def _facets(self, ids: Sequence[str], most: int) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        for document in self.get(ids):
            counts["kind"][kind_of(document)] += 1
            counts["answered"]["yes" if is_answered(document) else "no"] += 1
            counts["topic"].update(self._topic_names[topic.name.casefold()] for topic in topics_of(document))
            if specialty := specialty_of(document):
                counts["specialty"][specialty] += 1
            if day := date_of(document):
                counts["year"][str(day.year)] += 1
        return {
            facet: dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:most])
            for facet, values in counts.items()
        }

    def neighbours(self, id_: str) -> Neighbours | None:
        """See Generation."""
        if id_ not in self._documents:
            return None
        return neighbours_of(self, weigh(self, own_analysed(self, id_), vector=self.vector(id_)), without=id_)

    def closeness(self, id_: str) -> Sequence[float]:  # noqa: ARG002 (it stores nothing)
        """See Generation."""
        return ()

    def matched(self, id_: str) -> Mapping[str, Sequence[Span]]:  # noqa: ARG002 (it keeps none)
        return NO_SPANS

    def cards(self, id_: str) -> Mapping[str, Card]:  # noqa: ARG002 (it keeps none)
        """See Generation."""
        return {}

    def pairs(self) -> Sequence[Pair]:
        """See Generation: every two questions are looked at."""
        return self._pairs

    @cached_property
    def _pairs(self) -> list[Pair]:
        questions = [id_ for id_, document in self._documents.items() if isinstance(document, Question)]
        near = {id_: self.neighbours(id_) or Neighbours([], 0.0) for id_ in questions}
        own = dict(zip(questions, profiles(self, questions), strict=True))
        worded = {id_: facts.wording for id_, facts in zip(questions, self.facts(questions), strict=True)}
        found = []
        for a, b in combinations(questions, 2):
            if worded[a] == worded[b]:
                equal = [id_ for id_ in questions if worded[id_] == worded[a]]
                best = max(equal, key=lambda id_: self.keep_order([id_])[0])
                if len(equal) <= _ALL_PAIRS or best in (a, b):
                    found.append(Pair(a, b, 1.0, Band.SAME))
                continue
            cosine = compare.cosine_of(self, a, b)
            pair, alike = QuestionPair(own[a], own[b], cosine), cosine is not None and cosine >= ALIKE
            if (_lists(near[a], b, any_score=alike) or _lists(near[b], a, any_score=alike)) and pair.band:
                found.append(Pair(a, b, float(np.float32(pair.score)), pair.band))
            elif not pair.apart and self._one_story(a, b, near, own):
                found.append(Pair(a, b, float(np.float32(POSSIBLE)), Band.POSSIBLE))
        return sorted(set(found))

    def _one_story(self, a: str, b: str, near: Mapping[str, Neighbours], own: Mapping[str, Profile]) -> bool:
        """Whether two long stories are the first neighbour of each other, close, and nothing decides between them."""
        if [r.id for r in near[a].ranked[:1]] != [b] or [r.id for r in near[b].ranked[:1]] != [a]:
            return False
        one, other = own[a], own[b]
        if min(one.words, other.words) <= STORY or contradicting(one.values, other.values):
            return False
        titles = one.title_values, other.title_values
        if contradicting(*titles) or missing_in_title(*titles):
            return False
        (there,) = page_closeness(self, one.statistics, a, near[a].best(1))
        (back,) = page_closeness(self, other.statistics, b, near[b].best(1))
        return there + back >= page_floor(one.statistics) + page_floor(other.statistics) + 2 * _ABOVE_FLOOR

    def pair(self, a: str, b: str) -> Pair | None:
        """See Generation."""
        return next((pair for pair in self.pairs() if {pair.a, pair.b} == {a, b}), None)

    def keep_order(self, ids: Sequence[str]) -> list[tuple[int, ...]]:
        """See Generation: answered, by a named doctor, listed by so many pages, words of answer, age."""
        return [self._keep_order(document) for document in self.get(ids)]

    def _keep_order(self, document: Document) -> tuple[int, ...]:
        questions = [other for other in self._documents.values() if isinstance(other, Question)]
        links = [link for other in questions for link in other.listed]
        by_url = sum(bool(link.url) and link.url == document.url for link in links)
        by_title = sum(not link.url and wording(link.title) == wording(document.title) for link in links)
        if not isinstance(document, Question):
            return (0, 0, by_url or by_title, 0, 0)
        words = sum(len(answer.text.split()) for answer in document.answers)
        named = any(answer.author for answer in document.answers)
        age = -document.asked.toordinal() if document.asked else -(1 << 30)
        return (int(bool(document.answers)), int(named), by_url or by_title, words, age)

    def frequencies(self, tokens: Sequence[str], channel: str = "terms") -> list[int]:
        """See Generation."""
        counts = self.frequencies_by_channel.get(channel, self._frequency)
        return [counts[token] for token in tokens]

    def rarities(self, tokens: Collection[str], channel: str = "terms", *, present: bool = False) -> dict[str, float]:
        """See Generation."""
        counts = zip(tokens, self.frequencies(list(tokens), channel), strict=True)
        return {token: self.statistics.rarity(token, n) for token, n in counts if n or not present}

    def vocabulary(self, prefix: str, least: int = 1) -> dict[str, int]:
        """See Generation."""
        counts = Counter(
            word for own in self._fields.values() for word in {w for text in own.values() for w in text.words}
        )
        return {word: counts[word] for word in sorted(counts) if word.startswith(prefix) and counts[word] >= least}

    def close(self) -> None:
        """See Generation."""


def cosine_of(one: Sequence[int], other: Sequence[int]) -> float:
    """The cosine of two vectors of whole numbers, 0 where one of them is none."""
    squares = math.sqrt(float(sum(n * n for n in one) * sum(n * n for n in other)))
    return sum(a * b for a, b in zip(one, other, strict=True)) / squares if squares else 0.0


def _best_first(ranked: Ranked) -> tuple[float, str]:
    return -ranked.score, ranked.id


def _lists(near: Neighbours, id_: str, *, any_score: bool) -> bool:
    """Whether an id stands in a list, with any score or with enough of what is possible."""
    least = -math.inf if any_score else LEAST_SHARE * near.possible
    return any(ranked.id == id_ and ranked.score >= least for ranked in near.ranked)


def _day(document: Document) -> int:
    day = date_of(document)
    return day.toordinal() if day else 0


def _passes(document: Document, where: Filter) -> bool:
    day: date | None = date_of(document)
    return (
        (where.kind is None or kind_of(document) == where.kind)
        and (where.specialty is None or specialty_of(document) == where.specialty)
        and (where.topic is None or where.topic.casefold() in [topic.name.casefold() for topic in topics_of(document)])
        and (where.year is None or (day is not None and day.year == where.year))
        and (where.answered is None or is_answered(document) == where.answered)
    )

"""Documents for tests: short ones by hand, and strategies that generate whole corpora."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import strategies as st

from corpus import Answer, Article, Document, Question, Topic
from indexer.analysis import Analyzer

# The analysis without a site's synonyms.
ANALYZER = Analyzer()

# Few words, so that documents share them; among them a compound, an accent, Chinese, a negation, and a stop word with
# a word of its stem.
WORDS = (
    "cement",
    "leaks",
    "leaking",
    "knees",
    "pain",
    "the",
    "no",
    "IL-6",
    "T12",
    "œdema",
    "骨水泥",
    "with",
    "withing",
)


def question(id_: str, title: str, body: str = "", answer: str = "", **more: object) -> Question:
    """A question in one line."""
    answers = (Answer(text=answer, author="Dr. A. Test", specialty="Testing"),) if answer else ()
    return Question(id=id_, title=title, body=body, answers=answers, **more)  # type: ignore[arg-type]


_text = st.lists(st.sampled_from(WORDS), min_size=0, max_size=12).map(" ".join)
_title = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
_day = st.none() | st.dates(date(2012, 1, 1), date(2026, 6, 1))
_topics = st.lists(st.sampled_from(["Knee", "knee", "Spine", "Cement"]), max_size=2, unique=True).map(
    lambda names: tuple(Topic(name=name) for name in names)
)
_specialty = st.sampled_from(["", "Spine surgery", "Radiology"])
_questions = st.builds(
    Question,
    id=st.just("placeholder"),
    title=_title,
    body=_text,
    asked=_day,
    specialty=_specialty,
    topics=_topics,
    more=_text,
    answers=st.lists(st.builds(Answer, text=_title, specialty=_specialty), max_size=2).map(tuple),
)
_articles = st.builds(
    Article,
    id=st.just("placeholder"),
    title=_title,
    body=_text,
    published=_day,
    topics=_topics,
)


@st.composite
def corpora(draw: st.DrawFn, most: int = 12) -> list[Document]:
    """A corpus of up to `most` documents that share their words, with unique ids in no order."""
    documents = draw(st.lists(_questions | _articles, min_size=1, max_size=most))
    numbers = draw(st.permutations(range(len(documents))))
    return [_with_id(document, f"d-{number:02d}") for document, number in zip(documents, numbers, strict=True)]


def _with_id(document: Document, id_: str) -> Document:
    fields = {name: getattr(document, name) for name in document.__dataclass_fields__}
    return type(document)(**{**fields, "id": id_})


_ENGLISH = ("knee", "hip", "pain", "cement", "leak", "spine", "fracture", "surgery", "fever", "cough", "rash", "sugar")
_CHINESE = ("膝", "關節", "疼痛", "骨", "水泥", "發燒", "咳嗽", "心臟", "血壓", "手術", "皮膚", "血糖")


def in_two_scripts(rng: random.Random, size: int, name: str = "d") -> list[Document]:
    """English and Chinese documents in turn, of few words, so that many are alike and some are the same question."""
    documents: list[Document] = []
    for n in range(size):
        words, tie = ((_ENGLISH, " "), (_CHINESE, ""))[n % 2]
        said = [tie.join(rng.choices(words, k=rng.randint(low, high))) for low, high in ((1, 4), (3, 6), (5, 50))]
        if n % 11 == 5:
            documents.append(Article(id=f"{name}{n:03d}", title=said[0], body=said[2]))
            continue
        body = rng.choice(["", f"Hello doctor. {said[1]}", said[2]])
        topics = rng.choice([(), (Topic(name="Knee"),), (Topic(name="Knee"), Topic(name="Heart"))])
        answer = rng.choice(["", said[2]])
        documents.append(question(f"{name}{n:03d}", said[0], body=body, answer=answer, topics=topics))
    return documents


PLAIN_WORDS = [
    "knee",
    "hip",
    "pain",
    "cement",
    "leak",
    "spine",
    "fracture",
    "surgery",
    "fever",
    "cough",
    "rash",
    "sugar",
    "heart",
    "attack",
    "blood",
    "pressure",
]


def of_few_words(rng: random.Random, name: str, size: int) -> list[Document]:
    """Documents of few words, so that many are alike and some are the same question."""
    return [
        question(
            f"{name}{n:03d}",
            " ".join(rng.choices(PLAIN_WORDS, k=rng.randint(1, 4))),
            body=rng.choice(["", "Hello doctor. " + " ".join(rng.choices(PLAIN_WORDS, k=5))]),
            answer=rng.choice(["", " ".join(rng.choices(PLAIN_WORDS, k=8))]),
        )
        for n in range(size)
    ]

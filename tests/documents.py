"""Documents for tests: short ones by hand, and strategies that generate whole corpora."""

from __future__ import annotations

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
_topics = st.lists(st.sampled_from(["Knee", "Spine", "Cement"]), max_size=2, unique=True).map(
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

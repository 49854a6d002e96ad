"""The documents and queries that speed is measured on: MedQuAD, and larger corpora recombined from its sentences.

    python benchmarks/speed/corpus.py MEDQUAD OUT [--sizes 16k,47k,200k,1m]

MEDQUAD is its folder or zip archive, or `sample` for the sample corpus that ships. Written are OUT/SIZE.jsonl, one
file a size, and OUT/queries.json. The source's documents come first in every file, as they are; what is more is made
of their titles, topics and sentences, so that words occur about as often as they do. Beyond 200,000 documents these
are written again, as cases with ids and titles of their own. Each size begins with the smaller ones. The same source
gives the same bytes. The texts may be other people's: OUT must stand outside the repository.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import corpus  # noqa: E402
from corpus import Answer, Article, Document, Question, Topic  # noqa: E402
from indexer.analysis.wordlists import stop_words  # noqa: E402

SIZES = ("16k", "47k", "200k")
SAMPLE = "sample"
QUERIES = 200
# So many documents are held while they are written; what is more repeats them.
TILE = 200_000
SPECIALTIES = (
    "Cardiology", "Dermatology", "Ear, nose and throat", "Endocrinology", "Gastroenterology", "Genetics", "Geriatrics",
    "Gynaecology", "Haematology", "Immunology", "Infectious diseases", "Nephrology", "Neurology", "Oncology",
    "Ophthalmology", "Orthopaedics", "Paediatrics", "Pneumology", "Psychiatry", "Urology",
)  # fmt: skip

_UNITS = {"k": 1_000, "m": 1_000_000}
_SEED = 20240603
_SHARE_WITHOUT_ANSWER = 0.1
_FIRST_DAY, _DAYS = date(2010, 1, 1), 15 * 365
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_FIRST_PERSON = (
    "My doctor says that I have {topic}.",
    "I was told last week that I have {topic} and I am worried.",
    "My mother had {topic} and now I feel something like it.",
    "I have had {topic} for two years.",
)


def count_of(size: str) -> int:
    """How many documents a size such as `47k` or `1m` stands for."""
    if not re.fullmatch(r"[1-9][0-9]*[km]", size):
        raise SystemExit(f"no size {size!r}; give thousands or millions, such as 16k or 1m")
    return int(size[:-1]) * _UNITS[size[-1]]


def source_documents(source: str) -> list[Document]:
    """The documents that corpora are made of."""
    documents = list(corpus.read(*(corpus.sample() if source == SAMPLE else [source])))
    if not documents:
        raise SystemExit("the source holds no document with an answer; give MedQuAD's folder or zip archive")
    return documents


def text_of(document: Document) -> str:
    """What a document says below its title."""
    if isinstance(document, Article):
        return document.body
    return "\n\n".join(text for text in (document.body, *(answer.text for answer in document.answers)) if text)


class Recombined:
    """Documents made from the parts of others: the title of one, the topic of another, sentences of many."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._titles = [(document.title, [topic.name for topic in document.topics]) for document in documents]
        self._topics = sorted({topic.name for document in documents for topic in document.topics})
        parts = [_SENTENCE.split(text_of(document)) for document in documents]
        self._sizes = [len(sentences) for sentences in parts]
        self._sentences = [sentence for sentences in parts for sentence in sentences]
        self._seen = {document.title for document in documents}

    def __iter__(self) -> Iterator[Document]:
        random, number = Random(_SEED), 0  # noqa: S311 (the same bytes each time is what is wanted)
        while True:
            number += 1
            yield self._document(random, number)

    def _document(self, random: Random, number: int) -> Document:
        topic, specialty = random.choice(self._topics), random.choice(SPECIALTIES)
        text = " ".join(random.choices(self._sentences, k=random.choice(self._sizes)))
        asked = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
        answered = random.random() >= _SHARE_WITHOUT_ANSWER
        return Question(
            id=f"made/{number:06}",
            title=self._title(random, topic),
            body="" if answered else text,
            url=f"https://example.org/made/{number:06}",
            site="made",
            asked=asked,
            specialty=specialty,
            topics=(Topic(name=topic, specialty=specialty),),
            answers=(Answer(text=text, specialty=specialty),) if answered else (),
        )

    def _title(self, random: Random, topic: str) -> str:
        """A title that no other document has; equal wording would make templates and duplicates of them all."""
        title, named = random.choice(self._titles)
        before = next((name for name in named if name in title), "")
        title = title.replace(before, topic) if before else f"{title} {topic}"
        while title in self._seen:
            title = f"{title} {random.choice(self._topics)}"
        self._seen.add(title)
        return title


def write(documents: Sequence[Document], sizes: Iterable[str], out: Path) -> None:
    """Write OUT/SIZE.jsonl for every size."""
    out.mkdir(parents=True, exist_ok=True)
    made = iter(Recombined(documents))
    lines = [corpus.to_json(document) + "\n" for document in documents]
    for size in sorted(set(sizes), key=count_of):
        if count_of(size) < len(documents) // 1000 * 1000:
            raise SystemExit(f"{size} is less than the source's {len(documents):,} documents")
        more = max(0, min(count_of(size), TILE) - len(lines))
        lines += [corpus.to_json(document) + "\n" for document in islice(made, more)]
        count = max(count_of(size), len(lines))
        with (out / f"{size}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(tiled(lines, count))
        print(f"{size}: {count:,} documents", flush=True)


def tiled(lines: Sequence[str], count: int) -> Iterator[str]:
    """So many lines, one at a time: these, then these again as the second case of each document, and so on."""
    for number in range(count):
        tile, place = divmod(number, len(lines))
        yield _case(lines[place], tile + 1) if tile else lines[place]


def _case(line: str, number: int) -> str:
    """The document of a line once more: its texts as they are, an id and a title that no other case has."""
    document = corpus.from_json(line)
    case = replace(document, id=f"{document.id}/case-{number}", title=f"{document.title} case {number}")
    return corpus.to_json(case) + "\n"


def queries(documents: Sequence[Document]) -> dict[str, list[str]]:
    """The queries of each kind: a few telling words, a patient's question, a draft of some paragraphs."""
    random = Random(_SEED)  # noqa: S311 (the same queries each time is what is wanted)
    return {
        "keyword": [_keyword(random, documents) for _ in range(QUERIES)],
        "free": [_told(random, documents, random.randint(20, 60)) for _ in range(QUERIES)],
        "long": [_told(random, documents, random.randint(120, 300)) for _ in range(QUERIES)],
    }


def _keyword(random: Random, documents: Sequence[Document]) -> str:
    while True:
        words = _WORD.findall(random.choice(documents).title)
        telling = list(dict.fromkeys(word for word in words if word.lower() not in stop_words()))
        if len(telling) >= 2:
            places = random.sample(range(len(telling)), random.randint(2, min(4, len(telling))))
            return " ".join(telling[place] for place in sorted(places)).lower()


def _told(random: Random, documents: Sequence[Document], length: int) -> str:
    """A question of so many words in the first person, with sentences of one document after the other behind it."""
    document = random.choice(documents)
    topic = document.topics[0].name if document.topics else document.title
    words = f"{random.choice(_FIRST_PERSON).format(topic=topic)} {document.title}".split()
    while len(words) < length:
        sentences = _SENTENCE.split(text_of(document))
        words += " ".join(sentences[random.randrange(len(sentences)) :][:5]).split()
        document = random.choice(documents)
    return " ".join(words[:length])


def main(argv: Sequence[str] | None = None) -> int:
    """Make the files from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="MEDQUAD", help=f"MedQuAD's folder or zip archive, or {SAMPLE}")
    parser.add_argument("out", type=Path)
    parser.add_argument("--sizes", default=",".join(SIZES))
    options = parser.parse_args(argv)
    documents = source_documents(options.source)
    write(documents, options.sizes.split(","), options.out)
    told = json.dumps(queries(documents), ensure_ascii=False, indent=1) + "\n"
    (options.out / "queries.json").write_text(told, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

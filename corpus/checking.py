"""What sources hold, before anything is built of them: by file, with what would be left out, repeated or missing."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

from corpus.errors import Noticed, Rejected
from corpus.identity import id_from_content
from corpus.markup import is_html
from corpus.model import Article, Document, kind_of
from corpus.reading import by_file

_SHOWN = 3
_PAGES = "web-page"
# A paragraph that so many documents share is the site's and not theirs.
_REPEATED = 5
_LEAST_PARAGRAPH = 15
# So many characters of each document tell in which letters it is written.
_LOOKED_AT = 400
# With so many letters its language can be told.
_LEAST_TOLD = 60


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file: its name, what it was taken for, how many documents came of it and how many records were left out."""

    name: str
    format: str
    documents: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Check:
    """What sources hold. `files` are those that hold anything or are refused, `first` the first documents of each
    format, `reasons` why records are left out, most often first, each with one of them. `kinds`, `letters`, `languages`
    and `missing` count documents: by kind, by the letters that most of each is written in, by its language (ISO 639;
    `unknown` for what is too short to tell, and for all without the extra `sites`), and by the field they lack.
    `numbered` counts those whose topic or author is a number, as where a column holds a key of another table, `tagged`
    those whose texts are HTML and are taken as they are. `repeated` are ids that stand for several different documents,
    with how many; `shared` counts the addresses that several documents have. `own` is the share of all paragraphs
    that few documents share, from 0 to 1, `boilerplate` the others that stand in most documents.
    """

    documents: int
    files: Sequence[CheckedFile]
    first: dict[str, list[Document]]
    reasons: list[tuple[Rejected, int]]
    kinds: dict[str, int]
    letters: dict[str, int]
    languages: dict[str, int]
    missing: dict[str, int]
    numbered: int
    tagged: int
    shared: int
    repeated: dict[str, int]
    undated: int
    unnamed: int
    own: float
    boilerplate: list[tuple[str, int]]


@dataclass
class _Counts:
    """What is counted as documents pass; no document is kept but the first ones, digests stand for their texts."""

    kinds: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    numbered: int = 0
    tagged: int = 0
    addresses: Counter[str] = field(default_factory=Counter)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    paragraphs: Counter[str] = field(default_factory=Counter)

    def take(self, document: Document, format_name: str) -> None:
        """Count a document of a file in a format."""
        self.kinds[kind_of(document)] += 1
        texts = (
            [document.body] if isinstance(document, Article) else [document.body, *(a.text for a in document.answers)]
        )
        start = f"{document.title} {' '.join(texts)[:_LOOKED_AT]}"
        self.letters[_letters(start)] += 1
        self.languages[_language(start)] += 1
        self.ids[document.id].add(id_from_content("", document.title, *texts))
        own = {part.strip() for text in texts for part in text.split("\n") if len(part.strip()) >= _LEAST_PARAGRAPH}
        self.paragraphs.update(own)
        names = [topic.name for topic in document.topics]
        names += [document.author] if isinstance(document, Article) else [a.author for a in document.answers]
        if format_name != _PAGES:  # the questions of one page have one address
            self.addresses[document.url] += 1
        self.tagged += any(map(is_html, (document.title, *texts)))
        self.numbered += any(name.isdecimal() for name in names)
        date = document.published if isinstance(document, Article) else document.asked
        lacks = {"text": not any(texts), "url": not document.url, "date": date is None, "topics": not document.topics}
        if not isinstance(document, Article):
            lacks["reply"] = not document.answers
        self.missing.update(name for name, lacking in lacks.items() if lacking)


def check(
    *sources: str | Path,
    format: str | None = None,  # noqa: A002 (the option's name)
    mapping: str | Path | Sequence[str | Path] | None = None,
    database: str = "",
    progress: Callable[[int], object] | None = None,
) -> Check:
    """Read sources as a build would, and say what they hold; `progress` is called with the number of documents so far.

    Raises CorpusError as `read` does.
    """
    files, first, counts = list[CheckedFile](), dict[str, list[Document]](), _Counts()
    reasons, noticed = Counter[str](), Counter[str]()
    examples: dict[str, Rejected] = {}
    for file in by_file(*sources, format=format, mapping=mapping, database=database):
        documents = rejected = 0
        for item in file.items:
            if isinstance(item, Rejected):
                rejected += 1
                reasons[item.reason] += 1
                examples.setdefault(item.reason, item)
            elif isinstance(item, Noticed):
                noticed[item.what] += 1
            else:
                documents += 1
                counts.take(item, file.format)
                if len(shown := first.setdefault(file.format, [])) < _SHOWN:
                    shown.append(item)
                if progress:
                    progress(counts.kinds.total())
        files.append(CheckedFile(file.name, file.format, documents, rejected))
    common = [(text, count) for text, count in counts.paragraphs.most_common() if count >= _REPEATED]
    said = counts.paragraphs.total()
    return Check(
        documents=counts.kinds.total(),
        files=files,
        first=first,
        reasons=[(examples[reason], count) for reason, count in reasons.most_common()],
        kinds=dict(counts.kinds),
        letters=dict(counts.letters.most_common()),
        languages=dict(counts.languages.most_common()),
        missing=dict(counts.missing.most_common()),
        numbered=counts.numbered,
        tagged=counts.tagged,
        shared=sum(count > 1 for url, count in counts.addresses.items() if url),
        repeated={id_: len(texts) for id_, texts in counts.ids.items() if len(texts) > 1},
        undated=noticed["date"],
        unnamed=noticed["identity"],
        own=1 - sum(count for _, count in common) / said if said else 1.0,
        boilerplate=common[:_SHOWN],
    )


def _language(text: str) -> str:
    """The language of a text, as a library tells it that knows 97; it mistakes what is short."""
    classify = _classifier()
    # A character of Chinese, Japanese or Korean says as much as a word.
    size = sum(4 if character >= "\u2e80" else 1 for character in text if character.isalpha())
    return str(classify(text)[0]) if classify and size >= _LEAST_TOLD else "unknown"


@cache
def _classifier() -> Callable[[str], tuple[str, float]] | None:
    try:
        from py3langid import classify  # noqa: PLC0415 (the extra `sites`)
    except ImportError:
        return None
    return cast("Callable[[str], tuple[str, float]]", classify)


def _letters(text: str) -> str:
    """The letters that most of a text is written in, by their Unicode names: Latin, Cjk, Cyrillic."""
    found = Counter(_script(character) for character in text if character.isalpha())
    return found.most_common(1)[0][0] if found else "none"


@cache
def _script(character: str) -> str:
    name = unicodedata.name(character, "unknown").partition(" ")[0].partition("-")[0]
    return {"CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}.get(name, name.capitalize())

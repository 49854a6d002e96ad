"""Reads MedQuAD: XML files of question-answer pairs, one topic (`Focus`) a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.errors import CorpusError, Rejected
from corpus.formats.format import Format, rejected
from corpus.markup import INLINE_TAGS
from corpus.model import Answer, Document, Question, Topic
from corpus.sources import Source
from corpus.text import clean, one_line


def _read(source: Source) -> Iterator[Document | Rejected]:
    """The pairs that have an answer; the corpus publishes others without one, for reasons of copyright."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 (who reads no XML does not load its parser)

    try:
        # ElementTree reads no external entity; expat bounds the expansion of internal ones (since 2.4.0).
        root = ET.fromstring(source.whole())  # noqa: S314
    except (ET.ParseError, ValueError, CorpusError) as error:
        broken = CorpusError(f"not readable as XML: {error}", "file", "fetch the file again")
        yield rejected(source.name, "file", error if isinstance(error, CorpusError) else broken)
        return
    url, focus = (root.get("url") or "").strip(), one_line(_text(root, "Focus"))
    folder, file = (["", *source.path.parts])[-2:]
    for number, pair in enumerate(root.iter("QAPair"), 1):
        text = clean(_text(pair, "Answer"))
        if not text:
            continue
        pid = pair.get("pid") or ""
        try:
            if not pid:
                raise CorpusError("a pair without pid", "QAPair", "give each pair of a file its own pid")
            yield Question(
                # qid is not unique over the collections; folder, file and pid are.
                id=f"{folder}/{PurePath(file).stem}/{pid}".replace(" ", "_").strip("/"),
                title=one_line(_text(pair, "Question")),
                url=url,
                site=one_line(root.get("source") or ""),
                topics=(Topic(name=focus),) if focus else (),
                answers=(Answer(text=text),),
            )
        except CorpusError as error:
            yield rejected(source.name, f"pair {number}", error)


def _text(parent: Any, name: str) -> str:
    """The text of a child with whatever is marked up within it, each block on a line of its own."""
    child = parent.find(name)
    return "" if child is None else "".join(_pieces(child))


def _pieces(element: Any) -> Iterator[str]:
    """The texts of an element in their order, with a line break at the edges of what is no mark within a line."""
    waiting: list[Any] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
            continue
        edge = "" if part.tag in INLINE_TAGS else "\n"
        yield edge + (part.text or "")
        waiting.append(edge)
        for child in reversed(part):
            waiting += [child.tail or "", child]


FORMAT = Format(
    name="medquad",
    summary="MedQuAD XML: the pairs that have an answer (a folder or the zip archive)",
    recognises=lambda name, head: name.lower().endswith(".xml") and ("<Focus" in head or "<QAPair" in head),
    read=_read,
)

"""`corpus.read`: turns files, folders and archives into documents, one at a time, and reports what was left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from types import MappingProxyType

from corpus.errors import CorpusError, Noticed, Rejected
from corpus.formats import article_page, beir, exchange, medquad, question_page, web_archive, web_page
from corpus.formats.format import Item
from corpus.formats.mapping import Mapping, load, shipped
from corpus.model import Document
from corpus.sources import BREAKS, Source, find

log = logging.getLogger(__name__)

# In the order in which they are tried on a source of unknown format.
_FORMATS = {
    form.name: form
    for form in (
        *(exchange.FORMAT, beir.FORMAT, medquad.FORMAT, web_archive.FORMAT),
        *(web_page.FORMAT, question_page.FORMAT, article_page.FORMAT),
    )
}


def read(
    *sources: str | Path,
    format: str | None = None,  # noqa: A002 (the option's name)
    mapping: str | Path | Sequence[str | Path] | None = None,
    rejected: Callable[[Rejected], object] | None = None,
    noticed: Callable[[Noticed], object] | None = None,
) -> Iterator[Document]:
    """The documents of files, folders and zip archives, one at a time; memory does not grow with a file.

    `format` names one of `formats()` for all sources; without it each file's format is told by its first
    characters. `mapping` is a TOML file (or several) that says how JSON and CSV records become documents.
    `rejected` is called with each record that was left out; without it a warning is logged for each. `noticed` is
    called with what records were taken without: a date that could not be read, an id.

    Raises CorpusError at once for an unknown format, a mapping that cannot be used, or a source that does not
    exist; nothing has been read then.
    """
    if format is not None and format not in _FORMATS:
        raise CorpusError(f"no format {format!r}", "format", f"known are {', '.join(_FORMATS)}")
    for source in sources:
        if not Path(source).exists():
            raise CorpusError("no such file or folder", str(source), "check the path")
    given = [mapping] if isinstance(mapping, str | Path) else list(mapping or ())
    loaded = [load(path) for path in given]

    def documents() -> Iterator[Document]:
        for item in (item for path in sources for source in find(path) for item in _items(source, format, loaded)):
            if isinstance(item, Rejected):
                (rejected or _warn)(item)
            elif not isinstance(item, Noticed):
                yield item
            elif noticed:
                noticed(item)

    return documents()


def formats() -> AnyMapping[str, str]:
    """The names of the formats that are recognised without a mapping, each with a line that says what it is."""
    return MappingProxyType({name: known.summary for name, known in _FORMATS.items()})


def sample() -> tuple[Path, ...]:
    """The files of the sample corpus that ships with the project."""
    folder = Path(__file__).parent / "sample"
    return (folder / "articles.jsonl", folder / "questions.jsonl")


def _items(source: Source | Rejected, format_name: str | None, mappings: Sequence[Mapping]) -> Iterator[Item]:
    """What one source gives; a stream that breaks off costs what follows the break in this source alone."""
    if isinstance(source, Rejected):
        yield source
        return
    try:
        head = "" if format_name else source.head()
        # What the user says of a file goes before what its first characters say.
        given = [] if format_name else [*mappings, *(known for known in shipped().values() if known.marks)]
        if fitting := next((known for known in given if known.fits(source.path, head)), None):
            from corpus.formats import records  # noqa: PLC0415 (it loads SQLite, which no other source needs)

            yield from records.read(source, fitting)
            return
        fits = (f for f in _FORMATS.values() if f.recognises(source.name, head))
        if chosen := _FORMATS[format_name] if format_name else next(fits, None):
            yield from chosen.read(source)
            return
        yield Rejected(
            source=source.name,
            place="file",
            reason="no format recognises it",
            remedy="name its format, or give a mapping if it holds JSON or CSV records",
        )
    except BREAKS as error:
        yield Rejected(source=source.name, place="file", reason=f"breaks off: {error}", remedy="fetch the file again")


def _warn(item: Rejected) -> None:
    log.warning("rejected %s, %s: %s; %s", item.source, item.place, item.reason, item.remedy)

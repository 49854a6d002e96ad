"""`corpus.read`: turns files, folders and archives into documents, one at a time, and reports what was left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from corpus.errors import CorpusError, Noticed, Rejected
from corpus.formats import article_page, beir, exchange, medquad, question_page, web_archive, web_page
from corpus.formats.format import Item
from corpus.formats.mapping import Mapping, load, shipped
from corpus.model import Document
from corpus.sources import BREAKS, Source, find

log = logging.getLogger(__name__)


class File(NamedTuple):
    """A file of a source: its name, what it was taken for (empty: for nothing), and what comes of it."""

    name: str
    format: str
    items: Iterator[Item]


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
    loaded = _loaded(sources, format, mapping)

    def documents() -> Iterator[Document]:
        for file in _files(sources, format, loaded):
            for item in file.items:
                if isinstance(item, Rejected):
                    (rejected or _warn)(item)
                elif not isinstance(item, Noticed):
                    yield item
                elif noticed:
                    noticed(item)

    return documents()


def by_file(
    *sources: str | Path,
    format: str | None = None,  # noqa: A002 (the option's name)
    mapping: str | Path | Sequence[str | Path] | None = None,
) -> Iterator[File]:
    """The same file by file, each with what it was taken for and all that comes of it, to be looked at before a build.

    Raises CorpusError as `read` does.
    """
    return _files(sources, format, _loaded(sources, format, mapping))


def formats() -> AnyMapping[str, str]:
    """The names of the formats that are recognised without a mapping, each with a line that says what it is."""
    return MappingProxyType({name: known.summary for name, known in _FORMATS.items()})


def sample() -> tuple[Path, ...]:
    """The files of the sample corpus that ships with the project."""
    folder = Path(__file__).parent / "sample"
    return (folder / "articles.jsonl", folder / "questions.jsonl")


def _loaded(
    sources: Sequence[str | Path], format_name: str | None, mapping: str | Path | Sequence[str | Path] | None
) -> list[Mapping]:
    """The mappings, loaded. Raises CorpusError for what cannot be read at all."""
    if format_name is not None and format_name not in _FORMATS:
        raise CorpusError(f"no format {format_name!r}", "format", f"known are {', '.join(_FORMATS)}")
    for source in sources:
        if not Path(source).exists():
            raise CorpusError("no such file or folder", str(source), "check the path")
    return [load(path) for path in ([mapping] if isinstance(mapping, str | Path) else mapping or ())]


def _files(sources: Sequence[str | Path], format_name: str | None, mappings: Sequence[Mapping]) -> Iterator[File]:
    """Each file of the sources with its reader."""
    for source in (source for path in sources for source in find(path)):
        if isinstance(source, Rejected):
            yield File(source.source, "", iter([source]))
            continue
        try:
            name, items = _reader(source, format_name, mappings)
        except BREAKS as error:
            name, items = "", iter([_broken(source, error)])
        yield File(source.name, name, _unbroken(source, items))


def _reader(source: Source, format_name: str | None, mappings: Sequence[Mapping]) -> tuple[str, Iterator[Item]]:
    """What a file is taken for, and what it gives."""
    head = "" if format_name else source.head()
    # What the user says of a file goes before what its first characters say.
    given = [] if format_name else [*mappings, *(known for known in shipped().values() if known.marks)]
    if fitting := next((known for known in given if known.fits(source.path, head)), None):
        from corpus.formats import records  # noqa: PLC0415 (it loads SQLite, which no other source needs)

        return f"mapping {Path(fitting.name).stem}", records.read(source, fitting)
    fits = (f for f in _FORMATS.values() if f.recognises(source.name, head))
    if chosen := _FORMATS[format_name] if format_name else next(fits, None):
        return chosen.name, chosen.read(source)
    remedy = "name its format, or give a mapping if it holds JSON, CSV or XML records; see seealso mapping"
    return "", iter([Rejected(source=source.name, place="file", reason="no format recognises it", remedy=remedy)])


def _unbroken(source: Source, items: Iterator[Item]) -> Iterator[Item]:
    """What a file gives; a stream that breaks off costs what follows the break in this file alone."""
    try:
        yield from items
    except BREAKS as error:
        yield _broken(source, error)


def _broken(source: Source, error: Exception) -> Rejected:
    return Rejected(source=source.name, place="file", reason=f"breaks off: {error}", remedy="fetch the file again")


def _warn(item: Rejected) -> None:
    log.warning("rejected %s, %s: %s; %s", item.source, item.place, item.reason, item.remedy)

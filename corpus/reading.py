"""`corpus.read`: turns files, folders and archives into documents, one at a time, and reports what was left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from corpus.errors import CorpusError, Noticed, Rejected
from corpus.formats import article_page, beir, exchange, medquad, question_page, sql, web_archive, web_page
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
        *(exchange.FORMAT, beir.FORMAT, medquad.FORMAT, web_archive.FORMAT, sql.FORMAT),
        *(web_page.FORMAT, question_page.FORMAT, article_page.FORMAT),
    )
}


def read(
    *sources: str | Path,
    format: str | None = None,  # noqa: A002 (the option's name)
    mapping: str | Path | Sequence[str | Path] | None = None,
    database: str = "",
    rejected: Callable[[Rejected], object] | None = None,
    noticed: Callable[[Noticed], object] | None = None,
) -> Iterator[Document]:
    """The documents of files, folders and zip archives, one at a time; memory does not grow with a file.

    `format` names one of `formats()` for all sources; without it each file's format is told by its first
    characters. `mapping` is a TOML file (or several) that says how JSON, CSV and XML records become documents.
    `database` is the address, as SQLAlchemy writes it, of what is asked where a source is a mapping with a query.
    `rejected` is called with each record that was left out; without it a warning is logged for each. `noticed` is
    called with what records were taken without: a date that could not be read, an id.

    Raises CorpusError at once for an unknown format, a mapping that cannot be used, or a source that does not
    exist; nothing has been read then.
    """
    choice = _choice(sources, format, mapping, database)

    def documents() -> Iterator[Document]:
        for file in _files(sources, choice):
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
    database: str = "",
) -> Iterator[File]:
    """The same file by file, each with what it was taken for and all that comes of it, to be looked at before a build.

    Raises CorpusError as `read` does.
    """
    return _files(sources, _choice(sources, format, mapping, database))


def formats() -> AnyMapping[str, str]:
    """The names of the formats that are recognised without a mapping, each with a line that says what it is."""
    return MappingProxyType({name: known.summary for name, known in _FORMATS.items()})


def sample() -> tuple[Path, ...]:
    """The files of the sample corpus that ships with the project."""
    folder = Path(__file__).parent / "sample"
    return (folder / "articles.jsonl", folder / "questions.jsonl")


class _Choice(NamedTuple):
    """What decides how a file is read: the format that was named, the mappings that were given, the database."""

    format: str | None
    mappings: Sequence[Mapping]
    database: str


def _choice(
    sources: Sequence[str | Path],
    format_name: str | None,
    mapping: str | Path | Sequence[str | Path] | None,
    database: str,
) -> _Choice:
    """What decides, with the mappings loaded. Raises CorpusError for what cannot be read at all."""
    if format_name is not None and format_name not in _FORMATS:
        raise CorpusError(f"no format {format_name!r}", "format", f"known are {', '.join(_FORMATS)}")
    for source in sources:
        if not Path(source).exists():
            raise CorpusError("no such file or folder", str(source), "check the path")
    given = [mapping] if isinstance(mapping, str | Path) else mapping or ()
    return _Choice(format_name, [load(path) for path in given], database)


def _files(sources: Sequence[str | Path], choice: _Choice) -> Iterator[File]:
    """Each file of the sources with its reader."""
    for source in (source for path in sources for source in find(path)):
        if isinstance(source, Rejected):
            yield File(source.source, "", iter([source]))
            continue
        try:
            name, items = _reader(source, choice)
        except BREAKS as error:
            name, items = "", iter([_broken(source, error)])
        yield File(source.name, name, _unbroken(source, items))


def _reader(source: Source, choice: _Choice) -> tuple[str, Iterator[Item]]:
    """What a file is taken for, and what it gives."""
    head = "" if choice.format else source.head()
    # What the user says of a file goes before what its first characters say.
    given = [] if choice.format else [*choice.mappings, *(known for known in shipped().values() if known.marks)]
    if fit := [known for known in given if known.fits(source.path, head)]:
        fitting = next((known for known in fit if known in choice.mappings and known.is_named_in(head)), fit[0])
        from corpus.formats import records  # noqa: PLC0415 (it loads SQLite, which no other source needs)

        return f"mapping {Path(fitting.name).stem}", records.read(source, fitting)
    fits = (f for f in _FORMATS.values() if f.recognises(source.name, head))
    if chosen := _FORMATS[choice.format] if choice.format else next(fits, None):
        is_sql = chosen is sql.FORMAT
        return chosen.name, sql.read(source, choice.database) if is_sql else chosen.read(source)
    if not head.strip():
        empty = Rejected(source=source.name, place="file", reason="the file is empty", remedy="export it again")
        return "", iter([empty])
    remedy = "name its format, or give a mapping if it holds JSON, CSV or XML records; see seealso mapping"
    reason = "an HTML page where an export belongs" if web_page.is_page(head) else "no format recognises it"
    return "", iter([Rejected(source=source.name, place="file", reason=reason, remedy=remedy)])


def _unbroken(source: Source, items: Iterator[Item]) -> Iterator[Item]:
    """What a file gives; a stream that breaks off costs what follows the break in this file alone."""
    try:
        yield from items
    except BREAKS as error:
        source.breaks.append(error)
    if source.breaks:
        yield _broken(source, source.breaks[0])


def _broken(source: Source, error: Exception) -> Rejected:
    return Rejected(source=source.name, place="file", reason=f"breaks off: {error}", remedy="fetch the file again")


def _warn(item: Rejected) -> None:
    log.warning("rejected %s, %s: %s; %s", item.source, item.place, item.reason, item.remedy)

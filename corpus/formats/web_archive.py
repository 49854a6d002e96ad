"""Reads web archives: WARC files, whose pages are read like saved ones, and WET files, which hold their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from corpus.errors import CorpusError, Rejected
from corpus.formats import web_page
from corpus.formats.format import Format, Item, not_installed, rejected
from corpus.identity import id_from_url
from corpus.model import MOST_LINE, Article
from corpus.sources import MOST_WHOLE, Source
from corpus.text import clean, one_line

# What stands behind each record (WARC 1.1, section 4.1).
_END = b"\r\n\r\n"


def _read(source: Source) -> Iterator[Item]:
    """The documents of each page; records that hold no page are passed over. An end that is cut is told."""
    try:
        from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 (the extra `sites`)
    except ImportError as error:
        yield not_installed(source.name, "file", "a web archive", error)
        return
    number, what = 0, ""
    with source.open() as raw:
        stream = _Watched(raw)
        try:
            for number, record in enumerate(ArchiveIterator(stream), 1):
                yield from _documents(record, source.name, f"record {number}")
        except Exception as error:  # noqa: BLE001 (a cut head of a record is an AttributeError of the library)
            what = str(error)[:80]
    if what := what or ("" if stream.last == _END or source.breaks else "its last record is cut short"):
        broken = CorpusError(f"the archive breaks off: {what}", "file", "fetch it again")
        yield rejected(source.name, f"behind record {number}", broken)


class _Watched:
    """A stream that keeps how it ended: the library takes a cut for the end of the archive."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.last = stream, b""

    def read(self, size: int = -1) -> bytes:
        """Some bytes."""
        data = self._stream.read(size)
        self.last = (self.last + data)[-len(_END) :]
        return data


def _documents(record: Any, source: str, place: str) -> Iterator[Item]:
    """The documents of one record."""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    kind = (record.http_headers or record.rec_headers).get_header("Content-Type") or ""
    fetched = record.rec_type == "response" and record.http_headers and record.http_headers.get_statuscode() == "200"
    if record.rec_type not in ("conversion", "resource") and not fetched:
        return
    if record.rec_type != "conversion" and "html" not in kind.lower():
        return
    data = record.content_stream().read(MOST_WHOLE + 1)
    if len(data) > MOST_WHOLE or record.raw_stream.limit:
        what = "larger than 8 MB" if len(data) > MOST_WHOLE else "cut short"
        yield rejected(source, place, CorpusError(what, url[:80] or "record", "leave it out"))
        return
    if record.rec_type == "conversion":
        yield from _text(data.decode(errors="replace"), url, source, place)
        return
    from corpus.formats.html_tree import decoded  # noqa: PLC0415 (the extra `sites`)

    # An archive holds menus and lists as well: those are passed over, and no fault of it.
    for item in web_page.documents(decoded(data), source, place, url=url):
        if not isinstance(item, Rejected) or not item.reason.startswith(web_page.NO_TEXT):
            yield item


def _text(text: str, url: str, source: str, place: str) -> Iterator[Item]:
    """The text of a page, which is all that a WET file has of it: its first line is the title."""
    title, _, body = clean(text).partition("\n")
    try:
        yield Article(id=id_from_url(url), title=one_line(title)[:MOST_LINE], body=body.strip(), url=url)
    except CorpusError as error:
        yield rejected(source, place, error)


FORMAT = Format(
    name="web-archive",
    summary="a WARC file of saved pages, or a WET file of their texts",
    recognises=lambda _name, head: head.startswith("WARC/"),
    read=_read,
)

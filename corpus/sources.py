"""Finds and opens the files to read, in folders and zip archives too, one at a time; undoes gzip, bounds sizes."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Any, cast

from corpus.errors import CorpusError, Rejected

HEAD = 64_000
# A page or an XML file is read whole; more than this is no page.
MOST_WHOLE = 8 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
# What a stream raises that ends too early or was damaged: gzip, zip, disk.
BREAKS = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
# What lies beside content in folders and archives without being content.
_BESIDE = re.compile(r"^(\.|__MACOSX|~\$|(readme|licen[cs]e|copying|notice|changelog)(\.|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name as the user knows it, its path on disk or in its archive, how to open its bytes."""

    name: str
    path: PurePath
    _open: Callable[[], IO[bytes]]
    # Why its stream ended before it should have, where it did.
    breaks: list[Exception] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes as a stream; gzip is recognised by its first two bytes, not by the name. One that breaks off ends
        there, so that nothing before it is lost, and `breaks` says why.
        """
        with self._open() as raw:
            buffered = io.BufferedReader(cast("io.RawIOBase", raw))
            if buffered.peek(2)[:2] == _GZIP:
                with gzip.open(buffered) as unpacked:
                    yield io.BufferedReader(_UpToABreak(unpacked, self.breaks))
            else:
                yield io.BufferedReader(_UpToABreak(buffered, self.breaks))

    def head(self) -> str:
        """The first characters, for telling the format; of a stream that breaks off, what came before the break."""
        with self.open() as stream:
            data = stream.read(HEAD)
        self.breaks.clear()  # who reads on meets it again
        wide = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        return data.decode("utf-16" if wide else "utf-8-sig", "replace")

    def data(self) -> bytes:
        """All bytes. Raises CorpusError where there are more than a page can have."""
        with self.open() as stream:
            data = stream.read(MOST_WHOLE + 1)
        if self.breaks:
            raise self.breaks.pop()
        if len(data) > MOST_WHOLE:
            raise CorpusError(f"larger than {MOST_WHOLE // 1024**2} MB", "file", "split it")
        return data

    def whole(self) -> str:
        """The whole text. Raises CorpusError where it is not UTF-8 or larger than a page can be."""
        try:
            return self.data().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CorpusError(f"byte {error.start:,} is not UTF-8", "file", "convert it to UTF-8") from error


class _UpToABreak(io.RawIOBase):
    """A stream that ends where another breaks off, and keeps why."""

    def __init__(self, stream: io.BufferedIOBase, breaks: list[Exception]) -> None:
        self._stream, self._breaks = stream, breaks

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes; none behind a break."""
        try:
            data = self._stream.read1(len(buffer))
        except BREAKS as error:
            self._breaks.append(error)
            return 0
        buffer[: len(data)] = data
        return len(data)


def find(path: str | Path) -> Iterator[Source | Rejected]:
    """The files behind a path: itself, a folder's files in order of name, or a zip archive's members.

    Raises CorpusError where the path does not exist or cannot be read.
    """
    path = Path(path)
    try:
        if not path.is_dir():
            yield from _file(path)
            return
        # An index that stands within the folder holds documents that may have been taken out of it since.
        indexes = {p.parent for p in path.rglob("CURRENT") if (p.parent / "generations").is_dir()}
        files = sorted(p for p in path.rglob("*") if p.is_file())
    except OSError as error:
        what = "no such file or folder" if isinstance(error, FileNotFoundError) else (error.strerror or str(error))
        raise CorpusError(what, str(error.filename or path), "check the path and its permissions") from error
    if not files:
        yield Rejected(source=str(path), place="folder", reason="no file is in it", remedy="check the path")
    for file in files:
        if not indexes.isdisjoint(file.parents) or _is_beside(file.relative_to(path)):
            continue
        try:
            yield from _file(file)
        except OSError as error:  # it costs itself alone
            reason = error.strerror or str(error)
            yield Rejected(source=str(file), place="file", reason=reason, remedy="check the file and its permissions")


def _is_beside(path: PurePath) -> bool:
    return any(map(_BESIDE.match, path.parts))


def _file(path: Path) -> Iterator[Source | Rejected]:
    with path.open("rb") as file:
        start = file.read(4)
    if start != _ZIP:
        yield Source(str(path), path, lambda: path.open("rb", buffering=0))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                name, within = f"{path}!{member.filename}", PurePath(member.filename)
                if member.filename.endswith("/") or _is_beside(within):
                    continue
                if member.flag_bits & 1:
                    yield Rejected(source=name, place="file", reason="encrypted", remedy="unpack the archive first")
                else:
                    yield Source(name, within, partial(_unpack, archive, member))
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
        remedy = "fetch or pack the archive again"
        yield Rejected(source=str(path), place="file", reason=f"a damaged zip archive: {error}", remedy=remedy)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    """The bytes of a member. Raises BadZipFile where they are damaged, its name before them too."""
    try:
        return archive.open(member)
    except UnicodeDecodeError as error:
        raise zipfile.BadZipFile("the name of a member is damaged") from error

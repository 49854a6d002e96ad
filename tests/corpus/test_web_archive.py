"""Web archives: pages of WARC, texts of WET, in every packing, cut or whole."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from corpus import Document, Rejected, read

PAGE = """<!doctype html><html><head><title>t</title><script type="application/ld+json">
{{"@type": "Question", "name": "May I swim with plaster {number}?",
"acceptedAnswer": {{"@type": "Answer", "text": "No."}}}}
</script></head><body></body></html>"""


def record(kind: str, url: str, payload: bytes, content: str = "application/http; msgtype=response") -> bytes:
    """One record as the standard has it (WARC 1.1, section 4)."""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
    return f"{head}Content-Type: {content}\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload + b"\r\n\r\n"


def archive(*, packed: bool = False, pages: int = 3) -> bytes:
    """An archive of some pages, a redirect and a picture among them; `packed` record by record."""
    records = [record("warcinfo", "x", b"software: a test\r\n", "application/warc-fields")]
    for number in range(pages):
        for status, kind, body in (
            ("301 Moved", "text/html", b""),
            ("200 OK", "image/png", b"\x89PNG"),
            ("200 OK", "text/html; charset=utf-8", gzip.compress(PAGE.format(number=number).encode())),
        ):
            coded = "Content-Encoding: gzip\r\n" if body[:2] == b"\x1f\x8b" else ""
            http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{coded}\r\n".encode()
            records.append(record("response", f"https://clinic.example/{number}", http + body))
    return b"".join(map(gzip.compress, records) if packed else records)


def taken(path: Path, data: bytes) -> tuple[list[Document], list[Rejected]]:
    """What is read of an archive, and what is not."""
    path.write_bytes(data)
    rejected: list[Rejected] = []
    return list(read(path, rejected=rejected.append)), rejected


@pytest.mark.parametrize("packing", ["plain", "by record", "whole"])
def test_pages_are_read_however_the_archive_is_packed(packing: str, tmp_path: Path) -> None:
    """Plain, gzip by record, or gzip as a whole; what is no page, and no answer, is passed over."""
    data = archive(packed=packing == "by record")
    documents, rejected = taken(tmp_path / "a.warc.gz", gzip.compress(data) if packing == "whole" else data)
    assert [d.title for d in documents] == [f"May I swim with plaster {n}?" for n in range(3)]
    assert [d.id for d in documents] == [f"clinic.example/{n}" for n in range(3)]
    assert rejected == []


@pytest.mark.parametrize("packing", ["plain", "by record", "whole"])
def test_an_archive_that_is_cut_anywhere_says_so(packing: str, tmp_path: Path) -> None:
    """Cut within a record, within its headers or its last signs, it gives what came before, and tells."""
    data = archive(packed=packing == "by record", pages=2)
    data = gzip.compress(data) if packing == "whole" else data
    for cut in (3, 11, 40, 200, 290, 400):
        documents, rejected = taken(tmp_path / "a.warc", data[:-cut])
        assert len(documents) <= 2
        assert len(rejected) >= 1, cut


def test_the_texts_of_wet_are_articles(tmp_path: Path) -> None:
    """By their address, called by their first line."""
    text = b"Plaster and water\nKeep it dry.\n\nA bag helps."
    data = gzip.compress(record("conversion", "https://c.example/p", text, "text/plain"))
    documents, rejected = taken(tmp_path / "a.wet.gz", data)
    assert [(d.id, d.title, d.body) for d in documents] == [
        ("c.example/p", "Plaster and water", "Keep it dry.\n\nA bag helps.")
    ]
    assert rejected == []


def test_what_stands_before_a_cut_of_gzip_is_read(tmp_path: Path) -> None:
    """A record for each member of gzip, the last one cut: all before it are read, and the cut is told."""
    documents, rejected = taken(tmp_path / "a.warc.gz", archive(packed=True)[:-12])
    assert [d.title for d in documents][:2] == [f"May I swim with plaster {n}?" for n in range(2)]
    assert any("breaks off" in item.reason for item in rejected)


def test_a_page_that_cannot_be_taken_is_told(tmp_path: Path) -> None:
    """A question in an archive whose text is no text is left out by name, unlike a menu."""
    half = PAGE.format(number=0).replace("swim", chr(92) + "ud83d").encode()
    menu = b"<!doctype html><html><body><ul><li><a href=b>Wards</a></ul></body></html>"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    data = b"".join(record("response", "https://c.example/a", http + body) for body in (half, menu))
    documents, rejected = taken(tmp_path / "a.warc", data)
    assert documents == []
    assert [item.place for item in rejected] == ["record 1"]

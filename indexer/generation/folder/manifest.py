"""The manifest: what a generation holds, what it was made with, and a digest of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer.analysis import Analyzer
from indexer.errors import IndexDamaged, IndexIncompatible
from indexer.generation.folder.folder import DIGEST, MANIFEST, unreadable
from indexer.types import Info

FORMAT = 13
# What holds the documents; a manifest tells it.
ENGINE = "whoosh"
# Every file of a generation: its size and digest.
FileList = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`content` holds digests that two builds of one corpus share; `files` those of the bytes as they were written.

    `synonyms` is the text of the site's synonym file; `before` is the generation that was current when this one was
    built (0: none), `withdraws` tells whether a document of that one is gone, and `purges` whether all others are to go
    with it; `changed` is how many documents changed since the last full build; `digest` that of the manifest's own
    bytes, known once it was read.
    """

    format: int
    generation: int
    built: str
    engine: str
    analysis: str
    documents: Mapping[str, int]
    answers: int
    statistics: Mapping[str, Any]
    content: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]
    before: int
    withdraws: bool = False
    purges: bool = False
    changed: int = 0
    synonyms: str = ""
    encoder: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def name(self) -> str:
        """What the generation is called: no other has this name, not even one of the same number in a new folder."""
        return f"{self.generation}-{self.digest}"

    @property
    def bytes(self) -> int:
        """The size of the generation on disk."""
        return sum(size for size, _ in self.files.values())

    @property
    def _counted(self) -> int:
        """How many documents the statistics are of; those written in characters have their own."""
        han = self.statistics["han"]
        return int(self.statistics["documents"]) + (int(han["documents"]) if han else 0)

    @property
    def info(self) -> Info:
        """What the generation holds, for its users."""
        return Info(
            generation=self.generation,
            built=self.built,
            engine=self.engine,
            documents=self.documents,
            answers=self.answers,
            analysis=self.analysis,
            format=self.format,
            drift=round(self.changed / max(self._counted, 1), 4),
            bytes=self.bytes,
            semantic=bool(self.encoder),
            encoder=self.encoder.get("name", ""),
        )

    def write(self, folder: Path) -> None:
        """Write the manifest into its generation."""
        record = {name: value for name, value in asdict(self).items() if name != "digest"}
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        (folder / DIGEST).write_text(hashlib.sha256(text.encode()).hexdigest() + "\n", encoding="ascii")


def now() -> str:
    """The time of a build, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_files(folder: Path, before: tuple[Path, FileList] | None = None) -> FileList:
    """Every file of a generation but the manifest: its size and digest. The bytes of a file that is linked from the
    generation before, given by its folder and files, are not read again.
    """
    files: dict[str, tuple[int, str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (MANIFEST, DIGEST)):
        name = path.relative_to(folder).as_posix()
        linked = before is not None and name in before[1] and path.samefile(before[0] / name)
        files[name] = before[1][name] if before and linked else (path.stat().st_size, digest_of(path))
    return files


def read_manifest(folder: Path, digest: str) -> Manifest:
    """The manifest of a generation, if it is the one that CURRENT names and this program can read.

    Raises IndexDamaged or IndexIncompatible.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(error, path, "roll back, or build the index again") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise IndexDamaged("not what was written", str(path), "roll back, or build the index again")
    try:
        record = json.loads(data)
    except ValueError as error:
        raise IndexDamaged(f"not JSON: {error}", str(path), "roll back, or build the index again") from error
    if record.get("format") != FORMAT:
        raise IndexIncompatible(f"format {record.get('format')}", f"format {FORMAT}", str(folder))
    record["files"] = {name: (size, digest) for name, (size, digest) in record["files"].items()}
    return Manifest(**record, digest=digest)


def manifest_in(folder: Path) -> Manifest:
    """The manifest of a generation that was just made in a folder, or was fetched and looked at."""
    return read_manifest(folder, (folder / DIGEST).read_text(encoding="ascii").strip())


def usable_manifest(path: Path, digest: str, where: str = "") -> Manifest:
    """The manifest of a generation that this program can read. Raises IndexDamaged or IndexIncompatible, which says
    `where` the generation is, if that is not its path.
    """
    manifest = read_manifest(path, digest)
    ours = Analyzer(manifest.synonyms).fingerprint
    if manifest.analysis != ours:
        raise IndexIncompatible(f"analysis {manifest.analysis}", f"analysis {ours}", where or str(path))
    return manifest

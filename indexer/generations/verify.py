"""Verification: whether every file of the current generation is what was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.errors import IndexDamaged
from indexer.generations.folder import DIGEST, MANIFEST, IndexFolder
from indexer.generations.manifest import Manifest, digest_of, read_manifest
from indexer.types import Fault

_REMEDY = "roll back to the generation before, or build the index again"
# The files that Whoosh unpickles when it opens an index: nothing may be run from them that a build did not write.
_PICKLED = ".toc"
_CHANGED = "its bytes are not those that were written, or cannot be read"


def faults(folder: IndexFolder) -> list[Fault]:
    """Every file of the current generation that is missing, changed or was never written, by reading all bytes."""
    number, digest = folder.current()
    path = folder.generation(number)
    try:
        manifest = read_manifest(path, digest)
    except IndexDamaged as error:
        return [Fault(file=MANIFEST, reason=error.what, remedy=_REMEDY)]
    return list(_faults(path, manifest))


def _faults(path: Path, manifest: Manifest) -> Iterator[Fault]:
    for name, (size, digest) in manifest.files.items():
        if reason := _wrong_size(path / name, size):
            yield Fault(file=name, reason=reason, remedy=_REMEDY)
        elif _digest(path / name) != digest:
            yield Fault(file=name, reason=_CHANGED, remedy=_REMEDY)
    there = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    for name in sorted(there - set(manifest.files) - {MANIFEST, DIGEST}):
        yield Fault(file=name, reason="no build wrote this file", remedy="remove it, then verify again")


def check_before_opening(path: Path, manifest: Manifest) -> None:
    """What costs nothing at every opening: all files there in full, and those that will be unpickled unchanged.

    Raises IndexDamaged naming the first file that is not.
    """
    for name, (size, digest) in manifest.files.items():
        reason = _wrong_size(path / name, size)
        if not reason and name.endswith(_PICKLED) and digest_of(path / name) != digest:
            reason = "its bytes are not those that were written"
        if reason:
            raise IndexDamaged(reason, str(path / name), _REMEDY)


def _digest(file: Path) -> str:
    """The digest of a file; of one that cannot be read, none."""
    try:
        return digest_of(file)
    except OSError:
        return ""


def _wrong_size(file: Path, size: int) -> str:
    try:
        found = file.stat().st_size
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return error.strerror or str(error)
    return "" if found == size else f"{found:,} bytes where {size:,} were written"

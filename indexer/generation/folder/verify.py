"""Whether every file of a generation is what was written: looked at before it is opened, or when an operator asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.errors import IndexDamaged
from indexer.generation.folder.folder import DIGEST, MANIFEST
from indexer.generation.folder.manifest import Manifest, digest_of
from indexer.types import Fault

REMEDY = "roll back to the generation before, or build the index again"
# The files that Whoosh unpickles when it opens an index: nothing may be run from them that a build did not write.
_PICKLED = ".toc"
_CHANGED = "its bytes are not those that were written, or cannot be read"


def faults(path: Path, manifest: Manifest, beside: Path | None = None) -> Iterator[Fault]:
    """Every file of a generation that is missing, changed or was never written, by reading all bytes: but for those of
    files that it shares with a generation `beside` it, which were read when that was verified.
    """
    for name, (size, digest) in manifest.files.items():
        if reason := _wrong_size(path / name, size):
            yield Fault(file=name, reason=reason, remedy=REMEDY)
        elif not (beside and _is_shared(path / name, beside / name)) and _digest(path / name) != digest:
            yield Fault(file=name, reason=_CHANGED, remedy=REMEDY)
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
            raise IndexDamaged(reason, str(path / name), REMEDY)


def _is_shared(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:  # the other one is swept
        return False


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

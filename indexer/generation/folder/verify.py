"""Whether every file of a generation is what was written: looked at before it is opened, or when an operator asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.generation.folder.folder import DIGEST, MANIFEST, lacks_told
from indexer.generation.folder.manifest import Manifest, digest_of
from indexer.types import Fault

# The files that Whoosh unpickles when it opens an index: nothing may be run from them that a build did not write.
_PICKLED = ".toc"


def faults(path: Path, manifest: Manifest, beside: Path | None = None) -> Iterator[Fault]:
    """Every file of a generation that is missing, changed or was never written, by reading all bytes: but for those of
    files that it shares with a generation `beside` it, which were read when that was verified.
    """
    for name, (size, digest) in manifest.files.items():
        if fault := _at_a_glance(path, name, size):
            yield fault
        elif not (beside and _is_shared(path / name, beside / name)):
            yield from _changed(path, name, digest)
    there = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    for name in sorted(there - set(manifest.files) - {MANIFEST, DIGEST}):
        yield Fault(file=name, code="foreign")


def fault_before_opening(path: Path, manifest: Manifest) -> Fault | None:
    """What costs nothing at every opening: all files there in full; unchanged those that will be unpickled, and those
    that were written to since the manifest was.
    """
    written = (path / MANIFEST).stat().st_mtime_ns
    for name, (size, digest) in manifest.files.items():
        fault = _at_a_glance(path, name, size)
        if not fault and (name.endswith(_PICKLED) or (path / name).stat().st_mtime_ns > written):
            fault = next(_changed(path, name, digest), None)
        if fault:
            return fault
    return None


def _changed(path: Path, name: str, digest: str) -> Iterator[Fault]:
    """A fault where the bytes of a file are not those that were written. Raises SearchError where the system lacks
    something to read them.
    """
    try:
        with lacks_told(path / name):
            found = digest_of(path / name)
        if found != digest:
            yield Fault(file=name, code="changed")
    except OSError:
        yield Fault(file=name, code="unreadable")


def _at_a_glance(path: Path, name: str, size: int) -> Fault | None:
    """A fault where a file is missing or has not its size."""
    try:
        with lacks_told(path / name):
            found = (path / name).stat().st_size
    except FileNotFoundError:
        return Fault(file=name, code="missing")
    except OSError:
        return Fault(file=name, code="unreadable")
    return None if found == size else Fault(file=name, code="size", found=found, written=size)


def _is_shared(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:  # the other one is swept
        return False

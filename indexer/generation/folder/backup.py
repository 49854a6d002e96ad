"""Writes the current generation into one file, and makes an index of such a file: a tar archive, its manifest first."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from indexer.errors import IndexDamaged, SearchError
from indexer.generation.folder.folder import DIGEST, MANIFEST, lack_of, lacks_told
from indexer.generation.folder.manifest import Manifest, usable_manifest
from indexer.generation.folder.verify import faults

_REMEDY = "give a whole file that `seealso backup` wrote"
_MOST_MANIFEST = 64 << 20


def check_place(file: Path) -> None:
    """Raise SearchError where no backup can be written to a file."""
    if not file.absolute().parent.is_dir():
        raise SearchError("no such folder", str(file.absolute().parent), "make it, or give another file")
    if file.exists() and not file.is_file():
        raise SearchError("it is no file", str(file), "give another one")


def write_backup(generation: Path, manifest: Manifest, file: Path) -> None:
    """Write a generation into a file, which is there in full or not at all, and for its owner alone to read.

    Raises FileNotFoundError where the generation is swept meanwhile, and SearchError where the system lacks something.
    """
    with lacks_told(file):
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as waiting, tarfile.open(fileobj=waiting, mode="w") as archive:
                for own in (MANIFEST, DIGEST, *manifest.files):
                    archive.add(generation / own, own, recursive=False)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink()
            raise


def read_backup(file: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder, and give its manifest: every byte is what was written.

    Raises SearchError where it is no whole backup, and IndexIncompatible for that of another version.
    """
    try:
        with tarfile.open(file) as archive:
            for name in (MANIFEST, DIGEST):
                _take(archive, name, _MOST_MANIFEST, folder)
            manifest = usable_manifest(folder, (folder / DIGEST).read_text(encoding="ascii").strip())
            for name, (size, _) in manifest.files.items():
                _take(archive, name, size, folder)
        if fault := next(faults(folder, manifest), None):
            raise SearchError(f"{fault.file} is not what was written", str(file), _REMEDY)
        (folder / MANIFEST).touch()  # what is newer than it is taken for changed
        if manifest.generation < 1:
            raise ValueError(f"generation {manifest.generation}")
    except Exception as error:  # whatever comes of what is no archive, or has another's manifest
        if isinstance(error, SearchError) and not isinstance(error, IndexDamaged):
            raise
        if lack := lack_of(error):
            raise SearchError(lack[0], str(file), lack[1]) from error
        why = error.what if isinstance(error, IndexDamaged) else str(error).partition("\n")[0].rstrip(":")
        raise SearchError(f"it is no whole backup: {why}", str(file), _REMEDY) from error
    return manifest


def _take(archive: tarfile.TarFile, name: str, most: int, folder: Path) -> None:
    """Unpack the next file of an archive, which must have this name and at most so many bytes."""
    member = archive.next()
    if member is None or member.name != name or not member.isreg() or member.size > most:
        raise ValueError(f"{name} is not in its place")
    path, source = PurePosixPath(name), archive.extractfile(member)
    if path.is_absolute() or ".." in path.parts or source is None:
        raise ValueError(f"{name} does not belong into an index")
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / path).open("wb") as target:
        shutil.copyfileobj(source, target)

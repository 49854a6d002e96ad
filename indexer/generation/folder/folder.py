"""The folder of an index: one lock, numbered generations, a CURRENT file that one atomic rename replaces.

INDEX/CURRENT                   "000042 <digest of the manifest>"
INDEX/generations/000042/       manifest.json, arrays/, whoosh/
INDEX/vectors/                  what a sentence encoder made of documents, for the next build
INDEX/generations/.building-…   a build in progress, or what a killed one left; swept by the next build
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from indexer.errors import BuildInProgress, IndexDamaged, IndexMissing, SearchError

MANIFEST = "manifest.json"
# The digest of the manifest, as its build wrote it: a manifest that was changed since is not believed.
DIGEST = "manifest.sha256"
CURRENT = "CURRENT"
_STAGING = ".building-"
# A record lock does not part the threads of one process; this does.
_held: set[Path] = set()
_held_guard = threading.Lock()


# What the system lacks, and not the index: building it again would mend nothing.
_SCARCE = {
    errno.EMFILE: "let the process open more files (ulimit -n), or run fewer threads",
    errno.ENFILE: "let the system open more files, or run fewer processes",
    errno.ENOMEM: "give the process more memory or address space",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk, or raise the quota",
    errno.EROFS: "let the file system be written",
    errno.EACCES: "let this user read and write the index",
}


def lack_of(error: BaseException) -> tuple[str, str] | None:
    """What the system lacked, and what to do about it; None where an error is none of that."""
    if isinstance(error, MemoryError):
        return "not enough memory", _SCARCE[errno.ENOMEM]
    if not isinstance(error, OSError):
        return None
    if error.errno is None and " requested and " in str(error):  # NumPy's words for a file that could not grow
        return "no space is left on the disk", _SCARCE[errno.ENOSPC]
    return (error.strerror or str(error), _SCARCE[error.errno]) if error.errno in _SCARCE else None


def unreadable(error: Exception, path: Path, remedy: str) -> SearchError:
    """The error for what cannot be read: a damage with this remedy, unless the system lacks something."""
    if lack := lack_of(error):
        return SearchError(lack[0], str(path), lack[1])
    return IndexDamaged(f"it does not open: {type(error).__name__}: {error}", str(path), remedy)


@contextmanager
def lacks_told(path: Path) -> Iterator[None]:
    """Raise SearchError where the system lacks something for the work on an index; other errors pass."""
    try:
        yield
    except (OSError, MemoryError) as error:
        if lack := lack_of(error):
            raise SearchError(lack[0], str(path), lack[1]) from error
        raise


class IndexFolder:
    """Where an index lives on disk. Cheap to make; nothing is opened or created until it is asked for."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        self._generations, self._pointer = self.path / "generations", str(self.path / CURRENT)

    def current(self) -> tuple[int, str]:
        """The number of the current generation and the digest of its manifest. Raises IndexMissing."""
        try:
            number, _, digest = (self.path / CURRENT).read_text(encoding="ascii").strip().partition(" ")
            return int(number), digest
        except FileNotFoundError as error:
            raise IndexMissing("there is no index", str(self.path), "build one: seealso build SOURCE") from error
        except NotADirectoryError as error:
            raise SearchError("a file is where the index belongs", str(self.path), "name another folder") from error
        except (ValueError, OSError) as error:
            raise unreadable(error, self.path / CURRENT, "build the index again") from error

    def published(self) -> tuple[int, int] | None:
        """The inode and time of the file that names the current generation; None where there is none.

        Publishing puts a new file in its place, and a look at it costs a tenth of reading it; every request takes one.
        """
        try:
            status = os.stat(self._pointer)  # noqa: PTH116 (of a Path it takes four times as long)
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def numbers(self) -> list[int]:
        """The numbers of all generations on disk, ascending."""
        if not self._generations.is_dir():
            return []
        return sorted(
            int(entry.name) for entry in self._generations.iterdir() if entry.name.isascii() and entry.name.isdigit()
        )

    def generation(self, number: int) -> Path:
        """The folder of a generation."""
        return self._generations / f"{number:06d}"

    def vectors(self) -> Path:
        """The folder in which the vectors of documents that were made are kept for the next build."""
        return self.path / "vectors"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the index for writing. Raises BuildInProgress at once where another build holds it, and SearchError
        where the system lacks something for the work, such as room on the disk.

        The lock is the operating system's record lock: it ends with the process, however that ends, and a forked
        child does not inherit it.
        """
        refusal = BuildInProgress("another build holds the lock", str(self.path), "wait until it is done")
        with _held_guard:
            if self.path in _held:
                raise refusal
            _held.add(self.path)
        try:
            with lacks_told(self.path), self._lock_file() as file:
                try:
                    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise refusal from error
                yield
        finally:
            with _held_guard:
                _held.discard(self.path)

    def _lock_file(self) -> TextIO:
        self._generations.mkdir(parents=True, exist_ok=True)
        return (self.path / "lock").open("w", encoding="ascii")

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A new folder to build in, beside the generations; gone afterwards unless published. Under the lock."""
        self._sweep_staging()  # what killed builds left may be what fills the disk
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self._generations))
        folder.chmod(
            self._generations.stat().st_mode
        )  # whoever may read the index may read this, not its builder alone
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, staged: Path, number: int, keep: object = None, tell: object = None) -> None:  # noqa: ARG002
        """Make a staged generation the current one: its bytes reach the disk first, then one rename tells readers.
        Nothing is kept with pages, and nothing takes long enough to be told.
        """
        for file in sorted(staged.rglob("*"), reverse=True):
            _sync(file)
        _sync(staged)
        final = self.generation(number)
        staged.rename(final)
        _sync(self._generations)
        self.point_to(number)

    def point_to(self, number: int) -> None:
        """Let CURRENT name a generation, at once or not at all."""
        digest = self.digest(number)
        waiting = self.path / f"{CURRENT}.new"
        with waiting.open("w", encoding="ascii") as file:
            file.write(f"{number:06d} {digest}\n")
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self.path / CURRENT)
        _sync(self.path)

    def _sweep_staging(self) -> None:
        for entry in self._generations.iterdir():
            if entry.name.startswith(_STAGING):
                shutil.rmtree(entry, ignore_errors=True)

    def digest(self, number: int) -> str:
        """The digest of a generation's manifest, as it was written. Raises IndexDamaged."""
        path = self.generation(number) / DIGEST
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise unreadable(error, path, "build the index again") from error

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove some generations."""
        for number in numbers:
            shutil.rmtree(self.generation(number), ignore_errors=True)


def staying(keep: int, current: int, replaced: int, before: Mapping[int, int]) -> list[int]:
    """The generations that stay of those that are there, at most `keep`: the current one, that which it replaced and
    those that this came from, then the newest; what was rolled back goes before these. `before` says of each that is
    there which one it replaced, 0 where that is not known.
    """
    kept = [current]
    while replaced in before and replaced not in kept:
        kept.append(replaced)
        replaced = before[replaced]
    return list(dict.fromkeys([*kept, *sorted(before, reverse=True)]))[:keep]


def _sync(path: Path) -> None:
    """Let a file's or a folder's bytes reach the disk. Whoosh never does."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Building: documents in any order become a new generation beside the live one, published at once or not at all."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from corpus import Document, Question, Rejected, from_json, kind_of, to_json
from indexer.analysis import Analyzer, Boilerplate
from indexer.answering.neighbours import write_neighbours
from indexer.duplicates.scan import write_pairs
from indexer.engines import Engine, open_engine, write_engine
from indexer.errors import IndexDamaged, IndexMissing, SearchError
from indexer.generations.folder import IndexFolder
from indexer.generations.manifest import FORMAT, Manifest, list_files, now, read_manifest, usable_manifest
from indexer.generations.verify import check_before_opening
from indexer.ranking.tables import ARRAYS, Strings, map_array, write_strings
from indexer.settings import Settings
from indexer.types import BuildReport, Info, Progress

_SPOOL = "documents.spool"


class _Place(NamedTuple):
    """Where a document waits in the spool; places sort by id, so the order of reading leaves no trace."""

    id: str
    digest: str
    start: int
    size: int


def build(
    index: str | Path,
    documents: Iterable[Document],
    *,
    settings: Settings = Settings(),
    progress: Callable[[Progress], object] | None = None,
    rejected: Callable[[Rejected], object] | None = None,
) -> BuildReport:
    """Build an index of exactly these documents and make it the current generation of the folder.

    Documents wait on disk, not in memory. Two different documents of one id cost the one whose content has the
    larger digest: `rejected` is told. Whatever happens before the last step, the generation before stays current.

    Raises BuildInProgress at once where another build holds the folder.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    analyzer = Analyzer(*settings.read_synonyms())
    folder = IndexFolder(index)
    with folder.lock(), folder.staging() as staged:
        with (staged / _SPOOL).open("w+b") as spool:
            places, refused = _settle(_spool(documents, spool, tell))
            number, before = max(folder.numbers(), default=0) + 1, _current_number(folder)
            manifest = _write(
                staged, places, spool, analyzer, engine_name=settings.engine, generation=(number, before), tell=tell
            )
        (staged / _SPOOL).unlink()
        for item in refused:
            if rejected:
                rejected(item)
        old = _digests(folder)
        after = {place.id: place.digest for place in places}
        tell(Progress(stage="publishing", done=0))
        manifest.write(staged)
        folder.publish(staged, manifest.generation)
        folder.sweep(settings.keep)
    return BuildReport(
        generation=manifest.generation,
        documents=len(after),
        added=len(set(after) - set(old)),
        replaced=sum(id_ in old and old[id_] != _short(digest) for id_, digest in after.items()),
        deleted=len(set(old) - set(after)),
        rejected=len(refused),
        seconds=round(time.monotonic() - began, 3),
        bytes=manifest.bytes,
    )


def rollback(index: str | Path) -> Info:
    """Make the generation that the current one replaced current again, if it still opens.

    Raises SearchError where it is gone, or what keeps it from being opened; the current one stays then.
    """
    folder = IndexFolder(index)
    if not folder.numbers():
        folder.current()  # a folder without an index is told at once, and stays as it is
    with folder.lock():
        number = _before(folder)
        if number not in folder.numbers():
            raise SearchError("no earlier generation is left", str(folder.path), "build the index again")
        path = folder.generation(number)
        earlier = usable_manifest(path, folder.digest(number))
        check_before_opening(path, earlier)
        folder.point_to(number)
    return earlier.info


def _before(folder: IndexFolder) -> int:
    """The generation that the current one replaced; where nobody can tell which is current, the newest one."""
    try:
        number, digest = folder.current()
        return read_manifest(folder.generation(number), digest).before
    except (IndexDamaged, IndexMissing):
        return max(folder.numbers(), default=0)


def _spool(documents: Iterable[Document], spool: IO[bytes], tell: Callable[[Progress], object]) -> list[_Place]:
    """Write every document to the spool as it comes."""
    places: list[_Place] = []
    start = 0
    for document in documents:
        line = to_json(document).encode() + b"\n"
        spool.write(line)
        places.append(_Place(document.id, hashlib.sha256(line).hexdigest(), start, len(line)))
        start += len(line)
        tell(Progress(stage="reading", done=len(places)))
    return places


def _settle(places: list[_Place]) -> tuple[list[_Place], list[Rejected]]:
    """One place an id, in the order of ids, and what stands behind it; the same document twice is one document."""
    settled: list[_Place] = []
    refused: list[Rejected] = []
    before = _Place("", "", 0, 0)
    for place in sorted(places):
        if before.id != place.id:
            settled.append(place)
        elif before.digest != place.digest:
            remedy = "give each document an id of its own"
            reason = "another document has this id"
            refused.append(Rejected(source="documents", place=place.id, reason=reason, remedy=remedy))
        before = place
    return settled, refused


def _write(
    staged: Path,
    places: list[_Place],
    spool: IO[bytes],
    analyzer: Analyzer,
    *,
    engine_name: str,
    generation: tuple[int, int],
    tell: Callable[[Progress], object],
) -> Manifest:
    """Write the engine's files and the neighbours of every document; return the manifest, not yet written.

    `generation` is its number and that of the one it replaces.
    """
    (staged / ARRAYS).mkdir()
    ids = [place.id for place in places]
    write_strings(staged / ARRAYS, "ids", ids)
    np.save(staged / ARRAYS / "digests.npy", np.array([_short(place.digest) for place in places], np.int64))
    boilerplate = Boilerplate.find(_waiting(places, spool))
    boilerplate.write(staged / ARRAYS)
    analyzer = Analyzer(analyzer.synonyms, boilerplate=boilerplate)
    kinds, answers = Counter[str](), 0

    def counted() -> Iterator[Document]:
        nonlocal answers
        for done, document in enumerate(_waiting(places, spool), 1):
            kinds[kind_of(document)] += 1
            answers += len(document.answers) if isinstance(document, Question) else 0
            yield document
            tell(Progress(stage="indexing", done=done, total=len(places)))

    statistics = write_engine(engine_name, staged, counted(), analyzer)
    with closing(open_engine(engine_name, staged, statistics, analyzer)) as engine:
        _compare(staged, engine, places, spool, tell)
    files = list_files(staged, apart=[_SPOOL])
    arrays = sorted((name, digest) for name, (_, digest) in files.items() if name.startswith(ARRAYS))
    return Manifest(
        format=FORMAT,
        generation=generation[0],
        built=now(),
        engine=engine_name,
        analysis=analyzer.fingerprint,
        documents={kind: kinds[kind] for kind in ("article", "question")},
        answers=answers,
        statistics=asdict(statistics),
        content={
            "documents": _digest_of_all([place.digest for place in places]),
            "arrays": _digest_of_all([f"{name} {digest}" for name, digest in arrays]),
        },
        files=files,
        before=generation[1],
        synonyms=analyzer.synonyms,
    )


def _compare(
    staged: Path, engine: Engine, places: list[_Place], spool: IO[bytes], tell: Callable[[Progress], object]
) -> None:
    """Write the neighbours of every document, then the pairs of questions that may be the same question."""
    ids = [place.id for place in places]

    def told(stage: str) -> Callable[[int], object]:
        return lambda done: tell(Progress(stage=stage, done=done, total=len(places)))

    write_neighbours(staged, engine, ids, _waiting(places, spool), told("neighbours"))
    write_pairs(staged, engine, ids, _waiting(places, spool), told("duplicates"))


def _waiting(places: Iterable[_Place], spool: IO[bytes]) -> Iterator[Document]:
    """The documents of the spool, in the order of their places."""
    for place in places:
        spool.seek(place.start)
        yield from_json(spool.read(place.size).decode())


def _digest_of_all(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _short(digest: str) -> int:
    return int(digest[:16], 16) >> 1


def _current_number(folder: IndexFolder) -> int:
    """The generation that a build replaces; 0 where there is none."""
    try:
        return folder.current()[0]
    except SearchError:
        return 0


def _digests(folder: IndexFolder) -> dict[str, int]:
    """The ids and digests of the generation before; empty where there is none that can be read."""
    try:
        arrays = folder.generation(folder.current()[0]) / ARRAYS
        return dict(zip(Strings(arrays, "ids"), map_array(arrays, "digests").tolist(), strict=True))
    except (SearchError, OSError, ValueError, EOFError):
        return {}

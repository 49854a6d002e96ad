"""The command that brings what sites pushed from the inbox into the index."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import click

from corpus import Document, from_json
from indexer import (
    BuildInProgress,
    BuildReport,
    IndexMissing,
    OpenSearchIndex,
    SearchError,
    build,
    open_index,
    update,
)
from search_app import settings
from search_app.cli.common import WORDS_ALONE, Output, as_built, index_path, setting_option, shared
from search_app.inbox import Batch, Inbox

log = logging.getLogger("seealso.inbox")
# Seconds between two looks into an empty inbox, and after an index that could not be written.
_PAUSE, _AFTER_ERROR = 0.2, 5.0


@click.command(epilog="Example: seealso inbox   (beside `seealso serve`, for as long as that runs)")
@setting_option("index")
@setting_option("inbox")
@click.option("--once", is_flag=True, help="Take what waits now, then end.")
@shared
def inbox(index: str | None, inbox: str | None, *, once: bool, output: Output) -> None:
    """Bring the documents that sites pushed from the inbox into the index, as they come, until Ctrl-C.

    What waits goes into one generation. It stays in the inbox until that is published, so nothing is lost whenever this
    ends; run it once for an index.
    """
    path, box = index_path(index), Inbox(settings.load({"inbox": inbox})["inbox"])
    while True:
        try:
            batch = box.batch()
            if batch.items:
                report = _bring(path, batch)
                box.done(batch)
                told = {"taken": len(batch.items), "generation": report.generation, "seconds": report.seconds}
                output.result(told, lambda report=report, batch=batch: _line(report, batch))  # type: ignore[misc]
                continue
            pause = _PAUSE
        except SearchError as error:
            if once:
                raise
            # A build at work is waited for; whatever else it is, what waits stays.
            log.warning("the inbox waits: %s; %s", error.what, error.next)
            pause = _PAUSE if isinstance(error, BuildInProgress) else _AFTER_ERROR
        if once:
            return
        time.sleep(pause)


def _bring(path: str | OpenSearchIndex, batch: Batch) -> BuildReport:
    """Make the next generation of a batch; the first one where there is no index yet. To repeat it changes nothing."""
    gone, own = [item.id for item in batch.items if item.document is None], as_built()
    try:
        return update(path, _documents(batch), delete=_there(path, gone) if gone else (), settings=own)
    except IndexMissing:
        return build(path, _documents(batch), settings=own)


def _there(path: str | OpenSearchIndex, ids: list[str]) -> list[str]:
    """Those of some documents that the index has."""
    with open_index(path, settings=WORDS_ALONE) as opened:
        return list(opened.known(ids))


def _documents(batch: Batch) -> Iterator[Document]:
    return (from_json(item.document) for item in batch.items if item.document is not None)


def _line(report: BuildReport, batch: Batch) -> str:
    return (
        f"generation {report.generation}: {len(batch.items):,} taken, {report.documents:,} documents, "
        f"{report.seconds:,.1f} s"
    )

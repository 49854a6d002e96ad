"""Progress on a terminal: what is done, how fast, and how long it will still take; nothing in a pipe."""

from __future__ import annotations

import sys
import time

from indexer import Progress

# So often is enough for an eye, and costs nothing beside the work.
_EVERY = 0.2


class Teller:
    """Called with each Progress; writes one line of stderr over and over, and clears it at the end."""

    def __init__(self, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._stage, self._since, self._told = "", 0.0, 0.0

    def __call__(self, progress: Progress) -> None:
        """Tell how far the work is."""
        if not self._shown:
            return
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._since, self._told = progress.stage, now, 0.0
        if now - self._told < _EVERY and progress.done != progress.total:
            return
        self._told = now
        sys.stderr.write(f"\r\x1b[K{line(progress, now - self._since)}")
        sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def line(progress: Progress, spent: float) -> str:
    """One line of progress: `neighbours  4,200 of 18,935 (22 %), 260 a second, 57 s left`."""
    text = progress.stage
    if progress.done:
        text += f"  {progress.done:,}"
        rate = progress.done / spent if spent > 0 else 0.0
        if progress.total:
            text += f" of {progress.total:,} ({progress.done * 100 // progress.total} %)"
        if rate:
            text += f", {rate:,.0f} a second"
            if progress.total:
                text += f", {(progress.total - progress.done) / rate:,.0f} s left"
    return text

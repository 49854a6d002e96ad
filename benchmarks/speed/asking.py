"""Asking: every engine's process the same queries in turn, and the figures of their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.speed import figures, processes
from benchmarks.speed.entrants import REFERENCE, Entrant

ROUNDS = 3
STARTS = 3
K = 10
# The answers of these are ten documents, so they can be compared; a panel has four cards at most, from a floor on.
_COMPARED = ("rank", "search", "more_like")
# What finds a document's neighbours anew; `related` looks them up.
_FOR_ALL = ("more_like", "neighbours")
# A whole answer, and the same without the counting of facets.
_SEARCH, _UNFACETED = "search", "unfaceted"

Queries = Mapping[str, Sequence[str]]


class Line(NamedTuple):
    """A method of an engine, as results name it."""

    name: str
    method: str

    def __str__(self) -> str:
        return f"{self.name} {self.method}"


class Told(NamedTuple):
    """What a line answered: nanoseconds by query and round, ids by query."""

    times: list[list[int]]
    ids: list[list[str]]


@contextmanager
def workers(names: Sequence[str], indexes: Path) -> Iterator[dict[str, processes.Worker]]:
    """A process for every engine."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(processes.Worker(name, indexes / name)) for name in names}


def groups(entrants: Mapping[str, Entrant], job: str) -> list[list[Line]]:
    """The lines of a job: those that are asked first, and the heavy ones, which are asked when these are done."""
    lines = [Line(name, method) for name, entrant in entrants.items() for method in entrant.methods.get(job, ())]
    # Engines take turns within a method: of two methods side by side the second would always find its caches warm.
    lines.sort(key=lambda line: entrants[line.name].methods[job].index(line.method))
    heavy = [line for line in lines if line.method in entrants[line.name].heavy]
    return [group for group in ([line for line in lines if line not in heavy], heavy) if group]


def ask(running: Mapping[str, processes.Worker], lines: Sequence[Line], texts: Sequence[str]) -> dict[Line, Told]:
    """Ask every line every text, in turn; the first pass warms up, gives the answers, and does not count."""
    told = {line: Told([[] for _ in texts], []) for line in lines}
    for turn in range(ROUNDS + 1):
        for number, text in enumerate(texts):
            first = number % len(lines)  # nobody always follows the same engine
            for line in [*lines[first:], *lines[:first]]:
                answer = running[line.name].ask(line.method, text, K)
                if turn:
                    told[line].times[number].append(answer.ns)
                else:
                    told[line].ids.append(answer.ids)
    return told


def asked(
    running: Mapping[str, processes.Worker], entrants: Mapping[str, Entrant], job: str, texts: Sequence[str]
) -> dict[str, dict[str, float]]:
    """The figures of every line of a job."""
    told: dict[Line, Told] = {}
    for lines in groups(entrants, job):
        told |= ask(running, lines, texts)
    times: dict[str, figures.Times] = {str(line): rounds for line, (rounds, _) in told.items()}
    answers: dict[str, figures.Answers] = {
        str(line): ids for line, (_, ids) in told.items() if line.method in _COMPARED
    }
    reference = next((str(line) for line in told if line.name == REFERENCE), "")
    rows = figures.compared(times, answers, reference)
    for line in (line for line in told if line.method == _UNFACETED):
        whole = str(line._replace(method=_SEARCH))
        rows[whole]["facets_share"] = figures.saved(figures.costs(times[whole]), figures.costs(times[str(line)]))
    return rows


def for_all(rows: Mapping[str, dict[str, float]], documents: int) -> None:
    """Add what the see-also of all documents would cost, extrapolated from those that were asked."""
    for line, row in rows.items():
        if line.split()[1] in _FOR_ALL:
            row["all_documents_s"] = round(row["mean_ms"] * documents / 1000, 2)


def first_answers(entrant: Entrant, name: str, text: str, index: Path) -> dict[str, Any]:
    """The first answer of a fresh process: the median of some, so that a start with cold caches does not count."""
    told = {}
    for method in entrant.methods["keyword"]:
        cpu = [processes.first_answer(name, index, method, text, K) for _ in range(STARTS)]
        told[str(Line(name, method))] = {"cpu_ms": round(median(cpu) / 1e6, 1)}
    return told

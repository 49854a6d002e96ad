"""From times to figures: the median of the rounds for each query, then the median over queries, and ratios of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median, quantiles

# Nanoseconds by query, then by round.
Times = Sequence[Sequence[int]]
# The ids that were answered, by query.
Answers = Sequence[Sequence[str]]


def costs(times: Times) -> list[float]:
    """What each query costs in milliseconds: the median of its rounds, so that one disturbed round does not count."""
    return [median(rounds) / 1e6 for rounds in times]


def summary(own: Sequence[float]) -> dict[str, float]:
    """The figures of one line: the middle query, the slow ones, and the mean, which sums up."""
    slow = quantiles(own, n=20, method="inclusive")[-1] if len(own) > 1 else own[0]
    return {"p50_ms": round(median(own), 4), "p95_ms": round(slow, 4), "mean_ms": round(fmean(own), 4)}


def ratio(own: Sequence[float], reference: Sequence[float]) -> float:
    """The median over queries of what a query costs here over what the same query costs the reference."""
    return round(median(here / there for here, there in zip(own, reference, strict=True)), 3)


def saved(whole: Sequence[float], without: Sequence[float]) -> float:
    """The median over queries of the share of a query's cost that leaving something out saves."""
    return round(median((full - less) / full for full, less in zip(whole, without, strict=True)), 3)


def overlap(own: Answers, reference: Answers) -> float:
    """The mean share of the reference's answers that are answered here too; queries without any do not count."""
    shares = [len(set(here) & set(there)) / len(there) for here, there in zip(own, reference, strict=True) if there]
    return round(fmean(shares), 3) if shares else 0.0


def compared(times: Mapping[str, Times], answers: Mapping[str, Answers], reference: str) -> dict[str, dict[str, float]]:
    """The figures of every line of a job, with the ratio to the line `reference` where that takes part.

    `answers` has the lines alone whose answers can be compared.
    """
    own = {line: costs(rounds) for line, rounds in times.items()}
    told = {line: summary(values) for line, values in own.items()}
    if reference in own:
        for line, figures in told.items():
            figures["ratio"] = ratio(own[line], own[reference])
            if line in answers:
                figures["overlap"] = overlap(answers[line], answers[reference])
    return told

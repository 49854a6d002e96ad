"""What a visitor asked for in the address: text, filters, order and page, checked and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer import Band, Filter, RequestRefused, Sort

FILTERS = ("kind", "specialty", "topic", "year", "answered")
SEARCH_KEYS = ("q", *FILTERS, "as_typed", "sort", "page", "size")
# The cards of a panel that asks for no number.
CARDS = 4


def text_of(args: Mapping[str, str]) -> str:
    """The words to search for."""
    return args.get("q", "").strip()


def filter_of(args: Mapping[str, str]) -> Filter:
    """The filters. Raises RequestRefused for a kind, year or answer that is none."""
    kind = _one_of(args, "kind", ("article", "question"))
    answered = _one_of(args, "answered", ("yes", "no"))
    return Filter(
        kind=kind,
        specialty=args.get("specialty") or None,
        topic=args.get("topic") or None,
        year=number_of(args, "year", 0) if args.get("year", "").strip() else None,
        answered=None if answered is None else answered == "yes",
    )


def as_typed_of(args: Mapping[str, str]) -> bool:
    """Whether the words are to be searched as they were typed. Raises RequestRefused for anything but yes and no."""
    return _one_of(args, "as_typed", ("yes", "no")) == "yes"


def sort_of(args: Mapping[str, str]) -> Sort:
    """The order. Raises RequestRefused for an unknown one."""
    return Sort(_one_of(args, "sort", tuple(Sort)) or Sort.RELEVANCE)


def band_of(args: Mapping[str, str]) -> Band | None:
    """The band of duplicates. Raises RequestRefused for an unknown one."""
    value = args.get("band") or None
    try:
        return Band(value.replace(" ", "-")) if value else None  # a blank was taken once
    except ValueError as error:
        raise RequestRefused(f"band is {str(value)[:20]!r}", "band", f"give one of {', '.join(Band)}") from error


def _one_of(args: Mapping[str, str], name: str, known: Sequence[str]) -> str | None:
    """One of the known values, or None where none is given. Raises RequestRefused for any other."""
    value = args.get(name) or None
    if value is None or value in known:
        return value
    remedy = "give yes or no" if "yes" in known else f"give one of {', '.join(known)}"
    raise RequestRefused(f"{name} is {value[:20]!r}", name, remedy)


def number_of(args: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of at most six digits. Raises RequestRefused for anything else."""
    value = args.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 6):
        raise RequestRefused(f"{name} is {value[:20]!r}", name, "give a whole number")
    return int(value)

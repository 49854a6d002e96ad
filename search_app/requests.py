"""What a visitor asked for in the address: text, filters, order and page, checked and bounded."""

from __future__ import annotations

from collections.abc import Mapping

from indexer import Band, Filter, RequestRefused, Sort

FILTERS = ("kind", "specialty", "topic", "year", "answered")
SEARCH_KEYS = ("q", *FILTERS, "as_typed", "sort", "page", "size")
KINDS = ("article", "question")
# The cards of a panel that asks for no number.
CARDS = 4
_ANSWERED = {"yes": True, "no": False}


def text_of(args: Mapping[str, str]) -> str:
    """The words to search for."""
    return args.get("q", "").strip()


def filter_of(args: Mapping[str, str]) -> Filter:
    """The filters. Raises RequestRefused for a kind, year or answer that is none."""
    answered, kind = args.get("answered") or None, args.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise RequestRefused(f"kind is {kind[:20]!r}", "kind", f"give one of {', '.join(KINDS)}")
    if answered is not None and answered not in _ANSWERED:
        raise RequestRefused(f"answered is {answered[:20]!r}", "answered", "give yes or no")
    return Filter(
        kind=kind,
        specialty=args.get("specialty") or None,
        topic=args.get("topic") or None,
        year=number_of(args, "year", 0) if args.get("year", "").strip() else None,
        answered=None if answered is None else _ANSWERED[answered],
    )


def as_typed_of(args: Mapping[str, str]) -> bool:
    """Whether the words are to be searched as they were typed. Raises RequestRefused for anything but yes and no."""
    value = args.get("as_typed") or "no"
    if value not in ("yes", "no"):
        raise RequestRefused(f"as_typed is {value[:20]!r}", "as_typed", "give yes or no")
    return value == "yes"


def sort_of(args: Mapping[str, str]) -> Sort:
    """The order. Raises RequestRefused for an unknown one."""
    value = args.get("sort") or Sort.RELEVANCE
    try:
        return Sort(value)
    except ValueError as error:
        raise RequestRefused(f"sort is {value[:20]!r}", "sort", f"give one of {', '.join(Sort)}") from error


def band_of(args: Mapping[str, str]) -> Band | None:
    """The band of duplicates. Raises RequestRefused for an unknown one."""
    value = args.get("band") or None
    try:
        return Band(value.replace(" ", "-")) if value else None  # a blank was taken once
    except ValueError as error:
        raise RequestRefused(f"band is {str(value)[:20]!r}", "band", f"give one of {', '.join(Band)}") from error


def number_of(args: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of at most six digits. Raises RequestRefused for anything else."""
    value = args.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 6):
        raise RequestRefused(f"{name} is {value[:20]!r}", name, "give a whole number")
    return int(value)

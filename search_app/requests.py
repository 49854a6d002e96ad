"""What a request may say in its address: the parameters with their meaning, checked and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer import Band, Filter, RequestRefused, Sort

# The cards of a panel that asks for no number.
CARDS = 4
# What a parameter may be long, as a search may.
MOST_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address: its name, what it means, and as JSON Schema what it may be."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    required: bool = False


_TEXT = {"type": "string"}


def one_of(*values: str, **more: str) -> dict[str, Any]:
    """The schema of a parameter that is one of some."""
    return {"enum": [*values], **more}


Q = Parameter("q", 'Words, "phrases" and -exclusions; without it, everything.', {**_TEXT, "maxLength": MOST_CHARACTERS})
FILTERS = (
    Parameter("kind", "Articles alone, or questions.", one_of("article", "question")),
    Parameter("specialty", "What is filed under this specialty.", _TEXT),
    Parameter("topic", "What is filed under this topic.", _TEXT),
    Parameter(
        "year", "The year in which it was asked or published.", {"type": "integer", "minimum": 0, "maximum": 999_999}
    ),
    Parameter("answered", "What is answered, or not; articles count as answered.", one_of("yes", "no")),
)
AS_TYPED = Parameter("as_typed", "Whether the words are searched as typed, and none is corrected.", FILTERS[-1].schema)
SORT = Parameter("sort", "The order of the hits.", one_of(*Sort, default=Sort.RELEVANCE))
PAGE = Parameter("page", "Which page.", {"type": "integer", "minimum": 1, "maximum": 1_000, "default": 1})
SIZE = Parameter("size", "How many on a page.", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10})
SEARCH = (Q, *FILTERS, AS_TYPED, SORT, PAGE, SIZE)
LIMIT = Parameter("limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 20, "default": CARDS})
URL = Parameter(
    "url",
    "The address of the document's own page, as RFC 3986 compares addresses.",
    {**_TEXT, "minLength": 1},
    required=True,
)


def bounded(parameter: Parameter, **schema: int) -> Parameter:
    """A parameter with other bounds or another default."""
    return replace(parameter, schema={**parameter.schema, **schema})


def known(args: Mapping[str, str], parameters: Sequence[Parameter]) -> dict[str, str]:
    """What an address says. Raises RequestRefused for a parameter that it does not know, which would pass silently, and
    for a text that is too long.
    """
    names = [parameter.name for parameter in parameters]
    if unknown := sorted(set(args) - set(names)):
        what = f"unknown parameter {unknown[0][:40]!r}"
        raise RequestRefused(what, "address", f"known are {', '.join(names) or 'none'}")
    for parameter in parameters:
        length, most = len(args.get(parameter.name, "")), parameter.schema.get("maxLength", MOST_CHARACTERS)
        if length > most:
            told = {"characters": length, "most": most}
            what, remedy = f"{length:,} characters", f"send at most {most:,}"
            raise RequestRefused(what, parameter.name, remedy, code="text-too-long", **told)
    return dict(args)


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
        return Band(value) if value else None
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
    value = args.get(name, "").strip(" ")
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 6):
        raise RequestRefused(f"{name} is {value[:20]!r}", name, "give a whole number")
    return int(value)

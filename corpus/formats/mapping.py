"""Loads a mapping: the small TOML file that says which column of JSON or CSV records is which field of a document."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import CorpusError
from corpus.model import KINDS, PARTS, Answer, Asker

# What a column cannot give: these have parts of their own or come from the [answer] and [asker] tables.
_NOT_A_COLUMN = {"asker", *PARTS} - {"topics"}
# What a mapping without `files` is for.
DATA_FILES = ("*.json", "*.json.*", "*.jsonl", "*.ndjson", "*.csv", "*.csv.*", "*.tsv", "*.tsv.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Which columns give the document's fields (`fields`), its answer and its asker, and what is constant.

    `files` are patterns for the names of the sources that the mapping is for; `join` names the column by which
    several records are the answers of one question. Several mappings may be given: the first that fits is used.
    """

    name: str
    kind: str
    fields: AnyMapping[str, str]
    answer: AnyMapping[str, str] = field(default_factory=dict)
    asker: AnyMapping[str, str] = field(default_factory=dict)
    constant: AnyMapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = DATA_FILES
    join: str = ""

    def fits(self, path: PurePath) -> bool:
        """Whether the source of this path is to be read by this mapping."""
        return any(fnmatch(path.name, pattern) for pattern in self.files)

    @property
    def columns(self) -> set[str]:
        """Every column that a record must have to be read at all."""
        return {*self.fields.values(), *self.answer.values(), *self.asker.values(), *([self.join] if self.join else [])}


def load(path: str | Path) -> Mapping:
    """The mapping of a TOML file. Raises CorpusError naming the key that is wrong."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(error.strerror or str(error), str(path), "check the path of the mapping") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"not TOML: {error}", str(path), "see docs/examples for mappings that work") from error
    return _check(table, str(path))


def _check(table: dict[str, Any], where: str) -> Mapping:
    def refuse(what: str, next_: str) -> CorpusError:
        return CorpusError(what, where, next_)

    known = set(Mapping.__dataclass_fields__) - {"name"}
    if unknown := sorted(set(table) - known):
        raise refuse(f"unknown key {unknown[0]!r}", f"known are {', '.join(sorted(known))}")
    kind = table.get("kind", "question")
    if not isinstance(kind, str) or kind not in KINDS:
        raise refuse(f"kind is {kind!r}", f"give one of {', '.join(sorted(KINDS))}")
    allowed = {
        "fields": [name for name in KINDS[kind].__dataclass_fields__ if name not in _NOT_A_COLUMN],
        "answer": list(Answer.__dataclass_fields__) if kind == "question" else [],
        "asker": list(Asker.__dataclass_fields__) if kind == "question" else [],
        "constant": ["site", "specialty"],
    }
    tables: dict[str, dict[str, str]] = {part: table.get(part, {}) for part in allowed}
    for part, given in tables.items():
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            raise refuse(f"[{part}] is not a table of names", f"write [{part}] and lines such as title = 'column'")
        if wrong := sorted(set(given) - set(allowed[part])):
            choice = ", ".join(allowed[part]) or "none for an article"
            raise refuse(f"[{part}] has {wrong[0]!r}", f"known there are {choice}")
    if not {"title", "body"} & set(tables["fields"]):
        raise refuse("[fields] names neither a title nor a body", "name the column that holds the question")
    if tables["answer"] and "text" not in tables["answer"]:
        raise refuse("[answer] names no text", "name the column that holds the answer's text")
    files, join = table.get("files", []), table.get("join", "")
    files = [files] if isinstance(files, str) else files
    if not isinstance(files, list) or not all(isinstance(pattern, str) for pattern in files):
        raise refuse("files is not a list of patterns", "write files = ['forum*.json']")
    if not isinstance(join, str):
        raise refuse("join is not a column", "name the column whose value the records of one question share")
    return Mapping(name=where, kind=kind, files=tuple(files) or DATA_FILES, join=join, **tables)

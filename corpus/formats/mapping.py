"""Loads a mapping: the TOML file that says which column of JSON, CSV or XML records is which field of a document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import CorpusError
from corpus.formats.columns import as_text, parted
from corpus.model import KINDS, PARTS, Answer, Asker
from corpus.text import DATE_ORDERS

# What a column cannot give: these have parts of their own or come from the [answer] and [asker] tables.
_NOT_A_COLUMN = {"asker", *PARTS} - {"topics"}
# What a mapping without `files` is for.
_DATA = ("json", "jsonl", "ndjson", "csv", "tsv")
DATA_FILES = tuple(f"*.{ending}{packed}" for ending in _DATA for packed in ("", ".*"))
XML_FILES = ("*.xml", "*.xml.*")
# Fields of a mapping that are worked out, and are no keys of its file.
NO_KEYS = frozenset({"name", "within", "answer_list", "answer_where"})
# The mappings that ship with the project, by their names.
_SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecords:
    """How records are told that are answers and no questions (`where`), which column names their question's id (`of`),
    and which column of the question names the answer that stands first (`first`; may be empty).
    """

    where: AnyMapping[str, str]
    of: str
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Which columns give the document's fields (`fields`), its answer and its asker, and what is constant.

    `files` are patterns for the names of the sources that the mapping is for, `marks` what its sources say in their
    first characters; `join` names the column by which several records are the answers of one question. Of records
    `where` says which are meant, `within` in which list of a JSON object they stand, `record` which element of XML
    one is; `address` is the address of a page with the columns in braces that it is made of; `query` is asked of a
    database. `answer_list` is the list of a record in which its answers stand, of which `answer_where` says which are
    meant. Of several mappings that fit a source the
    first is used whose columns it has, else the first. `hook` is for who takes such records as they change.
    `shortcodes` says that texts hold those of WordPress, which are no text; `plain` names the fields that are no HTML,
    whatever they look like. `names` says which `record` of XML, before
    the others, gives under its column `key` what a record calls its author, and under `name` how that is to be shown.
    """

    name: str
    kind: str
    fields: AnyMapping[str, str]
    answer: AnyMapping[str, str] = field(default_factory=dict)
    asker: AnyMapping[str, str] = field(default_factory=dict)
    constant: AnyMapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = DATA_FILES
    join: str = ""
    where: AnyMapping[str, str] = field(default_factory=dict)
    answers: AnswerRecords | None = None
    answer_list: str = ""
    answer_where: AnyMapping[str, str] = field(default_factory=dict)
    within: str = ""
    record: str = ""
    dates: str = ""
    address: str = ""
    query: str = ""
    marks: tuple[str, ...] = ()
    hook: AnyMapping[str, object] = field(default_factory=dict)
    shortcodes: bool = False
    plain: tuple[str, ...] = ()
    names: AnyMapping[str, str] = field(default_factory=dict)

    def fits(self, path: PurePath, head: str) -> bool:
        """Whether the source of this path, which begins with these characters, is to be read by this mapping."""
        return any(fnmatch(path.name, pattern) for pattern in self.files) and all(mark in head for mark in self.marks)

    def is_named_in(self, head: str) -> bool:
        """Whether the columns that a record must have are named in the first characters of its source."""
        return all(word in head for column in self.columns for word in re.findall(r"\w+", column))

    @property
    def columns(self) -> set[str]:
        """The columns of the top of a record that it must have to be read at all, as a table's header has them."""
        named = {*self.fields.values(), *self.asker.values(), *self.where, *([self.join] if self.join else [])}
        if not self.answer_list and not self.answers:
            named |= set(self.answer.values())
        return {name for name in named if not name.endswith("?")}


@cache
def shipped() -> AnyMapping[str, Mapping]:
    """The mappings that ship with the project, by name."""
    return {path.stem: load(path) for path in sorted(_SHIPPED.glob("*.toml"))}


def load(path: str | Path) -> Mapping:
    """The mapping of a TOML file, or the shipped one of a name. Raises CorpusError naming the key that is wrong."""
    if (own := _SHIPPED / f"{path}.toml").is_file() and not Path(path).exists():
        path = own
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(sorted(known.stem for known in _SHIPPED.glob("*.toml")))
        remedy = f"check the path of the mapping, or name a shipped one: {known}"
        raise CorpusError(error.strerror or str(error), str(path), remedy) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"not TOML: {error}", str(path), "see docs/examples for mappings that work") from error
    return _check(table, str(path))


def _check(table: dict[str, Any], where: str) -> Mapping:
    known = set(Mapping.__dataclass_fields__) - NO_KEYS
    if unknown := sorted(set(table) - known):
        raise CorpusError(f"unknown key {unknown[0]!r}", where, f"known are {', '.join(sorted(known))}")
    kind = table.get("kind", "question")
    if not isinstance(kind, str) or kind not in KINDS:
        raise CorpusError(f"kind is {kind!r}", where, f"give one of {', '.join(sorted(KINDS))}")
    if (dates := table.get("dates", "")) not in ("", *DATE_ORDERS):
        raise CorpusError(f"dates is {dates!r}", where, f"give one of {', '.join(DATE_ORDERS)}, or leave it out")
    if not isinstance(table.get("shortcodes", False), bool):
        raise CorpusError("shortcodes is neither true nor false", where, "write shortcodes = true")
    for name in ("join", "record", "address", "query"):
        if not isinstance(table.get(name, ""), str):
            raise CorpusError(f"{name} is no name", where, f"write {name} = '...'")
    tables = _tables(table, kind, where)
    within, answer_list = _lists(tables, where)
    answer_where = tables.pop("answer_where")
    return Mapping(
        name=where,
        kind=kind,
        files=_strings(table, "files", where) or (XML_FILES if table.get("record") else DATA_FILES),
        marks=_strings(table, "marks", where),
        join=table.get("join", ""),
        record=table.get("record", ""),
        dates=dates,
        address=table.get("address", ""),
        query=table.get("query", ""),
        hook=table.get("hook", {}),
        shortcodes=table.get("shortcodes", False),
        plain=_strings(table, "plain", where),
        names=_names(table, where),
        answers=_answer_records(table, tables["fields"], where),
        within=within,
        answer_list=answer_list,
        answer_where=answer_where,
        **tables,
    )


def _names(table: dict[str, Any], where: str) -> dict[str, str]:
    given = table.get("names", {})
    keys = {"record", "key", "name"} if given else set()
    if not isinstance(given, dict) or set(given) != keys or not all(isinstance(one, str) for one in given.values()):
        raise CorpusError("[names] is no table of record, key and name", where, "see formats/shipped/wordpress.toml")
    if given and table.get("kind", "question") != "article":
        raise CorpusError("[names] with questions", where, "name no author of answers by a name to sign in with")
    return given


def _tables(table: dict[str, Any], kind: str, where: str) -> dict[str, dict[str, str]]:
    """The tables of names, each checked against what it may name."""
    allowed = {
        "fields": [name for name in KINDS[kind].__dataclass_fields__ if name not in _NOT_A_COLUMN],
        "answer": list(Answer.__dataclass_fields__) if kind == "question" else [],
        "asker": list(Asker.__dataclass_fields__) if kind == "question" else [],
        "constant": ["site", "specialty"],
        "where": None,
        "answer_where": None,
    }
    answer = table.get("answer", {})
    if isinstance(answer, dict) and "where" in answer:
        table = table | {"answer": {name: column for name, column in answer.items() if name != "where"}}
        table["answer_where"] = answer["where"]
    tables: dict[str, dict[str, str]] = {part: table.get(part, {}) for part in allowed}
    for part in ("where", "answer_where"):
        if isinstance(tables[part], dict):  # TOML has numbers, and truths, which records have too
            plain = {name: as_text(said) for name, said in tables[part].items() if isinstance(said, str | int)}
            tables[part] = tables[part] | plain
    for part, given in tables.items():
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            own = part.replace("_", ".")
            remedy = f"write [{own}] and lines such as title = 'column'"
            raise CorpusError(f"[{own}] is not a table of names", where, remedy)
        fine = allowed[part]
        if wrong := [] if fine is None else sorted(set(given) - set(fine)):
            choice = ", ".join(fine or ()) or "none for an article"
            raise CorpusError(f"[{part}] has {wrong[0]!r}", where, f"known there are {choice}")
    if not {"title", "body"} & set(tables["fields"]):
        raise CorpusError("[fields] names neither a title nor a body", where, "name the column that holds the question")
    if tables["answer"] and "text" not in tables["answer"]:
        raise CorpusError("[answer] names no text", where, "name the column that holds the answer's text")
    return tables


def _lists(tables: dict[str, dict[str, str]], where: str) -> tuple[str, str]:
    """The list in which records stand, and that of a record in which its answers do, as their columns name them; the
    columns are named within these from then on.
    """
    fields = tables["fields"]
    within, _ = parted(fields.get("title") or fields["body"])
    if within and not within.endswith("[]"):
        raise CorpusError(f"records in {within!r}", where, "name their list with [] behind, such as tickets[].subject")
    for part in tables if within else ():
        if part in ("where", "answer_where"):
            tables[part] = {column.removeprefix(f"{within}."): said for column, said in tables[part].items()}
        else:
            tables[part] = {name: column.removeprefix(f"{within}.") for name, column in tables[part].items()}
    answer = tables["answer"]
    inner, _ = parted(answer.get("text", ""))
    if tables["answer_where"] and not inner:
        remedy = "name the list with [] in text, such as comments[].text; of records of their own [answers] says which"
        raise CorpusError("[answer.where] without a list of answers", where, remedy)
    if inner:
        named = [(f"[answer] {name}", column) for name, column in answer.items()]
        for name, column in (*named, *(("[answer.where]", column) for column in tables["answer_where"])):
            if not column.startswith(f"{inner}."):
                raise CorpusError(f"{name} is not in {inner}", where, f"name it {inner}.{column}")
        tables["answer"] = {name: column.removeprefix(f"{inner}.") for name, column in answer.items()}
        wanted = tables["answer_where"]
        tables["answer_where"] = {column.removeprefix(f"{inner}."): said for column, said in wanted.items()}
    return within.removesuffix("[]"), inner


def _strings(table: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    given = table.get(name, [])
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(isinstance(value, str) for value in given):
        what = {"files": "patterns", "plain": "fields"}.get(name, "texts")
        raise CorpusError(f"{name} is not a list of {what}", where, f"write {name} = ['...']")
    return tuple(given)


def _answer_records(table: dict[str, Any], fields: dict[str, str], where: str) -> AnswerRecords | None:
    given = table.get("answers")
    if given is None:
        return None
    remedy = (
        "write [answers] with where = { column = 'value' }, of = 'column of the question' and, if there is one, first"
    )
    if not isinstance(given, dict) or not {"where", "of"} <= given.keys() <= {"where", "of", "first"}:
        raise CorpusError("[answers] says not which records are answers, and of what", where, remedy)
    names = [
        given["of"],
        given.get("first", ""),
        *(given["where"].values() if isinstance(given["where"], dict) else [0]),
    ]
    if not all(isinstance(name, str) for name in names) or "id" not in fields:
        raise CorpusError("[answers] without names, or [fields] without an id", where, remedy)
    if "join" in table:
        raise CorpusError("join and [answers]", where, "use one of them")
    return AnswerRecords(**given)

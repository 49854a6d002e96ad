"""Reads a database by a mapping that holds a query: through SQLAlchemy, row by row, and never changes anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from corpus.errors import CorpusError
from corpus.formats.columns import Record
from corpus.formats.format import Format, Item, rejected
from corpus.formats.mapping import load
from corpus.formats.rows import Placed
from corpus.sources import Source

_QUERY = re.compile(r"^query\s*=", re.MULTILINE)
# So many rows are fetched at a time, where the database has a cursor of its own.
_FETCHED = 500


def read(source: Source, database: str) -> Iterator[Item]:
    """The documents of the query in a mapping file. `database` is an address as SQLAlchemy writes it, such as
    `postgresql+psycopg://reader@localhost/site`.
    """
    from corpus.formats.joined import groups  # noqa: PLC0415 (they load SQLite, which no other source needs)
    from corpus.formats.records import documents  # noqa: PLC0415

    try:
        mapping = load(str(source.path))
        if not database:
            raise CorpusError("no database to ask", "database", "set SEEALSO_DATABASE, such as postgresql+psycopg://…")
        for group in groups(_rows(mapping.query, database), mapping):
            yield from documents(source.name, mapping, group)
    except CorpusError as error:
        yield rejected(source.name, "query", error)


def _rows(query: str, database: str) -> Iterator[Placed]:
    """The rows of a query, whatever is behind the address. Raises CorpusError for what the database says."""
    try:
        import sqlalchemy  # noqa: PLC0415 (the extra `sites`)
    except ImportError as error:
        raise CorpusError("SQLAlchemy is not installed", "database", "pip install seealso[sites]") from error
    try:
        engine = sqlalchemy.create_engine(database, poolclass=sqlalchemy.NullPool)
        with engine.connect().execution_options(stream_results=True, yield_per=_FETCHED) as connection:
            for number, row in enumerate(connection.execute(sqlalchemy.text(query)), 1):
                yield f"row {number}", _record(row._mapping)
    except ImportError as error:
        what = f"no driver for it: {error}"
        raise CorpusError(what, "database", "install it, for PostgreSQL: pip install psycopg[binary]") from error
    except sqlalchemy.exc.ArgumentError as error:
        raise CorpusError("no address of a database", "database", "write DIALECT+DRIVER://USER@HOST/NAME") from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        # What the driver says; SQLAlchemy's own words repeat the query.
        said = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
        raise CorpusError(f"the database says: {said[:200]}", "query", "mend the query or the address") from error


def _record(row: Any) -> Record | CorpusError:
    """A row with each value as a file would have it."""
    record: Record = {}
    for name, value in row.items():
        if isinstance(value, bytes | memoryview):
            return CorpusError("bytes where text belongs", f"column {name}", "cast it to text in the query")
        plain = value is None or isinstance(value, str | int | float | list | dict)
        record[name] = value if plain else value.isoformat() if isinstance(value, date | datetime) else str(value)
    return record


def recognises(name: str, head: str) -> bool:
    """Whether a file is a mapping that holds a query."""
    return name.endswith(".toml") and bool(_QUERY.search(head))


FORMAT = Format(
    name="sql",
    summary="a mapping with a query, asked of the database that a setting names",
    recognises=recognises,
    read=lambda source: read(source, ""),
)

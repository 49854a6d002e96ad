"""Databases: SQLite, and a PostgreSQL that the test starts; memory that does not grow; what is told when it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from corpus import Question, Rejected, read
from tests.long_run import long_run
from tests.memory import PEAK

ROOT = Path(__file__).parents[2]
MAPPING = (ROOT / "docs" / "examples" / "database.toml").read_text("utf-8")
TABLES = (
    "CREATE TABLE qa_question (id integer PRIMARY KEY, title text, body text, created timestamp, is_public boolean)",
    "CREATE TABLE qa_answer (question_id integer, text text, doctor text)",
    "INSERT INTO qa_question VALUES (1, 'Hoarse?', '<p>For 3&nbsp;days</p>', '2024-05-06 07:08:09', true)",
    "INSERT INTO qa_question VALUES (2, 'Secret', 'x', '2024-05-06 07:08:09', false)",
    "INSERT INTO qa_question VALUES (3, 'No answer yet', NULL, NULL, true)",
    "INSERT INTO qa_answer VALUES (1, 'Rest.', 'Dr. A'), (1, 'Tea.', NULL)",
)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of the test's own, on a socket in a folder of its own."""
    found = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if found is None:
        pytest.skip("PostgreSQL is not installed; enable with: apt install postgresql")
    user = "nobody" if os.getuid() == 0 else None  # it does not run as root
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user)
        data, programs = f"{folder}/data", Path(found).resolve().parent
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "user": user}
        subprocess.run([programs / "initdb", "-D", data, "-U", "seealso", "-A", "trust"], check=True, **quiet)  # type: ignore[call-overload]
        options = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        with subprocess.Popen([programs / "postgres", *options], **quiet) as server:  # type: ignore[call-overload]
            address = f"postgresql+psycopg://seealso@/postgres?host={folder}"
            engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
            try:
                for _ in range(300):
                    try:
                        engine.connect().close()
                        break
                    except sqlalchemy.exc.OperationalError:
                        assert server.poll() is None
                        subprocess.run(["sleep", "0.1"], check=True)
                yield address
            finally:
                server.terminate()
                server.wait(timeout=30)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with the tables of the example."""
    name = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    address: str = name if request.param == "sqlite" else request.getfixturevalue("postgresql")
    with sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool).begin() as connection:
        for statement in ("DROP TABLE IF EXISTS qa_question", "DROP TABLE IF EXISTS qa_answer", *TABLES):
            connection.execute(sqlalchemy.text(statement))
    return address


def test_the_example_reads_a_sites_tables(database: str, tmp_path: Path) -> None:
    """Questions with their answers, addresses made of their ids; what the query leaves out stays out."""
    (tmp_path / "m.toml").write_text(MAPPING)
    found = {d.id: d for d in read(tmp_path / "m.toml", database=database) if isinstance(d, Question)}
    assert sorted(found) == ["1", "3"]
    asked = found["1"]
    assert (asked.title, asked.body, str(asked.asked)) == ("Hoarse?", "For 3 days", "2024-05-06")
    assert asked.url == "https://www.example.org/questions/1"
    assert [(answer.text, answer.author) for answer in asked.answers] == [("Rest.", "Dr. A"), ("Tea.", "")]


def test_a_query_changes_nothing(database: str, tmp_path: Path) -> None:
    """It is never committed, whatever it says."""
    given = "RETURNING id, title, body, created, '' AS text, '' AS doctor"
    start, rest = MAPPING.split('"""')[0], MAPPING.split('"""')[2]
    (tmp_path / "m.toml").write_text(f'{start}"""DELETE FROM qa_question {given}"""{rest}')
    list(read(tmp_path / "m.toml", database=database, rejected=lambda _: None))
    with sqlalchemy.create_engine(database, poolclass=sqlalchemy.NullPool).connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM qa_question")).scalar() == 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "no database to ask"),
        ("nothing", "no address of a database"),
        ("sqlite:////nowhere/at/all.sqlite3", "the database says: unable to open database file"),
        ("oracle+oracledb://a:secret@localhost/x", "no driver for it"),
        ("sqlite://", "the database says: no such table"),
    ],
)
def test_what_fails_is_told(address: str, said: str, tmp_path: Path) -> None:
    """With what to do, and without a password."""
    (tmp_path / "m.toml").write_text(MAPPING)
    rejected: list[Rejected] = []
    assert list(read(tmp_path / "m.toml", database=address, rejected=rejected.append)) == []
    assert said in rejected[0].reason
    assert rejected[0].remedy
    assert "secret" not in f"{rejected[0]}"


@long_run
def test_memory_does_not_grow_with_a_table(postgresql: str, tmp_path: Path) -> None:
    """A table of 100 MB is read by a process that may have 60 MB more than it has at its start."""
    (tmp_path / "m.toml").write_text(
        "query = 'SELECT * FROM much'\n[fields]\nid = 'id'\ntitle = 'title'\nbody = 'body'"
    )
    with sqlalchemy.create_engine(postgresql, poolclass=sqlalchemy.NullPool).begin() as connection:
        rows = "SELECT n AS id, 'Title ' || n AS title, repeat('word ', 1000) AS body FROM generate_series(1, 20000) n"
        connection.execute(sqlalchemy.text(f"DROP TABLE IF EXISTS much; CREATE TABLE much AS {rows}"))
    program = (
        PEAK + "import corpus, sqlalchemy, psycopg\n"
        "before = peak()\n"
        "count = sum(1 for _ in corpus.read(sys.argv[1], database=sys.argv[2]))\n"
        "print(count, peak() - before)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "m.toml"), postgresql]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    count, grown = map(int, told.split())
    assert count == 20_000
    assert grown < 60


def test_a_mapping_in_use_is_no_source(tmp_path: Path) -> None:
    """A mapping without a query that lies in a folder of sources is left out by name."""
    (tmp_path / "m.toml").write_text("[fields]\ntitle = 't'")
    rejected: list[Rejected] = []
    assert list(read(tmp_path, rejected=rejected.append)) == []
    assert [item.reason for item in rejected] == ["no format recognises it"]

"""The documentation is complete and true: commands, settings, routes, errors, formats; its Python runs."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import corpus
import indexer
from corpus.formats import mapping
from indexer import decisions, duplicates, evaluation
from search_app import create_app, settings
from search_app.cli import cli
from search_app.outside import ERRORS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def text(*names: str) -> str:
    """The text of some documents."""
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_commands_can_be_copied() -> None:
    """What is said behind a command stands behind a #, so that a shell which gets the whole line runs the command."""
    command = re.compile(r"(?:\./)?(?:seealso|python3?|sudo|systemctl|curl|pip) ")
    said = re.compile(r"\S\s{4,}[^\s#|\\]")
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for block in re.findall(r"^```(?:sh)?\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if command.match(line) and said.search(line)
    ]
    assert wrong == []


def test_every_command_and_option_is_documented() -> None:
    """Each command of the command line, and each of its own options, stands in the reference."""
    told = text("docs/reference/commands.md")
    for name, command in cli.commands.items():
        assert f"| `{name}" in told, name
        shown = (p for p in command.params if not getattr(p, "hidden", False))  # older spellings are
        for parameter in shown:
            for option in parameter.opts:
                assert not option.startswith("--") or option in told or option == "--help", f"{name} {option}"


def test_every_setting_is_documented_with_its_default() -> None:
    """Each setting stands in the reference as the one table has it."""
    told = text("docs/reference/settings.md")
    for known in settings.SETTINGS:
        assert f"| `{known.name}` | `{known.variable}` | `{known.default}` | {known.help} |" in told


def test_every_route_is_documented() -> None:
    """Each route stands in the reference with its method."""
    told = text("docs/reference/api.md")
    for rule in create_app({"index": "none"}).url_map.iter_rules():
        path = re.sub(r"<[^>]+>", lambda m: "NAME" if "name" in m[0] else "ID", rule.rule)
        assert f"`{path}`" in told or f" {path}`" in told, path


def test_every_error_is_documented_with_its_statuses() -> None:
    """Each error of the one table stands in the reference with its HTTP and exit status."""
    told = text("docs/reference/errors.md")
    for error, outside in ERRORS.items():
        assert f"| `{error.__name__}` | {outside.http} | {outside.exit} |" in told


def test_every_public_name_is_documented() -> None:
    """What the rooms export stands in the library's reference."""
    told = text("docs/reference/library.md", "docs/reference/errors.md")
    missing = [
        name
        for room in (corpus, indexer, evaluation, decisions, duplicates)
        for name in room.__all__
        if not re.search(rf"`[^`]*\b{name}\b[^`]*`", told)
    ]
    assert missing == []


def test_every_parameter_and_method_is_documented() -> None:
    """The library's reference names each parameter of what the rooms export, and each method of an index."""
    told = text("docs/reference/library.md")
    missing = [
        f"{made.__name__}({name})"
        for room in (corpus, indexer)
        for made in (getattr(room, name) for name in room.__all__)
        if inspect.isfunction(made)
        for name in inspect.signature(made).parameters
        if not re.search(rf"`{made.__name__}\([^`]*\b{name}\b[^`]*`", told)
    ]
    methods = [name for name in vars(indexer.Index) if not name.startswith("_")]
    missing += [name for name in methods if not re.search(rf"`(Index)?\.{name}\b", told)]
    assert missing == []


def test_every_format_and_mapping_key_is_documented() -> None:
    """Each format and each key of a mapping stands in the reference; the examples are mappings that load."""
    told = text("docs/reference/formats.md")
    assert [name for name in corpus.formats() if f"| `{name}` |" not in told] == []
    keys = set(mapping.Mapping.__dataclass_fields__) - mapping.NO_KEYS
    assert [key for key in keys if f"`{key}`" not in told and f"`[{key}]`" not in told] == []
    examples = sorted((ROOT / "docs" / "examples").glob("*.toml"))
    assert len(examples) >= 4
    assert [name for name in mapping.shipped() if f"`{name}`" not in told] == []
    for path in examples:
        mapping.load(path)


def test_the_readmes_python_runs(tmp_path: Path) -> None:
    """The ten lines of Python in the README run as they stand and print what they promise."""
    (code,) = re.findall(r"```python\n(.*?)```", text("README.md"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert "kyphoplasty" in done.stdout.lower()
    assert len(done.stdout.splitlines()) >= 4


def test_the_readmes_mapping_is_a_mapping(tmp_path: Path) -> None:
    """The TOML of the README loads."""
    (code,) = re.findall(r"```toml\n(.*?)```", text("README.md"), re.DOTALL)
    (tmp_path / "forum.toml").write_text(code, encoding="utf-8")
    assert mapping.load(tmp_path / "forum.toml").join == "url"


PAGES = sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("**/*.md") if ".seealso" not in p.parts)


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(path: str) -> None:
    """Every relative link and picture of a document exists."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text(path)):
        if "://" not in target:
            assert (ROOT / path).parent.joinpath(target).exists(), target


def test_whooshs_own_programs_read_an_index(tmp_path: Path) -> None:
    """The ten lines of the library's reference find a phrase by Whoosh's own parser, with nothing of ours."""
    (code,) = re.findall(r"```python\n(import json.*?)```", text("docs/reference/library.md"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) == 10
    indexer.build(tmp_path / "index", corpus.read(*corpus.sample()))
    command = [sys.executable, "-W", "ignore", "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "cement" in done.stdout


def test_every_path_of_the_documentation_is_there() -> None:
    """What a page names by its path in the repository is there: no module that is gone or has moved."""
    rooms = ("corpus", "indexer", "indexer/ranking", "search_app", "benchmarks", "tests")
    folders = [ROOT, *(ROOT / room for room in rooms)]
    path = re.compile(r"`((?:\w+/)+\w+\.(?:py|sh|toml|json)|(?:indexer|corpus|search_app|tests)/[\w/]+)`")
    named = sorted({(page, name) for page in PAGES for name in path.findall(text(page))})
    assert len(named) > 60
    assert [(page, name) for page, name in named if not any((folder / name).exists() for folder in folders)] == []


def test_the_glossary_is_short() -> None:
    """At most thirty words, each in a line."""
    rows = [line for line in text("docs/glossary.md").splitlines() if line.startswith("| ")][1:]
    words = [line.split("|")[1].strip() for line in rows]
    assert 20 < len(words) <= 30
    assert not [word for word in words if "," in word]

"""What `deploy/` says agrees with the project: files that are copied, settings, commands, addresses, limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from search_app import security, settings
from search_app.cli import cli
from search_app.cli.server import _ALWAYS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def text(name: str) -> str:
    """A file of deploy/."""
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.iterdir()))
def test_settings_and_commands_are_known(name: str) -> None:
    """Every variable that begins with SEEALSO_ is a setting's, and whatever is run is a command."""
    known = {setting.variable for setting in settings.SETTINGS}
    assert set(re.findall(r"SEEALSO_[A-Z_]+", text(name))) <= known
    assert set(re.findall(r"(?:bin/|builder )(?:seealso )?([a-z]+)\b(?! [=:])", text(name))) <= {
        *cli.commands, "python", "pip", "seealso",
    }  # fmt: skip


def test_the_image_copies_what_is_there_and_let_through() -> None:
    """Each source of a COPY exists and is let through by .dockerignore."""
    let = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    assert len(sources) == 9
    assert set(sources) == let
    assert all((ROOT / source).exists() for source in sources)


def test_three_nodes_know_each_other_and_are_all_asked() -> None:
    """Of the composed cluster each node has a name of its own and data of its own, is sought by the others, and stands
    in the address of the index.
    """
    told = yaml.safe_load(text("cluster.compose.yaml"))
    nodes = {name: own for name, own in told["services"].items() if "opensearch:" in own["image"]}
    address = told["services"]["one"]["environment"]["SEEALSO_INDEX"]
    assert sorted(nodes) == ["os1", "os2", "os3"] == re.findall(r"(os\d):9200", address)
    for name, node in nodes.items():
        own = node["environment"]
        assert own["node.name"] == name
        assert own["discovery.seed_hosts"] == own["cluster.initial_cluster_manager_nodes"] == "os1,os2,os3"
        assert f"{name}:/usr/share/opensearch/data" in node["volumes"]
    named = {volume.partition(":")[0] for own in told["services"].values() for volume in own["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(told["volumes"])


def test_the_proxy_takes_no_larger_body_than_a_server() -> None:
    """What it lets through is not refused behind it, and the other way round."""
    assert f"client_max_body_size {security.MOST_BODY // 1024}k;" in text("nginx.conf")


def test_the_proxy_hides_what_is_for_the_inside() -> None:
    """Each of the paths that are always answered is either a visitor's or hidden."""
    for path in ("/metrics", "/readyz"):
        assert path in _ALWAYS
        assert f"location = {path} {{ return 404; }}" in text("nginx.conf")

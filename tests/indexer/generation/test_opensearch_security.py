"""A cluster with OpenSearch's own security plugin: the roles that the guide gives suffice, and allow no more."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from indexer import (
    IndexMissing,
    OpenSearchIndex,
    SearchError,
    Settings,
    backups,
    build,
    open_index,
    rollback,
    update,
    verify,
)
from tests.documents import of_few_words, question
from tests.encoder import WordsEncoder
from tests.indexer.generation.nodes import CLASSES, FIRST, JARS, JAVA, fetch, free_ports, make, what_is_missing
from tests.long_run import long_run

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "guides" / "cluster.md"
PLUGIN = JARS / f"security-{FIRST}"
PASSWORD = "Orchard-gate-77-pear"
SETTINGS = Settings(compiled=False, meaning=WordsEncoder())
pytestmark = long_run

if missing := what_is_missing() or ("" if shutil.which("openssl") else "no openssl"):
    if os.environ.get("SEEALSO_CLUSTER") == "required":
        raise RuntimeError(missing)
    pytest.skip(missing, allow_module_level=True)


def certify(folder: Path) -> None:
    """An authority, and the certificate of a node on loopback that it signed."""

    def openssl(*given: str) -> None:
        subprocess.run(["openssl", *given], cwd=folder, check=True, capture_output=True)

    new = ["-newkey", "rsa:2048", "-nodes"]
    openssl(
        "req", "-x509", *new, "-keyout", "authority-key.pem", "-out", "authority.pem", "-days", "1", "-subj", "/CN=ca"
    )
    openssl("req", *new, "-keyout", "node-key.pem", "-out", "node.csr", "-subj", "/CN=node")
    (folder / "more").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    signed = [
        "-CA",
        "authority.pem",
        "-CAkey",
        "authority-key.pem",
        "-CAcreateserial",
        "-extfile",
        "more",
        "-days",
        "1",
    ]
    openssl("x509", "-req", "-in", "node.csr", *signed, "-out", "node.pem")


class Secured:
    """A node that runs with the plugin, and its administrator."""

    def __init__(self, folder: Path, port: int) -> None:
        self.authority = folder / "authority.pem"
        self._port, self._trusted = port, ssl.create_default_context(cafile=self.authority)

    def ask(self, path: str, body: Any = None) -> bytes:
        """What the cluster answers its administrator."""
        address = f"https://127.0.0.1:{self._port}/{path}"
        key = base64.b64encode(b"admin:admin").decode()
        headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(address, data, headers, method="PUT" if data else "GET"), context=self._trusted) as said:
            answer: bytes = said.read()
            return answer

    def add(self, user: str, role: Any) -> OpenSearchIndex:
        """A user of a role, and the index as this one names it."""
        self.ask(f"_plugins/_security/api/roles/{user}", role)
        self.ask(f"_plugins/_security/api/internalusers/{user}", {"password": PASSWORD})
        self.ask(f"_plugins/_security/api/rolesmapping/{user}", {"users": [user]})
        address = f"opensearch+https://127.0.0.1:{self._port}/questions"
        return OpenSearchIndex(address, user, PASSWORD, str(self.authority), replicas=0)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A node with the plugin as it comes, ended by process id."""
    fetch()
    plugin = f"org.opensearch.plugin:opensearch-security:{FIRST}:zip"
    make(PLUGIN, ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={plugin}"], "-DoutputDirectory={}")
    folder = tmp_path_factory.mktemp("secured")
    shutil.unpack_archive(next(PLUGIN.glob("*.zip")), folder / "plugin")
    shutil.copytree(folder / "plugin" / "config", folder / "n0" / "node_1" / "config" / "opensearch-security")
    certify(folder)
    http, transport = free_ports(2)
    classes = f"{CLASSES}:{JARS / FIRST}/*:{folder / 'plugin'}/*"
    given = ["n0", str(folder / "n0"), str(http), str(transport), f"127.0.0.1:{transport}", "n0", str(folder)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([JAVA, "-Xmx512m", "-cp", classes, "Node", *given], stdout=log, stderr=log)
    try:
        node, until = Secured(folder, http), time.monotonic() + 120
        while True:
            try:
                node.ask("_plugins/_security/api/roles/all_access")
                break
            except OSError:
                assert time.monotonic() < until, folder
                time.sleep(0.5)
        yield node
    finally:
        process.kill()
        process.wait()


def roles() -> list[Any]:
    """The roles of the guide: of who builds, and of who only serves."""
    return [
        json.loads(own)
        for own in re.findall(r"^(\{\"cluster_permissions\".*?\})'", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    ]


def test_the_roles_of_the_guide_suffice(secured: Secured, tmp_path: Path) -> None:
    """Who builds may build, update, forget, roll back, verify, back up and restore; who serves may ask everything, and
    write nothing; neither may see another index.
    """
    builder, reader = map(secured.add, ("builder", "reader"), roles())
    documents = [question("a", "Knee pain", "It hurts", "Rest."), *of_few_words(random.Random(1), "b", 30)]
    secured.ask("others-000001-documents", {"aliases": {"others": {}}})
    build(builder, documents[:20], settings=SETTINGS)
    update(builder, documents[20:], settings=SETTINGS)
    rollback(builder)
    update(builder, documents[20:], settings=SETTINGS)
    update(builder, delete=["b003"], purge=True, settings=SETTINGS)
    backups.backup(builder, tmp_path / "kept")
    moved = replace(builder, address=f"{builder.address}-moved")
    backups.restore(tmp_path / "kept", moved)
    assert verify(builder, every=True).ok
    with open_index(reader, settings=SETTINGS) as index, open_index(moved, settings=SETTINGS) as other:
        assert index.search("knee") == other.search("knee")
        for document in index.documents():
            assert index.related(document.id) == other.related(document.id)
            assert index.similar(document.body).cards == other.similar(document.body).cards
        assert index.suggest("knee")
        assert index.duplicates().clusters == other.duplicates().clusters
        assert index.latest() is index
    for forbidden in (
        lambda: update(reader, [question("c", "Hip pain")], settings=SETTINGS),
        lambda: build(reader, documents, settings=SETTINGS),
        lambda: open_index(replace(reader, address=reader.address.replace("questions", "others"))),
    ):
        with pytest.raises(SearchError, match="refuses: 403"):
            forbidden()
    with pytest.raises(IndexMissing):
        open_index(replace(reader, address=f"{reader.address}-none"))

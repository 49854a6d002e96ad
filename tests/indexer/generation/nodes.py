"""A real OpenSearch cluster for tests: its nodes run on loopback, one Java process each, and end with the tests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).parent / "opensearch"
# The jars are fetched once; the version of the runner is that of OpenSearch with a zero. Another one, such as 3.8.0.0
# that needs Java 21, and another Java are given by the environment; the program is compiled against the first.
JARS = Path(__file__).parents[3] / ".seealso" / "opensearch"
FIRST = "2.19.1.0"
RUNNER, JAVA = os.environ.get("SEEALSO_OPENSEARCH", FIRST), os.environ.get("SEEALSO_JAVA", "java")
CLASSES = JARS / f"classes-{hashlib.sha256((HERE / 'Node.java').read_bytes()).hexdigest()[:12]}"
_SECONDS = 120.0
# A node of a test lives for two minutes: compiling its code well would take longer than it saves.
_FRUGAL = "-Xms384m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"


def what_is_missing() -> str:
    """Why no cluster can be started here, and how to change that; nothing where one can."""
    if not shutil.which(JAVA) or not shutil.which("javac"):
        return "no Java: apt-get install openjdk-17-jdk-headless"
    if not (JARS / RUNNER).is_dir() and not shutil.which("mvn"):
        return "no Maven to fetch OpenSearch with: apt-get install maven"
    return ""


def free_ports(count: int) -> list[int]:
    """So many ports of loopback that nobody uses."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Nodes:
    """Nodes that run; `hosts` is the part of an index's address that names them."""

    def __init__(self, folder: Path, nodes: int) -> None:
        ports = free_ports(2 * nodes)
        self.ports, self._transport, self._folder = ports[:nodes], ports[nodes:], folder
        self.hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, node: int) -> None:
        """Start a node; it finds the others."""
        seeds = ",".join(f"127.0.0.1:{port}" for port in self._transport)
        names = ",".join(f"n{n}" for n in range(len(self.ports)))
        own = [
            f"n{node}",
            str(self._folder / f"n{node}"),
            str(self.ports[node]),
            str(self._transport[node]),
            seeds,
            names,
        ]
        with (self._folder / f"n{node}.log").open("ab") as log:
            command = [JAVA, *_FRUGAL, "-cp", f"{CLASSES}:{JARS / RUNNER}/*", "Node", *own]
            self.processes[node] = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self, node: int) -> None:
        """End a node by SIGKILL."""
        self.processes[node].kill()
        self.processes[node].wait()

    def manager(self) -> int:
        """The node that is elected to manage the cluster."""
        address = f"http://127.0.0.1:{self.ports[0]}/_cat/cluster_manager?h=node"
        with urllib.request.urlopen(address, timeout=10) as said:
            return int(said.read().decode().strip().removeprefix("n"))

    def health(self) -> dict[str, object]:
        """What the cluster says of itself; nothing while no node answers."""
        for port in self.ports:
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_cluster/health", timeout=2) as said,
            ):
                found: dict[str, object] = json.load(said)
                return found
        return {}

    def wait(self, nodes: int, status: str = "") -> None:
        """Wait until so many nodes know each other, and say that they are `green`, or whatever is given."""
        until = time.monotonic() + _SECONDS
        while (held := self.health()).get("number_of_nodes") != nodes or status not in ("", held.get("status")):
            if time.monotonic() > until or all(process.poll() is not None for process in self.processes.values()):
                raise TimeoutError(f"no cluster of {nodes} in {_SECONDS:.0f} s: see {self._folder}")
            time.sleep(0.5)


def fetch() -> None:
    """Fetch the jars by Maven and compile the program, once; whole or not at all."""
    for runner in {FIRST, RUNNER}:
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), f"-Dopensearch.runner={runner}"]
        make(JARS / runner, [*command, "dependency:copy-dependencies"], "-DoutputDirectory={}")
    make(CLASSES, ["javac", "-cp", f"{JARS / FIRST}/*", str(HERE / "Node.java")], "-d", "{}")


def make(folder: Path, command: list[str], *into: str) -> None:
    """Make a folder by a command, if it is not there."""
    if folder.is_dir():
        return
    waiting = JARS / f"{folder.name}.{os.getpid()}"
    waiting.mkdir(parents=True)
    subprocess.run([*command, *(word.format(waiting) for word in into)], check=True)
    with suppress(OSError):  # another process was faster
        waiting.rename(folder)


@contextmanager
def running(folder: Path, nodes: int = 1) -> Iterator[Nodes]:
    """A cluster of so many nodes, ended by process id."""
    fetch()
    cluster = Nodes(folder, nodes)
    try:
        for node in range(nodes):
            cluster.start(node)
        cluster.wait(nodes)
        yield cluster
    finally:
        for process in cluster.processes.values():
            process.kill()
            process.wait()

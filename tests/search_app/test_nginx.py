"""The documented site: two processes of `serve` behind nginx with the configuration of deploy/nginx.conf."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import Message
from pathlib import Path

import pytest

import corpus
import indexer
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from tests.documents import question

ROOT = Path(__file__).parents[2]
PAGE = question("zorgon", "What is a zorgon?", "A zorgon stood in my kitchen.")
# What a configuration needs around it; a test writes nowhere but into its own folder.
AROUND = """daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/seealso.conf;
}}
"""
# Its own certificate is not checked.
UNCHECKED = ssl._create_unverified_context()

pytestmark = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")),
    reason="nginx is not installed: apt install nginx-light openssl",
)


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def configured(folder: Path, port: int, processes: list[int]) -> None:
    """The shipped configuration with other ports and paths, and no limit of requests from one address."""
    told = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    changes = {
        "127.0.0.1:8001": f"127.0.0.1:{processes[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{processes[1]}",
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "/etc/ssl/seealso/fullchain.pem": f"{folder}/certificate.pem",
        "/etc/ssl/seealso/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx": str(folder),
        "/var/lib/nginx": str(folder),
        "    listen [::]:443 ssl http2;\n": "",  # not every machine has IPv6
        "    listen [::]:80;\n": "",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "rate=10r/s": "rate=10000r/s",
    }
    for known, changed in changes.items():
        assert known in told
        told = told.replace(known, changed)
    (folder / "seealso.conf").write_text(told, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)


@contextmanager
def process(index: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`serve` on a port, ready."""
    command = [sys.executable, "-m", "search_app", "serve", "--quiet", "--index", str(index), "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield server
        finally:
            server.kill()


def wait_for(address: str) -> None:
    """Return when an address is answered with 200."""
    until = time.monotonic() + 60
    while status(address) != 200:
        assert time.monotonic() < until
        time.sleep(0.05)


def ask(address: str, **headers: str) -> tuple[int, Message, str]:
    """Status, headers and body of an answer; 0 where there is none."""
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60, context=UNCHECKED) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()
    except OSError:
        return 0, Message(), ""


def status(address: str) -> int:
    """The status of an answer."""
    return ask(address)[0]


@pytest.fixture
def site(tmp_path: Path, sample: list[corpus.Document]) -> Iterator[tuple[str, list[int], Path]]:
    """A site: its address, the ports of its two processes, which the test starts, and the folder of its index."""
    indexer.build(tmp_path / "index", [*sample, PAGE])
    port, processes = free_port(), [free_port(), free_port()]
    configured(tmp_path, port, processes)
    arguments = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as nginx:
        try:
            yield f"https://127.0.0.1:{port}", processes, tmp_path / "index"
        finally:
            nginx.terminate()


def test_a_restart_of_one_process_after_the_other_loses_no_request(site: tuple[str, list[int], Path]) -> None:
    """Under load each process is stopped, as an upgrade does, and started again: every answer is a page."""
    address, ports, index = site
    met: Counter[int] = Counter()
    done = threading.Event()

    def visit() -> None:
        while not done.is_set():
            for path in ("/", "/search?q=cement+leak", "/questions/q-0039", "/api/v1/related/q-0001"):
                met[status(address + path)] += 1

    with ExitStack() as running:
        servers = [running.enter_context(process(index, port)) for port in ports]
        wait_for(f"{address}/healthz")
        visitors = [threading.Thread(target=visit) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        try:
            for server, port in zip(servers, ports, strict=True):
                time.sleep(0.5)
                server.terminate()
                assert server.wait(60) == 0
                time.sleep(0.5)
                running.enter_context(process(index, port))
        finally:
            done.set()
            for visitor in visitors:
                visitor.join(60)
    assert set(met) == {200}, met
    assert met[200] > 100


def test_nginx_keeps_pages_and_shows_none_that_was_taken_down(site: tuple[str, list[int], Path]) -> None:
    """A page that was read is asked for with its tag, and is gone with the request after its deletion; what somebody
    searched for is kept nowhere and logged nowhere; each answer has an id of its own.
    """
    address, ports, index = site
    with ExitStack() as running:
        for port in ports:
            running.enter_context(process(index, port))
        wait_for(f"{address}/healthz")
        first, second = (ask(f"{address}/questions/zorgon") for _ in range(2))
        assert first[0] == second[0] == 200
        assert first[2] == second[2]
        assert first[1]["X-Request-ID"] != second[1]["X-Request-ID"]
        assert any(b"zorgon" in path.read_bytes() for path in (index.parent / "seealso").rglob("*") if path.is_file())
        assert ask(f"{address}/questions/zorgon", If_None_Match=first[1]["ETag"])[0] == 304
        indexer.update(index, delete=["zorgon"])
        assert status(f"{address}/questions/zorgon") == 404
        for _ in range(3):
            assert status(f"{address}/search?q=quuxitis") == 200
    kept = [path.read_bytes() for path in (index.parent / "seealso").rglob("*") if path.is_file()]
    logs = [path.read_bytes() for path in index.parent.glob("*.log")]
    assert kept
    assert logs
    assert not any(b"quuxitis" in text for text in [*kept, *logs])


def test_what_is_for_the_inside_is_not_shown(
    site: tuple[str, list[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metrics and readiness are unknown addresses outside. The desk asks for a name and a password, and takes them from
    its own page: its cookie is Secure, nothing of it is kept.
    """
    address, ports, index = site
    monkeypatch.setenv("SEEALSO_DECISIONS", str(index.parent / "decisions.sqlite3"))
    Accounts(Database(index.parent / "decisions.sqlite3")).add("Ruth", "correct horse battery")
    with process(index, ports[0]):
        wait_for(f"{address}/healthz")
        assert [status(address + path) for path in ("/metrics", "/readyz", "/desk/pair")] == [404, 404, 401]
        _, headers, form = ask(f"{address}/desk")
        token = re.search(r'name="token" value="([^"]+)"', form)
        assert token
        fields = {"token": token[1], "name": "Ruth", "password": "correct horse battery"}
        given = {"Origin": address, "Cookie": headers["Set-Cookie"].partition(";")[0]}
        answer = posted(f"{address}/desk/sign-in", fields, given)
        assert (answer.status, answer.headers["Location"]) == (302, "/desk")
        cookies = [cookie for cookie in answer.headers.get_all("Set-Cookie", []) if cookie.startswith("seealso_desk=")]
        assert "Secure" in cookies[0]
        assert ask(f"{address}/desk", Cookie=cookies[0].partition(";")[0])[0] == 200
        assert status(f"{address}/desk") == 401


def posted(address: str, fields: dict[str, str], headers: dict[str, str]) -> http.client.HTTPResponse:
    """The answer to a form, which is not followed."""
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=60, context=UNCHECKED)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", parts.path, urllib.parse.urlencode(fields), {**headers, **kind})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_a_site_without_a_process_says_when_to_come_again(site: tuple[str, list[int], Path]) -> None:
    """503 and Retry-After, and not nginx's own 502."""
    code, headers, told = ask(f"{site[0]}/")
    until = time.monotonic() + 60
    while code == 0 and time.monotonic() < until:  # nginx is just starting
        code, headers, told = ask(f"{site[0]}/")
    assert (code, headers["Retry-After"]) == (503, "5")
    assert re.search("busy", told)


def test_clients_that_dawdle_stop_nobody(site: tuple[str, list[int], Path]) -> None:
    """Hundreds of connections to nginx that say nothing, or begin to: others have their pages."""
    address, ports, index = site
    host = ("127.0.0.1", int(address.rpartition(":")[2]))
    with process(index, ports[0]), ExitStack() as open_ones:
        wait_for(f"{address}/healthz")
        dawdling = [open_ones.enter_context(socket.create_connection(host)) for _ in range(300)]
        for connection in dawdling[::2]:
            connection.send(b"\x16\x03\x01")  # TLS begins
        began = time.monotonic()
        assert status(f"{address}/search?q=cement") == 200
        assert time.monotonic() - began < 5

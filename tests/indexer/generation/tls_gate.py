"""A cluster behind TLS and a password: nginx stands before a node, as a provider's gate does."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.indexer.generation.nodes import free_ports

PASSWORD = "orchard-gate-7"
GATE = """daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; access_log off; client_max_body_size 64m;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
        auth_basic gate; auth_basic_user_file {folder}/users;
        location / {{ proxy_pass http://127.0.0.1:{node}; proxy_set_header Authorization ""; }}
    }}
}}
"""


@contextmanager
def gate(folder: Path, node: int) -> Iterator[int]:
    """The port of a gate before a node: TLS by a certificate of localhost's own, and one user."""
    (port,) = free_ports(1)
    known = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *named, *known]
    subprocess.run(command, check=True, capture_output=True)
    hashed = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True, capture_output=True, text=True).stdout
    (folder / "users").write_text(f"editor:{hashed}")
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(GATE.format(folder=folder, port=port, node=node, user=user))
    with subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]) as process:
        try:
            until = time.monotonic() + 20
            while not (folder / "pid").exists():
                assert time.monotonic() < until
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()

"""The wheel: built, installed into a new environment, it builds the sample and serves a page."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

from tests.long_run import LONG

ROOT = Path(__file__).parents[2]


def test_an_installed_wheel_has_everything(tmp_path: Path) -> None:
    """`pip install` of the wheel gives a `seealso` command with its data: it builds, serves and shows one page. What it
    needs beyond is installed with it in the long run, and lent by this environment in the short one.
    """
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(home), "install", "-q", "--disable-pip-version-check"]
    if LONG:
        base = str(ROOT / "requirements" / "base.txt")
        subprocess.run([*pip, "--no-compile", "--require-hashes", "-r", base], check=True)
    else:
        (packages,) = home.glob("lib/*/site-packages")
        (packages / "checkout.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = str(home / "bin" / "seealso")
    code = "import corpus; print(*corpus.sample())"
    sample = subprocess.run(
        [home / "bin" / "python", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path, env=environment
    ).stdout.split()
    assert all(str(home) in path for path in sample)
    subprocess.run([command, "build", "--quiet", *sample], check=True, cwd=tmp_path, env=environment)
    serve = [command, "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            address = json.loads(server.stdout.readline())["address"]
            with urllib.request.urlopen(f"{address}questions/q-0039", timeout=30) as response:
                assert "See also" in response.read().decode()
            with urllib.request.urlopen(f"{address}static/seealso.css", timeout=30) as response:
                assert response.status == 200
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    told = subprocess.run([command, "test"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "in a checkout" in told.stderr

"""The speed benchmark of a checkout: SeeAlso beside other engines, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

_JOBS = ("keyword", "free", "long", "see-also", "page", "facets", "build", "update", "first")


@click.command(epilog="Example: seealso bench --medquad medquad.zip --sizes 16k,47k --only keyword")
@click.option(
    "--medquad", type=click.Path(exists=True), help="MedQuAD's folder or zip archive; without it: the sample."
)
@click.option("--sizes", metavar="SIZES", help="Numbers of documents: 16k,47k,200k,1m.  [default: 16k; sample: 1k]")
@click.option("--only", multiple=True, type=click.Choice(_JOBS), help="This job alone; may be given again.")
@click.option("--peers", metavar="NAMES", help="Engines that take part, with commas between.  [default: all]")
def bench(medquad: str | None, sizes: str | None, only: tuple[str, ...], peers: str | None) -> None:
    """Measure the speed of a checkout beside other engines.

    Small by default: documents recombined from the sample, to try it out. Figures that mean something need --medquad;
    these are kept in benchmarks/speed/results.
    """
    root = Path(__file__).resolve().parents[2]
    program = root / "benchmarks" / "speed" / "run.py"
    if not program.is_file():
        click.echo("seealso: this is an installed package; measure in a checkout: ./seealso bench", err=True)
        sys.exit(2)
    given = {"--medquad": medquad, "--sizes": sizes, "--peers": peers}
    arguments = [part for option, value in given.items() if value for part in (option, value)]
    arguments += [part for job in only for part in ("--only", job)]
    sys.exit(subprocess.run([sys.executable, str(program), *arguments], check=False).returncode)

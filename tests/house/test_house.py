"""What holds for the house as a whole: faces, silence, sizes, one Whoosh, the launcher under old Pythons."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import corpus
import indexer
import search_app
from indexer import backups, decisions, duplicates, evaluation

ROOT = Path(__file__).parents[2]
ROOMS = ("corpus", "indexer", "search_app")
MOST_LINES = 300
# What the three rooms hold; 12,000 are wanted. It falls, or the commit that lifts it says for what: the analysis of
# places (numbers, signs, compounds, scripts) and what surrounds it took 970 lines, 28 to ask with it as fast as before
# and to mark doses whole, 217 for names with a blank within, shared letters, lists of a kind, what differs by spelling
# alone and whole compounds in snippets; 326 what an operator meets: generations that are let go, pages that are gone at
# once, rollback, purge, forget, records that are cut, what the system lacks; 300 a server that stops without losing a
# request, refuses what is too much, keeps to a budget, and compiles beside its requests;
# 380 metrics, request ids, backups, and what was found by attacking all this; 520 to apply what editors decide;
# 2,997 the desk: 1,190 for decisions, accounts and what stands by them, 1,190 for pages and API, 320 for commands, the
# rest for labels, reports and their charts, and clusters that are filtered, sorted and formed by what is settled;
# 1,033 to read what sites have: fields within fields, XML, answers that are records of their own, pages, archives;
# 128 to show a panel on another site, and to find a page by its address;
# 500 to look at sources before a build, 125 to ask a database,
# 560 for the API: what it describes, checks, limits, suggests and lists, 160 for webhooks;
# 120 for pages in other words and languages; 240 for what search engines, feed readers and
# browsers read, 70 for the index of topics, 75 for the page on which one asks, 40 for files that browsers keep;
# 15 for what mutated files showed, 240 for what a WordPress export and forums hold that is no text
# or nobody's name, and for what was found by attacking all this; 105 for the part of a page that is its text;
# 130 for teasers, related questions and plugins that describe one page twice, for HTML of word processors
# and in what is pushed, and for what a forum's staff sees and its visitors do not;
# 100 to build in less memory; 40 to know keys from names, and what a plugin sends of what is gone;
# 350 to put changed and new documents into the lists that they touch, each judged for all of these at once,
# 540 for updates, moves and backups of an index on a cluster, and for what harms them,
# 330 to keep how close neighbours are and where words stand, 270 so that a panel on a cluster is one request,
# 130 to build in parts what does not fit into memory, 130 for what is suggested while somebody types,
# 1,270 to find what says the same in other words, by a sentence encoder,
# 330 so that a build's memory hardly grows with its documents, 15 to take an address for an id,
# 275 to count what visitors did not find,
# 150 for topics, suggestions by other names, and commands without Flask; 65 for what editors met at the desk, and what
# visitors in danger, of old answers and without a form of the site meet, 2 that words of everyday are no misspellings,
# 17 that who tells of the past in one sentence may be in danger in the next,
# 30 for what editors met at the desk once more, 22 that what was rolled back goes first, a source that gave nothing
# is named, and results of one title stand together, 47 that odd columns are told,
# 17 that a word that names something begins no other, 21 that a dose counts for little beside its drug,
# 55 that sections of one page are not merged in bulk, and that what decides is marked and what only differs is not,
# 127 that the page on the very thing stands first, that a half typed word is what mostly follows, and that amounts
# and signs that one has not count for little,
# 67 that an editor settles in the queue what needs no reading one by one, and is told what a verdict replaces,
# 22 that the story around a draft counts for little, 6 that psoriosis is psoriasis, 69 that the panel of a text says
# help first, and that none is needed for what a text denies,
# 215 that a cluster finds and judges by meaning as a folder does, 106 that it sends, counts and cleans up as it should,
# 37 for edges that were wrong: packed records, a last page, a comment's HTML, a deletion before the first build,
# 380 to take what a site pushes, 190 to end soon on what is made to last and to name no asker,
# 136 that words in common are kept with a page, 8 that most titles need no analysis to be left where they are,
# 15 that whom one asks for counts little, 14 that pages which all ask the same leave room for others,
# 9 that sought words are looked up by their terms, 41 that an update works out of its lists what is new alone,
# 71 that cards are looked through on all cores, too, 3 that a search on a cluster fetches whole what it shows alone,
# 4 that what one does not feel counts little, 8 that documents that have one of several words are joined as masks,
# 11 that what stands beside the matter is hardly marked, 14 that a damaged index is taken for no empty one,
# 1 that a visitor is not told to mend it, 41 that reading says what is wrong of JSON as JSON, that a file is empty or
# breaks off, and which mapping is meant for which file, 14 that a misspelt variable is told,
# 14 that what is no server's address, no folder and no judged document is called so.
MOST_OF_ALL = 30_348
MOST_NAMES = 30
MOST_FUNCTION = 40
# Compiled loops are cut where the compiler joins the parts again; where it does not, a call in the innermost loop costs
# more than the loop itself, so that one function is one pass over the data.
MOST_KERNEL, KERNELS = 110, ROOT / "indexer" / "ranking" / "kernels"

FACES = {
    corpus: "Answer Article Asker Comment CorpusError Document Judged Link Noticed Question Rejected "
    "Topic check Check formats from_json judged kind_of propose read same_address sample to_json without_markup write",
    indexer: "Band BuildInProgress BuildReport Card OpenSearchIndex DocumentNotFound Filter Hit Index IndexDamaged "
    "IndexIncompatible IndexMissing Info Mark Notice Panel Progress RequestRefused Results SearchError Settings Sort "
    "Suggestion WouldShrink build open_index read_notices rollback update verify",
    evaluation: "Agreement BandQuality Comparison Difference Estimate Evaluation JudgedScore PairQuality Share "
    "agreement by_band by_score compare evaluate evaluate_pairs measured read_run write_run",
    backups: "backup restore",
    decisions: "Decided Decisions Lapsed Verdict",
    duplicates: "Cluster ClusterRequest ClusterSort Clusters",
    search_app: "create_app",
}
_MORE = {evaluation.__name__, backups.__name__, decisions.__name__, duplicates.__name__}


def modules() -> list[Path]:
    """Every module of the three rooms."""
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("room", FACES, ids=lambda room: room.__name__)
def test_public_faces_are_these(room: object) -> None:
    """Each room's face is what is written here; whoever changes it changes this line and the reference."""
    assert sorted(room.__all__) == sorted(FACES[room].split())  # type: ignore[attr-defined, index]
    assert all(hasattr(room, name) for name in room.__all__)  # type: ignore[attr-defined]


def test_rooms_know_each_others_faces_alone() -> None:
    """search_app imports no submodule of corpus or indexer but the other faces of this; indexer none of corpus."""
    forbidden = {"search_app": ("corpus.", "indexer."), "indexer": ("corpus.",), "corpus": ()}
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            room = path.relative_to(ROOT).parts[0]
            found += [f"{path}: {name}" for name in names if name.startswith(forbidden[room]) and name not in _MORE]
    assert found == []


def test_importing_does_nothing(tmp_path: Path) -> None:
    """Importing the rooms prints, warns, writes, connects and starts nothing."""
    code = (
        "import sys, threading, logging\n"
        "events = []\n"
        "def hook(name, args):\n"
        "    written = name == 'open' and str(args[1] or 'r').strip('rbt')\n"
        "    if written or name.startswith('socket.'): events.append((name, args))\n"
        "sys.dont_write_bytecode = True\n"
        "sys.addaudithook(hook)\n"
        "import corpus, indexer, search_app\n"
        "assert not events, events\n"
        "assert threading.active_count() == 1\n"
        "assert not logging.getLogger().handlers\n"
        "assert logging.getLogger('seealso').level == logging.NOTSET\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_loaded_before_it_is_needed(tmp_path: Path) -> None:
    """Importing the rooms loads neither the extra `fast` nor the readers of other formats; opening an index without
    `Settings.compiled`, and asking it, loads no part of the extra.
    """
    code = (
        "import sys\n"
        "import corpus, indexer\n"
        "assert 'sqlite3' not in sys.modules\n"
        "import search_app\n"
        "def loaded(*names): return sorted({name.partition('.')[0] for name in sys.modules} & set(names))\n"
        "fast = 'numba', 'llvmlite', 'isal'\n"
        "assert not loaded('waitress', *fast), loaded('waitress', *fast)\n"
        "assert not {'corpus.formats.records', 'xml.etree'} & set(sys.modules)\n"
        "indexer.build('index', corpus.read(*corpus.sample()))\n"
        "with indexer.open_index('index') as index:\n"
        "    assert index.search('cement leakage').hits and index.related('q-0039').cards\n"
        "assert not loaded(*fast), loaded(*fast)\n"
        "indexer.update('index', delete=['q-0039'])\n"
        "assert not loaded(*fast), loaded(*fast)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_face_has_at_most_thirty_names() -> None:
    """What a newcomer must read to use indexer fits on one page."""
    assert len(indexer.__all__) <= MOST_NAMES


def test_the_house_stays_small() -> None:
    """The three rooms together, in lines of Python."""
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules()) <= MOST_OF_ALL


def test_no_two_modules_share_a_name() -> None:
    """Within a room a module's name means one thing: there is no second `tables`."""
    paths = [path for path in modules() if not path.stem.startswith("__")]
    names = Counter(f"{path.relative_to(ROOT).parts[0]}/{path.stem}" for path in paths)
    assert [name for name, count in names.items() if count > 1] == []


def test_modules_and_functions_stay_small() -> None:
    """No module over 300 lines, no function over 40 without its docstring, of the compiled loops none over 110."""
    large = [str(path) for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES]
    for path in modules():
        most = MOST_KERNEL if path.parent == KERNELS else MOST_FUNCTION
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                length = (node.end_lineno or 0) - first.lineno + 1
                large += [f"{path}:{node.lineno} {node.name}: {length}"] if length > most else []
    assert large == []


def test_the_libraries_read_no_environment() -> None:
    """corpus and indexer do as they are told by their arguments; that they print nothing is ruff's T20."""
    for path in modules():
        if path.relative_to(ROOT).parts[0] != "search_app":
            text = path.read_text(encoding="utf-8")
            assert "os.environ" not in text, path
            assert "getenv" not in text, path


def test_one_distribution_owns_whoosh() -> None:
    """Two distributions in one `whoosh/` folder would be a mixture that nobody tested."""
    owners = importlib.metadata.packages_distributions().get("whoosh", [])
    assert sorted(set(owners)) == ["Whoosh"]


def test_the_launcher_parses_under_python_3_6() -> None:
    """An old Python can read the launcher, and so be told what it lacks."""
    ast.parse((ROOT / "seealso").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("name", ["python3.6", "python3.8", "python3.10"])
def test_an_old_python_is_told_what_to_do(name: str, tmp_path: Path) -> None:
    """Run by an old Python that finds no newer one, the launcher says one sentence and exits with 2."""
    installed = Path.home().glob(f".pyenv/versions/{name[6:]}.*/bin/{name}")
    found = next((str(path) for path in installed), None) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed; install it to see what the launcher tells it")
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [found, str(ROOT / "seealso"), "demo"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_python_without_venv_is_told_what_to_do(tmp_path: Path) -> None:
    """Where ensurepip is missing, as in Debian without python3-venv, the launcher says what to install."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("")
    shutil.copy(ROOT / "seealso", tmp_path / "seealso")
    (tmp_path / "ensurepip.py").write_text("raise ImportError('none', name='ensurepip')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, str(tmp_path / "seealso"), "demo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "python3-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_locks_are_hashed_and_name_no_host() -> None:
    """Every requirement is pinned with hashes, and no lock file names a host."""
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = [line for line in text.splitlines() if line[:1].isalnum()]
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)

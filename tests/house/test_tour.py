"""The tour in ARCHITECTURE.md is walked: each step is a function that is there, and they are called in this order."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import corpus
import indexer
from search_app import create_app
from search_app.decisions.accounts import Accounts
from search_app.decisions.database import Database
from tests.documents import question
from tests.encoder import WordsEncoder

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
_STEP = re.compile(r"^\d+\. `([\w/]+\.py)` `([\w.]+)`", re.MULTILINE)
_WALKS = re.split(r"^## (?:Walk \d: )?(.*)$", TOUR, flags=re.MULTILINE)
WALKS = {title: _STEP.findall(text) for title, text in zip(_WALKS[1::2], _WALKS[2::2], strict=True)}
LINE = '{"kind": "question", "id": "q", "title": "Can bone cement leak?", "body": "After kyphoplasty it did."}\n'


def line_to_card(folder: Path) -> None:
    (folder / "lines.jsonl").write_text(LINE + LINE.replace('"q"', '"p"').replace("did", "may"), encoding="utf-8")
    indexer.build(folder / "index", corpus.read(folder / "lines.jsonl"))
    with indexer.open_index(folder / "index") as index:
        assert index.related("q").cards


def draft_to_panel(folder: Path) -> None:
    client = create_app({"index": str(folder / "built")}).test_client()
    assert client.post("/api/v1/similar", json={"text": "bone cement leaked"}).json["cards"]  # type: ignore[index]


def update_of_one(folder: Path) -> None:
    indexer.update(folder / "built", [question("b3", "Can bone cement leak away from the spine?")])


def search_to_page(folder: Path) -> None:
    client = create_app({"index": str(folder / "built")}).test_client()
    assert "Can bone cement leak" in client.get("/search?q=bone cement").text


def verdict_to_readers(folder: Path) -> None:
    app = create_app({"index": str(folder / "built"), "decisions": str(folder / "decisions.sqlite3")})
    people = Accounts(Database(folder / "decisions.sqlite3"))
    people.add("Ruth", "correct horse battery")
    session = people.sign_in("Ruth", "correct horse battery", "::1")
    client = app.test_client()
    client.set_cookie("seealso_desk", session.id, path="/desk")
    fields = {"token": session.token, "a": "b0", "b": "b1", "verdict": "duplicate"}
    assert client.post("/desk/pair", data=fields).status_code == 302
    assert client.get("/api/v1/search?q=bone cement").json["total"] == 4  # type: ignore[index]


def draft_in_other_words(folder: Path) -> None:
    own = indexer.Settings(meaning=WordsEncoder())
    indexer.build(
        folder / "meant", [question(f"b{n}", f"Can bone cement leak {n} times?") for n in range(5)], settings=own
    )
    with indexer.open_index(folder / "meant", settings=own) as index:
        assert index.similar("bone cement leaked").cards


TAKEN = {
    "a line of JSONL becomes a card": line_to_card,
    "a draft becomes a panel": draft_to_panel,
    "one document is updated": update_of_one,
    "a search becomes a page": search_to_page,
    "an editor's verdict changes what readers see": verdict_to_readers,
    "a draft finds what says it in other words": draft_in_other_words,
}


def calls_of(walk: Callable[[], None]) -> list[tuple[str, str]]:
    """Every function of the three rooms that is called, by file and qualified name, in order."""
    called: list[tuple[str, str]] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(ROOT)):
            called.append((Path(frame.f_code.co_filename).relative_to(ROOT).as_posix(), frame.f_code.co_qualname))

    sys.setprofile(note)
    try:
        walk()
    finally:
        sys.setprofile(None)
    return called


@pytest.mark.parametrize("title", TAKEN)
def test_the_walk_goes_as_it_is_told(title: str, tmp_path: Path) -> None:
    """Every step is called, and none before the step that stands above it."""
    indexer.build(tmp_path / "built", [question(f"b{n}", f"Can bone cement leak {n} times?") for n in range(5)])
    steps = iter(WALKS[title])
    assert len(WALKS[title]) >= 10
    waiting = next(steps, None)
    for call in calls_of(lambda: TAKEN[title](tmp_path)):
        if call == waiting:
            waiting = next(steps, None)
    assert waiting is None


def test_every_path_of_the_tour_is_there() -> None:
    """No folder or module that the tour names has moved."""
    named = re.findall(r"`((?:corpus|indexer|search_app|tests)/[\w/.]*)`", TOUR)
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []

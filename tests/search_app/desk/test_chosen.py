"""Clusters that are settled in the queue, without opening each."""

from __future__ import annotations

import re

import pytest

import corpus
from tests.documents import question
from tests.search_app.desk.conftest import NERVE, Desk, Made
from tests.search_app.desk.test_queue import rows

# Two clusters of which the words of grammar alone differ.
ALIKE: list[corpus.Document] = [
    *(question(f"n{n}", f"What helps {nerve}?") for n, nerve in enumerate(("a trapped nerve", "trapped nerves"))),
    *(
        question(f"s{n}", f"What are the signs of {stone} ?")
        for n, stone in enumerate(("a kidney stone", "kidney stones"))
    ),
    question("f1", "Flat feet in a child of four"),
]


@pytest.fixture
def alike(made: Made) -> Desk:
    """The desk over ALIKE."""
    return made(ALIKE)


def shown(desk: Desk, address: str = "/desk") -> str:
    """What tells the page of the queue that is shown."""
    digest = re.search(r'name="digest" value="(\w+)"', desk.get(address))
    assert digest
    return digest[1]


def test_what_is_chosen_is_one_action_with_one_undo(alike: Desk) -> None:
    """Each other question of the chosen clusters points to the one to keep; the undo leads back to the queue."""
    html = alike.get("/desk?sort=surest")
    assert html.count('name="take"') == len(rows(html)) == 2
    assert 'name="sort" value="surest"' in html
    done = alike.post("/desk/settle", sort="surest", digest=shown(alike, "/desk?sort=surest"), take=["0", "1"], why="s")
    told = alike.get(done.headers["Location"])
    assert done.headers["Location"].startswith("/desk?sort=surest&told=")
    assert "and 1 more of one action" in told
    assert {(event.action, event.note, event.band) for event in alike.history} == {("duplicate", "s", "very-likely")}
    assert {event.batch or event.id for event in alike.history} == {1}
    back = re.search(r'name="back" value="([^"]+)"', told)
    assert back
    undone = alike.post("/desk/undo", event=1, back=back[1].replace("&amp;", "&"))
    assert undone.headers["Location"].startswith("/desk?sort=surest&told=")
    assert len(rows(alike.get("/desk"))) == 2


def test_only_what_is_chosen_is_settled(alike: Desk) -> None:
    """The other cluster stays in the queue; where none is chosen, nothing is done and the queue says so."""
    for take in ({}, {"take": "9"}, {"take": "x"}):
        empty = alike.post("/desk/settle", digest=shown(alike), **take)
        assert "No cluster is chosen" in alike.get(empty.headers["Location"])
    assert not len(alike.history)
    alike.post("/desk/settle", digest=shown(alike), take="1")
    assert len(alike.history) == 1
    assert len(rows(alike.get("/desk"))) == 1


def test_what_another_did_meanwhile_is_not_settled_over(alike: Desk) -> None:
    """A verdict, or one that was undone again, makes another queue of it: the form of before is refused."""
    before = shown(alike)
    alike.decide("different", "n0", "n1")
    assert alike.post("/desk/settle", digest=before, take="0").status_code == 400
    alike.post("/desk/undo", event=1)
    assert alike.post("/desk/settle", digest=before, take="0").status_code == 400
    assert "look at the queue again" in alike.post("/desk/settle", digest="", take="0").text
    assert len(alike.history) == 2


def test_what_must_be_read_is_not_offered(made: Made) -> None:
    """What differs in something that decides or is the same word for word is none; with hidden scores none is."""
    desk = made([*ALIKE[:2], question("n2", "What helps a trapped nerve?"), NERVE[3]])
    offered = [row for row in rows(desk.get("/desk?band=all")) if 'name="take"' in row]
    assert [re.findall(r"a=n\d&amp;b=n\d", row) for row in offered] == [["a=n0&amp;b=n1"]]
    places = list(range(len(rows(desk.get("/desk?band=all")))))
    desk.post("/desk/settle", band="all", digest=shown(desk, "/desk?band=all"), take=places)
    assert [(event.a, event.b) for event in desk.history] == [("n1", "n0")]
    assert 'name="take"' not in desk.get("/desk?blind=1")

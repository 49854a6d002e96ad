"""Deciding: the page of a pair, verdicts, what follows on the next request, undo, bulk, pins."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import corpus
import indexer
from tests.documents import question
from tests.search_app.conftest import renew
from tests.search_app.desk.conftest import EDITORS, NERVE, Desk, Made
from tests.search_app.desk.test_queue import rows

PAIR = "/desk/pair?a=q-0037&b=q-0041"


def titles(html: str) -> list[str]:
    """The titles of the hits or cards of a page."""
    return re.findall(r"<h3[^>]*>(?:<span[^>]*>Article</span>)?<a href=\"[^\"]+\">([^<]+)</a>", html)


def test_side_by_side_marks_what_decides(made: Made, sample: list[corpus.Document]) -> None:
    """The deciding words stand in the table and in both texts, with their kind; what is shared is marked otherwise."""
    desk = made(sample)
    html = desk.get(PAIR)
    table = html.partition('<table class="decide">')[2].partition("</table>")[0]
    side = table.partition(">Side</th>")[2].partition("</tr>")[0]
    assert re.findall(r'<mark class="decides">(left|right)\b[^<]*</mark>', side) == ["left", "right"]
    marked = re.findall(r'<mark class="decides">(left|right)\b[^<]* <small>side</small></mark>', html)
    assert list(dict.fromkeys(marked)) == ["left", "right"]
    assert '<mark class="shared">stick</mark>' in html
    assert re.search(r"Score <strong[^>]*>0\.\d\d</strong>: two questions, as far", html)
    a, b = html.split('<article class="qa"')[1:]
    for part, id_, asker, doctor in (
        (a, "q-0037", "Man, 60 to 69", "Dr. Ebba Lindqvist-Roy"),
        (b, "q-0041", "Woman, 60 to 69", "Dr. Saskia Moerland"),
    ):
        assert f'<a href="/questions/{id_}">Question {id_}</a>' in part
        assert asker in part
        assert doctor in part
        assert "words of answer" in part
    assert "Nearest articles" in desk.get("/desk/pair?a=q-0011&b=q-0063")


def test_the_score_can_be_hidden(desk: Desk) -> None:
    """Hidden it stays so from pair to pair and in the queue; it can be shown again."""
    html = desk.get("/desk/pair?a=n0&b=n1&blind=1")
    assert "Score <strong" not in html
    assert "Show the score" in html
    assert "blind=1" in desk.decide("later", "n0", "n1", blind="1").headers["Location"]
    assert '<svg class="gauge" viewBox="0 0 100 4"' not in desk.get("/desk?blind=1")


def test_a_side_that_says_nothing_is_not_said(made: Made) -> None:
    """Where one question has no word of a kind the table says so; where none decides there is no table."""
    desk = made([question("a", "Can I bear weight?"), question("b", "Why can I not bear weight?")])
    html = desk.get("/desk/pair?a=a&b=b")
    assert "<caption>Two kinds of words differ</caption>" in html
    assert re.search(r'>Asked</th><td><span class="meta">no such word</span></td>', html)
    assert html.count("No doctor has replied to this question yet.") == 2


def test_what_decides_is_marked_where_it_stands(made: Made) -> None:
    """The words of the table, in titles too; what only differs, such as a number, is not."""
    desk = made(
        [
            question("a", "Is gout painful?", "I am ill for 6 days."),
            question("b", "Is gout inherited?", "Since 15 years."),
        ]
    )
    html = desk.get("/desk/pair?a=a&b=b")
    assert re.search(r'<mark class="decides">inherited <small>', html)
    assert not re.search(r'<mark class="decides">(6|15) <small>', html)


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "a is missing"),
        ("a=q-0037", 400, "b is missing"),
        ("a=+&b=q-0037", 400, "a is missing"),
        ("a=q-0037&b=q-0037", 400, "a and b are one question"),
        ("a=q-0037&b=a-0007", 400, "b is an article"),
        ("a=q-0037&b=none", 404, "No such document"),
        ("a=%00&b=q-0037", 404, "No such document"),
    ],
)
def test_what_is_no_pair_is_refused(
    query: str, status: int, said: str, made: Made, sample: list[corpus.Document]
) -> None:
    """A missing id, one id twice and an article are refused; an unknown id is not found."""
    assert said in made(sample).get(f"/desk/pair?{query}", status)


def test_a_duplicate_shows_everywhere_at_once(desk: Desk) -> None:
    """On the next request: its page is a signpost with its own answer below; search, panels and API show one card."""
    client = desk.client
    tags = [client.get(address).headers["ETag"] for address in ("/search?q=nerve", "/questions/n3", "/questions/n1")]
    before = client.get("/api/v1/search?q=trapped+nerve").json
    assert desk.decide("duplicate", "n0", "n1", why="Only the plural differs").status_code == 302

    signpost = client.get("/questions/n1")
    assert signpost.status_code == 200
    assert '<link rel="canonical" href="http://localhost/questions/n0">' in signpost.text
    assert "This question was answered here" in signpost.text
    assert "Warmth." in signpost.text
    assert "Asked in other words" in client.get("/questions/n0").text

    found = client.get("/api/v1/search?q=trapped+nerve").json
    assert before is not None
    assert found is not None
    assert found["total"] == before["total"] - 1
    assert [hit["others"] for hit in found["hits"] if hit["id"] == "n0"] == [1]
    assert "n1" not in {hit["id"] for hit in found["hits"]}
    assert "one other question asks the same" in client.get("/search?q=trapped+nerve").text
    assert client.get("/api/v1/related/n1").json["canonical"] == "n0"  # type: ignore[index]
    panel = client.get("/api/v1/related/n3").json
    assert panel is not None
    assert [card["others"] for card in panel["cards"] if card["id"] == "n0"] == [1]
    assert "n1" not in {card["id"] for card in panel["cards"]}

    for address, tag in zip(("/search?q=nerve", "/questions/n3", "/questions/n1"), tags, strict=True):
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_undo_is_seen_at_once_too(desk: Desk) -> None:
    """After it all answers are what they were before, and the pair is asked about again."""
    client = desk.client
    addresses = ("/api/v1/search?q=nerve", "/api/v1/related/n1", "/api/v1/related/n3", "/questions/n1", "/questions/n0")
    before = [client.get(address).text for address in addresses]
    place = desk.decide("duplicate", "n0", "n1").headers["Location"]
    assert "points to" in desk.get(place)
    told = re.search(r'name="event" value="(\d+)"', desk.get(place))
    assert told
    back = desk.post("/desk/undo", event=told[1])
    assert back.headers["Location"].startswith("/desk/pair?a=n0&b=n1")
    assert re.search(r"Undone: .* points to .*What stood before stands again", desk.get(back.headers["Location"]))
    again = re.search(r'name="event" value="(\d+)"', desk.get(back.headers["Location"]))
    assert again
    redone = desk.post("/desk/undo", event=again[1]).headers["Location"]
    assert re.search(r"Done again: .* points to ", desk.get(redone))
    for page in ("/desk/records", "/desk/pair?a=n0&b=n1"):  # what would be taken back now is called so
        assert (">Undo<" in desk.get(page), ">Redo<" in desk.get(page)) == (True, False), page
    desk.post("/desk/undo", event=3)
    assert [client.get(address).text for address in addresses] == before
    assert "n1" in desk.get("/desk")


def test_a_duplicate_of_a_duplicate_leads_to_the_one_that_is_kept(desk: Desk) -> None:
    """Whoever comes to its page is sent to the end of the chain, is told when that was answered, and is not told that
    nobody replied; from a settled pair one goes on to what is open.
    """
    desk.decide("duplicate", "n1", "n2")
    assert 'rel="next"' in desk.get("/desk/pair?a=n1&b=n2")
    desk.decide("duplicate", "n0", "n1")
    sign = desk.get("/questions/n2").partition('id="here"')[2].partition("</section>")[0]
    assert ('href="/questions/n0"' in sign, 'href="/questions/n1"' in sign) == (True, False)
    assert "What was asked on this page stays readable below" in sign
    assert "No doctor has replied" not in desk.get("/questions/n2")
    assert desk.post("/desk/cards", action="pin", page="n0", card="n2").status_code == 409


def test_the_other_one_may_be_kept(desk: Desk) -> None:
    """By the choice beside the text; or both point to a third that is named by its address."""
    desk.decide("duplicate", "n0", "n1", keep="n1")
    assert '<link rel="canonical" href="http://localhost/questions/n1">' in desk.get("/questions/n0")
    desk.decide("duplicate", "n0", "n2", target="http://localhost/questions/n3")
    assert '<link rel="canonical" href="http://localhost/questions/n3">' in desk.get("/questions/n2")
    assert desk.decide("duplicate", "n0", "n2", keep="f1").status_code == 400
    assert desk.decide("duplicate", "n0", "n2", target="none").status_code == 404


def test_a_duplicate_may_name_several(desk: Desk) -> None:
    """Its page points to each; the first is canonical, and where its group is."""
    desk.decide("duplicate", "n0", "n2")
    desk.decide("duplicate", "n3", "n2")
    html = desk.get("/questions/n2")
    assert html.count('class="sign"') == 2
    assert html.count('rel="canonical"') == 1
    assert '<link rel="canonical" href="http://localhost/questions/n0">' in html


def test_a_circle_is_refused(desk: Desk) -> None:
    """With what leads there, as a page; nothing is kept of it."""
    desk.decide("duplicate", "n0", "n1")
    desk.decide("duplicate", "n2", "n0")
    answer = desk.decide("duplicate", "n1", "n2")
    assert answer.status_code == 409
    assert "already, by one step or more" in answer.text
    assert len(desk.history) == 2


def test_related_questions_come_first(desk: Desk) -> None:
    """In each other's panels, though they share no word."""
    desk.decide("related", "n0", "f1")
    assert titles(desk.get("/questions/f1"))[0] == "What helps a trapped nerve?"
    assert titles(desk.get("/questions/n0"))[0] == "Flat feet in a child of four"
    assert "or by an editor" in desk.get("/questions/n0")


def test_what_is_no_duplicate_never_returns_unless_its_text_changes(desk: Desk, tmp_path: Path) -> None:
    """After a rebuild it is not asked again; after a change of a text it is, and says that it was settled before."""
    desk.decide("different", "n0", "n1")
    desk.decide("different", "n0", "n2")
    assert "n1" not in "".join(row for row in rows(desk.get("/desk")) if "a=n0" in row)
    indexer.build(tmp_path / "index", [*reversed(NERVE), question("more", "Gout at night, what to eat?")])
    renew(desk.app)
    assert "a=n0&amp;b=n1" not in desk.get("/desk")
    changed = [replace(d, title="What helps trapped nerves best?") if d.id == "n1" else d for d in NERVE]
    indexer.build(tmp_path / "index", changed)
    renew(desk.app)
    assert len(rows(desk.get("/desk?state=lapsed"))) == 1
    assert len(rows(desk.get("/desk?state=dismissed"))) == 2


def test_the_second_of_two_editors_is_told(desk: Desk) -> None:
    """Who decides on a page that is old learns who was faster, and changes nothing; then decides again."""
    second = Desk(desk.app, "Tomas")
    html = second.get("/desk/pair?a=n0&b=n1")
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen
    desk.decide("related", "n0", "n1", why="Mine")
    answer = second.decide("duplicate", "n0", "n1", seen=seen[1])
    assert answer.status_code == 409
    assert "Nothing was changed." in answer.text
    assert "Ruth decided this" in answer.text
    assert "Mine" in answer.text
    assert len(desk.history) == 1
    assert second.decide("duplicate", "n0", "n1").status_code == 302


def test_history_is_of_a_pair_and_of_an_editor(desk: Desk) -> None:
    """Who, when, what, why and what was undone; each with an undo, of others' too, unless something newer holds."""
    desk.decide("related", "n0", "n1", why="First thought")
    other = Desk(desk.app, "Tomas")
    other.decide("different", "n0", "n1", why="Second thought")
    html = desk.get("/desk/pair?a=n0&b=n1")
    for said in ("First thought", "Second thought", "Ruth", "Tomas", "decided anew since"):
        assert said in html
    assert len(rows(desk.get("/desk/records?editor=Tomas"))) == 1
    assert len(rows(desk.get("/desk/records?id=n1"))) == 2
    assert "Tomas decided anew" in desk.get("/desk/records")
    refused = desk.post("/desk/undo", event=1)
    assert refused.status_code == 409
    assert "Tomas decided anew" in refused.text
    back = desk.post("/desk/undo", event=2, back="/desk/records?editor=Tomas").headers["Location"]
    assert back.startswith("/desk/records?editor=Tomas&told=")
    assert desk.post("/desk/undo", event=3, back="https://elsewhere.example/").headers["Location"] == "/desk"
    assert desk.post("/desk/undo", event=99).status_code == 400
    assert "undone" in desk.get("/desk/records")


def test_what_a_verdict_takes_the_place_of_is_told(desk: Desk) -> None:
    """Who puts off what was settled reads that the verdict of before holds no more; the first one replaces none."""
    first = desk.decide("duplicate", "n0", "n1").headers["Location"]
    assert "takes the place" not in desk.get(first)
    second = desk.decide("later", "n0", "n1").headers["Location"]
    assert "It takes the place of “Duplicate: A points to B”" in desk.get(second)


def test_the_next_pair_follows(desk: Desk) -> None:
    """A verdict leads to what follows in the queue as it is filtered, and at its end to the queue."""
    place, seen = desk.decide("later", "n0", "n1", sort="surest").headers["Location"], set()
    while place.startswith("/desk/pair"):
        assert "sort=surest" in place
        assert place not in seen
        seen.add(place)
        a, b = re.findall(r"\b[ab]=(\w+)", place)
        place = desk.decide("different", a, b, sort="surest").headers["Location"]
    assert place.startswith("/desk?sort=surest&told=")
    assert "Nothing needs reading one by one" in desk.get("/desk") or "All is settled" in desk.get("/desk")


def test_bulk_merges_exactly_what_the_preview_showed(desk: Desk) -> None:
    """The preview names every change; merged, they are one action with one undo; what changed meanwhile is refused."""
    html = desk.get("/desk/same?site=ours")
    (row,) = rows(html)
    assert "n4" in row
    assert "n0" in row
    digest = re.search(r'name="digest" value="(\w+)"', html)
    assert digest
    assert "no reply" in row
    desk.decide("unsure", "n0", "n4")
    assert desk.post("/desk/same", site="ours", digest=digest[1], take="0").status_code == 400
    assert "No two questions of this index that are not settled yet" in desk.get("/desk/same?site=ours")
    desk.post("/desk/undo", event=1)
    for take in ({}, {"take": "7"}):
        told = desk.post("/desk/same", site="ours", digest=digest[1], **take)
        assert "No question is chosen" in desk.get(told.headers["Location"])
    assert len(desk.history) == 2
    assert desk.post("/desk/same", site="ours", digest=digest[1], take="0").status_code == 302
    desk.post("/desk/undo", event=3)
    assert len(rows(desk.get("/desk/same?site=ours"))) == 1


def test_bulk_leaves_out_what_is_to_be_read(made: Made) -> None:
    """Titles that say nothing by themselves, another wording that follows from a verdict, what an editor left out."""
    named = [question(f"g{n}", "Is gout inherited?", site="s") for n in range(3)]
    hollow = [question(f"h{n}", "What is (are) ?", site="s") for n in range(2)]
    plural = [question(f"p{n}", "Are gouts inherited?", site="s") for n in range(2)]
    desk = made([*named, *hollow, *plural, question("z", "Knee pain on the stairs")])
    html = desk.get("/desk/same?site=s")
    assert "What is (are)" not in html
    desk.decide("duplicate", "g0", "p0")
    assert not [row for row in rows(desk.get("/desk/same?site=s")) if "p1" in row and "g0" in row]
    html = desk.get("/desk/same?site=s")
    digest = re.search(r'name="digest" value="(\w+)"', html)
    assert digest
    desk.post("/desk/same", site="s", digest=digest[1], take="0")
    assert len(desk.history) == 2


def test_bulk_chooses_what_has_no_other_reply(made: Made) -> None:
    """Two questions of one wording may have been answered otherwise: to merge these an editor chooses them, or all."""
    replies = {"q0": "Rest.", "q1": "Rest.", "q2": "Warmth.", "q3": ""}
    desk = made([question(id_, "Is gout inherited?", "", reply, site="s") for id_, reply in replies.items()])
    for chosen, merged in (("", {"q1", "q3"}), ("&chosen=all", {"q1", "q2", "q3"}), ("&chosen=none", set[str]())):
        html = desk.get(f"/desk/same?site=s{chosen}")
        assert set(re.findall(r'aria-label="Merge (q\d)" checked', html)) == merged


def test_bulk_leaves_sections_of_one_page_to_be_read(made: Made) -> None:
    """A page of several sections asks the same above each, and answers something else: none is chosen with all."""
    url, replies = "https://s.example/gout#", ("Rest.", "Warmth.", "Rest.")
    named = [question(f"q{n}", "Is gout inherited?", "", reply, site="s") for n, reply in enumerate(replies)]
    desk = made([replace(own, url=f"{url}{n}") for n, own in enumerate(named)])
    html = desk.get("/desk/same?site=s&chosen=all")
    assert re.findall(r'aria-label="Merge (q\d)" checked', html) == ["q2"]
    assert html.count("another section of one page") == 1


def test_a_side_says_how_many_have_its_words(made: Made) -> None:
    """An editor decides for these as well, or leaves them to the list of the same wording."""
    same = [question(f"q{n}", "Is gout inherited?") for n in range(3)]
    desk = made([*same, question("z", "Is gout hereditary?")])
    html = desk.get("/desk/pair?a=q0&b=z")
    assert "A has the words of two others" in html
    assert "B has the words" not in html
    assert "has the words of" not in desk.get("/desk/pair?a=q0&b=q1")


def test_bulk_is_one_action(made: Made) -> None:
    """Its undo takes all back but what was decided anew since, which is told."""
    same: list[corpus.Document] = [question(f"q{n}", "Is gout inherited?", site="s") for n in range(4)]
    desk = made([*same, question("z", "Knee pain on the stairs")])
    html = desk.get("/desk/same?site=s")
    assert "<strong>3 questions would point to 1</strong> of s" in html
    digest = re.search(r'name="digest" value="(\w+)"', html)
    assert digest
    place = desk.post("/desk/same", site="s", digest=digest[1], why="One template", take=["0", "1", "2"]).headers[
        "Location"
    ]
    assert "and 2 more of one action" in desk.get(place)
    assert "Undo all 3" in desk.get("/desk/records")
    assert desk.client.get("/api/v1/search?q=gout").json["total"] == 1  # type: ignore[index]
    desk.decide("different", "q0", "q2")
    back = desk.post("/desk/undo", event=1).headers["Location"]
    assert "1 of this action could not be undone" in desk.get(back)
    assert desk.client.get("/api/v1/search?q=gout").json["total"] == 4  # type: ignore[index]


def test_pins_and_exclusions(desk: Desk) -> None:
    """A card is pinned to a page, kept from it, or from every page; each is told with who and why, and undone."""
    desk.post("/desk/cards", action="pin", page="n0", card="/questions/f1", why="Children ask this")
    assert titles(desk.get("/questions/n0"))[0] == "Flat feet in a child of four"
    assert "Children ask this" in desk.get("/desk/cards")
    assert "What helps trapped nerves?" in titles(desk.get("/questions/n0"))
    desk.post("/desk/cards", action="exclude", page="n0", card="n1")
    assert "What helps trapped nerves?" not in titles(desk.get("/questions/n0"))
    desk.post("/desk/cards", action="exclude", page="", card="f1")
    assert "Flat feet in a child of four" not in titles(desk.get("/questions/n0"))
    assert "This page itself stands on no panel." in desk.get("/desk/cards?id=f1")
    desk.post("/desk/undo", event=3)
    assert titles(desk.get("/questions/n0"))[0] == "Flat feet in a child of four"
    for fields, status in (
        ({"action": "pin", "page": "", "card": "f1"}, 400),
        ({"action": "hide", "page": "n0", "card": "f1"}, 400),
        ({"action": "pin", "page": "none", "card": "f1"}, 404),
        ({"action": "pin", "page": "n0", "card": "none"}, 404),
        ({"action": "pin", "page": "n0", "card": "n0"}, 409),
    ):
        assert desk.post("/desk/cards", **fields).status_code == status


def test_a_pin_that_another_editor_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    """The page that shows a panel tells its moment: what was decided on the same card since is told instead."""
    desk.post("/desk/cards", action="pin", page="n0", card="f1")
    second = Desk(desk.app, EDITORS[1])
    until = re.search(r'name="until" value="(\d+)"', desk.get("/desk/cards?id=n0"))
    assert until
    assert until[1] == "1"
    second.post("/desk/cards", action="exclude", page="n0", card="f1", until=1)
    answer = desk.post("/desk/cards", action="pin", page="n0", card="f1", until=1)
    assert answer.status_code == 409
    assert EDITORS[1] in answer.text
    assert "Flat feet in a child of four" not in titles(desk.get("/questions/n0"))
    assert desk.post("/desk/cards", action="pin", page="n0", card="f1", until=2).status_code == 302


def test_a_verdict_on_a_pair_that_was_not_shown_overwrites_nothing(desk: Desk) -> None:
    """By the field for another question: where something was said of that pair, it is opened instead; what was typed
    stays.
    """
    desk.decide("different", "n1", "n3")
    answer = desk.decide("duplicate", "n0", "n1", target="n3", why="The same to me")
    assert answer.status_code == 409
    assert "Nothing was changed." in answer.text
    assert 'value="The same to me"' in answer.text
    assert 'name="target" value="n3"' in answer.text
    assert len(desk.history) == 1


def test_a_mistyped_target_is_no_look_at_what_was_decided(desk: Desk) -> None:
    """Who sends a page that is old once more, because a field was wrong, is told then who was faster."""
    other = Desk(desk.app, "Tomas")
    desk.decide("different", "n0", "n1")
    answer = other.decide("duplicate", "n0", "n1", target="none", seen="0")
    assert answer.status_code == 404
    assert 'name="seen" value="0"' in answer.text
    assert other.decide("duplicate", "n0", "n1", seen="0").status_code == 409


def test_one_pair_stops_no_redo_of_many(made: Made) -> None:
    """What cannot come back is told, and the others do."""
    same: list[corpus.Document] = [question(f"q{n}", "Is gout inherited?", site="s") for n in range(4)]
    desk = made([*same, question("z", "Knee pain on the stairs")])
    digest = re.search(r'name="digest" value="(\w+)"', desk.get("/desk/same?site=s"))
    assert digest
    desk.post("/desk/same", site="s", digest=digest[1], take=["0", "1", "2"])
    (keep,) = {event.b for event in desk.history}
    points = [event.a for event in desk.history]
    desk.post("/desk/undo", event=1)
    desk.decide("duplicate", points[0], keep, keep=points[0])
    back = desk.post("/desk/undo", event=4).headers["Location"]
    assert "left=1" in back
    assert desk.client.get("/api/v1/search?q=gout").json["total"] == 1  # type: ignore[index]


def test_what_was_taken_back_does_not_stand_in_the_way(desk: Desk) -> None:
    """A pair of which the verdict was undone may be named as another question again."""
    desk.decide("different", "n1", "n3")
    desk.post("/desk/undo", event=1)
    assert desk.decide("duplicate", "n0", "n1", target="n3").status_code == 302


def test_a_standing_duplicate_is_shown_as_it_stands(desk: Desk) -> None:
    """Whichever question comes first in the address, what is kept is chosen, so that 1 turns nothing round; what the
    program suggests is told beside it.
    """
    desk.decide("duplicate", "n0", "n2", keep="n2")
    for address in ("/desk/pair?a=n0&b=n2", "/desk/pair?a=n2&b=n0"):
        html = desk.get(address)
        assert re.search(r'name="keep" value="n2"[^>]* checked', html)
        assert not re.search(r'name="keep" value="n0"[^>]* checked', html)
        assert html.count("<span>suggested</span>") == 1


def test_a_question_that_is_gone_leads_nowhere(desk: Desk, tmp_path: Path) -> None:
    """Its verdicts are listed, without a link; the next pair is one that is there."""
    for other in ("n1", "n2", "f1"):
        desk.decide("different", "n0", other)
    indexer.update(tmp_path / "index", delete=["n1"])
    renew(desk.app)
    (row,) = rows(desk.get("/desk?state=lapsed"))
    assert "not in the index" in row
    assert "href" not in row
    place = desk.decide("related", "n0", "f1", state="dismissed").headers["Location"]
    assert desk.client.get(place).status_code == 200


def test_the_last_page_of_each_state_is_the_last(desk: Desk) -> None:
    """A page behind it leads there, of decided pairs too."""
    desk.decide("related", "n0", "f1")
    answer = desk.client.get("/desk?state=dismissed&page=9")
    assert answer.headers["Location"] == "/desk?state=dismissed&page=1"


def test_undo_after_undo_tells_the_newer_one(desk: Desk) -> None:
    """What a page told before does not pile up in its address."""
    desk.decide("related", "n0", "f1")
    desk.decide("related", "n2", "f1")
    first = desk.post("/desk/undo", event=1, back="/desk/records").headers["Location"]
    back = re.search(r'name="back" value="([^"]+)"', desk.get(first))
    assert back
    second = desk.post("/desk/undo", event=2, back=back[1]).headers["Location"]
    assert second == "/desk/records?told=4"


def test_what_is_no_verdict_is_refused(desk: Desk) -> None:
    """Another word, a note that is too long, a number that is none: nothing is kept."""
    assert desk.decide("maybe", "n0", "n1").status_code == 400
    assert desk.decide("related", "n0", "n1", why="x" * 501).status_code == 409
    assert desk.decide("related", "n0", "n1", seen="9" * 30).status_code == 409
    for number in ("x", "²", "9" * 5_000):
        assert desk.post("/desk/undo", event=number).status_code == 400
        assert desk.decide("related", "n0", "n1", seen=number).status_code == 409
    assert len(desk.history) == 0


def test_readers_are_served_where_the_file_is_damaged(desk: Desk, tmp_path: Path) -> None:
    """What stood when it could last be read stands for visitors; the desk says what is wrong."""
    desk.decide("duplicate", "n0", "n1")
    assert "This question was answered here" in desk.get("/questions/n1")
    for file in tmp_path.glob("decisions.sqlite3*"):
        file.unlink()
    (tmp_path / "decisions.sqlite3").write_bytes(b"no database at all" * 100)
    assert "This question was answered here" in desk.get("/questions/n1")
    answer = desk.client.get("/desk")
    assert answer.status_code == 503
    assert "Decisions cannot be used" in answer.text

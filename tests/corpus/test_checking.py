"""What is said of sources before a build: by file, what would be left out, what repeats, what is missing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import corpus
from corpus import Answer, CorpusError, Question, Topic

FOOT = "Call us on working days from nine to five."


def test_each_file_is_told_with_what_it_was_taken_for(tmp_path: Path) -> None:
    """Documents and what is left out, by file; the first three as they would be."""
    lines = [json.dumps({"kind": "question", "id": f"q{n}", "title": f"Title {n}"}) for n in range(5)]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, '{"kind": "question"}', "{"]))
    (tmp_path / "b.bin").write_bytes(b"\x00\x01")
    found = corpus.check(tmp_path)
    assert [(Path(file.name).name, file.format, file.documents, file.rejected) for file in found.files] == [
        ("a.jsonl", "jsonl", 5, 2),
        ("b.bin", "", 0, 1),
    ]
    assert [document.id for document in found.first["jsonl"]] == ["q0", "q1", "q2"]
    assert sum(count for _, count in found.reasons) == 3


def test_what_is_missing_repeated_and_everywhere_is_counted(tmp_path: Path) -> None:
    """Ids of different documents, fields that are empty, the letters of the texts, and paragraphs of the site."""
    documents = [
        Question(id=f"q{n % 7}", title=f"Title {n}", body=f"{'骨水泥的問題' * 12} {n}\n\n{FOOT}", url="https://e.org/")
        for n in range(8)
    ]
    corpus.write(documents, tmp_path / "a.jsonl")
    found = corpus.check(tmp_path / "a.jsonl")
    assert found.repeated == {"q0": 2}
    assert found.missing == {"date": 8, "topics": 8, "reply": 8}
    assert found.letters == {"Chinese or Japanese": 8}
    assert found.boilerplate == [(FOOT, 8)]
    assert found.own == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "text", "fields"),
    [
        ("a.csv", "Subject,Message,Link,Junk\nHoarse?,For days,https://e.org/1,x\n", {"title", "body", "url"}),
        ("a.json", '[{"pk": 1, "fields": {"title": "Hoarse", "text": "y"}}]', {"id", "title", "body"}),
        ("b.json", '{\n"n": 1,\n"tickets": [{"id": 1, "subject": "s", "description": "d"}]}', {"id", "title", "body"}),
        ("c.jsonl", '{"question": "Hoarse?", "answer": "Rest.", "doctor": "A"}\n' * 2, {"title"}),
        ("d.xml", "<all><entry><title>t</title><content>c</content></entry></all>", {"title", "body"}),
        ("e.csv", "foo;bar\na;what is long is taken for the text\n", {"body"}),
    ],
)
def test_a_proposed_mapping_reads_its_own_file(name: str, text: str, fields: set[str], tmp_path: Path) -> None:
    """Whatever the file is, the proposal is a mapping that names these fields and gives documents without an error."""
    (tmp_path / name).write_text(text)
    proposed = corpus.propose(tmp_path / name)
    assert all(f"\n{field} = " in proposed for field in fields), proposed
    (tmp_path / "m.toml").write_text(proposed)
    rejected: list[corpus.Rejected] = []
    assert list(corpus.read(tmp_path / name, mapping=tmp_path / "m.toml", rejected=rejected.append))
    assert rejected == []


def test_a_mapping_is_proposed_for_the_file_of_an_archive(tmp_path: Path) -> None:
    """As for the file alone."""
    (tmp_path / "a.csv").write_text("question,answer\nHoarse?,Rest.\n")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.csv", "a.csv")
    lines = corpus.propose(tmp_path / "a.zip").splitlines()
    assert lines[1:] == corpus.propose(tmp_path / "a.csv").splitlines()[1:]


def test_records_without_a_value_are_told(tmp_path: Path) -> None:
    """There is nothing to propose."""
    (tmp_path / "a.json").write_text('[{"a": null}]')
    with pytest.raises(CorpusError, match="without a value"):
        corpus.propose(tmp_path / "a.json")


def test_columns_are_told_by_longer_names_and_by_what_stands_in_them(tmp_path: Path) -> None:
    """The last word that says something, addresses, days, the longest text; without address what numbers the records,
    but no column that only has the name of one.
    """
    long = "I fell on the stairs a week ago, and my ankle is still blue and thick; is that normal?"
    rows = [
        {"author_id": "7", "subject_line": f"Is {n} high?", "they_wrote": long, "reply_text": "No.", "nr": f"T-{n}"}
        for n in (37, 38)
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    proposed = corpus.propose(tmp_path / "a.json")
    for line in ('id = "nr"', 'title = "subject_line"', 'body = "they_wrote"', 'text = "reply_text"'):
        assert f"\n{line}" in proposed
    linked = [{**row, "where": f"https://ours.example/{row['nr']}", "when": "3.11.2026"} for row in rows]
    (tmp_path / "b.json").write_text(json.dumps(linked))
    proposed = corpus.propose(tmp_path / "b.json")
    assert '\nurl = "where"' in proposed
    assert '\nasked = "when"' in proposed
    assert "\nid = " not in proposed


@pytest.mark.parametrize("text", ["\x89PNG\x00", "<!DOCTYPE html><ul><li>Home</ul>", '{"kind": "question", "id": "a"}'])
def test_nothing_is_proposed_for_what_needs_no_mapping(text: str, tmp_path: Path) -> None:
    """A picture, a page, the exchange format."""
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(CorpusError):
        corpus.propose(tmp_path / "a.json")


def test_answers_and_their_doctor_are_proposed(tmp_path: Path) -> None:
    """A column of answers makes it a mapping of questions."""
    (tmp_path / "a.jsonl").write_text('{"question": "Hoarse?", "answer": "Rest.", "doctor": "Dr. A"}\n')
    (tmp_path / "m.toml").write_text(corpus.propose(tmp_path / "a.jsonl"))
    (document,) = corpus.read(tmp_path / "a.jsonl", mapping=tmp_path / "m.toml")
    assert isinstance(document, Question)
    assert [(answer.text, answer.author) for answer in document.answers] == [("Rest.", "Dr. A")]


def test_a_file_without_records_is_told(tmp_path: Path) -> None:
    """Nothing is proposed for what holds none."""
    (tmp_path / "a.json").write_text("{}x")
    with pytest.raises(CorpusError, match="no records"):
        corpus.propose(tmp_path / "a.json")


def test_languages_are_told_where_there_is_enough_to_tell(tmp_path: Path) -> None:
    """By the text; a title of two words may be of any."""
    texts = [
        "My knee hurts since two weeks and I cannot walk up the stairs any more, what should I do?",
        "Seit zwei Wochen schmerzt mein Knie, und ich kann keine Treppen mehr steigen. Was soll ich tun?",
        "我的膝蓋痛了兩個星期,已經不能爬樓梯了,請問醫師我應該怎麼辦才好?",
        "Hip pain",
    ]
    lines = [corpus.to_json(Question(id=str(n), title=text)) for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    assert corpus.check(tmp_path / "a.jsonl").languages == {"en": 1, "de": 1, "zh": 1, "unknown": 1}


def test_keys_in_the_place_of_names_are_counted(tmp_path: Path) -> None:
    """A topic or an author that is a number is the key of another table."""
    topics, answers = ((), (Topic(name="3"),)), ((), (Answer(text="Rest.", author="17"),))
    documents = [
        Question(id=f"q{n}", title=f"Title {n}", topics=topics[n % 2], answers=answers[n // 2]) for n in range(4)
    ]
    corpus.write(documents, tmp_path / "a.jsonl")
    assert corpus.check(tmp_path / "a.jsonl").numbered == 3


def test_html_and_shared_addresses_are_counted(tmp_path: Path) -> None:
    """What a file of documents is taken with as it is, and pages that several documents are said to be."""
    told = [("<p>Rest &amp; wait.</p>", "a"), ("p < 0.05, x<y", "b"), ("One<br>two", "c#1"), ("Plain", "b")]
    documents = [
        Question(id=f"q{n}", title="T", body=text, url=f"https://x.example/{at}") for n, (text, at) in enumerate(told)
    ]
    corpus.write(documents, tmp_path / "a.jsonl")
    found = corpus.check(tmp_path / "a.jsonl")
    assert (found.tagged, found.shared) == (2, 1)


def test_a_date_of_a_page_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    """Written as a reader writes it, in another language."""
    text = "It is long enough to be taken for the text of a page, in one sentence or two of them."
    told = {"@type": "Article", "headline": "Knees", "articleBody": text, "datePublished": "3. Juni 2024"}
    page = f'<!DOCTYPE html><title>t</title><script type="application/ld+json">{json.dumps(told)}</script>'
    (tmp_path / "a.html").write_text(page, "utf-8")
    assert corpus.check(tmp_path / "a.html").undated == 1


def test_records_that_answer_one_question_are_joined(tmp_path: Path) -> None:
    """A table with a row for each answer: what is proposed reads them together; a table of other rows is not joined."""
    rows = [
        "question,url,answer,doctor",
        "Knee?,https://x.example/1,Rest.,Dr. A",
        "Knee?,https://x.example/1,Ice.,Dr. B",
    ]
    (tmp_path / "a.csv").write_text("\n".join([*rows, "Hip?,https://x.example/2,Walk.,Dr. A"]), "utf-8")
    proposed = corpus.propose(tmp_path / "a.csv")
    assert 'join = "url"' in proposed
    (tmp_path / "a.toml").write_text(proposed, "utf-8")
    documents = [d for d in corpus.read(tmp_path / "a.csv", mapping=tmp_path / "a.toml") if isinstance(d, Question)]
    assert sorted(len(document.answers) for document in documents) == [1, 2]
    (tmp_path / "b.csv").write_text("\n".join(rows[:2]), "utf-8")
    assert "join" not in corpus.propose(tmp_path / "b.csv")

"""What the reader of JSON and CSV records adds to its samples: hostile values, broken tables, joined answers."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from corpus import Article, CorpusError, Question, Rejected, read
from corpus.markup import plain_text
from tests.corpus.conftest import ids, take
from tests.long_run import few

ROOT = Path(__file__).parents[2]
MAPPING = """
[fields]
title = "t"
body = "b"
url = "u"
topics = "g"

[answer]
text = "a"
"""


def _mapping(tmp_path: Path, text: str = MAPPING) -> Path:
    file = tmp_path / "mapping.toml"
    file.write_text(text, "utf-8")
    return file


def _record(number: int, **over: object) -> dict[str, object]:
    return {"t": f"Title {number}", "b": "Body", "u": f"http://e.org/{number}", "g": [], "a": "Reply", **over}


def _array(tmp_path: Path, *records: object) -> Path:
    file = tmp_path / "records.json"
    file.write_text(json.dumps(records), "utf-8")
    return file


def _csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(text, "utf-8", newline="")
    return file


@pytest.mark.parametrize("join", ["", 'join = "u"\n'], ids=["single", "joined"])
@pytest.mark.parametrize(
    "over",
    [
        {"u": "http://[::1"},
        {"u": "http://e.org:99999/"},
        {"u": "http://e.org:port/"},
        {"u": "http://e℀.org/"},
        {"u": "http://e.org/\ud800"},
        {"u": "", "t": "\ud800"},
        {"u": "", "b": "\ud800"},
        {"u": "javascript:alert(1)"},
        {"a": "\ud800"},
        {"b": {"nested": 1}},
        {"t": True},
        {"t": "x" * 1_001},
    ],
    ids=lambda over: ascii(over)[:40],
)
def test_a_value_that_breaks_the_model_costs_its_record_alone(
    tmp_path: Path, over: dict[str, object], join: str
) -> None:
    """A record with a malformed address, text or type is rejected; those around it are read."""
    file = _array(tmp_path, _record(1), _record(2, **over), _record(3))
    documents, rejected = take(file, mapping=_mapping(tmp_path, join + MAPPING))
    assert sorted(ids(documents)) == ["e.org/1", "e.org/3"]
    assert [item.place for item in rejected] == ["record 2"]


@pytest.mark.parametrize("value", ["9" * 5_000, "[" * 10_000 + "]" * 10_000, "nil"], ids=["digits", "deep", "no-json"])
def test_a_value_that_json_cannot_hold_costs_its_record_alone(tmp_path: Path, value: str) -> None:
    """A number of 5,000 digits or a nesting of 10,000 is one rejection."""
    file = tmp_path / "records.json"
    broken = json.dumps(_record(2)).replace('"Body"', value)
    file.write_text(f"[{json.dumps(_record(1))},{broken},{json.dumps(_record(3))}]", "utf-8")
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert ids(documents) == ["e.org/1", "e.org/3"]
    assert [item.place for item in rejected] == ["record 2"]


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (["knee", "knee", " hip  joint "], ["knee", "hip joint"]),
        (["knee", None], ["knee"]),
        ('["knee", null]', ["knee"]),
        ("['knee', 'hip']", ["knee", "hip"]),
        ("[new] knee; hip", ["[new] knee", "hip"]),
        ("knee|hip", ["knee", "hip"]),
        (None, []),
    ],
    ids=lambda value: str(value)[:30],
)
def test_topics_come_from_lists_and_from_text(tmp_path: Path, tags: object, names: list[str]) -> None:
    """Names are taken from a list, a list written as JSON or Python, or text with marks; null is no name."""
    documents, _ = take(_array(tmp_path, _record(1, g=tags)), mapping=_mapping(tmp_path))
    assert [topic.name for document in documents for topic in document.topics] == names


def test_a_list_as_text_that_python_cannot_make_is_no_crash(tmp_path: Path) -> None:
    """A text that looks like a list and has an unhashable key costs at most its record."""
    file = _array(tmp_path, _record(1, g="[{[1]: 2}]"), _record(2))
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert len(documents) + len(rejected) == 2


def test_a_topic_with_bytes_that_are_not_utf8_costs_the_record(tmp_path: Path) -> None:
    """Undecodable bytes in a list that is written as text are refused like those in any other field."""
    documents, rejected = take(_array(tmp_path, _record(1, g="['\udce4']")), mapping=_mapping(tmp_path))
    assert (documents, len(rejected)) == ([], 1)


@pytest.mark.parametrize("words", ["the knee hurts " * 40, "膝" * 500, "膝" * 2_000], ids=["words", "han", "long-han"])
def test_a_text_without_title_is_called_by_its_beginning(tmp_path: Path, words: str) -> None:
    """The title is the text's first characters, 121 at most, also in a script without spaces."""
    mapping = _mapping(tmp_path, '[fields]\nbody = "b"\n')
    ((document,), rejected) = take(_array(tmp_path, _record(1, b=words)), mapping=mapping)
    assert not rejected
    assert 20 <= len(document.title) <= 121
    assert words.startswith(document.title.removesuffix("…"))


def test_an_array_that_ends_too_early_is_told(tmp_path: Path) -> None:
    """An array that is cut off between two records gives those before the cut and one rejection."""
    file = _array(tmp_path, _record(1), _record(2))
    file.write_text(file.read_text("utf-8")[:-1] + ",", "utf-8")
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert (len(documents), len(rejected)) == (2, 1)


def test_an_object_on_top_is_rejected(tmp_path: Path) -> None:
    """A file whose records hang below an object gives no document and at least one rejection."""
    file = tmp_path / "records.json"
    for indent in (None, 1):
        file.write_text(json.dumps({"data": [_record(1)]}, indent=indent), "utf-8")
        documents, rejected = take(file, mapping=_mapping(tmp_path))
        assert not documents
        assert rejected


def test_a_joined_record_that_fails_costs_itself_alone(tmp_path: Path) -> None:
    """Where the first record of a question cannot give the question, the next one of the group does."""
    file = _array(tmp_path, _record(1, t={"nested": 1}), _record(1), _record(1, a="Second"))
    documents, rejected = take(file, mapping=_mapping(tmp_path, 'join = "u"\n' + MAPPING))
    assert [item.place for item in rejected] == ["record 1"]
    assert ids(documents) == ["e.org/1"]


def test_where_records_that_wait_find_no_room_it_is_said(tmp_path: Path) -> None:
    """Records that are joined wait on disk; where that is full the error says so, and what to do."""
    text = "".join(["x" * 1_000] * 10)
    source = _array(tmp_path, *(_record(n, b=text) for n in range(600)))
    mapping = _mapping(tmp_path, 'join = "u"\n' + MAPPING)
    program = (
        "import resource, sys, corpus\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "try:\n"
        "    print(sum(1 for _ in corpus.read(sys.argv[1], mapping=sys.argv[2])))\n"
        "except corpus.CorpusError as error:\n"
        "    print(error.where, '|', error.next)\n"
    )
    command = [sys.executable, "-c", program, str(source), str(mapping)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "joined by 'u'" in told
    assert "make room" in told


def test_joined_answers_keep_their_order(tmp_path: Path) -> None:
    """A question gets the answers of all its records, in the order of the file."""
    file = _array(tmp_path, _record(2, a="x"), _record(1, a="one"), _record(2, a="y"), _record(1, a="two"))
    documents, _ = take(file, mapping=_mapping(tmp_path, 'join = "u"\n' + MAPPING))
    found = {d.id: [a.text for a in d.answers] for d in documents if isinstance(d, Question)}
    assert list(found.items()) == [("e.org/2", ["x", "y"]), ("e.org/1", ["one", "two"])]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\u200f", "\x00"], ids=ascii)
def test_a_mark_that_is_no_line_end_ends_no_row(tmp_path: Path, mark: str) -> None:
    """Only line feed and carriage return end a row of CSV."""
    file = _csv(tmp_path, f"t,b,u,g,a\nTitle,one{mark}two,,,Reply\n")
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert (len(documents), rejected) == (1, [])


@pytest.mark.parametrize("end", few(["\r\n", "\n", "\r"], 3), ids=ascii)
def test_every_row_of_a_long_table_is_read(tmp_path: Path, end: str) -> None:
    """Whatever ends the lines, none is lost where one chunk meets the next."""
    file = _csv(tmp_path, end.join(["t,b,u,g,a", *(f"T{n},B,,,A" for n in range(20_000))]))
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert (len(documents), rejected) == (20_000, [])


def test_a_header_that_is_no_csv_is_rejected(tmp_path: Path) -> None:
    """A broken header line is a rejection of the table, not a crash."""
    documents, rejected = take(_csv(tmp_path, '"t"x,b\nT,B\n'), mapping=_mapping(tmp_path))
    assert not documents
    assert rejected


def test_a_quote_that_is_never_closed_costs_its_row_alone(tmp_path: Path) -> None:
    """The rows after one with an unclosed quote are read."""
    rows = ["t,b,u,g,a", 'T0,"B,,,A', *(f"T{n},B,,,A" for n in range(1, 20))]
    documents, rejected = take(_csv(tmp_path, "\n".join(rows)), mapping=_mapping(tmp_path))
    assert (len(documents), [item.place for item in rejected]) == (19, ["line 2"])


def test_two_tables_can_be_read_in_turn(tmp_path: Path) -> None:
    """A reading that ends takes nothing from another that still goes on."""
    mapping = _mapping(tmp_path)
    short, long = tmp_path / "short.csv", tmp_path / "long.csv"
    short.write_text("t,b,u,g,a\nT,B,,,A\n", "utf-8")
    long.write_text(f"t,b,u,g,a\nT1,B,,,A\nT2,{'x' * 200_000},,,A\n", "utf-8")
    first, second = read(short, mapping=mapping), read(long, mapping=mapping)
    next(first)
    next(second)
    assert list(first) == []
    assert len(list(second)) == 1


def test_a_broken_record_before_deep_indentation_costs_itself_alone(tmp_path: Path) -> None:
    """After a broken record of 4 MB, reading goes on at the very next one however the array is indented."""
    start, chunk = '[{"t": oops ', 64 * 1024
    filler = "x" * (4 * 1024**2 + chunk)
    filler += "x" * (-(len(start + filler) + 20) % chunk)
    rest = ("," + " " * 40).join(json.dumps(_record(number)) for number in (1, 2))
    file = tmp_path / "records.json"
    file.write_text(f"{start}{filler}}}{' ' * 40},{' ' * 40}{rest}]", "utf-8")
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert (ids(documents), len(rejected)) == (["e.org/1", "e.org/2"], 1)


@pytest.mark.parametrize(
    "above",
    [b"sep=;\r\n", b"\r\n\r\n", b""],
    ids=["Excel", "blank lines", "nothing"],
)
def test_what_stands_above_a_header_is_no_header(tmp_path: Path, above: bytes) -> None:
    """Excel writes its separator first, some exports empty lines."""
    file = tmp_path / "table.csv"
    file.write_bytes(above + b"t;b;u;g;a\r\nKnee pain;Since May;http://e.org/1;;Rest\r\n")
    (asked,), _ = take(file, mapping=_mapping(tmp_path))
    assert asked.title == "Knee pain"


def test_excels_unicode_text_is_read(tmp_path: Path) -> None:
    """Excel calls UTF-16 with tabs so."""
    file = tmp_path / "table.csv"
    file.write_bytes("t\tb\tu\tg\ta\r\nKnee pain\tSeit März\thttp://e.org/1\t\tRest\r\n".encode("utf-16"))
    (asked,), _ = take(file, mapping=_mapping(tmp_path))
    assert asked.body == "Seit März"


def test_a_cell_of_html_is_what_a_reader_sees(tmp_path: Path) -> None:
    """Tags, entities and scripts are no words; what only looks like a tag stays."""
    record = _record(
        1, t="Raynaud&#39;s &amp; cold", b="<p>Since May</p><p>it&nbsp;<b>hur</b>ts<script>x()</script></p>"
    )
    (asked,), _ = take(_array(tmp_path, record), mapping=_mapping(tmp_path))
    assert (asked.title, asked.body) == ("Raynaud's & cold", "Since May\n\nit hurts")
    (asked,), _ = take(_array(tmp_path, _record(2, b="INR <2 and a < b > c")), mapping=_mapping(tmp_path))
    assert asked.body == "INR <2 and a < b > c"


def test_markup_within_a_word_parts_it_not_and_escapes_are_read_once(tmp_path: Path) -> None:
    """What is marked within a line stays one word; what was escaped twice is shown as it was meant."""
    record = _record(1, b="<p><kbd>k</kbd>ey, <s>x</s>y, 10<sup>9</sup></p>", g=["A &amp;lt; B", "C"])
    (asked,), _ = take(_array(tmp_path, record), mapping=_mapping(tmp_path))
    assert asked.body == "key, xy, 10^9"
    assert [topic.name for topic in asked.topics] == ["A &lt; B", "C"]


def test_records_of_one_page_in_several_spellings_are_joined(tmp_path: Path) -> None:
    """An address with its escapes in either case is one page."""
    records = [
        _record(1, u=url, a=f"Reply {n}") for n, url in enumerate(("http://e.org/%C3%A9", "http://e.org/%c3%a9"))
    ]
    (asked,), _ = take(_array(tmp_path, *records), mapping=_mapping(tmp_path, 'join = "u"\n' + MAPPING))
    assert isinstance(asked, Question)
    assert len(asked.answers) == 2


@pytest.mark.parametrize("mark", [", ", ",\n"])
def test_a_record_that_is_cut_anywhere_costs_itself_alone(tmp_path: Path, mark: str) -> None:
    """Wherever a record of an array breaks off, in a string or an inner object, it is named and all others are read."""
    records = [json.dumps(_record(n, extra={"t": "inner", "list": [{"t": "x"}, {}]})) for n in range(5)]
    file = tmp_path / "records.json"
    for end in range(1, len(records[2])):
        file.write_text(f"[{mark.join(records[:2])}{mark}{records[2][:end]}{mark}{mark.join(records[3:])}]", "utf-8")
        documents, rejected = take(file, mapping=_mapping(tmp_path))
        assert ids(documents) == [f"e.org/{n}" for n in (0, 1, 3, 4)], records[2][:end]
        assert rejected
        assert rejected[0].place == "record 3"


@pytest.mark.parametrize("first", ["garbage {", '{"t": "cut', "\x00\x00", '"t": 1}', ""])
def test_a_first_line_that_is_harmed_costs_itself(tmp_path: Path, first: str) -> None:
    """What a file is is told by its other lines, too."""
    file = tmp_path / "records.jsonl"
    file.write_text("\n".join([first, *(json.dumps(_record(n)) for n in range(3))]), "utf-8")
    documents, rejected = take(file, mapping=_mapping(tmp_path))
    assert ids(documents) == ["e.org/0", "e.org/1", "e.org/2"]
    assert [item.place for item in rejected] == (["line 1"] if first else [])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[fields]\ntitle = 't'\n[answers]\nof = 'q'", "says not which records"),
        ("[fields]\ntitle = 't'\n[answers]\nof = 'q'\nwhere = {a = 'b'}", "without an id"),
        ("join = 'x'\n[fields]\ntitle = 't'\nid = 'i'\n[answers]\nof = 'q'\nwhere = {a = 'b'}", "join and"),
        ("dates = 'us'\n[fields]\ntitle = 't'", "dates is 'us'"),
        ("[fields]\ntitle = 'list[1:].t'", "records in 'list[1:]'"),
        ("[fields]\ntitle = 't'\n[answer]\ntext = 'a[].t'\nauthor = 'b'", "is not in a[]"),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(text: str, what: str, tmp_path: Path) -> None:
    """Each names what is wrong."""
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(CorpusError, match=re.escape(what)):
        read(mapping=tmp_path / "m.toml")


@pytest.mark.parametrize("ending", ["json", "jsonl", "ndjson"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_mapping_takes_every_file_of_records(ending: str, packed: str, tmp_path: Path) -> None:
    """By its name, gzipped or not."""
    data = json.dumps(_record(1)).encode() + b"\n"
    file = tmp_path / f"forum.{ending}{packed}"
    file.write_bytes(gzip.compress(data) if packed else data)
    assert len(list(read(file, mapping=_mapping(tmp_path)))) == 1


@pytest.mark.parametrize("header", ["u;t;b;a;g;pain, where", '"u";"t";"b";"a";"g";"pain, where"'])
def test_a_name_with_a_comma_parts_no_columns(header: str, tmp_path: Path) -> None:
    """The separator is the mark that the header has most of."""
    file = _csv(tmp_path, f"{header}\nhttp://e.org/1;Title;Body;Reply;;\n")
    (document,) = read(file, mapping=_mapping(tmp_path))
    assert isinstance(document, Question)
    assert document.title == "Title"


@pytest.mark.parametrize(
    ("dates", "written", "expected"),
    [
        ("day-first", "03/06/2024", "2024-06-03"),
        ("month-first", "03/06/2024", "2024-03-06"),
        ("", "03/06/2024", None),
        ("day-first", "2024-06-03", "2024-06-03"),
        ("day-first", "31.2.2024", None),
        ("", "Mon, 06 Sep 2021 10:00:00 +0000", "2021-09-06"),
    ],
)
def test_the_order_of_a_date_is_the_mappings(dates: str, written: str, expected: str | None, tmp_path: Path) -> None:
    """Day or month first as the mapping says; without that nobody can tell; a year in front always does."""
    (tmp_path / "m.toml").write_text(f"dates = '{dates}'\n[fields]\ntitle = 't'\nasked = 'd'")
    (tmp_path / "x.csv").write_text(f't,d\nHoarse,"{written}"\n')
    (document,) = read(tmp_path / "x.csv", mapping=tmp_path / "m.toml")
    assert isinstance(document, Question)
    assert document.asked == (expected and date.fromisoformat(expected))


@pytest.mark.parametrize("size", [1, 3_000])
def test_records_within_an_object_are_found_wherever_their_list_stands(size: int, tmp_path: Path) -> None:
    """Behind other lists, within other objects, over many chunks; what stands beside it is passed over."""
    records = [{"subject": f"Question {number}", "filler": "x" * 40} for number in range(size)]
    whole = {"tickets": {"tickets": []}, "filler": "y" * 70_000, "data": {"a": 1, "tickets": records}, "last": [1]}
    (tmp_path / "m.toml").write_text("[fields]\ntitle = 'data.tickets[].subject'")
    for indent in (None, 2):
        (tmp_path / "x.json").write_text(json.dumps(whole, indent=indent))
        found = [document.title for document in read(tmp_path / "x.json", mapping=tmp_path / "m.toml")]
        assert found == [record["subject"] for record in records]


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is one rejection of the file."""
    (tmp_path / "m.toml").write_text("[fields]\ntitle = 'tickets[].subject'")
    (tmp_path / "x.json").write_text('{"issues": [{"subject": "a"}]}')
    rejected: list[Rejected] = []
    assert list(read(tmp_path / "x.json", mapping=tmp_path / "m.toml", rejected=rejected.append)) == []
    assert [(item.place, item.reason[:17]) for item in rejected] == [("file", "no list 'tickets'")]


def test_xml_declares_no_entities_of_its_own(tmp_path: Path) -> None:
    """A declaration of entities is never read, so what uses one is left out, and nothing grows."""
    bomb = "".join(f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10 if n else "ha" * 10}">' for n in range(9))
    rows = '<row Id="1" PostTypeId="1" Title="&i;"/><row Id="2" PostTypeId="1" Title="Plain" Body="b"/>'
    (tmp_path / "Posts.xml").write_text(f"<!DOCTYPE posts [{bomb}]><posts>{rows}</posts>")
    rejected: list[Rejected] = []
    assert [d.title for d in read(tmp_path / "Posts.xml", rejected=rejected.append)] == ["Plain"]
    assert [item.place for item in rejected] == ["row 1"]


def test_an_address_is_made_of_columns(tmp_path: Path) -> None:
    """Where no column has it; what stands in a column is escaped, and one that has an address goes before."""
    (tmp_path / "m.toml").write_text("address = 'https://e.example/t/{slug}/{n.id}'\n[fields]\ntitle = 't'\nurl = 'u?'")
    records = [
        {"t": "a", "slug": "my knee?", "n": {"id": 4}},
        {"t": "b", "slug": "x", "n": {"id": 5}, "u": "https://f.example/"},
    ]
    (tmp_path / "x.json").write_text(json.dumps(records))
    found = [document.url for document in read(tmp_path / "x.json", mapping=tmp_path / "m.toml")]
    assert found == ["https://e.example/t/my%20knee%3F/4", "https://f.example/"]


def test_a_cut_of_gzip_loses_no_record_before_it(tmp_path: Path) -> None:
    """Of XML and of JSON: all records but the last are read, and the cut is told."""
    rows = "".join(f'<row Id="{n}" PostTypeId="1" Title="Title {n}" Body="{"word " * n}"/>' for n in range(200))
    topics = json.dumps([{"t": f"Title {n}", "b": "word " * n} for n in range(200)])
    (tmp_path / "m.toml").write_text("[fields]\ntitle = 't'\nbody = 'b'")
    for name, text in (("Posts.xml.gz", f"<posts>{rows}</posts>"), ("a.json.gz", topics)):
        (tmp_path / name).write_bytes(gzip.compress(text.encode())[:-30])
        rejected: list[Rejected] = []
        found = list(read(tmp_path / name, mapping=tmp_path / "m.toml", rejected=rejected.append))
        assert len(found) > 190
        assert any("breaks off" in item.reason for item in rejected)


@pytest.mark.parametrize(
    "part", ["<row ", "<row>", '<row a="', "<row><![CDATA[", "<row><!--", "<row><a>"], ids=lambda part: part[1:]
)
def test_xml_without_ends_is_told_soon(part: str, tmp_path: Path) -> None:
    """What begins again and again and never ends."""
    (tmp_path / "Posts.xml").write_text(f"<posts> PostTypeId={part * 60_000}")
    rejected: list[Rejected] = []
    assert list(read(tmp_path / "Posts.xml", rejected=rejected.append)) == []
    assert rejected


def test_records_that_are_all_broken_are_told_soon(tmp_path: Path) -> None:
    """Ten thousand of them, one good one before."""
    broken = '{"id": 2, "requester_id": 2, "subject": , "description": "b"},' * 10_000
    (tmp_path / "t.json").write_text(
        '{"tickets": [{"id": 1, "requester_id": 2, "subject": "s", "description": "b"},' + broken + "]}"
    )
    rejected: list[Rejected] = []
    assert len(list(read(tmp_path / "t.json", rejected=rejected.append))) == 1
    assert len(rejected) == 10_000


def test_xml_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    """As old exports have it."""
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><posts><row Id="1" PostTypeId="1" Title="Café?" Body="é"/></posts>'
    )
    (tmp_path / "Posts.xml").write_bytes(text.encode("latin-1"))
    assert [document.title for document in read(tmp_path / "Posts.xml")] == ["Café?"]


@pytest.mark.parametrize(
    "encoding", ["hex", "idna", "undefined", "rot13", "punycode", "unicode_escape", "nothing", "utf-16"]
)
def test_an_encoding_that_is_none_is_not_used(encoding: str, tmp_path: Path) -> None:
    """XML that declares what no file is written in is read as UTF-8, and so is a page."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><posts><row Id="1" PostTypeId="1" Title="Café?" Body="é"/></posts>'
    )
    (tmp_path / "Posts.xml").write_text(text, encoding="utf-8")
    assert [document.title for document in read(tmp_path / "Posts.xml")] == ["Café?"]
    page = f'<html><head><meta charset="{encoding}"></head><body>'.encode() + bytes([0xE9]) + b"</body></html>"
    (tmp_path / "a.html").write_bytes(page)
    assert list(read(tmp_path / "a.html", rejected=lambda _: None)) == []


def test_half_a_character_at_the_end_costs_its_record(tmp_path: Path) -> None:
    """A table in UTF-16 that breaks off within a character: what stands before is read, and nothing raises."""
    table = "id,title\n1,Knee pain\n2,Hip pain\n".encode("utf-16")
    (tmp_path / "m.toml").write_text('[fields]\nid = "id"\ntitle = "title"\n')
    (tmp_path / "t.csv").write_bytes(table[:-3])
    rejected: list[Rejected] = []
    found = list(read(tmp_path / "t.csv", mapping=[tmp_path / "m.toml"], rejected=rejected.append))
    assert [document.title for document in found] == ["Knee pain"]
    assert [item.place for item in rejected] == ["line 3"]


WORDPRESS = """<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:author><wp:author_login>lgreen</wp:author_login>
<wp:author_display_name>Dr. Lea Green</wp:author_display_name></wp:author>{items}</channel></rss>"""


def post(title: str, content: str, more: str = "") -> str:
    """A published post of an export."""
    return (
        f"<item><title>{title}</title><link>https://c.example/{title}</link><content:encoded><![CDATA[{content}]]>"
        "</content:encoded><wp:post_type>post</wp:post_type><wp:status>publish</wp:status><dc:creator>lgreen"
        f"</dc:creator>{more}</item>"
    )


def test_a_post_behind_a_password_stays_there(tmp_path: Path) -> None:
    """It is published, but for those who know it."""
    items = [
        post("open", "For all."),
        post("empty", "For all too.", "<wp:post_password></wp:post_password>"),
        post("shut", "For some.", "<wp:post_password>secret</wp:post_password>"),
    ]
    (tmp_path / "site.xml").write_text(WORDPRESS.format(items="".join(items)), "utf-8")
    assert [document.title for document in read(tmp_path / "site.xml")] == ["open", "empty"]


def test_an_author_has_the_name_to_be_shown(tmp_path: Path) -> None:
    """Not the one to sign in with; who is not listed is not named."""
    items = [post("a", "Words."), post("b", "Words.").replace("lgreen", "root2")]
    (tmp_path / "site.xml").write_text(WORDPRESS.format(items="".join(items)), "utf-8")
    found = [document for document in read(tmp_path / "site.xml") if isinstance(document, Article)]
    assert [document.author for document in found] == ["Dr. Lea Green", ""]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('Call us. [contact-form-7 id="12" title="Contact"]', "Call us."),
        ("[su_box title=Dose]Twice a day.[/su_box]", "Twice a day."),
        ("[b]Bold[/b] words [gallery] here", "Bold words here"),
        ('[gallery ids="1,2" title="a]b"] Two.', "Two."),
        (
            "[Hb = 12.1] low, [TSH 4.2, range = 0.4-4.0], [IL-6 = 40]",
            "[Hb = 12.1] low, [TSH 4.2, range = 0.4-4.0], [IL-6 = 40]",
        ),
        ("[Update BP=140/90] [HLA_B27] [audio] array[i]", "[Update BP=140/90] [HLA_B27] [audio] array[i]"),
        ('Before [caption id="a"]<img src="x"> A lamp[/caption] after', "Before after"),
        ("Write: [contact-form-7 id=”12″ title=”Form 1″] [see_also]", "Write:"),
        ("It was [sic] said, x[0], [not a shortcode], [1]", "It was [sic] said, x[0], [not a shortcode], [1]"),
        ('<figure class="wp-block-embed"><div>https://v.example/1</div></figure><p>Watch.</p>', "Watch."),
        ("<figure><img src=a.jpg><figcaption>Photo: A. Keller</figcaption></figure><p>A knee.</p>", "A knee."),
    ],
)
def test_what_wordpress_fills_in_is_no_text(written: str, text: str, tmp_path: Path) -> None:
    """Shortcodes, embedded pages, and credits of pictures; words in brackets are words."""
    (tmp_path / "site.xml").write_text(WORDPRESS.format(items=post("a", written)), "utf-8")
    (document,) = read(tmp_path / "site.xml")
    assert document.body == text


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><div><cite>northwind wrote:</cite>I lose hair</div></blockquote>",
        '<blockquote class="uncited"><div>I lose hair</div></blockquote>',
        '<aside class="quote"><div class="title">northwind:</div><blockquote><p>I lose hair</p></blockquote></aside>',
        "<blockquote><div><cite>b:</cite><blockquote><cite>a:</cite>I lose hair</blockquote>So do I</div></blockquote>",
    ],
)
def test_what_somebody_else_said_is_nobody_elses_word(quote: str) -> None:
    """A reply that quotes a post, as forums write it, is the reply alone; a quote without a name before it stays."""
    assert plain_text(f"{quote}<p>A blood test tells.</p>") == "A blood test tells."
    own = "<blockquote><p>Rest is medicine.</p><cite>A textbook</cite></blockquote><p>It says.</p>"
    assert "Rest is medicine." in plain_text(own)
    beside = "<aside><cite>The guideline</cite><p>Rest for two days.</p></aside><p>So did I.</p>"
    assert "Rest for two days." in plain_text(beside)
    open_ended = '<aside class="quote"><div class="title">northwind:</div><p>I lose hair</p><p>My answer.</p>'
    assert "northwind" not in plain_text(open_ended)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Hello</p><blockquote><cite>Bob:</cite> pain<p>My answer is rest.</p>", "My answer is rest."),
        ("<div><blockquote><cite>Bob:</cite> pain</div><p>My answer.</p>", "My answer."),
        ("<p>a <button>x<p>My answer is long.</p>", "My answer is long."),
        ("<textarea>My question is long", "My question is long"),
    ],
)
def test_what_does_not_end_hides_nothing(written: str, kept: str) -> None:
    """An element that would be left out, whose end was forgotten; who is quoted is not named all the same."""
    assert kept in plain_text(written)
    assert "Bob" not in plain_text(written)


def test_quotes_without_end_take_no_time() -> None:
    """As long as they are many: each is looked at once."""
    began = time.process_time()
    plain_text("<blockquote>a" + "<b>x</b><cite>x</cite>" * 100_000)
    assert time.process_time() - began < 5


def test_a_display_name_that_cannot_be_shown_costs_itself(tmp_path: Path) -> None:
    """One that is too long, the name to sign in with, an address; of a file in another charset it is read as that."""
    for name, shown in (
        ("x" * 1_200, ""),
        ("lgreen", ""),
        ("l@c.example", ""),
        ("Dr. Zoë &amp;amp; Co", "Dr. Zoë & Co"),
    ):
        text = WORDPRESS.format(items=post("a", "Words.")).replace("Dr. Lea Green", name)
        declared = f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'
        (tmp_path / "site.xml").write_bytes(declared.encode("latin-1"))
        (document,) = read(tmp_path / "site.xml")
        assert isinstance(document, Article)
        assert document.author == shown


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ('shortcodes = 1\n[fields]\ntitle = "t"\n', "shortcodes is neither true nor false"),
        ('[fields]\ntitle = "t"\n[names]\nrecord = "a"\nkey = "b"\nname = "c"\n', "[names] with questions"),
        ('kind = "article"\n[fields]\ntitle = "t"\n[names]\nrecord = "a"\n', "[names] is no table"),
    ],
)
def test_keys_for_wordpress_are_checked(mapping: str, told: str, tmp_path: Path) -> None:
    """Before anything is read."""
    (tmp_path / "m.toml").write_text(mapping)
    with pytest.raises(CorpusError, match=re.escape(told)):
        read(mapping=tmp_path / "m.toml")


@pytest.mark.parametrize("wanted", ["true", '"true"'])
def test_a_truth_is_told_as_json_has_it(wanted: str, tmp_path: Path) -> None:
    """In [where] of a mapping as a truth of TOML or as text; numbers too."""
    records = '[{"t": "a", "open": true, "n": 1}, {"t": "b", "open": false, "n": 1}, {"t": "c", "open": true, "n": 2}]'
    (tmp_path / "r.json").write_text(records)
    (tmp_path / "m.toml").write_text(f'[where]\nopen = {wanted}\nn = 1\n[fields]\ntitle = "t"\n')
    assert [document.title for document in read(tmp_path / "r.json", mapping=tmp_path / "m.toml")] == ["a"]


def test_conditions_that_fit_no_record_are_told(tmp_path: Path) -> None:
    """With what the records say there."""
    (tmp_path / "r.json").write_text('[{"t": "a", "open": true}, {"t": "b", "open": false}]')
    (tmp_path / "m.toml").write_text('[where]\nopen = "yes"\n[fields]\ntitle = "t"\n')
    rejected: list[Rejected] = []
    assert list(read(tmp_path / "r.json", mapping=tmp_path / "m.toml", rejected=rejected.append)) == []
    assert rejected[0].reason == "[where] fits none of its 2 records: open is true, false"


def test_a_field_that_is_no_html_stays_as_it_is(tmp_path: Path) -> None:
    """Titles on tags and entities, as Stack Exchange writes them; its texts are HTML."""
    rows = (
        '<row Id="1" PostTypeId="1" Title="When &lt;b&gt; and when &amp;nbsp;?" Body="&lt;p&gt;In short.&lt;/p&gt;" />'
    )
    (tmp_path / "Posts.xml").write_text(f"<posts>{rows}</posts>", "utf-8")
    (document,) = read(tmp_path / "Posts.xml", mapping="stack-exchange")
    assert (document.title, document.body) == ("When <b> and when &nbsp;?", "In short.")

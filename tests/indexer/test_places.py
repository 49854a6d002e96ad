"""One place, one word: numbers, compounds, signs, quotes and scripts are found in every way to write them."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corpus import Article, Document
from indexer.analysis import wording
from indexer.analysis.terms import stem
from indexer.analysis.tokens import words_of
from indexer.answering.search import search
from indexer.duplicates.differences import differences
from indexer.types import Search
from tests.documents import ANALYZER
from tests.indexer.plain import NOTHING, PlainGeneration

UNITS = ("mg", "mcg", "ml", "iu")
NUMBERS = st.tuples(st.integers(0, 999), st.integers(0, 99)).map(lambda n: f"{n[0]}.{n[1]:02d}".rstrip("0").rstrip("."))
LETTERS = st.text("bcdfghlmnprt", min_size=1, max_size=3)
# Letters with a number, letters with letters, both: B12, T-score, HLA-B27, L4-L5.
PARTS = st.builds(lambda letters, number: f"{letters}{number}", LETTERS, st.integers(1, 99)) | st.text(
    "bcdfghlmnprt", min_size=3, max_size=6
)


def page(id_: str, text: str) -> Document:
    """An article that says a text."""
    return Article(id=id_, title="Note", body=text)


def hits(text: str, **pages: str) -> list[str]:
    """The ids of what a search finds among pages, in order of their ids."""
    generation = PlainGeneration([page(id_, said) for id_, said in pages.items()], ANALYZER)
    return sorted(hit.id for hit in search(generation, Search(text=text, size=50, as_typed=True), NOTHING).hits)


@given(NUMBERS, NUMBERS, st.sampled_from(UNITS))
@example("5", "0.5", "mg")
def test_a_dose_is_its_number_and_no_other(one: str, other: str, unit: str) -> None:
    """A dose in quotes finds itself, glued or apart, with point or comma, and is left out so; never another number."""
    assume(one != other)
    pages = {"apart": f"takes {one} {unit} daily", "glued": f"takes {one.replace('.', ',')}{unit} daily"}
    pages |= {"other": f"takes {other} {unit} daily"}
    for written in (f"{one} {unit}", f"{one}{unit}"):
        assert hits(f'"{written}"', **pages) == ["apart", "glued"]
        assert hits(f'takes -"{written}"', **pages) == ["other"]
        assert hits(f"takes -{written}", **pages) == ["other"]


@given(st.integers(1_000, 9_999_999))
def test_thousands_are_one_number(number: int) -> None:
    """Marks of thousands are no part of a number, and what stands between them is none."""
    assert words_of(f"{number:,}") == words_of(str(number)) == words_of(f"{number:,}".replace(",", "'"))
    assert wording(f"take {number}") != wording(f"take {number + 1}")


@given(NUMBERS)
@example("2.5")
def test_a_minus_before_a_number_is_its_sign(number: str) -> None:
    """It excludes nothing, in either form, and a page that has it stands alone before those with another number."""
    pages = {"minus": f"a T-score of -{number}", "true": f"a T-score of −{number} today", "other": "a T-score of -777"}
    for minus in ("-", "−", "–"):
        assert hits(f"T-score {minus}{number}", **pages) == ["minus", "true"]


@pytest.mark.parametrize("sign", ["<", ">", "≥", "≤", "±", "-", "+"])
def test_signs_decide(sign: str) -> None:
    """Two questions that differ in the sign of a number are neither worded alike nor without a difference."""
    one, other = f"Is ferritin {sign}10 normal?", "Is ferritin 10 normal?"
    assert wording(one) != wording(other)
    assert [d.kind for d in differences(one, other)] == ["number"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("HIV +ve and pregnant", "HIV -ve and pregnant"), ("I am Rh+", "I am Rh-"), ("HER2+ cancer", "HER2- cancer")],
)
def test_positive_and_negative_are_told(one: str, other: str) -> None:
    """What is positive in one question and negative in the other is told under what differs."""
    assert wording(one) != wording(other)
    assert "sign" in [d.kind for d in differences(one, other)]


@given(PARTS, PARTS)
@example("L4", "L5")
@example("HLA", "B27")
@example("vitamin", "B12")
def test_a_compound_is_found_in_every_spelling(first: str, second: str) -> None:
    """With a hyphen, a slash or a blank, in words, phrases and exclusions; by each part; as one word of a search."""
    assume(first != second)
    pages = {"a": f"pain at {first}-{second} today", "b": f"pain at {first} {second} today", "c": "pain elsewhere"}
    for written in (f"{first}-{second}", f"{first} {second}", f"{first}/{second}"):
        assert hits(f'"{written}"', **pages) == ["a", "b"]
        assert hits(f'"at {written} today"', **pages) == ["a", "b"]
        assert hits(f'pain -"{written}"', **pages) == ["c"]
    assert hits(f"pain -{first}-{second}", **pages) == ["c"]
    assert {"a", "b"} <= set(hits(f"{first}-{second}", **pages))
    for part in (first, second):
        assert {"a", "b"} <= set(hits(part, **pages))
    assert len(ANALYZER.places(ANALYZER.analyse(f"{first}-{second}"))) == 1


@pytest.mark.parametrize(
    "query", ["covid19", "covid-19", "COVID 19", "xray", "X-ray", "X ray", "betablocker", "beta blocker"]
)
def test_hyphen_blank_and_nothing_are_one_spelling(query: str) -> None:
    """A page is found however it writes a name that is written in three ways, and whichever way is typed."""
    pages = {
        "glued": "covid19, an xray and a betablocker",
        "tied": "COVID-19, an X-ray and a beta-blocker",
        "apart": "COVID 19, an X ray and a beta blocker",
        "apart2": "COVID 19, an X ray and a beta blocker",
        "none": "nothing of that kind",
    }
    assert hits(query, **pages) == ["apart", "apart2", "glued", "tied"]
    assert hits(f'"{query}"', **pages) == ["apart", "apart2", "glued", "tied"]
    assert hits(f'nothing -"{query}"', **pages) == ["none"]


def found_alike(spellings: list[str]) -> None:
    """Assert that pages in all these spellings are found by each of them, as words and phrase, and left out by it."""
    pages = {f"p{n}": f"Some had {written} today" for n, written in enumerate(spellings)}
    pages["none"] = "Some had nothing today"
    for query in spellings:
        assert hits(query, **pages) == hits(f'"{query}"', **pages) == sorted(pages.keys() - {"none"}), query
        assert hits(f'today -"{query}"', **pages) == ["none"], query


@given(st.text("bcdfglmt", min_size=2, max_size=4), st.sampled_from("bhq"), st.integers(1, 99))
@example("hla", "b", 27)
@example("co", "q", 10)
def test_an_abbreviation_before_a_name_is_part_of_it(letters: str, letter: str, number: int) -> None:
    """HLA-B27 is HLA B27 and HLAB27."""
    name = f"{letter}{number}"
    found_alike([f"{letters}-{name}", f"{letters} {name}", f"{letters}{name}"])


@given(st.sampled_from("ltcsb"), st.integers(1, 99), st.integers(1, 99))
@example("l", 4, 5)
def test_two_numbers_share_their_letter(letter: str, one: int, other: int) -> None:
    """L4/5 and L4-5 are L4-L5, and hold L5."""
    assume(one != other)
    first, second = f"{letter}{one}", f"{letter}{other}"
    found_alike(
        [f"{first}{mark}{letter if full else ''}{other}" for mark in "-/" for full in (0, 1)] + [f"{first} {second}"]
    )
    assert hits(second, a=f"at {first}/{other}", b=f"at {first}") == ["a"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hepatitis B and C", "hepatitis B, hepatitis C"),
        ("Hepatitis A/B", "hepatitis A, hepatitis B"),
        ("vitamins A, D, E or K", "vitamin A, vitamin D, vitamin E, vitamin K"),
        ("types 1 and 2", "type 1, type 2"),
        ("stage II-III", "stage 2, stage 3"),
        ("vit D", "vitamin D"),
        ("hep B or C", "hepatitis B, hepatitis C"),
        ("type 2 and 3 times", "type 2"),
        ("hepatitis B and I said", "hepatitis B"),
        ("many vitamins a day", ""),
        ("vitamin", ""),
    ],
)
def test_each_of_a_list_of_a_kind_is_found(text: str, names: str) -> None:
    """A page on hepatitis B and C is one on hepatitis C; words that only look like letters of a list are none."""
    every = [f"{noun} {label}" for noun in ("hepatitis", "vitamin") for label in "ABCDEIK"]
    every += [f"{noun} {n}" for noun in ("type", "stage") for n in (1, 2, 3)]
    found = [
        name
        for name in every
        if hits(name, page=f"what of {text}?", other="vitamin, hepatitis, stage, type") == ["page"]
    ]
    assert found == list(filter(None, names.split(", ")))


def test_a_letter_alone_is_left_out_with_its_noun() -> None:
    """Who types hepatitis -A does without hepatitis A."""
    pages = {"a": "hepatitis A is mild", "b": "hepatitis B is a burden"}
    assert hits("hepatitis -A", **pages) == hits('hepatitis -"A"', **pages) == ["b"]


@pytest.mark.parametrize("query", ["follow up", "follow-up", "followup"])
def test_a_verb_and_its_particle_are_one_noun(query: str) -> None:
    """Follow-up, check-up and their like are written in three ways, too."""
    pages = {"glued": "a followup visit", "tied": "a follow-up visit", "apart": "a follow up visit", "none": "a visit"}
    assert hits(query, **pages) == hits(f'"{query}"', **pages) == ["apart", "glued", "tied"]
    assert hits(f'visit -"{query}"', **pages) == ["none"]


def test_roman_and_other_numbers_of_a_kind_do_not_differ() -> None:
    """Stage 3 is stage III, and another than stage 4."""
    told = [d.kind for d in differences("Is stage 3 cancer painful?", "Is stage III cancer painful?")]
    assert not {"letter", "number"} & set(told)
    assert [d.kind for d in differences("Is stage 3 bad?", "Is stage IV bad?")] == ["letter"]


@pytest.mark.parametrize("quotes", ['""', "“”", "„“", "«»", "»«", "＂＂", "「」", "„”"])
def test_every_pair_of_quotes_makes_a_phrase(quotes: str) -> None:
    """Telephones and word processors write quotes of many forms."""
    text = f"{quotes[0]}cement leaked{quotes[1]}"
    pages = {"phrase": "the cement leaked", "apart": "the vein leaked, the cement held"}
    assert hits(text, **pages) == ["phrase"]
    for dash in "-–—−":
        assert hits(f"the leaked {dash}{text}", **pages) == ["apart"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B₁₂", "b12"), ("Ｂ１２", "b12"), ("37℃", "37°C"), ("5㎎", "5mg"), ("㏗", "ph"), ("½", "1/2"), ("2½", "2 1/2"),
        ("ｱｽﾋﾟﾘﾝ", "アスピリン"), ("⾻⽔泥", "骨水泥"), ("⻣", "骨"), ("צָהֹב", "צהב"), ("صُداعٍ", "صداع"), ("أذن", "اذن"),
        ("αίμα", "αιμα"), ("ребёнок", "ребенок"), ("می‌کند", "میکند"), ("क्‍या", "क्या"), ("٥٠ mg", "50 mg"),
        ("kypho\u00adplasty", "kyphoplasty"), ("kypho\u200bplasty", "kyphoplasty"), ("µg", "ug"), ("M.R.I.", "mri"),
        ("q.i.d.", "qid"), ("β-blocker", "beta-blocker"), ("TNF-α", "tnf-alpha"), ("Ménière", "MENIERE"),
        ("боле́знь", "болезнь"), ("ї́жа", "їжа"),
    ],
)  # fmt: skip
def test_what_reads_alike_is_one_word(one: str, other: str) -> None:
    """Width, height, marks that nobody types, what nobody sees, dots and Greek letters part no words."""
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(("one", "other"), [("й", "и"), ("10⁹", "109"), ("0.5", "5"), ("5-10", "510"), ("ঘর", "ঘরে")])
def test_what_reads_otherwise_is_another_word(one: str, other: str) -> None:
    """Letters of their own, powers, decimals, ranges and vowels of Indic scripts stay apart."""
    assert words_of(one) != words_of(other)


@pytest.mark.parametrize(
    ("word", "own", "other"),
    [
        ("ปวดหัว", "ฉันปวดหัวมาก", "ฉันปวดท้องมาก"),
        ("ເຈັບຫົວ", "ຂ້ອຍເຈັບຫົວຫຼາຍ", "ຂ້ອຍເຈັບທ້ອງຫຼາຍ"),
        ("ឈឺក្បាល", "ខ្ញុំឈឺក្បាលខ្លាំង", "ខ្ញុំឈឺពោះខ្លាំង"),
        ("ခေါင်းကိုက်", "ကျွန်တော်ခေါင်းကိုက်နေတယ်", "ကျွန်တော်ဗိုက်အောင့်နေတယ်"),
        ("头痛", "我头痛得很", "我肚子痛得很"),
    ],
)
def test_a_word_is_found_where_nothing_parts_words(word: str, own: str, other: str) -> None:
    """Thai, Lao, Khmer, Burmese and Chinese are written without spaces: a page is found by a word within."""
    assert hits(f'"{word}"', own=own, other=other) == ["own"]
    generation = PlainGeneration([page("other", other), page("own", own)], ANALYZER)
    first = search(generation, Search(text=word), NOTHING).hits[0]
    assert (first.id, "".join(text for text, marked in first.snippet if marked)) == ("own", word)


@pytest.mark.parametrize("noun", ["hepatitis", "vitamin", "type", "stage", "bipolar", "group"])
@pytest.mark.parametrize("label", ["A", "I", "III", "2"])
def test_letters_that_name_things_stay(noun: str, label: str) -> None:
    """A letter or number behind its noun finds the page that has it, and no page of another one is a hit for both."""
    pages = {"own": f"about {noun} {label} here", "other": f"about {noun} C here", "none": "a day or two I am here"}
    assert hits(f"{noun} {label}", **pages) == ["own"]


@pytest.mark.parametrize(
    ("unwanted", "kept"),
    [
        ("relative", "relation"),
        ("findings", "find"),
        ("test", "testes"),
        ("medication", "medical"),
        ("organ", "organization"),
    ],
)
def test_exclusion_is_by_the_word(unwanted: str, kept: str) -> None:
    """A word is left out itself, in either number; not another one that shares its stem."""
    assert hits(f"headache -{unwanted}", a=f"headache {unwanted}", b=f"headache {unwanted}s", c=f"headache {kept}") == (
        ["c"] if not unwanted.endswith("s") else ["b", "c"]
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaemia", "anemia"), ("oedema", "edema"), ("haemorrhage", "hemorrhage"), ("tumour", "tumor"),
        ("diarrhoea", "diarrhea"), ("oesophagus", "esophagus"), ("paediatric", "pediatric"), ("fibre", "fiber"),
        ("diagnosis", "diagnoses"), ("tooth", "teeth"), ("vertebra", "vertebrae"), ("fungus", "fungi"),
        ("foot", "feet"), ("epileptic", "epilepsy"), ("sterilisation", "sterilization"),
    ],
)  # fmt: skip
def test_spellings_and_forms_of_one_word_share_a_term(one: str, other: str) -> None:
    """British and American, one and many, and families that endings would part and no concept names."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("pregnant", "pregnancy"), ("diabetic", "diabetes"), ("asthmatic", "asthma"), ("swollen", "swelling")],
)
def test_families_that_a_concept_names_find_one_another(one: str, other: str) -> None:
    """A page is found by another word of its family, behind those that have the word itself."""
    pages = {"one": f"was {one} then", "other": f"the {other} then", "none": "nothing then"}
    assert hits(one, **pages) == hits(other, **pages) == ["one", "other"]


def test_pages_on_the_kind_stand_for_one_that_no_page_names() -> None:
    """Where no page names vitamin K those on vitamins serve; where one does, it alone."""
    pages = {"d": "vitamin D is made in the skin", "all": "which vitamin do I need", "none": "nothing of the kind"}
    assert hits("vitamin K", **pages) == ["all", "d"]
    assert hits("vitamin K", k="vitamin K clots", **pages) == ["k"]


def test_of_two_words_a_name_is_demanded_and_two_whole_words_are_not() -> None:
    """X-ray, Xray and B12 mean one thing; whole words with a hyphen are as two that are typed side by side."""
    pages = {"both": "an X-ray of a rash", "xray": "an X ray", "rash": "a rash", "leak": "a cement-leak and a rash"}
    assert hits("rash X-ray", **pages) == hits("rash Xray", **pages) == ["both"]
    assert hits("rash cement-leak", **pages) == ["both", "leak", "rash"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("severe", "several"),
        ("organ", "organization"),
        ("testes", "test"),
        ("medical", "medication"),
        ("later", "lateral"),
        ("hepatitis", "hepatic"),
        ("prostatitis", "prostate"),
        ("thyroiditis", "thyroid"),
    ],
)
def test_words_of_two_families_do_not_share_a_term(one: str, other: str) -> None:
    """Endings join what is no family; the table parts it."""
    assert stem(one) != stem(other)


@pytest.mark.parametrize("name", ["5-FU", "12-lead", "24h", "2nd", "21-hydroxylase", "B12", "0,5 mg", ".5mg", "500kg"])
def test_a_minus_before_a_name_excludes_it(name: str) -> None:
    """Only a number alone has a sign: a dose, and a name that begins with a number, are left out."""
    assert hits(f"takes -{name}", own=f"takes {name.replace(',', '.')} daily", other="takes nothing") == ["other"]


def test_punctuation_parts_a_noun_from_a_letter() -> None:
    """A letter that only begins the next clause names nothing."""
    pages = {"named": "grade A spreads", "clause": "of what grade, a doctor", "bracket": "a grade (a high one)"}
    assert hits("grade A", **pages) == ["named"]
    assert hits("stage I", a="stage I cancer", b="What stage? I am scared") == ["a"]


@pytest.mark.parametrize(
    ("one", "other"), [("type II", "type 2"), ("stage III", "stage 3"), ("bipolar I", "bipolar 1")]
)
def test_roman_labels_are_numbers(one: str, other: str) -> None:
    """Either way to number a kind finds the other."""
    assert hits(one, a=f"{one} story", b=f"{other} story", c="type 9 stage 9 phase 9") == ["a", "b"]
    assert hits(other, a=f"{one} story", b=f"{other} story", c="type 9 stage 9 phase 9") == ["a", "b"]


@pytest.mark.parametrize("written", ["2·5", "٢٫٥", "2,5", "2.50"])
def test_a_point_of_any_form_is_a_point(written: str) -> None:
    """British journals raise it, Arabic has its own."""
    assert words_of(written) == ["2.5"]


@pytest.mark.parametrize(
    ("one", "other"), [("woman", "women"), ("tooth", "teeth"), ("diagnosis", "diagnoses"), ("anaemia", "anemia")]
)
def test_exclusion_knows_irregular_plurals_and_both_spellings(one: str, other: str) -> None:
    """A word is left out in either number, however it is made, and in either spelling."""
    assert hits(f"lung -{one}", a=f"lung {one}", b=f"lung {other}", c="lung") == ["c"]


def test_words_with_a_hyphen_may_stand_apart() -> None:
    """A hyphen between whole words demands both, best side by side; between parts of a name it demands the name."""
    pages = {"apart": "pain of the knee at night", "tied": "a knee-pain clinic", "other": "pain elsewhere"}
    assert hits("knee-pain", **pages) == ["apart", "tied"]
    assert {"apart", "tied"} <= set(hits("knee—pain", **pages))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("COVID-19 rash", "COVID 19 rash"), ("IL-6 test", "IL 6 test"), ("T-score -2.5", "T score -2.5"),
        ("a follow-up", "a followup"), ("beta blocker dose", "betablocker dose"), ("stage 3 pain", "stage III pain"),
        ("HER2+ pain", "HER2 positive pain"), ("hep B shot", "hepatitis B shot"), ("oedema pain", "edema pain"),
        ("take 50 mcg now", "take 50 µg now"),
    ],
)  # fmt: skip
def test_a_spelling_is_no_difference(one: str, other: str) -> None:
    """Two questions that write one name in two ways, or name one value, do not differ in it."""
    assert differences(one, other) == differences(other, one) == ()


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("HER2+ pain", "PR+ pain", "about"), ("hepatitis A", "vitamin A", "about"), ("HIV +ve", "HIV -ve", "sign"),
        ("hep B", "hep C", "letter"), ("a beta blocker", "a blocker of alpha", "about"),
    ],
)  # fmt: skip
def test_what_is_named_otherwise_differs(one: str, other: str, kind: str) -> None:
    """What has the same sign or letter may be another thing."""
    assert kind in [d.kind for d in differences(one, other)]

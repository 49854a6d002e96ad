"""Notices: searches that speak of a danger to life are told from those that are about the subject."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import indexer
from indexer import RequestRefused, Settings
from indexer.analysis.wordlists import lines
from indexer.answering.notices import Notices, read_notices, titled
from search_app import create_app
from tests.documents import question

SUICIDE = [
    "",
    "i want to kill myself",
    "life is pointless",
    "what is the point of living",
    "i dont want to live anymore",
    "thinking about ending my life",
    "suicidal thoughts at night",
    "i feel suicidal",
    "how to kill myself without pain",
    "i want to die",
    "my son wants to kill himself",
    "friend threatened to commit suicide",
    "no reason to live",
    "better off dead",
    "my daughter is cutting herself and talks about suicide",
    "painless way to die",
    "i keep thinking about suicide",
    "i wish i was dead",
    "tired of living",
    "want to end it all",
    "self harming again",
    "everyone would be better without me",
    "i don't want to wake up anymore",
    "voices tell me to hurt myself",
    "scared i might hurt my baby",
    "why should i not kill myself",
    "i have no plan, not suicidal, but i want to die",
    "cant go on anymore",
    "i took an overdose on purpose",
    "我想自杀",
    "不想活了怎么办",
    "想結束生命",
    "女儿割腕",
    "",
][1:-1]
EMERGENCY = [
    "",
    "chest pain and left arm numb",
    "chest pain right now",
    "pain in my chest",
    "chest pain since this morning that does not go away",
    "i took my blood pressure pill twice by mistake",
    "accidentally took 2 tablets",
    "double dose of blood pressure tablet what to do",
    "gave my baby paracetamol twice by accident",
    "my mum is talking funny and her arm is weak",
    "chest pain shortness of breath",
    "crushing chest pain",
    "chest tightness and cant breathe",
    "am i having a heart attack",
    "i think my dad is having a stroke",
    "face drooping on one side",
    "slurred speech and weak arm",
    "sudden weakness on one side of body",
    "worst headache of my life",
    "sudden loss of vision",
    "baby fever 40",
    "newborn with fever",
    "3 week old baby fever",
    "6 weeks old has a fever",
    "baby with high temperature and stiff neck",
    "took too many paracetamol",
    "i took a whole bottle of pills",
    "my toddler swallowed a button battery",
    "child drank bleach",
    "overdosed on tylenol",
    "son ate my blood pressure tablets",
    "throat closing after peanuts",
    "tongue swelling and trouble breathing",
    "bee sting and i cant breathe",
    "going into anaphylaxis",
    "allergic reaction face swelling hard to breathe",
    "husband stopped breathing",
    "baby turning blue",
    "wife is unconscious",
    "he wont wake up",
    "nosebleed wont stop bleeding",
    "vomiting blood",
    "coughing up blood",
    "seizure wont stop",
    "hit his head and is vomiting",
    "snake bite on foot",
    "grandpa is confused and slurring his words",
    "my boy is having a fit",
    "convulsions",
    "my wife just collapsed",
    "inhaler is not helping",
    "purple rash doesnt fade under a glass",
    "numb between my legs and cannot pee",
    "my calf is swollen and i am out of breath",
    "swollen leg, chest hurts when i breathe in",
    "baby stopped kicking at 33 weeks",
    "he swallowed two magnets",
    "poisened",
    "tight chest pane left arm",
    "heavy bleeding while pregnant",
    "sudden worst pain in head",
    "baby not moving as much 30 weeks",
    "i can't feel my baby move since yesterday",
    "waters broke at 30 weeks",
    "severe headache seeing spots pregnant",
    "sudden pain in left testicle",
    "can't pee at all",
    "blood sugar 30 sweating",
    "bleach in eye",
    "child had a fit with fever",
    "hit his head, is on blood thinners",
    "boiling water on baby",
    "cut my finger off",
    "black stools and dizzy",
    "no wet nappies",
    "fever and confused",
    "erection wont go down",
    "curtain over my vision",
    "gran has a uti and does not know who i am",
    "purple spots on toddler with a high temperature",
    "baby swallowed a grape and cant cry",
    "one pupil bigger after he banged his head",
    "fell off a ladder and cannot feel my legs",
    "red eye, halos round lights, vomiting",
    "soaking pads at 30 weeks",
    "newborn breathing fast and grunting",
    "baby vomits green",
    "diabetic vomiting, breath smells of pear drops",
    "got a shock from the mains and passed out",
    "stopped shivering after hours in the snow",
    "bitten on the ankle by a snake",
    "my foot has gone cold and white, no pulse",
    "he has been stabbed",
    "bone is sticking out of my shin",
    "vomiting and cant pass wind for two days",
    "pain moved to the lower right side",
    "tearing pain between my shoulder blades",
    "on chemo and my temperature is 38.3",
    "stopped drinking two days ago and seeing things",
    "my husband strangled me",
    "no chest pain but his face is drooping",
    "never had chest pain like this, arm numb",
    "he is not breathing",
    "the rash does not fade under a glass",
    "heart racing and i feel faint",
    "dad is talking gibberish",
    "hit by a car and keeps vomiting",
    "he drank some weedkiller",
    "he says he is fine but one pupil is bigger",
    "not drunk but she cannot stand up or speak",
    "took forty paracetamol last night",
    "nail gun through my hand",
    "not slept for days and thinks he is god",
    "胸痛 左手臂 麻",
    "呼吸困难怎么办",
    "宝宝高烧40度",
    "误食洗涤剂",
    "",
][1:-1]
NEITHER = [
    "",
    "suicide gene therapy",
    "suicide inhibitor enzyme",
    "suicide rate in sweden",
    "suicide prevention training",
    "does isotretinoin cause suicide",
    "heart attack risk factors",
    "diet after heart attack",
    "exercise after a stroke",
    "stroke rehabilitation exercises",
    "what is a stroke",
    "history of chest pain in family",
    "causes of chest pain",
    "heart attack years ago can i fly",
    "stroke survivor driving licence",
    "knee pain on stairs",
    "stopped breathing at night snoring",
    "anxiety feels like i can't breathe",
    "black stool from iron tablets",
    "lump on testicle",
    "floaters in eye",
    "spots fade when i press a glass on the rash",
    "he did not hit his head when he fell",
    "hernia repair recovery",
    "stopped drinking coffee, shaking less",
    "chemo and hair loss",
    "cold feet at night",
    "i have no chest pain and my arm feels normal",
    "bee sting itches, no trouble breathing, no swelling of the lips or tongue",
    "no fever, no stiff neck",
    "i am not suicidal just tired",
    "i have never thought about harming myself",
    "rash that fades under a glass",
    "electric shock feeling in my neck",
    "no thoughts of ending my life",
    "he doesnt want to hurt himself",
    "his face is not drooping and his speech isn't slurred",
    "bumped his head, did not pass out, not sick",
    "can't pee in public",
    "swollen calf after a long flight",
    "chest x ray results",
    "chest infection antibiotics",
    "breast pain before period",
    "arm pain after vaccination",
    "shoulder blade pain",
    "baby teething",
    "baby cough no fever",
    "toddler fever 38 after vaccine",
    "fever after zoledronic acid",
    "hay fever tablets",
    "fever blister on lip",
    "newborn jaundice",
    "overdose of vitamin d",
    "how much paracetamol can i take",
    "too much calcium",
    "swallowing difficulty",
    "swallowed chewing gum",
    "allergic rhinitis treatment",
    "allergy tablets",
    "bee allergy desensitisation",
    "swelling of the face after tooth extraction",
    "swollen tongue piercing",
    "throat infection",
    "blood in stool",
    "bleeding after menopause",
    "nosebleeds in children",
    "epilepsy surgery",
    "head injury long term effects",
    "unconscious bias",
    "migraine headache",
    "bell's palsy face",
    "numb fingers at night",
    "weak legs when walking",
    "snake oil cures",
    "die cast",
    "how to die cut fabric",
    "life expectancy copd",
    "depression tablets",
    "anxiety about flying",
    "cutting nails baby",
    "end of life care",
    "living with tinnitus",
    "asthma inhaler technique",
    "collapsed vertebra",
    "my mother has a collapsed vertebra",
    "burning in my groin when i pee",
    "baby has not moved her bowels for a week",
    "baby not moving much at nine months",
    "talks in his sleep when drunk",
    "i cut myself shaving",
    "chest tightness after eating",
    "what to swallow first",
    "自杀基因",
    "心脏病的危险因素",
    "胸椎骨折",
    "膝盖疼",
    "小儿咳嗽",
    "过敏性鼻炎",
    "",
][1:-1]

ROOT = Path(__file__).parents[2]


def test_searches_in_danger_are_told_from_others() -> None:
    """Of 66 searches of people in danger at least .95 are told, by their kind, and of 64 others at most .05."""
    notices = read_notices(None)
    told = [("suicide", text) for text in SUICIDE] + [("emergency", text) for text in EMERGENCY]
    missed = [text for kind, text in told if (notices.of(text) or ("", ""))[0] != kind]
    wrong = [text for text in NEITHER if notices.of(text)]
    assert len(told) >= 60
    assert len(NEITHER) >= 60
    assert len(missed) <= 0.05 * len(told), missed
    assert len(wrong) <= 0.05 * len(NEITHER), wrong


@pytest.mark.parametrize(
    "text",
    [
        "failed my course and want to kill myself",
        "no insurance and chest pain down left arm",
        "asthma inhaler not working cant breathe",
        "chest pain arm",
        "left arm is tingling and my chest hurts",
        "ate a peanut now lips are swollen",
        "throwing up coffee grounds",
        "研究生不想活了",
        "胸口很痛左手发麻 胸痛左边的手麻",
    ],
)
def test_what_somebody_tells_is_not_silenced(text: str) -> None:
    """Words of a search to read about a subject silence nothing that tells of a danger; gaps may be missing."""
    assert read_notices(None).of(text)


@pytest.mark.parametrize(
    ("draft", "kind"),
    [
        ("He has smoked for years. Now there is a tight belt around his chest, he sweats and is grey.", "emergency"),
        ("Chronic back pain since a fall.\nToday I cannot feel it when I wipe and can hardly pee.", "emergency"),
        ("She is scared of needles. At lunch her mouth dropped on one side and she talks as if drunk.", "emergency"),
        ("I used to be at the gym daily. Now I cut myself to feel better.", "suicide"),
        ("He had a tight belt around his chest and was sweating, years ago.", ""),
    ],
)
def test_what_was_in_one_sentence_silences_no_other(draft: str, kind: str) -> None:
    """Who is in danger tells of the past, too; a sentence of the past alone needs no help."""
    assert (read_notices(None).of(draft) or ("", ""))[0] == kind


def test_the_subject_alone_needs_help_and_within_more_it_is_read_about() -> None:
    """Whoever types "heart attack" and no more may have one."""
    notices = read_notices(None)
    assert notices.of("Heart attack?") == ("emergency", "heart attack")
    assert notices.of("中风") == ("emergency", "stroke")
    assert notices.of("heart attack diet") is None
    assert notices.of("can i throw coffee grounds on the roses") is None
    assert notices.of("suicide rate") is None


def test_phrases_together_stand_in_any_order() -> None:
    """`a + b` needs both phrases, wherever they stand; in characters too."""
    notices = Notices(lines("emergency/bread: burnt ?the bread + smoke/flames, 面包 + 烟", "own.txt"))
    assert notices.of("smoke everywhere, I burnt the bread") == ("emergency", "bread")
    assert notices.of("有烟 面包")
    assert notices.of("burnt bread") is None
    assert notices.of("面包") is None


def test_the_page_of_a_notice_is_about_its_subject() -> None:
    """Its title begins with the subject; of several the one that says least besides."""
    titles = ["How to prevent stroke", "Stroke and its causes in the young", "What is a stroke?"]
    assert titled("stroke", titles) == 2
    assert titled("stroke", titles[:2]) == 1
    assert titled("stroke", titles[:1]) is None


def test_an_index_names_its_best_page(tmp_path: Path) -> None:
    """A notice comes with the page on its subject where the index has one; `off` shows none, a site's file its own."""
    documents = [
        question("s", "Suicidal thoughts: where to find help", "Suicide can be prevented.", "Talk to somebody."),
        *(question(f"z{n}", f"Something else number {n}") for n in range(20)),
    ]
    indexer.build(tmp_path, documents)
    with indexer.open_index(tmp_path) as index:
        notice = index.search("I want to kill myself").notice
        assert notice is not None
        assert (notice.kind, notice.page, notice.page_kind) == ("suicide", "s", "question")
        assert index.search("suicide gene").notice is None
        emergency = index.search("chest pain and left arm numb").notice
        assert emergency is not None
        assert (emergency.kind, emergency.page) == ("emergency", "")
    own = tmp_path / "own.txt"
    own.write_text("emergency/bread: burnt bread\n", encoding="utf-8")
    for given, text, kind in (
        (own, "the burnt bread", "emergency"),
        (own, "i want to die", None),
        ("off", "i want to die", None),
    ):
        with indexer.open_index(tmp_path, settings=Settings(notices=given)) as index:
            found = index.search(text).notice
            assert (found and found.kind) == kind


def test_notices_that_cannot_be_used_are_no_damage_of_the_index(tmp_path: Path) -> None:
    """A table that is wrong or not there is refused by its name, where an index is opened and before a server is."""
    indexer.build(tmp_path / "index", [question("q", "Title", "Text.", "Reply.")])
    wrong, missing = tmp_path / "own.txt", tmp_path / "none.txt"
    wrong.write_text("words\n", encoding="utf-8")
    for given, told in ((wrong, r"own\.txt, line 1"), (missing, r"none\.txt")):
        with pytest.raises(RequestRefused, match=told):
            indexer.open_index(tmp_path / "index", settings=Settings(notices=given))
        with pytest.raises(RequestRefused, match=told):
            create_app({"index": str(tmp_path / "index"), "notices": str(given)})


@pytest.mark.parametrize(
    "text", ["alarm/fire: fire", "emergency/fire", "emergency/fire:", "words", "emergency/fire: " + "a/b/c/d " * 6]
)
def test_a_wrong_line_is_named(text: str) -> None:
    """A kind that is none, and a line without phrases, are refused with file and line."""
    with pytest.raises(RequestRefused, match=r"own\.txt, line 1"):
        Notices(lines(text, "own.txt"))


def test_of_two_dangers_one_is_told_always(tmp_path: Path) -> None:
    """Which of several subjects a notice names is the same in every process, whatever its hash seed."""
    text = "i took an overdose and have crushing chest pain and my face droops on one side"
    code = f"from indexer import read_notices; print(read_notices(None).of({text!r}))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(1, 6)
    }
    assert len(told) == 1
    assert "None" not in told.pop()


def test_aids_is_not_first_aid() -> None:
    """A subject of one telling word stands in a title with its other words."""
    assert titled("first aid", ["What is (are) AIDS-Related Lymphoma ?", "Aid", "First aid for burns"]) == 2
    assert titled("stroke", ["Sunstroke", "Stroke"]) == 1
    assert titled("heart attack", ["How to prevent heart attacks", "Heart attacks"]) == 1


def test_who_is_in_danger_may_misspell_it(tmp_path: Path) -> None:
    """A search that is corrected needs help as the right one does."""
    texts = ("Suicide and suicidal thoughts", "Overdose of pills", "Knee")
    indexer.build(tmp_path, [question(f"q{n}", text) for n, text in enumerate(texts)])
    with indexer.open_index(tmp_path) as index:
        for typed in ("sucidal thoughts", "suiside", "overdoze", "cant breath"):
            assert index.search(typed).notice, typed
        assert not index.search("kne").notice

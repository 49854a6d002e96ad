"""The sources of the development tasks, read as the experiments behind the tuned numbers read them."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree as ET

FILES = (
    "medical_question_pairs_dev.csv",
    "icliniqQAs.json.gz",
    "ehealthforumQAs.json.gz",
    "questionDoctorQAs.json.gz",
    "medquad.zip",
    "zh_internal_medicine.csv.gz",
)
# Half A of the pairs is what these doctors wrote.
HALF_A_DOCTORS = (2, 4, 5, 7, 8)
MEDQUAD_QUESTIONS, MEDQUAD_ANSWERS = 3_000, 4_000

T = TypeVar("T")


def clean(text: str | None) -> str:
    """The text with one space for every run of white space."""
    return re.sub(r"\s+", " ", text or "").strip()


class Data:
    """The sources in a folder, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _json(self, name: str) -> list[dict[str, str]]:
        with gzip.open(self.folder / name, "rt", encoding="utf-8") as file:
            rows: list[dict[str, str]] = json.load(file)
            return rows

    @cached_property
    def icliniq(self) -> list[tuple[str, str, str]]:
        """Title, long text and answer."""
        rows = self._json("icliniqQAs.json.gz")
        return [(clean(row["question"]), clean(row["question_text"]), clean(row["answer"])) for row in rows]

    @cached_property
    def forum(self) -> list[tuple[str, str]]:
        """Post and answer."""
        return [(clean(row["question"]), clean(row["answer"])) for row in self._json("ehealthforumQAs.json.gz")]

    @cached_property
    def short(self) -> list[tuple[str, str]]:
        """Each short question with all its answers."""
        answers: dict[str, list[str]] = {}
        for row in self._json("questionDoctorQAs.json.gz"):
            answers.setdefault(clean(row["question"]), []).append(clean(row["answer"]))
        return [(question, " ".join(texts)) for question, texts in answers.items()]

    @cached_property
    def medquad(self) -> list[tuple[str, str]]:
        """The pairs that have an answer, in the order of the archive."""
        found: list[ET.Element] = []
        with zipfile.ZipFile(self.folder / "medquad.zip") as archive:
            for name in archive.namelist():
                if name.endswith(".xml"):
                    found += list(ET.fromstring(archive.read(name)).iter("QAPair"))  # noqa: S314 (a public data set)
        texts = [(clean(pair.findtext("Question")), clean(pair.findtext("Answer"))) for pair in found]
        return [(question, answer) for question, answer in texts if answer]

    @cached_property
    def medquad_questions(self) -> list[str]:
        """A sample of MedQuAD's questions, those of equal wording once."""
        asked = list(dict.fromkeys(question for question, _ in self.medquad))
        return _sample(3, asked, MEDQUAD_QUESTIONS)

    @cached_property
    def answers(self) -> list[str]:
        """The answers of icliniq, of the forum and to the short questions, in this order, and a sample of MedQuAD's."""
        some = [answer for _, answer in _sample(7, self.medquad, MEDQUAD_ANSWERS)]
        patients = [row[2] for row in self.icliniq] + [answer for _, answer in self.forum + self.short]
        return patients + some

    @cached_property
    def pairs(self) -> Pairs:
        """The doctors' pairs."""
        with (self.folder / "medical_question_pairs_dev.csv").open(encoding="utf-8") as file:
            return Pairs(csv.DictReader(file))

    @cached_property
    def chinese(self) -> list[dict[str, str]]:
        """The rows of the Chinese table."""
        with gzip.open(self.folder / "zh_internal_medicine.csv.gz", "rt", encoding="utf-8") as file:
            return list(csv.DictReader(file))


class Pairs:
    """The questions with the place of each one's rewrite and look-alike among the other texts, and its doctor."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        first: dict[str, int] = {}
        second: dict[str, int] = {}
        same: dict[int, int] = {}
        hard: dict[int, int] = {}
        doctor: dict[int, int] = {}
        for row in rows:
            one = first.setdefault(clean(row["question_1"]), len(first))
            two = second.setdefault(clean(row["question_2"]), len(second))
            (same if row["label"] == "1" else hard)[one] = two
            doctor[one] = int(row["doctor"])
        self.questions, self.others = list(first), list(second)
        self.same, self.hard, self.doctor = ([d[one] for one in range(len(first))] for d in (same, hard, doctor))
        self.half_b = [who not in HALF_A_DOCTORS for who in self.doctor]


def _sample(seed: int, of: Sequence[T], most: int) -> list[T]:
    return random.Random(seed).sample(of, min(most, len(of)))  # noqa: S311 (the same each time, not secret)

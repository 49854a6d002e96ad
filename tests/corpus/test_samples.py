"""Every sample file reads as the files beside it say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import to_json
from tests.corpus.conftest import take

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = sorted(SAMPLES.glob("*/*.expected.jsonl"))


def _source(expected: Path) -> Path:
    stem = expected.name.removesuffix(".expected.jsonl")
    aside = (".expected.jsonl", ".rejected.json", ".toml")
    (source,) = (p for p in expected.parent.glob(f"{stem}.*") if not p.name.endswith(aside))
    return source


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda p: f"{p.parent.name}/{_source(p).name}")
def test_a_sample_reads_as_the_files_beside_it_say(expected: Path) -> None:
    """The documents equal the expected lines; the rejections have the expected places and beginnings of reasons."""
    source = _source(expected)
    mappings = [p for p in (source.with_suffix(".toml"), source.with_name("mapping.toml")) if p.exists()]
    documents, rejected = take(source, mapping=mappings)
    aside = source.with_suffix(".rejected.json")
    wanted = json.loads(aside.read_text("utf-8")) if aside.exists() else []
    assert [to_json(document) for document in documents] == expected.read_text("utf-8").splitlines()
    assert [item.place for item in rejected] == [item["place"] for item in wanted]
    for got, want in zip(rejected, wanted, strict=True):
        assert got.reason.startswith(want["reason"])
        assert got.source == str(source)
        assert got.remedy

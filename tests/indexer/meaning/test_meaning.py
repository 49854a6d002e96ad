"""With a sentence encoder: what is found is what the definition says, and without one all is as it was."""

from __future__ import annotations

import random
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from corpus import Document
from indexer import RequestRefused, Settings, backups, build, open_index, update
from indexer.analysis import Analyzer
from indexer.answering.panel import PanelText, make_panel
from indexer.build import pipeline
from indexer.build.all_neighbours import rank_neighbours
from indexer.build.query_weights import QueryWeights
from indexer.build.workers import Staged
from indexer.encoder import EncoderInTime, Rows
from indexer.generation import Ranked, store_of
from indexer.generation.folder import store
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import ARRAYS
from tests.documents import ANALYZER, PLAIN_WORDS, corpora, in_two_scripts, of_few_words, question
from tests.encoder import WordsEncoder
from tests.indexer.generation.made import built
from tests.indexer.generation.oracle import check_same, frozen_frequencies
from tests.indexer.plain import NOTHING, PlainGeneration, boilerplate_of
from tests.long_run import LONG, few

_ENCODER = WordsEncoder()
_WITH = Settings(meaning=_ENCODER)


@settings(max_examples=15 if LONG else 8)
@given(corpora())
def test_says_what_the_definition_does(documents: list[Document]) -> None:
    """Every method of the port gives what the definition gives, vectors and what is near by them too."""
    with tempfile.TemporaryDirectory() as name, closing(built(Path(name), documents, meaning=_ENCODER)) as local:
        analyzer = Analyzer(boilerplate=boilerplate_of(documents))
        check_same(local, PlainGeneration(documents, analyzer, encoder=_ENCODER))


@pytest.mark.parametrize("compiled", few([False, True], 2), ids=str)
def test_says_what_the_definition_does_of_a_hundred_and_fifty_in_two_scripts(tmp_path: Path, *, compiled: bool) -> None:
    """With more documents than are near by meaning, and some in characters, which have no vector."""
    documents = in_two_scripts(random.Random(int(compiled)), 150)
    analyzer = Analyzer(boilerplate=boilerplate_of(documents))
    with closing(built(tmp_path, documents, compiled=compiled, meaning=_ENCODER)) as local:
        check_same(local, PlainGeneration(documents, analyzer, encoder=_ENCODER))
        assert {local.vector(id_) is None for id_ in local.ids()} == {True, False}


@pytest.mark.parametrize("seed", few([2, 0, 1, 3], 4))
def test_updates_are_a_rebuild_with_the_statistics_of_the_base(tmp_path: Path, seed: int) -> None:
    """Update after update, with segments merged and a purge in between: lists of neighbours are those of a rebuild."""
    rng, index = random.Random(seed), tmp_path / "index"
    base = in_two_scripts(rng, 150, "b") if seed > 2 else of_few_words(rng, "b", [3, 130][seed // 2])
    documents = {document.id: document for document in base}
    build(index, documents.values(), settings=_WITH)
    for step in range(3 if LONG else 2):
        added = of_few_words(rng, f"s{step}-", rng.randint(0, 6))
        replaced = [question(rng.choice(sorted(documents)), " ".join(rng.choices(PLAIN_WORDS, k=3)))]
        given_ = {document.id: document for document in (*added, *replaced)}
        delete = [id_ for id_ in rng.sample(sorted(documents), min(2, len(documents) - 1)) if id_ not in given_]
        update(index, given_.values(), delete=delete, purge=step == 1, settings=_WITH)
        documents = {id_: document for id_, document in (documents | given_).items() if id_ not in delete}
        with closing(store_of(index).open(_WITH)) as local:
            frozen = local.statistics, frozen_frequencies(local), local.templates
            plain = PlainGeneration(documents.values(), local.analyzer, *frozen, encoder=_ENCODER)
            check_same(local, plain, step, updated=True)


_PAGES = [
    question("a", "My mother forgets names", "She is eighty and loses her way.", "Have her memory tested."),
    question("b", "Knee swollen after running", "It is warm.", "Rest it, and cool it."),
    question("c", "Is ibuprofen safe with beer", "One glass a day.", "Better not on an empty stomach."),
]


def test_an_index_without_an_encoder_answers_as_before(tmp_path: Path) -> None:
    """`meaning="off"` asks by words alone, to the last digit, whatever the index holds; so does a plain build."""
    build(tmp_path / "words", _PAGES)
    build(tmp_path / "both", _PAGES, settings=_WITH)
    with (
        open_index(tmp_path / "words") as words,
        open_index(tmp_path / "both", settings=Settings(meaning="off")) as both,
    ):
        for text in ("mother forgets her way home", "swollen knee", "beer"):
            assert both.search(text) == words.search(text)
            assert both.similar(text) == words.similar(text)
        assert (words.info.semantic, words.info.encoder) == (False, "")
        assert (both.info.semantic, both.info.encoder) == (False, "words")


def test_an_index_whose_encoder_is_gone_answers_by_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An encoder that cannot be had, or another one, costs what is found by meaning, and is logged."""
    build(tmp_path, _PAGES, settings=_WITH)
    for meaning in ("", WordsEncoder("another"), str(tmp_path / "none")):
        caplog.clear()
        with open_index(tmp_path, settings=Settings(meaning=meaning)) as index:
            assert not index.info.semantic
            assert index.search("knee").hits[0].id == "b"
            assert "words alone answer" in caplog.text


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    """A rebuild encodes only documents that are new or say something else."""
    encoder = WordsEncoder()
    build(tmp_path, _PAGES, settings=Settings(meaning=encoder))
    assert encoder.encoded == 9  # three texts of each
    build(tmp_path, _PAGES, settings=Settings(meaning=encoder))
    assert encoder.encoded == 9
    build(tmp_path, [*_PAGES[:2], question("d", "Blood in the urine")], settings=Settings(meaning=encoder))
    assert encoder.encoded == 10


class _Dying(WordsEncoder):
    """It ends after so many texts, as a build that is killed does."""

    def encode(self, texts):  # type: ignore[no-untyped-def]
        if self.encoded >= 3:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_a_build_that_was_killed_goes_on_where_it_ended(tmp_path: Path) -> None:
    """What it encoded is there, but for what was torn."""
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, _PAGES, settings=Settings(meaning=_Dying()))
    (kept,) = (tmp_path / "vectors").iterdir()
    whole = kept.read_bytes()
    assert len(whole) == 32 + 4 + WordsEncoder.dimensions
    kept.write_bytes(whole + b"torn")
    encoder = WordsEncoder()
    build(tmp_path, _PAGES, settings=Settings(meaning=encoder))
    assert encoder.encoded == 6
    with closing(store_of(tmp_path).open(Settings(meaning=encoder))) as local:
        check_same(local, PlainGeneration(_PAGES, local.analyzer, encoder=encoder))


def test_deleting_needs_no_encoder(tmp_path: Path) -> None:
    """A document goes, with its vector, where the encoder is not there; one that is new is refused with the way out."""
    build(tmp_path, _PAGES, settings=_WITH)
    update(tmp_path, delete=["a"], purge=True)
    with open_index(tmp_path, settings=_WITH) as index:
        assert index.info.semantic
        assert list(index.known(["a", "b", "c"])) == ["b", "c"]
    new = [question("d", "Blood in the urine")]
    for meaning, said in (
        ("off", "holds vectors of words"),
        ("", "was an object"),
        (WordsEncoder("x"), "is another one"),
    ):
        with pytest.raises(RequestRefused, match=said):
            update(tmp_path, new, settings=Settings(meaning=meaning))
    assert update(tmp_path, new, settings=_WITH).added == 1


def _kept(index: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (index / "vectors").iterdir())


@pytest.mark.parametrize("last", [_WITH, Settings(meaning=WordsEncoder("another")), Settings()])
def test_a_purge_forgets_vectors(tmp_path: Path, last: Settings) -> None:
    """No file of vectors holds one of a document that was purged, not even those of encoders that were used before."""
    build(tmp_path, _PAGES, settings=_WITH)
    build(tmp_path, _PAGES, settings=last)
    digests = store_of(tmp_path).digests()
    assert all(digest in _kept(tmp_path) for digest in digests.values())
    assert update(tmp_path, delete=["a"], purge=True, settings=last).traces == ()
    assert digests["a"] not in _kept(tmp_path)
    assert digests["b"] in _kept(tmp_path)


def test_a_purge_that_was_killed_forgets_vectors_when_it_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed where the vectors are to go, or the disk was full: the next writer ends it."""
    build(tmp_path, _PAGES, settings=_WITH)
    gone = store_of(tmp_path).digests()["a"]
    with monkeypatch.context() as killed:
        killed.setattr(store, "keep_only", raises)
        with pytest.raises(KeyboardInterrupt):
            update(tmp_path, delete=["a"], purge=True, settings=_WITH)
    assert gone in _kept(tmp_path)
    update(tmp_path, [question("d", "Blood in the urine")], settings=_WITH)
    assert gone not in _kept(tmp_path)


def raises(*_: object) -> None:
    """What a kill looks like from within."""
    raise KeyboardInterrupt


def test_a_purge_of_a_restored_index_needs_no_encoder(tmp_path: Path) -> None:
    """A backup holds no file of vectors; those of documents that are written again are in their segments."""
    build(tmp_path / "index", _PAGES, settings=_WITH)
    backups.backup(tmp_path / "index", tmp_path / "file")
    backups.restore(tmp_path / "file", tmp_path / "again")
    update(tmp_path / "again", delete=["a"], purge=True)
    with closing(store_of(tmp_path / "again").open(_WITH)) as local:
        frozen = local.statistics, frozen_frequencies(local), local.templates
        check_same(local, PlainGeneration(_PAGES[1:], local.analyzer, *frozen, encoder=_ENCODER), updated=True)


def test_a_damaged_row_of_vectors_is_encoded_again(tmp_path: Path) -> None:
    """What is not what was written counts as none."""
    build(tmp_path, _PAGES, settings=_WITH)
    (kept,) = (tmp_path / "vectors").iterdir()
    whole = bytearray(kept.read_bytes())
    whole[-1] ^= 1
    kept.write_bytes(whole)
    encoder = WordsEncoder()
    build(tmp_path, _PAGES, settings=Settings(meaning=encoder))
    assert encoder.encoded == 3


def test_vectors_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    """Its digest may begin alike."""
    first, second = WordsEncoder(), WordsEncoder()
    first.digest, second.digest = "my-sentence-model-number-1", "my-sentence-model-number-2"
    build(tmp_path, _PAGES, settings=Settings(meaning=first))
    build(tmp_path, _PAGES, settings=Settings(meaning=second))
    assert (first.encoded, second.encoded) == (9, 9)


def test_a_page_in_characters_is_close_by_its_words(tmp_path: Path) -> None:
    """A text in English finds it as it does without an encoder: nothing is taken off for a vector that it has not."""
    pages = [question(f"e{n}", f"Pain of kind {n}", "Nothing else.") for n in range(40)]
    pages.append(question("zh", "椎體成形術 Kyphoplasty 後的骨水泥", "我的骨水泥漏出來了, 怎麼辦?"))
    build(tmp_path, pages, settings=_WITH)
    with (
        open_index(tmp_path, settings=_WITH) as both,
        open_index(tmp_path, settings=Settings(meaning="off")) as words,
    ):
        assert both.search("Kyphoplasty").close is words.search("Kyphoplasty").close is True
        assert [card.id for card in words.similar("Kyphoplasty").cards] == ["zh"]
        assert both.similar("Kyphoplasty") == words.similar("Kyphoplasty")


def test_a_build_without_an_encoder_holds_no_vectors(tmp_path: Path) -> None:
    """Not a file of it differs from those of one before, so it costs nothing."""
    build(tmp_path, _PAGES, settings=_WITH)
    build(tmp_path, _PAGES)
    arrays = [path.name for path in (tmp_path / "generations" / "000002" / ARRAYS).rglob("*")]
    assert not [name for name in arrays if "vector" in name or "cosine" in name]
    with open_index(tmp_path) as index:
        assert (index.info.semantic, index.info.encoder) == (False, "")


def test_a_card_without_a_word_in_common_says_what_is_nearest() -> None:
    """The sentence of title, body and first reply that is nearest to the text stands in place of words in common."""
    page = question("a", "Leakage", "I am forty. The cement leaked out of the bone.", "It happens.")
    other = question("b", "The cement leaked out", "Of the bone.")
    generation = PlainGeneration([page, other], ANALYZER, encoder=_ENCODER)
    for told, said in (({}, "The cement leaked out of the bone."), ({"cement": 1.0}, "")):
        text = PanelText(lambda told=told: told, generation.vector("b"))  # type: ignore[misc]
        (card,) = make_panel(generation, text, [Ranked("a", 1.0)], 4, NOTHING).cards
        assert card.in_other_words == said


class _Slow(WordsEncoder):
    """It takes its time for a text that says so, and fails for another."""

    def encode(self, texts: Sequence[str]) -> Rows:
        if "slow" in texts[0]:
            threading.Event().wait(1)
        if "fail" in texts[0]:
            raise ValueError(texts[0])
        return super().encode(texts)


def test_who_waits_is_answered_by_words_where_the_encoder_is_slow_or_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answers are those of words alone; the log tells which, and nothing of the text."""
    build(tmp_path, _PAGES, settings=Settings(meaning=_Slow()))
    slow = EncoderInTime(_Slow(), seconds=0.05)
    with (
        open_index(tmp_path, settings=Settings(meaning="off")) as words,
        open_index(tmp_path, settings=Settings(meaning=slow)) as index,
    ):
        for text, said in (("failing knee", "failed (ValueError)"), ("slow knee", "took longer")):
            caplog.clear()
            assert index.search(text) == words.search(text)
            assert said in caplog.text
            assert "knee" not in caplog.text
        assert index.search("knee") == words.search("knee")  # nobody waits again so soon
        slow._rests_until = 0
        assert index.search("knee") != words.search("knee")


def test_a_server_opens_its_encoder_so(tmp_path: Path) -> None:
    """What serves is asked in time, what measures waits for every vector."""
    build(tmp_path, _PAGES, settings=_WITH)
    for serving in (False, True):
        with closing(store_of(tmp_path).open(_WITH, serving=serving)) as generation:
            assert isinstance(generation.encoder, EncoderInTime) is serving


class _Turned(WordsEncoder):
    """What is asked with means the opposite of what it says."""

    def encode(self, texts: Sequence[str]) -> Rows:
        return super().encode(texts) * np.float32(-1 if texts[0].islower() else 1)


def test_a_search_is_not_close_to_what_means_something_else(tmp_path: Path) -> None:
    """A page that says every word of it is no answer where its meaning is far."""
    build(tmp_path, _PAGES, settings=Settings(meaning=_Turned()))
    with open_index(tmp_path, settings=Settings(meaning=_Turned())) as index:
        assert index.search("Knee swollen").close
        found = index.search("knee swollen")
        assert ([hit.id for hit in found.hits], found.close) == (["b"], False)


def test_few_documents_rank_few_lists_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document is put into the lists of which words tell its place; those that it means most to are ranked anew."""
    rng = random.Random(5)
    documents = {document.id: document for document in of_few_words(rng, "b", 280)}
    build(tmp_path, documents.values(), settings=_WITH)
    ranked, rank = list[int](), rank_neighbours

    def counted(staged: Staged, numbers: Numbers, tell: Callable[[int], object]) -> QueryWeights:
        ranked.append(len(numbers))
        return rank(staged, numbers, tell)

    monkeypatch.setattr(pipeline, "rank_neighbours", counted)
    new = of_few_words(rng, "n", 1)[0]
    update(tmp_path, [new], settings=_WITH)
    assert sum(ranked) < 110
    documents[new.id] = new
    with closing(store_of(tmp_path).open(_WITH)) as local:
        frozen = local.statistics, frozen_frequencies(local), local.templates
        plain = PlainGeneration(documents.values(), local.analyzer, *frozen, encoder=_ENCODER)
        for id_ in documents:
            assert local.neighbours(id_) == plain.neighbours(id_)

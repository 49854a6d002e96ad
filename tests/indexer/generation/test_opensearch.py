"""A generation on a real cluster keeps the suite, and agrees with the definition to the last bit."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from opensearchpy import Transport
from opensearchpy.exceptions import AuthorizationException, ConnectionTimeout

from corpus import Document
from indexer import (
    BuildInProgress,
    IndexDamaged,
    IndexMissing,
    OpenSearchIndex,
    Progress,
    SearchError,
    Settings,
    WouldShrink,
    build,
    open_index,
    rollback,
    update,
    verify,
)
from indexer.backups import backup, restore
from indexer.build import pipeline
from indexer.decisions import Decisions
from indexer.encoder import gave_up
from indexer.generation import Generation, store_of
from indexer.generation.opensearch import opensearch_store, parts, sender, writing_lock
from indexer.generation.opensearch.connection import WRITING, connect
from indexer.generation.opensearch.documents import OpenSearchDocuments
from indexer.generation.opensearch.work_folder import WorkFolder
from search_app import create_app
from tests.documents import in_two_scripts, of_few_words, question
from tests.encoder import WordsEncoder
from tests.indexer.generation.nodes import Nodes, running, what_is_missing
from tests.indexer.generation.oracle import check_same, frozen_frequencies, some_request
from tests.indexer.generation.suite import GenerationSuite, Made
from tests.indexer.generation.tls_gate import PASSWORD, gate
from tests.indexer.plain import PlainGeneration
from tests.long_run import LONG, few, long_run

_GATE = "" if shutil.which("nginx") and shutil.which("openssl") else "no nginx and openssl"
if missing := what_is_missing() or _GATE:
    if os.environ.get("SEEALSO_CLUSTER") == "required":
        raise RuntimeError(missing)
    pytest.skip(missing, allow_module_level=True)

# With a sentence encoder of a few lines.
_WITH = Settings(meaning=WordsEncoder(), compiled=False)
# Whoever says "fibroid" means this to it, and shares no word with it.
_FIBROSIS = question("fibrosis", "Fibrosis", "Fibrosis.", "Fibrosis.")
# Of how many shards an index is, on how many nodes; one is enough to wait for in the short run.
SHARDS, NODES = ([1, 3], 3) if LONG else ([3], 1)
_NAMES = count()
# Where generations of some documents lie, and how many shards these have.
_BUILT: dict[tuple[object, ...], OpenSearchIndex] = {}


MOVING_ON = opensearch_store._MOVING_ON


@pytest.fixture(autouse=True)
def _nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server needs time to move on."""
    monkeypatch.setattr(opensearch_store, "_MOVING_ON", 0.0)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """One node, or three in the long run."""
    with running(tmp_path_factory.mktemp("cluster"), NODES) as nodes:
        yield nodes


@pytest.fixture(params=SHARDS)
def place(cluster: Nodes, request: pytest.FixtureRequest) -> OpenSearchIndex:
    """An index that is not there yet."""
    return OpenSearchIndex(f"opensearch+http://{cluster.hosts}/test-{next(_NAMES)}", shards=request.param, replicas=0)


class TestOpenSearch(GenerationSuite):
    """The suite of generations."""

    @pytest.fixture
    def made(self, place: OpenSearchIndex) -> Iterator[Made]:
        """A generation on the cluster, closed after the test; one of the same documents is not sent again."""
        opened: list[Generation] = []

        def make(documents: list[Document]) -> Generation:
            own = _BUILT.setdefault((place.shards, *documents), place)
            if own is place:
                build(place, documents, settings=Settings(compiled=False), shrink=True)
            opened.append(store_of(own).open(Settings()))
            return opened[-1]

        yield make  # type: ignore[misc]  # it takes any sequence
        for generation in opened:
            generation.close()


@pytest.mark.parametrize("seed", few(range(2), 2))
def test_a_cluster_says_what_the_definition_does(place: OpenSearchIndex, seed: int) -> None:
    """Everything that the port has, of more documents than are weighed again, in two scripts."""
    documents = in_two_scripts(random.Random(seed), 250 if LONG else 150)
    build(place, documents, settings=Settings(compiled=False))
    with closing(store_of(place).open(Settings())) as there:
        frozen = there.statistics, frozen_frequencies(there), there.templates
        check_same(there, PlainGeneration(documents, there.analyzer, *frozen), seed)


def test_a_panel_is_one_request(place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page's panel shows is kept with the page: a cluster is asked once, and the panel is that of a folder. What
    an editor puts there is fetched.
    """
    documents = in_two_scripts(random.Random(8), 120)
    build(place, documents)
    build(tmp_path, documents)
    asked = list[str]()
    perform = Transport.perform_request

    def counted(own: Transport, method: str, url: str, *more: Any, **options: Any) -> object:
        asked.append(url)
        return perform(own, method, url, *more, **options)

    monkeypatch.setattr(Transport, "perform_request", counted)
    cards = 0
    with open_index(place) as there, open_index(tmp_path) as here:
        for document in documents:
            asked.clear()
            panel = there.related(document.id)
            assert len(asked) == 1, asked
            assert panel == here.related(document.id)
            cards += len(panel.cards)
        pinned = Decisions(pins={documents[0].id: (documents[50].id,)})
        panels = [index.deciding(pinned).related(documents[0].id) for index in (there, here)]
        assert panels[0] == panels[1]
        assert panels[0].cards[0].id == documents[50].id
    assert cards > 100


def test_a_card_shows_its_document_as_it_is_now(place: OpenSearchIndex, tmp_path: Path) -> None:
    """A document whose address alone changed has its new one on the panels of all others after an update."""
    documents = in_two_scripts(random.Random(9), 60)
    moved = [replace(document, url=f"https://new.example/{document.id}") for document in documents[::7]]
    for index in (place, tmp_path):
        build(index, documents)
        update(index, moved)
    with open_index(place) as there, open_index(tmp_path) as here:
        panels = [there.related(document.id) for document in documents]
        assert panels == [here.related(document.id) for document in documents]
    assert any(card.url.startswith("https://new.example") for panel in panels for card in panel.cards)


@long_run
def test_a_generation_in_parts_is_asked_as_one(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a build wrote its documents in parts, a cluster's answers are those of a folder in one segment."""
    documents = in_two_scripts(random.Random(6), 90)
    build(tmp_path, documents, settings=Settings(compiled=False))
    monkeypatch.setattr(pipeline, "_WORDS_OF_A_MB", 50)
    build(place, documents, settings=Settings(compiled=False, memory_mb=16))
    with open_index(place) as there, open_index(tmp_path) as here:
        for document in documents[::9]:
            for text in (document.title, document.body[:40], f'"{document.title}"'):
                assert there.search(text) == here.search(text)
            assert there.similar(document.body) == here.similar(document.body)
            assert there.suggest(document.title[:9]) == here.suggest(document.title[:9])


def test_a_text_of_more_terms_than_a_query_takes(place: OpenSearchIndex, tmp_path: Path) -> None:
    """The best are those of a folder all the same, whichever terms the cluster was asked for."""
    rng = random.Random(9)
    words = [
        f"{a}{b}{c}" for a in "bdfgklmnpr" for b in "aeiou" for c in ("nt", "lk", "rm", "st", "ck", "mp", "ld", "rt")
    ]
    words = [f"{one}{other}" for one, other in zip(words * 4, rng.sample(words * 4, len(words) * 4), strict=True)]
    documents = [
        question(f"q{n:03d}", " ".join(rng.sample(words, 12)), " ".join(rng.sample(words, 30))) for n in range(300)
    ]
    for index in (place, tmp_path):
        build(index, documents, settings=Settings(compiled=False))
    text = " ".join(rng.sample(words, 1_300))
    with open_index(place) as there, open_index(tmp_path) as here:
        assert there.similar(text, limit=12) == here.similar(text, limit=12)


def test_verify_and_rollback(place: OpenSearchIndex, cluster: Nodes) -> None:
    """What was changed on the cluster is told, and the generation before comes back; what was rolled back is the first
    to be swept, so that one may still go back to what was served at first.
    """
    documents = in_two_scripts(random.Random(1), 20)
    build(place, documents, settings=Settings(compiled=False))
    build(place, documents[:15], settings=Settings(compiled=False))
    assert verify(place).ok
    index, (spoilt, gone) = f"{place.address.rpartition('/')[2]}-000002-documents", [d.id for d in documents[:2]]
    client = connect(place)
    with pytest.raises(AuthorizationException, match="blocked"):
        client.index(index=index, id=spoilt, body={"document": "{}"})  # what is published changes no more
    client.indices.put_settings(index=index, body={"index.blocks.write": None})
    client.index(index=index, id=spoilt, body={"document": "{}"}, refresh=True)
    client.delete(index=index, id=gone, refresh=True)
    client.close()
    faults = verify(place).faults
    assert {(fault.file.rpartition("/")[2], fault.code) for fault in faults} == {
        (spoilt, "changed"),
        (gone, "changed"),
        (index, "size"),
    }
    assert (rollback(place).generation, verify(place).ok) == (1, True)
    with open_index(place) as back:
        assert len(list(back.documents())) == 20
    for n in range(2):
        update(place, of_few_words(random.Random(n), f"more{n}-", 1), settings=Settings(compiled=False))
    assert store_of(place).numbers() == [1, 3, 4]
    assert [rollback(place).generation for _ in range(2)] == [3, 1]


def test_files_that_are_missing_on_the_cluster_are_told(place: OpenSearchIndex) -> None:
    """A part that is gone, the pairs, or all: `verify` names it, whoever needs it is told, and a build mends it; where
    nothing tells the size any more, one that is told that it may be smaller.
    """
    documents, name, settings = of_few_words(random.Random(1), "b", 20), place.address.rsplit("/", 1)[1], Settings()
    client = connect(place)
    for number, file in enumerate(("pairs.jsonl", "arrays/frequencies/terms.npy", ""), 1):
        build(place, documents, settings=settings)
        index = f"{name}-{number:06d}-files"
        if file:
            client.indices.put_settings(index=index, body={"index.blocks.write": None})
            client.delete_by_query(index=index, body={"query": {"term": {"file": file}}}, refresh=True)
        else:
            client.indices.delete(index=index)
        assert [(own.file, own.code) for own in verify(place).faults] == [(file or index, "missing")]
        with pytest.raises(SearchError):
            open_index(place)
    client.close()
    with pytest.raises(WouldShrink):
        build(place, documents, settings=settings)
    build(place, documents, settings=settings, shrink=True)
    assert verify(place).ok


def test_whoever_lost_the_lock_destroys_nothing(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that was silent for long goes on after another one published: what that one published stays whole."""
    settings, send = Settings(compiled=False), parts.send_files
    build(place, of_few_words(random.Random(1), "b", 30), settings=settings)

    def late(*given: object) -> None:
        monkeypatch.setattr(writing_lock, "_BEAT", 0.0)  # whoever was heard of before is taken for ended
        monkeypatch.setattr(parts, "send_files", send)
        update(replace(place, work=str(tmp_path)), [question("other", "Hip pain")], settings=settings)
        send(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(parts, "send_files", late)
    with pytest.raises(SearchError):
        update(place, [question("mine", "Knee pain")], settings=settings)
    assert verify(place, every=True).ok
    with open_index(place) as index:
        assert list(index.known(["mine", "other"])) == ["other"]


def test_a_server_moves_on_before_what_is_purged_goes(place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a document is forgotten every page is served: from the generation before, then from the new one."""
    monkeypatch.setattr(opensearch_store, "_MOVING_ON", MOVING_ON)
    settings, statuses, done = Settings(compiled=False), Counter[int](), threading.Event()
    build(place, [*of_few_words(random.Random(1), "b", 20), question("secret", "Zwetschgenbaum")], settings=settings)
    client = create_app({"index": place.address}).test_client()

    def ask() -> None:
        while not done.is_set():
            statuses[client.get("/search?q=pain").status_code] += 1

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        update(place, delete=["secret"], purge=True, settings=settings)
    finally:
        done.set()
        asking.join()
    assert set(statuses) == {200}
    assert b"Zwetschgenbaum" not in client.get("/search?q=zwetschgenbaum").data.replace(b"zwetschgenbaum", b"")


@pytest.mark.parametrize("moment", few([2, 0, 1], 3))
def test_a_forget_that_is_killed_is_finished_by_the_next_command(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Before it sweeps, or between removing the two indices of a generation: no index, and no file here, is left that
    holds what was forgotten.
    """
    here, name, settings = replace(place, work=str(tmp_path)), place.address.rsplit("/", 1)[1], Settings(compiled=False)
    build(here, [*of_few_words(random.Random(1), "b", 20), question("secret", "Zwetschgenbaum")], settings=settings)
    client, store = connect(place, WRITING), type(store_of(place))

    def killed(*_: object) -> None:
        if moment == 2:
            client.indices.delete(index=f"{name}-000001-files")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store if moment else WorkFolder, "sweep" if moment else "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            update(here, delete=["secret"], purge=True, settings=settings)
    update(here, [question("new", "Knee pain")], settings=settings)
    assert {index.rsplit("-", 2)[1] for index in client.indices.get_alias(index=f"{name}-0*")} == {"000002", "000003"}
    client.close()
    assert not [own for own in tmp_path.rglob("*") if own.is_file() and b"zwetschgen" in own.read_bytes().lower()]


_HOLDS = (
    "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX); print(1); time.sleep(60)"
)


def test_what_a_killed_reader_left_goes_with_the_next_one(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a process that has ended is removed when an index is opened, whoever has its number by now; those
    of processes that run stay, and one that is just being made.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    build(place, of_few_words(random.Random(1), "b", 10), settings=Settings(compiled=False))
    for name in ("left", "runs", "made"):
        (tmp_path / f".seealso-read.{name}").mkdir()
    (tmp_path / ".seealso-read.left" / "held").touch()
    command = [sys.executable, "-c", _HOLDS, str(tmp_path / ".seealso-read.runs" / "held")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running_:
        assert running_.stdout is not None
        running_.stdout.readline()
        with open_index(place), open_index(place):
            assert len(list(tmp_path.iterdir())) == 4
        there = sorted(folder.name.removeprefix(".seealso-read.") for folder in tmp_path.iterdir())
        running_.kill()
    assert there == ["made", "runs"]


def test_a_lock_whose_beat_was_not_answered_is_kept(place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cluster took though its answer was lost does not cost who writes the lock."""
    monkeypatch.setattr(writing_lock, "_BEAT", 0.2)
    index, lost = f"{place.address.rsplit('/', 1)[1]}-lock", threading.Event()
    with connect(place, WRITING) as client, connect(place) as hasty:
        write = hasty.index

        def losing(**given: Any) -> Any:
            said = write(**given)
            if not lost.is_set():
                lost.set()
                raise ConnectionTimeout("TIMEOUT", "no answer", Exception("no answer"))
            return said

        monkeypatch.setattr(hasty, "index", losing)
        with writing_lock.writing(client, hasty, index.removesuffix("-lock")):
            assert lost.wait(10)
            seen = client.get(index=index, id="lock")["_source"]["at"]
            until = time.monotonic() + 10
            while client.get(index=index, id="lock")["_source"]["at"] == seen and time.monotonic() < until:
                time.sleep(0.1)
            assert client.get(index=index, id="lock")["_source"]["at"] > seen
        assert not client.exists(index=index, id="lock")


def test_a_lock_is_not_taken_over_for_a_clock(place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose clock is an hour behind seems to be silent, and beats all the same; once it ends, the lock is taken."""
    monkeypatch.setattr(writing_lock, "_BEAT", 0.4)
    name, ended = place.address.rsplit("/", 1)[1], threading.Event()
    with connect(place, WRITING) as client, connect(place) as hasty:
        behind = {"by": "another", "at": time.time() - 3_600}
        client.index(index=f"{name}-lock", id="lock", body=behind, refresh=True)

        def beat() -> None:
            while not ended.wait(0.1):
                client.index(index=f"{name}-lock", id="lock", body=behind, refresh=True)

        beating = threading.Thread(target=beat)
        beating.start()
        try:
            with pytest.raises(BuildInProgress), writing_lock.writing(client, hasty, name):
                pass
        finally:
            ended.set()
            beating.join()
        with writing_lock.writing(client, hasty, name):
            assert client.get(index=f"{name}-lock", id="lock")["_source"]["by"] != "another"


def test_files_are_sent_a_few_at_a_time() -> None:
    """However many parts there are, no more than fit a request are in memory, and one that waits."""
    made = list[int]()

    def parts_() -> Iterator[dict[str, Any]]:
        for n in range(100):
            made.append(n)
            yield {"_id": str(n), "data": "x" * (5 << 20)}

    assert [len(batch) for batch in itertools.islice(sender._batches(parts_()), 3)] == [1, 1, 1]
    assert len(made) == 4
    assert [len(batch) for batch in sender._batches({"_id": str(n)} for n in range(600))] == [250, 250, 100]


def _spoil(place: OpenSearchIndex, file: str, data: str) -> str:
    """Put a part of a file among those of the first generation, which changes no more; the name of their index."""
    index = f"{place.address.rsplit('/', 1)[1]}-000001-files"
    with connect(place) as client:
        client.indices.put_settings(index=index, body={"index.blocks.write": None})
        fields = {"file": file, "part": 0, "data": data, "read": True}
        client.index(index=index, id=f"{file}#0", body=fields, refresh=True)
    return index


def test_a_file_of_the_index_lies_in_its_folder(place: OpenSearchIndex, tmp_path: Path) -> None:
    """Whoever may write to the cluster writes nowhere else on the machines that read from it."""
    build(place, of_few_words(random.Random(1), "b", 5), settings=Settings(compiled=False))
    index = _spoil(place, "../out", "eA==")
    (tmp_path / "in").mkdir()
    with connect(place) as client, pytest.raises(IndexDamaged, match="no file of a generation"):
        parts.fetch_files(client, index, tmp_path / "in")
    assert not (tmp_path / "out").exists()


def test_changed_pairs_are_told(place: OpenSearchIndex) -> None:
    """They stand in no manifest, and are looked at all the same."""
    build(place, of_few_words(random.Random(1), "b", 5), settings=Settings(compiled=False))
    _spoil(place, "pairs.jsonl", "e30K")
    assert [(own.file, own.code) for own in verify(place).faults] == [("pairs.jsonl", "changed")]
    with pytest.raises(SearchError, match=r"pairs\.jsonl"):
        open_index(place)


def test_a_search_with_long_exclusions(place: OpenSearchIndex, tmp_path: Path) -> None:
    """What filters take of the clauses of a query is not given to terms."""
    words = [f"{a}{b}{c}" for a in "bdfgklmnprtv" for b in "aeiou" for c in "bdfgklmnprtv"]
    said = " ".join(f"{word} {word}s" for word in words)
    documents = [*of_few_words(random.Random(3), "b", 40), question("one", "Many", said)]
    for where in (place, tmp_path):
        build(where, documents, settings=Settings(compiled=False))
    without = [" ".join(words[at : at + 7]) for at in range(0, 56, 7)]
    text = " ".join([*words[56:450], *(f'-"{phrase}"' for phrase in without)])
    with open_index(place) as there, open_index(tmp_path) as here:
        assert there.search(text).total == here.search(text).total == 1
        assert there.search("pain -cough -rash") == here.search("pain -cough -rash")


def test_a_search_fetches_whole_the_pages_that_it_shows(
    place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the hundred that it judges comes what they are judged by, with the search itself."""
    build(place, of_few_words(random.Random(1), "b", 60), settings=Settings(compiled=False))
    fetched, rows = list[str](), OpenSearchDocuments._rows

    def noted(self: OpenSearchDocuments, ids: Sequence[str]) -> object:
        fetched.extend(ids)
        return rows(self, ids)

    monkeypatch.setattr(OpenSearchDocuments, "_rows", noted)
    with open_index(place) as index:
        shown = [hit.id for hit in index.search("my knee and hip pain since a fall", size=3).hits]
    assert (len(shown), fetched) == (3, shown)


def test_requests_name_its_own_indices_alone(place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may see no other index may do everything: nothing is looked for among all indices of a cluster."""
    asked, perform, settings = set[str](), Transport.perform_request, Settings(compiled=False)

    def noted(self: Transport, method: str, url: str, *given: Any, **more: Any) -> object:
        asked.add(url.split("/")[1].partition("?")[0])
        return perform(self, method, url, *given, **more)

    monkeypatch.setattr(Transport, "perform_request", noted)
    build(place, of_few_words(random.Random(1), "b", 20), settings=settings)
    update(place, [question("a", "Knee pain")], delete=["b003"], purge=True, settings=settings)
    update(place, [question("a", "Hip pain")], settings=settings)
    rollback(place)
    assert verify(place, every=True).ok
    with open_index(place) as index:
        assert index.search("knee").hits
        index.related("a")
        index.suggest("kn")
    name = place.address.rsplit("/", 1)[1]
    others = {part for own in asked for part in own.split(",") if part != name and not part.startswith(f"{name}-")}
    assert others <= {"_cluster", "_bulk", "_aliases", "_msearch", "_mget", "_search"}


def test_updates_from_nothing_and_to_nothing(place: OpenSearchIndex, tmp_path: Path) -> None:
    """An index that is empty, becomes empty, or has no document in common with the one before, is updated as any."""
    settings, folder = Settings(compiled=False), tmp_path / "folder"
    one, other = of_few_words(random.Random(1), "a", 5), of_few_words(random.Random(2), "b", 5)
    for index in (place, folder):
        build(index, [], settings=settings)
        update(index, one, settings=settings)
        update(index, other, delete=[document.id for document in one], settings=settings)
        update(index, delete=[document.id for document in other], settings=settings)
        update(index, one, settings=settings)
        update(index, delete=[document.id for document in one], purge=True, settings=settings)
        with open_index(index) as opened:
            assert (list(opened.documents()), opened.search("knee").total) == ([], 0)
        update(index, other, settings=settings)
        with open_index(index) as opened:
            assert [document.id for document in opened.documents()] == [document.id for document in other]
        assert verify(index, every=True).ok


def test_a_restore_that_is_killed_is_repeated(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the alias leads to it, it is no index yet, and is restored again."""
    build(tmp_path / "folder", of_few_words(random.Random(2), "b", 10), settings=Settings(compiled=False))
    backup(tmp_path / "folder", tmp_path / "kept")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(store_of(place)), "_point_to", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "kept", place)
    restore(tmp_path / "kept", place)
    assert verify(place).ok


def test_with_an_encoder_a_cluster_says_what_the_definition_does(place: OpenSearchIndex) -> None:
    """What is near by meaning is found too, among members of groups as well, of more documents than are near."""
    documents, rng = in_two_scripts(random.Random(4), 150), random.Random(4)
    build(place, documents, settings=_WITH)
    with closing(store_of(place).open(_WITH)) as there:
        frozen = there.statistics, frozen_frequencies(there), there.templates
        plain = PlainGeneration(documents, there.analyzer, *frozen, encoder=_WITH.meaning)  # type: ignore[arg-type]
        check_same(there, plain)
        for _ in range(20):
            grouped = rng.sample([document.id for document in documents], 36)
            instead = dict(zip(grouped[:24], grouped[24:] * 2, strict=True))
            request = some_request(plain, rng)._replace(instead=instead)
            assert there.find(request) == plain.find(request), request


def test_an_index_with_an_encoder_moves_to_a_cluster(place: OpenSearchIndex, tmp_path: Path) -> None:
    """A backup of a folder restored there answers as the folder does, and so it does after updates; a purge leaves no
    vector of what it removed in the folder for work.
    """
    here, there = tmp_path / "folder", replace(place, work=str(tmp_path / "work"))
    documents = [*of_few_words(random.Random(2), "b", 60 if LONG else 20), _FIBROSIS]
    build(here, documents, settings=_WITH)
    backup(here, tmp_path / "kept")
    restore(tmp_path / "kept", there)
    for step in range(3 if LONG else 2):
        with open_index(there, settings=_WITH) as cluster, open_index(here, settings=_WITH) as folder:
            assert (cluster.info.encoder, cluster.info.semantic) == ("words", True)
            assert cluster.similar("fibroid").cards[0].in_other_words == "Fibrosis"
            for document in folder.documents():
                text = f"{document.title} fibroid"
                assert cluster.search(text) == folder.search(text)
                assert cluster.similar(text) == folder.similar(text)
                assert cluster.related(document.id) == folder.related(document.id)
        more = of_few_words(random.Random(step), f"s{step}-", 4)
        reports = [
            update(index, more, delete=[f"b00{step}"], purge=step == 1, settings=_WITH) for index in (there, here)
        ]
        assert [report.traces for report in reports] == [(), ()]
    assert verify(there, every=True).ok
    assert (tmp_path / "work" / f"{place.address.rsplit('/', 1)[1]}.vectors").is_dir()


@pytest.mark.parametrize("why", ["no scripts", "too long"])
def test_where_a_cluster_compares_no_vectors_words_find(
    place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    """Its operator may forbid what is dear, and it may take too long: what shares a word is found all the same. The log
    says why and nothing of the text, and the answer is told to be none to keep.
    """
    build(place, [*of_few_words(random.Random(5), "b", 30), _FIBROSIS], settings=_WITH)
    with connect(place, WRITING) as client, open_index(place, settings=_WITH) as index:
        assert [hit.id for hit in index.search("fibroid").hits] == ["fibrosis"]
        if why == "no scripts":
            client.cluster.put_settings(body={"transient": {"search.allow_expensive_queries": False}})
        else:
            search = OpenSearchDocuments.search  # a node looks at its clock each 200 ms: so few are never late
            late = {"timed_out": True}
            monkeypatch.setattr(OpenSearchDocuments, "search", lambda own, body: search(own, body) | late)
        gave_up.set(False)
        try:
            found = [index.search(text).total for text in ("fibroid", "fibrosis")]
        finally:
            client.cluster.put_settings(body={"transient": {"search.allow_expensive_queries": None}})
    assert (found, gave_up.get()) == ([0, 1], True)
    assert "what shares no word is not found" in caplog.text
    assert "fibr" not in caplog.text


def test_an_id_that_no_cluster_takes_is_told_before_anything_is_sent(place: OpenSearchIndex) -> None:
    """OpenSearch takes ids of 512 bytes; a folder takes longer ones."""
    with pytest.raises(SearchError, match="512 bytes"):
        build(place, [question("日" * 171, "Knee pain")], settings=Settings(compiled=False))
    with pytest.raises(IndexMissing):
        open_index(place)


@pytest.mark.parametrize("seed", few([1, 0], 2))
def test_updates_of_a_cluster_are_a_rebuild_with_the_statistics_of_the_base(place: OpenSearchIndex, seed: int) -> None:
    """Added, replaced and deleted documents, update after update, in segments of their own, with a purge at last; what
    was there before each stays for a rollback, unless it was purged.
    """
    rng, settings = random.Random(seed), Settings(compiled=False)
    base = in_two_scripts(rng, 150 if LONG else 100, "b") if seed else of_few_words(rng, "b", 130)
    documents = {document.id: document for document in base}
    build(place, base, settings=settings)
    for step in (0, 1, 2) if LONG else (1, 2):
        known = sorted(documents)
        given = [*of_few_words(rng, f"s{step}-", 5), replace(documents[known[0]], title=f"Knee pain {step}")]
        delete = rng.sample(known[1:], 3)
        report = update(place, given, delete=delete, purge=step == 2, settings=settings)
        documents = {id_: own for id_, own in documents.items() if id_ not in delete}
        documents |= {document.id: document for document in given}
        assert (report.added, report.replaced, report.deleted) == (5, 1, 3)
        with closing(store_of(place).open(Settings())) as there:
            frozen = there.statistics, frozen_frequencies(there), there.templates
            check_same(there, PlainGeneration(documents.values(), there.analyzer, *frozen), seed, updated=True)
        assert verify(place, every=True).ok
    with pytest.raises(SearchError, match="no earlier generation"):
        rollback(place)


@long_run
def test_what_was_made_here_is_not_fetched(
    place: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a folder for work an update goes on from what is there, unless another machine made the current generation;
    what is purged does not stay in it.
    """
    here, settings, fetched = replace(place, work=str(tmp_path / "work")), Settings(compiled=False), list[Path]()
    build(here, of_few_words(random.Random(1), "b", 30), settings=settings)
    fetch = parts.fetch_files

    def fetching(client: object, index: str, folder: Path, query: object = None) -> None:
        if query is None:
            fetched.append(folder)
        fetch(client, index, folder, query)  # type: ignore[arg-type]

    monkeypatch.setattr(parts, "fetch_files", fetching)
    update(here, [question("new", "Knee pain")], settings=settings)
    assert [folder.name for folder in (tmp_path / "work").iterdir()] == [f"{place.address.rsplit('/', 1)[1]}-000002"]
    assert not fetched
    update(place, [question("other", "Zwetschgenbaum")], settings=settings)
    update(here, [question("newer", "Hip pain")], settings=settings)
    assert len(fetched) == 2
    for name in ("near.npy", "unknown.npy"):
        (work,) = (tmp_path / "work").iterdir()
        (work / "arrays" / name).unlink(missing_ok=True)
        (work / "arrays" / "unknown.npy").touch()
        update(here, [question("again", f"Pain {len(fetched)}")], settings=settings)
    assert len(fetched) == 4
    assert verify(here, every=True).ok
    fetched.clear()
    assert update(here, delete=["other"], purge=True, settings=settings).traces == ()
    assert not [own for own in tmp_path.rglob("*") if own.is_file() and b"zwetschgen" in own.read_bytes().lower()]


def test_an_update_that_is_killed_leaves_what_was_there(
    place: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what it sent is no generation; the next update makes the same one, and nothing of the other is left."""
    settings = Settings(compiled=False)
    build(place, of_few_words(random.Random(1), "b", 30), settings=settings)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parts, "send_files", killed)
        with pytest.raises(KeyboardInterrupt):
            update(place, [question("lost", "Lost")], delete=["b003"], settings=settings)
    assert store_of(place).numbers() == [1]
    with open_index(place) as index:
        assert index.info.documents["question"] == 30
    update(place, [question("new", "Knee pain")], settings=settings)
    assert store_of(place).numbers() == [1, 2]
    with open_index(place) as index:
        assert [index.get(id_).id for id_ in ("new", "b003")] == ["new", "b003"]
        assert not index.known(["lost"])
    assert verify(place, every=True).ok


@long_run
def test_a_build_that_is_killed_is_gone_on_with(place: OpenSearchIndex) -> None:
    """What was sent of the same documents is not sent again; of others all is."""
    documents, settings = in_two_scripts(random.Random(3), 300), Settings(compiled=False)
    sent = list[int]()

    def told(progress: Progress) -> None:
        if progress.stage == "publishing" and progress.done:
            sent.append(progress.done)
            if len(sent) == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(place, documents, settings=settings, progress=told)
    with pytest.raises(IndexMissing):
        open_index(place)
    build(place, documents, settings=settings, progress=told)
    assert sent == [250, 50]
    with closing(store_of(place).open(Settings())) as there:
        frozen = there.statistics, frozen_frequencies(there), there.templates
        check_same(there, PlainGeneration(documents, there.analyzer, *frozen), 0)
    sent.clear()
    with pytest.raises(KeyboardInterrupt):
        build(place, documents[1:], settings=settings, progress=told)
    build(place, documents[2:], settings=settings, progress=told)
    assert sent == [250, 250, 298]
    assert verify(place).ok


def test_an_index_moves_to_a_cluster_and_back(place: OpenSearchIndex, tmp_path: Path) -> None:
    """A backup of a folder is restored on a cluster, updated there, and its backup is a folder again."""
    documents = of_few_words(random.Random(2), "b", 30)
    build(tmp_path / "folder", documents)
    backup(tmp_path / "folder", tmp_path / "first")
    assert restore(tmp_path / "first", place).engine == "opensearch"
    with pytest.raises(SearchError, match="there is an index already"):
        restore(tmp_path / "first", place)
    update(place, [question("new", "Knee pain")], delete=["b003"], settings=Settings(compiled=False))
    backup(place, tmp_path / "second")
    restore(tmp_path / "second", tmp_path / "back")
    assert verify(tmp_path / "back").ok
    with open_index(tmp_path / "back") as back, open_index(place) as there:
        assert list(back.documents()) == list(there.documents())
        assert [back.neighbours(d.id) for d in back.documents()] == [there.neighbours(d.id) for d in back.documents()]


def test_a_snapshot_brings_an_index_back(place: OpenSearchIndex) -> None:
    """As the guide says: the indices of a name are kept by the cluster's own snapshots, and are an index again."""
    build(place, of_few_words(random.Random(2), "b", 30), settings=Settings(compiled=False))
    with open_index(place) as index:
        before = index.search("knee pain")
    client, name = connect(place, WRITING), place.address.rsplit("/", 1)[1]
    client.snapshot.create_repository(repository="kept", body={"type": "fs", "settings": {"location": name}})
    body = {"indices": f"{name}-*", "include_global_state": False}
    client.snapshot.create(repository="kept", snapshot="first", body=body, wait_for_completion=True)
    client.indices.delete(index=f"{name}-*")
    with pytest.raises(IndexMissing):
        open_index(place)
    client.snapshot.restore(repository="kept", snapshot="first", body=body, wait_for_completion=True)
    with open_index(place) as index:
        assert index.search("knee pain") == before
    assert update(place, [question("new", "Knee pain")], settings=Settings(compiled=False)).documents == 31
    assert verify(place, every=True).ok
    client.close()


def test_a_cluster_asks_for_tls_and_a_password(cluster: Nodes, tmp_path: Path) -> None:
    """With the authority, the user and the password an index is built, updated and searched; each that is wrong is told
    as what it is, without the password.
    """
    with gate(tmp_path, cluster.ports[0]) as port:
        address, authority = f"opensearch+https://localhost:{port}/secured", str(tmp_path / "certificate.pem")
        place = OpenSearchIndex(address, "editor", PASSWORD, authority, replicas=0)
        build(place, [question("a", "Knee pain")], settings=Settings(compiled=False))
        update(place, [question("b", "Hip pain")], settings=Settings(compiled=False))
        with open_index(place) as index:
            assert index.search("hip").hits[0].id == "b"
        assert PASSWORD not in repr(place)
        for wrong, told in (
            (OpenSearchIndex(address, "editor", "guessed", authority), "refuses: 401"),
            (OpenSearchIndex(address, "editor", PASSWORD), "certificate"),
            (OpenSearchIndex(address.replace("https", "http"), "editor", PASSWORD, authority), "refuses: 400"),
        ):
            with pytest.raises(SearchError, match=told) as caught:
                open_index(wrong)
            assert PASSWORD not in str(caught.value)
        with urlopen(f"http://127.0.0.1:{cluster.ports[0]}/_cat/indices?h=index") as said:
            assert b"secured-000002-documents" in said.read()

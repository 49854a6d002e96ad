"""An index of two scripts: what is in one changes nothing about the other."""

from __future__ import annotations

import random
from pathlib import Path

import indexer
from corpus import Topic
from tests.documents import in_two_scripts, question


def test_english_documents_change_no_chinese_closeness(tmp_path: Path) -> None:
    """Panels, scores and bands of Chinese documents are what they are without any English ones beside them."""
    documents = in_two_scripts(random.Random(3), 200)
    chinese = documents[1::2]
    indexer.build(tmp_path / "both", documents)
    indexer.build(tmp_path / "chinese", chinese)
    with indexer.open_index(tmp_path / "both") as both, indexer.open_index(tmp_path / "chinese") as alone:
        for document in chinese:
            shown = [(card.id, card.score, card.same) for card in both.related(document.id, limit=20).cards]
            assert shown == [(card.id, card.score, card.same) for card in alone.related(document.id, limit=20).cards]


def test_a_hit_names_a_topic_once(tmp_path: Path) -> None:
    """A topic that a document is filed under twice stands once in a hit, as it does in a panel."""
    topics = (Topic(name="Knee", specialty="Surgery"), Topic(name="Hip"), Topic(name="Knee"))
    indexer.build(tmp_path, [question("a", "Knee pain", topics=topics), question("b", "Knee pains", topics=topics)])
    with indexer.open_index(tmp_path) as index:
        for hit in index.search("knee").hits:
            assert [(topic.name, topic.specialty) for topic in hit.topics] == [("Knee", "Surgery"), ("Hip", "")]

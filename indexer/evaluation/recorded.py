"""Agreement with the site itself: how many of the neighbours that its pages list stand in our panels."""

from __future__ import annotations

from pathlib import Path

from corpus import Question
from indexer.analysis import wording
from indexer.answering.neighbours import RAW
from indexer.evaluation.results import Agreement
from indexer.evaluation.significance import estimate
from indexer.index import open_index

_PANEL = 4


def agreement(index: str | Path) -> Agreement:
    """How far the neighbours of an index agree with those that the site's own pages list.

    A listed neighbour is known by its URL, else by its title's wording; what is not in the index is counted apart.
    A list by another program is no judgment: low agreement asks for a look, not for a change.
    """
    shown, near, missing, pages = [], [], 0, 0
    with open_index(index) as opened:
        by_url: dict[str, str] = {}
        by_title: dict[int, str] = {}
        documents = list(opened.documents())
        for document in documents:
            by_title.setdefault(wording(document.title), document.id)
            if document.url:
                by_url.setdefault(document.url, document.id)
        for document in documents:
            if not isinstance(document, Question) or not document.listed:
                continue
            pages += 1
            found = [by_url.get(link.url) or by_title.get(wording(link.title)) for link in document.listed]
            wanted = {id_ for id_ in found if id_ and id_ != document.id}
            missing += sum(id_ is None for id_ in found)
            if wanted:
                ours = opened.neighbours(document.id)
                shown.append(len(wanted & set(ours[:_PANEL])) / min(len(wanted), _PANEL))
                near.append(len(wanted & set(ours[:RAW])) / len(wanted))
    return Agreement(
        pages=pages, missing=missing, compared=len(shown), panel=estimate(shown), neighbours=estimate(near)
    )

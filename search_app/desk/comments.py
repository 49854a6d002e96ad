"""Which readers' comments under articles object to them, and which ask something that nobody answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from corpus import Article, Comment

OBJECTS, ASKS = "objects", "asks"
_ASKING = re.compile(r"\?|\b(can|could) (you|anyone|somebody)\b", re.IGNORECASE)
_APOSTROPHES = str.maketrans("’ʼ", "''")


class Remark(NamedTuple):
    """A comment that an editor should read: the article under which it stands, and whether it objects or asks."""

    article: Article
    comment: Comment
    kind: str


def remarks(articles: Iterable[Article]) -> Iterator[Remark]:
    """The comments that object, and those that ask and have no comment after them, in the order of the articles."""
    for article in articles:
        for place, comment in enumerate(article.comments, 1):
            if _objections().search(comment.text.translate(_APOSTROPHES)):
                yield Remark(article, comment, OBJECTS)
            elif place == len(article.comments) and _ASKING.search(comment.text):
                yield Remark(article, comment, ASKS)


@cache
def _objections() -> re.Pattern[str]:
    lines = resources.files(__package__).joinpath("objections.txt").read_text(encoding="utf-8").splitlines()
    phrases = [re.escape(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)

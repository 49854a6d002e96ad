"""Reads the topic of a phpBB forum, which describes nothing for machines: the first post asks, the others answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from corpus.errors import CorpusError
from corpus.formats.page import Page
from corpus.model import MOST_LINE, Answer, Question
from corpus.text import one_line, parse_date


def topic_of(page: Page) -> Callable[[], Question] | None:
    """What makes the topic of a phpBB forum, which describes nothing for machines: the first post asks, the others
    answer; None for any other page.
    """
    posts = [_post_of(content) for content in page.tree.find_class("content")]
    if not page.tree.find_class("topic-title") or not any(post is not None for post in posts):
        return None
    return partial(_topic, page)


def _post_of(content: Any) -> Any:
    return next((outer for outer in content.iterancestors() if "post" in (outer.get("class") or "").split()), None)


def _topic(page: Page) -> Question:
    from corpus.formats.html_tree import text_of  # noqa: PLC0415 (the extra `sites`)

    if re.search(r"[?&]start=[1-9]", page.url):
        what = "a later page of a topic, whose first post is no question"
        raise CorpusError(what, "page", "give an export of the forum, or the first pages alone")
    title = one_line(text_of(page.tree.find_class("topic-title")[0]))
    posts = [(content, post) for content in page.tree.find_class("content") if (post := _post_of(content)) is not None]
    texts = [text_of(content) for content, _ in posts]
    days = [parse_date(next((time.get("datetime", "") for time in post.iter("time")), "")) for _, post in posts]
    return Question(
        id=page.id("question", title),
        title=title[:MOST_LINE],
        body=texts[0],
        url=page.url,
        site=page.site,
        asked=days[0],
        answers=tuple(Answer(text=text, answered=day) for text, day in zip(texts[1:], days[1:], strict=True) if text),
    )

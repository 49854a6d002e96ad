"""Which text of a document stands in which field, and which of it a document is compared by."""

from __future__ import annotations

from corpus import Article, Document

# `more` is the site's own expanded text. An article's comments are in no field: they are not the article's words.
FIELDS = ("title", "body", "answer", "more")


def field_texts(document: Document) -> dict[str, str]:
    """The text of each field, in the order of FIELDS; fields without text are left out."""
    if isinstance(document, Article):
        texts = {"title": document.title, "body": document.body}
    else:
        answers = "\n\n".join(answer.text for answer in document.answers)
        texts = {"title": document.title, "body": document.body, "answer": answers, "more": document.more}
    return {name: text for name, text in texts.items() if text}


def own_text(document: Document) -> str:
    """What a document is compared by: title and body; for a question the asker's words, never the answer."""
    return f"{document.title}\n{document.body}" if document.body else document.title

"""What an editor has just done, and what can be taken back: told on the pages of the desk in a sentence."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from search_app.decisions.events import Event
from search_app.decisions.history import History
from search_app.services import index, served

# No event has a number of so many digits.
_LONGEST = 16
# Among so many of the newest events an editor's last one is looked for.
_LOOKED_AT = 200


def number_in(text: str) -> int:
    """The number of an event as a form or an address gives it, 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else 0


def id_in(text: str) -> str:
    """The id of a document as an editor gives it: itself, or the address of its page here or on its own site."""
    text = text.strip()
    if not text or index().known([text]):
        return text
    if "://" in text and (there := index().addressed(text)):
        return there
    for part in ("/questions/", "/articles/"):
        text = text.partition(part)[2] or text
    return text


def in_words(event: Event) -> dict[str, Any]:
    """An event with the titles of its documents, as far as the index has them."""
    titles = {id_: told.title for id_, told in index().told([event.a, event.b]).items()}
    return {"event": event, "a": titles.get(event.a), "b": titles.get(event.b)}


def here() -> str:
    """The address of this page, to come back to it: without what it tells to have been done, or not."""
    given = [(name, value) for name, value in request.args.items(multi=True) if name not in ("told", "left", "empty")]
    address = f"{request.script_root}{request.path}"
    return f"{address}?{urlencode(given)}" if given else address


def just_done() -> dict[str, Any] | None:
    """What has just been done, where the address says so: of an undo what it undid, or did again; how many events it
    was, and whether it can be undone.
    """
    history = served().snapshot.history
    event = history.get(number_in(request.args.get("told", "")))
    return _told(history, event) if event else None


def last_own() -> dict[str, Any] | None:
    """The last thing that this editor did, if it can be undone; where the page tells nothing else."""
    history = served().snapshot.history
    own = (event for event in islice(reversed(history), _LOOKED_AT) if event.editor == g.session.editor)
    event = next((e for e in own if e.action != "undo" and history.active(e)), None)
    if event is None or history.built_on(event):
        return None
    return _told(history, history.get(event.batch or event.id) or event)


def _told(history: History, event: Event) -> dict[str, Any]:
    said = history.undone(event)
    return {
        **in_words(said),
        "done": event,
        "is_undo": event.undoes is not None,
        "again": history.again(event),
        "before": history.before(event),
        "count": sum(event.id in (other.id, other.batch) for other in history),
        "can_undo": history.active(event) and history.built_on(event) is None,
    }

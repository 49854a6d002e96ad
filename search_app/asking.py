"""The page on which somebody asks: what is like the question is shown before it is sent to the site's own form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from indexer import RequestRefused
from search_app.outside import words_of
from search_app.requests import Parameter, known
from search_app.security import POLICY
from search_app.services import index
from search_app.usage import UsageError
from search_app.words import words

bp = Blueprint("asking", __name__)

_CARDS = 6
# In Chinese three times as many bytes, each written as three: within what a request may hold.
MOST_TITLE, MOST_TEXT = 300, 12_000
# So much of a title leaves room for a question about it.
_QUOTED = 250
_STILL = Parameter("still", "The id of a page of which to ask whether it is still right.", {"type": "string"})
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[^\s;,]*)?$")


def init_app(app: Flask) -> None:
    """Register the page. Raises UsageError for a setting `ask` that is no address."""
    to = app.config["SEEALSO"]["ask"]
    if to and not _ADDRESS.match(to):
        remedy = "give the address of the site's form, such as https://HOST/ask, its host in ASCII (xn--…)"
        raise UsageError(f"ask is {to[:60]!r}", "ask", remedy)
    app.register_blueprint(bp)


@bp.get("/ask")
def blank() -> str:
    """An empty form; with a page's id in `still` the question whether what that says is still right."""
    id_ = known(request.args, [_STILL]).get(_STILL.name, "")
    still = index().get(id_).title[:_QUOTED] if id_ else ""
    return render_template("ask.html", title="", still=still, draft="", panel=None, notice=None, wrong="", to="")


@bp.post("/ask")
def ask() -> Response:
    """What is like a question that is being asked. Form: title, text. It is neither logged nor kept, here or on the
    way.
    """
    title, text = (request.form.get(name, "").strip() for name in ("title", "text"))
    panel = notice = None
    wrong = ""
    asked = f"{title}\n{text}"
    try:
        if title or text:
            # Who is in danger may not spell well: a search corrects.
            notice = index().search(title, size=1).notice if title else None
            panel = index().similar(asked, limit=_CARDS)
            notice = panel.notice or notice
    except RequestRefused as error:  # what somebody wrote is worth more than the rule that it broke
        notice = index().notice(asked) or notice
        wrong = ": ".join(words_of(error, words().text))
    to = current_app.config["SEEALSO"]["ask"]
    answer = make_response(
        render_template("ask.html", title=title, draft=text, panel=panel, notice=notice, wrong=wrong, to=to)
    )
    answer.headers["Cache-Control"] = "no-store"
    if to:
        parts = urlsplit(to)
        answer.headers["Content-Security-Policy"] = (
            POLICY.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}") + "'none'"
        )
    return answer

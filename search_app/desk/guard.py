"""Who may see and change the desk: signing in and out, and that each write comes from a page of it."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from search_app.api.keys import accounts
from search_app.decisions.accounts import SESSION, Session
from search_app.decisions.refusals import DecisionsUnavailable, NotAllowed, NotSignedIn, TooManyAttempts
from search_app.services import ledger

bp = Blueprint("desk", __name__, url_prefix="/desk")

COOKIE = "seealso_desk"
# Before there is a session, the form to sign in is tied to the browser by this.
_FORM_COOKIE = "seealso_form"
_OPEN = ("desk.sign_in", "desk.signed_in")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


def editor() -> Session:
    """The session of this request."""
    found: Session = g.session
    return found


@bp.before_request
def admit() -> str | tuple[str, int] | None:
    """Let only editors in, and only writes from a page of the desk. Raises NotAllowed."""
    g.session = accounts().session(request.cookies.get(COOKIE, ""))
    if request.method in _WRITES:
        _check_origin()
        if g.session is None and request.endpoint not in _OPEN:
            told = "You are signed out, and nothing was decided: sign in, then do it again"
            return _form(401, wanted=_came_from(), error=told)
        known = g.session.token if g.session else request.cookies.get(_FORM_COOKIE, "")
        if not known or not hmac.compare_digest(known.encode(), request.form.get("token", "").encode()):
            raise NotAllowed("the token of the form is missing or old", "token", "open the page again, then send it")
    if g.session is None and request.endpoint not in _OPEN:
        address = f"{request.script_root}{request.full_path}".rstrip("?")
        return _form(401, wanted=address if request.method == "GET" else "")
    return None


def _came_from() -> str:
    """The page of the desk from which a form was sent, where the browser tells it."""
    address = request.headers.get("Referer", "")
    if _host(address) != request.host:
        return ""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}".rstrip("?")


def _host(address: str) -> str:
    """The host of an address, nothing for what is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _check_origin() -> None:
    """A browser tells where a request comes from; whoever tells another place is refused. Raises NotAllowed."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or (origin is not None and _host(origin) != request.host):
        raise NotAllowed("the request came from another site", "Origin", "open the desk, and send it from there")


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine lists these pages and no cache keeps them."""
    response.headers.update({"X-Robots-Tag": "noindex", "Cache-Control": "no-store"})
    return response


@bp.get("/sign-in")
def sign_in() -> Response | str | tuple[str, int]:
    """The form to sign in; who is signed in goes on."""
    return redirect(url_for("desk.queue")) if g.session else _form(200, wanted=request.args.get("next", ""))


@bp.post("/sign-in", endpoint="signed_in")
def signed_in() -> Response | tuple[str, int]:
    """Begin a session, under a new id whatever the browser had."""
    name, wanted = request.form.get("name", "").strip(), request.form.get("next", "")
    try:
        session = accounts().sign_in(name, request.form.get("password", ""), request.remote_addr or "")
    except (NotSignedIn, TooManyAttempts) as error:
        status = 401 if isinstance(error, NotSignedIn) else 429
        return _form(status, wanted=wanted, name=name, error=f"{error.what}; {error.next}")
    response = redirect(inside(wanted))
    _set(response, COOKIE, session.id)
    response.delete_cookie(_FORM_COOKIE, path=_path())
    return response


@bp.get("/account")
def account() -> str:
    """Who is signed in, and the way out."""
    done = sum(event.editor == editor().editor for event in ledger().at_hand().history)
    return render_template("desk/account.html", done=done)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End this session, or with `everywhere` all of this editor."""
    accounts().sign_out(editor(), everywhere=request.form.get("everywhere") == "1")
    response = redirect(url_for("desk.sign_in"))
    response.delete_cookie(COOKIE, path=_path())
    return response


def _form(status: int, *, wanted: str, name: str = "", error: str = "") -> tuple[str, int]:
    """The form to sign in, tied to this browser."""
    try:
        nobody = not any(known.removed is None for known in accounts().editors())
    except DecisionsUnavailable:
        nobody = False
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(32)
    page = render_template("desk/sign_in.html", token=token, wanted=wanted, name=name, error=error, nobody=nobody)
    g.form_token = token
    return page, status


@bp.after_request
def tie_form(response: Response) -> Response:
    """Give the browser the other half of the token of a form to sign in."""
    if "form_token" in g:
        _set(response, _FORM_COOKIE, g.form_token)
    return response


def inside(wanted: str) -> str:
    """An address of the desk that was wanted, or the first page of it: nobody is led elsewhere."""
    first = url_for("desk.queue")
    # Of a path alone, nothing of which a browser would take for a host.
    path, _, _ = wanted.partition("?")
    fine = "//" not in path and "\\" not in wanted and wanted.isprintable()
    return wanted if fine and (path == first or path.startswith(f"{first}/")) else first


def _path() -> str:
    """Cookies of the desk go to the desk alone: what visitors ask for is the same for everybody."""
    return url_for("desk.queue")


def _set(response: Response, name: str, value: str) -> None:
    longest, tls = int(SESSION.total_seconds()), request.is_secure
    response.set_cookie(name, value, longest, path=_path(), secure=tls, httponly=True, samesite="Lax")

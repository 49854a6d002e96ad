"""Takes what a site's own software announces by webhook: the page that changed is read by the site's mapping, and waits
in the inbox for the index.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Flask, Response, abort, current_app, request

import corpus
from indexer import RequestRefused
from search_app.api.operations import SIGNED, operation
from search_app.api.pushing import Taken, object_of, taken
from search_app.inbox import Item
from search_app.refused import KeyNeeded, SiteUnavailable
from search_app.security import ROUTE_OF_API
from search_app.usage import UsageError

bp = Blueprint("hooks_api", __name__, url_prefix=f"{ROUTE_OF_API}v1")

_KEY = "seealso.hooks"
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
# Other visitors of this process wait meanwhile.
_SECONDS = 3
_MOST_FETCHED = 8 * 1024**2
# With these a site says that a page is there for nobody any more.
_GONE = (403, 404, 410)


class Hook(msgspec.Struct, forbid_unknown_fields=True):
    """How a site announces changes. `signature` is the header with the HMAC-SHA256 of the body, `prefix` what stands
    before its hex digits. Where the column or the header `event` has one of the values `deletes`, the page is gone.

    The body is the record, or with `fetch`, an address with {id} in it, what the site answers there; `id` are the
    columns of the body that may hold that id.
    """

    signature: str
    prefix: str = ""
    event: str = ""
    deletes: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    fetch: str = ""


class _Mapping(msgspec.Struct):
    """What a mapping says of its hook; the rest of it is for the reader of records."""

    hook: Hook
    fields: dict[str, str]


class _SameSite(urllib.request.HTTPRedirectHandler):
    """Follows a site to other addresses of its own alone."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """See HTTPRedirectHandler."""
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            return None  # it is an answer of 302 then
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@bp.post("/hooks/<name>")
@operation(Taken, body=dict[str, Any], status=202, scope=SIGNED)
def announce(name: str) -> tuple[Response, int]:
    """A page changed or went, as the site's own software tells. Signed by the secret of `hook_secret`."""
    if name not in current_app.extensions[_KEY]:
        abort(404, "no hook has this name")
    hook, path = current_app.extensions[_KEY][name]
    body = request.get_data()
    _check(hook, body)
    told = object_of(body)
    event = _value(told, hook.event) or request.headers.get(hook.event, "") if hook.event else ""
    goes = event in hook.deletes
    if hook.fetch:
        return taken(_fetched(hook, told, path, goes=goes))
    found = None if goes else _items(body, path)
    return taken([_gone(told, path)] if found is None else found)


def init_app(app: Flask, folder: str) -> None:
    """Know the hooks of a folder of mappings. Raises UsageError and CorpusError for one that cannot be used."""
    paths = sorted(Path(folder).glob("*.toml")) if folder else []
    if folder and not paths:
        raise UsageError("hooks names a folder without mappings", folder, "see docs/examples/hooks")
    app.extensions[_KEY] = {path.stem: (_hook_of(path), path) for path in paths}


def _hook_of(path: Path) -> Hook:
    corpus.read(mapping=path)  # its records can be read
    mapping = _mapping_of(path)
    if mapping.hook.fetch and not (mapping.hook.id and "id" in mapping.fields):
        what = "a [hook] with fetch, by whose id no document is known"
        raise UsageError(what, str(path), "name id in [hook] and in [fields]")
    return mapping.hook


def _mapping_of(path: Path) -> _Mapping:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Mapping)
    except msgspec.MsgspecError as error:
        raise UsageError(f"no mapping with a [hook]: {error}", str(path), "see docs/examples/hooks") from error


def _check(hook: Hook, body: bytes) -> None:
    secret = current_app.config["SEEALSO"]["hook_secret"]
    if not secret:
        raise KeyNeeded("no secret is set", "hook_secret", "set the one that the site signs with")
    expected = hook.prefix + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = request.headers.get(hook.signature, "")
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise KeyNeeded("the signature is not that of this body", hook.signature, "sign with the same secret")


def _fetched(hook: Hook, told: dict[str, Any], path: Path, *, goes: bool) -> list[Item]:
    """What the site answers for the id that it told; nothing where it told none, as when it tries its hook."""
    id_ = next((found for column in hook.id if (found := _value(told, column))), "")
    if not id_:
        return []
    if not _ID.fullmatch(id_):
        raise RequestRefused("an id that cannot stand in an address", "body", "see the columns of `id` in [hook]")
    page = None if goes else _get(hook.fetch.replace("{id}", id_))
    items = None if page is None else _items(page, path)
    return [Item(id_, None)] if items is None else items


def _gone(told: dict[str, Any], path: Path) -> Item:
    """That a page is gone, by its id or address; more of it need not be told. Raises RequestRefused."""
    fields = _mapping_of(path).fields
    id_, url = (_value(told, fields.get(name, "").removesuffix("?")) for name in ("id", "url"))
    if not id_ and "://" not in url:
        raise RequestRefused("no id or address of what is gone", "the record", "send the columns of id or url")
    return Item(id_ or corpus.same_address(url), None)


def _value(told: Any, column: str) -> str:
    """The value of a column such as topic.id; empty where there is none."""
    for name in column.split("."):
        told = told.get(name) if isinstance(told, dict) else None
    return str(told) if isinstance(told, str | int) else ""


def _get(url: str) -> bytes | None:
    """What a site answers; None where it says that nothing is there. Raises SiteUnavailable."""
    try:
        until, data = time.monotonic() + _SECONDS, b""
        with urllib.request.build_opener(_SameSite).open(url, timeout=_SECONDS) as answer:
            while (more := answer.read1(_MOST_FETCHED)) and len(data) <= _MOST_FETCHED:
                data += more
                if time.monotonic() > until:
                    raise TimeoutError
    except HTTPError as error:
        if error.code in _GONE:
            return None
        raise SiteUnavailable(f"it answers {error.code}", "the site", "announce the change again") from error
    except (OSError, ValueError, HTTPException) as error:
        raise SiteUnavailable(f"{type(error).__name__}", "the site", "announce the change again") from error
    if len(data) > _MOST_FETCHED:
        raise SiteUnavailable("it answers more than 8 MB", "the site", "push the document instead")
    return data


def _items(data: bytes, path: Path) -> list[Item] | None:
    """What a record is by the mapping; None where this does not mean it, such as a draft or a hidden topic. Raises
    RequestRefused where it is refused.
    """
    refused, noticed = list[corpus.Rejected](), list[corpus.Noticed]()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record.json"
        file.write_bytes(data)
        found = list(corpus.read(file, mapping=path, rejected=refused.append, noticed=noticed.append))
    if any(one.what == "passed" for one in noticed):
        return None
    if refused and not found:
        raise RequestRefused(refused[0].reason, "the record", refused[0].remedy)
    return [Item(document.id, corpus.to_json(document)) for document in found]

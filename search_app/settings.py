"""The site's settings, for command line and pages; what a caller of the library chooses is in indexer/settings."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from indexer import OpenSearchIndex
from search_app.usage import UsageError

FILE = "seealso.toml"
# Those that commands take as options too.
_OPTIONS = frozenset({"decisions", "host", "inbox", "index", "port", "synonyms", "threads"})
# How like a setting's name that of a variable is that misspells it, from 0 to 1.
_MISSPELT = 0.88
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name in `seealso.toml` and as an option, its environment variable, default and meaning.

    Where it has `choices`, no other value is one; where it has a `range`, whole numbers from the first to the last are.
    """

    name: str
    default: str
    help: str
    choices: tuple[str, ...] = ()
    range: tuple[int, int] | None = None

    @property
    def variable(self) -> str:
        """The environment variable: SEEALSO_ and the name."""
        return f"SEEALSO_{self.name.upper()}"


SETTINGS = (
    Setting("index", "index", "the folder of the index, or opensearch+https://HOST:PORT,HOST:PORT/NAME"),
    Setting("opensearch_user", "", "the user by whom an index on a cluster is asked"),
    Setting("opensearch_password", "", "the password of that user"),
    Setting("opensearch_ca", "", "a file of the certificates that the cluster's own are signed by"),
    Setting("opensearch_shards", "1", "into how many shards a build on a cluster parts them", range=(1, 1_024)),
    Setting("opensearch_replicas", "1", "how many copies of each shard there are beside it", range=(0, 10)),
    Setting("opensearch_work", "", "a folder where what was built last stays, so that an update need not fetch it"),
    Setting("decisions", "decisions.sqlite3", "the file in which editors' decisions, and editors, are kept"),
    Setting(
        "database",
        "",
        "the database that mappings with a query ask, such as `postgresql+psycopg://reader@localhost/site`",
    ),
    Setting("inbox", "inbox.sqlite3", "the file in which documents that a site pushed wait for `seealso inbox`"),
    Setting("hooks", "", "a folder of mappings, each the webhook of a site (`/api/v1/hooks/NAME`)"),
    Setting("hook_secret", "", "what those sites sign with"),
    Setting("synonyms", "", "a file of the site's own synonyms for `build`, `a, b => c` a line"),
    Setting(
        "meaning",
        "",
        "the sentence encoder: `packaged`, a folder with model.onnx and tokenizer.json, or `off`; without it `build`"
        " takes none, and all else the one that the index was built with",
    ),
    Setting("host", "127.0.0.1", "the address to serve on"),
    Setting("port", "8000", "the port to serve on; 0 takes a free one", range=(0, 65_535)),
    Setting("threads", "1", "how many requests are answered at a time", range=(1, 256)),
    Setting(
        "waiting", "8", "how many requests may wait for their turn; one more is refused with 503", range=(1, 1_000)
    ),
    Setting("budget", "5", "seconds after its arrival in which a request must begin its work", range=(1, 600)),
    Setting(
        "origins",
        "",
        "the sites that may show panels and read the API, such as `https://www.example.org`, parted by blanks",
    ),
    Setting("reading", "open", "who may read by the API: `open` for all, `key` for who has a key", ("open", "key")),
    Setting(
        "limit",
        "600",
        "how often a client may search in a minute, a text counting by its length; 0 for any number",
        range=(0, 100_000),
    ),
    Setting("words", "en", "the words of the visitors' pages: `en`, `zh-Hant`, or a catalogue in a file (PO)"),
    Setting(
        "canonical",
        "here",
        "where search engines are to find a document that has an address: `here`, or at its `source`",
        ("here", "source"),
    ),
    Setting("ask", "", "the address of the site's own form, to which `/ask` posts a question (`title`, `text`)"),
    Setting("gaps", "", "a file in which searches that lead nowhere are counted for editors; without it none is"),
    Setting("site_name", "SeeAlso", "the name in the header and in titles"),
    Setting("emergency", "112", "the number to call in an emergency, shown on every page"),
    Setting(
        "crisis", "", "whom to call who thinks of suicide, a name and a number, shown above searches that speak of it"
    ),
    Setting(
        "notices", "", "a file in place of the shipped table of searches that speak of a danger to life; `off` for none"
    ),
)


def load(given: Mapping[str, str | None] | None = None, folder: Path | None = None) -> dict[str, str]:
    """Every setting's value: as given, else from the environment, else from seealso.toml, else its default.

    Raises UsageError where seealso.toml cannot be read or names an unknown setting, where the environment misspells
    one, and for a value that is none.
    """
    known = {setting.name: setting for setting in SETTINGS}
    _check_environment(known)
    path = (folder or Path.cwd()) / FILE
    written: dict[str, object] = {}
    if path.is_file():
        try:
            written = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise UsageError(f"not TOML: {error}", str(path), "write lines such as index = 'folder'") from error
        if unknown := sorted(set(written) - set(known)):
            raise UsageError(f"unknown setting {unknown[0]!r}", str(path), f"known are {', '.join(known)}")
        for name, value in written.items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise UsageError(f"{name} is neither text nor a number", str(path), f"write {name} = '...'")
    values = {}
    for name, setting in known.items():
        value = (given or {}).get(name)
        if value is None:
            value = os.environ.get(setting.variable)
        values[name] = str(written.get(name, setting.default)) if value is None else value
        if (not values[name].strip() and setting.default) or "\x00" in values[name]:
            raise UsageError(f"{name} is empty", _places(setting), "give a value")
        if setting.choices and values[name] not in setting.choices:
            what = f"{name} is {values[name][:20]!r}"
            raise UsageError(what, _places(setting), f"give one of {', '.join(setting.choices)}")
        if setting.range and not _is_within(values[name], *setting.range):
            least, most = setting.range
            what = f"{name} is {values[name][:20]!r}"
            raise UsageError(what, _places(setting), f"give a whole number from {least} to {most}")
    return values


def _check_environment(known: Mapping[str, Setting]) -> None:
    """Refuse a variable that is almost that of a setting; any other may be some other program's."""
    for variable in os.environ:
        before, marked, name = variable.lower().partition("seealso_")
        near = get_close_matches(name, known, 1, _MISSPELT) if marked and not before and name not in known else []
        if near:
            raise UsageError(f"unknown setting {variable}", "environment", f"did you mean {known[near[0]].variable}?")


def index_of(values: Mapping[str, str]) -> str | OpenSearchIndex:
    """Where the index is: a folder, or on a cluster with what that asks for."""
    if "://" not in values["index"]:
        return values["index"]
    user, password, authority = (values[f"opensearch_{name}"] for name in ("user", "password", "ca"))
    shards, replicas = (int(values[f"opensearch_{name}"]) for name in ("shards", "replicas"))
    return OpenSearchIndex(values["index"], user, password, authority, shards, replicas, values["opensearch_work"])


def origins_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """The origins that may show panels. Raises UsageError for what is none."""
    origins = values["origins"].lower().split()
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            what = f"origins has {origin[:60]!r}"
            raise UsageError(what, "origins", "write origins such as https://www.example.org, without a path")
    return tuple(origins)


def _is_within(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most


def _places(setting: Setting) -> str:
    """Where a setting may have been given."""
    option = f"--{setting.name}, " if setting.name in _OPTIONS else ""
    return f"{option}{setting.variable} or {FILE}"

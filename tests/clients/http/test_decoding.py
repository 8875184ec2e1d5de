"""Bodies: compressed or not, split in any way, and limited in size."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from contextlib import suppress
from functools import partial
from hashlib import shake_128
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.decoding import MAX_MEMBERS, PIECE_SIZE, BodyDecoder, parse_length
from eternaltwin.exceptions import ResponseTooLargeError, UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.http.decoding import Decompressor

URL = "http://127.0.0.1:50320/api/v1"

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": partial(gzip.compress, mtime=0),
    "deflate": zlib.compress,
}


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """The data, in pieces of any size."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


def read(pieces: list[bytes], encoding: str, limit: int) -> bytes:
    body = BodyDecoder(URL, encoding, limit)
    for piece in pieces:
        body.feed(piece)
    return body.content()


@given(st.data(), st.binary(max_size=2000), st.sampled_from(sorted(PACKERS)))
def test_a_body_is_the_same_however_it_is_cut(data: st.DataObject, content: bytes, encoding: str) -> None:
    packed = PACKERS[encoding](content)
    assert read(data.draw(cut(packed)), encoding, 10_000) == content


@given(st.data(), st.integers(0, 5000), st.integers(100, 2000), st.sampled_from(sorted(PACKERS)))
def test_no_body_is_larger_than_the_limit(data: st.DataObject, size: int, limit: int, encoding: str) -> None:
    pieces = data.draw(cut(PACKERS[encoding](b"x" * size)))
    if size <= limit:
        assert len(read(pieces, encoding, limit)) == size
    else:
        with pytest.raises(ResponseTooLargeError):
            read(pieces, encoding, limit)


@given(st.binary(max_size=500), st.sampled_from(sorted(PACKERS)))
def test_any_data_is_a_body_or_an_error(content: bytes, encoding: str) -> None:
    with suppress(UnexpectedResponseError):
        assert len(read([content], encoding, 400)) <= 400


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("size", range(PIECE_SIZE - 2, PIECE_SIZE + 3))
@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)],
    ids=["gzip", "deflate", "deflate without its header"],
)
def test_compressed_bodies_of_about_the_size_of_a_piece(
    encoding: str, pack: Callable[[bytes], bytes], size: int, factor: int
) -> None:
    content = b"x" * (size * factor)
    assert read([pack(content)], encoding, len(content)) == content
    packed = pack(content)
    assert read([packed[:-1], packed[-1:]], encoding, len(content)) == content
    with pytest.raises(ResponseTooLargeError):
        read([packed], encoding, len(content) - 1)
    with pytest.raises(UnexpectedResponseError, match="ends too early"):
        read([packed[:-1]], encoding, len(content))


def incompressible(size: int) -> bytes:
    return shake_128().digest(size)


@pytest.mark.parametrize("size", range(PIECE_SIZE - 2, PIECE_SIZE + 3))
def test_compressed_data_of_about_the_size_of_a_piece(size: int) -> None:
    content = incompressible(size - 11)  # zlib adds a header of 7 bytes and a checksum of 4
    packed = zlib.compress(content, 0)
    assert len(packed) == size
    assert read([packed], "deflate", size) == content


class Counter:
    """Counts the bytes that are given to decompressors."""

    def __init__(self) -> None:
        self.count = 0
        self._make = zlib.decompressobj

    def __call__(self, wbits: int) -> Decompressor:
        return Counted(self, self._make(wbits))


class Counted:
    """A decompressor of zlib, its input counted."""

    def __init__(self, counter: Counter, inflater: Decompressor) -> None:
        self._counter = counter
        self._inflater = inflater

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    @property
    def unconsumed_tail(self) -> bytes:
        return self._inflater.unconsumed_tail

    def decompress(self, data: bytes | memoryview, max_length: int = 0, /) -> bytes:
        self._counter.count += len(data)
        return self._inflater.decompress(data, max_length)


@pytest.mark.parametrize("cut", [PIECE_SIZE, 10**6], ids=["pieces", "at once"])
def test_many_small_members_are_each_copied_once(monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    counter = Counter()
    monkeypatch.setattr("zlib.decompressobj", counter)
    member = gzip.compress(b"x", mtime=0)
    packed = member * MAX_MEMBERS
    pieces = [packed[start : start + cut] for start in range(0, len(packed), cut)]
    assert read(pieces, "gzip", 10**6) == b"x" * MAX_MEMBERS
    assert counter.count < 15 * len(packed)


def test_large_members_in_a_row_are_each_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr("zlib.decompressobj", counter)
    content = incompressible(5000)
    packed = gzip.compress(content, mtime=0) * 200
    assert read([packed], "gzip", 2 * 10**6) == content * 200
    assert counter.count < 3 * len(packed)


@pytest.mark.parametrize("packed", [gzip.compress(b""), gzip.compress(b"x")], ids=["empty", "of one byte"])
def test_the_number_of_members_is_limited(packed: bytes) -> None:
    assert len(read([packed * MAX_MEMBERS], "gzip", 10**6)) <= MAX_MEMBERS
    with pytest.raises(UnexpectedResponseError, match=f"more than {MAX_MEMBERS} parts"):
        read([packed * MAX_MEMBERS, packed], "gzip", 10**6)
    with pytest.raises(UnexpectedResponseError, match=f"more than {MAX_MEMBERS} parts"):
        read([packed * (MAX_MEMBERS + 1)], "gzip", 10**6)


@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_a_body_may_be_as_large_as_the_limit(encoding: str) -> None:
    content = incompressible(1000)
    packed = PACKERS[encoding](content)
    assert read([packed], encoding, len(packed)) == content
    with pytest.raises(ResponseTooLargeError, match=f"more than {len(packed) - 1} bytes"):
        read([packed], encoding, len(packed) - 1)
    body = BodyDecoder(URL, encoding, 1000)
    body.expect(1000)
    body.expect(None)
    with pytest.raises(ResponseTooLargeError, match="more than 1000 bytes"):
        body.expect(1001)


@pytest.mark.parametrize(("text", "length"), [("0", 0), ("000", 0), ("007", 7), ("0" * 5000 + "12", 12), ("100", 100)])
def test_a_length_may_have_leading_zeros(text: str, length: int) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_grows_too_large_takes_no_more_memory_than_a_few_pieces(encoding: str) -> None:
    packed = PACKERS[encoding](bytes(50_000_000))[:PIECE_SIZE]
    body = BodyDecoder(URL, encoding, 100_000)
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLargeError):
            body.feed(packed)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()

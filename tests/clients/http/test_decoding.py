"""Bodies: compressed or not, split in any way, and limited in size."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.decoding import BodyDecoder
from eternaltwin.exceptions import ResponseTooLargeError, UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Callable

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

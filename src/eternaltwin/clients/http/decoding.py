"""Reads the body of an answer within a limit of size, compressed or not, for both transports."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Protocol

from eternaltwin.exceptions import ResponseTooLargeError, UnexpectedResponseError

#: What a transport asks for; an answer compressed in any other way is refused, `deflate` apart.
ACCEPT_ENCODING = "gzip"

#: How much is read from the network at a time, in bytes.
PIECE_SIZE = 65_536

#: What `max_response_size` is where nothing else is said, in bytes.
DEFAULT_LIMIT = 10 * 2**20

_GZIP = 16 + zlib.MAX_WBITS


class Decompressor(Protocol):
    """What `zlib.decompressobj` makes."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed data has been reached."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What came after that end."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What there was no room for yet."""
        ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """At the most `max_length` bytes of what was compressed."""
        ...


class Body:
    """Collects the pieces of one body, and never holds more than about the limit and one piece.

    Args:
        url: where the body comes from, for messages.
        encoding: the field `Content-Encoding`, empty without one.
        limit: bytes that the body may have, as sent and decompressed.

    Raises:
        ResponseTooLargeError: from `expect` and `feed`, as soon as the limit is passed.
        UnexpectedResponseError: from `feed` and `content`, when the compressed data is damaged.
    """

    __slots__ = ("_content", "_encoding", "_inflater", "_limit", "_received", "_url")

    def __init__(self, url: str, encoding: str, limit: int) -> None:
        self._url = url
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._content = BytesIO()  # which gives away its own bytes in the end, not a copy
        self._received = 0
        self._inflater: Decompressor | None = None

    def expect(self, length: int | None) -> None:
        """Refuse a body that says beforehand that it is too large."""
        if length is not None and length > self._limit:
            raise self._too_large()

    def feed(self, data: bytes) -> None:
        """Take the next piece, as it came from the network."""
        self._received += len(data)
        if self._received > self._limit:
            raise self._too_large()
        if self._encoding in ("", "identity"):
            self._content.write(data)
        else:
            self._inflate(data)

    def content(self) -> bytes:
        """The whole body, decompressed."""
        if self._inflater is not None and not self._inflater.eof:
            raise UnexpectedResponseError(f"{self._url} sent compressed data that ends too early: try again")
        return self._content.getvalue()

    def _inflate(self, data: bytes) -> None:
        """Decompress one piece; a body may be several gzip members in a row (RFC 1952, section 2.2)."""
        has_more = False
        while data or has_more:
            if self._inflater is None or self._inflater.eof:
                self._inflater = self._new_inflater(data)
            piece = self._decompressed(self._inflater, data)
            if self._content.tell() + len(piece) > self._limit:
                raise self._too_large()
            self._content.write(piece)
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
            has_more = len(piece) == PIECE_SIZE and not self._inflater.eof

    def _decompressed(self, inflater: Decompressor, data: bytes) -> bytes:
        try:
            return inflater.decompress(data, PIECE_SIZE)
        except zlib.error:
            damaged = UnexpectedResponseError(f"{self._url} sent compressed data that is damaged: try again")
        raise damaged

    def _new_inflater(self, data: bytes) -> Decompressor:
        if self._encoding in ("gzip", "x-gzip"):
            return zlib.decompressobj(_GZIP)
        if self._encoding == "deflate":  # with the zlib header that it should have, or, as some send it, without
            return zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS)
        raise UnexpectedResponseError(
            f"{self._url} sent a body in an encoding that was not asked for: "
            "check that `url` is the address of the Eternaltwin server"
        )

    def _too_large(self) -> ResponseTooLargeError:
        return ResponseTooLargeError(
            f"{self._url} sent more than {self._limit} bytes: check that `url` is the address of the Eternaltwin "
            "server, or raise `max_response_size`"
        )

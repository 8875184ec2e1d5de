"""Decodes response bodies, compressed or not, within a limit of size, for both transports."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Protocol

from eternaltwin.error_responses import CHECK_URL
from eternaltwin.exceptions import ResponseTooLargeError, UnexpectedResponseError

#: The value of `Accept-Encoding`. Of the other encodings only `deflate` is decoded too.
ACCEPT_ENCODING = "gzip"

#: Maximum number of bytes that are read from the network at a time.
PIECE_SIZE = 65_536

#: The default of `max_response_size`, in bytes.
MAX_RESPONSE_SIZE = 10 * 2**20

#: Maximum number of gzip members in a body. Each takes time, however small it is; most bodies consist of one.
MAX_MEMBERS = 10_000

#: How much of a member is decompressed first, in bytes, if it is not the first member of a piece.
_MEMBER_SIZE = 256

_GZIP = 16 + zlib.MAX_WBITS


def parse_length(value: str) -> int:
    """Return the number in a `Content-Length` field that llhttp has accepted: less than 2^64, with any leading zeros.

    Args:
        value: The value of the field.

    Returns:
        The size of the body in bytes.
    """
    return int(value.lstrip("0") or "0")  # `int` refuses strings of more than 4300 digits, zeros included


class Decompressor(Protocol):
    """The type of what `zlib.decompressobj` returns."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed data has been reached."""
        ...

    @property
    def unused_data(self) -> bytes:
        """The data after that end."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """The data that has not been decompressed yet because of `max_length`."""
        ...

    def decompress(self, data: bytes | memoryview, max_length: int = ..., /) -> bytes:
        """Decompress a piece of data.

        Args:
            data: The next piece.
            max_length: Maximum size of the result in bytes.

        Returns:
            The decompressed data.
        """
        ...


class BodyDecoder:
    """Collects and decompresses one body, and holds no more than about the limit and one piece.

    Args:
        url: Where the body comes from, for messages.
        encoding: The value of `Content-Encoding`, empty if there is none.
        limit: Maximum size of the body in bytes, both as sent and decompressed.
    """

    __slots__ = ("_content", "_encoding", "_inflater", "_limit", "_members", "_received", "_url")

    def __init__(self, url: str, encoding: str, limit: int) -> None:
        self._url = url
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._content = BytesIO()  # its getvalue() makes no copy
        self._received = 0
        self._members = 0
        self._inflater: Decompressor | None = None

    def expect(self, length: int | None) -> None:
        """Check the size that the response announces.

        Args:
            length: The size of the body as sent, in bytes. None if it is not known.

        Raises:
            ResponseTooLargeError: The size exceeds the limit.
        """
        if length is not None and length > self._limit:
            raise self._too_large()

    def feed(self, data: bytes) -> None:
        """Add the next piece.

        Args:
            data: The piece as received.

        Raises:
            ResponseTooLargeError: The body exceeds the limit.
            UnexpectedResponseError: The compressed data is damaged or has too many members, or the encoding is not
                supported.
        """
        self._received += len(data)
        if self._received > self._limit:
            raise self._too_large()
        if self._encoding in ("", "identity"):
            self._content.write(data)
        else:
            self._inflate(data)

    def content(self) -> bytes:
        """Return the whole body. Call it after the last piece.

        Returns:
            The body, decompressed.

        Raises:
            UnexpectedResponseError: The compressed data is not complete.
        """
        if self._inflater is not None and not self._inflater.eof:
            raise UnexpectedResponseError(f"{self._url} sent compressed data that ends too early: try again")
        return self._content.getvalue()

    def _inflate(self, data: bytes) -> None:
        """Decompress one piece; a body may be several gzip members in a row (RFC 1952, section 2.2).

        zlib copies what it does not use of its input. After the first member it is therefore given only as much as the
        member is likely to need, so that many small members take a time in proportion to the size of the body.
        """
        left, size, has_more = memoryview(data), PIECE_SIZE, False
        while left or has_more:
            if self._inflater is None or self._inflater.eof:
                self._inflater = self._new_inflater(left[0])
            piece = self._decompressed(self._inflater, left[:size])
            if self._content.tell() + len(piece) > self._limit:
                raise self._too_large()
            self._content.write(piece)
            unused = len(self._inflater.unconsumed_tail) + len(self._inflater.unused_data)
            left = left[len(left[:size]) - unused :]
            size = _MEMBER_SIZE if self._inflater.eof else 2 * size
            has_more = len(piece) == PIECE_SIZE and not self._inflater.eof

    def _decompressed(self, inflater: Decompressor, data: memoryview) -> bytes:
        try:
            return inflater.decompress(data, PIECE_SIZE)
        except zlib.error:
            damaged = UnexpectedResponseError(f"{self._url} sent compressed data that is damaged: try again")
        raise damaged

    def _new_inflater(self, first: int) -> Decompressor:
        """Return the inflater of a member that starts with this byte."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise UnexpectedResponseError(
                f"{self._url} sent compressed data in more than {MAX_MEMBERS} parts: {CHECK_URL}"
            )
        if self._encoding in ("gzip", "x-gzip"):
            return zlib.decompressobj(_GZIP)
        if self._encoding == "deflate":  # some servers omit the zlib header (RFC 9110, section 8.4.1.2)
            return zlib.decompressobj(zlib.MAX_WBITS if first & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS)
        raise UnexpectedResponseError(f"{self._url} sent a body in an encoding that was not requested: {CHECK_URL}")

    def _too_large(self) -> ResponseTooLargeError:
        return ResponseTooLargeError(
            f"{self._url} sent more than {self._limit} bytes: {CHECK_URL}, or raise `max_response_size`"
        )

"""Reads one HTTP/1.1 answer off a blocking connection, strictly and within bounds (RFC 9112).

`http.client` reads a head line by line with the parser for e-mail, takes `-1` for the size
of a chunk, and returns `103 Early Hints` as the answer. What is here takes a third of its time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eternaltwin.clients.http.decoding import PIECE_SIZE
from eternaltwin.responses import Headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.sync.streams import Stream

#: How large a head, or the fields after a chunked body, may be.
MAX_HEAD_SIZE, MAX_FIELDS = 65_536, 128

_MAX_CHUNK_LINE = 4096
_START = b"HTTP/1."
_STATUS_LINE = r"HTTP/1\.([01]) ([1-9]\d\d)(?: [^\0\r\n]*)?"
_FIELD = r"\r\n([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)"
_HEAD = re.compile(f"{_STATUS_LINE}((?:{_FIELD})*)")
_FIELDS = re.compile(_FIELD)
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")


class MalformedAnswerError(Exception):
    """What came is not HTTP, or more of it than is accepted; the text says which and quotes nothing."""


class Answer:
    """An answer whose head has been read, interim ones passed over, and whose body has not.

    Args:
        stream: where it comes from.
        method: the method of the request; `HEAD` has no body.

    Attributes:
        status: for example 200.
        headers: the header fields.
        length: the body's size, or None where it is not known beforehand.
        will_close: whether the connection ends with this answer.

    Raises:
        ConnectionError: the connection ended within the head, or before it.
        TimeoutError: the stream's deadline passed.
        MalformedAnswerError: what came is not HTTP.
    """

    __slots__ = ("_is_chunked", "_stream", "headers", "length", "status", "will_close")

    def __init__(self, stream: Stream, method: str) -> None:
        self._stream = stream
        version, self.status, self.headers = _read_head(stream)
        while self.status < 200:
            if self.status == 101:
                raise MalformedAnswerError("it changed the protocol unasked")
            version, self.status, self.headers = _read_head(stream)
        self._frame(has_body=method != "HEAD" and self.status not in (204, 304))
        options = ",".join(self.headers.get_all("connection")).lower()
        is_kept = "keep-alive" in options if version == "0" else "close" not in options
        self.will_close = not is_kept or (self.length is None and not self._is_chunked)

    def _frame(self, *, has_body: bool) -> None:
        """Find out where the body ends (RFC 9112, section 6.3)."""
        codings = ",".join(self.headers.get_all("transfer-encoding")).lower()
        lengths = self.headers.get_all("content-length")
        is_sized = bool(lengths) and not codings and _is_size(lengths[0]) and lengths.count(lengths[0]) == len(lengths)
        is_chunked = codings == "chunked" and not lengths
        if (codings or lengths) and not is_sized and not is_chunked:
            raise MalformedAnswerError("it does not say clearly where its body ends")
        self._is_chunked = has_body and is_chunked
        self.length = 0 if not has_body else int(lengths[0]) if is_sized else None

    def pieces(self) -> Iterator[bytes]:
        """The body, piece by piece as it comes.

        Raises:
            ConnectionError: the connection ended before the body did.
            TimeoutError: the stream's deadline passed.
            MalformedAnswerError: the chunks are no chunks.
        """
        if self._is_chunked:
            return _read_chunks(self._stream)
        return _read_all(self._stream) if self.length is None else _read(self._stream, self.length)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _read_head(stream: Stream) -> tuple[str, int, Headers]:
    """The last digit of the version, the status, and the fields."""
    found = stream.until(b"\r\n\r\n", MAX_HEAD_SIZE, _START)
    if found is None:
        raise MalformedAnswerError("what came is not HTTP, or its head is too long")
    text = found.decode("latin-1")
    match = _HEAD.fullmatch(text)
    if match is None:
        raise MalformedAnswerError("its status line or a header field is malformed")
    fields = [(name, value.strip(" \t")) for name, value in _FIELDS.findall(match[3])]
    if len(fields) > MAX_FIELDS:
        raise MalformedAnswerError(f"it has more than {MAX_FIELDS} header fields")
    return match[1], int(match[2]), Headers(fields)


def _read(stream: Stream, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.some(size)
        if not piece:
            raise ConnectionResetError
        size -= len(piece)
        yield piece


def _read_all(stream: Stream) -> Iterator[bytes]:
    while piece := stream.some(PIECE_SIZE):
        yield piece


def _read_chunks(stream: Stream) -> Iterator[bytes]:
    while size := _read_chunk_size(stream):
        yield from _read(stream, size)
        if stream.until(b"\r\n", 0) is None:
            raise MalformedAnswerError("a chunk is longer than it says")
    left = MAX_HEAD_SIZE
    while line := stream.until(b"\r\n", left):  # the trailer, which says nothing that we want to know
        left -= len(line)
    if line is None:
        raise MalformedAnswerError("its trailer is too long")


def _read_chunk_size(stream: Stream) -> int:
    line = stream.until(b"\r\n", _MAX_CHUNK_LINE)
    match = None if line is None else _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise MalformedAnswerError("the size of a chunk is malformed")
    return int(match[1], 16)

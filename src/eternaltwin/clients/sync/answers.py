"""Reads one HTTP/1.1 answer off a blocking connection, strictly and within bounds (RFC 9112).

:mod:`http.client` reads a head with the parser for e-mail, takes ``-1`` for the size of a chunk,
and returns ``103 Early Hints`` as the answer. What is here replaces that part of it, and is faster.
"""

from __future__ import annotations

import http.client
import re
from typing import TYPE_CHECKING

from eternaltwin.clients.bodies import PIECE_SIZE

if TYPE_CHECKING:
    import io
    import socket
    from collections.abc import Iterator

#: How large a head, or the fields after a chunked body, may be.
MAX_HEAD_SIZE, MAX_FIELDS = 65_536, 128

_MAX_CHUNK_LINE = 4096
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?\r?\n")
_FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")


class MalformedAnswerError(http.client.HTTPException):
    """What came is not HTTP, or more of it than is accepted; the text says which and quotes nothing."""


class Answer(http.client.HTTPResponse):
    """An answer whose head has been read, and whose body has not.

    Attributes:
        fields: the header fields, in order.
        length: the body's size, or None where it is not known beforehand.
    """

    fields: list[tuple[str, str]]

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._is_head = method == "HEAD"

    def begin(self) -> None:
        """Read the head, and pass over interim ones.

        Raises:
            RemoteDisconnected: not a byte came.
            IncompleteRead: the connection ended within the head.
            MalformedAnswerError: what came is not HTTP.
        """
        self.status = 100
        while self.status < 200:
            self.version, self.status = _read_status(self.fp)
            if self.status == 101:
                raise MalformedAnswerError("it changed the protocol unasked")
            self.fields = _read_fields(self.fp)
        self._frame()

    def _frame(self) -> None:
        """Find out where the body ends (RFC 9112, section 6.3)."""
        codings = self._values("transfer-encoding")
        lengths = set(self._values("content-length"))
        if codings not in ([], ["chunked"]) or len(lengths) > 1 or not all(map(_is_size, lengths)):
            raise MalformedAnswerError("it does not say clearly where its body ends")
        self.chunked = bool(codings)
        self.length = int(lengths.pop()) if lengths and not codings else None
        if self._is_head or self.status in (204, 304):
            self.chunked, self.length = False, 0
        is_endless = self.length is None and not self.chunked
        self.will_close = is_endless or bool(codings and lengths) or not self._keeps_alive()

    def field(self, name: str) -> str:
        """Every value of a header field, in lower case, joined by commas."""
        return ",".join(self._values(name))

    def _values(self, name: str) -> list[str]:
        return [value.lower() for field, value in self.fields if field == name]

    def _keeps_alive(self) -> bool:
        options = self.field("connection")
        return "keep-alive" in options if self.version == 10 else "close" not in options

    def pieces(self) -> Iterator[bytes]:
        """The body, not more than ``PIECE_SIZE`` bytes at a time.

        Raises:
            IncompleteRead: the connection ended before the body did.
            MalformedAnswerError: the chunks are no chunks.
        """
        if self.chunked:
            return _read_chunks(self.fp)
        return iter(lambda: self.fp.read(PIECE_SIZE), b"") if self.length is None else _read(self.fp, self.length)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _read_status(stream: io.BufferedReader) -> tuple[int, int]:
    """The version, 10 or 11, and the status."""
    line = stream.readline(MAX_HEAD_SIZE)
    if not line:
        raise http.client.RemoteDisconnected("")
    match = _STATUS_LINE.fullmatch(line)
    if match is None and not line.endswith(b"\n") and line.startswith(b"HTTP/1."[: len(line)]):
        raise http.client.IncompleteRead(b"")
    if match is None:
        raise MalformedAnswerError("what came is not HTTP")
    return 10 + int(match[1]), int(match[2])


def _read_line(stream: io.BufferedReader, limit: int, what: str) -> bytes:
    line = stream.readline(limit + 1)
    if len(line) > limit:
        raise MalformedAnswerError(f"{what} is too long")
    if not line.endswith(b"\n"):
        raise http.client.IncompleteRead(b"")
    return line


def _read_fields(stream: io.BufferedReader) -> list[tuple[str, str]]:
    """The fields up to the empty line, names in lower case."""
    fields: list[tuple[str, str]] = []
    left = MAX_HEAD_SIZE
    while (line := _read_line(stream, left, "its head")) not in (b"\r\n", b"\n"):
        match = _FIELD_LINE.fullmatch(line)
        if match is None:
            raise MalformedAnswerError("a header field is malformed")
        if len(fields) == MAX_FIELDS:
            raise MalformedAnswerError(f"it has more than {MAX_FIELDS} header fields")
        fields.append((match[1].decode("latin-1").lower(), match[2].strip(b" \t").decode("latin-1")))
        left -= len(line)
    return fields


def _read(stream: io.BufferedReader, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE_SIZE))
        if not piece:
            raise http.client.IncompleteRead(b"", size)
        size -= len(piece)
        yield piece


def _read_chunks(stream: io.BufferedReader) -> Iterator[bytes]:
    while size := _read_chunk_size(stream):
        yield from _read(stream, size)
        if _read_line(stream, 2, "a chunk") != b"\r\n":
            raise MalformedAnswerError("a chunk is malformed")
    _read_fields(stream)


def _read_chunk_size(stream: io.BufferedReader) -> int:
    match = _CHUNK_LINE.fullmatch(_read_line(stream, _MAX_CHUNK_LINE, "the size of a chunk"))
    if match is None:
        raise MalformedAnswerError("the size of a chunk is malformed")
    return int(match[1], 16)

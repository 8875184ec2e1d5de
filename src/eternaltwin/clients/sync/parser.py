"""Reads one HTTP/1.1 response from a blocking connection, strictly and within limits (RFC 9112).

llhttp, through httptools, parses heads and chunks. The limits of size are checked here, and so is
what llhttp accepts and this library does not: a null byte in the reason phrase, a status below 100,
versions other than 1.0 and 1.1, transfer codings other than `chunked`.
"""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from queue import SimpleQueue
from typing import TYPE_CHECKING

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from eternaltwin.clients.http.decoding import PIECE_SIZE, parse_length
from eternaltwin.clients.http.framing import OTHER_CODINGS, ends_with_connection, has_body, is_chunked, is_persistent
from eternaltwin.responses import Headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.sync.streams import Stream

#: Maximum size of a head in bytes. The lines between two chunks, and the trailer, have about this limit too.
MAX_HEAD_SIZE = 65_536

#: Maximum number of header fields.
MAX_FIELDS = 128

_STATUS_LINES = (b"HTTP/1.1 ", b"HTTP/1.0 ")


class MalformedResponseError(Exception):
    """The data received is not HTTP, or exceeds a limit. The message gives the reason and quotes nothing."""


class _Events:
    """Collects what llhttp finds, with methods that are C functions.

    A signal handler can therefore raise no exception in them: httptools would lose it when the caller is handling
    another exception. It must not refer to the parser: that would be a reference cycle per response.
    """

    __slots__ = ("_body", "_heads", "_names", "on_body", "on_header", "on_headers_complete", "on_message_complete")

    def __init__(self) -> None:
        self._names: SimpleQueue[bytes] = SimpleQueue()
        self._heads: list[None] = []
        self._body: list[bytes | None] = []  # None stands for its end
        self.on_header = self._names.put  # takes the name, and ignores the value
        self.on_headers_complete = partial(self._heads.append, None)
        self.on_body = self._body.append
        self.on_message_complete = partial(self._body.append, None)

    @property
    def has_head(self) -> bool:
        """Whether the head is complete."""
        return bool(self._heads)

    @property
    def is_complete(self) -> bool:
        """Whether the whole response is."""
        return None in self._body

    @property
    def has_too_many_fields(self) -> bool:
        """Whether there are too many fields, those of the trailer included."""
        return self._names.qsize() > MAX_FIELDS

    def take_pieces(self) -> list[bytes]:
        """Return the new pieces of the body, without what llhttp finds after its end."""
        pieces = list(takewhile(lambda piece: piece is not None, self._body))
        del self._body[: len(pieces)]
        return list(filter(None, pieces))


class ResponseReader:
    """Reads one response: its head at once, interim responses skipped, and its body on demand.

    Args:
        stream: The receiving side of the connection.
        method: The method of the request. The response to `HEAD` has no body.

    Attributes:
        status: The status code, from 200 to 999.
        headers: The header fields.
        length: The size of the body in bytes, or None if it is not known in advance.
        will_close: Whether the connection cannot be used after this response.

    Raises:
        ConnectionError: The connection ended before the head did.
        TimeoutError: The stream's deadline passed.
        MalformedResponseError: The data received is not HTTP.
    """

    __slots__ = ("_events", "_fields", "_is_chunked", "_parser", "_stream", "headers", "length", "status", "will_close")

    def __init__(self, stream: Stream, method: str) -> None:
        self._stream = stream
        is_http_1_0 = self._read_head()
        while self.status < 200:
            if self.status == 101:
                raise MalformedResponseError("it changed the protocol unasked")
            is_http_1_0 = self._read_head()
        self.headers = Headers([(name, value.rstrip(" \t")) for name, value in self._fields])
        self._frame(has_body=has_body(method, self.status))
        ends_with_it = ends_with_connection(method, self.status, self.headers)
        self.will_close = ends_with_it or not is_persistent(self.headers, is_http_1_0=is_http_1_0)

    def pieces(self) -> Iterator[bytes]:
        """Read the body, once.

        Returns:
            The body in pieces, as they arrive.

        Raises:
            ConnectionError: The connection ended before the body did.
            TimeoutError: The stream's deadline passed.
            MalformedResponseError: The chunks are malformed.
        """
        if self._is_chunked:
            return self._read_chunks()
        return self._read_to_end() if self.length is None else self._read_sized(self.length)

    def _read_head(self) -> bool:
        """Read one head, and return whether its version is HTTP/1.0."""
        head = self._stream.read_until(b"\r\n\r\n", MAX_HEAD_SIZE, _STATUS_LINES)
        if head is None:
            raise MalformedResponseError("the data received is not HTTP, or its head is too long")
        self._events = _Events()
        self._parser = HttpResponseParser(self._events)
        self._feed(head)
        self.status = self._parser.get_status_code()
        if not self._events.has_head or self.status < 100 or b"\0" in head:
            raise MalformedResponseError("its status line or a header field is malformed")
        self._check_fields()
        self._fields = _split(head)
        return head.startswith(_STATUS_LINES[1])

    def _check_fields(self) -> None:
        if self._events.has_too_many_fields:
            raise MalformedResponseError(f"it has more than {MAX_FIELDS} header fields")

    def _feed(self, data: bytes) -> None:
        is_malformed = False
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            is_malformed = not self._events.is_complete
        if is_malformed:  # raised here, so that no exception of httptools is chained
            raise MalformedResponseError("its framing or a header field is malformed")

    def _frame(self, *, has_body: bool) -> None:
        """Find out where the body ends (RFC 9112, section 6.3). llhttp has checked the lengths."""
        # As received: llhttp does not accept a tab after `chunked`.
        codings = [value for name, value in self._fields if name.lower() == "transfer-encoding"]
        if codings and not is_chunked(codings):
            raise MalformedResponseError(OTHER_CODINGS)
        self._is_chunked = has_body and bool(codings)
        lengths = self.headers.get_all("content-length")
        self.length = 0 if not has_body else parse_length(lengths[0]) if lengths else None

    def _read_sized(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._stream.read_some(size)
            if not piece:
                raise ConnectionResetError
            size -= len(piece)
            yield piece

    def _read_to_end(self) -> Iterator[bytes]:
        while piece := self._stream.read_some(PIECE_SIZE):
            yield piece

    def _read_chunks(self) -> Iterator[bytes]:
        self._parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)  # some old servers pad sizes
        events = self._events
        framing = 0
        while not events.is_complete:
            piece = self._stream.read_some(PIECE_SIZE)
            if not piece:
                raise ConnectionResetError
            self._feed_exactly(piece)
            self._check_fields()
            pieces = events.take_pieces()
            framing = 0 if pieces else framing + len(piece)
            if framing > MAX_HEAD_SIZE:
                raise MalformedResponseError("its trailer or the line before a chunk is too long")
            yield from pieces

    def _feed_exactly(self, piece: bytes) -> None:
        """Feed a piece of a chunked body, and put what follows the body back.

        llhttp does not report where a response ended. If it ended before the last byte of the piece,
        that byte belongs to something else.
        """
        self._feed(piece[:-1])
        if self._events.is_complete:
            self._stream.unread(piece[-1:])
        else:
            self._feed(piece[-1:])


def _split(head: bytes) -> list[tuple[str, str]]:
    """Return the fields of a head that llhttp has accepted: it has no line ends but CRLF, and no folded lines."""
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    return [(name, value.lstrip(" \t")) for name, _, value in (line.partition(":") for line in lines)]

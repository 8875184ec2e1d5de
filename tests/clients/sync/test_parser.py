"""The parser of the sync transport: strict, within limits, and independent of how the data arrives."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from time import monotonic
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.decoding import PIECE_SIZE
from eternaltwin.clients.http.framing import OTHER_CODINGS
from eternaltwin.clients.sync.parser import MAX_FIELDS, MAX_HEAD_SIZE, MalformedResponseError, ResponseReader
from eternaltwin.clients.sync.streams import Stream
from tests.support.servers import JSON, head, response_bytes

CHUNKED = head("Transfer-Encoding: chunked")


class Pieces(socket.socket):
    """A socket that receives the given pieces, then the end of the connection."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._left = [
            piece[start : start + PIECE_SIZE] for piece in pieces for start in range(0, len(piece), PIECE_SIZE)
        ]

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        assert bufsize == PIECE_SIZE
        assert flags == 0
        return self._left.pop(0) if self._left else b""


class Result(NamedTuple):
    status: int
    fields: list[tuple[str, str]]
    body: bytes
    will_close: bool
    is_clean: bool


def read(*pieces: bytes, method: str = "GET") -> Result:
    """Read one response that arrives in these pieces."""
    with closing(Pieces(*pieces)) as sock:
        stream = Stream(sock)
        stream.deadline = monotonic() + 60
        reader = ResponseReader(stream, method)
        body = b"".join(reader.pieces())
        return Result(reader.status, list(reader.headers.items()), body, reader.will_close, stream.is_empty)


def malformed(*pieces: bytes, method: str = "GET") -> MalformedResponseError:
    """Check that the pieces are refused, and that no exception of the library below is chained."""
    with pytest.raises(MalformedResponseError) as caught:
        read(*pieces, method=method)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


WELL_FORMED = {
    "sized": response_bytes(JSON, "A: 1", "a: 2", "Empty:", "Spaces: \t x y \t "),
    "empty": response_bytes(b""),
    "interim": head("Link: x", status="103 Early Hints") + head(status="100 Continue") + response_bytes(),
    "interim that closes": head("Connection: close", status="103 Early Hints") + response_bytes(),
    "chunks": CHUNKED + b"5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n",
    "extension and trailer": CHUNKED + b'5;a=b;c="d e"\r\nhello\r\n00\r\nExpires: 0\r\nB:\r\n\r\n',
    "padded sizes": CHUNKED + b"5 \r\nhello\r\n0  \r\n\r\n",
    "until the end": head("A: \xe9") + JSON,
    "no content": head("Content-Length: 5", status="204 No Content"),
    "without a reason phrase": response_bytes(status="200"),
    "offered upgrade": response_bytes(JSON, "Upgrade: h2c", "Connection: Upgrade"),
    "version 1.0": response_bytes(JSON, "Connection: Keep-Alive").replace(b"1.1", b"1.0"),
}


@given(st.data(), st.sampled_from(sorted(WELL_FORMED)), st.sampled_from(["GET", "HEAD"]))
def test_a_response_is_the_same_however_it_is_split(data: st.DataObject, name: str, method: str) -> None:
    response = WELL_FORMED[name]
    places = sorted(data.draw(st.lists(st.integers(0, len(response)), max_size=8)))
    pieces = [response[start:end] for start, end in zip([0, *places], [*places, len(response)], strict=True)]
    expected = read(response, method=method)
    assert read(*filter(None, pieces), method=method)[:4] == expected[:4]
    assert read(*(bytes([byte]) for byte in response), method=method)[:4] == expected[:4]


ALPHABET = [
    *(f"{line}\r\n".encode("latin-1") for line in (
        "HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 204 No", "HTTP/1.1 103 Hints", "HTTP/1.1 101 Switching", "",
        "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close", "Upgrade: x", "A: \xe9", "5", "0",
        "hello",
    )),
    *(bytes([byte]) for byte in b"\0\t\r\n :;5hG-\xff"),
]  # fmt: skip


@pytest.mark.parametrize("field", ["Content-Length: 5", "Transfer-Encoding: chunked", "A: x"])
def test_a_response_to_head_has_no_body_and_leaves_the_connection_open(field: str) -> None:
    result = read(head(field), method="HEAD")
    assert (result.body, result.will_close, result.is_clean) == (b"", False, True)


def test_a_value_is_kept_but_for_spaces_and_tabs_around_it() -> None:
    fields = [("a", "\xa0x: y\x85"), ("b", "XXX"), ("a", "https://a.test:80")]
    response = head(*(f"{name}:\t {value} \t" for name, value in fields), "Content-Length:0")
    assert read(response).fields == [*fields, ("content-length", "0")]


@given(
    st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(ALPHABET), max_size=20).map(b"".join)),
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", CHUNKED, head()[:-2]]),
    st.sampled_from(["GET", "HEAD"]),
)
def test_any_data_is_a_response_or_one_of_two_errors(data: bytes, first: bytes, method: str) -> None:
    with suppress(ConnectionError, MalformedResponseError):
        assert 200 <= read(first + data, method=method).status <= 999


@given(st.sampled_from(sorted(WELL_FORMED)), st.data())
def test_a_response_that_is_cut_is_an_error_unless_the_end_is_its_end(name: str, data: st.DataObject) -> None:
    response = WELL_FORMED[name]
    length = data.draw(st.integers(0, len(response) - 1))
    if name == "until the end" and length >= len(head("A: x")):
        assert read(response[:length]).will_close
    else:
        with pytest.raises(ConnectionError):
            read(response[:length])


MALFORMED = {
    "empty lines first": b"\r\n\r\n" + response_bytes(),
    "version 0.9": response_bytes().replace(b"1.1", b"0.9"),
    "version 1.2": response_bytes().replace(b"1.1", b"1.2"),
    "version 2.0": response_bytes().replace(b"1.1", b"2.0"),
    "status 099": response_bytes(status="099 Low"),
    "status 2000": response_bytes(status="2000 High"),
    "status without a space": response_bytes(status="200OK"),
    "two spaces": response_bytes(status=" 200 OK"),
    "null byte in the reason": response_bytes(status="200 O\0K"),
    "bare line feeds": response_bytes().replace(b"\r\n\r\n", b"\n\n") + b"\r\n\r\n",
    "bare line feed in a field": head("A: x\nB: y"),
    "bare carriage return in a field": head("A: x\rB: y"),
    "folded field": head("A: x", " y"),
    "space before the first field": head(" A: x"),
    "space before the colon": head("Content-Length : 5"),
    "control character": head("A: \x01"),
    "length with a sign": head("Content-Length: +5"),
    "hexadecimal length": head("Content-Length: 0x5"),
    "list of lengths": head("Content-Length: 5, 5"),
    "same length twice": head("Content-Length: 5", "Content-Length: 5"),
    "empty length": head("Content-Length:"),
    "huge length": head(f"Content-Length: {10**30}"),
    "chunks and length": head("Transfer-Encoding: chunked", "Content-Length: 5"),
    "coding other than chunked": head("Transfer-Encoding: gzip"),
    "coding before chunked": head("Transfer-Encoding: gzip, chunked"),
    "chunked twice": head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "chunked with a parameter": head("Transfer-Encoding: chunked;a=b"),
    "chunked and a tab": head("Transfer-Encoding: chunked\t"),
    "empty coding": head("Transfer-Encoding:"),
    "changed protocol": head(status="101 Switching Protocols"),
    "changed protocol, with its fields": head("Upgrade: x", "Connection: upgrade", status="101 Switching Protocols"),
    "malformed interim response": head("Content-Length: x", status="103 Early Hints") + response_bytes(),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_head_is_refused(data: bytes, method: str) -> None:
    malformed(data, method=method)


@pytest.mark.parametrize("data", [b"-1", b"+1", b"G", b"0x1", b"", b" 1", b"1\n", b"1;a\0=b", b"1 a", b"F" * 17])
def test_a_malformed_chunk_size_is_refused(data: bytes) -> None:
    malformed(CHUNKED + data + b"\r\n" + b"x\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "data",
    [
        b"1\r\nxy\r\n0\r\n\r\n",
        b"1\r\nx0\r\n\r\n",
        b"1\nx\n0\n\n",
        b"0\r\nA: x\nB: y\r\n\r\n",
        b"0\r\nContent-Length: 5\r\n\r\n",
    ],
    ids=["too long", "no line end", "bare line feeds", "bare line feed in the trailer", "length in the trailer"],
)
def test_malformed_chunks_are_refused(data: bytes) -> None:
    malformed(CHUNKED + data)


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "the data received is not HTTP, or its head is too long"),
        ([head("A: " + "x" * MAX_HEAD_SIZE)], "the data received is not HTTP, or its head is too long"),
        ([head(status="099 Low")], "its status line or a header field is malformed"),
        ([head("Content-Length: 1", "Content-Length: 2")], "its framing or a header field is malformed"),
        ([head(*["A: x"] * (MAX_FIELDS + 1))], f"it has more than {MAX_FIELDS} header fields"),
        ([head(status="101 Switching Protocols")], "it changed the protocol unasked"),
        ([head("Transfer-Encoding: gzip")], OTHER_CODINGS),
        ([CHUNKED, b"G\r\n"], "its framing or a header field is malformed"),
        ([CHUNKED, b"0" * MAX_HEAD_SIZE, b"0"], "its trailer or the line before a chunk is too long"),
    ],
    ids=range(9),
)
def test_a_malformed_response_says_why(pieces: list[bytes], reason: str) -> None:
    assert str(malformed(*pieces)) == reason


def test_limits_of_the_head() -> None:
    fields = [f"A{number}: x" for number in range(MAX_FIELDS)]
    assert len(read(head(*fields)).fields) == MAX_FIELDS
    assert str(MAX_FIELDS) in str(malformed(head(*fields, "B: x")))
    rest = MAX_HEAD_SIZE - len(head("A: "))
    assert read(head("A: " + "x" * rest), JSON).body == JSON
    malformed(head("A: " + "x" * (rest + 1)), JSON)
    malformed(head("A: " + "x" * (rest + 4))[:-4])  # of the maximum size, and no end
    malformed(*[head("A: " + "x" * (rest + 1))[start : start + 1000] for start in range(0, MAX_HEAD_SIZE + 1, 1000)])


@pytest.mark.parametrize("first", [b"H", b"HTTP/1.1", b"HTTP/1.0 "])
def test_data_of_another_beginning_is_refused_at_once(first: bytes) -> None:
    malformed(b"x" + first)
    malformed(first[:-1], b"\0", first)


@pytest.mark.parametrize("line", [b"1;a=", b"0" * 1000, b"0\r\nA: "], ids=["extension", "zeros", "trailer"])
def test_limits_between_chunks(line: bytes) -> None:
    assert read(CHUNKED + b"1\r\nx\r\n0\r\nA: " + b"x" * 10_000 + b"\r\n\r\n").body == b"x"
    malformed(CHUNKED, b"1\r\nx\r\n", line, *[b"0" * 1000] * 100)


def test_limits_of_the_trailer() -> None:
    """Its fields are counted with those of the head, and its size is limited as that of the head is."""
    fields = b"".join(b"A%d: x\r\n" % number for number in range(MAX_FIELDS - 1))
    assert read(CHUNKED + b"1\r\nx\r\n0\r\n" + fields + b"\r\n").body == b"x"
    assert str(MAX_FIELDS) in str(malformed(CHUNKED + b"1\r\nx\r\n0\r\n" + fields + b"B: x\r\n\r\n"))
    start, end = b"0\r\nA: ", b"\r\n\r\n"
    rest = MAX_HEAD_SIZE - len(start + end)
    assert read(CHUNKED, start, b"x" * rest, end).body == b""
    malformed(CHUNKED, start, b"x" * (rest + 1), end)
    chunk = b"1\r\nx\r\n"
    assert read(CHUNKED, chunk, start, b"x" * rest, end).body == b"x"
    malformed(CHUNKED, chunk, start, b"x" * (rest + 1), end)


EXCESS = [b"x", b"\r\n", b"\n", response_bytes(b"for somebody else"), CHUNKED + b"5\r\nother\r\n0\r\n\r\n"]


@pytest.mark.parametrize("excess", EXCESS, ids=range(len(EXCESS)))
@pytest.mark.parametrize("name", sorted(WELL_FORMED.keys() - {"until the end"}))
def test_data_after_the_end_is_no_part_of_the_response(name: str, excess: bytes) -> None:
    response = WELL_FORMED[name]
    expected = read(response)
    assert expected.is_clean
    for place in (0, 1, len(response) // 2, len(response) - 1):
        assert read(*filter(None, (response[:place], response[place:] + excess))) == expected._replace(is_clean=False)


@pytest.mark.parametrize(
    ("data", "will_close"),
    [
        (response_bytes(), False),
        (response_bytes(JSON, "Connection: Close"), True),
        (response_bytes(JSON, "Connection: keep-alive", "Connection: x, close"), True),
        (head(), True),
        (CHUNKED + b"0\r\n\r\n", False),
        (head("Transfer-Encoding: chunked", "Connection: close") + b"0\r\n\r\n", True),
        (head(status="204 No Content"), False),
        (head("Connection: close", status="204 No Content"), True),
        (response_bytes().replace(b"1.1", b"1.0"), True),
        (response_bytes(JSON, "Connection: keep-alive").replace(b"1.1", b"1.0"), False),
        (response_bytes(JSON, "Connection: keep-alive, close").replace(b"1.1", b"1.0"), True),
    ],
    ids=range(11),
)
def test_whether_the_connection_can_be_used_again(data: bytes, will_close: bool) -> None:
    assert read(data).will_close is will_close

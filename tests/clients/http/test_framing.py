"""Where bodies end, and whether a connection is kept open."""

from __future__ import annotations

import pytest

from eternaltwin.clients.http.framing import ends_with_connection, has_body, is_chunked, is_persistent
from eternaltwin.headers import Headers


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        (["chunked"], True),
        (["Chunked  "], True),
        ([" chunked"], False),
        (["chunked\t"], False),
        (["chunked", "chunked"], False),
        (["gzip", "chunked"], False),
        (["chunke"], False),
    ],
)
def test_chunks_are_the_only_transfer_coding(codings: list[str], expected: bool) -> None:
    assert is_chunked(codings) is expected


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [("GET", 200, True), ("HEAD", 200, False), ("GET", 204, False), ("GET", 304, False), ("POST", 205, True)],
)
def test_responses_without_a_body(method: str, status: int, expected: bool) -> None:
    assert has_body(method, status) is expected
    assert ends_with_connection(method, status, Headers([])) is expected
    for name in ("Content-Length", "Transfer-Encoding"):
        assert not ends_with_connection(method, status, Headers([(name, "1")]))


@pytest.mark.parametrize(
    ("value", "is_kept", "is_kept_by_1_0"),
    [
        ("", True, False),
        ("close", False, False),
        ("CLOSE", False, False),
        ("x, \tclose\t ,y", False, False),
        ("Keep-Alive", True, True),
        ("keep-alive, close", False, False),
        ("closed", True, False),
        ("close\x0b", True, False),
        ("\xa0close", True, False),
    ],
)
def test_the_options_of_a_connection(value: str, is_kept: bool, is_kept_by_1_0: bool) -> None:
    headers = Headers([("Connection", value)])
    assert is_persistent(headers, is_http_1_0=False) is is_kept
    assert is_persistent(headers, is_http_1_0=True) is is_kept_by_1_0


def test_chunks_of_version_1_0_are_faulty() -> None:
    headers = Headers([("Connection", "keep-alive"), ("Transfer-Encoding", "chunked")])
    assert is_persistent(headers, is_http_1_0=False)
    assert not is_persistent(headers, is_http_1_0=True)

"""Bodies of requests are read to their end, but no more of them is kept than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.driver import run
from eternaltwin.devserver.asgi.bodies import read_body

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.protocol import Message, Scope

LIMIT = 8


@pytest.mark.parametrize(
    ("chunks", "body"),
    [
        ([b""], b""),
        ([b"12345678"], b"12345678"),
        ([b"1234", b"", b"5678"], b"12345678"),
        ([b"123456789"], None),
        ([b"1234", b"5678", b"9", b"0" * 20], None),
    ],
)
def test_a_body_is_read_to_its_end_and_none_if_it_is_too_large(chunks: list[bytes], body: bytes | None) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]

    async def receive() -> Message:
        return messages.pop(0)

    scope: Scope = {"type": "http", "method": "POST", "headers": []}
    assert run(read_body(scope, receive, LIMIT)) == body
    assert messages == []

"""The exit of the interpreter, in a Python process of its own, where every warning is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.servers import responding, response_bytes
from tests.support.transport_processes import run

if TYPE_CHECKING:
    from tests.support.servers import Serve


@pytest.mark.parametrize(
    ("script", "connections"),
    [
        ("print(fetch(), fetch())", 1),
        ("print(asyncio.run(afetch()))", 1),
        ("runner = asyncio.Runner(); print(runner.run(afetch())); runner.close()", 1),
        ("print(fetch()); sync_transport.close(); print(asyncio.run(afetch()))", 2),
    ],
)
def test_the_interpreter_exits_without_a_warning(serve: Serve, script: str, connections: int) -> None:
    server = serve(responding(response_bytes()))
    assert run(script, server.origin)
    assert server.connections == connections

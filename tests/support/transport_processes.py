"""Scripts that use both transports, each in a Python process of its own, where every warning is an error."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent

import pytest

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")

PREPARATION = """
import asyncio, gc, logging, os, sys, threading
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.sync.transport import UrllibTransport

logging.getLogger("asyncio").setLevel(logging.ERROR)  # a slow machine is no failure
request = HTTPRequest(method="GET", target="/", headers={}, body=None, timeout=10.0, is_idempotent=True)
sync_transport, async_transport = UrllibTransport(sys.argv[1]), AiohttpTransport(sys.argv[1])

def fetch():
    return sync_transport.send(request).status_code

async def afetch():
    return (await async_transport.send(request)).status_code

def in_child(call):
    child = os.fork()
    if not child:
        call()
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


def run(script: str, origin: str) -> list[str]:
    """Run a script in a Python process of its own, and return the lines that it prints."""
    program = PREPARATION + dedent(script)
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    result = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program, origin],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (result.stderr, result.returncode) == ("", 0)
    return result.stdout.splitlines()

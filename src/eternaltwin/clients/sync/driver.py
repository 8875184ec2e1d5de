"""Runs a coroutine that never has to wait, without an event loop."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(flow: Coroutine[Any, Any, T]) -> T:
    """Step a coroutine to its end. What it awaits must block, never suspend.

    Raises:
        RuntimeError: it suspended, which only an event loop can resume.
    """
    try:
        flow.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    flow.close()
    raise RuntimeError("a blocking client cannot wait on an event loop")

"""Locks in a child process, after a fork while another thread holds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from textwrap import dedent

import pytest

from eternaltwin.locks import ForkSafeLock
from tests.support.programs import unmeasured_environment

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")

#: In each program, a thread holds a lock while the main thread forks. The child must not wait for it.
PREPARATION = """
import os, signal, threading
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import configure, connections
from eternaltwin.login import MemoryStore

SETTINGS = dict(
    client_id="mygame@clients", client_secret="secret", redirect_uri="http://localhost/callback", state_key="k" * 32
)
is_held, is_forked = threading.Event(), threading.Event()

def hold(lock):
    with lock.current:
        is_held.set()
        is_forked.wait()

def in_child(lock, call):
    thread = threading.Thread(target=hold, args=(lock,))
    thread.start()
    is_held.wait()
    child = os.fork()
    if not child:
        signal.alarm(10)
        call()
        os._exit(0)
    is_forked.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    call()
"""


def run(program: str, environment: dict[str, str] | None = None) -> None:
    # Python warns of the fork of a process with threads since 3.12: that is what is tried here.
    ignored = "ignore:This process:DeprecationWarning"
    command = [sys.executable, "-W", ignored, "-c", PREPARATION + dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert (done.stderr, done.returncode) == ("", 0)


@needs_fork
def test_a_memory_store_works_after_a_fork_while_a_thread_uses_it() -> None:
    run(
        """
        store = MemoryStore()
        store.consume("used", 60)

        def call():
            assert store.consume(f"new in {os.getpid()}", 60)
            assert not store.consume("used", 60)
            store.forget("used")

        in_child(store._lock, call)
        """
    )


@needs_fork
def test_connections_work_after_a_fork_while_a_thread_uses_them() -> None:
    run(
        """
        configure(default=SETTINGS)

        def call():
            assert connections.get_connection().client_id == "mygame@clients"
            with connections.override("other", **SETTINGS):
                assert "other" in connections
            configure(default=SETTINGS)

        in_child(connections._lock, call)
        """
    )


@needs_fork
def test_a_client_works_after_a_fork_while_a_thread_opens_it() -> None:
    run(
        """
        client = Eternaltwin(**SETTINGS)
        in_child(client._lock, lambda: client.api)
        """
    )


@needs_fork
def test_a_thread_that_forks_keeps_its_locks() -> None:
    run(
        """
        from eternaltwin.locks import ForkSafeLock

        lock = ForkSafeLock()
        with lock.current, lock.current:
            child = os.fork()
            if not child:
                signal.alarm(10)
                thread = threading.Thread(target=hold, args=(lock,), daemon=True)
                thread.start()
                assert not is_held.wait(0.05)
        if not child:
            is_held.wait()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """
    )


def test_a_lock_is_reentrant_and_renewed_only_if_it_is_held_by_another_thread() -> None:
    lock = ForkSafeLock()
    with lock.current:
        lock.renew()
        with lock.current:
            pass
    lock.renew()
    with lock.current:
        pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that send signals")
def test_no_exception_of_a_signal_handler_leaves_a_lock_held() -> None:
    """Signals come at any instruction: some thousands of them, each at another time of the calls.

    Coverage is not measured, since it has a lock of its own, written in Python, which they would leave held.
    """
    run(
        """
        class Interrupted(BaseException):
            pass

        def interrupt(number, frame):
            raise Interrupted

        signal.signal(signal.SIGALRM, interrupt)
        store = MemoryStore()
        for number in range(4000):
            try:
                signal.setitimer(signal.ITIMER_REAL, (20 + number % 100 * 2) / 1e6)
                while True:
                    store.consume("key", 60)
                    store.forget("key")
            except Interrupted:
                pass
        thread = threading.Thread(target=store.forget, args=("key",), daemon=True)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        """,
        unmeasured_environment(),
    )

"""Tests that the log of `runserver` contains no codes or states."""

from __future__ import annotations

import logging

import pytest


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ('"GET /c/?code=ab.c&state=x HTTP/1.1" 303 0', '"GET /c/?code=[hidden]&state=[hidden] HTTP/1.1" 303 0'),
        ('"GET /c/?a=1&state=x&b=2 HTTP/1.1" 303 0', '"GET /c/?a=1&state=[hidden]&b=2 HTTP/1.1" 303 0'),
        ('"GET /c/?postcode=1 HTTP/1.1" 200 5', '"GET /c/?postcode=1 HTTP/1.1" 200 5'),
    ],
)
def test_codes_and_states_are_hidden(line: str, logged: str, caplog: pytest.LogCaptureFixture) -> None:
    request_line, status, size = line.rsplit(" ", 2)
    logger = logging.getLogger("django.server")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, "django.server"):
            logger.info("%s %s %s", request_line, status, size)
            logger.info("no arguments")
            logger.info("%(code)s", {"code": "by name"})
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.messages[0] == logged
    assert caplog.messages[-1] == "by name"

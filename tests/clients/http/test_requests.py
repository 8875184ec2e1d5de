"""Requests show no secrets."""

from __future__ import annotations

from eternaltwin.clients.http.requests import HTTPRequest, Request


def test_requests_hide_secrets_in_repr() -> None:
    request = Request(method="GET", endpoint="/x", query=(("code", "s3cr3t"),), headers=(("Authorization", "s3cr3t"),))
    assert repr(request) == "<Request GET /x>"
    http_request = HTTPRequest(
        method="GET", target="/x?code=s3cr3t", headers={"A": "s3cr3t"}, body=b"s3cr3t", timeout=1, is_idempotent=True
    )
    assert repr(http_request) == "<HTTPRequest GET /x>"
    again = HTTPRequest(method="GET", target="/x?a=b?c", headers={}, body=None, timeout=1, is_idempotent=True)
    assert repr(again) == "<HTTPRequest GET /x>"

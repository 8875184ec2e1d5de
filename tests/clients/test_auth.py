"""Credentials show no secrets."""

from __future__ import annotations

from eternaltwin.clients.auth import bearer


def test_credentials_hide_secrets_in_repr() -> None:
    assert repr(bearer("s3cr3t")) == "<Credentials, hidden: Authorization>"
    assert repr(bearer(None)) == "<Credentials, hidden: none>"

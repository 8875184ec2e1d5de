"""Versions of servers."""

from __future__ import annotations

from eternaltwin.clients.api.versions import ServerInfo


def test_a_version_with_a_number_that_is_too_large_is_assumed_to_be_new() -> None:
    assert ServerInfo(f"0.{'9' * 5000}.1").release is None

"""Problems, each with its id and with what to do."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution


def error(number: int, problem: str, hint: str) -> CheckMessage:
    """A problem with which nobody can sign in, or not safely."""
    return Error(problem, hint=hint, id=f"eternaltwin.E{number:03}")


def caution(number: int, problem: str, hint: str) -> CheckMessage:
    """A problem that may be one."""
    return Caution(problem, hint=hint, id=f"eternaltwin.W{number:03}")

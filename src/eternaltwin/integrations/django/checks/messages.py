"""Functions that build the problems, each with an id and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.checks import SettingProblem


def error(number: int, problem: str, hint: str) -> CheckMessage:
    """Build a problem that makes sign-ins impossible or unsafe.

    Args:
        number: Number in the id.
        problem: What is wrong, in one sentence.
        hint: What to do about it.

    Returns:
        The message, with the id `eternaltwin.E` and the number.
    """
    return Error(problem, hint=hint, id=f"eternaltwin.E{number:03}")


def caution(number: int, problem: str, hint: str) -> CheckMessage:
    """Build a problem that is possibly intended.

    Args:
        number: Number in the id.
        problem: What is wrong, in one sentence.
        hint: What to do about it.

    Returns:
        The message, with the id `eternaltwin.W` and the number.
    """
    return Caution(problem, hint=hint, id=f"eternaltwin.W{number:03}")


def message_of(problem: SettingProblem) -> CheckMessage:
    """Build the message for a problem that does not depend on Django.

    Args:
        problem: The problem.

    Returns:
        The message, with the id `eternaltwin.` and that of the problem.
    """
    kind = Error if problem.id.startswith("E") else Caution
    return kind(problem.problem, hint=problem.hint, id=f"eternaltwin.{problem.id}")

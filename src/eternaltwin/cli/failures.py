"""What a command prints when it fails, and its exit status."""

from __future__ import annotations

import click

from eternaltwin.cli.visible_text import visible
from eternaltwin.exceptions import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    EternalTwinError,
    ForbiddenError,
    InvalidArgumentError,
    MissingExtraError,
    RateLimitedError,
    RequestError,
    RequestTimeoutError,
    TLSError,
    TransportError,
    UnexpectedResponseError,
)

#: The server refused, something does not exist, or something is wrong.
FAILED = 1

#: An option, an argument or a file of settings is wrong, or an extra is missing.
USAGE = 2

#: The server cannot be reached.
UNREACHABLE = 3

#: The call needs a person who is signed in.
NOT_SIGNED_IN = 4

#: Ctrl-C, as shells report it: 128 and the number of SIGINT.
INTERRUPTED = 130

#: Where the context of click says whether failures are printed as JSON.
IS_JSON = "eternaltwin.is_json"

#: What to do next, by the class of the error: the first that fits.
_NEXT: tuple[tuple[type[EternalTwinError], str], ...] = (
    (ConnectError, "check the address with --url, or find the cause with: eternaltwin doctor"),
    (RequestTimeoutError, "try again, or allow more time with --timeout"),
    (TLSError, "find the cause with: eternaltwin doctor"),
    (TransportError, "try again"),
    (UnexpectedResponseError, "find the cause with: eternaltwin doctor"),
    (AuthenticationError, "sign in with: eternaltwin login"),
    (ConflictError, "read it again, and repeat the change"),
    (RateLimitedError, "try again later"),
    (ForbiddenError, "check who you are with: eternaltwin whoami --check"),
)


class NotSignedInError(EternalTwinError):
    """The command needs a person who is signed in, and nobody is."""


class CommandFailedError(EternalTwinError):
    """A command did what it should, and found that something is wrong.

    Args:
        message: What is wrong.
        next_step: What to do next. Empty if the message says it.

    Attributes:
        next_step: What to do next.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


def exit_status(failure: Exception) -> int:
    """Return the exit status of a command that failed.

    Args:
        failure: What was raised.

    Returns:
        One of the constants of this module.
    """
    if isinstance(failure, click.UsageError | ConfigurationError | InvalidArgumentError | MissingExtraError):
        return USAGE
    if isinstance(failure, TransportError):
        return UNREACHABLE
    return NOT_SIGNED_IN if isinstance(failure, NotSignedInError | AuthenticationError) else FAILED


def next_step(failure: Exception) -> str:
    """Return what to do after a failure.

    Args:
        failure: What was raised.

    Returns:
        An imperative sentence without a full stop. Empty if the message says it.
    """
    if isinstance(failure, CommandFailedError):
        return failure.next_step
    if isinstance(failure, NotSignedInError):
        return "sign in with: eternaltwin login"
    return next((step for kind, step in _NEXT if isinstance(failure, kind)), "")


def report(failure: EternalTwinError | click.UsageError, *, is_json: bool) -> int:
    """Print a failure: for people on standard error, for programs as JSON on standard output.

    Args:
        failure: What was raised.
        is_json: Whether the command was run with `--json`.

    Returns:
        The exit status.
    """
    status, following = exit_status(failure), next_step(failure)
    text = failure.format_message() if isinstance(failure, click.UsageError) else str(failure)
    message = visible(" ".join(text.split()))
    if is_json:
        from eternaltwin.cli.output import print_json

        code = failure.code if isinstance(failure, RequestError) else None
        error = {"type": type(failure).__name__, "code": code, "message": message}
        print_json({"error": {**error, "next": following or None, "exit_status": status}})
        return status
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        click.echo(failure.format_message(), err=True)
        return status
    if isinstance(failure, click.UsageError) and failure.ctx is not None:
        click.echo(failure.ctx.get_usage(), err=True)
    click.echo(f"eternaltwin: {message}", err=True)
    if following:
        click.echo(f"next: {visible(following)}", err=True)
    return status
